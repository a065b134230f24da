//! Listing a product in three short steps, each of which is kept.
use axum::extract::{Form, Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::commands::MAX_PHOTOS;
use market::catalog::{
    BasicsForm, CatalogRefusal, Group, PriceForm, Product, ProductStatus, UNITS, commands, queries,
};
use market::kernel::{Failure, FieldErrors, PhotoId, ProductId, Right};
use market::media::{self, Upload};
use serde::Deserialize;

use super::photos::{KeptPhotos, MorePhotos};
use crate::catalog::pages::Listing;
use crate::catalog::words;
use crate::media::{broken, receive};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field, Select, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Visit, with_retry_after};

pub(super) async fn begin(visit: Visit) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    Ok(visit.page(
        || Head::private(t!("shell.seller_new"), Area::Seller),
        || view! {
            <div class="wizard stack" data-gap="l">
                <h1>{t!("shell.seller_new")}</h1>
                <p>{t!("listing.lead")}</p>
                <ol class="stack">
                    <li><Icon name="camera" />{t!("listing.step_photos")}</li>
                    <li><Icon name="leaf" />{t!("listing.step_basics")}</li>
                    <li><Icon name="money" />{t!("listing.step_price")}</li>
                </ol>
                <form method="post" action=routes::SELLER_NEW><button type="submit" class="button" data-kind="primary">{t!("listing.start")}</button></form>
            </div>
        },
    ))
}

pub(super) async fn start(visit: Visit) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    let id = market::transact!(visit.site.store, &visit.actor, work => commands::start(work, seller).await)?;
    Ok(visit.see_other(&routes::listing(id, "anh")))
}

/// The actor's own product; anybody else's does not exist.
pub(super) async fn own(visit: &Visit, id: ProductId) -> Result<Product, Trouble> {
    visit.desk(Right::List)?;
    let product = queries::by_id(visit.site.store.reader(), id)
        .await?
        .ok_or(Trouble::NotFound)?;
    if visit.actor.may(Right::List(product.seller.id)) {
        Ok(product)
    } else {
        Err(Trouble::NotFound)
    }
}

/// The three steps, with the present one marked.
#[component]
fn Steps(id: ProductId, at: &'static str) -> impl IntoView {
    let steps = [
        ("anh", t!("listing.step_photos")),
        ("hang", t!("listing.step_basics")),
        ("gia", t!("listing.step_price")),
        ("xem", t!("listing.step_preview")),
    ];
    view! {
        <ol class="steps">
            {steps
                .into_iter()
                .map(|(step, words)| view! { <li aria-current=(step == at).then_some("step")><a href=routes::listing(id, step)>{words}</a></li> })
                .collect_view()}
        </ol>
    }
}

pub(super) async fn photos(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?;
    Ok(photos_page(&visit, StatusCode::OK, product, Vec::new()))
}

pub(super) fn photos_page(
    visit: &Visit,
    status: StatusCode,
    product: Product,
    refused: Vec<String>,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("listing.step_photos"), Area::Seller),
        || view! { <PhotoStep product refused /> },
    )
}

#[component]
fn PhotoStep(product: Product, refused: Vec<String>) -> impl IntoView {
    let id = product.id;
    let has_photos = !product.photos.is_empty();
    let room = i64::try_from(product.photos.len()).is_ok_and(|count| count < MAX_PHOTOS);
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="anh" />
            <h1>{t!("listing.step_photos")}</h1>
            <p>{t!("listing.photos_lead")}</p>
            {(!refused.is_empty()).then(|| view! {
                <Notice tone=Tone::Error><ul>{refused.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul></Notice>
            })}
            <KeptPhotos product=product.clone() />
            {room.then(|| view! { <MorePhotos product /> })}
            <p><a class="button" data-kind=if has_photos { "primary" } else { "quiet" } href=routes::listing(id, "hang")>{t!("listing.next")}</a></p>
        </div>
    }
}

