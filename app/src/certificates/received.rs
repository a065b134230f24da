//! A certificate's form as a browser sends it, with the photograph in it.
use axum::extract::Multipart;
use axum::http::StatusCode;
use market::certificates::{CertificateForm, CertificateRecord, Entry, Programme};
use market::kernel::limit::TooOften;
use market::kernel::{Failure, FieldErrors, PaperId, ProductId, SellerId};
use market::media::{PaperKind, Upload, papers};

use crate::media;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::visit::Visit;

/// What was typed, chosen and photographed.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub form: CertificateForm,
    /// The goods that it is to cover.
    pub products: Vec<ProductId>,
    /// The scan, once it is taken in: it need not travel again when something else is wrong.
    pub paper: Option<PaperId>,
    pub errors: FieldErrors,
    /// Why the photograph was not taken.
    pub scan_refused: Option<String>,
    /// What is wrong with none of the fields.
    pub problem: Option<String>,
    /// Too many photographs in a short time.
    pub too_often: Option<TooOften>,
}

impl Typed {
    /// What a certificate says already, to mend it or to begin the one that follows.
    pub(super) fn of(record: &CertificateRecord) -> Self {
        Self {
            form: CertificateForm {
                product_name: record.product_name.clone(),
                group: record
                    .group
                    .map(|group| group.as_str().to_owned())
                    .unwrap_or_default(),
                set: record
                    .set
                    .as_ref()
                    .map(|(number, ..)| number.to_string())
                    .unwrap_or_default(),
                regime: record.regime.clone(),
                stars: record.stars.to_string(),
                score: record
                    .score
                    .map(|score| score.to_string())
                    .unwrap_or_default(),
                number: record.number.clone(),
                decided_on: market::kernel::time::iso_day(record.decided_on),
                issuer: record.issuer.clone(),
            },
            paper: record.paper,
            ..Self::default()
        }
    }

    /// Understands it; what is wrong is noted.
    pub(super) fn entry(&mut self, visit: &Visit, programme: &Programme) -> Option<Entry> {
        let parsed = self.form.parse(programme, visit.site.store.today());
        if self.paper.is_none() || self.scan_refused.is_some() {
            self.errors.add("paper", "certificate_scan");
        }
        match parsed {
            Ok(entry) => self.errors.is_empty().then_some(entry),
            Err(mut errors) => {
                errors.0.append(&mut self.errors.0);
                self.errors = errors;
                None
            }
        }
    }

    /// The status of the page that shows it again.
    pub(super) fn status(&self) -> StatusCode {
        if self.too_often.is_some() {
            StatusCode::TOO_MANY_REQUESTS
        } else if self.problem.is_some() {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// Reads the form; a photograph in it becomes a paper of `seller`, who may be asked for it.
pub(super) async fn receive(
    visit: &Visit,
    seller: SellerId,
    mut form: Multipart,
) -> Result<Typed, Trouble> {
    let mut typed = Typed::default();
    let mut scan = None;
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                typed.scan_refused = Some(media::broken(visit, &error));
                break;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        let read = if name == "scan" {
            let is_named = part.file_name().is_some_and(|file| !file.is_empty());
            media::receive(visit, &mut part).await?.map(|upload| {
                scan = (is_named || !upload.is_empty()).then_some(upload);
            })
        } else {
            part.text().await.map(|text| typed.set(&name, text))
        };
        if let Err(error) = read {
            typed.scan_refused = Some(media::broken(visit, &error));
            break;
        }
    }
    if let Some(upload) = scan {
        take(visit, seller, &mut typed, upload).await?;
    }
    Ok(typed)
}

impl Typed {
    fn set(&mut self, name: &str, text: String) {
        let form = &mut self.form;
        match name {
            "product_name" => form.product_name = text,
            "group" => form.group = text,
            "set" => form.set = text,
            "regime" => form.regime = text,
            "stars" => form.stars = text,
            "score" => form.score = text,
            "number" => form.number = text,
            "decided_on" => form.decided_on = text,
            "issuer" => form.issuer = text,
            "paper" => self.paper = text.parse().ok(),
            "products" => self.products.extend(text.parse::<ProductId>().ok()),
            _ => {}
        }
    }
}

async fn take(
    visit: &Visit,
    seller: SellerId,
    typed: &mut Typed,
    upload: Upload,
) -> Result<(), Trouble> {
    match visit.take(&visit.site.limits.upload).await {
        Ok(()) => {}
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(often)) => {
            typed.scan_refused = Some(lang::speaking(visit.lang, || lang::refusal(&often)));
            typed.too_often = Some(often);
            return Ok(());
        }
    }
    let site = &visit.site;
    let kind = PaperKind::Certificate;
    match papers::accept(&site.store, &site.media, &visit.actor, seller, kind, upload).await {
        Ok(paper) => typed.paper = Some(paper),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(refusal)) => {
            typed.scan_refused = Some(lang::speaking(visit.lang, || lang::refusal(&refusal)));
        }
    }
    Ok(())
}
