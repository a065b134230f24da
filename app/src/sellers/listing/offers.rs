//! The third step: price and unit, in one way or in several.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{OfferForm, Product, UNITS, Variant, commands};
use market::kernel::{FieldErrors, ProductId, Right, VariantId};
use market::search::{AskedPrice, asked_prices};
use time::Duration;

use super::{Own, Steps, own};
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// Which way of selling a form is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The only one: the short form, without a name.
    Only,
    /// One of several.
    One(VariantId),
    /// One more.
    New,
}

impl Which {
    /// As an address has it: `moi`, or an id.
    fn parse(text: &str) -> Result<Self, Trouble> {
        if text == "moi" {
            return Ok(Self::New);
        }
        text.parse().map(Self::One).map_err(|_| Trouble::NotFound)
    }

    fn action(self, id: ProductId) -> String {
        match self {
            Self::Only => routes::listing(id, "gia"),
            Self::One(variant) => routes::listing_offer(id, &variant.to_string()),
            Self::New => routes::listing_offer(id, "moi"),
        }
    }
}

/// The form of the only way, or a list where there are several.
pub(in crate::sellers) async fn show(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    if own.product.variants.len() > 1 {
        return Ok(list_page(&visit, own, StatusCode::OK, None));
    }
    let refused = own.reasons_at(&["offer"]);
    let told = Told {
        message: (!refused.is_empty()).then(|| refused.join(" ")),
        ..Told::default()
    };
    let form = own
        .product
        .variants
        .first()
        .map(OfferForm::of)
        .unwrap_or_default();
    form_page(&visit, &own.product, Which::Only, form, told).await
}

pub(in crate::sellers) async fn show_one(
    visit: Visit,
    Path((id, which)): Path<(ProductId, String)>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    let which = Which::parse(&which)?;
    let form = match which {
        Which::One(variant) => own
            .product
            .variants
            .iter()
            .find(|offered| offered.id == variant)
            .map(OfferForm::of)
            .ok_or(Trouble::NotFound)?,
        Which::Only | Which::New => OfferForm::default(),
    };
    form_page(&visit, &own.product, which, form, Told::default()).await
}

fn list_page(visit: &Visit, own: Own, status: StatusCode, message: Option<String>) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("listing.step_price"), Area::Seller),
        || {
            let mut refused = own.reasons_at(&["offer"]);
            refused.extend(message);
            let Product { id, variants, .. } = own.product;
            let shown = own.shown.content();
            let is_shown = own.shown.status.is_shown();
            let rows = variants
                .into_iter()
                .map(|variant| {
                    let is_new = is_shown && shown.offer(variant.id).is_none();
                    view! { <OfferRow id variant is_new /> }
                })
                .collect_view();
            view! {
                <div class="wizard stack" data-gap="l">
                    <Steps id at="gia" />
                    <h1>{t!("listing.step_price")}</h1>
                    {(!refused.is_empty()).then(|| view! { <Notice tone=Tone::Error><p>{refused.join(" ")}</p></Notice> })}
                    <ul class="stack offers">{rows}</ul>
                    <p><a class="button" href=routes::listing_offer(id, "moi")><Icon name="plus" />{t!("listing.add_offer")}</a></p>
                    <p><a class="button" data-kind="primary" href=routes::listing(id, "chi-tiet")>{t!("listing.next")}</a></p>
                </div>
            }
        },
    )
}

