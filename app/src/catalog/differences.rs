//! Two versions of a listing side by side, where they differ.
use leptos::prelude::*;
use market::catalog::{Content, Difference, Product};
use market::kernel::PhotoId;
use market::media::{Picture, PictureFormat};

use super::words;
use crate::routes;

/// Field by field: what buyers see, and what they are to see.
#[component]
pub fn Differences(
    /// As it is shown.
    shown: Product,
    /// As it is to be.
    wanted: Product,
) -> impl IntoView {
    let (before, after) = (shown.content(), wanted.content());
    let pictures: Vec<Picture> = shown
        .photos
        .into_iter()
        .chain(wanted.photos)
        .map(|photo| photo.picture)
        .collect();
    view! { <Compared before after pictures /> }
}

/// The same, of which the pictures are at hand or not.
#[component]
pub fn Compared(
    /// As it was.
    before: Content,
    /// As it became.
    after: Content,
    /// Of either.
    #[prop(default = Vec::new())]
    pictures: Vec<Picture>,
) -> impl IntoView {
    let rows = before
        .differences(&after)
        .into_iter()
        .map(|difference| {
            let side = |content: &Content| match difference {
                Difference::Photos if !pictures.is_empty() => photos(content, &pictures),
                _ => text(words::said(content, &difference)),
            };
            view! {
                <tr>
                    <th scope="row">{words::field(&difference.field())}</th>
                    <td data-label=t!("listing.before")>{side(&before)}</td>
                    <td data-label=t!("listing.after")>{side(&after)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap">
            <table class="table" data-stack="">
                <thead>
                    <tr>
                        <th scope="col">{t!("listing.part")}</th>
                        <th scope="col">{t!("listing.before")}</th>
                        <th scope="col">{t!("listing.after")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn text(said: String) -> AnyView {
    if said.is_empty() {
        view! { <span class="muted">{t!("listing.nothing_said")}</span> }.into_any()
    } else {
        said.into_any()
    }
}

fn photos(content: &Content, pictures: &[Picture]) -> AnyView {
    let picture = |id: PhotoId| pictures.iter().find(|picture| picture.id == id);
    content
        .photos
        .iter()
        .enumerate()
        .filter_map(|(index, placed)| {
            let size = picture(placed.photo)?.nearest(160, PictureFormat::Webp)?;
            let alt = if placed.alt.is_empty() {
                t!("catalog.photo_number", number = index + 1)
            } else {
                placed.alt.clone()
            };
            Some(view! { <img src=routes::media(&size.key) alt=alt width="72" height="72" loading="lazy" /> })
        })
        .collect_view()
        .into_any()
}
