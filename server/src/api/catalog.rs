//! Finding and reading products.
use std::collections::BTreeMap;

use app::site::Site;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use market::catalog::queries::{ProductAt, by_slug};
use market::catalog::sets::SetDefinition;
use market::catalog::{Product, Supply, price_of_parts, sets};
use market::certificates::marks;
use market::kernel::Quantity;
use market::kernel::time::iso_day;
use market::media::Picture;
use market::search::{Facets, Found, Hit, understand};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// A quantity as JSON has it: the decimal number of units.
#[expect(
    clippy::cast_precision_loss,
    reason = "quantities stay far below 2^53 thousandths"
)]
pub fn decimal(quantity: Quantity) -> f64 {
    quantity.thousandths() as f64 / 1000.0
}

/// A page of products.
#[derive(Serialize, ToSchema)]
pub struct ProductList {
    items: Vec<Item>,
    total: i64,
    /// So many were found that a part of them was counted: total and facets are about right.
    is_estimate: bool,
    page: u32,
    per_page: u32,
    facets: FacetsOut,
    engine: String,
    /// What was searched instead, where slips were mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<String>,
    /// Nothing has all that was asked for; the items have a part of it.
    near: bool,
}

/// A product of a list.
#[derive(Serialize, ToSchema)]
struct Item {
    id: String,
    code: String,
    slug: String,
    name: String,
    seller: SellerOut,
    group: String,
    stars: Option<u8>,
    commune: CommuneOut,
    price_vnd: i64,
    unit: String,
    in_stock: bool,
    image: Option<String>,
}

/// A seller in short.
#[derive(Serialize, ToSchema)]
pub struct SellerOut {
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
}

/// A commune of today's map.
#[derive(Serialize, ToSchema)]
struct CommuneOut {
    code: String,
    name: String,
}

/// How many products each choice would show.
#[derive(Serialize, ToSchema)]
struct FacetsOut {
    group: Vec<Count>,
    /// Numbers of product sets.
    set: Vec<Count>,
    stars: Vec<Count>,
    /// Marks beside OCOP that are valid today.
    mark: Vec<Count>,
    /// What matters of goods of the groups or sets that are asked for: `keeping:cool`.
    facts: Vec<Count>,
    commune: Vec<Count>,
    seller_kind: Vec<Count>,
    in_season: i64,
}

#[derive(Serialize, ToSchema)]
struct Count {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    count: i64,
}

impl Count {
    fn new(value: impl ToString, count: i64) -> Self {
        Self {
            value: value.to_string(),
            label: None,
            count,
        }
    }
}

/// What can be asked of the list; several values with commas or by repeating.
#[derive(Deserialize, IntoParams)]
#[expect(dead_code, reason = "describes what `search::understand` reads")]
struct ListParams {
    /// Text, as typed.
    q: Option<String>,
    /// food, drink, herbal, craft, ornamental, tourism.
    group: Option<String>,
    /// Numbers of product sets, as `/sets` has them.
    set: Option<String>,
    /// 3, 4, 5.
    stars: Option<String>,
    /// Marks beside OCOP that are valid today: vietgap, globalgap, organic, haccp.
    mark: Option<String>,
    /// What matters of goods of their set, for facts that `/sets` marks as filters: `keeping:cool`. Several values of
    /// one fact mean any of them.
    facts: Option<String>,
    /// 5-digit codes on today's map; one that only the map of before July 2025 has stands for what it became.
    commune: Option<String>,
    /// Slugs.
    seller: Option<String>,
    /// household, cooperative, enterprise.
    seller_kind: Option<String>,
    /// Đồng a unit at least.
    min_vnd: Option<i64>,
    /// Đồng a unit at most.
    max_vnd: Option<i64>,
    /// true: only what is in season.
    in_season: Option<bool>,
    /// relevance, newest, price, -price, sold.
    sort: Option<String>,
    /// From 1 to 10000; past the last page there are no items.
    page: Option<u32>,
    /// 1 to 100.
    per_page: Option<u32>,
}

