//! Price cards to set before goods, and the stall's own card, to be printed and cut out.
use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{ListedProduct, ProductStatus, queries};
use market::kernel::Right;
use market::sellers;

use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::qr::Qr;
use crate::ui::shell::Icon;
use crate::ui::{Area, Head};
use crate::visit::Visit;

/// One price on paper.
struct Card {
    name: String,
    price: String,
    unit: String,
    per: Option<String>,
    address: String,
}

pub(super) async fn show(
    visit: Visit,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let db = visit.site.store.reader();
    let shop = sellers::queries::by_id(db, seller)
        .await?
        .ok_or(Trouble::NotFound)?;
    let mut goods = queries::of_seller(db, seller).await?;
    goods.retain(|product| product.status == ProductStatus::Published);
    let base = visit.site.base_url.clone();
    let chosen: Vec<String> = asked
        .into_iter()
        .filter(|(name, _)| name == "mon")
        .map(|(_, id)| id)
        .collect();
    Ok(visit.page(
        || Head::private(t!("sellers.cards"), Area::Seller),
        || {
            let choices = choices(&goods, &chosen);
            let cards: Vec<Card> = goods
                .iter()
                .filter(|product| chosen.is_empty() || chosen.contains(&product.id.to_string()))
                .flat_map(|product| cards(product, &base))
                .collect();
            let name = shop.name.clone();
            view! {
                <h1>{t!("sellers.cards")}</h1>
                <p class="next-step"><span>{t!("sellers.cards_lead")}" "{t!("sellers.cards_print")}</span></p>
                {choices}
                <ul class="price-cards">{cards.into_iter().map(|card| view! { <PriceCard card shop=name.clone() /> }).collect_view()}</ul>
                <section class="stall-card">
                    <h2>{name.clone()}</h2>
                    <Qr text=format!("{base}{}", routes::shop(&shop.slug)) label=t!("sellers.scan_stall") />
                    <p>{t!("sellers.scan_stall")}</p>
                </section>
            }
        },
    ))
}

fn choices(goods: &[ListedProduct], chosen: &[String]) -> impl IntoView + use<> {
    let boxes = goods
        .iter()
        .map(|product| {
            let id = product.id.to_string();
            let checked = chosen.contains(&id);
            view! { <label class="choice"><input type="checkbox" name="mon" value=id checked=checked /><span class="choice__text"><span class="choice__name">{product.name.clone()}</span></span></label> }
        })
        .collect_view();
    view! {
        <details class="disclosure">
            <summary>{t!("sellers.cards_choose")}</summary>
            <div class="disclosure__body">
                <form method="get" action=routes::SELLER_CARDS class="stack">
                    <div class="choices">{boxes}</div>
                    <button type="submit" class="button">{t!("sellers.cards_show")}</button>
                </form>
            </div>
        </details>
    }
}

fn cards(product: &ListedProduct, base: &str) -> Vec<Card> {
    product
        .variants
        .iter()
        .filter_map(|variant| {
            Some(Card {
                name: if variant.name.is_empty() {
                    product.name.clone()
                } else {
                    format!("{} – {}", product.name, variant.name)
                },
                price: variant.price?.to_string(),
                unit: words::unit(&variant.unit, &variant.unit_note),
                per: variant.base_price.map(words::base_price),
                address: format!("{base}{}", routes::product(&product.slug)),
            })
        })
        .collect()
}

#[component]
fn PriceCard(card: Card, shop: String) -> impl IntoView {
    let label = t!("sellers.scan_goods", name = card.name.clone());
    view! {
        <li class="price-card">
            <div class="price-card__words">
                <strong>{card.name}</strong>
                <p class="price-card__price">{card.price}</p>
                <p>"/ "{card.unit}{card.per.map(|per| view! { <br />{per} })}</p>
                <p class="small"><Icon name="basket" />{shop}</p>
            </div>
            <Qr text=card.address label />
        </li>
    }
}