pub(super) async fn add_photos(
    visit: Visit,
    Path(id): Path<ProductId>,
    mut form: Multipart,
) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?;
    let mut refused = Vec::new();
    let mut any = false;
    let mut too_often = None;
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                refused.push(broken(&visit, &error));
                break;
            }
        };
        let file = field.file_name().unwrap_or_default().to_owned();
        let upload = match receive(&visit, &mut field).await? {
            Ok(upload) => upload,
            Err(error) => {
                refused.push(broken(&visit, &error));
                break;
            }
        };
        if file.is_empty() && upload.is_empty() {
            continue;
        }
        any = true;
        // Not before the file is read: a browser that is still sending may not hear the answer.
        match visit.take(&visit.site.limits.upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(often)) => {
                too_often = Some(often);
                continue;
            }
        }
        if let Err(refusal) = take(&visit, &product, upload).await? {
            refused.push(format!("{file}: {refusal}"));
        }
    }
    if let Some(often) = too_often {
        refused.push(lang::speaking(visit.lang, || lang::refusal(&often)));
        let page = photos_page(
            &visit,
            StatusCode::TOO_MANY_REQUESTS,
            own(&visit, id).await?,
            refused,
        );
        return Ok(with_retry_after(page, &often));
    }
    if !any && refused.is_empty() {
        refused.push(lang::speaking(visit.lang, || t!("listing.pick_first")));
    }
    if refused.is_empty() {
        return Ok(visit.see_other(&routes::listing(id, "anh")));
    }
    Ok(photos_page(
        &visit,
        StatusCode::UNPROCESSABLE_ENTITY,
        own(&visit, id).await?,
        refused,
    ))
}

