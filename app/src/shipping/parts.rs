//! Ways of delivery as cart, checkout, orders and paper show them.
use leptos::prelude::*;
use market::cart::Along;
use market::kernel::Vnd;
use market::orders::PartWay;
use market::shipping::{Choice, Delivery, Place, Way, WayKind};

use super::words;
use crate::cart::line_name;
use crate::catalog::words::unit;
use crate::routes;
use crate::ui::shell::Icon;

/// Where goods are fetched, when, and who is there.
#[component]
pub fn PlaceOf(
    /// The farm or the point.
    place: Place,
) -> impl IntoView {
    view! {
        <span>{place.address}</span>
        <span class="way__line"><Icon name="clock" />{place.hours}</span>
        {(!place.note.is_empty()).then(|| view! { <span class="way__line">{place.note}</span> })}
    }
}

/// The way that a part of an order took.
#[component]
pub fn WayOfPart(
    /// As it was on the day of sale.
    way: PartWay,
) -> impl IntoView {
    let icon = icon(way.kind);
    let words = words::part_way(&way);
    let keeper = way.place.as_ref().and_then(|place| place.keeper.clone());
    view! {
        <div class="way">
            <p class="way__name"><Icon name=icon />{words}</p>
            {(!way.pooled_with.is_empty()).then(|| view! { <p class="way__place">{t!("shipping.pooled", names = way.pooled_with)}</p> })}
            {way.place.map(|place| view! { <p class="way__place"><PlaceOf place /></p> })}
            {keeper.map(|keeper| view! {
                <p class="way__place">{t!("shipping.kept_by", name = keeper.name)}" "<a href=format!("tel:{}", keeper.phone.as_str())>{keeper.phone.to_string()}</a></p>
            })}
        </div>
    }
}

/// The way that a household's goods take in a cart, with what it costs; its place and why it costs that.
#[component]
pub fn TakenWay(
    /// The way.
    way: Way,
) -> impl IntoView {
    let icon = icon(way.choice.kind());
    let words = words::way(&way);
    let basis = words::basis(way.basis);
    view! {
        <div class="way">
            <p class="way__name"><Icon name=icon />{words}</p>
            {basis.map(|text| view! { <p class="way__place">{text}</p> })}
            {way.pool.map(|pool| view! { <p class="way__place">{t!("shipping.pooled", names = pool.with.join(", "))}</p> })}
            {way.place.map(|place| view! { <p class="way__place"><PlaceOf place /></p> })}
        </div>
    }
}

/// All the ways in which a household's goods come, each once, with what it costs.
#[component]
pub fn OfferedWays(
    /// Of one household.
    delivery: Delivery,
) -> impl IntoView {
    let taken = delivery.taken.as_ref().map(|way| way.choice.kind());
    let mut days = Vec::new();
    let mut ways: Vec<Way> = Vec::new();
    for way in delivery.ways {
        if let Choice::Own(Some(day)) = way.choice {
            days.push(words::day(day));
            if days.len() > 1 {
                continue;
            }
        }
        ways.push(way);
    }
    let days = days.join(", ");
    let lines = ways
        .into_iter()
        .map(|way| {
            let kind = way.choice.kind();
            let name = match kind {
                WayKind::Own => t!("shipping.own"),
                _ => words::way(&way),
            };
            let pooled = way.pool.as_ref().map(|pool| t!("shipping.pooled", names = pool.with.join(", ")));
            let note = match (kind, &way.place) {
                _ if pooled.is_some() => pooled,
                (WayKind::Own, _) => Some(days.clone()),
                (_, Some(place)) => Some(words::place(place)),
                _ => words::basis(way.basis),
            };
            view! {
                <li class="ways__one">
                    <Icon name=icon(kind) />
                    <span class="ways__what">{name}{note.map(|text| view! { <small>{text}</small> })}</span>
                    <span class="ways__fee">{fee(way.fee)}</span>
                </li>
            }
        })
        .collect_view();
    let is_unreached = taken.is_none();
    view! {
        <div class="ways">
            <h3>{t!("shipping.ways")}</h3>
            {is_unreached.then(|| view! { <p class="ways__note">{t!("shipping.only_fetched")}</p> })}
            <ul>{lines}</ul>
        </div>
    }
}

/// What else comes along for no more fee.
#[component]
pub fn ComesAlong(
    /// A few of each hamlet.
    goods: Vec<Along>,
) -> impl IntoView {
    (!goods.is_empty()).then(|| {
        let lines = goods
            .into_iter()
            .map(|along| {
                let name = line_name(&along.name, &along.variant_name);
                let price = format!("{} / {}", along.price, unit(&along.unit, &along.unit_note));
                view! {
                    <li class="order-line" data-size="s">
                        {along.image_key.map(|key| view! { <img class="order-line__photo" src=routes::media(&key) alt="" width="56" height="56" loading="lazy" /> })}
                        <div>
                            <p class="order-line__name"><a href=routes::product(&along.slug)>{name}</a></p>
                            <p class="order-line__note">{along.seller_name}" · "{price}</p>
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="panel" aria-labelledby="di-chung">
                <h2 id="di-chung">{t!("shipping.along")}</h2>
                <p class="muted small">{t!("shipping.along_lead")}" "<a href=format!("{}#di-chung", routes::RULES)>{t!("shipping.along_rule")}</a></p>
                <ul>{lines}</ul>
            </section>
        }
    })
}

/// What a way costs.
#[must_use]
pub fn fee(fee: Vnd) -> String {
    if fee == Vnd::ZERO {
        t!("shipping.no_fee")
    } else {
        fee.to_string()
    }
}

/// What is shown beside a way.
#[must_use]
pub const fn icon(kind: WayKind) -> &'static str {
    match kind {
        WayKind::Carrier => "box",
        WayKind::Own => "truck",
        WayKind::Farm => "leaf",
        WayKind::Point => "place",
    }
}
