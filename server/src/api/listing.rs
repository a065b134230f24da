//! A seller's own software lists products.
use std::collections::BTreeMap;

use app::site::Site;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use market::catalog::{
    Basics, BasicsForm, CatalogRefusal, NewVariant, OfferForm, PriceForm, Pricing, Product,
    ReviewState, commands, queries,
};
use market::kernel::idempotency::{Key, Made};
use market::kernel::{Failure, FieldErrors, ProductId, Right};
use market::media;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;
use utoipa::ToSchema;

use super::caller::{Caller, Figure, Given, Object};
use super::catalog::{PhotoVariantOut, sizes};
use super::problem::Problem;

/// A product to be listed.
#[derive(Deserialize, ToSchema)]
pub struct NewProduct {
    #[serde(default)]
    #[schema(required, value_type = String)]
    name: Given<String>,
    /// food, drink, herbal, craft, ornamental, tourism.
    #[serde(default)]
    #[schema(required, value_type = String)]
    group: Given<String>,
    /// Number of the product set; it says the group.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    set: Given<Figure>,
    /// `yes` where it is bought to be sold again, not made by the seller.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    is_resold: Given<String>,
    /// What matters of goods of the set, by the codes of its facts; several choices with commas between.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    facts: Given<BTreeMap<String, String>>,
    /// Further ways in which it is sold.
    #[serde(default)]
    #[schema(value_type = Vec<NewVariantBody>)]
    variants: Given<Vec<Given<Object<NewVariantBody>>>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Given<String>,
    /// Months of harvest: `4,5,6`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    season: Given<String>,
    /// How it is sold first of all.
    #[serde(flatten)]
    sold: Sold,
}

/// A way in which a product is sold.
#[derive(Deserialize, ToSchema)]
struct Sold {
    /// kg, trái, chai, …
    #[serde(default)]
    #[schema(required, value_type = String)]
    unit: Given<String>,
    /// What the unit holds: `500 ml`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    unit_note: Given<String>,
    /// Đồng for one unit.
    #[serde(default)]
    #[schema(required, value_type = i64)]
    price_vnd: Given<Figure>,
    /// To sell, in units.
    #[serde(default)]
    #[schema(required, value_type = f64)]
    stock: Given<Figure>,
    /// Weight of one unit as a parcel.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    weight_grams: Given<Figure>,
    /// The least that is sold, in units.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    minimum: Given<Figure>,
    /// In what steps, in units.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    step: Given<Figure>,
    /// stock, to_order; left out: as it is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    supply: Given<String>,
    /// Days until what is made to order is made.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    ready_days: Given<Figure>,
}

#[derive(Deserialize, ToSchema)]
struct NewVariantBody {
    #[serde(default)]
    #[schema(required, value_type = String)]
    name: Given<String>,
    /// The seller's own number; made from the product's code where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    sku: Given<String>,
    /// Its unit is the product's where it is left out.
    #[serde(flatten)]
    sold: Sold,
}

/// The body of a request, understood.
struct Understood {
    basics: Basics,
    pricing: Pricing,
    variants: Vec<NewVariant>,
    /// Codes of facts and what was typed.
    facts: Vec<(String, String)>,
}

impl NewProduct {
    fn parse(self, today: Date) -> Result<Understood, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (price, stock) = self.sold.read(&mut errors, "");
        let basics = BasicsForm {
            name: self.name.text(&mut errors, "name"),
            group: self.group.text(&mut errors, "group"),
            set: self.set.text(&mut errors, "set"),
            is_resold: self.is_resold.text(&mut errors, "is_resold"),
            stock,
            description: self.description.text(&mut errors, "description"),
            season: self.season.text(&mut errors, "season"),
        }
        .parse(today)
        .map_err(|more| errors.add_untold(more));
        let pricing = price.parse().map_err(|more| errors.add_untold(more));
        let bodies = self.variants.read(&mut errors, "variants");
        let mut variants = Vec::new();
        for (index, body) in bodies.unwrap_or_default().into_iter().enumerate() {
            let at = format!("variants.{index}");
            if let Some(Object(body)) = body.required(&mut errors, &at) {
                variants.extend(body.parse(&mut errors, &at, &price.unit));
            }
        }
        let facts = self.facts.read(&mut errors, "facts").unwrap_or_default();
        match (basics, pricing) {
            (Ok(basics), Ok(pricing)) if errors.is_empty() => Ok(Understood {
                basics,
                pricing,
                variants,
                facts: facts.into_iter().collect(),
            }),
            _ => Err(errors),
        }
    }
}