/// Takes one file in and puts it on the listing; answers the message where it is refused.
async fn take(
    visit: &Visit,
    product: &Product,
    upload: Upload,
) -> Result<Result<(), String>, Trouble> {
    let site = &visit.site;
    let picture = match media::commands::accept(
        &site.store,
        &site.media,
        &visit.actor,
        product.seller.id,
        upload,
    )
    .await
    {
        Ok(picture) => picture,
        Err(Failure::Refused(refusal)) => {
            return Ok(Err(lang::speaking(visit.lang, || lang::refusal(&refusal))));
        }
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let id = product.id;
    match market::transact!(site.store, &visit.actor, work => commands::attach_photo(work, id, picture.id, "").await)
    {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Refused(refusal)) => {
            Ok(Err(lang::speaking(visit.lang, || lang::refusal(&refusal))))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

pub(super) async fn remove_photo(
    visit: Visit,
    Path((id, photo)): Path<(ProductId, PhotoId)>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    match market::transact!(visit.site.store, &visit.actor, work => commands::remove_photo(work, id, photo).await)
    {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "anh"))),
        Err(Failure::Refused(CatalogRefusal::Invalid(_))) => {
            let text = lang::speaking(visit.lang, || t!("listing.last_photo"));
            Ok(photos_page(
                &visit,
                StatusCode::CONFLICT,
                own(&visit, id).await?,
                vec![text],
            ))
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn basics(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?;
    let form = BasicsForm {
        group: product.group.as_str().to_owned(),
        stock: product
            .variants
            .first()
            .map(|variant| variant.on_hand.plain())
            .unwrap_or_default(),
        season: product
            .season_months
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        name: product.name,
        description: product.description,
    };
    Ok(basics_page(
        &visit,
        StatusCode::OK,
        id,
        form,
        FieldErrors::default(),
        None,
    ))
}

fn basics_page(
    visit: &Visit,
    status: StatusCode,
    id: ProductId,
    form: BasicsForm,
    errors: FieldErrors,
    problem: Option<String>,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("listing.step_basics"), Area::Seller),
        || {
            let labels = vec![
                ("name", t!("listing.name")),
                ("group", t!("catalog.group")),
                ("stock", t!("sellers.stock")),
                ("description", t!("catalog.description")),
                ("season", t!("catalog.season")),
            ];
            let groups = Group::ALL.into_iter().map(|group| (group.as_str().to_owned(), words::group(group))).collect();
            let more = !form.description.is_empty() || !form.season.is_empty() || errors.of("season").is_some();
            view! {
                <div class="wizard stack" data-gap="l">
                    <Steps id at="hang" />
                    <h1>{t!("listing.step_basics")}</h1>
                    {problem.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
                    <ErrorSummary errors=errors.clone() labels />
                    <form method="post" action=routes::listing(id, "hang") class="form" novalidate="">
                        <Field name="name" label=t!("listing.name") value=form.name errors=errors.clone() hint=t!("listing.name_hint") />
                        <Select name="group" label=t!("catalog.group") value=form.group options=groups errors=errors.clone() />
                        <Field name="stock" label=t!("sellers.stock") value=form.stock errors=errors.clone() inputmode="decimal" hint=t!("listing.stock_hint") />
                        <details class="disclosure" open=more>
                            <summary>{t!("listing.more")}</summary>
                            <div class="disclosure__body stack">
                            <TextArea name="description" label=t!("catalog.description") value=form.description errors=errors.clone() hint=t!("listing.description_hint") />
                            <Field name="season" label=t!("catalog.season") value=form.season errors required=false hint=t!("listing.season_hint") />
                            </div>
                        </details>
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("listing.next")}</button></div>
                    </form>
                </div>
            }
        },
    )
}

pub(super) async fn save_basics(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<BasicsForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let basics = match form.parse() {
        Ok(basics) => basics,
        Err(errors) => {
            own(&visit, id).await?;
            return Ok(basics_page(
                &visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                id,
                form,
                errors,
                None,
            ));
        }
    };
    let basics = &basics;
    match market::transact!(visit.site.store, &visit.actor, work => commands::save_basics(work, id, basics).await)
    {
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "gia"))),
        Err(Failure::Refused(refusal @ CatalogRefusal::LessThanReserved { .. })) => {
            let text = lang::speaking(visit.lang, || lang::refusal(&refusal));
            Ok(basics_page(
                &visit,
                StatusCode::CONFLICT,
                id,
                form,
                FieldErrors::default(),
                Some(text),
            ))
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn price(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?;
    let form = product
        .variants
        .into_iter()
        .next()
        .map_or_else(PriceForm::default, |variant| PriceForm {
            price_vnd: variant
                .price
                .map(|price| price.0.to_string())
                .unwrap_or_default(),
            weight_grams: variant
                .price
                .map(|_| variant.ship_grams.to_string())
                .unwrap_or_default(),
            unit: variant.unit,
            unit_note: variant.unit_note,
        });
    Ok(price_page(
        &visit,
        StatusCode::OK,
        id,
        form,
        FieldErrors::default(),
    ))
}

fn price_page(
    visit: &Visit,
    status: StatusCode,
    id: ProductId,
    form: PriceForm,
    errors: FieldErrors,
) -> Response {
    visit.page_with(
        status,
        || Head::private(t!("listing.step_price"), Area::Seller),
        || {
            let labels = vec![
                ("price_vnd", t!("sellers.price")),
                ("unit", t!("listing.unit")),
                ("unit_note", t!("listing.unit_note")),
                ("weight_grams", t!("listing.weight")),
            ];
            view! {
                <div class="wizard stack" data-gap="l">
                    <Steps id at="gia" />
                    <h1>{t!("listing.step_price")}</h1>
                    <ErrorSummary errors=errors.clone() labels />
                    <form method="post" action=routes::listing(id, "gia") class="form" novalidate="">
                        <Field name="price_vnd" label=t!("sellers.price") value=form.price_vnd errors=errors.clone() inputmode="numeric" suffix=t!("listing.dong") />
                        <Field name="unit" label=t!("listing.unit") value=form.unit errors=errors.clone() list="units" hint=t!("listing.unit_hint") />
                        <datalist id="units">{UNITS.into_iter().map(|unit| view! { <option value=unit></option> }).collect_view()}</datalist>
                        <Field name="unit_note" label=t!("listing.unit_note") value=form.unit_note errors=errors.clone() required=false hint=t!("listing.unit_note_hint") />
                        <Field name="weight_grams" label=t!("listing.weight") value=form.weight_grams errors inputmode="numeric" required=false suffix="gram" hint=t!("listing.weight_hint") />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("listing.see")}</button></div>
                    </form>
                </div>
            }
        },
    )
}

