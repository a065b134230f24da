//! A seller enters a certificate, mends a returned one, or enters the one that follows.
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::Group;
use market::certificates::{
    CertificateForm, CertificateRecord, CertificateState, CertificatesRefusal, CoveredProduct,
    FIELDS, ISSUERS, MARK_FIELDS, Programme, commands, queries,
};
use market::kernel::{CertificateId, Failure, FieldErrors, PaperId, ProductId, Right, SellerId};
use serde::Deserialize;

use super::received::{Typed, receive};
use super::words;
use crate::catalog;
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, Select};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, Lang, lang};
use crate::visit::{Visit, with_retry_after};

#[derive(Deserialize)]
pub(super) struct NewParams {
    /// The one that it follows.
    thay: Option<CertificateId>,
    /// `khac`: another mark than OCOP.
    #[serde(default)]
    loai: String,
}

/// What the address of a mark's form says of its kind.
pub(super) const OTHER: &str = "khac";

/// The actor's own certificate; anybody else's does not exist.
pub(super) async fn own(visit: &Visit, id: CertificateId) -> Result<CertificateRecord, Trouble> {
    visit.desk(Right::List)?;
    queries::own(visit.site.store.reader(), &visit.actor, id)
        .await?
        .ok_or(Trouble::NotFound)
}

pub(super) async fn new(
    visit: Visit,
    Query(params): Query<NewParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let mut typed = Typed::default();
    let mut is_mark = params.loai == OTHER;
    if let Some(former) = params.thay {
        let former = own(&visit, former).await?;
        if let Some((next, _)) = former.successor {
            return Ok(visit.see_other(&routes::seller_certificate(next)));
        }
        is_mark = former.gives.is_mark();
        typed = Typed::of(&former);
        // These are new with each certificate.
        typed.form.number.clear();
        typed.form.decided_on.clear();
        typed.form.valid_to.clear();
        typed.form.score.clear();
        typed.paper = None;
        typed.form.regime.clear();
        typed.form.set.clear();
        typed.products = covered(&visit, former.seller, former.id).await?;
    }
    page(
        &visit,
        StatusCode::OK,
        seller,
        Form::new(params.thay, is_mark),
        typed,
    )
    .await
}

pub(super) async fn enter(
    visit: Visit,
    Query(params): Query<NewParams>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let mut typed = receive(&visit, seller, form).await?;
    let is_mark = match params.thay {
        Some(former) => own(&visit, former).await?.gives.is_mark(),
        None => params.loai == OTHER,
    };
    typed.be(is_mark);
    let programme = queries::programme(visit.site.store.reader()).await?;
    let kind = Form::new(params.thay, is_mark);
    let (Some(entry), Some(paper)) = (typed.entry(&visit, &programme), typed.paper) else {
        return page(&visit, typed.status(), seller, kind, typed).await;
    };
    let (entry, products) = (&entry, typed.products.as_slice());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::enter(work, seller, entry, paper, products, params.thay).await);
    match outcome {
        Ok(id) => Ok(visit.see_other(&routes::seller_certificate(id))),
        Err(failure) => refused(&visit, seller, kind, typed, failure).await,
    }
}

pub(super) async fn mend(visit: Visit, Path(id): Path<CertificateId>) -> Result<Response, Trouble> {
    let record = own(&visit, id).await?;
    if !can_be_mended(&record) {
        return Ok(visit.see_other(&routes::seller_certificate(id)));
    }
    let mut typed = Typed::of(&record);
    typed.products = covered(&visit, record.seller, id).await?;
    page(
        &visit,
        StatusCode::OK,
        record.seller,
        Form::mend(&record),
        typed,
    )
    .await
}

pub(super) async fn correct(
    visit: Visit,
    Path(id): Path<CertificateId>,
    form: Multipart,
) -> Result<Response, Trouble> {
    let record = own(&visit, id).await?;
    let mut typed = receive(&visit, record.seller, form).await?;
    typed.be(record.gives.is_mark());
    let programme = queries::programme(visit.site.store.reader()).await?;
    let Some(entry) = typed.entry(&visit, &programme) else {
        return page(
            &visit,
            typed.status(),
            record.seller,
            Form::mend(&record),
            typed,
        )
        .await;
    };
    let (entry, paper, products) = (&entry, typed.paper, typed.products.as_slice());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::correct(work, id, entry, paper, products).await);
    match outcome {
        Ok(()) => Ok(visit.see_other(&routes::seller_certificate(id))),
        Err(failure) => refused(&visit, record.seller, Form::mend(&record), typed, failure).await,
    }
}

/// Whether its seller may still change what it says.
pub(super) const fn can_be_mended(record: &CertificateRecord) -> bool {
    matches!(
        record.state,
        CertificateState::Entered | CertificateState::Returned
    )
}

async fn covered(
    visit: &Visit,
    seller: SellerId,
    id: CertificateId,
) -> Result<Vec<ProductId>, Trouble> {
    let goods = queries::products(visit.site.store.reader(), seller, Some(id)).await?;
    Ok(goods
        .into_iter()
        .filter(|product| product.is_covered || product.is_claimed)
        .map(|product| product.id)
        .collect())
}

