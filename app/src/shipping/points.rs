//! Pick-up points: made and changed by the owner of a shop, joined by other shops of the commune.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::{Failure, PickupPointId, Right};
use market::shipping::{DeskPoint, PointForm, ShippingRefusal, commands, queries};
use serde::Deserialize;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

/// A point with whether buyers are offered it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangeForm {
    #[serde(flatten)]
    point: PointForm,
    active: String,
}

pub(super) async fn new(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::Own)?;
    Ok(page(&visit, None, ChangeForm::default(), Told::default()))
}

pub(super) async fn make(visit: Visit, Form(form): Form<ChangeForm>) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let outcome = match form.point.parse() {
        Ok(point) => {
            let point = &point;
            market::transact!(visit.site.store, &visit.actor, work => commands::make_point(work, seller, point).await)
        }
        Err(errors) => Err(Failure::Refused(ShippingRefusal::Invalid(errors))),
    };
    Ok(match visit.told_of(outcome)? {
        Ok(_) => back(&visit),
        Err(told) => page(&visit, None, form, told),
    })
}

/// A point that the shop made.
async fn own(visit: &Visit, id: PickupPointId) -> Result<DeskPoint, Trouble> {
    let seller = visit.desk(Right::Own)?;
    let points = queries::points(visit.site.store.reader(), seller).await?;
    points
        .into_iter()
        .find(|point| point.id == id && point.is_own)
        .ok_or(Trouble::NotFound)
}

pub(super) async fn show(visit: Visit, Path(id): Path<PickupPointId>) -> Result<Response, Trouble> {
    let point = own(&visit, id).await?;
    let form = ChangeForm {
        active: if point.is_active { "1" } else { "" }.to_owned(),
        point: PointForm {
            point_name: point.name,
            point_street: point.street,
            point_hours: point.hours,
            keeper_name: point.keeper.name,
            keeper_phone: point.keeper.phone.to_string(),
        },
    };
    Ok(page(&visit, Some(id), form, Told::default()))
}

pub(super) async fn change(
    visit: Visit,
    Path(id): Path<PickupPointId>,
    Form(form): Form<ChangeForm>,
) -> Result<Response, Trouble> {
    own(&visit, id).await?;
    let seller = visit.desk(Right::Own)?;
    let is_active = !form.active.is_empty();
    let outcome = match form.point.parse() {
        Ok(point) => {
            let point = &point;
            market::transact!(visit.site.store, &visit.actor, work => commands::change_point(work, seller, id, point, is_active).await)
        }
        Err(errors) => Err(Failure::Refused(ShippingRefusal::Invalid(errors))),
    };
    Ok(match visit.told_of(outcome)? {
        Ok(()) => back(&visit),
        Err(told) => page(&visit, Some(id), form, told),
    })
}

pub(super) async fn join(visit: Visit, Path(id): Path<PickupPointId>) -> Result<Response, Trouble> {
    belong(&visit, id, true).await
}

pub(super) async fn leave(
    visit: Visit,
    Path(id): Path<PickupPointId>,
) -> Result<Response, Trouble> {
    belong(&visit, id, false).await
}

async fn belong(visit: &Visit, id: PickupPointId, joins: bool) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::join_point(work, seller, id, joins).await)?;
    Ok(back(visit))
}

fn back(visit: &Visit) -> Response {
    visit.see_other(&format!("{}#diem", routes::SELLER_DELIVERY))
}

fn page(visit: &Visit, id: Option<PickupPointId>, form: ChangeForm, told: Told) -> Response {
    let title = || match id {
        Some(_) => t!("shipping.point_edit"),
        None => t!("shipping.point_new"),
    };
    let status: StatusCode = told.status;
    visit.page_with(
        status,
        || Head::private(title(), Area::Seller),
        || {
            let title = title();
            view! { <Point id form told title /> }
        },
    )
}

#[component]
fn Point(id: Option<PickupPointId>, form: ChangeForm, told: Told, title: String) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = vec![
        ("point_name", t!("shipping.point_name")),
        ("point_street", t!("shipping.point_street")),
        ("point_hours", t!("shipping.hours")),
        ("keeper_name", t!("shipping.keeper_name")),
        ("keeper_phone", t!("shipping.keeper_phone")),
    ];
    let action = id.map_or_else(|| routes::SELLER_POINT_NEW.to_owned(), routes::seller_point);
    let ChangeForm { point, active } = form;
    view! {
        <div class="narrow stack" data-gap="l">
            <p><a href=routes::SELLER_DELIVERY>{t!("shipping.back")}</a></p>
            <h1>{title}</h1>
            <p>{t!("shipping.point_lead")}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=action class="form" novalidate="">
                <Field name="point_name" label=t!("shipping.point_name") value=point.point_name errors=errors.clone() hint=t!("shipping.point_name_hint") />
                <Field name="point_street" label=t!("shipping.point_street") value=point.point_street errors=errors.clone() hint=t!("shipping.point_street_hint") />
                <Field name="point_hours" label=t!("shipping.hours") value=point.point_hours errors=errors.clone() hint=t!("shipping.hours_hint") />
                <Field name="keeper_name" label=t!("shipping.keeper_name") value=point.keeper_name errors=errors.clone() />
                <Field name="keeper_phone" label=t!("shipping.keeper_phone") value=point.keeper_phone errors=errors.clone() kind="tel" inputmode="tel" hint=t!("shipping.keeper_phone_hint") />
                {id.is_some().then(|| view! {
                    <label class="choice"><input type="checkbox" name="active" value="1" checked={!active.is_empty()} /><span class="choice__text"><span class="choice__name">{t!("shipping.point_active")}</span><span class="choice__note">{t!("shipping.point_active_note")}</span></span></label>
                })}
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("shops.save")}</button></div>
            </form>
        </div>
    }
}
