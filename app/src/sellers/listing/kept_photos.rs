//! The photographs of a listing: those that are there, in their order and with their words, and sending more.
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;
use market::catalog::commands::{self, MAX_PHOTOS, Way, attach_photo};
use market::catalog::{CatalogRefusal, LONGEST_ALT, Product};
use market::kernel::{Failure, PhotoId, ProductId, Refusal, Right};
use market::media::{PIECE_BYTES, PictureFormat};
use serde::Deserialize;

use super::{own, photos};
use crate::catalog::words;
use crate::media::{self, Announced, Offset, SendPhotos};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::ui::shell::Icon;
use crate::visit::Visit;

/// Paths of the photographs on a listing.
pub(in crate::sellers) fn routes() -> Router<Site> {
    Router::new()
        .route("/ban-hang/san-pham/{id}/gui-hinh", post(begin))
        .route(
            "/ban-hang/san-pham/{id}/gui-hinh/{digest}",
            post(piece).layer(DefaultBodyLimit::max(PIECE_BYTES + 1024)),
        )
        .route("/ban-hang/san-pham/{id}/hinh/{photo}/cho", post(go))
        .route("/ban-hang/san-pham/{id}/hinh/{photo}/loi", post(describe))
}

/// The photographs that a listing has, each with what can be done about it.
#[component]
pub(super) fn KeptPhotos(product: Product) -> impl IntoView {
    let last = product.photos.len().saturating_sub(1);
    let photos = (0..product.photos.len())
        .map(|index| view! { <KeptPhoto product=product.clone() index last /> })
        .collect_view();
    view! { <ol class="kept-photos">{photos}</ol> }
}

#[component]
fn KeptPhoto(product: Product, index: usize, last: usize) -> impl IntoView {
    let id = product.id;
    let photo = product.photos.get(index)?;
    let picture = photo.picture.id;
    let src = photo
        .picture
        .nearest(320, PictureFormat::Webp)
        .map(|size| routes::media(&size.key));
    let number = index + 1;
    let field = format!("alt-{number}");
    let proposed = words::proposed_photo(&product, index);
    Some(view! {
        <li class="kept-photo" id=format!("hinh-{picture}")>
            <div class="kept-photo__picture">
                <img src=src alt=words::photo(&product, index) width="160" height="120" />
                {(index == 0).then(|| view! { <span class="badge" data-kind="season">{t!("listing.cover")}</span> })}
            </div>
            <div class="kept-photo__deeds">
                {(index > 0).then(|| view! { <Go id picture way="len" label=t!("listing.photo_up", number = number) words=t!("listing.up") /> })}
                {(index < last).then(|| view! { <Go id picture way="xuong" label=t!("listing.photo_down", number = number) words=t!("listing.down") /> })}
                <form method="post" action=routes::listing_photo(id, picture)>
                    <button type="submit" class="button" data-kind="quiet" aria-label=t!("listing.remove_photo", number = number)><Icon name="trash" />{t!("cart.remove")}</button>
                </form>
            </div>
            <form class="kept-photo__words" method="post" action=routes::listing_photo_step(id, picture, "loi")>
                <label class="field__label" for=field.clone()>{t!("listing.photo_shows", number = number)}</label>
                <div class="kept-photo__line">
                    <input class="input" id=field name="alt" type="text" maxlength=LONGEST_ALT value=words::photo(&product, index) placeholder=proposed />
                    <button type="submit" class="button" aria-label=t!("listing.keep_words", number = number)>{t!("listing.keep")}</button>
                </div>
            </form>
        </li>
    })
}

#[component]
fn Go(
    id: ProductId,
    picture: PhotoId,
    way: &'static str,
    label: String,
    words: String,
) -> impl IntoView {
    view! {
        <form method="post" action=routes::listing_photo_step(id, picture, "cho")>
            <button type="submit" class="button" name="ve" value=way aria-label=label>{words}</button>
        </form>
    }
}

/// Takes or picks more, as long as there is room.
#[component]
pub(super) fn MorePhotos(id: ProductId) -> impl IntoView {
    let page = routes::listing(id, "anh");
    view! { <SendPhotos action=page.clone() begin=routes::listing_upload(id) page /> }
}

/// Which way a photograph goes, as its button says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Going {
    ve: String,
}

async fn go(
    visit: Visit,
    Path((id, photo)): Path<(ProductId, PhotoId)>,
    Form(going): Form<Going>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let way = match going.ve.as_str() {
        "len" => Way::Earlier,
        _ => Way::Later,
    };
    market::transact!(visit.site.store, &visit.actor, work => commands::move_photo(work, id, photo, way).await)?;
    Ok(visit.see_other(&at(id, photo)))
}

/// What a photograph shows.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Words {
    alt: String,
}

async fn describe(
    visit: Visit,
    Path((id, photo)): Path<(ProductId, PhotoId)>,
    Form(Words { alt }): Form<Words>,
) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?.product;
    // What was proposed and left as it is goes on following name and place.
    let index = product
        .photos
        .iter()
        .position(|kept| kept.picture.id == photo);
    let proposed = lang::speaking(visit.lang, || {
        index.map(|index| words::proposed_photo(&product, index))
    });
    let typed = if proposed.as_deref() == Some(alt.trim()) {
        ""
    } else {
        alt.as_str()
    };
    match market::transact!(visit.site.store, &visit.actor, work => commands::describe_photo(work, id, photo, typed).await)
    {
        Ok(()) => Ok(visit.see_other(&at(id, photo))),
        Err(Failure::Refused(refusal @ CatalogRefusal::Invalid(_))) => {
            let told = refusal
                .fields()
                .iter()
                .map(|error| lang::speaking(visit.lang, || lang::field(error)));
            Ok(photos::photos_page(
                &visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                product,
                told.collect(),
            ))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Where a photograph stands on its page.
fn at(product: ProductId, photo: PhotoId) -> String {
    format!("{}#hinh-{photo}", routes::listing(product, "anh"))
}

/// Begins a file, or says how far it came before.
async fn begin(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(announced): Form<Announced>,
) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?.product;
    let full = (product.photos.len() >= MAX_PHOTOS).then_some(CatalogRefusal::TooManyPhotos);
    let place = |photo| place(&visit, id, photo);
    media::begin(&visit, product.seller.id, &announced, full, place).await
}

/// Takes the next piece; with the last one the photograph is put on the listing.
async fn piece(
    visit: Visit,
    Path((id, digest)): Path<(ProductId, String)>,
    Query(offset): Query<Offset>,
    bytes: Bytes,
) -> Result<Response, Trouble> {
    let seller = own(&visit, id).await?.product.seller.id;
    let place = |photo| place(&visit, id, photo);
    media::piece(&visit, seller, &digest, offset, &bytes, place).await
}

pub(super) async fn place(
    visit: &Visit,
    id: ProductId,
    photo: PhotoId,
) -> Result<(), Failure<CatalogRefusal>> {
    market::transact!(visit.site.store, &visit.actor, work => attach_photo(work, id, photo).await)
}
