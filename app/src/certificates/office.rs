//! Officers hold certificates against the decisions.
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::certificates::queries::DeskFilter;
use market::certificates::{
    CertificateEvent, CertificateRecord, CertificateState, CertificateStep, CertificatesRefusal,
    CoveredProduct, Hand, ListedCertificate, Standing, commands, queries, transition,
};
use market::kernel::time::{day_text, instant_text};
use market::kernel::{
    CertificateId, Failure, FieldErrors, PageRequest, Permission, ProductId, Right,
};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::words::{self, Facts, History, State};
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// Lets officers in who check certificates somewhere; a guest is sent to sign in.
pub(super) fn officer(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.has_office(Permission::Certificates) {
        Ok(())
    } else {
        Err(Trouble::Forbidden)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskParams {
    /// How they stand: those that wait where nothing is asked for, `all` for all.
    state: Option<String>,
    commune: String,
    page: Option<u32>,
}

impl DeskParams {
    fn standing(&self) -> Option<Standing> {
        match self.state.as_deref() {
            None => Some(Standing::Entered),
            Some(asked) => Standing::parse(asked),
        }
    }

    fn address(&self, standing: Option<Standing>, page: u32) -> String {
        let mut pairs = vec![("state", standing.map_or("all", Standing::as_str).to_owned())];
        if !self.commune.is_empty() {
            pairs.push(("commune", self.commune.clone()));
        }
        if page > 1 {
            pairs.push(("page", page.to_string()));
        }
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("{}?{query}", routes::PROVINCE_CERTIFICATES)
    }
}

/// What stands on the desk.
#[derive(Clone)]
struct Desk {
    params: DeskParams,
    listed: Vec<ListedCertificate>,
    counts: Vec<(Standing, i64)>,
    communes: Vec<(String, String)>,
    page: PageRequest,
    total: i64,
    now: OffsetDateTime,
    today: Date,
    may_import: bool,
}

pub(super) async fn desk(
    visit: Visit,
    Query(params): Query<DeskParams>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let store = &visit.site.store;
    let (db, today) = (store.reader(), store.today());
    let filter = DeskFilter {
        standing: params.standing(),
        commune: (!params.commune.is_empty()).then(|| params.commune.clone()),
        seller: None,
        page: PageRequest::new(params.page, None),
    };
    let (listed, total) = queries::for_office(db, &visit.actor, &filter, today).await?;
    let desk = Desk {
        params,
        listed,
        counts: queries::counts(db, &visit.actor, today).await?,
        communes: queries::communes(db, &visit.actor).await?,
        page: filter.page,
        total,
        now: store.now(),
        today,
        may_import: visit.actor.may(Right::Province(Permission::Certificates)),
    };
    Ok(visit.page(
        || Head::private(t!("certificates.office"), Area::Province),
        || view! { <DeskPage desk /> },
    ))
}

#[component]
fn DeskPage(desk: Desk) -> impl IntoView {
    let asked = desk.params.standing();
    let all: i64 = desk
        .counts
        .iter()
        .filter(|(standing, _)| *standing != Standing::Ending)
        .map(|(_, count)| count)
        .sum();
    let tabs = desk
        .counts
        .iter()
        .map(|&(standing, count)| (Some(standing), words::standing(standing), count))
        .chain([(None, t!("sellers.all_orders"), all)])
        .map(|(standing, words, count)| {
            let href = desk.params.address(standing, 1);
            view! { <a href=href aria-current=(standing == asked).then_some("true")>{words}" "<span class="tabs__count">{count}</span></a> }
        })
        .collect_view();
    let commune = desk.params.commune.clone();
    let params = desk.params.clone();
    let communes = desk.communes;
    view! {
        <h1>{t!("certificates.office")}</h1>
        {desk.may_import.then(|| view! { <p><a class="button" href=routes::PROVINCE_CERTIFICATE_LIST>{t!("certificates.list")}</a></p> })}
        <nav class="tabs" aria-label=t!("certificates.by_state")>{tabs}</nav>
        {(communes.len() > 1).then(|| view! {
            <form class="filter-bar" action=routes::PROVINCE_CERTIFICATES method="get">
                <input type="hidden" name="state" value=asked.map_or("all", Standing::as_str) />
                <label class="field">
                    <span class="field__label">{t!("catalog.commune")}</span>
                    <select class="input" name="commune">
                        <option value="">{t!("certificates.all_communes")}</option>
                        {communes.into_iter().map(|(code, name)| view! { <option selected=code == commune value=code.clone()>{name}</option> }).collect_view()}
                    </select>
                </label>
                <button type="submit" class="button">{t!("reports.show")}</button>
            </form>
        })}
        {if desk.listed.is_empty() {
            view! { <Empty title=t!("certificates.desk_empty")><p>{t!("certificates.desk_empty_advice")}</p></Empty> }.into_any()
        } else {
            view! { <Listed listed=desk.listed now=desk.now today=desk.today /> }.into_any()
        }}
        <Pagination page=desk.page.page pages=desk.page.pages(desk.total) href=Box::new(move |page| params.address(asked, page)) />
    }
}

#[component]
fn Listed(listed: Vec<ListedCertificate>, now: OffsetDateTime, today: Date) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("certificates.product_name")}</th>
                        <th scope="col">{t!("certificates.holder")}</th>
                        <th scope="col">{t!("certificates.kind")}</th>
                        <th scope="col">{t!("certificates.number")}</th>
                        <th scope="col">{t!("certificates.stands")}</th>
                        <th scope="col">{t!("catalog.valid_to")}</th>
                    </tr>
                </thead>
                <tbody>
                    {listed
                        .into_iter()
                        .map(|row| {
                            let at = Standing::on(row.state, row.valid_to, today);
                            let since = match at {
                                Standing::Entered | Standing::Returned => Some(waited(row.state_since, now)),
                                _ if row.goods_wait => Some(t!("certificates.goods_wait")),
                                _ => words::days_left(at, row.valid_to, today),
                            };
                            view! {
                                <tr>
                                    <th scope="row"><a href=routes::office_certificate(row.id)>{row.product_name}</a></th>
                                    <td data-label=t!("certificates.holder")><span>{row.seller_name}<br /><span class="muted small">{row.commune_name}</span></span></td>
                                    <td data-label=t!("certificates.kind")>{words::gives(&row.gives)}</td>
                                    <td data-label=t!("certificates.number")>{row.number}</td>
                                    <td data-label=t!("certificates.stands")><span><State at />{since.map(|since| view! { <br /><span class="muted small">{since}</span> })}</span></td>
                                    <td data-label=t!("catalog.valid_to")>{day_text(row.valid_to)}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// For how long something has waited.
fn waited(since: OffsetDateTime, now: OffsetDateTime) -> String {
    match (now - since).whole_days() {
        ..1 => t!("certificates.since", at = instant_text(since)),
        1 => t!("certificates.waited_day"),
        days => t!("certificates.waited", days = days),
    }
}

/// What was typed into one of the forms below a certificate and refused.
#[derive(Clone, Default)]
struct Refused {
    step: String,
    form: StepForm,
    /// The goods that were ticked.
    goods: Vec<ProductId>,
    errors: FieldErrors,
    problem: Option<String>,
}

pub(super) async fn certificate(
    visit: Visit,
    Path(id): Path<CertificateId>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    page(&visit, StatusCode::OK, id, Refused::default()).await
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    id: CertificateId,
    refused: Refused,
) -> Result<Response, Trouble> {
    let store = &visit.site.store;
    let db = store.reader();
    let record = queries::in_office(db, &visit.actor, id)
        .await?
        .ok_or(Trouble::NotFound)?;
    let goods = queries::products(db, record.seller, Some(id)).await?;
    let events = queries::events(db, id).await?;
    let today = store.today();
    Ok(visit.page_with(
        status,
        || Head::private(record.product_name.clone(), Area::Province),
        || view! { <CertificatePage record=record.clone() goods events today refused /> },
    ))
}

#[component]
fn CertificatePage(
    record: CertificateRecord,
    goods: Vec<CoveredProduct>,
    events: Vec<CertificateEvent>,
    today: Date,
    refused: Refused,
) -> impl IntoView {
    let at = record.standing(today);
    let is_granted = record.state == CertificateState::Verified;
    let (waiting, covered): (Vec<_>, Vec<_>) = goods
        .into_iter()
        .filter(|product| product.is_covered || product.is_claimed)
        .partition(|product| is_granted && product.is_claimed);
    view! {
        <p><a href=routes::PROVINCE_CERTIFICATES>{t!("certificates.back")}</a></p>
        <h1>{record.product_name.clone()}</h1>
        <p class="cluster"><State at />{words::days_left(at, record.valid_to, today).map(|left| view! { <span class="muted">{left}</span> })}</p>
        {refused.problem.clone().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {record.replaces.map(|former| view! { <p><a href=routes::office_certificate(former)>{t!("certificates.see_former")}</a></p> })}
        {record.successor.map(|(next, _)| view! { <p><a href=routes::office_certificate(next)>{t!("certificates.see_next")}</a></p> })}
        <div class="beside" data-first="half">
            <section class="scan">
                <h2>{t!("certificates.scan")}</h2>
                {match record.paper {
                    Some(paper) => view! {
                        <a href=paper_address(paper)><img src=paper_address(paper) alt=t!("certificates.scan_of", name = record.product_name.clone()) width="1000" height="700" /></a>
                        <p class="muted small">{t!("certificates.look_noted")}</p>
                    }.into_any(),
                    None => view! { <p class="muted">{t!("certificates.no_scan")}</p> }.into_any(),
                }}
            </section>
            <div class="stack">
                <section class="certificate"><h2>{words::heading(&record.gives)}</h2><p class="muted small">{t!("certificates.typed")}</p><Facts record=record.clone() /></section>
                <section>
                    <h2>{t!("certificates.covers")}</h2>
                    {if covered.is_empty() {
                        view! { <p class="muted">{t!("certificates.covers_nothing")}</p> }.into_any()
                    } else {
                        view! { <ul>{covered.into_iter().map(|product| view! { <li><a href=routes::product(&product.slug)>{product.name}</a></li> }).collect_view()}</ul> }.into_any()
                    }}
                </section>
            </div>
        </div>
        {(!waiting.is_empty()).then(|| view! { <MoreGoods id=record.id waiting refused=refused.clone() /> })}
        <Steps record=record.clone() refused />
        <History events is_mark=record.gives.is_mark() />
    }
}

/// Goods that its seller wants covered besides: ticked are those that the decision names.
#[component]
fn MoreGoods(id: CertificateId, waiting: Vec<CoveredProduct>, refused: Refused) -> impl IntoView {
    let is_refused = refused.step == "hang";
    let errors = if is_refused {
        refused.errors
    } else {
        FieldErrors::default()
    };
    let reason = if is_refused {
        refused.form.reason
    } else {
        String::new()
    };
    view! {
        <form method="post" action=routes::office_certificate_step(id, "hang") class="next-step form" novalidate="">
            <fieldset class="fieldset">
                <legend>{t!("certificates.more_goods")}</legend>
                <p class="field__hint">{t!("certificates.more_goods_lead")}</p>
                <div>
                    {waiting
                        .into_iter()
                        .map(|product| view! {
                            <div class="cluster">
                                <label class="check"><input type="checkbox" name="products" value=product.id.to_string() checked=refused.goods.contains(&product.id) />{product.name}</label>
                                <a href=routes::product(&product.slug)>{t!("certificates.see_product")}</a>
                            </div>
                        })
                        .collect_view()}
                </div>
            </fieldset>
            <Field name="goods_reason" label=words::field("goods_reason") value=reason errors hint=t!("certificates.goods_reason_hint") />
            <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("certificates.decide_goods")}</button></div>
        </form>
    }
}

/// What an officer may do with it now, by the one table.
#[component]
fn Steps(record: CertificateRecord, refused: Refused) -> impl IntoView {
    let (id, state) = (record.id, record.state);
    let is_mark = record.gives.is_mark();
    let (verify_lead, revoke_lead) = if is_mark {
        (
            t!("certificates.mark_verify_lead"),
            t!("certificates.mark_revoke_lead"),
        )
    } else {
        (
            t!("certificates.verify_lead"),
            t!("certificates.revoke_lead"),
        )
    };
    let may = |step| transition(state, step, Hand::Officer).is_ok();
    let (verify, send_back, revoke) = (
        may(CertificateStep::Verify),
        may(CertificateStep::Return),
        may(CertificateStep::Revoke),
    );
    let fields: Vec<(String, String)> = record
        .gives
        .fields()
        .iter()
        .map(|name| ((*name).to_owned(), words::field_of(is_mark, name)))
        .collect();
    let labels = vec![
        ("field", words::field("field")),
        ("reason", words::field("reason")),
        ("goods_reason", words::field("goods_reason")),
    ];
    let errors = refused.errors;
    let form = refused.form;
    view! {
        <ErrorSummary errors=errors.clone() labels />
        {verify.then(|| view! {
            <form method="post" action=routes::office_certificate_step(id, "xac-nhan") class="next-step">
                <p>{verify_lead}</p>
                <button type="submit" class="button" data-kind="primary">{t!("certificates.verify")}</button>
            </form>
        })}
        {send_back.then(|| view! {
            <details class="disclosure" open=refused.step == "tra-lai">
                <summary>{t!("certificates.send_back")}</summary>
                <form method="post" action=routes::office_certificate_step(id, "tra-lai") class="form disclosure__body" novalidate="">
                    <Select name="field" label=words::field("field") value=form.field.clone() options=fields errors=errors.clone() placeholder=t!("certificates.choose") />
                    <Field name="reason" label=words::field("reason") value=form.reason.clone() errors=errors.clone() hint=t!("certificates.reason_hint") />
                    <div class="form__actions"><button type="submit" class="button">{t!("certificates.send_back")}</button></div>
                </form>
            </details>
        })}
        {revoke.then(|| view! {
            <details class="disclosure" open=refused.step == "thu-hoi">
                <summary>{t!("certificates.revoke")}</summary>
                <form method="post" action=routes::office_certificate_step(id, "thu-hoi") class="form disclosure__body" novalidate="">
                    <p>{revoke_lead}</p>
                    <Field name="reason" label=words::field("reason") value=form.reason errors hint=t!("certificates.reason_hint") />
                    <div class="form__actions"><button type="submit" class="button" data-kind="danger">{t!("certificates.revoke")}</button></div>
                </form>
            </details>
        })}
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepForm {
    field: String,
    reason: String,
}

/// Which of the goods that wait it covers.
pub(super) async fn decide_goods(
    visit: Visit,
    Path(id): Path<CertificateId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let goods: Vec<ProductId> = pairs
        .iter()
        .filter(|(name, _)| name == "products")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let reason = pairs
        .into_iter()
        .find(|(name, _)| name == "goods_reason")
        .map_or_else(String::new, |(_, reason)| reason);
    let (accepted, typed) = (goods.as_slice(), reason.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::decide_goods(work, id, accepted, typed).await);
    let refused = Refused {
        step: "hang".to_owned(),
        form: StepForm {
            reason,
            ..StepForm::default()
        },
        goods,
        ..Refused::default()
    };
    settle(&visit, id, refused, outcome).await
}

pub(super) async fn step(
    visit: Visit,
    Path((id, step)): Path<(CertificateId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response, Trouble> {
    officer(&visit)?;
    let store = &visit.site.store;
    let (field, reason) = (form.field.as_str(), form.reason.as_str());
    let outcome = match step.as_str() {
        "xac-nhan" => {
            market::transact!(store, &visit.actor, work => commands::verify(work, id).await)
        }
        "tra-lai" => {
            market::transact!(store, &visit.actor, work => commands::send_back(work, id, field, reason).await)
        }
        "thu-hoi" => {
            market::transact!(store, &visit.actor, work => commands::revoke(work, id, reason).await)
        }
        _ => return Err(Trouble::NotFound),
    };
    let refused = Refused {
        step,
        form,
        ..Refused::default()
    };
    settle(&visit, id, refused, outcome).await
}

/// Where a form leads: back to the certificate, or to it with what is wrong.
async fn settle(
    visit: &Visit,
    id: CertificateId,
    mut refused: Refused,
    outcome: Result<(), Failure<CertificatesRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => return Ok(visit.see_other(&routes::office_certificate(id))),
        Err(Failure::Refused(CertificatesRefusal::Invalid(errors))) => refused.errors = errors,
        Err(Failure::Refused(refusal @ CertificatesRefusal::WrongState)) => {
            let text = lang::speaking(visit.lang, || lang::refusal(&refusal));
            refused.problem = Some(text);
            return page(visit, StatusCode::CONFLICT, id, refused).await;
        }
        Err(failure) => return Err(failure.into()),
    }
    page(visit, StatusCode::UNPROCESSABLE_ENTITY, id, refused).await
}
