//! A seller's own software lists products.
use app::site::Site;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use market::catalog::commands::{self, NewVariant};
use market::catalog::{
    Basics, BasicsForm, CatalogRefusal, PriceForm, Pricing, parse_stock, queries,
};
use market::kernel::{Failure, FieldErrors, ProductId, Right, idempotency};
use market::media;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, text};
use super::catalog::{PhotoVariantOut, sizes};
use super::problem::Problem;

/// A product to be listed.
#[derive(Deserialize, ToSchema)]
#[serde(default)]
#[derive(Default)]
pub struct NewProduct {
    name: String,
    /// food, drink, herbal, craft, ornamental, tourism.
    group: String,
    /// kg, trái, chai, …
    unit: String,
    /// What the unit holds: `500 ml`.
    unit_note: String,
    /// Đồng for one unit.
    #[serde(deserialize_with = "text")]
    #[schema(value_type = i64)]
    price_vnd: String,
    /// To sell, in units.
    #[serde(deserialize_with = "text")]
    #[schema(value_type = f64)]
    stock: String,
    description: String,
    /// Months of harvest: `4,5,6`.
    season: String,
    /// Weight of one unit as a parcel.
    #[serde(deserialize_with = "text")]
    #[schema(value_type = Option<i64>)]
    weight_grams: String,
    /// Further ways in which it is sold.
    variants: Vec<NewVariantBody>,
}

#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
struct NewVariantBody {
    name: String,
    /// As the product's where it is left out.
    unit: String,
    unit_note: String,
    #[serde(deserialize_with = "text")]
    #[schema(value_type = i64)]
    price_vnd: String,
    #[serde(deserialize_with = "text")]
    #[schema(value_type = f64)]
    stock: String,
    #[serde(deserialize_with = "text")]
    #[schema(value_type = Option<i64>)]
    weight_grams: String,
}

impl NewProduct {
    fn parse(&self) -> Result<(Basics, Pricing, Vec<NewVariant>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let basics = BasicsForm {
            name: self.name.clone(),
            group: self.group.clone(),
            stock: self.stock.clone(),
            description: self.description.clone(),
            season: self.season.clone(),
        }
        .parse()
        .map_err(|more| errors.0.extend(more.0));
        let pricing = PriceForm {
            price_vnd: self.price_vnd.clone(),
            unit: self.unit.clone(),
            unit_note: self.unit_note.clone(),
            weight_grams: self.weight_grams.clone(),
        }
        .parse()
        .map_err(|more| errors.0.extend(more.0));
        let mut variants = Vec::new();
        for (index, body) in self.variants.iter().enumerate() {
            let unit = if body.unit.is_empty() {
                &self.unit
            } else {
                &body.unit
            };
            let form = PriceForm {
                price_vnd: body.price_vnd.clone(),
                unit: unit.clone(),
                unit_note: body.unit_note.clone(),
                weight_grams: body.weight_grams.clone(),
            };
            let mut wrong = FieldErrors::default();
            let name = wrong.line("name", &body.name, 60);
            let stock = parse_stock(&mut wrong, "stock", &body.stock);
            match form.parse() {
                Ok(pricing) => variants.push(NewVariant {
                    name,
                    pricing,
                    stock,
                }),
                Err(more) => wrong.0.extend(more.0),
            }
            errors.0.extend(wrong.0.into_iter().map(|mut error| {
                error.field = format!("variants.{index}.{}", error.field);
                error
            }));
        }
        match (basics, pricing) {
            (Ok(basics), Ok(pricing)) if errors.is_empty() => Ok((basics, pricing, variants)),
            _ => Err(errors),
        }
    }
}

/// A listing in short.
#[derive(Serialize, ToSchema)]
pub struct ListingOut {
    id: String,
    code: String,
    slug: String,
    name: String,
    /// draft, published, paused, archived.
    status: String,
}

