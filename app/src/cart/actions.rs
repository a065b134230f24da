//! Requests of the slice `cart`.
use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use market::cart::{Cart, CartRefusal, commands, queries};
use market::kernel::{Failure, Fault, Quantity, Refusal, VariantId};
use serde::Deserialize;

use super::pages;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::parts::Tone;
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, safe_path};

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(routes::CART, get(cart))
        .route(routes::CART_ADD, post(add).get(back_to_cart))
        .route(routes::CART_SET, post(set).get(back_to_cart))
}

/// The visitor's cart with today's prices.
pub async fn view_of(visit: &Visit) -> Result<Cart, Fault> {
    let db = visit.site.store.reader();
    let id = match &visit.cart {
        Some(token) => queries::find(db, token).await?,
        None => None,
    };
    match id {
        Some(id) => queries::view(db, id, visit.site.store.today(), None).await,
        None => Ok(Cart::default()),
    }
}

async fn cart(
    visit: Visit,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let get = |name: &str| params.iter().find(|(key, _)| key == name);
    let (is_added, code) = (get("them").is_some(), get("loi").map(|(_, code)| code));
    let cart = view_of(&visit).await?;
    Ok(visit.page(head, || {
        let notice = match code {
            Some(code) => lang::known_refusal(code).map(|text| (Tone::Warning, text)),
            None => is_added.then(|| (Tone::Success, t!("cart.added"))),
        };
        pages::cart(cart, notice, None)
    }))
}

fn head() -> Head {
    Head::private(t!("shell.cart"), Area::Market)
}

/// The address of a form, opened by itself.
async fn back_to_cart(visit: Visit) -> Response {
    visit.see_other(routes::CART)
}

#[derive(Deserialize)]
struct AddForm {
    #[serde(default)]
    variant_id: String,
    #[serde(default)]
    quantity: String,
    #[serde(default)]
    back: String,
}

async fn add(visit: Visit, Form(form): Form<AddForm>) -> Result<Response, Trouble> {
    let back = safe_path(&form.back).to_owned();
    // What was typed goes back with the code, so that nothing is lost.
    let refused = |refusal: CartRefusal| {
        let pairs = [
            ("loi", refusal.code()),
            ("loai", form.variant_id.as_str()),
            ("so_luong", form.quantity.as_str()),
        ];
        visit.see_other(&format!(
            "{back}?{}",
            serde_urlencoded::to_string(pairs).unwrap_or_default()
        ))
    };
    let Ok(variant) = form.variant_id.parse::<VariantId>() else {
        return Ok(refused(CartRefusal::NotOnSale));
    };
    let quantity = match Quantity::parse(&form.quantity) {
        Ok(quantity) => quantity,
        Err(error) => return Ok(refused(CartRefusal::not_a_quantity(error))),
    };
    let token = visit.cart.as_deref();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        let (cart, opened) = commands::find_or_open(work, token).await?;
        commands::add(work, cart, variant, quantity).await?;
        Ok(opened)
    });
    match outcome {
        Ok(opened) => {
            let answer = visit.see_other(&format!("{}?them=1", routes::CART));
            Ok(match opened {
                Some(token) => visit.with_cart(answer, token),
                None => answer,
            })
        }
        Err(Failure::Refused(refusal)) => Ok(refused(refusal)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// The form of a line: its number's name carries the variant, so that names on the page differ.
async fn set(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Trouble> {
    let find = |wanted: &str| {
        pairs
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let variant: VariantId = find("variant_id")
        .and_then(|id| id.parse().ok())
        .ok_or(Trouble::NotFound)?;
    let typed = find(&format!("quantity-{variant}")).unwrap_or_default();
    let quantity = match (find("remove"), Quantity::parse(typed)) {
        (Some(_), _) => None,
        (None, Ok(quantity)) => Some(quantity),
        (None, Err(error)) => {
            let cart = view_of(&visit).await?;
            let refused = pages::Refused {
                variant,
                typed: typed.to_owned(),
                error,
            };
            return Ok(visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, head, || {
                pages::cart(cart, None, Some(refused))
            }));
        }
    };
    let token = visit.cart.as_deref().unwrap_or_default();
    let Some(cart) = queries::find(visit.site.store.reader(), token).await? else {
        return Ok(visit.see_other(routes::CART));
    };
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::set(work, cart, variant, quantity).await);
    match outcome {
        Ok(()) => Ok(visit.see_other(routes::CART)),
        Err(Failure::Refused(refusal)) => {
            Ok(visit.see_other(&format!("{}?loi={}", routes::CART, refusal.code())))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}
