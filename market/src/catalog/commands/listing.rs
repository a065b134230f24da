//! What a seller does with a listing: start it, fill it step by step, hand it in, pause, change.
//!
//! What buyers see is changed at once only in what is harmless; the rest waits as a proposal beside it.
use std::iter;

use serde_json::{Map, Value, json};
use sqlx::types::Json;
use time::Duration;
use uuid::Uuid;

use super::content;
use super::offers::{add_offer, count_stock, first_offer, place_offer, save_price};
use crate::catalog::{
    Basics, CatalogRefusal, Content, Difference, LOOKED_AT_WITHIN, ListingReview, NewVariant,
    Pricing, ProductStatus, ReviewKind, ReviewState, queries, sets,
};
use crate::kernel::audit::{Deed, record};
use crate::kernel::calendar::working_days_after;
use crate::kernel::error::broken_row;
use crate::kernel::idempotency::{Key, Made};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::slug;
use crate::kernel::{Failure, Fault, ProductId, Quantity, Right, SellerId, Work};
use crate::sellers::{self, Standing};

pub(super) type Outcome<T> = Result<T, Failure<CatalogRefusal>>;

/// A draft that nothing was typed or photographed for is begun anew after so long.
const UNTOUCHED: Duration = Duration::hours(1);

/// Begins a listing for `seller`: an empty draft, so that nothing typed or photographed is lost. The same key of the
/// form that was sent begins one listing, however often it is pressed.
pub async fn start(work: &mut Work<'_>, seller: SellerId, key: &str) -> Outcome<ProductId> {
    Ok(started(work, seller, key).await?.0)
}

/// Begins a listing with what was written down ahead of it, without a network perhaps. The same key writes one listing,
/// however often it arrives, and leaves alone what became of it meanwhile.
pub async fn write_ahead(
    work: &mut Work<'_>,
    seller: SellerId,
    key: &str,
    basics: &Basics,
    pricing: &Pricing,
) -> Outcome<ProductId> {
    let (product, is_new) = started(work, seller, key).await?;
    if is_new {
        save_basics(work, product, basics).await?;
        save_price(work, product, pricing).await?;
    }
    Ok(product)
}

