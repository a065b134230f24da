//! The end of a shop, asked for by its owner.
use axum::extract::Form;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::{Failure, Right};
use market::sellers::{SellersRefusal, Standing, commands};

use super::checklist;
use crate::accounts::again::{AgainForm, Password, Refused};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::ErrorSummary;
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit};

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::Own)?;
    page(&visit, None).await
}

pub(super) async fn close(visit: Visit, Form(form): Form<AgainForm>) -> Result<Response, Trouble> {
    let id = visit.desk(Right::Own)?;
    let again = form.of(&visit)?;
    match commands::close(&visit.site.store, &visit.actor, again, id).await {
        Ok(()) => Ok(visit.see_other(routes::SELLER_SHOP)),
        Err(Failure::Refused(
            refusal @ (SellersRefusal::OrdersUnderWay { .. }
            | SellersRefusal::Account(_)
            | SellersRefusal::WrongState),
        )) => page(&visit, Some(refusal)).await,
        Err(failure) => Err(failure.into()),
    }
}

async fn page(visit: &Visit, refusal: Option<SellersRefusal>) -> Result<Response, Trouble> {
    let shop = checklist::own(visit).await?;
    if shop.standing == Standing::Closed {
        return Ok(visit.see_other(routes::SELLER_SHOP));
    }
    let is_asked = visit.asks_password().await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal.as_ref());
    let has_orders = matches!(refusal, Some(SellersRefusal::OrdersUnderWay { .. }));
    let account = refusal.and_then(SellersRefusal::account);
    let days = visit.site.retention.orders;
    Ok(visit.page_with(
        status,
        || Head::private(t!("shops.close"), Area::Seller),
        || {
            let labels = vec![("current", t!("accounts.password_now"))];
            view! {
                <div class="narrow stack" data-gap="l">
                    <p><a href=routes::SELLER_SHOP>{t!("shops.back")}</a></p>
                    <h1>{t!("shops.close_name", shop = shop.name)}</h1>
                    <Refused message refusal=account back=routes::SELLER_CLOSE />
                    {has_orders.then(|| view! { <p><a href=routes::SELLER_ORDERS>{t!("shell.seller_orders")}</a></p> })}
                    <ErrorSummary errors=errors.clone() labels />
                    <ul class="prose">
                        <li>{t!("shops.close_gone")}</li>
                        <li>{t!("shops.close_kept", days = days)}</li>
                        <li>{t!("shops.close_final")}</li>
                    </ul>
                    <form method="post" action=routes::SELLER_CLOSE class="sign-in form" novalidate="">
                        <Password is_asked errors />
                        <div class="form__actions">
                            <button type="submit" class="button" data-kind="danger">{t!("shops.close_now")}</button>
                            <a class="button" data-kind="quiet" href=routes::SELLER_SHOP>{t!("shops.close_not")}</a>
                        </div>
                    </form>
                </div>
            }
        },
    ))
}
