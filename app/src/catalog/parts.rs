//! Parts of the catalogue that several pages show.
use leptos::prelude::*;
use market::kernel::text::sort_key;
use market::media::{Picture, PictureFormat};
use market::places::types::bare_name;
use market::search::{CommuneCount, Hit};

use super::words;
use crate::routes;
use crate::ui::parts::Stars;
use crate::ui::shell::Icon;

/// A picture in its sizes: WebP first, JPEG behind.
#[component]
pub fn Photo(
    /// The picture.
    picture: Picture,
    /// What it shows.
    alt: String,
    /// What it is on the page.
    #[prop(optional)]
    class: &'static str,
    /// How wide it is shown, as `sizes` has it.
    sizes: &'static str,
    /// Fetched at once, or when it comes into sight.
    #[prop(default = false)]
    eager: bool,
) -> impl IntoView {
    let set = |format: PictureFormat| {
        let mut list = String::new();
        for variant in picture
            .variants
            .iter()
            .filter(|variant| variant.format == format)
        {
            if !list.is_empty() {
                list.push_str(", ");
            }
            list.push_str("/media/");
            list.push_str(&variant.key);
            list.push(' ');
            list.push_str(&variant.width.to_string());
            list.push('w');
        }
        list
    };
    let fallback = picture
        .nearest(640, PictureFormat::Jpeg)
        .map(|variant| routes::media(&variant.key));
    view! {
        <picture>
            <source type="image/webp" srcset=set(PictureFormat::Webp) sizes=sizes />
            <img
                class=(!class.is_empty()).then_some(class)
                src=fallback
                srcset=set(PictureFormat::Jpeg)
                sizes=sizes
                alt=alt
                width=picture.width
                height=picture.height
                loading=if eager { "eager" } else { "lazy" }
                decoding="async"
            />
        </picture>
    }
}

/// A product in a list: what, from where, by whom, stars, price.
#[component]
pub fn ProductCard(
    /// As the search found it.
    hit: Hit,
    /// Whether it says from where and by whom.
    with_seller: bool,
    /// In the first rows: its picture is fetched at once.
    #[prop(default = false)]
    eager: bool,
) -> impl IntoView {
    let state = (!hit.in_stock).then_some("sold-out");
    view! {
        <li>
            <article class="product-card" data-state=state>
                {hit.image.map(|picture| view! { <Photo picture alt=String::new() class="product-card__photo" sizes="(max-width: 40rem) 46vw, 15rem" eager /> })}
                <h3 class="product-card__name"><a href=routes::product(&hit.slug)>{hit.name}</a></h3>
                {with_seller.then(|| view! { <p class="product-card__place"><span>{hit.commune_name}</span>" "<span>{hit.seller.name}</span></p> })}
                {hit.stars.map(|stars| view! { <Stars stars /> })}
                <p class="price">
                    <strong class="price__amount">{hit.price.to_string()}</strong>
                    " "<span class="price__unit">"/ "{words::unit(&hit.unit, &hit.unit_note)}</span>
                </p>
                {hit.in_season.then(|| view! { <span class="badge" data-kind="season"><Icon name="leaf" />{t!("catalog.in_season")}</span> })}
                {(!hit.in_stock).then(|| view! { <span class="badge" data-kind="out">{t!("catalog.sold_out")}</span> })}
            </article>
        </li>
    }
}

/// A grid of products.
#[component]
pub fn ProductGrid(
    /// As the search found them.
    hits: Vec<Hit>,
    /// On the list page, beside the filters.
    #[prop(default = false)]
    beside: bool,
    /// At the top of its page: the first pictures are fetched at once.
    #[prop(default = false)]
    eager: bool,
    /// All of one seller, whom the page names already.
    #[prop(default = false)]
    of_one_seller: bool,
) -> impl IntoView {
    view! {
        <ul class=if beside { "grid product-list" } else { "grid" }>
            {hits.into_iter().enumerate().map(|(index, hit)| view! { <ProductCard hit with_seller=!of_one_seller eager=eager && index < 4 /> }).collect_view()}
        </ul>
    }
}

/// Communes of which a page shows the first at once.
const FIRST_COMMUNES: usize = 12;

/// First the communes with the most products and those that are wanted there, then all others in the order
/// of their names.
pub fn first_and_others(
    communes: Vec<CommuneCount>,
    is_wanted: impl Fn(&CommuneCount) -> bool,
) -> (Vec<CommuneCount>, Vec<CommuneCount>) {
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for (index, commune) in communes.into_iter().enumerate() {
        if index < FIRST_COMMUNES || is_wanted(&commune) {
            first.push(commune);
        } else {
            others.push(commune);
        }
    }
    others.sort_by_cached_key(|commune| sort_key(bare_name(&commune.name)));
    (first, others)
}

/// The months of harvest as a strip of twelve.
#[component]
pub fn SeasonStrip(
    /// 1 to 12.
    months: Vec<u8>,
    /// This month.
    now: u8,
) -> impl IntoView {
    view! {
        <p>{t!("catalog.season_months", months = words::months(&months))}</p>
        <ol class="season" aria-hidden="true">
            {(1..=12u8)
                .map(|month| {
                    let peak = months.contains(&month).then_some("peak");
                    view! { <li data-in=peak aria-current=(month == now).then_some("date")>{month}</li> }
                })
                .collect_view()}
        </ol>
    }
}