/// Products, found, filtered, sorted, a page at a time.
#[utoipa::path(get, path = "/products", params(ListParams), responses((status = 200, body = ProductList), (status = 422, body = Problem)))]
pub async fn products(
    State(site): State<Site>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<ProductList>, Problem> {
    let asked = understand(site.store.reader(), &pairs)
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?;
    if !asked.errors.is_empty() {
        return Err(Problem::fields(&headers, &asked.errors));
    }
    let found = site
        .search
        .search(&asked.query)
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?;
    Ok(Json(list(found)))
}

fn list(found: Found) -> ProductList {
    ProductList {
        total: found.facets.total,
        is_estimate: found.facets.is_estimate,
        page: found.page.page,
        per_page: found.page.per_page,
        facets: facets(&found.facets),
        engine: found.engine.to_owned(),
        instead: found.understanding.instead,
        near: found.understanding.is_near,
        items: found.hits.into_iter().map(item).collect(),
    }
}

fn item(hit: Hit) -> Item {
    Item {
        id: hit.product_id.to_string(),
        code: hit.code,
        slug: hit.slug,
        name: hit.name,
        seller: SellerOut {
            slug: hit.seller.slug,
            name: hit.seller.name,
        },
        group: hit.group.as_str().to_owned(),
        stars: hit.stars,
        commune: CommuneOut {
            code: hit.commune_code,
            name: hit.commune_name,
        },
        price_vnd: hit.price.0,
        unit: hit.unit,
        in_stock: hit.in_stock,
        image: hit.image.as_ref().and_then(address),
    }
}

/// The address of a picture's middling size.
fn address(picture: &Picture) -> Option<String> {
    picture
        .variants
        .iter()
        .min_by_key(|variant| variant.width.abs_diff(640))
        .map(|variant| app::routes::media(&variant.key))
}

fn facets(facets: &Facets) -> FacetsOut {
    FacetsOut {
        group: facets
            .groups
            .iter()
            .map(|(group, count)| Count::new(group.as_str(), *count))
            .collect(),
        set: facets
            .sets
            .iter()
            .map(|(number, count)| {
                let set = sets::all().iter().find(|set| set.number == *number);
                labelled(number, set.map(|set| set.name_vi.clone()), *count)
            })
            .collect(),
        mark: facets
            .marks
            .iter()
            .map(|(code, count)| {
                let kind = marks::named(code);
                labelled(code, kind.map(|kind| kind.name_vi.clone()), *count)
            })
            .collect(),
        facts: facets
            .facts
            .iter()
            .map(|(said, count)| {
                let fact = sets::fact(&said.fact);
                let choice = fact.and_then(|fact| {
                    let mut choices = fact.choices().iter();
                    choices.find(|choice| choice.code == said.value)
                });
                labelled(said, choice.map(|choice| choice.name_vi.clone()), *count)
            })
            .collect(),
        stars: facets
            .stars
            .iter()
            .map(|(stars, count)| Count::new(stars, *count))
            .collect(),
        commune: facets
            .communes
            .iter()
            .map(|commune| Count {
                label: Some(commune.name.clone()),
                ..Count::new(&commune.code, commune.count)
            })
            .collect(),
        seller_kind: facets
            .seller_kinds
            .iter()
            .map(|(kind, count)| Count::new(kind.as_str(), *count))
            .collect(),
        in_season: facets.in_season,
    }
}

fn labelled(value: impl ToString, label: Option<String>, count: i64) -> Count {
    Count {
        label,
        ..Count::new(value, count)
    }
}

/// A product with all that its page shows.
#[derive(Serialize, ToSchema)]
pub struct ProductOut {
    id: String,
    code: String,
    slug: String,
    name: String,
    description: String,
    group: String,
    set: Option<SetOut>,
    /// Bought to be sold again.
    is_resold: bool,
    /// What matters of goods of the set, by the codes of `/sets`.
    facts: BTreeMap<String, String>,
    seller: SellerOut,
    commune: CommuneOut,
    /// Of a certificate that is valid today.
    stars: Option<u8>,
    certificate: Option<CertificateOut>,
    /// Marks beside OCOP that are valid today.
    marks: Vec<MarkOut>,
    season: SeasonOut,
    variants: Vec<VariantOut>,
    photos: Vec<PhotoOut>,
    /// Not rated yet.
    rating: Option<f64>,
    is_sample: bool,
}

#[derive(Serialize, ToSchema)]
struct SetOut {
    number: u8,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct CertificateOut {
    code: String,
    number: String,
    issuer: String,
    stars: u8,
    decided_on: String,
    valid_to: String,
    valid: bool,
}

/// A mark beside OCOP.
#[derive(Serialize, ToSchema)]
struct MarkOut {
    /// vietgap, globalgap, organic, haccp.
    mark: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    /// In `/chung-nhan/{code}`.
    code: String,
    number: String,
    issuer: String,
    valid_from: String,
    /// The last day on which it is valid.
    valid_to: String,
}

#[derive(Serialize, ToSchema)]
struct SeasonOut {
    /// 1 to 12; empty: all year.
    months: Vec<u8>,
    in_season: bool,
}

#[derive(Serialize, ToSchema)]
struct VariantOut {
    id: String,
    sku: String,
    name: String,
    price_vnd: Option<i64>,
    unit: String,
    unit_note: String,
    available: f64,
    minimum: f64,
    step: f64,
    /// stock, to_order, pre_order.
    supply: String,
    /// Days until what is made to order is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_days: Option<u8>,
    /// What is ordered ahead is delivered from that day, `2026-12-24`,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivers_from: Option<String>,
    /// to that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivers_to: Option<String>,
    /// What one of it holds, where it is made of other goods of the shop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<ComboPartOut>,
    /// What the parts cost bought one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts_vnd: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct ComboPartOut {
    variant_id: String,
    name: String,
    unit: String,
    quantity: f64,
}

#[derive(Serialize, ToSchema)]
struct PhotoOut {
    alt: String,
    is_drawn: bool,
    variants: Vec<PhotoVariantOut>,
}

/// One size of a photograph.
#[derive(Serialize, ToSchema)]
pub struct PhotoVariantOut {
    width: i32,
    height: i32,
    format: String,
    url: String,
}

/// The sizes of a picture.
pub fn sizes(picture: &Picture) -> Vec<PhotoVariantOut> {
    picture
        .variants
        .iter()
        .map(|variant| PhotoVariantOut {
            width: variant.width,
            height: variant.height,
            format: variant.format.as_str().to_owned(),
            url: app::routes::media(&variant.key),
        })
        .collect()
}

/// One product, by its slug; an old slug leads to the new one.
#[utoipa::path(get, path = "/products/{slug}", params(("slug" = String, Path)), responses((status = 200, body = ProductOut), (status = 404, body = Problem)))]
pub async fn product(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    match by_slug(site.store.reader(), &slug)
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?
    {
        Some(ProductAt::Here(product)) if product.is_on_sale() => {
            Ok(Json(product_out(*product, site.store.today())).into_response())
        }
        Some(ProductAt::Moved(slug)) => {
            Ok(Redirect::permanent(&format!("/api/v1/products/{slug}")).into_response())
        }
        _ => Err(Problem::not_found(&headers)),
    }
}

fn product_out(product: Product, today: time::Date) -> ProductOut {
    ProductOut {
        stars: product.stars_on(today),
        certificate: product
            .certificate
            .as_ref()
            .filter(|certificate| certificate.is_valid_on(today))
            .map(|certificate| CertificateOut {
                code: certificate.code.clone(),
                number: certificate.number.clone(),
                issuer: certificate.issuer.clone(),
                stars: certificate.stars,
                decided_on: iso_day(certificate.decided_on),
                valid_to: iso_day(certificate.valid_to),
                valid: true,
            }),
        marks: product
            .marks_on(today)
            .map(|mark| MarkOut {
                mark: &mark.kind.code,
                name_vi: &mark.kind.name_vi,
                name_en: &mark.kind.name_en,
                code: mark.code.clone(),
                number: mark.number.clone(),
                issuer: mark.issuer.clone(),
                valid_from: iso_day(mark.decided_on),
                valid_to: iso_day(mark.valid_to),
            })
            .collect(),
        season: SeasonOut {
            months: product.season_months.clone(),
            in_season: product.in_season_on(today),
        },
        id: product.id.to_string(),
        code: product.code,
        slug: product.slug,
        name: product.name,
        description: product.description,
        group: product.group.as_str().to_owned(),
        set: product.set.map(|set| SetOut {
            number: set.number,
            name: set.name_vi,
        }),
        is_resold: product.is_resold,
        facts: product.facts,
        seller: SellerOut {
            slug: product.seller.slug,
            name: product.seller.name,
        },
        commune: CommuneOut {
            code: product.seller.commune_code,
            name: product.seller.commune_name,
        },
        variants: product
            .variants
            .into_iter()
            .map(|variant| {
                let delivered = match variant.supply {
                    Supply::PreOrder { delivered } => Some(delivered),
                    Supply::Stock | Supply::ToOrder { .. } => None,
                };
                VariantOut {
                    parts_vnd: price_of_parts(&variant.parts).map(|sum| sum.0),
                    parts: variant
                        .parts
                        .into_iter()
                        .map(|part| ComboPartOut {
                            variant_id: part.variant.to_string(),
                            name: part.name,
                            unit: part.unit,
                            quantity: decimal(part.quantity),
                        })
                        .collect(),
                    supply: variant.supply.as_str().to_owned(),
                    ready_days: variant.supply.ready_days(),
                    delivers_from: delivered.map(|days| iso_day(days.from)),
                    delivers_to: delivered.map(|days| iso_day(days.to)),
                    id: variant.id.to_string(),
                    sku: variant.sku,
                    name: variant.name,
                    price_vnd: variant.price.map(|price| price.0),
                    unit: variant.unit,
                    unit_note: variant.unit_note,
                    available: decimal(variant.available),
                    minimum: decimal(variant.minimum),
                    step: decimal(variant.step),
                }
            })
            .collect(),
        photos: product
            .photos
            .into_iter()
            .map(|photo| PhotoOut {
                variants: sizes(&photo.picture),
                alt: photo.alt,
                is_drawn: photo.is_drawn,
            })
            .collect(),
        rating: None,
        is_sample: product.is_sample,
    }
}

/// A product set with what matters of its goods.
#[derive(Serialize, ToSchema)]
pub struct SetDefinitionOut {
    number: u8,
    group: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    /// The decision that defines it.
    regime: &'static str,
    /// Of goods that their seller made: own_produce, processed, service.
    tax_class: &'static str,
    facts: Vec<FactOut>,
}

/// Something that matters of goods of a set.
#[derive(Serialize, ToSchema)]
struct FactOut {
    /// Its key in the `facts` of a product.
    code: &'static str,
    name_vi: &'static str,
    name_en: &'static str,
    /// Whether goods of the set can't be handed in without it.
    required: bool,
    /// text, long, number, choice, choices.
    kind: &'static str,
    /// Whether the list of products is filtered by it.
    filter: bool,
    /// The codes to choose from.
    choices: Vec<&'static str>,
}

/// The product sets of today, and what the form, the page and this API say of goods in each.
#[utoipa::path(get, path = "/sets", responses((status = 200, body = Vec<SetDefinitionOut>)))]
pub async fn product_sets(State(site): State<Site>) -> Json<Vec<SetDefinitionOut>> {
    let definition = |set: &'static SetDefinition| SetDefinitionOut {
        number: set.number,
        group: set.group.as_str(),
        name_vi: &set.name_vi,
        name_en: &set.name_en,
        regime: &set.regime,
        tax_class: &set.tax_class,
        facts: set
            .facts
            .iter()
            .map(|(fact, required)| FactOut {
                code: &fact.code,
                name_vi: &fact.name_vi,
                name_en: &fact.name_en,
                required: *required,
                kind: fact.kind.as_str(),
                filter: fact.is_facet,
                choices: fact
                    .choices()
                    .iter()
                    .map(|choice| choice.code.as_str())
                    .collect(),
            })
            .collect(),
    };
    Json(sets::of_day(site.store.today()).map(definition).collect())
}

/// What may be meant by a text that is still being typed.
#[derive(Serialize, ToSchema)]
pub struct SuggestionsOut {
    products: Vec<SellerOut>,
    sellers: Vec<SellerOut>,
    categories: Vec<String>,
    communes: Vec<CommuneOut>,
}

#[derive(Deserialize, IntoParams)]
pub struct SuggestParams {
    /// What is typed so far.
    #[serde(default)]
    q: String,
}

/// Suggestions while typing.
#[utoipa::path(get, path = "/search/suggest", params(SuggestParams), responses((status = 200, body = SuggestionsOut)))]
pub async fn suggest(
    State(site): State<Site>,
    headers: HeaderMap,
    Query(params): Query<SuggestParams>,
) -> Result<impl IntoResponse, Problem> {
    let text: String = params.q.chars().take(200).collect();
    let found = site
        .search
        .suggest(&text, 6)
        .await
        .map_err(|fault| Problem::fault(&headers, &fault))?;
    let out = SuggestionsOut {
        products: found
            .products
            .into_iter()
            .map(|product| SellerOut {
                slug: product.slug,
                name: product.name,
            })
            .collect(),
        sellers: found
            .sellers
            .into_iter()
            .map(|seller| SellerOut {
                slug: seller.slug,
                name: seller.name,
            })
            .collect(),
        categories: found
            .categories
            .into_iter()
            .map(|group| group.as_str().to_owned())
            .collect(),
        communes: found
            .communes
            .into_iter()
            .map(|commune| CommuneOut {
                code: commune.code,
                name: commune.name,
            })
            .collect(),
    };
    // Typed again, or by somebody else, it need not travel.
    Ok(([(CACHE_CONTROL, "public, max-age=60")], Json(out)))
}