async fn listing(site: &Site, caller: &Caller, id: ProductId) -> Result<ListingOut, Problem> {
    let product = queries::by_id(site.store.reader(), id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    Ok(ListingOut {
        id: product.id.to_string(),
        code: product.code,
        slug: product.slug,
        name: product.name,
        status: product.status.as_str().to_owned(),
    })
}

fn invalid(caller: &Caller, errors: FieldErrors) -> Problem {
    Problem::refusal(&caller.headers, &CatalogRefusal::Invalid(errors))
}

fn known(caller: &Caller, id: &str) -> Result<ProductId, Problem> {
    id.parse().map_err(|_| Problem::not_found(&caller.headers))
}

/// Lists a product as a draft. The same `Idempotency-Key` again answers the same product.
#[utoipa::path(
    post, path = "/seller/products", security(("token" = [])), request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header, description = "Chosen by the caller, one for each product it means")),
    responses((status = 201, body = ListingOut), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(site): State<Site>,
    caller: Caller,
    body: Result<Json<NewProduct>, JsonRejection>,
) -> Result<Response, Problem> {
    let seller = caller.desk(Right::List)?;
    let Json(body) = body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let (basics, pricing, variants) = body.parse().map_err(|errors| invalid(&caller, errors))?;
    let scope = format!("POST /seller/products {seller}");
    let key = caller.idempotency_key()?;
    let (scope, basics, pricing, variants) =
        (scope.as_str(), &basics, &pricing, variants.as_slice());
    let id = market::transact!(site.store, &caller.actor, work => {
        if let Some(key) = key
            && let Some(made) = idempotency::made(work, scope, key).await?
        {
            return Ok(ProductId(made));
        }
        let id = commands::create(work, seller, basics, pricing, variants).await?;
        if let Some(key) = key {
            idempotency::keep(work, scope, key, id.0).await?;
        }
        Ok(id)
    })
    .map_err(|failure: Failure<CatalogRefusal>| Problem::failure(&caller.headers, &failure))?;
    Ok((
        StatusCode::CREATED,
        Json(listing(&site, &caller, id).await?),
    )
        .into_response())
}

/// Changes what a listing says, whole: what is left out is emptied.
#[utoipa::path(
    patch, path = "/seller/products/{id}", security(("token" = [])), request_body = NewProduct, params(("id" = String, Path)),
    responses((status = 200, body = ListingOut), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<NewProduct>, JsonRejection>,
) -> Result<Json<ListingOut>, Problem> {
    caller.desk(Right::List)?;
    let id = known(&caller, &id)?;
    let Json(body) = body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let (basics, pricing, _) = body.parse().map_err(|errors| invalid(&caller, errors))?;
    let (basics, pricing) = (&basics, &pricing);
    market::transact!(site.store, &caller.actor, work => {
        commands::save_basics(work, id, basics).await?;
        commands::save_price(work, id, pricing).await
    })
    .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    Ok(Json(listing(&site, &caller, id).await?))
}

/// Hands a listing in; a shop in good standing publishes at once.
#[utoipa::path(
    post, path = "/seller/products/{id}/submit", security(("token" = [])), params(("id" = String, Path)),
    responses((status = 200, body = ListingOut), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn submit(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ListingOut>, Problem> {
    caller.desk(Right::List)?;
    let id = known(&caller, &id)?;
    market::transact!(site.store, &caller.actor, work => commands::publish(work, id).await)
        .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    Ok(Json(listing(&site, &caller, id).await?))
}

/// A photograph that was taken in.
#[derive(Serialize, ToSchema)]
pub struct PhotoAccepted {
    id: String,
    width: i32,
    height: i32,
    variants: Vec<PhotoVariantOut>,
}

/// A photograph, in the field `photo` of a multipart form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct PhotoForm {
    #[schema(value_type = String, format = Binary)]
    photo: Vec<u8>,
}

/// Puts a photograph on a listing; the same one twice is there once.
#[utoipa::path(
    post, path = "/seller/products/{id}/photos", security(("token" = [])), params(("id" = String, Path)),
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, body = PhotoAccepted), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn photo(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
    mut form: Multipart,
) -> Result<Response, Problem> {
    caller.desk(Right::List)?;
    let id = known(&caller, &id)?;
    let seller =
        market::transact!(site.store, &caller.actor, work => commands::seller_of(work, id).await)
            .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    let mut upload = None;
    while let Some(mut field) = form
        .next_field()
        .await
        .map_err(|error| Problem::body(&caller.headers, &error))?
    {
        if field.name() == Some("photo") {
            let upload = upload.insert(site.media.upload());
            while let Some(piece) = field
                .chunk()
                .await
                .map_err(|error| too_large_or_malformed(&caller, &error))?
            {
                upload
                    .push(&piece)
                    .await
                    .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
            }
        }
    }
    let Some(upload) = upload else {
        let mut errors = FieldErrors::default();
        errors.add("photo", "required");
        return Err(invalid(&caller, errors));
    };
    // Not before the form is read: who is still sending may not hear the answer.
    caller.take(&site, &site.limits.upload).await?;
    let picture = media::commands::accept(&site.store, &site.media, &caller.actor, seller, upload)
        .await
        .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    let photo = picture.id;
    market::transact!(site.store, &caller.actor, work => commands::attach_photo(work, id, photo, "").await)
        .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    let answer = PhotoAccepted {
        id: photo.to_string(),
        width: picture.width,
        height: picture.height,
        variants: sizes(&picture),
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn too_large_or_malformed(
    caller: &Caller,
    error: &axum::extract::multipart::MultipartError,
) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::refusal(&caller.headers, &media::PhotoRefusal::TooLarge)
    } else {
        Problem::body(&caller.headers, error)
    }
}

/// Room for the largest photograph that is taken, so that a larger one gets its own refusal.
pub fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(media::MAX_BYTES + 1024 * 1024)
}