#[component]
fn OfferRow(
    id: ProductId,
    variant: Variant,
    /// Buyers don't see it yet.
    is_new: bool,
) -> impl IntoView {
    let unit = words::unit(&variant.unit, &variant.unit_note);
    let name = if variant.name.is_empty() {
        t!("listing.unnamed_offer")
    } else {
        variant.name.clone()
    };
    let action = routes::listing_offer_end(id, variant.id);
    let edit = routes::listing_offer(id, &variant.id.to_string());
    let combo = routes::listing_combo(id, variant.id);
    let holds = words::combo(&variant.parts);
    view! {
        <li class="panel stack">
            <p><strong>{name}</strong>" "<span class="muted small">{variant.sku}</span></p>
            <p>
                {variant.price.map(|price| price.to_string())}" / "{unit}
                {variant.price.is_none().then(|| t!("listing.missing_price"))}
            </p>
            {holds.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {is_new.then(|| view! { <p><span class="state" data-state="submitted">{t!("listing.offer_waits")}</span></p> })}
            <div class="cluster">
                <a class="button" data-kind="quiet" href=edit>{t!("sellers.edit")}</a>
                <a class="button" data-kind="quiet" href=combo>{t!("listing.combo")}</a>
                <form method="post" action=action><button type="submit" class="button" data-kind="quiet">{t!("listing.end_offer")}</button></form>
            </div>
        </li>
    }
}

/// For so long what others ask is worth a look.
const ASKED_SINCE: Duration = Duration::days(30);

async fn form_page(
    visit: &Visit,
    product: &Product,
    which: Which,
    form: OfferForm,
    told: Told,
) -> Result<Response, Trouble> {
    let (db, since) = (
        visit.site.store.reader(),
        visit.site.store.now() - ASKED_SINCE,
    );
    let asked = asked_prices(db, &product.name, product.seller.id, since).await?;
    let id = product.id;
    let mut variants = product.variants.iter();
    let of = match which {
        Which::Only => variants.next(),
        Which::One(id) => variants.find(|variant| variant.id == id),
        Which::New => None,
    };
    let combo = of.map(|variant| (variant.id, !variant.parts.is_empty()));
    Ok(visit.page_with(
        told.status,
        || Head::private(t!("listing.step_price"), Area::Seller),
        || view! { <OfferPage id which form combo told asked /> },
    ))
}

/// What others ask for the same goods.
#[component]
fn Asked(prices: Vec<AskedPrice>) -> impl IntoView {
    let lines = prices
        .into_iter()
        .map(|price| {
            let (low, high) = (price.low, price.high);
            let range = if low == high {
                low.to_string()
            } else {
                format!("{low} – {high}")
            };
            view! { <li>{t!("listing.asked", range = range, unit = price.unit, count = price.sellers)}</li> }
        })
        .collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info>
                <p>{t!("listing.asked_lead")}</p>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

#[component]
fn OfferPage(
    id: ProductId,
    which: Which,
    form: OfferForm,
    /// The way of selling that is there, and whether it is made of others.
    combo: Option<(VariantId, bool)>,
    told: Told,
    asked: Vec<AskedPrice>,
) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let is_only = which == Which::Only;
    let is_combo = combo.is_some_and(|(_, is_combo)| is_combo);
    let labels = vec![
        ("name", t!("listing.offer_name")),
        ("price_vnd", t!("sellers.price")),
        ("unit", t!("listing.unit")),
        ("unit_note", t!("listing.unit_note")),
        ("stock", t!("sellers.stock")),
        ("weight_grams", t!("listing.weight")),
        ("minimum", t!("listing.minimum")),
        ("step", t!("listing.step")),
        ("sku", t!("listing.sku")),
        ("supply", t!("listing.supply")),
        ("ready_days", t!("listing.ready_days")),
        ("offer", t!("listing.step_price")),
    ];
    let title = match which {
        Which::New => t!("listing.add_offer"),
        Which::Only | Which::One(_) => t!("listing.step_price"),
    };
    let more = [
        "weight_grams",
        "minimum",
        "step",
        "sku",
        "supply",
        "ready_days",
    ]
    .iter()
    .any(|field| errors.of(field).is_some());
    // Ordering ahead begins and ends with its harvest.
    let supplies = if form.price.supply == "pre_order" {
        vec![("pre_order".to_owned(), t!("listing.supply_pre_order"))]
    } else {
        vec![
            ("stock".to_owned(), t!("listing.supply_stock")),
            ("to_order".to_owned(), t!("listing.supply_to_order")),
        ]
    };
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="gia" />
            <h1>{title}</h1>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <Asked prices=asked />
            <form method="post" action=which.action(id) class="form" novalidate="">
                {(!is_only).then(|| view! { <Field name="name" label=t!("listing.offer_name") value=form.name errors=errors.clone() hint=t!("listing.offer_name_hint") /> })}
                <PriceFields price=form.price.price_vnd unit=form.price.unit unit_note=form.price.unit_note errors=errors.clone() />
                {(!is_only).then(|| if is_combo {
                    view! { <input type="hidden" name="stock" value=form.stock /> }.into_any()
                } else {
                    view! { <Field name="stock" label=t!("sellers.stock") value=form.stock errors=errors.clone() inputmode="decimal" hint=t!("listing.stock_hint") /> }.into_any()
                })}
                <details class="disclosure" open=more>
                    <summary>{t!("listing.more_price")}</summary>
                    <div class="disclosure__body stack">
                        <Select name="supply" label=t!("listing.supply") value=form.price.supply options=supplies errors=errors.clone() />
                        <Field name="ready_days" label=t!("listing.ready_days") value=form.price.ready_days errors=errors.clone() inputmode="numeric" required=false suffix=t!("listing.days") hint=t!("listing.ready_days_hint") />
                        <Field name="weight_grams" label=t!("listing.weight") value=form.price.weight_grams errors=errors.clone() inputmode="numeric" required=false suffix="gram" hint=t!("listing.weight_hint") />
                        <Field name="minimum" label=t!("listing.minimum") value=form.price.minimum errors=errors.clone() inputmode="decimal" required=false hint=t!("listing.minimum_hint") />
                        <Field name="step" label=t!("listing.step") value=form.price.step errors=errors.clone() inputmode="decimal" required=false hint=t!("listing.step_hint") />
                        {(!is_only).then(|| view! { <Field name="sku" label=t!("listing.sku") value=form.sku errors required=false hint=t!("listing.sku_hint") /> })}
                    </div>
                </details>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("listing.next")}</button></div>
            </form>
            {combo.map(|(variant, _)| view! { <p><a href=routes::listing_combo(id, variant)>{t!("listing.combo_link")}</a></p> })}
            {is_only.then(|| view! {
                <p><a href=routes::listing_offer(id, "moi")>{t!("listing.add_offer_link")}</a></p>
                <p><a href=routes::listing(id, "vu-mua")>{t!("listing.harvest_link")}</a></p>
            })}
        </div>
    }
}