impl Sold {
    /// The forms of its price and of its stock, with what has a wrong type noted under `prefix`.
    fn read(self, errors: &mut FieldErrors, prefix: &str) -> (PriceForm, String) {
        let at = |field| format!("{prefix}{field}");
        let price = PriceForm {
            price_vnd: self.price_vnd.text(errors, &at("price_vnd")),
            unit: self.unit.text(errors, &at("unit")),
            unit_note: self.unit_note.text(errors, &at("unit_note")),
            weight_grams: self.weight_grams.text(errors, &at("weight_grams")),
            minimum: self.minimum.text(errors, &at("minimum")),
            step: self.step.text(errors, &at("step")),
            supply: self.supply.text(errors, &at("supply")),
            ready_days: self.ready_days.text(errors, &at("ready_days")),
        };
        (price, self.stock.text(errors, &at("stock")))
    }
}

impl NewVariantBody {
    /// Notes what is wrong under the names below `at`.
    fn parse(self, errors: &mut FieldErrors, at: &str, unit: &str) -> Option<NewVariant> {
        let mut wrong = FieldErrors::default();
        let name = self.name.text(&mut wrong, "name");
        let sku = self.sku.text(&mut wrong, "sku");
        let (mut price, stock) = self.sold.read(&mut wrong, "");
        let has_own_unit = !price.unit.is_empty() || wrong.of("unit").is_some();
        if !has_own_unit {
            unit.clone_into(&mut price.unit);
        }
        let mut typed = FieldErrors::default();
        typed.line("name", &name, 60);
        let form = OfferForm {
            name,
            sku,
            stock,
            price,
        };
        let offer = form.parse().map_err(|more| typed.add_untold(more));
        if !has_own_unit {
            // Told of the product.
            typed.0.retain(|error| error.field != "unit");
        }
        wrong.add_untold(typed);
        let is_right = wrong.is_empty();
        errors.0.extend(wrong.0.into_iter().map(|mut error| {
            error.field = format!("{at}.{}", error.field);
            error
        }));
        offer.ok().filter(|_| is_right)
    }
}

/// A listing in short.
#[derive(Serialize, ToSchema)]
pub struct ListingOut {
    id: String,
    code: String,
    slug: String,
    name: String,
    /// draft, submitted, returned, published, paused, archived.
    status: String,
    /// Of a published one: something that was changed waits to be looked at, or was returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    /// Why it was returned, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<ReasonOut>,
}

/// Why a listing was returned.
#[derive(Serialize, ToSchema)]
pub struct ReasonOut {
    field: String,
    reason: String,
}

