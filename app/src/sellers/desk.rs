//! A seller's day and a seller's goods.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{
    CatalogRefusal, ListedProduct, ListedVariant, ProductStatus, ReviewState, commands, queries,
};
use market::certificates;
use market::kernel::time::{instant_text, start_of_day};
use market::kernel::{
    Failure, FieldErrors, PageRequest, ProductId, Right, SellerId, VariantId, Vnd,
};
use market::orders::{self, BoardEntry, OrderState};
use market::sellers::{self, Standing};
use serde::Deserialize;
use time::Duration;

use super::words;
use crate::catalog::words as catalog_words;
use crate::claims::OfShop;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::Visit;

/// What to do now.
struct Today {
    name: String,
    counts: Vec<(OrderState, i64)>,
    next: Vec<BoardEntry>,
    drafts: Vec<ListedProduct>,
    /// What an officer gave back.
    returned: Vec<ListedProduct>,
    /// Where the shop stands and whether it is on holiday, where it does not sell now.
    closed: Option<(Standing, bool)>,
    sold_out: Vec<ListedProduct>,
    /// Certificates to mend, and such that end within 90 days.
    certificates: (i64, i64),
    /// Orders and money of the last seven days, for who may see money.
    week: Option<(i64, Vnd)>,
    /// Claims that wait for the shop.
    claims: i64,
    /// A helper may be trusted with other things only.
    may_list: bool,
}

pub(super) async fn today(visit: Visit) -> Result<Response, Trouble> {
    if visit.actor.person.is_some() && visit.actor.seller().is_none() {
        return Ok(visit.see_other(routes::SELLER_BEGIN));
    }
    let seller = visit.seller()?;
    let db = visit.site.store.reader();
    let may_list = visit.actor.may(Right::List(seller));
    let shop = sellers::queries::by_id(db, seller)
        .await?
        .ok_or(Trouble::NotFound)?;
    let goods = if may_list {
        queries::of_seller(db, seller).await?
    } else {
        Vec::new()
    };
    let (drafts, shown): (Vec<_>, Vec<_>) = goods
        .into_iter()
        .partition(|product| !product.status.is_shown());
    let to_mend = |product: &ListedProduct| product.review == Some(ReviewState::Returned);
    let (mut returned, drafts): (Vec<_>, Vec<_>) = drafts.into_iter().partition(to_mend);
    returned.extend(shown.iter().filter(|product| to_mend(product)).cloned());
    let drafts = drafts
        .into_iter()
        .filter(|product| product.status == ProductStatus::Draft)
        .collect();
    let (mut counts, mut next, mut week) = (Vec::new(), Vec::new(), None);
    let mut certificates = (0, 0);
    let mut claims = 0;
    if visit.actor.may(Right::List(seller)) {
        let day = visit.site.store.today();
        certificates = certificates::queries::to_do(db, seller, day).await?;
    }
    if visit.actor.may(Right::Fulfil(seller)) {
        counts = orders::queries::counts(db, seller).await?;
        claims = market::claims::queries::open_count(db, seller).await?;
        next = orders::queries::board(
            db,
            seller,
            &[OrderState::Placed],
            PageRequest::new(None, Some(5)),
        )
        .await?;
    }
    if visit.actor.may(Right::SeeMoney(seller)) {
        let since = start_of_day(visit.site.store.today() - Duration::days(6));
        week = Some(orders::queries::sold_since(db, seller, since).await?);
    }
    let today = Today {
        name: visit.actor.name.clone(),
        counts,
        next,
        drafts,
        returned,
        closed: (!shop.is_selling()).then_some((shop.standing, shop.is_paused)),
        sold_out: shown
            .into_iter()
            .filter(ListedProduct::is_sold_out)
            .collect(),
        certificates,
        week,
        claims,
        may_list: may_list && shop.standing.may_list(),
    };
    Ok(visit.page(
        || Head::private(t!("shell.seller_today"), Area::Seller),
        || view! { <TodayPage today /> },
    ))
}

