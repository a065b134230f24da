//! What households print: the slip that goes into a parcel, and a list to call from.
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::kernel::{Right, SellerOrderId};
use market::orders::queries::{self, Call};
use market::orders::{Order, PaymentOfPart};

use crate::cart::line_name;
use crate::catalog::words::{parts_price, unit};
use crate::orders::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::parts::Empty;
use crate::ui::qr::Qr;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// The slip of one part, A5 in large type; of a gift without a price.
pub(super) async fn slip(visit: Visit, Path(id): Path<SellerOrderId>) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let order = queries::for_seller(visit.site.store.reader(), id, &visit.actor)
        .await?
        .ok_or(Trouble::NotFound)?;
    Ok(visit.page(
        || Head::private(t!("sellers.slip_of", code = order.code), Area::Seller),
        || view! { <Slip order=order.clone() /> },
    ))
}

#[component]
fn Slip(order: Order) -> impl IntoView {
    let is_gift = order.gift.is_some();
    let code = order.code.to_string();
    let back = order
        .parts
        .first()
        .map(|part| routes::seller_order(part.id));
    view! {
        <p class="no-paper">{back.map(|href| view! { <a href=href>{t!("sellers.back_to_order")}</a> })}</p>
        <p class="no-paper muted">{t!("sellers.print_hint")}</p>
        {order
            .parts
            .into_iter()
            .map(|part| {
                let due = part.payment.as_ref().and_then(PaymentOfPart::due);
                view! {
                    <article class="slip">
                        <header class="slip__head">
                            <div>
                                <h1>{t!("sellers.slip_of", code = code.clone())}</h1>
                                <p>{part.seller_name}", "{part.seller_phone.to_string()}</p>
                            </div>
                            <Qr text=code.clone() label=t!("sellers.slip_code") />
                        </header>
                        <p class="slip__to"><strong>{order.contact_name.clone()}</strong>{order.contact_phone.as_ref().map(|phone| format!(", {phone}"))}<br />{format!("{}, {}, {}", order.street, order.commune_name, order.province_name)}</p>
                        <ul class="slip__lines">
                            {part
                                .lines
                                .into_iter()
                                .filter(|line| line.quantity.thousandths() > 0)
                                .map(|line| {
                                    let lots: Vec<String> = line.lots.iter().map(|lot| lot.code.to_string()).collect();
                                    view! {
                                        <li>
                                            <span>{format!("{} {} {}", line.quantity, unit(&line.unit, &line.unit_note), line_name(&line.name, &line.variant_name))}{(!lots.is_empty()).then(|| format!(" ({})", t!("trace.lot", code = lots.join(", "))))}</span>
                                            {(!is_gift).then(|| view! { <span>{line.line.to_string()}{line.parts_price.map(|sum| format!(" ({})", parts_price(sum)))}</span> })}
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                        {(!is_gift).then(|| view! {
                            <dl class="totals">
                                <div><dt>{t!("cart.shipping")}</dt><dd>{part.shipping.to_string()}</dd></div>
                                <div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{part.total.to_string()}</dd></div>
                                {due.map(|amount| view! { <div class="totals__sum"><dt>{t!("sellers.slip_collect")}</dt><dd>{amount.to_string()}</dd></div> })}
                            </dl>
                        })}
                        {order.gift.as_ref().map(|gift| view! {
                            <p>{t!("sellers.slip_gift", name = gift.buyer_name.clone())}</p>
                            {(!gift.words.is_empty()).then(|| view! { <blockquote>{gift.words.clone()}</blockquote> })}
                        })}
                        {(!order.note.is_empty()).then(|| view! { <p>{t!("sellers.slip_note", note = order.note.clone())}</p> })}
                    </article>
                }
            })
            .collect_view()}
    }
}

/// All that waits for a step, to be called from paper.
pub(super) async fn call_list(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::Fulfil)?;
    let calls = queries::call_list(visit.site.store.reader(), seller).await?;
    Ok(visit.page(
        || Head::private(t!("sellers.call_list"), Area::Seller),
        || view! { <CallList calls /> },
    ))
}

#[component]
fn CallList(calls: Vec<Call>) -> impl IntoView {
    let is_empty = calls.is_empty();
    view! {
        <p class="no-paper"><a href=routes::SELLER_ORDERS>{t!("sellers.back_to_orders")}</a></p>
        <h1>{t!("sellers.call_list")}</h1>
        <p class="no-paper muted">{t!("sellers.print_hint")}</p>
        {if is_empty {
            view! { <Empty title=t!("sellers.no_orders")><p>{t!("sellers.no_orders_advice")}</p></Empty> }.into_any()
        } else {
            view! {
                <ol class="call-list">
                    {calls
                        .into_iter()
                        .map(|call| view! {
                            <li>
                                <p class="call-list__who"><strong>{call.name}</strong>{call.phone.map(|phone| view! { " " <a href=format!("tel:{}", phone.as_str())>{phone.to_string()}</a> })}</p>
                                <p>{call.summary}</p>
                                <p>{call.address}</p>
                                {(!call.note.is_empty()).then(|| view! { <p>{call.note}</p> })}
                                <p class="call-list__foot">
                                    <span>{call.code.to_string()}" · "{words::state(call.state)}" · "{instant_text(call.placed_at)}</span>
                                    <strong>{if call.is_unpaid { t!("sellers.call_collect", amount = call.total) } else { t!("sellers.call_paid") }}</strong>
                                </p>
                            </li>
                        })
                        .collect_view()}
                </ol>
            }.into_any()
        }}
    }
}
