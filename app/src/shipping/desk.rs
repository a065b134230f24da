//! A shop says how its goods come to their buyers.
use axum::extract::{Form, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::{CommuneId, Failure, Fault, FieldErrors, Right, SellerId};
use market::places::{self, Commune};
use market::sellers;
use market::shipping::{
    DeskPoint, RateTable, SettingsForm, ShippingRefusal, Weekdays, Zone, commands, commune_field,
    queries, rate_field, weekday_field,
};
use serde::Deserialize;

use super::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// What the page stands on besides what was typed.
struct Ground {
    /// The market's rates today.
    market: RateTable,
    /// The weights at which a fee ends: the market's, and the shop's own.
    steps: Vec<i64>,
    /// Of the shop's province.
    communes: Vec<Commune>,
    points: Vec<DeskPoint>,
    /// Makes and changes points.
    is_owner: bool,
}

impl Ground {
    async fn load(visit: &Visit, seller: SellerId) -> Result<(Self, SettingsForm), Trouble> {
        let db = visit.site.store.reader();
        let market = queries::rates(db, visit.site.store.today()).await?;
        let settings = queries::settings(db, seller).await?;
        let shop = sellers::queries::load_shop(db, seller)
            .await?
            .ok_or(Trouble::NotFound)?;
        let home = places::queries::load(db, shop.commune)
            .await
            .map_err(Fault::from)?;
        let province = home.map_or_else(String::new, |home| home.province_code);
        let mut steps = market.steps();
        steps.extend(settings.rates.steps());
        steps.sort_unstable();
        steps.dedup();
        let ground = Self {
            market,
            steps,
            communes: places::queries::current_communes_of(db, &province)
                .await
                .map_err(Fault::from)?,
            points: queries::points(db, seller).await?,
            is_owner: visit.actor.may(Right::Own(seller)),
        };
        Ok((ground, SettingsForm::of(&settings)))
    }
}

#[derive(Deserialize)]
pub(super) struct ShowParams {
    #[serde(rename = "xong")]
    done: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Query(params): Query<ShowParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let (ground, form) = Ground::load(&visit, seller).await?;
    let done = params.done.is_some();
    Ok(page(&visit, ground, form, Told::default(), done))
}

pub(super) async fn save(
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let (ground, _) = Ground::load(&visit, seller).await?;
    let form = SettingsForm(pairs.into_iter().collect());
    let communes: Vec<CommuneId> = ground.communes.iter().map(|commune| commune.id).collect();
    let has_point = ground
        .points
        .iter()
        .any(|point| point.is_joined && point.is_active);
    let outcome = match form.parse(&ground.steps, &communes, has_point) {
        Ok(settings) => {
            let settings = &settings;
            market::transact!(visit.site.store, &visit.actor, work => commands::save(work, seller, settings).await)
        }
        Err(errors) => Err(Failure::Refused(ShippingRefusal::Invalid(errors))),
    };
    Ok(match visit.told_of(outcome)? {
        Ok(()) => visit.see_other(&format!("{}?xong=1", routes::SELLER_DELIVERY)),
        Err(told) => page(&visit, ground, form, told, false),
    })
}

fn page(visit: &Visit, ground: Ground, form: SettingsForm, told: Told, done: bool) -> Response {
    visit.page_with(
        told.status,
        || Head::private(t!("shipping.title"), Area::Seller),
        || view! { <Settings ground form told done /> },
    )
}

#[component]
fn Settings(ground: Ground, form: SettingsForm, told: Told, done: bool) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = vec![
        ("by_carrier", t!("shipping.carrier")),
        ("rate", t!("shipping.own_rates")),
        ("free_from", t!("shipping.free_from")),
        ("own_area", t!("shipping.own_area")),
        ("weekday", t!("shipping.own_days")),
        ("own_fee", t!("shipping.own_fee")),
        ("farm_hours", t!("shipping.hours")),
        ("farm_note", t!("shipping.farm_note")),
    ];
    let Ground {
        market,
        steps,
        communes,
        points,
        is_owner,
    } = ground;
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::SELLER_SHOP>{t!("shops.back")}</a></p>
            <h1>{t!("shipping.title")}</h1>
            <p>{t!("shipping.lead")}" "<a href=format!("{}#phi-giao", routes::RULES)>{t!("shipping.market_rates")}</a></p>
            {done.then(|| view! { <Notice tone=Tone::Success><p>{t!("shipping.saved")}</p></Notice> })}
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::SELLER_DELIVERY class="form" novalidate="">
                <ByCarrier form=&form errors=&errors market=&market steps=&steps />
                <ByItself form=&form errors=&errors communes=&communes />
                <AtTheFarm form=&form errors=&errors />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("shops.save")}</button></div>
            </form>
            <Points points is_owner />
        </div>
    }
}