/// The price, and of how much.
#[component]
pub(super) fn PriceFields(
    price: String,
    unit: String,
    unit_note: String,
    errors: FieldErrors,
) -> impl IntoView {
    view! {
        <Field name="price_vnd" label=t!("sellers.price") value=price errors=errors.clone() inputmode="numeric" suffix=t!("listing.dong") />
        <Field name="unit" label=t!("listing.unit") value=unit errors=errors.clone() list="units" hint=t!("listing.unit_hint") />
        <datalist id="units">{UNITS.into_iter().map(|unit| view! { <option value=unit></option> }).collect_view()}</datalist>
        <Field name="unit_note" label=t!("listing.unit_note") value=unit_note errors required=false hint=t!("listing.unit_note_hint") />
    }
}

/// Keeps price and unit of the only way of selling.
pub(in crate::sellers) async fn save(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<OfferForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let pricing = match form.price.parse() {
        Ok(pricing) => pricing,
        Err(errors) => return wrong(&visit, id, Which::Only, form, errors).await,
    };
    let pricing = &pricing;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::save_price(work, id, pricing).await);
    match visit.told_of(outcome)? {
        Ok(()) => {
            // What must be said of such goods is asked for now, everything else by the way.
            let own = own(&visit, id).await?;
            let content = own.product.content();
            let asks = content
                .definition()
                .is_some_and(|set| set.missing(&content.facts).next().is_some());
            let next = if asks { "chi-tiet" } else { "xem" };
            Ok(visit.see_other(&routes::listing(id, next)))
        }
        Err(told) => {
            let own = own(&visit, id).await?;
            form_page(&visit, &own.product, Which::Only, form, told).await
        }
    }
}

async fn wrong(
    visit: &Visit,
    id: ProductId,
    which: Which,
    form: OfferForm,
    errors: FieldErrors,
) -> Result<Response, Trouble> {
    let own = own(visit, id).await?;
    let told = Told {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        errors,
        message: None,
    };
    form_page(visit, &own.product, which, form, told).await
}

/// Keeps one of several ways of selling, or one more.
pub(in crate::sellers) async fn save_one(
    visit: Visit,
    Path((id, which)): Path<(ProductId, String)>,
    Form(form): Form<OfferForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let which = Which::parse(&which)?;
    let offer = match form.parse() {
        Ok(offer) => offer,
        Err(errors) => return wrong(&visit, id, which, form, errors).await,
    };
    let offer = &offer;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => match which {
        Which::One(variant) => commands::change_offer(work, id, variant, offer).await,
        Which::Only | Which::New => commands::add_offer(work, id, offer).await.map(|_| ()),
    });
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "gia"))),
        Err(told) => {
            let own = own(&visit, id).await?;
            form_page(&visit, &own.product, which, form, told).await
        }
    }
}

/// Ends one of several ways of selling.
pub(in crate::sellers) async fn end(
    visit: Visit,
    Path((id, variant)): Path<(ProductId, VariantId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::end_offer(work, id, variant).await);
    match visit.told_of(outcome)? {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "gia"))),
        Err(told) => {
            let words = told.words(visit.lang);
            Ok(list_page(
                &visit,
                own(&visit, id).await?,
                told.status,
                Some(words),
            ))
        }
    }
}
