//! Forms with photographs about an order, as they come over the network.
use axum::extract::Multipart;
use axum::http::StatusCode;
use market::claims::{ClaimForm, MOST_PHOTOS, commands};
use market::kernel::limit::TooOften;
use market::kernel::{Failure, FieldErrors, OrderCode, PaperId, SellerOrderId};
use market::media::{MAX_BYTES, Upload};
use market::orders::commands::part_of_order;
use market::orders::{self, MessageForm, OrdersRefusal, Party};

use crate::media;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::visit::Visit;

/// What a form with photographs may weigh.
pub(crate) const FORM_BYTES: usize = MOST_PHOTOS * MAX_BYTES + (1 << 20);

/// What was typed and photographed.
#[derive(Default)]
pub(crate) struct ReceivedForm {
    /// What was typed, without the files.
    pub form: ClaimForm,
    /// Photographs that are taken in: they need not travel again when something else is wrong.
    pub photos: Vec<PaperId>,
    /// Why photographs were not taken, each with its file.
    pub refused: Vec<String>,
    /// Too many photographs in a short time.
    pub too_often: Option<TooOften>,
    uploads: Vec<(String, Upload)>,
}

impl ReceivedForm {
    /// The status of the page that shows it again.
    pub(crate) fn status(&self) -> StatusCode {
        if self.too_often.is_some() {
            StatusCode::TOO_MANY_REQUESTS
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// Takes the photographs in for a part of an order; that it is the visitor's was checked.
    pub(crate) async fn take_photos(
        &mut self,
        visit: &Visit,
        part: SellerOrderId,
    ) -> Result<(), Trouble> {
        let site = &visit.site;
        for (name, upload) in std::mem::take(&mut self.uploads) {
            if self.photos.len() >= MOST_PHOTOS {
                let most =
                    lang::speaking(visit.lang, || t!("claims.photos_most", most = MOST_PHOTOS));
                self.refused.push(most);
                break;
            }
            match visit.take(&site.limits.upload).await {
                Ok(()) => {}
                Err(Failure::Fault(fault)) => return Err(fault.into()),
                Err(Failure::Refused(often)) => {
                    self.refused
                        .push(lang::speaking(visit.lang, || lang::refusal(&often)));
                    self.too_often = Some(often);
                    break;
                }
            }
            let taken =
                commands::accept_photo(&site.store, &site.media, &visit.actor, part, upload).await;
            match taken {
                Ok(photo) if self.photos.contains(&photo) => {}
                Ok(photo) => self.photos.push(photo),
                Err(Failure::Fault(fault)) => return Err(fault.into()),
                Err(Failure::Refused(refusal)) => {
                    let why = lang::speaking(visit.lang, || lang::refusal(&refusal));
                    self.refused.push(format!("{name}: {why}"));
                }
            }
        }
        Ok(())
    }
}

/// Who may send photographs: known before the first of them is read, so that nobody fills the memory for nothing.
pub(crate) enum Whose<'w> {
    /// Who holds the token of that order, of the part that the named field says. Both fields come before the files.
    Order(&'w OrderCode, &'static str),
    /// The shop at its desk, which the caller has asked for.
    Desk,
}

impl Whose<'_> {
    async fn check(&self, visit: &Visit, form: &ClaimForm) -> Result<(), Trouble> {
        let Self::Order(code, field) = self else {
            return Ok(());
        };
        let part = form.get(field).parse::<SellerOrderId>();
        let part = part.map_err(|_| Trouble::NotFound)?;
        let token = form.get("token");
        Ok(
            market::transact!(visit.site.store, &visit.actor, work => part_of_order(work, code, token, part).await)?,
        )
    }
}

/// Reads a form whose files are named `photo` and whose photographs from before are named `taken`.
pub(crate) async fn receive(
    visit: &Visit,
    mut form: Multipart,
    whose: &Whose<'_>,
) -> Result<ReceivedForm, Trouble> {
    let mut is_checked = false;
    let mut received = ReceivedForm::default();
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                received.refused.push(media::broken(visit, &error));
                break;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        let read = if name == "photo" {
            if !is_checked {
                whose.check(visit, &received.form).await?;
                is_checked = true;
            }
            let file = part.file_name().unwrap_or_default().to_owned();
            media::receive(visit, &mut part).await?.map(|upload| {
                if !file.is_empty() || !upload.is_empty() {
                    received.uploads.push((file, upload));
                }
            })
        } else {
            part.text().await.map(|text| match name.as_str() {
                "taken" => received.photos.extend(text.parse::<PaperId>().ok()),
                _ => received.form.pairs.push((name.clone(), text)),
            })
        };
        if let Err(error) = read {
            received.refused.push(media::broken(visit, &error));
            break;
        }
    }
    received.photos.truncate(MOST_PHOTOS);
    if !is_checked {
        whose.check(visit, &received.form).await?;
    }
    Ok(received)
}

/// Says `message` with its photographs as buyer or seller; whose part it is was checked.
pub(crate) async fn say(
    visit: &Visit,
    received: &ReceivedForm,
    part: SellerOrderId,
    party: Party,
) -> Result<(), Failure<OrdersRefusal>> {
    let form = MessageForm {
        message: received.form.get("message").to_owned(),
    };
    if let Some(why) = received.refused.first() {
        let mut errors = FieldErrors::default();
        errors.add_with("message", "photo_refused", &[("why", why.clone())]);
        return Err(OrdersRefusal::Invalid(errors).into());
    }
    let text = form
        .parse(!received.photos.is_empty())
        .map_err(OrdersRefusal::Invalid)?;
    let (text, photos) = (text.as_str(), received.photos.as_slice());
    market::transact!(visit.site.store, &visit.actor, work => {
        let message = orders::commands::say(work, part, party, text).await?;
        commands::show_in_message(work, part, message, photos).await?;
        Ok(())
    })
}
