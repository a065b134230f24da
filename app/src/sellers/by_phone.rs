//! Orders that the seller types while the buyer is on the telephone.
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::queries as goods_queries;
use market::kernel::{Failure, FieldErrors, Quantity, Right, VariantId, secret};
use market::orders::{Checkout, CheckoutForm, Entry, OrdersRefusal};
use market::payments::commands;
use market::shipping::{self, Choice, DeskPoint, Settings, Wish};
use uuid::Uuid;

use crate::cart::line_name;
use crate::places::{Choice as PlaceChoice, CommuneField, TypedCommune};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// What can be ordered now, as the form shows it.
struct Row {
    variant: VariantId,
    name: String,
    unit: String,
    price: String,
    left: Quantity,
}

/// What was typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    pairs: Vec<(String, String)>,
}

impl Typed {
    fn get(&self, name: &str) -> String {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    }

    fn commune(&self) -> TypedCommune {
        TypedCommune {
            commune: self.get("commune"),
            commune_code: self.get("commune_code"),
            commune_asked: self.get("commune_asked"),
            commune_choice: self.get("commune_choice"),
        }
    }

    /// How much of what; empty fields are not ordered.
    fn lines(&self, errors: &mut FieldErrors) -> Vec<(VariantId, Quantity)> {
        let mut lines = Vec::new();
        for (name, value) in &self.pairs {
            let Some(variant) = name.strip_prefix("quantity-") else {
                continue;
            };
            let Ok(variant) = variant.parse::<VariantId>() else {
                continue;
            };
            match value.trim() {
                "" | "0" => {}
                typed => match Quantity::parse(typed) {
                    Ok(quantity) => lines.push((variant, quantity)),
                    Err(error) => errors.add(name, error.code()),
                },
            }
        }
        lines
    }
}

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let typed = Typed {
        pairs: vec![("key".to_owned(), secret::new_key().to_string())],
    };
    page(&visit, typed, Vec::new(), Told::default()).await
}

/// Places it, and promises it at once: the seller has just done so by word of mouth.
pub(super) async fn place(
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let mut typed = Typed { pairs };
    let mut place = typed.commune();
    let (commune, choices) = place.find(&visit.site).await?;
    let mut errors = FieldErrors::default();
    let lines = typed.lines(&mut errors);
    let form = CheckoutForm {
        name: typed.get("name"),
        phone: typed.get("phone"),
        commune_code: commune
            .as_ref()
            .map_or_else(String::new, |commune| commune.code.clone()),
        street: typed.get("street"),
        note: typed.get("note"),
        payment_method: "cod".to_owned(),
        ..CheckoutForm::default()
    };
    let contact = form.parse();
    if let Err(wrong) = &contact {
        let wrong = wrong.0.iter().filter(|error| error.field != "commune_code");
        errors.0.extend(wrong.cloned());
    }
    if commune.is_none() {
        errors.add("commune", place.wrong(&choices));
    }
    typed.pairs.retain(|(name, _)| !name.starts_with("commune"));
    typed.pairs.extend([
        ("commune".to_owned(), place.commune),
        ("commune_code".to_owned(), place.commune_code),
    ]);
    let (Ok(contact), Ok(key), true) =
        (contact, typed.get("key").parse::<Uuid>(), errors.is_empty())
    else {
        let told = Told {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors,
            message: None,
        };
        return page(&visit, typed, choices, told).await;
    };
    let ways = Choice::parse(&typed.get("way"))
        .map(|choice| Wish {
            seller,
            harvest: None,
            choice,
        })
        .into_iter()
        .collect();
    let checkout = &Checkout {
        key,
        lines,
        contact,
        ways,
        seen_total: None,
        entry: Entry::Phone,
        is_sample: false,
    };
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::take_by_phone(work, seller, checkout).await);
    match outcome {
        Ok(part) => Ok(visit.see_other(&format!("{}?dien-thoai=1", routes::seller_order(part)))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            let mut told = visit.told(Some(&refusal));
            if matches!(refusal, OrdersRefusal::KeyReused) {
                // The form of the caller before: what is typed now is another order.
                typed.pairs.retain(|(name, _)| name != "key");
                typed
                    .pairs
                    .push(("key".to_owned(), secret::new_key().to_string()));
            }
            if let OrdersRefusal::WayNotOffered { .. } = &refusal {
                told.message = None;
                told.errors.add("way", "way_not_there");
            }
            if let OrdersRefusal::Invalid(errors) = &refusal {
                told.errors = at_their_fields(&typed, errors);
            }
            page(&visit, typed, Vec::new(), told).await
        }
    }
}

/// Errors of lines, which the use case counts, at the fields that were filled.
fn at_their_fields(typed: &Typed, errors: &FieldErrors) -> FieldErrors {
    let lines = typed.lines(&mut FieldErrors::default());
    let mut errors = errors.clone();
    for error in &mut errors.0 {
        let index = error
            .field
            .strip_prefix("lines.")
            .and_then(|rest| rest.split('.').next())
            .and_then(|index| index.parse::<usize>().ok());
        if let Some((variant, _)) = index.and_then(|index| lines.get(index)) {
            error.field = format!("quantity-{variant}");
        }
    }
    errors
}

