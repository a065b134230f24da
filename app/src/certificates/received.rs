//! A certificate's form as a browser sends it, with the photograph in it.
use axum::extract::Multipart;
use axum::http::StatusCode;
use market::certificates::{CertificateForm, CertificateRecord, Entry, Gives, Programme};
use market::kernel::limit::TooOften;
use market::kernel::time::iso_day;
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
        let mut form = CertificateForm {
            product_name: record.product_name.clone(),
            number: record.number.clone(),
            decided_on: iso_day(record.decided_on),
            issuer: record.issuer.clone(),
            ..CertificateForm::default()
        };
        match &record.gives {
            Gives::Mark(kind) => {
                form.kind = Some(kind.code.clone());
                form.valid_to = iso_day(record.valid_to);
            }
            Gives::Stars(grade) => {
                let group = grade.group.map(|group| group.as_str().to_owned());
                let set = grade.set.as_ref().map(|(number, ..)| number.to_string());
                let score = grade.score.map(|score| score.to_string());
                form.group = group.unwrap_or_default();
                form.set = set.unwrap_or_default();
                form.regime.clone_from(&grade.regime);
                form.stars = grade.stars.to_string();
                form.score = score.unwrap_or_default();
            }
        }
        Self {
            form,
            paper: record.paper,
            ..Self::default()
        }
    }

    /// Takes it for a mark's, or for an OCOP certificate's, whatever the form said.
    pub(super) fn be(&mut self, is_mark: bool) {
        if is_mark {
            self.form.kind.get_or_insert_default();
        } else {
            self.form.kind = None;
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
            "kind" => form.kind = Some(text),
            "product_name" => form.product_name = text,
            "group" => form.group = text,
            "set" => form.set = text,
            "regime" => form.regime = text,
            "stars" => form.stars = text,
            "score" => form.score = text,
            "number" => form.number = text,
            "decided_on" => form.decided_on = text,
            "issuer" => form.issuer = text,
            "valid_to" => form.valid_to = text,
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