#[component]
fn TodayPage(today: Today) -> impl IntoView {
    let count = |state: OrderState| {
        today
            .counts
            .iter()
            .find(|(other, _)| *other == state)
            .map_or(0, |(_, count)| *count)
    };
    let tasks: Vec<_> = [
        (OrderState::Placed, t!("sellers.to_confirm")),
        (OrderState::Confirmed, t!("sellers.to_pack")),
        (OrderState::Packed, t!("sellers.to_ship")),
        (OrderState::Shipped, t!("sellers.to_deliver")),
    ]
    .into_iter()
    .map(|(state, words)| (state, count(state), words))
    .filter(|(_, count, _)| *count > 0)
    .collect();
    let nothing = tasks.is_empty()
        && today.drafts.is_empty()
        && today.returned.is_empty()
        && today.sold_out.is_empty()
        && today.claims == 0
        && today.certificates == (0, 0);
    view! {
        <h1>{t!("sellers.hello", name = today.name)}</h1>
        {today.week.map(|(orders, amount)| view! { <p class="muted">{t!("sellers.week", orders = orders, amount = amount)}</p> })}
        {today.may_list.then(|| view! { <p><a class="button" data-kind="primary" href=routes::SELLER_NEW><Icon name="camera" />{t!("shell.seller_new")}</a></p> })}
        {today.may_list.then(|| view! { <super::listing::ahead::Drafts /> })}
        {today.closed.map(|(standing, is_paused)| {
            let words = if is_paused && standing == Standing::Approved { t!("shops.on_holiday") } else { words::standing(standing) };
            view! {
                <Notice tone=Tone::Warning>
                    <p>{t!("shops.not_selling", standing = words)}</p>
                    <p><a href=routes::SELLER_SHOP>{t!("shops.to_checklist")}</a></p>
                </Notice>
            }
        })}
        {(nothing && today.closed.is_none()).then(|| view! { <Notice tone=Tone::Success><p>{t!("sellers.all_done")}</p></Notice> })}
        <OfShop waiting=today.claims />
        <ul class="tasks">
            {tasks
                .into_iter()
                .map(|(state, count, words)| view! {
                    <li>
                        <a class="task" data-urgent=(state == OrderState::Placed).then_some("") href=format!("{}?state={}", routes::SELLER_ORDERS, state.as_str())>
                            <span class="task__count">{count}</span><span class="task__what">{words}</span><Icon name="arrow" />
                        </a>
                    </li>
                })
                .collect_view()}
            {today
                .returned
                .into_iter()
                .map(|product| view! {
                    <li><a class="task" data-urgent="" href=routes::listing(product.id, "xem")><span class="task__count"><Icon name="alert" /></span><span class="task__what">{t!("sellers.mend_listing")}<span class="task__note">{product.name}</span></span><Icon name="arrow" /></a></li>
                })
                .collect_view()}
            {today
                .drafts
                .into_iter()
                .map(|draft| view! {
                    <li><a class="task" href=routes::listing(draft.id, "anh")><span class="task__count"><Icon name="edit" /></span><span class="task__what">{t!("sellers.go_on_draft")}<span class="task__note">{named(&draft.name)}</span></span><Icon name="arrow" /></a></li>
                })
                .collect_view()}
            {today
                .sold_out
                .into_iter()
                .map(|product| view! {
                    <li><a class="task" href=format!("{}#{}", routes::SELLER_PRODUCTS, product.id)><span class="task__count">"0"</span><span class="task__what">{t!("sellers.sold_out_named")}<span class="task__note">{product.name}</span></span><Icon name="arrow" /></a></li>
                })
                .collect_view()}
            {[(today.certificates.0, t!("certificates.to_mend")), (today.certificates.1, t!("certificates.to_renew"))]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, words)| view! {
                    <li><a class="task" href=routes::SELLER_CERTIFICATES><span class="task__count">{count}</span><span class="task__what">{words}</span><Icon name="arrow" /></a></li>
                })
                .collect_view()}
        </ul>
        {(!today.next.is_empty()).then(|| view! {
            <section class="section">
                <h2>{t!("sellers.next_orders")}</h2>
                <ul class="grid" data-cell="l">{today.next.into_iter().map(|entry| view! { <super::orders::Card entry /> }).collect_view()}</ul>
            </section>
        })}
    }
}

fn named(name: &str) -> String {
    if name.is_empty() {
        t!("sellers.unnamed")
    } else {
        name.to_owned()
    }
}

/// What was typed into the row of a variant that was refused, with what is wrong.
#[derive(Clone, Default)]
struct RefusedRow {
    variant: Option<VariantId>,
    price: String,
    stock: String,
    errors: FieldErrors,
    /// What is wrong with none of the fields alone.
    message: String,
}

pub(super) async fn products(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    products_page(&visit, StatusCode::OK, seller, RefusedRow::default()).await
}