pub(super) async fn save_price(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<PriceForm>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let pricing = match form.parse() {
        Ok(pricing) => pricing,
        Err(errors) => {
            own(&visit, id).await?;
            return Ok(price_page(
                &visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                id,
                form,
                errors,
            ));
        }
    };
    let pricing = &pricing;
    market::transact!(visit.site.store, &visit.actor, work => commands::save_price(work, id, pricing).await)?;
    Ok(visit.see_other(&routes::listing(id, "xem")))
}

#[derive(Deserialize)]
pub(super) struct PreviewParams {
    xong: Option<String>,
}

pub(super) async fn preview(
    visit: Visit,
    Path(id): Path<ProductId>,
    Query(params): Query<PreviewParams>,
) -> Result<Response, Trouble> {
    let product = own(&visit, id).await?;
    Ok(preview_page(
        &visit,
        StatusCode::OK,
        product,
        params.xong.is_some(),
        None,
    ))
}

fn preview_page(
    visit: &Visit,
    status: StatusCode,
    product: Product,
    done: bool,
    refused: Option<CatalogRefusal>,
) -> Response {
    let today = visit.site.store.today();
    visit.page_with(
        status,
        || Head::private(t!("listing.step_preview"), Area::Seller),
        || {
            let id = product.id;
            let missing = product.missing();
            let is_published = product.status == ProductStatus::Published;
            let page = routes::product(&product.slug);
            let links = missing
                .0
                .iter()
                .map(|error| {
                    let (step, words) = match error.field.as_str() {
                        "photo" => ("anh", t!("listing.missing_photo")),
                        "name" => ("hang", t!("listing.missing_name")),
                        _ => ("gia", t!("listing.missing_price")),
                    };
                    view! { <li><a href=routes::listing(id, step)>{words}</a></li> }
                })
                .collect_view();
            view! {
                <Steps id at="xem" />
                {done.then(|| view! {
                    <Notice tone=Tone::Success>
                        <p><strong>{t!("listing.published")}</strong></p>
                        <p><a href=page>{t!("listing.see_published")}</a>" · "<a href=routes::SELLER_NEW>{t!("listing.another")}</a></p>
                    </Notice>
                })}
                {refused.map(|refusal| view! {
                    <Notice tone=Tone::Error>
                        <p>{lang::refusal(&refusal)}</p>
                        <p><a href=routes::SELLER_SHOP>{t!("listing.to_shop")}</a></p>
                    </Notice>
                })}
                {(!missing.is_empty()).then(|| view! { <Notice tone=Tone::Warning><p>{t!("listing.missing")}</p><ul>{links}</ul></Notice> })}
                {(missing.is_empty() && !is_published).then(|| view! {
                    <form method="post" action=routes::listing(id, "xem") class="next-step">
                        <p>{t!("listing.as_buyers_see")}</p>
                        <button type="submit" class="button" data-kind="primary">{t!("listing.publish")}</button>
                    </form>
                })}
                <Listing product=product.clone() today />
            }
        },
    )
}

pub(super) async fn publish(visit: Visit, Path(id): Path<ProductId>) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    match market::transact!(visit.site.store, &visit.actor, work => commands::publish(work, id).await)
    {
        Ok(()) => Ok(visit.see_other(&format!("{}?xong=1", routes::listing(id, "xem")))),
        Err(Failure::Refused(CatalogRefusal::Invalid(_))) => Ok(preview_page(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            own(&visit, id).await?,
            false,
            None,
        )),
        Err(Failure::Refused(
            refusal @ (CatalogRefusal::ShopNotApproved
            | CatalogRefusal::ShopNotVerified
            | CatalogRefusal::ShopSuspended),
        )) => Ok(preview_page(
            &visit,
            StatusCode::CONFLICT,
            own(&visit, id).await?,
            false,
            Some(refusal),
        )),
        Err(failure) => Err(failure.into()),
    }
}