/// A box that opens a way.
#[component]
fn Tick<'f>(
    form: &'f SettingsForm,
    errors: &'f FieldErrors,
    name: &'static str,
    label: String,
    note: String,
) -> impl IntoView + use<> {
    let error = errors.of(name).map(lang::field);
    let error_id = error.as_ref().map(|_| format!("{name}-error"));
    view! {
        <label class="choice">
            <input type="checkbox" id=name name=name value="1" checked=form.has(name) aria-describedby=error_id.clone() />
            <span class="choice__text"><span class="choice__name">{label}</span><span class="choice__note">{note}</span></span>
        </label>
        {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
    }
}

#[component]
fn ByCarrier<'f>(
    form: &'f SettingsForm,
    errors: &'f FieldErrors,
    market: &'f RateTable,
    steps: &'f [i64],
) -> impl IntoView + use<> {
    let is_open = errors
        .0
        .iter()
        .any(|error| error.field.starts_with("rate-"))
        || form
            .0
            .keys()
            .any(|name| name.starts_with("rate-") && form.has(name));
    let zones = Zone::ALL
        .into_iter()
        .map(|zone| {
            let fields = steps
                .iter()
                .map(|&grams| {
                    let name = rate_field(zone, grams);
                    let error = errors.of(&name).map(lang::field);
                    let error_id = error.as_ref().map(|_| format!("{name}-error"));
                    let usual = market.fee(zone, grams).map(|fee| t!("shipping.usual", fee = fee));
                    view! {
                        <div class="field">
                            <label class="field__label" for=name.clone()>{t!("shipping.up_to", kg = kg(grams))}</label>
                            <div class="with-unit">
                                <input class="input" id=name.clone() name=name.clone() value=form.get(&name).to_owned() inputmode="numeric" autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=error_id.clone() />
                                <span class="with-unit__unit">"₫"</span>
                            </div>
                            {usual.map(|text| view! { <p class="field__hint">{text}</p> })}
                            {error.map(|text| view! { <p class="field__error" id=error_id><Icon name="alert" />{text}</p> })}
                        </div>
                    }
                })
                .collect_view();
            view! { <fieldset class="rates"><legend>{words::zone(zone)}</legend>{fields}</fieldset> }
        })
        .collect_view();
    let within = [Zone::Commune, Zone::Province, Zone::Region]
        .map(|zone| (zone.as_str().to_owned(), words::zone(zone)));
    view! {
        <fieldset class="fieldset">
            <legend>{t!("shipping.carrier")}</legend>
            <Tick form errors name="by_carrier" label=t!("shipping.by_carrier") note=t!("shipping.by_carrier_note") />
            <details class="disclosure" open=is_open>
                <summary>{t!("shipping.own_rates")}</summary>
                <div class="disclosure__body stack">
                    <p>{t!("shipping.own_rates_lead")}</p>
                    {zones}
                </div>
            </details>
            <Field name="free_from" label=t!("shipping.free_from") value=form.get("free_from").to_owned() errors=errors.clone() required=false inputmode="numeric" hint=t!("shipping.free_from_hint") suffix="₫" />
            <Select name="free_within" label=t!("shipping.free_within") value=form.get("free_within").to_owned() options=within.to_vec() errors=errors.clone() placeholder=t!("shipping.everywhere") />
        </fieldset>
    }
}

