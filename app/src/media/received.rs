//! Files in forms, as they come over the network.
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use market::media::{PhotoRefusal, Upload};

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