async fn page(
    visit: &Visit,
    typed: Typed,
    choices: Vec<PlaceChoice>,
    told: Told,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let products = goods_queries::of_seller(visit.site.store.reader(), seller).await?;
    let rows: Vec<Row> = products
        .into_iter()
        .filter(|product| product.status.is_shown())
        .flat_map(|product| {
            let name = product.name;
            product.variants.into_iter().filter_map(move |variant| {
                Some(Row {
                    variant: variant.id,
                    name: line_name(&name, &variant.name),
                    price: variant.price?.to_string(),
                    left: variant.available,
                    unit: variant.unit,
                })
            })
        })
        .collect();
    let settings = shipping::queries::settings(visit.site.store.reader(), seller).await?;
    let points = shipping::queries::points(visit.site.store.reader(), seller).await?;
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("sellers.by_phone"), Area::Seller),
        || {
            let ways = ways(&settings, points);
            view! { <ByPhone rows typed choices ways told /> }
        },
    ))
}

/// Which way the buyer wants. Where but one is offered, and it comes by itself, nothing is asked; where none does, one of
/// those that are fetched is said, as they are never taken unasked.
#[component]
fn WayField(ways: Vec<(Choice, String)>, value: String, errors: FieldErrors) -> impl IntoView {
    let comes = ways.iter().any(|(way, _)| !way.kind().is_fetched());
    let is_asked = ways.len() > 1 || !comes && !ways.is_empty() || errors.of("way").is_some();
    let unasked = if comes {
        t!("shipping.cheapest")
    } else {
        String::new()
    };
    is_asked.then(|| {
        let options: Vec<_> = ways
            .into_iter()
            .map(|(way, words)| (way.text(), words))
            .collect();
        view! { <Select name="way" label=t!("shipping.way") value options errors placeholder=unasked /> }
    })
}

/// The ways that the shop offers, somewhere: what comes to the buyer first.
fn ways(settings: &Settings, points: Vec<DeskPoint>) -> Vec<(Choice, String)> {
    let mut ways = Vec::new();
    let mut way = |choice: Choice, words: String| ways.push((choice, words));
    if settings.by_carrier {
        way(Choice::Carrier, t!("shipping.carrier"));
    }
    if settings.own.is_some() {
        way(Choice::Own(None), t!("shipping.own"));
    }
    if settings.farm.is_some() {
        way(Choice::Farm, t!("shipping.farm"));
    }
    for point in points
        .into_iter()
        .filter(|point| point.is_joined && point.is_active)
    {
        way(
            Choice::Point(point.id),
            t!("shipping.point_named", name = point.name),
        );
    }
    ways
}

#[component]
fn ByPhone(
    rows: Vec<Row>,
    typed: Typed,
    choices: Vec<PlaceChoice>,
    ways: Vec<(Choice, String)>,
    told: Told,
) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = vec![
        ("quantity", t!("sellers.quantity")),
        ("name", t!("orders.name")),
        ("phone", t!("orders.phone")),
        ("commune", t!("orders.commune")),
        ("street", t!("orders.street")),
        ("way", t!("shipping.way")),
        ("note", t!("orders.note")),
    ];
    let commune_error = errors.of("commune").map(lang::field);
    let is_empty = rows.is_empty();
    let lines = rows
        .into_iter()
        .map(|row| {
            let field = format!("quantity-{}", row.variant);
            let error = errors.of(&field).map(lang::field);
            let error_id = error.as_ref().map(|_| format!("{field}-error"));
            view! {
                <div class="field">
                    <label class="field__label" for=field.clone()>{row.name}</label>
                    <p class="field__hint">{t!("sellers.by_phone_line", price = row.price, unit = row.unit, left = row.left)}</p>
                    <input class="input" id=field.clone() name=field.clone() value=typed.get(&field) inputmode="decimal" autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                    {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::SELLER_ORDERS>{t!("sellers.back_to_orders")}</a></p>
            <h1>{t!("sellers.by_phone")}</h1>
            <p>{t!("sellers.by_phone_lead")}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            {if is_empty {
                view! { <Empty title=t!("sellers.no_products")><p>{t!("sellers.no_products_advice")}</p></Empty> }.into_any()
            } else {
                view! {
                    <form method="post" action=routes::SELLER_BY_PHONE class="form" novalidate="">
                        <input type="hidden" name="key" value=typed.get("key") />
                        <fieldset class="fieldset"><legend>{t!("sellers.by_phone_what")}</legend>{lines}</fieldset>
                        <fieldset class="fieldset">
                            <legend>{t!("orders.contact")}</legend>
                            <Field name="name" label=t!("orders.name") value=typed.get("name") errors=errors.clone() />
                            <Field name="phone" label=t!("orders.phone") value=typed.get("phone") errors=errors.clone() kind="tel" inputmode="tel" />
                            <CommuneField typed=typed.commune() places=choices error=commune_error />
                            <Field name="street" label=t!("orders.street") value=typed.get("street") errors=errors.clone() />
                        </fieldset>
                        <WayField ways value=typed.get("way") errors=errors.clone() />
                        <TextArea name="note" label=t!("orders.note") value=typed.get("note") errors=errors.clone() />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("sellers.by_phone_place")}</button></div>
                    </form>
                }.into_any()
            }}
        </div>
    }
}
