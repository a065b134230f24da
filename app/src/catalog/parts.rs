//! Parts of the catalogue that several pages show.
use leptos::prelude::*;
use market::media::{Picture, PictureFormat};
use market::search::Hit;

use super::words;
use crate::routes;
use crate::ui::parts::Stars;

/// A picture in its sizes: WebP first, JPEG behind.
#[component]
pub fn Photo(
    /// The picture.
    picture: Picture,
    /// What it shows.
    alt: String,
    /// How wide it is shown, as `sizes` has it.
    sizes: &'static str,
    /// Fetched at once, or when it comes into sight.
    #[prop(default = false)]
    eager: bool,
) -> impl IntoView {
    let set = |format: PictureFormat| {
        let mut list = String::new();
        for variant in picture.variants.iter().filter(|variant| variant.format == format) {
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
    let fallback = picture.nearest(640, PictureFormat::Jpeg).map(|variant| routes::media(&variant.key));
    view! {
        <picture>
            <source type="image/webp" srcset=set(PictureFormat::Webp) sizes=sizes />
            <img
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
    /// In the first rows: its picture is fetched at once.
    #[prop(default = false)]
    eager: bool,
) -> impl IntoView {
    let sold_out = !hit.in_stock;
    view! {
        <li class="product-card">
            <a class="product-card-link" href=routes::product(&hit.slug)>
                <div class="product-card-picture">
                    {hit.image.map(|picture| view! { <Photo picture alt=String::new() sizes="(max-width: 40rem) 46vw, 15rem" eager /> })}
                    {hit.in_season.then(|| view! { <span class="badge" data-tone="season">{t!("catalog.in_season")}</span> })}
                    {sold_out.then(|| view! { <span class="badge" data-tone="gone">{t!("catalog.sold_out")}</span> })}
                </div>
                <h3 class="product-card-name">{hit.name}</h3>
            </a>
            <p class="product-card-price">
                <strong>{hit.price.to_string()}</strong>
                <span>" / "{words::unit(&hit.unit, &hit.unit_note)}</span>
            </p>
            {hit.stars.map(|stars| view! { <Stars stars /> })}
            <p class="product-card-origin">{hit.commune_name}<span>{hit.seller.name}</span></p>
        </li>
    }
}

/// A grid of products.
#[component]
pub fn ProductGrid(
    /// As the search found them.
    hits: Vec<Hit>,
) -> impl IntoView {
    view! {
        <ul class="product-grid">
            {hits.into_iter().enumerate().map(|(index, hit)| view! { <ProductCard hit eager=index < 4 /> }).collect_view()}
        </ul>
    }
}

/// The months of harvest as a strip of twelve.
#[component]
pub fn SeasonStrip(
    /// 1 to 12.
    months: Vec<u8>,
    /// This month.
    now: u8,
) -> impl IntoView {
    let text = months.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    view! {
        <div class="season">
            <p>{t!("catalog.season_months", months = text)}</p>
            <ol class="season-strip" aria-hidden="true">
                {(1..=12u8)
                    .map(|month| {
                        let state = if months.contains(&month) { "ripe" } else { "off" };
                        view! { <li data-state=state data-now=(month == now).then_some("")>{month}</li> }
                    })
                    .collect_view()}
            </ol>
        </div>
    }
}