async fn products_page(
    visit: &Visit,
    status: StatusCode,
    seller: SellerId,
    refused: RefusedRow,
) -> Result<Response, Trouble> {
    let db = visit.site.store.reader();
    let products = queries::of_seller(db, seller).await?;
    Ok(visit.page_with(
        status,
        || Head::private(t!("shell.seller_products"), Area::Seller),
        || view! { <Products products refused /> },
    ))
}

#[component]
fn Products(products: Vec<ListedProduct>, refused: RefusedRow) -> impl IntoView {
    view! {
        <h1>{t!("shell.seller_products")}</h1>
        <p class="cluster">
            <a class="button" data-kind="primary" href=routes::SELLER_NEW><Icon name="camera" />{t!("shell.seller_new")}</a>
            <a class="button" href=routes::SELLER_TABLE><Icon name="edit" />{t!("sellers.table")}</a>
            <a class="button" href=routes::SELLER_CARDS><Icon name="print" />{t!("sellers.cards")}</a>
            <a class="button" href=routes::SELLER_CERTIFICATES><Icon name="star" />{t!("certificates.certificates")}</a>
            <a class="button" href=routes::SELLER_LOTS><Icon name="leaf" />{t!("trace.lots")}</a>
            <a class="button" href=routes::SELLER_WANTED><Icon name="search" />{t!("seeking.wanted")}</a>
            <a class="button" data-kind="quiet" href=routes::SELLER_IMPORTS><Icon name="download" />{t!("imports.title")}</a>
        </p>
        {products.is_empty().then(|| view! { <Empty title=t!("sellers.no_products")><p>{t!("sellers.no_products_advice")}</p></Empty> })}
        <ul class="own-products">
            {products
                .into_iter()
                .map(|product| view! { <OwnProduct product refused=&refused /> })
                .collect_view()}
        </ul>
    }
}

#[component]
fn OwnProduct<'r>(product: ListedProduct, refused: &'r RefusedRow) -> impl IntoView + use<> {
    let id = product.id;
    // Nobody has bought of it yet: it is written on, not counted.
    let is_draft = !product.status.is_shown();
    let review = product.review;
    let name = named(&product.name);
    let is_only = product.variants.len() == 1;
    let rows = product
        .variants
        .into_iter()
        .filter(|_| !is_draft)
        .map(|variant| {
            let row = if refused.variant == Some(variant.id) {
                refused.clone()
            } else {
                RefusedRow {
                    price: variant
                        .price
                        .map(|price| price.0.to_string())
                        .unwrap_or_default(),
                    stock: variant.on_hand.plain(),
                    ..RefusedRow::default()
                }
            };
            view! { <VariantRow product=id variant row is_only /> }
        })
        .collect_view();
    view! {
        <li class="own-product panel" id=id.to_string() data-state=product.status.as_str()>
            {match product.image_key {
                Some(key) => view! { <img src=routes::media(&key) alt="" width="72" height="72" loading="lazy" /> }.into_any(),
                None => view! { <span class="own-product-blank"><Icon name="camera" /></span> }.into_any(),
            }}
            <div>
                {if is_draft {
                    view! { <a href=routes::listing(id, "xem")>{name}</a> }.into_any()
                } else {
                    view! { <a href=routes::product(&product.slug)>{name}</a> }.into_any()
                }}
                <p><span class="state" data-state=product.status.as_str()>{catalog_words::status(product.status)}</span></p>
                {review.filter(|_| !is_draft).map(|state| {
                    let (key, words) = match state {
                        ReviewState::Returned => ("returned", t!("sellers.change_returned")),
                        _ => ("submitted", t!("sellers.change_waits")),
                    };
                    view! { <p><a class="state" data-state=key href=routes::listing(id, "xem")>{words}</a></p> }
                })}
            </div>
            <div class="own-product-rows">{rows}</div>
            <div class="own-product-actions">
                {match product.status {
                    ProductStatus::Draft => view! { <a class="button" data-kind="quiet" href=routes::listing(id, "anh")><Icon name="edit" />{t!("sellers.go_on")}</a> }.into_any(),
                    ProductStatus::Submitted | ProductStatus::Returned => view! { <a class="button" data-kind="quiet" href=routes::listing(id, "xem")><Icon name="search" />{t!("sellers.see")}</a> }.into_any(),
                    ProductStatus::Published => view! {
                        <a class="button" data-kind="quiet" href=routes::listing(id, "anh")><Icon name="edit" />{t!("sellers.edit")}</a>
                        <a class="button" data-kind="quiet" href=routes::listing(id, "vu-mua")><Icon name="calendar" />{t!("listing.harvest")}</a>
                        <form method="post" action=routes::listing_deed(id, "them-giong")><button type="submit" class="button" data-kind="quiet"><Icon name="plus" />{t!("sellers.duplicate")}</button></form>
                        <form method="post" action=routes::listing_deed(id, "ngung")><button type="submit" class="button" data-kind="quiet"><Icon name="clock" />{t!("sellers.pause")}</button></form>
                    }.into_any(),
                    ProductStatus::Paused | ProductStatus::Archived => view! {
                        <form method="post" action=routes::listing(id, "xem")><button type="submit" class="button" data-kind="quiet"><Icon name="check" />{t!("sellers.resume")}</button></form>
                        <a class="button" data-kind="quiet" href=routes::listing_deed(id, "go")><Icon name="close" />{t!("sellers.archive")}</a>
                    }.into_any(),
                }}
            </div>
        </li>
    }
}

