//! What waits for officers, and what was decided.
use sqlx::types::Json;
use sqlx::{PgExecutor, PgPool};
use time::{Date, OffsetDateTime};

use crate::catalog::{
    Content, ListingReview, Offer, Product, ProductPhoto, ProductSet, Reason, ReviewKind,
    ReviewState, Supply, Variant,
};
use crate::kernel::error::broken_row;
use crate::kernel::{
    CommuneId, Fault, ListingReviewId, PageRequest, PhotoId, ProductId, Quantity, VariantId,
};
use crate::media;

/// What of a product waits for an officer, or was returned by one.
pub async fn open_review(
    db: impl PgExecutor<'_>,
    product: ProductId,
) -> Result<Option<ListingReview>, Fault> {
    let row = sqlx::query!(
        r#"select id, kind, state, version, content as "content: Json<Content>", reasons as "reasons: Json<Vec<Reason>>",
               handed_in_at, decide_by
           from listing_reviews
           where product_id = $1 and state in ('waiting', 'returned')"#,
        product.0
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(ListingReview {
        id: ListingReviewId(row.id),
        kind: ReviewKind::parse(&row.kind)
            .ok_or_else(|| broken_row("listing_reviews", "kind", row.id))?,
        state: ReviewState::parse(&row.state)
            .ok_or_else(|| broken_row("listing_reviews", "state", row.id))?,
        version: row.version,
        content: row.content.map(|content| content.0),
        reasons: row.reasons.0,
        handed_in_at: row.handed_in_at,
        decide_by: row.decide_by,
    }))
}

/// The listing as its seller wants it, and what of it waits for an officer or was returned.
pub async fn wanted(
    db: &PgPool,
    shown: &Product,
) -> Result<(Product, Option<ListingReview>), Fault> {
    let review = open_review(db, shown.id).await?;
    let product = match review.as_ref().and_then(|review| review.content.as_ref()) {
        Some(content) => overlaid(db, shown, content).await?,
        None => shown.clone(),
    };
    Ok((product, review))
}