#[component]
fn ByItself<'f>(
    form: &'f SettingsForm,
    errors: &'f FieldErrors,
    communes: &'f [Commune],
) -> impl IntoView + use<> {
    let area = form.get("own_area").to_owned();
    let area_error = errors.of("own_area").map(lang::field);
    let areas = [
        ("commune", t!("shipping.area_commune")),
        ("communes", t!("shipping.area_communes")),
        ("province", t!("shipping.area_province")),
    ]
    .into_iter()
    .enumerate()
    .map(|(at, (value, words))| {
        view! { <label class="choice"><input type="radio" id=(at == 0).then_some("own_area") name="own_area" value=value checked=area == value /><span class="choice__text"><span class="choice__name">{words}</span></span></label> }
    })
    .collect_view();
    let boxes = communes
        .iter()
        .map(|commune| {
            let name = commune_field(commune.id);
            let checked = form.has(&name);
            view! { <label class="choice"><input type="checkbox" name=name value="1" checked=checked /><span class="choice__text">{commune.full_name.clone()}</span></label> }
        })
        .collect_view();
    let days_error = errors.of("weekday-1").map(lang::field);
    let days = Weekdays::ALL
        .into_iter()
        .map(|day| {
            let name = weekday_field(day);
            let checked = form.has(&name);
            view! { <label class="choice"><input type="checkbox" id=name.clone() name=name value="1" checked=checked /><span class="choice__text">{words::weekday(day)}</span></label> }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{t!("shipping.own")}</legend>
            <Tick form errors name="own" label=t!("shipping.by_itself") note=t!("shipping.by_itself_note") />
            <fieldset class="field">
                <legend class="field__label">{t!("shipping.own_area")}</legend>
                <div class="choices" data-rows="">{areas}</div>
                {area_error.map(|text| view! { <p class="field__error" id="own_area-error"><Icon name="alert" />{text}</p> })}
            </fieldset>
            <details class="disclosure" open=area == "communes">
                <summary>{t!("shipping.which_communes")}</summary>
                <div class="disclosure__body choices">{boxes}</div>
            </details>
            <fieldset class="field">
                <legend class="field__label">{t!("shipping.own_days")}</legend>
                <div class="choices">{days}</div>
                {days_error.map(|text| view! { <p class="field__error" id="weekday-1-error"><Icon name="alert" />{text}</p> })}
            </fieldset>
            <Field name="own_fee" label=t!("shipping.own_fee") value=form.get("own_fee").to_owned() errors=errors.clone() inputmode="numeric" hint=t!("shipping.own_fee_hint") suffix="₫" />
        </fieldset>
    }
}

#[component]
fn AtTheFarm<'f>(form: &'f SettingsForm, errors: &'f FieldErrors) -> impl IntoView + use<> {
    view! {
        <fieldset class="fieldset">
            <legend>{t!("shipping.farm")}</legend>
            <Tick form errors name="farm" label=t!("shipping.at_farm") note=t!("shipping.at_farm_note") />
            <Field name="farm_hours" label=t!("shipping.hours") value=form.get("farm_hours").to_owned() errors=errors.clone() hint=t!("shipping.hours_hint") />
            <TextArea name="farm_note" label=t!("shipping.farm_note") value=form.get("farm_note").to_owned() errors=errors.clone() hint=t!("shipping.farm_note_hint") />
        </fieldset>
    }
}

#[component]
fn Points(points: Vec<DeskPoint>, is_owner: bool) -> impl IntoView {
    let is_empty = points.is_empty();
    view! {
        <section class="stack" aria-labelledby="diem-hen" id="diem">
            <h2 id="diem-hen">{t!("shipping.points")}</h2>
            <p>{t!("shipping.points_lead")}</p>
            {is_empty.then(|| view! { <p class="muted">{t!("shipping.points_none")}</p> })}
            <ul class="stack">{points.into_iter().map(|point| view! { <Point point is_owner /> }).collect_view()}</ul>
            {is_owner.then(|| view! { <p><a class="button" href=routes::SELLER_POINT_NEW><Icon name="plus" />{t!("shipping.point_new")}</a></p> })}
        </section>
    }
}

#[component]
fn Point(point: DeskPoint, is_owner: bool) -> impl IntoView {
    let base = routes::seller_point(point.id);
    let change = t!("shipping.point_change", name = point.name);
    let (deed, words) = if point.is_joined {
        ("ra", t!("shipping.point_leave", name = point.name))
    } else {
        ("vao", t!("shipping.point_join", name = point.name))
    };
    view! {
        <li class="panel stack">
            <p><strong>{point.name}</strong>{(!point.is_active).then(|| view! { " "<span class="state" data-state="cancelled">{t!("shipping.point_closed")}</span> })}<br />{format!("{}, {}", point.street, point.commune_name)}<br />{point.hours}</p>
            <p class="muted small">{t!("shipping.kept_by", name = point.keeper.name)}" "{point.keeper.phone.to_string()}{(!point.is_own).then(|| format!(" · {}", t!("shipping.made_by", shop = point.made_by)))}</p>
            <div class="cluster">
                {(point.is_active || point.is_joined).then(|| view! { <form method="post" action=format!("{base}/{deed}")><button type="submit" class="button" data-kind="quiet">{words}</button></form> })}
                {(point.is_own && is_owner).then(|| view! { <a class="button" data-kind="quiet" href=base.clone()>{change}</a> })}
            </div>
        </li>
    }
}

/// `2`, `0,5`.
fn kg(grams: i64) -> String {
    market::kernel::Quantity::from_thousandths(grams).plain()
}
