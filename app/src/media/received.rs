//! Files in forms, as they come over the network.
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use market::kernel::limit::TooOften;
use market::kernel::{Failure, PhotoId, Refusal, SellerId};
use market::media::{self, PhotoRefusal, Upload};

use crate::trouble::Trouble;
use crate::ui::lang;
use crate::visit::Visit;

/// Takes in a file of a form, piece by piece.
pub(crate) async fn receive(
    visit: &Visit,
    field: &mut Field<'_>,
) -> Result<Result<Upload, MultipartError>, Trouble> {
    let name = field.file_name().unwrap_or_default();
    let mut upload = visit.site.media.upload().named(name);
    loop {
        match field.chunk().await {
            Ok(Some(piece)) => upload.push(&piece).await?,
            Ok(None) => return Ok(Ok(upload)),
            Err(error) => return Ok(Err(error)),
        }
    }
}

/// Why a form with files could not be read to its end, in words.
pub(crate) fn broken(visit: &Visit, error: &MultipartError) -> String {
    let refusal = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        PhotoRefusal::TooLarge
    } else {
        PhotoRefusal::Truncated
    };
    lang::speaking(visit.lang, || lang::refusal(&refusal))
}

/// What of a form's photographs was not taken in.
#[derive(Default)]
pub(crate) struct Refused {
    /// Why, in words, each with the name of its file.
    pub words: Vec<String>,
    /// Some were too many in a short time.
    pub too_often: Option<TooOften>,
}

impl Refused {
    /// The status of the page that says so.
    pub(crate) fn status(&self) -> StatusCode {
        if self.too_often.is_some() {
            StatusCode::TOO_MANY_REQUESTS
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// Takes the photographs of a form into the shop of `seller`, one after the other; `place` puts each where it is to be
/// shown. What is refused holds up none of the others.
pub(crate) async fn take_photos<R, F>(
    visit: &Visit,
    seller: SellerId,
    mut form: Multipart,
    place: impl Fn(PhotoId) -> F,
) -> Result<Refused, Trouble>
where
    R: Refusal,
    F: Future<Output = Result<(), Failure<R>>>,
{
    let site = &visit.site;
    let in_words = |refusal: &dyn Refusal| lang::speaking(visit.lang, || lang::refusal(refusal));
    let mut refused = Refused::default();
    let mut any = false;
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                refused.words.push(broken(visit, &error));
                break;
            }
        };
        let file = field.file_name().unwrap_or_default().to_owned();
        let upload = match receive(visit, &mut field).await? {
            Ok(upload) => upload,
            Err(error) => {
                refused.words.push(broken(visit, &error));
                break;
            }
        };
        if file.is_empty() && upload.is_empty() {
            continue;
        }
        any = true;
        // Not before the file is read: a browser that is still sending may not hear the answer.
        match visit.take(&site.limits.upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(often)) => {
                refused.too_often = Some(often);
                continue;
            }
        }
        let accepted =
            media::commands::accept(&site.store, &site.media, &visit.actor, seller, upload).await;
        let why = match accepted {
            Ok(picture) => match place(picture.id).await {
                Ok(()) => continue,
                Err(Failure::Refused(refusal)) => in_words(&refusal),
                Err(Failure::Fault(fault)) => return Err(fault.into()),
            },
            Err(Failure::Refused(refusal)) => in_words(&refusal),
            Err(Failure::Fault(fault)) => return Err(fault.into()),
        };
        refused.words.push(format!("{file}: {why}"));
    }
    if let Some(often) = &refused.too_often {
        refused.words.push(in_words(often));
    } else if !any && refused.words.is_empty() {
        let words = lang::speaking(visit.lang, || t!("listing.pick_first"));
        refused.words.push(words);
    }
    Ok(refused)
}