/// What waits laid over what is shown, with pictures and with stock.
async fn overlaid(db: &PgPool, shown: &Product, content: &Content) -> Result<Product, Fault> {
    let ids: Vec<PhotoId> = content.photos.iter().map(|photo| photo.photo).collect();
    let pictures = media::queries::pictures(db, &ids).await?;
    let variants: Vec<uuid::Uuid> = content.offers.iter().map(|offer| offer.id.0).collect();
    let stock = sqlx::query!(
        r#"select stock.variant_id as "variant_id!", stock.on_hand as "on_hand!", stock.reserved as "reserved!", variants.supply, variants.ready_days,
               harvests.delivers_from as "delivers_from?", harvests.delivers_to as "delivers_to?"
           from variant_stock as stock
           join variants on variants.id = stock.variant_id
           left join harvests on harvests.id = variants.harvest_id
           where stock.variant_id = any($1)"#,
        &variants,
    )
    .fetch_all(db)
    .await?;
    let offered: Vec<VariantId> = content.offers.iter().map(|offer| offer.id).collect();
    let mut combos = super::combos(db, &offered).await?;
    let mut product = shown.clone();
    product.name.clone_from(&content.name);
    product.group = content.group;
    product.set = content.definition().map(|set| ProductSet {
        regime: set.regime.clone(),
        number: set.number,
        name_vi: set.name_vi.clone(),
        name_en: set.name_en.clone(),
    });
    product.is_resold = content.is_resold;
    product.description.clone_from(&content.description);
    product.season_months.clone_from(&content.season_months);
    product.facts.clone_from(&content.facts);
    product.photos = content
        .photos
        .iter()
        .filter_map(|placed| {
            let picture = pictures.iter().find(|picture| picture.id == placed.photo)?;
            Some(ProductPhoto {
                picture: picture.clone(),
                alt: placed.alt.clone(),
                is_drawn: placed.is_drawn,
            })
        })
        .collect();
    product.variants = content
        .offers
        .iter()
        .map(|offer| {
            let row = stock.iter().find(|row| row.variant_id == offer.id.0);
            let (on_hand, reserved) = row.map_or((0, 0), |row| (row.on_hand, row.reserved));
            let supply = row
                .map(|row| {
                    Supply::of_columns(
                        row.variant_id,
                        &row.supply,
                        row.ready_days,
                        row.delivers_from,
                        row.delivers_to,
                    )
                })
                .transpose()?
                .unwrap_or_default();
            Ok(Variant {
                parts: combos.remove(&offer.id).unwrap_or_default(),
                ..variant(offer, on_hand, reserved, supply)
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(product)
}

fn variant(offer: &Offer, on_hand: i64, reserved: i64, supply: Supply) -> Variant {
    Variant {
        id: offer.id,
        sku: offer.sku.clone(),
        name: offer.name.clone(),
        unit: offer.unit.clone(),
        unit_note: offer.unit_note.clone(),
        price: offer.price,
        net_grams: offer.net_grams,
        net_ml: offer.net_ml,
        ship_grams: offer.ship_grams,
        minimum: offer.minimum,
        step: offer.step,
        available: Quantity::from_thousandths(on_hand - reserved),
        on_hand: Quantity::from_thousandths(on_hand),
        supply,
        parts: Vec::new(),
    }
}

/// A line of the officers' queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingListing {
    /// The product.
    pub product: ProductId,
    /// As its seller wants it called.
    pub name: String,
    /// What is looked at.
    pub kind: ReviewKind,
    /// Who sells it.
    pub seller: String,
    /// Where.
    pub commune: String,
    /// UTC.
    pub handed_in_at: OffsetDateTime,
    /// Decided by then.
    pub decide_by: Date,
    /// Key of the smallest cover, of what is shown or is to be.
    pub image_key: Option<String>,
}

/// What waits in some communes, in all where none is named: what must be decided first stands first.
pub async fn waiting(
    db: &PgPool,
    communes: Option<&[CommuneId]>,
    page: PageRequest,
) -> Result<Vec<WaitingListing>, Fault> {
    let communes: Option<Vec<i32>> =
        communes.map(|communes| communes.iter().map(|commune| commune.0).collect());
    let rows = sqlx::query!(
        r#"select
            products.id,
            coalesce(listing_reviews.content ->> 'name', products.name) as "name!",
            listing_reviews.kind,
            sellers.name as seller,
            communes.full_name as commune,
            listing_reviews.handed_in_at,
            listing_reviews.decide_by,
            (
                select photo_variants.key
                from product_photos
                join photo_variants on photo_variants.photo_id = product_photos.photo_id
                where product_photos.product_id = products.id and photo_variants.format = 'webp'
                order by product_photos.position, photo_variants.width
                limit 1
            ) as image_key
        from listing_reviews
        join products on products.id = listing_reviews.product_id
        join sellers on sellers.id = products.seller_id
        join communes on communes.id = sellers.commune_id
        where listing_reviews.state = 'waiting' and ($1::integer[] is null or sellers.commune_id = any($1))
        order by listing_reviews.handed_in_at, listing_reviews.id
        offset $2 limit $3"#,
        communes.as_deref(),
        page.offset(),
        page.limit(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WaitingListing {
                product: ProductId(row.id),
                name: row.name,
                kind: ReviewKind::parse(&row.kind)
                    .ok_or_else(|| broken_row("listing_reviews", "kind", row.id))?,
                seller: row.seller,
                commune: row.commune,
                handed_in_at: row.handed_in_at,
                decide_by: row.decide_by,
                image_key: row.image_key,
            })
        })
        .collect()
}

/// How much waits in some communes, in all where none is named.
pub async fn waiting_count(db: &PgPool, communes: Option<&[CommuneId]>) -> Result<i64, Fault> {
    let communes: Option<Vec<i32>> =
        communes.map(|communes| communes.iter().map(|commune| commune.0).collect());
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from listing_reviews
           join products on products.id = listing_reviews.product_id
           join sellers on sellers.id = products.seller_id
           where listing_reviews.state = 'waiting' and ($1::integer[] is null or sellers.commune_id = any($1))"#,
        communes.as_deref(),
    )
    .fetch_one(db)
    .await?)
}

/// A decision about a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingDecision {
    /// UTC.
    pub at: OffsetDateTime,
    /// Approved, or returned.
    pub state: ReviewState,
    /// Who decided.
    pub officer: Option<String>,
    /// As buyers saw it then; nothing before the first time.
    pub before: Option<Content>,
    /// As it was looked at.
    pub after: Content,
    /// Where it was returned.
    pub reasons: Vec<Reason>,
}

/// What was decided about a listing, the last first.
pub async fn decisions(db: &PgPool, product: ProductId) -> Result<Vec<ListingDecision>, Fault> {
    let rows = sqlx::query!(
        r#"select
            listing_decisions.id,
            listing_decisions.at,
            listing_decisions.decision,
            people.name as "officer?",
            listing_decisions.before as "before: Json<Content>",
            listing_decisions.after as "after: Json<Content>",
            listing_decisions.reasons as "reasons: Json<Vec<Reason>>"
        from listing_reviews
        join listing_decisions on listing_decisions.review_id = listing_reviews.id
        left join people on people.id = listing_decisions.person_id
        where listing_reviews.product_id = $1
        order by listing_decisions.id desc
        limit 50"#,
        product.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ListingDecision {
                at: row.at,
                state: ReviewState::parse(&row.decision)
                    .ok_or_else(|| broken_row("listing_decisions", "decision", row.id))?,
                officer: row.officer,
                before: row.before.map(|content| content.0),
                after: row.after.0,
                reasons: row.reasons.0,
            })
        })
        .collect()
}
