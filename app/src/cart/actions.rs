//! Requests of the slice `cart`.
use axum::Router;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use market::cart::queries::Destination;
use market::cart::{Cart, CartRefusal, commands, queries};
use market::kernel::{Failure, Fault, FieldErrors, Quantity, Refusal, VariantId};
use market::places;
use market::places::Commune;
use market::shipping::Wish;
use serde::Deserialize;

use super::pages::{self, Place};
use crate::places::TypedCommune;
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
        .route(routes::CART_PLACE, post(set_place).get(back_to_cart))
        .route(routes::CART_SHARE, post(share).get(back_to_cart))
        .route("/gio-hang/chung/{code}", get(shared).post(take_shared))
}

/// The visitor's cart with today's prices, and with delivery to `to` as wished.
///
/// # Errors
/// A fault of the database.
pub async fn view_of(visit: &Visit, to: Option<&Commune>, wishes: &[Wish]) -> Result<Cart, Fault> {
    let db = visit.site.store.reader();
    let id = queries::find(db, visit.actor.person, visit.cart.as_deref()).await?;
    let to = to.map(|commune| Destination {
        commune: commune.id,
        wishes,
    });
    match id {
        Some(id) => queries::view(db, id, visit.site.store.today(), to).await,
        None => Ok(Cart::default()),
    }
}

/// The commune to which goods go, as far as this device knows it.
///
/// # Errors
/// A fault of the database.
pub async fn place_of(visit: &Visit) -> Result<Option<Commune>, Fault> {
    match &visit.place {
        Some(code) => Ok(places::queries::by_code(visit.site.store.reader(), code).await?),
        None => Ok(None),
    }
}

/// The cart's page; `status` where something was refused.
async fn page(
    visit: &Visit,
    status: StatusCode,
    notice: impl FnOnce() -> Option<(Tone, String)>,
    refused: Option<pages::Refused>,
    typed: Option<Place>,
) -> Result<Response, Trouble> {
    let commune = place_of(visit).await?;
    let cart = view_of(visit, commune.as_ref(), &[]).await?;
    let along = queries::along(visit.site.store.reader(), &cart).await?;
    let place = typed.unwrap_or_else(|| Place::of(commune.as_ref()));
    Ok(visit.page_with(status, head, || {
        pages::cart(cart, along, place, notice(), refused)
    }))
}

async fn cart(
    visit: Visit,
    Query(params): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let get = |name: &str| {
        let found = params.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let notice = || match (get("loi"), get("thieu"), get("them")) {
        (Some(code), ..) => lang::known_refusal(code).map(|text| (Tone::Warning, text)),
        (_, Some(count), _) => {
            let count: u32 = count.parse().ok()?;
            Some((Tone::Warning, t!("cart.not_all_added", count = count)))
        }
        (.., Some(_)) => Some((Tone::Success, t!("cart.added"))),
        _ => None,
    };
    page(&visit, StatusCode::OK, notice, None, None).await
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
        (Some(_), _) => Some(None),
        _ if find("save").is_some() || find("back").is_some() => None,
        (None, Ok(quantity)) => Some(Some(quantity)),
        (None, Err(error)) => {
            let refused = pages::Refused {
                variant,
                typed: typed.to_owned(),
                error,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(&visit, status, || None, Some(refused), None).await;
        }
    };
    let (db, is_saved) = (visit.site.store.reader(), find("save").is_some());
    let Some(cart) = queries::find(db, visit.actor.person, visit.cart.as_deref()).await? else {
        return Ok(visit.see_other(routes::CART));
    };
    let outcome = market::transact!(visit.site.store, &visit.actor, work => match quantity {
        Some(quantity) => commands::set(work, cart, variant, quantity).await,
        None => commands::save(work, cart, variant, is_saved).await,
    });
    match outcome {
        Ok(()) => Ok(visit.see_other(routes::CART)),
        Err(Failure::Refused(refusal)) => Ok(told(&visit, &refusal)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// The cart, with what is wrong.
fn told(visit: &Visit, refusal: &CartRefusal) -> Response {
    visit.see_other(&format!("{}?loi={}", routes::CART, refusal.code()))
}

/// Notes where the goods go, so that the cart tells what delivery costs.
async fn set_place(visit: Visit, Form(mut typed): Form<TypedCommune>) -> Result<Response, Trouble> {
    let (commune, choices) = typed.find(&visit.site).await?;
    if let Some(commune) = commune {
        return Ok(visit.with_place(visit.see_other(routes::CART), &commune.code));
    }
    let mut errors = FieldErrors::default();
    errors.add("commune", typed.wrong(&choices));
    let place = Place {
        typed,
        choices,
        errors,
        is_known: false,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&visit, status, || None, None, Some(place)).await
}

async fn share(visit: Visit) -> Result<Response, Trouble> {
    let (db, token) = (visit.site.store.reader(), visit.cart.as_deref());
    let cart = queries::find(db, visit.actor.person, token).await?;
    let outcome = match cart {
        Some(cart) => {
            market::transact!(visit.site.store, &visit.actor, work => commands::share(work, cart).await)
        }
        None => Err(Failure::Refused(CartRefusal::Empty)),
    };
    match outcome {
        Ok(code) => Ok(visit.see_other(&format!("{}?moi=1", routes::shared_cart(&code)))),
        Err(Failure::Refused(refusal)) => Ok(told(&visit, &refusal)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

#[derive(Deserialize)]
struct SharedParams {
    moi: Option<String>,
}

/// A cart that somebody has made a link of.
async fn shared(
    visit: Visit,
    Path(code): Path<String>,
    Query(params): Query<SharedParams>,
) -> Result<Response, Trouble> {
    let (db, today) = (visit.site.store.reader(), visit.site.store.today());
    let cart = queries::shared(db, &code, today).await?;
    let cart = cart.ok_or(Trouble::NotFound)?;
    let link = params
        .moi
        .map(|_| format!("{}{}", visit.site.base_url, routes::shared_cart(&code)));
    Ok(visit.page(
        || Head::private(t!("cart.shared"), Area::Market),
        || pages::shared(cart, &code, link),
    ))
}

async fn take_shared(visit: Visit, Path(code): Path<String>) -> Result<Response, Trouble> {
    let (token, code) = (visit.cart.as_deref(), code.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => {
        let (cart, opened) = commands::find_or_open(work, token).await?;
        let missing = commands::take_shared(work, cart, code).await?;
        Ok((opened, missing))
    });
    filled(&visit, outcome)
}

/// The cart after several lines were put into it: what is no longer on sale is told.
///
/// # Errors
/// A fault; and where nothing has that code.
pub fn filled(
    visit: &Visit,
    outcome: Result<(Option<String>, usize), Failure<CartRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok((opened, missing)) => {
            let told = if missing > 0 {
                format!("thieu={missing}")
            } else {
                "them=1".to_owned()
            };
            let answer = visit.see_other(&format!("{}?{told}", routes::CART));
            Ok(match opened {
                Some(token) => visit.with_cart(answer, token),
                None => answer,
            })
        }
        Err(Failure::Refused(CartRefusal::NotShared)) => Err(Trouble::NotFound),
        Err(Failure::Refused(refusal)) => Ok(told(visit, &refusal)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}
