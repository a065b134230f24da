//! A seller's certificates.
use axum::extract::{Form, Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use market::certificates::{
    CertificateEvent, CertificateRecord, CertificateState, CoveredProduct, EventKind,
    ListedCertificate, Standing, commands, queries,
};
use market::kernel::time::day_text;
use market::kernel::{CertificateId, PageRequest, ProductId, Right};
use serde::Deserialize;
use time::Date;

use super::entry::{Goods, can_be_mended, own};
use super::words::{self, Facts, History, State};
use crate::media::paper_address;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::qr::Qr;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// Labels on one sheet of paper.
const LABELS: usize = 20;

#[derive(Deserialize)]
pub(super) struct ListParams {
    page: Option<u32>,
}

pub(super) async fn list(
    visit: Visit,
    Query(params): Query<ListParams>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let page = PageRequest::new(params.page, None);
    let (listed, total) = queries::of_seller(visit.site.store.reader(), seller, page).await?;
    let today = visit.site.store.today();
    Ok(visit.page(
        || Head::private(t!("certificates.certificates"), Area::Seller),
        || view! { <ListPage listed today page=page.page pages=page.pages(total) /> },
    ))
}

#[component]
fn ListPage(listed: Vec<ListedCertificate>, today: Date, page: u32, pages: u32) -> impl IntoView {
    view! {
        <h1>{t!("certificates.certificates")}</h1>
        <p><a class="button" data-kind="primary" href=routes::SELLER_CERTIFICATE_NEW><Icon name="camera" />{t!("certificates.enter")}</a></p>
        <p><a class="button" href=routes::new_mark()><Icon name="camera" />{t!("certificates.enter_mark")}</a></p>
        {if listed.is_empty() {
            view! { <Empty title=t!("certificates.none")><p>{t!("certificates.none_advice")}</p></Empty> }.into_any()
        } else {
            view! {
                <ul class="own-products">
                    {listed.into_iter().map(|certificate| view! { <Card certificate today /> }).collect_view()}
                </ul>
            }.into_any()
        }}
        <Pagination page pages href=Box::new(|page| format!("{}?page={page}", routes::SELLER_CERTIFICATES)) />
    }
}

/// A certificate with what its seller has to know today.
#[component]
fn Card(certificate: ListedCertificate, today: Date) -> impl IntoView {
    let at = Standing::on(certificate.state, certificate.valid_to, today);
    let left = words::days_left(at, certificate.valid_to, today);
    let id = certificate.id;
    let follow = follow(certificate.gives.is_mark());
    let can_follow = !certificate.is_followed && matches!(at, Standing::Ending | Standing::Expired);
    view! {
        <li class="panel">
            <h2><a href=routes::seller_certificate(id)>{certificate.product_name}</a></h2>
            <p class="cluster">
                <State at />
                <span>{words::gives(&certificate.gives)}</span>
                {left.map(|left| view! { <span class="muted">{left}</span> })}
            </p>
            <p class="muted small">{certificate.number}" · "{t!("catalog.valid_to")}" "{day_text(certificate.valid_to)}</p>
            {(at == Standing::Returned).then(|| view! { <p><a class="button" data-kind="primary" href=routes::seller_certificate_step(id, "sua")>{t!("certificates.mend")}</a></p> })}
            {can_follow.then(|| view! { <p><a class="button" href=routes::next_certificate(id)>{follow}</a></p> })}
        </li>
    }
}

/// What leads to the certificate that follows: only stars can become more.
fn follow(is_mark: bool) -> String {
    if is_mark {
        t!("certificates.follow_mark")
    } else {
        t!("certificates.follow")
    }
}

pub(super) async fn certificate(
    visit: Visit,
    Path(id): Path<CertificateId>,
) -> Result<Response, Trouble> {
    let record = own(&visit, id).await?;
    let db = visit.site.store.reader();
    let goods = queries::products(db, record.seller, Some(id)).await?;
    let events = queries::events(db, id).await?;
    let today = visit.site.store.today();
    Ok(visit.page(
        || Head::private(record.product_name.clone(), Area::Seller),
        || view! { <CertificatePage record=record.clone() goods events today /> },
    ))
}

#[component]
fn CertificatePage(
    record: CertificateRecord,
    goods: Vec<CoveredProduct>,
    events: Vec<CertificateEvent>,
    today: Date,
) -> impl IntoView {
    let id = record.id;
    let is_mark = record.gives.is_mark();
    // Stars are lost and won in other words than marks.
    let (waits, ends_soon, looked_at) = if is_mark {
        (
            t!("certificates.mark_waits"),
            t!(
                "certificates.mark_ends_soon",
                day = day_text(record.valid_to)
            ),
            t!("certificates.mark_goods_looked_at"),
        )
    } else {
        (
            t!("certificates.waits"),
            t!("certificates.ends_soon", day = day_text(record.valid_to)),
            t!("certificates.goods_looked_at"),
        )
    };
    let at = record.standing(today);
    let left = words::days_left(at, record.valid_to, today);
    let is_granted = record.state == CertificateState::Verified;
    let can_follow = is_granted && record.successor.is_none();
    let covered: Vec<String> = goods
        .iter()
        .filter(|product| product.is_covered || product.is_claimed)
        .map(|product| product.name.clone())
        .collect();
    let returned = events
        .iter()
        .find(|event| event.kind == EventKind::Returned)
        .filter(|_| at == Standing::Returned)
        .cloned();
    view! {
        <p><a href=routes::SELLER_CERTIFICATES>{t!("certificates.back")}</a></p>
        <h1>{record.product_name.clone()}</h1>
        <p class="cluster"><State at />{left.map(|left| view! { <span class="muted">{left}</span> })}</p>
        {(at == Standing::Entered).then(|| view! { <Notice tone=Tone::Info><p>{waits}</p></Notice> })}
        {returned.map(|event| view! {
            <Notice tone=Tone::Warning>
                <p><strong>{words::field_of(is_mark, &event.field)}": "</strong>{event.reason}</p>
                <p><a class="button" data-kind="primary" href=routes::seller_certificate_step(id, "sua")>{t!("certificates.mend")}</a></p>
            </Notice>
        })}
        {(at == Standing::Ending && can_follow).then(|| view! { <Notice tone=Tone::Warning><p>{ends_soon}</p></Notice> })}
        {(at == Standing::Expired).then(|| view! { <Notice tone=Tone::Error><p>{t!("certificates.has_ended", day = day_text(record.valid_to))}</p></Notice> })}
        {record.successor.map(|(next, _)| view! { <p><a href=routes::seller_certificate(next)>{t!("certificates.see_next")}</a></p> })}
        <p class="cluster">
            {can_follow.then(|| view! { <a class="button" href=routes::next_certificate(id)>{follow(is_mark)}</a> })}
            {(at == Standing::Entered && can_be_mended(&record)).then(|| view! { <a class="button" href=routes::seller_certificate_step(id, "sua")>{t!("certificates.mend")}</a> })}
            {(is_granted && !is_mark && at != Standing::Expired).then(|| view! { <a class="button" href=routes::seller_certificate_step(id, "tem")><Icon name="print" />{t!("certificates.labels")}</a> })}
            {is_granted.then(|| view! { <a class="button" data-kind="quiet" href=routes::certificate(&record.code)>{t!("certificates.as_buyers_see")}</a> })}
            {record.paper.map(|paper| view! { <a class="button" data-kind="quiet" href=paper_address(paper)>{t!("certificates.scan")}</a> })}
        </p>
        <section class="certificate"><h2>{words::heading(&record.gives)}</h2><Facts record=record.clone() /></section>
        {if is_granted {
            view! {
                <form method="post" action=routes::seller_certificate_step(id, "hang") class="form">
                    <p class="field__hint">{looked_at}</p>
                    <Goods goods chosen=Vec::new() waits=true />
                    <div class="form__actions"><button type="submit" class="button">{t!("sellers.save")}</button></div>
                </form>
            }.into_any()
        } else {
            (!covered.is_empty()).then(|| view! { <p>{t!("certificates.for_goods", names = covered.join(", "))}</p> }).into_any()
        }}
        <History events is_mark />
    }
}

pub(super) async fn cover(
    visit: Visit,
    Path(id): Path<CertificateId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let products: Vec<ProductId> = pairs
        .iter()
        .filter(|(name, _)| name == "products")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let products = products.as_slice();
    market::transact!(visit.site.store, &visit.actor, work => commands::cover(work, id, products).await)?;
    Ok(visit.see_other(&routes::seller_certificate(id)))
}

pub(super) async fn labels(
    visit: Visit,
    Path(id): Path<CertificateId>,
) -> Result<Response, Trouble> {
    let record = own(&visit, id).await?;
    // They say that OCOP stands behind it.
    if record.state != CertificateState::Verified || record.gives.is_mark() {
        return Err(Trouble::NotFound);
    }
    let address = format!(
        "{}{}",
        visit.site.base_url,
        routes::certificate(&record.code)
    );
    Ok(visit.page(
        || Head::private(t!("certificates.labels"), Area::Seller),
        || {
            view! {
                <p class="form__actions"><a href=routes::seller_certificate(id)>{t!("certificates.back_to_one")}</a></p>
                <h1>{t!("certificates.labels_of", name = record.product_name.clone())}</h1>
                <p class="next-step">{t!("certificates.labels_lead")}</p>
                <ul class="labels">
                    {(0..LABELS)
                        .map(|_| view! {
                            <li class="label">
                                <Qr text=address.clone() label=t!("certificates.qr", code = record.code.clone()) />
                                <strong>{record.product_name.clone()}</strong>
                                <span>{t!("certificates.scan_me")}</span>
                                <span>{record.code.clone()}</span>
                            </li>
                        })
                        .collect_view()}
                </ul>
            }
        },
    ))
}