/// Price and stock of one variant: a form of its own, so that one slip holds up nothing else.
#[component]
fn VariantRow(
    product: ProductId,
    variant: ListedVariant,
    row: RefusedRow,
    /// Then it needs no name.
    is_only: bool,
) -> impl IntoView {
    let id = variant.id;
    let supply = catalog_words::supply(variant.supply);
    let name = match variant.name {
        name if name.is_empty() => variant.unit.clone(),
        name => name,
    };
    let field = |field: &'static str, label: String, inputmode: &'static str, value: String| {
        let error = row.errors.of(field).map(lang::field);
        let (field_id, error_id) = (format!("{field}-{id}"), format!("{field}-{id}-error"));
        view! {
            <div class="field">
                <label class="field__label" for=field_id.clone()>{label}</label>
                <input class="input" id=field_id name=field inputmode=inputmode autocomplete="off" value=value aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone()) />
                {error.map(|text| view! { <p class="field__error" id=error_id role="alert"><Icon name="alert" />{text}</p> })}
            </div>
        }
    };
    view! {
        <form class="own-product-form" method="post" action=format!("{}/{product}/so-luong", routes::SELLER_PRODUCTS)>
            <input type="hidden" name="variant_id" value=id.to_string() />
            <p class="own-product-variant">{(!is_only).then(|| view! { <strong>{name}</strong>": " })}{t!("sellers.left", count = variant.available, unit = variant.unit.clone())}</p>
            {supply.map(|text| view! { <p class="muted small">{text}</p> })}
            {(!row.message.is_empty()).then(|| view! { <p class="field__error" role="alert"><Icon name="alert" />{row.message}</p> })}
            {field("price_vnd", t!("sellers.price_of", unit = variant.unit), "numeric", row.price)}
            {field("stock", t!("sellers.stock"), "decimal", row.stock)}
            <button type="submit" class="button"><Icon name="check" />{t!("sellers.save")}</button>
        </form>
    }
}

pub(super) async fn pause(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::pause(work, id).await)?;
    Ok(visit.see_other(routes::SELLER_PRODUCTS))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PriceAndStock {
    variant_id: String,
    price_vnd: String,
    stock: String,
}

pub(super) async fn set_price_and_stock(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<PriceAndStock>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let variant: VariantId = form.variant_id.parse().map_err(|_| Trouble::NotFound)?;
    let (price, stock) = (form.price_vnd.as_str(), form.stock.as_str());
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::set_price_and_stock(work, id, variant, price, stock).await);
    let refusal = match outcome {
        Ok(()) => return Ok(visit.see_other(&format!("{}#{id}", routes::SELLER_PRODUCTS))),
        Err(Failure::Refused(CatalogRefusal::NotFound)) => return Err(Trouble::NotFound),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(refusal)) => refusal,
    };
    let (errors, message) = match refusal {
        CatalogRefusal::Invalid(errors) => (errors, String::new()),
        other => {
            let message = lang::speaking(visit.lang, || lang::refusal(&other));
            (FieldErrors::default(), message)
        }
    };
    let refused = RefusedRow {
        variant: Some(variant),
        price: form.price_vnd,
        stock: form.stock,
        errors,
        message,
    };
    products_page(&visit, StatusCode::UNPROCESSABLE_ENTITY, seller, refused).await
}

/// When an order must be confirmed, in words.
pub(super) fn deadline(entry: &BoardEntry) -> Option<String> {
    (entry.state == OrderState::Placed)
        .then(|| t!("sellers.confirm_by", at = instant_text(entry.confirm_by)))
}
