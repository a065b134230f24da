//! Photographs that a phone sends in pieces: the form that does so, and what it hears.
use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use market::kernel::{Failure, PhotoId, Refusal, SellerId};
use market::media::pieces::{self, Arrival};
use market::media::{PhotoRefusal, UploadAs};
use serde::{Deserialize, Serialize};

use super::islands::{PhotoSender, SenderWords};
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::visit::{Visit, status_of};

/// Takes or picks photographs, and sends them.
#[component]
pub(crate) fn SendPhotos(
    /// Where the form goes without JavaScript.
    action: String,
    /// Where a file is begun; its pieces go below that.
    begin: String,
    /// The page that shows what has arrived.
    page: String,
) -> impl IntoView {
    let words = SenderWords {
        camera: t!("listing.take"),
        gallery: t!("listing.choose"),
        send: t!("listing.upload"),
        preparing: t!("listing.preparing"),
        sending: t!("listing.sending_photo"),
        waiting: t!("listing.waiting"),
        sent: t!("listing.sent"),
        failed: t!("listing.not_sent"),
        go_on: t!("listing.go_on"),
        show: t!("listing.show_sent"),
    };
    view! {
        <form method="post" action=action enctype="multipart/form-data" class="form">
            <PhotoSender name="photo".to_owned() begin page words />
        </form>
    }
}

/// What a phone says of a file before it sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Announced {
    digest: String,
    length: String,
}

/// From which byte on a piece goes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Offset {
    tu: usize,
}

/// What it hears: how many bytes are here, or that the photograph is where it is shown, or why not.
#[derive(Default, Serialize)]
struct Heard {
    received: usize,
    is_done: bool,
    message: Option<String>,
}

/// Begins a file of `seller`, or says how far it came before; `full` is why no more are shown where `place` would put
/// it.
pub(crate) async fn begin<R, F>(
    visit: &Visit,
    seller: SellerId,
    announced: &Announced,
    full: Option<R>,
    place: impl FnOnce(PhotoId) -> F,
) -> Result<Response, Trouble>
where
    R: Refusal,
    F: Future<Output = Result<(), Failure<R>>>,
{
    let file = match UploadAs::parse(&announced.digest, &announced.length) {
        Ok(file) => file,
        Err(refusal) => return Ok(told(visit, &refusal)),
    };
    match visit.take(&visit.site.limits.upload).await {
        Ok(()) => {}
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(often)) => return Ok(told(visit, &often)),
    }
    let file = &file;
    let arrival = market::transact!(visit.site.store, &visit.actor, work => pieces::begin(work, seller, file).await);
    // Said before anything is sent in vain.
    if let (Some(full), Ok(Arrival::Here(_))) = (full, &arrival) {
        return Ok(told(visit, &full));
    }
    heard(visit, seller, file.digest(), arrival, place).await
}

/// Takes the next piece; with the last one `place` puts the photograph where it is shown.
pub(crate) async fn piece<R, F>(
    visit: &Visit,
    seller: SellerId,
    digest: &str,
    Offset { tu }: Offset,
    bytes: &Bytes,
    place: impl FnOnce(PhotoId) -> F,
) -> Result<Response, Trouble>
where
    R: Refusal,
    F: Future<Output = Result<(), Failure<R>>>,
{
    let arrival = market::transact!(visit.site.store, &visit.actor, work => pieces::append(work, seller, digest, tu, bytes).await);
    heard(visit, seller, digest, arrival, place).await
}

async fn heard<R, F>(
    visit: &Visit,
    seller: SellerId,
    digest: &str,
    arrival: Result<Arrival, Failure<PhotoRefusal>>,
    place: impl FnOnce(PhotoId) -> F,
) -> Result<Response, Trouble>
where
    R: Refusal,
    F: Future<Output = Result<(), Failure<R>>>,
{
    let site = &visit.site;
    let picture = match arrival {
        Ok(Arrival::Here(received)) => {
            let heard = Heard {
                received,
                ..Heard::default()
            };
            return Ok(Json(heard).into_response());
        }
        Ok(Arrival::Whole) => {
            pieces::finish(&site.store, &site.media, &visit.actor, seller, digest).await
        }
        Err(failure) => Err(failure),
    };
    let picture = match picture {
        Ok(picture) => picture,
        Err(Failure::Refused(refusal)) => return Ok(told(visit, &refusal)),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    match place(picture.id).await {
        Ok(()) => Ok(Json(Heard {
            is_done: true,
            ..Heard::default()
        })
        .into_response()),
        Err(Failure::Refused(refusal)) => Ok(told(visit, &refusal)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// Why not, for the picture that it is about.
fn told(visit: &Visit, refusal: &dyn Refusal) -> Response {
    let message = lang::speaking(visit.lang, || lang::refusal(refusal));
    let heard = Heard {
        message: Some(message),
        ..Heard::default()
    };
    (status_of(refusal.kind()), Json(heard)).into_response()
}