/// The listing of a key, and whether it was begun just now.
async fn started(work: &mut Work<'_>, seller: SellerId, key: &str) -> Outcome<(ProductId, bool)> {
    may_begin(work, seller).await?;
    let scope = format!("a listing of {seller}");
    let key = Key {
        scope: &scope,
        key,
        sent: "",
    };
    if let Made::Same(product) = key.made(work).await? {
        return Ok((ProductId(product), false));
    }
    let untouched = sqlx::query_scalar!(
        "select id from products
         where seller_id = $1 and status = 'draft' and name = '' and created_at < $2
             and not exists (select from product_photos where product_id = products.id)
             and not exists (select from variants where product_id = products.id)
         limit 1
         for update skip locked",
        seller.0,
        work.now - UNTOUCHED,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let product = match untouched {
        Some(id) => ProductId(id),
        None => begin(work, seller).await?,
    };
    key.keep(work, product.0).await?;
    Ok((product, true))
}

/// Begins a listing that says what another of the same seller says; how much is there is counted anew.
pub async fn duplicate(work: &mut Work<'_>, product: ProductId) -> Outcome<ProductId> {
    let model = open(work, product).await?;
    may_begin(work, model.seller).await?;
    let copy = begin(work, model.seller).await?;
    let mut wanted = model.wanted().clone();
    let listing = open(work, copy).await?;
    for offer in &mut wanted.offers {
        (offer.id, offer.sku) = place_offer(work, copy, Quantity::default()).await?;
    }
    revise(work, listing, "product.duplicated", wanted).await?;
    Ok(copy)
}

async fn may_begin(work: &mut Work<'_>, seller: SellerId) -> Outcome<()> {
    if !work.actor.may(Right::List(seller)) {
        return Err(CatalogRefusal::NotASeller.into());
    }
    let standing = sqlx::query_scalar!("select status from sellers where id = $1", seller.0)
        .fetch_optional(&mut *work.conn)
        .await?;
    // A shop that is still being filled in or looked at may write its goods down already.
    if standing
        .and_then(|standing| Standing::parse(&standing))
        .is_some_and(Standing::may_list)
    {
        Ok(())
    } else {
        Err(CatalogRefusal::ShopSuspended.into())
    }
}

async fn begin(work: &mut Work<'_>, seller: SellerId) -> Outcome<ProductId> {
    let id: ProductId = work.new_id();
    let code = format!("M{:07X}", work.random_bits() & 0x0FFF_FFFF);
    sqlx::query!(
        "insert into products (id, code, seller_id, slug, status, group_code, tax_class, created_at, updated_at)
         values ($1, $2, $3, $4, 'draft', 'food', 'own_produce', $5, $5)",
        id.0,
        code,
        seller.0,
        code.to_lowercase(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let deed = Deed {
        action: "product.started",
        subject_kind: "product",
        subject: id.0,
        before: None,
        after: None,
    };
    record(work, deed).await?;
    Ok(id)
}

/// A listing whose row is locked.
pub(super) struct Listing {
    pub id: ProductId,
    pub seller: SellerId,
    pub status: ProductStatus,
    pub slug: String,
    /// Whether buyers have ever seen it, so that its address is known.
    was_shown: bool,
    /// What its rows say.
    pub live: Content,
    /// What waits or was returned.
    pub review: Option<ListingReview>,
}

impl Listing {
    /// What its seller wants it to say.
    pub(super) fn wanted(&self) -> &Content {
        self.review
            .as_ref()
            .and_then(|review| review.content.as_ref())
            .unwrap_or(&self.live)
    }
}

/// The listing, locked, whoever asks.
pub(super) async fn locked(
    work: &mut Work<'_>,
    product: ProductId,
) -> Result<Option<Listing>, Fault> {
    let row = sqlx::query!(
        r#"select seller_id, status, slug, published_at is not null as "was_shown!" from products where id = $1 for no key update"#,
        product.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Listing {
        id: product,
        seller: SellerId(row.seller_id),
        status: ProductStatus::parse(&row.status)
            .ok_or_else(|| broken_row("products", "status", product))?,
        slug: row.slug,
        was_shown: row.was_shown,
        live: content::load(work.conn, product).await?,
        review: queries::open_review(&mut *work.conn, product).await?,
    }))
}

/// The listing, locked, if the actor sells it and it is not taken off for good.
pub(super) async fn open(work: &mut Work<'_>, product: ProductId) -> Outcome<Listing> {
    let listing = locked(work, product)
        .await?
        .filter(|listing| work.actor.may(Right::List(listing.seller)))
        .ok_or(CatalogRefusal::NotFound)?;
    if listing.status == ProductStatus::Archived {
        return Err(CatalogRefusal::WrongState("archived").into());
    }
    Ok(listing)
}

/// Makes a listing say what its seller wants: at once where nobody sees it yet, and of what is shown in what is
/// harmless for a shop in good standing. The rest is proposed to an officer, and what is shown stays meanwhile.
pub(super) async fn revise(
    work: &mut Work<'_>,
    listing: Listing,
    action: &str,
    wanted: Content,
) -> Outcome<()> {
    let mut live = listing.live.clone();
    let is_shown = listing.status.is_shown();
    let trusted = !is_shown
        || sellers::queries::in_good_standing(work.conn, listing.seller, work.now).await?;
    for difference in listing.live.differences(&wanted) {
        if trusted && (!is_shown || difference.is_harmless(&listing.live, &wanted)) {
            live.take(&difference, &wanted);
        }
    }
    let (before, after) = said(&listing.live, &live);
    if live != listing.live {
        show(work, &listing, &live).await?;
    }
    let waits = live.differences(&wanted);
    let fields: Vec<String> = waits.iter().map(Difference::field).collect();
    match &listing.review {
        // What was proposed is taken back, or no longer differs.
        Some(review) if review.kind == ReviewKind::Change && waits.is_empty() => {
            close(work, listing.id, review, ReviewState::Withdrawn).await?;
        }
        Some(review) if review.kind == ReviewKind::Change => {
            hand_in_again(work, review, Some(&wanted)).await?;
        }
        // Whoever looks at it decides about what it says then.
        Some(review) => {
            sqlx::query!(
                "update listing_reviews set version = version + 1 where id = $1",
                review.id.0
            )
            .execute(&mut *work.conn)
            .await?;
        }
        None if waits.is_empty() => {}
        None => hand_in(work, listing.id, Some(&wanted)).await?,
    }
    let mut after = after;
    if !fields.is_empty() {
        after.insert("proposed".to_owned(), json!(fields.join(", ")));
    }
    changed(work, listing.id, action, before, after).await
}

/// Makes the rows say `live`. The address follows the name until buyers have seen it; after that the old address goes
/// on leading here.
pub(super) async fn show(work: &mut Work<'_>, listing: &Listing, live: &Content) -> Outcome<()> {
    if live.name != listing.live.name && !live.name.is_empty() {
        let slug = free_slug(work, listing.id, &live.name).await?;
        if slug != listing.slug && listing.was_shown {
            sqlx::query!(
                "insert into product_former_slugs (slug, product_id) values ($1, $2) on conflict (slug) do update set product_id = excluded.product_id",
                listing.slug,
                listing.id.0,
            )
            .execute(&mut *work.conn)
            .await?;
        }
        sqlx::query!(
            "update products set slug = $2 where id = $1",
            listing.id.0,
            slug
        )
        .execute(&mut *work.conn)
        .await?;
    }
    content::write(work, listing.id, &listing.live, live).await
}

/// What two versions say where they differ, for the record.
pub(super) fn said(before: &Content, after: &Content) -> (Option<Value>, Map<String, Value>) {
    let fields = |content: &Content| -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!(content.name));
        fields.insert("group".to_owned(), json!(content.group.as_str()));
        fields.insert(
            "set".to_owned(),
            json!(content.set.as_ref().map(|set| set.number)),
        );
        fields.insert("description".to_owned(), json!(content.description));
        fields.insert("photos".to_owned(), json!(content.photos.len()));
        for (code, value) in &content.facts {
            fields.insert(format!("fact_{code}"), json!(value));
        }
        for offer in &content.offers {
            let name = |field: &str| match content.offers.len() {
                1 => field.to_owned(),
                _ => format!("{field} {}", offer.sku),
            };
            fields.insert(name("price_vnd"), json!(offer.price));
            fields.insert(name("unit"), json!(offer.unit));
        }
        fields
    };
    let (was, is) = (fields(before), fields(after));
    let differing =
        |these: &Map<String, Value>, others: &Map<String, Value>| -> Map<String, Value> {
            these
                .iter()
                .filter(|(name, value)| others.get(*name) != Some(value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
    let before_fields = differing(&was, &is);
    let before = (!before.name.is_empty() && !before_fields.is_empty())
        .then_some(Value::Object(before_fields));
    (before, differing(&is, &was))
}

/// What a change of a listing ends with: its record, and the news for search and caches.
pub(super) async fn changed(
    work: &mut Work<'_>,
    product: ProductId,
    action: &str,
    before: Option<Value>,
    after: Map<String, Value>,
) -> Outcome<()> {
    sqlx::query!(
        "update products set updated_at = $2 where id = $1",
        product.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    let deed = Deed {
        action,
        subject_kind: "product",
        subject: product.0,
        before,
        after: Some(Value::Object(after)),
    };
    record(work, deed).await?;
    // What is sold in combos with it may be there or not, as it is.
    let combos = queries::products_with(&mut *work.conn, &[product]).await?;
    let news: Vec<Uuid> = iter::once(product)
        .chain(combos)
        .map(|product| product.0)
        .collect();
    tell(work, Topic::ProductChanged, &news).await?;
    Ok(())
}

async fn hand_in(
    work: &mut Work<'_>,
    product: ProductId,
    wanted: Option<&Content>,
) -> Result<(), Fault> {
    let id: Uuid = work.new_id();
    let kind = if wanted.is_some() {
        ReviewKind::Change
    } else {
        ReviewKind::First
    };
    let today = work.today();
    let decide_by = working_days_after(work.conn, today, LOOKED_AT_WITHIN).await?;
    sqlx::query!(
        "insert into listing_reviews (id, product_id, kind, state, content, handed_in_at, handed_in_by, decide_by)
         values ($1, $2, $3, 'waiting', $4, $5, $6, $7)",
        id,
        product.0,
        kind.as_str(),
        wanted.map(Json) as _,
        work.now,
        work.actor.person.map(|person| person.0),
        decide_by,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Something is handed in that waits already, or was returned: what waited keeps its place.
async fn hand_in_again(
    work: &mut Work<'_>,
    review: &ListingReview,
    wanted: Option<&Content>,
) -> Result<(), Fault> {
    let (mut at, mut decide_by) = (review.handed_in_at, review.decide_by);
    if review.state == ReviewState::Returned {
        let today = work.today();
        at = work.now;
        decide_by = working_days_after(work.conn, today, LOOKED_AT_WITHIN).await?;
    }
    sqlx::query!(
        "update listing_reviews set
             state = 'waiting', version = version + 1, content = $2, reasons = '[]', handed_in_at = $3, handed_in_by = $4, decide_by = $5
         where id = $1",
        review.id.0,
        wanted.map(Json) as _,
        at,
        work.actor.person.map(|person| person.0),
        decide_by,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Ends what waits. Ways of selling that were proposed with it and are not on offer now never will be.
pub(super) async fn close(
    work: &mut Work<'_>,
    product: ProductId,
    review: &ListingReview,
    state: ReviewState,
) -> Result<(), Fault> {
    sqlx::query!(
        "update listing_reviews set state = $2 where id = $1",
        review.id.0,
        state.as_str(),
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update variants set state = 'archived' where product_id = $1 and state = 'proposed'",
        product.0
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Keeps "what and how much".
pub async fn save_basics(work: &mut Work<'_>, product: ProductId, basics: &Basics) -> Outcome<()> {
    let mut listing = open(work, product).await?;
    let first = first_offer(work, &mut listing).await?;
    if let Some(stock) = basics.stock {
        count_stock(work, first, stock).await?;
    }
    let mut wanted = listing.wanted().clone();
    wanted.name.clone_from(&basics.name);
    wanted.group = basics.group;
    if basics.set != wanted.set {
        wanted.set.clone_from(&basics.set);
        // Facts of another set are nobody's here.
        let definition = basics.set.as_ref().and_then(sets::named);
        wanted.facts.retain(|code, _| {
            definition.is_none_or(|set| set.facts.iter().any(|(fact, _)| fact.code == *code))
        });
    }
    wanted.is_resold = basics.is_resold;
    wanted.description.clone_from(&basics.description);
    wanted.season_months.clone_from(&basics.season_months);
    revise(work, listing, "product.described", wanted).await
}

/// Keeps the facts of its set, as typed: a fact's code and a value, of which a code may come several times.
pub async fn save_facts(
    work: &mut Work<'_>,
    product: ProductId,
    typed: &[(String, String)],
) -> Outcome<()> {
    let listing = open(work, product).await?;
    let mut wanted = listing.wanted().clone();
    let set = wanted
        .definition()
        .ok_or_else(|| CatalogRefusal::field("set", "choose"))?;
    wanted.facts = set.parse(typed).map_err(CatalogRefusal::Invalid)?;
    revise(work, listing, "product.described", wanted).await
}

/// An address made of the name that no other product has or had.
async fn free_slug(work: &mut Work<'_>, product: ProductId, name: &str) -> Outcome<String> {
    let base = match slug(name) {
        empty if empty.is_empty() => "san-pham".to_owned(),
        base => base,
    };
    let taken = sqlx::query_scalar!(
        r#"select slug as "slug!" from (
             select slug, id as product from products
             union all
             select slug, product_id from product_former_slugs
         ) as slugs
         -- What begins with the base and a dash stands in one piece of the index: a dot comes next.
         where product <> $1 and slug collate "C" >= $2 and slug collate "C" < $2 || '.'
             and (slug = $2 or slug collate "C" >= $2 || '-')"#,
        product.0,
        base,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if !taken.contains(&base) {
        return Ok(base);
    }
    let number = (2u32..10_000)
        .find(|number| !taken.contains(&format!("{base}-{number}")))
        .unwrap_or(2);
    Ok(format!("{base}-{number}"))
}

/// Hands the listing in: an officer looks at it before buyers see it. One that is paused is shown again at once. What
/// is missing is told, field by field.
pub async fn submit(work: &mut Work<'_>, product: ProductId) -> Outcome<ProductStatus> {
    let listing = open(work, product).await?;
    let next = match listing.status {
        ProductStatus::Draft | ProductStatus::Returned => ProductStatus::Submitted,
        ProductStatus::Paused => ProductStatus::Published,
        done => return Ok(done),
    };
    let today = work.today();
    sellers::queries::may_publish(work.conn, listing.seller, today)
        .await
        .map_err(|failure| failure.map(CatalogRefusal::of_shop))?;
    let missing = listing.live.missing();
    if !missing.is_empty() {
        return Err(CatalogRefusal::Invalid(missing).into());
    }
    set_status(work, product, next).await?;
    let action = if next == ProductStatus::Published {
        "product.resumed"
    } else {
        match &listing.review {
            Some(review) => hand_in_again(work, review, None).await?,
            None => hand_in(work, product, None).await?,
        }
        "product.submitted"
    };
    changed(work, product, action, None, Map::new()).await?;
    Ok(next)
}

pub(super) async fn set_status(
    work: &mut Work<'_>,
    product: ProductId,
    status: ProductStatus,
) -> Result<(), Fault> {
    sqlx::query!(
        "update products set
             status = $2, published_at = case when $2 = 'published' then coalesce(published_at, $3) else published_at end
         where id = $1",
        product.0,
        status.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Takes back what waits for an officer: a listing to write on, or what was to change of one that is shown.
pub async fn withdraw(work: &mut Work<'_>, product: ProductId) -> Outcome<()> {
    let listing = open(work, product).await?;
    let Some(review) = &listing.review else {
        return Ok(());
    };
    if review.kind == ReviewKind::First {
        set_status(work, product, ProductStatus::Draft).await?;
    }
    close(work, product, review, ReviewState::Withdrawn).await?;
    changed(work, product, "product.withdrawn", None, Map::new()).await
}

/// Takes the listing off for a while; orders stay.
pub async fn pause(work: &mut Work<'_>, product: ProductId) -> Outcome<()> {
    let listing = open(work, product).await?;
    match listing.status {
        ProductStatus::Paused => return Ok(()),
        ProductStatus::Published => {}
        other => return Err(CatalogRefusal::WrongState(other.as_str()).into()),
    }
    set_status(work, product, ProductStatus::Paused).await?;
    changed(work, product, "product.paused", None, Map::new()).await
}

/// Takes the listing off for good; orders keep what was bought, and its address says that it is no longer sold.
pub async fn archive(work: &mut Work<'_>, product: ProductId) -> Outcome<()> {
    let listing = open(work, product).await?;
    if !listing.status.is_shown() {
        return Err(CatalogRefusal::WrongState(listing.status.as_str()).into());
    }
    if let Some(review) = &listing.review {
        close(work, product, review, ReviewState::Withdrawn).await?;
    }
    set_status(work, product, ProductStatus::Archived).await?;
    changed(work, product, "product.archived", None, Map::new()).await
}

/// A whole listing in one go, as the API and files bring it: a draft until it is submitted.
pub async fn create(
    work: &mut Work<'_>,
    seller: SellerId,
    basics: &Basics,
    pricing: &Pricing,
    more: &[NewVariant],
) -> Outcome<ProductId> {
    may_begin(work, seller).await?;
    let product = begin(work, seller).await?;
    save_basics(work, product, basics).await?;
    save_price(work, product, pricing).await?;
    for variant in more {
        add_offer(work, product, variant).await?;
    }
    Ok(product)
}

/// The seller of a product that the actor may change; for files that are stored before the row.
pub async fn seller_of(work: &mut Work<'_>, product: ProductId) -> Outcome<SellerId> {
    let seller: Option<Uuid> =
        sqlx::query_scalar!("select seller_id from products where id = $1", product.0)
            .fetch_optional(&mut *work.conn)
            .await?;
    seller
        .map(SellerId)
        .filter(|seller| work.actor.may(Right::List(*seller)))
        .ok_or_else(|| CatalogRefusal::NotFound.into())
}