async fn refused(
    visit: &Visit,
    seller: SellerId,
    kind: Form,
    mut typed: Typed,
    failure: Failure<CertificatesRefusal>,
) -> Result<Response, Trouble> {
    match failure {
        Failure::Refused(CertificatesRefusal::Invalid(errors)) => typed.errors = errors,
        Failure::Refused(
            refusal @ (CertificatesRefusal::WrongState
            | CertificatesRefusal::OtherKind
            | CertificatesRefusal::AlreadyFollowed),
        ) => typed.problem = Some(lang::speaking(visit.lang, || lang::refusal(&refusal))),
        other => return Err(other.into()),
    }
    page(visit, typed.status(), seller, kind, typed).await
}

/// Where the form leads.
#[derive(Clone)]
struct Form {
    action: String,
    is_correction: bool,
    follows: bool,
    is_mark: bool,
}

impl Form {
    fn new(follows: Option<CertificateId>, is_mark: bool) -> Self {
        Self {
            action: match follows {
                Some(former) => routes::next_certificate(former),
                None if is_mark => routes::new_mark(),
                None => routes::SELLER_CERTIFICATE_NEW.to_owned(),
            },
            is_correction: false,
            follows: follows.is_some(),
            is_mark,
        }
    }

    fn mend(record: &CertificateRecord) -> Self {
        Self {
            action: routes::seller_certificate_step(record.id, "sua"),
            is_correction: true,
            follows: record.replaces.is_some(),
            is_mark: record.gives.is_mark(),
        }
    }

    fn title(&self) -> String {
        match (self.is_correction, self.follows, self.is_mark) {
            (true, ..) => t!("certificates.mend"),
            (_, true, true) => t!("certificates.follow_mark"),
            (_, true, false) => t!("certificates.follow"),
            (.., true) => t!("certificates.enter_mark"),
            _ => t!("certificates.enter"),
        }
    }

    fn lead(&self) -> Option<String> {
        (!self.is_correction).then(|| {
            if self.is_mark {
                t!("certificates.enter_mark_lead")
            } else {
                t!("certificates.enter_lead")
            }
        })
    }
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    seller: SellerId,
    form: Form,
    typed: Typed,
) -> Result<Response, Trouble> {
    let db = visit.site.store.reader();
    let programme = queries::programme(db).await?;
    let goods = queries::products(db, seller, None).await?;
    let too_often = typed.too_often;
    let page = visit.page_with(
        status,
        || Head::private(form.title(), Area::Seller),
        || view! { <EntryPage form=form.clone() typed programme goods /> },
    );
    Ok(match too_often {
        Some(often) => with_retry_after(page, &often),
        None => page,
    })
}