async fn listing(site: &Site, caller: &Caller, id: ProductId) -> Result<ListingOut, Problem> {
    let product = queries::by_id(site.store.reader(), id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    let review = queries::open_review(site.store.reader(), id)
        .await
        .map_err(|fault| Problem::fault(&caller.headers, &fault))?;
    let is_shown = product.status.is_shown();
    Ok(ListingOut {
        change: review
            .as_ref()
            .filter(|_| is_shown)
            .map(|review| review.state.as_str().to_owned()),
        reasons: review
            .into_iter()
            .filter(|review| review.state == ReviewState::Returned)
            .flat_map(|review| review.reasons)
            .map(|reason| ReasonOut {
                field: reason.field,
                reason: reason.reason,
            })
            .collect(),
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

/// Lists a product as a draft. The same `Idempotency-Key` with the same body again answers the same product;
/// with another body it is refused.
#[utoipa::path(
    post, path = "/seller/products", security(("token" = [])), request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header, description = "Chosen by the caller, one for each product it means")),
    responses((status = 201, body = ListingOut), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(site): State<Site>,
    caller: Caller,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Response, Problem> {
    let seller = caller.desk(Right::List)?;
    let Json(sent) = body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let scope = format!("POST /seller/products {seller}");
    let as_sent = Value::Object(sent.clone()).to_string();
    let key = caller.idempotency_key()?.map(|key| Key {
        scope: &scope,
        key,
        sent: &as_sent,
    });
    let body = NewProduct::deserialize(Value::Object(sent))
        .map_err(|error| Problem::body(&caller.headers, &error))?;
    let body = &body
        .parse(site.store.today())
        .map_err(|errors| invalid(&caller, errors))?;
    let id = market::transact!(site.store, &caller.actor, work => {
        if let Some(key) = key {
            match key.made(work).await? {
                Made::Nothing => {}
                Made::Same(made) => return Ok(ProductId(made)),
                Made::Another => return Err(CatalogRefusal::KeyReused.into()),
            }
        }
        let id = commands::create(work, seller, &body.basics, &body.pricing, &body.variants).await?;
        if !body.facts.is_empty() {
            commands::save_facts(work, id, &body.facts).await?;
        }
        if let Some(key) = key {
            key.keep(work, id.0).await?;
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

/// Changes what a listing says: what is left out stays as it is, and null empties. Of a published one price, stock and
/// season change at once; the rest waits to be looked at, and `change` says so.
#[utoipa::path(
    patch, path = "/seller/products/{id}", security(("token" = [])), request_body = NewProduct, params(("id" = String, Path)),
    responses((status = 200, body = ListingOut), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(site): State<Site>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<ListingOut>, Problem> {
    let seller = caller.desk(Right::List)?;
    let id = known(&caller, &id)?;
    let Json(mut sent) = body.map_err(|rejection| Problem::json(&caller.headers, &rejection))?;
    let (has_facts, has_stock) = (sent.contains_key("facts"), sent.contains_key("stock"));
    let db = site.store.reader();
    let fault = |fault| Problem::fault(&caller.headers, &fault);
    let shown = queries::by_id(db, id).await.map_err(fault)?;
    let shown = shown
        .filter(|product| product.seller.id == seller)
        .ok_or_else(|| Problem::not_found(&caller.headers))?;
    let (present, _) = queries::wanted(db, &shown).await.map_err(fault)?;
    // The set says the group, and another group another set.
    let (has_set, has_group) = (sent.contains_key("set"), sent.contains_key("group"));
    for (name, value) in present_of(&present) {
        if !(name == "group" && has_set || name == "set" && has_group) {
            sent.entry(name).or_insert(value);
        }
    }
    let body = NewProduct::deserialize(Value::Object(sent))
        .map_err(|error| Problem::body(&caller.headers, &error))?;
    let mut body = body
        .parse(site.store.today())
        .map_err(|errors| invalid(&caller, errors))?;
    if !has_stock {
        // What was read a moment ago may be sold by now.
        body.basics.stock = None;
    }
    let body = &body;
    market::transact!(site.store, &caller.actor, work => {
        commands::save_basics(work, id, &body.basics).await?;
        if has_facts {
            commands::save_facts(work, id, &body.facts).await?;
        }
        commands::save_price(work, id, &body.pricing).await
    })
    .map_err(|failure| Problem::failure(&caller.headers, &failure))?;
    Ok(Json(listing(&site, &caller, id).await?))
}

/// What a listing says now, as a body says it.
fn present_of(product: &Product) -> Map<String, Value> {
    let basics = BasicsForm::of(product);
    let price = product.variants.first().map(OfferForm::of);
    let price = price.map(|offer| offer.price).unwrap_or_default();
    [
        ("name", basics.name),
        ("group", basics.group),
        ("set", basics.set),
        ("is_resold", basics.is_resold),
        ("description", basics.description),
        ("season", basics.season),
        ("stock", basics.stock),
        ("unit", price.unit),
        ("unit_note", price.unit_note),
        ("price_vnd", price.price_vnd),
        ("weight_grams", price.weight_grams),
        ("minimum", price.minimum),
        ("step", price.step),
        ("supply", price.supply),
        ("ready_days", price.ready_days),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), Value::String(value)))
    .collect()
}

/// Hands a listing in: an officer looks at it before buyers see it. One that was paused is shown again at once.
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
    market::transact!(site.store, &caller.actor, work => commands::submit(work, id).await)
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
            let name = field.file_name().unwrap_or_default();
            let upload = upload.insert(site.media.upload().named(name));
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
    market::transact!(site.store, &caller.actor, work => commands::attach_photo(work, id, photo).await)
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