#[component]
fn EntryPage(
    form: Form,
    typed: Typed,
    programme: Programme,
    goods: Vec<CoveredProduct>,
) -> impl IntoView {
    let errors = typed.errors;
    let is_mark = form.is_mark;
    let fields: &[&'static str] = if is_mark { &MARK_FIELDS } else { &FIELDS };
    let labels = fields
        .iter()
        .map(|name| (*name, words::field_of(is_mark, name)))
        .collect();
    let values = typed.form;
    let follows = form.follows && !form.is_correction;
    view! {
        <div class="wizard stack" data-gap="l">
            <h1>{form.title()}</h1>
            {form.lead().map(|lead| view! { <p>{lead}</p> })}
            {follows.then(|| view! { <Notice tone=Tone::Info><p>{t!("certificates.follow_lead")}</p></Notice> })}
            {typed.problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=form.action enctype="multipart/form-data" class="form" novalidate="">
                <Scan paper=typed.paper refused=typed.scan_refused errors=errors.clone() />
                {if is_mark {
                    view! { <MarkFields values programme errors follows=form.follows /> }.into_any()
                } else {
                    view! { <OcopFields values programme errors /> }.into_any()
                }}
                <Goods goods chosen=typed.products waits=false />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("certificates.send")}</button></div>
            </form>
        </div>
    }
}

/// The photograph of the paper; one that is there need not travel again.
#[component]
fn Scan(paper: Option<PaperId>, refused: Option<String>, errors: FieldErrors) -> impl IntoView {
    let error = refused.or_else(|| errors.of("paper").map(lang::field));
    let described = if error.is_some() {
        "paper-hint paper-error"
    } else {
        "paper-hint"
    };
    view! {
        <div class="field">
            <label class="field__label" for="paper">{t!("certificates.scan")}</label>
            <p class="field__hint" id="paper-hint">
                {match paper {
                    Some(paper) => view! {
                        <a href=paper_address(paper)>{t!("certificates.scan_there")}</a>" "{t!("certificates.scan_again")}
                    }.into_any(),
                    None => t!("certificates.scan_hint").into_any(),
                }}
            </p>
            {paper.map(|paper| view! { <input type="hidden" name="paper" value=paper.to_string() /> })}
            <input class="input" type="file" id="paper" name="scan" accept="image/jpeg,image/png,image/webp" aria-invalid=error.is_some().then_some("true") aria-describedby=described />
            <ErrorOf name="paper" text=error />
        </div>
    }
}

/// What an OCOP certificate says.
#[component]
fn OcopFields(values: CertificateForm, programme: Programme, errors: FieldErrors) -> impl IntoView {
    view! {
        <Field name="product_name" label=words::field("product_name") value=values.product_name errors=errors.clone() hint=t!("certificates.as_printed") />
        <Field name="number" label=words::field("number") value=values.number errors=errors.clone() hint=t!("certificates.number_hint") />
        <Field name="decided_on" label=words::field("decided_on") value=values.decided_on errors=errors.clone() kind="date" />
        <Field name="issuer" label=words::field("issuer") value=values.issuer errors=errors.clone() list="issuers" hint=t!("certificates.issuer_hint") />
        <datalist id="issuers">
            {ISSUERS.into_iter().map(|issuer| view! { <option value=issuer></option> }).collect_view()}
        </datalist>
        <Select name="regime" label=words::field("regime") value=values.regime options=regimes(&programme) errors=errors.clone() placeholder=t!("certificates.choose") />
        <Select name="stars" label=words::field("stars") value=values.stars options=(3..=5).map(|stars| (stars.to_string(), t!("parts.stars", count = stars))).collect() errors=errors.clone() placeholder=t!("certificates.choose") />
        <Field name="score" label=words::field("score") value=values.score errors=errors.clone() inputmode="decimal" required=false hint=t!("certificates.score_hint") />
        <Select name="group" label=words::field("group") value=values.group options=Group::ALL.into_iter().map(|group| (group.as_str().to_owned(), catalog::words::group(group))).collect() errors=errors.clone() placeholder=t!("certificates.choose") />
        <Select name="set" label=words::field("set") value=values.set options=sets(&programme) errors placeholder=t!("certificates.no_set") />
    }
}

/// What the certificate of another mark says; one that follows is of the same kind.
#[component]
fn MarkFields(
    values: CertificateForm,
    programme: Programme,
    errors: FieldErrors,
    follows: bool,
) -> impl IntoView {
    let kind = values.kind.unwrap_or_default();
    let label = |name: &str| words::field_of(true, name);
    let chosen = programme.marks.iter().find(|mark| mark.code == kind);
    let kinds: Vec<(String, String)> = programme
        .marks
        .iter()
        .map(|mark| (mark.code.clone(), words::mark(mark)))
        .collect();
    // Of each that can be chosen, what its number looks like.
    let hints: Vec<String> = programme
        .marks
        .iter()
        .filter(|mark| chosen.is_none_or(|chosen| chosen == *mark))
        .map(words::mark_hint)
        .collect();
    view! {
        {match chosen.filter(|_| follows) {
            Some(mark) => view! {
                <p><strong>{words::mark(mark)}</strong></p>
                <input type="hidden" name="kind" value=kind />
            }.into_any(),
            None => view! { <Select name="kind" label=label("kind") value=kind options=kinds errors=errors.clone() placeholder=t!("certificates.choose") /> }.into_any(),
        }}
        <Field name="product_name" label=label("product_name") value=values.product_name errors=errors.clone() hint=t!("certificates.as_printed") />
        <Field name="number" label=label("number") value=values.number errors=errors.clone() hint=hints.join(". ") />
        <Field name="issuer" label=label("issuer") value=values.issuer errors=errors.clone() hint=t!("certificates.mark_issuer_hint") />
        <Field name="decided_on" label=label("decided_on") value=values.decided_on errors=errors.clone() kind="date" />
        <Field name="valid_to" label=label("valid_to") value=values.valid_to errors kind="date" hint=t!("certificates.valid_to_hint") />
    }
}

/// The goods that a certificate covers or is to cover.
#[component]
pub(super) fn Goods(
    goods: Vec<CoveredProduct>,
    chosen: Vec<ProductId>,
    /// Whether what is claimed waits for an officer.
    waits: bool,
) -> impl IntoView {
    (!goods.is_empty()).then(|| view! {
        <fieldset class="fieldset">
            <legend>{t!("certificates.goods")}</legend>
            <p class="field__hint">{t!("certificates.goods_hint")}</p>
            <div>
                {goods
                    .into_iter()
                    .map(|product| view! {
                        <label class="check"><input type="checkbox" name="products" value=product.id.to_string() checked=product.is_covered || product.is_claimed || chosen.contains(&product.id) />{product.name}{(waits && product.is_claimed).then(|| view! { " "<span class="muted small">{t!("certificates.goods_wait")}</span> })}</label>
                    })
                    .collect_view()}
            </div>
        </fieldset>
    })
}

fn regimes(programme: &Programme) -> Vec<(String, String)> {
    programme
        .regimes
        .iter()
        .map(|regime| (regime.code.clone(), regime.code.clone()))
        .collect()
}

fn sets(programme: &Programme) -> Vec<(String, String)> {
    programme
        .sets
        .iter()
        .map(|set| {
            let name = if lang::current() == Lang::Vi {
                &set.name_vi
            } else {
                &set.name_en
            };
            (set.number.to_string(), format!("{}. {name}", set.number))
        })
        .collect()
}
