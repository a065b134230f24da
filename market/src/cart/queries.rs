//! Reading a cart: the same few queries whatever it holds.
mod along;

use std::collections::BTreeMap;

use sqlx::{PgExecutor, PgPool};
use time::Date;

use super::{Cart, CartLine, CartPart, LineProblem, problem};
use crate::catalog::{self, Supply, contents, drawn, whole_of};
use crate::kernel::{
    CartId, CommuneId, Fault, HarvestId, PersonId, Quantity, SellerId, VariantId, Vnd, secret,
};
use crate::shipping::{self, Delivery, Parcel, Wish};

pub use along::along;

/// The cart of a person, or where nobody is signed in that of a cookie.
pub async fn find(
    db: impl PgExecutor<'_>,
    person: Option<PersonId>,
    token: Option<&str>,
) -> Result<Option<CartId>, Fault> {
    let id = match (person, token) {
        (Some(person), _) => {
            sqlx::query_scalar!("select id from carts where person_id = $1", person.0)
                .fetch_optional(db)
                .await?
        }
        (None, Some(token)) => {
            sqlx::query_scalar!(
                "select id from carts where token_hash = $1",
                secret::hash(token)
            )
            .fetch_optional(db)
            .await?
        }
        (None, None) => None,
    };
    Ok(id.map(CartId))
}

/// How many lines a cart has that are not kept for later, for the header.
pub async fn count(
    db: impl PgExecutor<'_>,
    person: Option<PersonId>,
    token: Option<&str>,
) -> Result<i64, Fault> {
    if person.is_none() && token.is_none() {
        return Ok(0);
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from cart_lines
           where not is_saved and cart_id = (
               select id from carts where person_id = $1
               union all
               select id from carts where token_hash = $2 and $1::uuid is null)"#,
        person.map(|person| person.0),
        token.map(secret::hash),
    )
    .fetch_one(db)
    .await?;
    Ok(count)
}

/// Where the goods go and how, for the delivery of each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'a> {
    /// On today's map.
    pub commune: CommuneId,
    /// How the buyer wants them; of what nothing is said, as comes cheapest by itself.
    pub wishes: &'a [Wish],
}

/// The cart with today's prices and stock, and delivery where the destination is known.
pub async fn view(
    db: &PgPool,
    cart: CartId,
    today: Date,
    to: Option<Destination<'_>>,
) -> Result<Cart, Fault> {
    filled(db, Lines::Of(cart), today, to).await
}

/// What a shared cart holds, with today's prices and stock; `None` where no link has that code any more.
pub async fn shared(db: &PgPool, code: &str, today: Date) -> Result<Option<Cart>, Fault> {
    let cart = filled(db, Lines::Shared(code), today, None).await?;
    Ok(Some(cart).filter(|cart| !cart.is_empty()))
}

/// Which lines are shown.
#[derive(Clone, Copy)]
enum Lines<'a> {
    Of(CartId),
    Shared(&'a str),
}

/// What the lines before have taken of each stock: a combo and its part by itself are counted together.
#[derive(Default)]
struct Taken(BTreeMap<VariantId, i64>);

impl Taken {
    /// How much of a line's goods the lines before have left; what can be bought of it is taken.
    fn take(&mut self, line: &CartLine) -> Quantity {
        let left = |variant: VariantId, there: Quantity| {
            let taken = self.0.get(&variant).copied().unwrap_or_default();
            Quantity::from_thousandths((there.thousandths() - taken).max(0))
        };
        let available = if line.parts.is_empty() {
            left(line.variant, line.available)
        } else {
            let parts = line.parts.iter();
            let enough =
                parts.map(|part| whole_of(left(part.variant, part.available), part.quantity));
            enough.min().unwrap_or_default()
        };
        if line.quantity <= available {
            if line.parts.is_empty() {
                *self.0.entry(line.variant).or_default() += line.quantity.thousandths();
            }
            for part in &line.parts {
                let drawn = drawn(line.quantity, part.quantity);
                *self.0.entry(part.variant).or_default() += drawn.thousandths();
            }
        }
        available
    }
}

async fn filled(
    db: &PgPool,
    lines: Lines<'_>,
    today: Date,
    to: Option<Destination<'_>>,
) -> Result<Cart, Fault> {
    let (cart, code) = match lines {
        Lines::Of(cart) => (Some(cart.0), None),
        Lines::Shared(code) => (None, Some(code)),
    };
    let rows = sqlx::query!(
        r#"select
            wanted.variant_id as "variant_id!",
            wanted.quantity as "quantity!",
            wanted.seen_vnd,
            wanted.is_saved as "is_saved!",
            products.slug,
            products.name,
            variants.name as variant_name,
            variants.unit,
            variants.unit_note,
            coalesce(variants.price_vnd, 0) as "price_vnd!",
            variants.min_quantity,
            variants.step_quantity,
            variants.ship_grams,
            stock.on_hand - stock.reserved as "available!",
            variants.supply,
            variants.ready_days,
            variants.harvest_id,
            harvests.delivers_from as "delivers_from?",
            harvests.delivers_to as "delivers_to?",
            products.status = 'published' and variants.state = 'offered' and variants.price_vnd is not null as "on_sale!",
            is_selling(sellers) as "shop_sells!",
            sellers.status = 'approved' as "shop_approved!",
            sellers.paused_until,
            sellers.id as seller_id,
            sellers.slug as seller_slug,
            sellers.name as seller_name,
            communes.full_name as commune_name,
            (
                select photo_variants.key
                from product_photos
                join photo_variants on photo_variants.photo_id = product_photos.photo_id
                where product_photos.product_id = products.id and photo_variants.format = 'webp'
                order by product_photos.position, photo_variants.width
                limit 1
            ) as image_key
        from (
            select variant_id, quantity, seen_vnd, is_saved, added_at, 0 as position from cart_lines where cart_id = $1
            union all
            select variant_id, quantity, null, false, null, position from shared_cart_lines where code = $2
        ) as wanted
        join variants on variants.id = wanted.variant_id
        join variant_stock as stock on stock.variant_id = variants.id
        join products on products.id = variants.product_id
        left join harvests on harvests.id = variants.harvest_id
        join sellers on sellers.id = products.seller_id
        join communes on communes.id = sellers.commune_id
        order by wanted.added_at, wanted.position, wanted.variant_id"#,
        cart,
        code,
    )
    .fetch_all(db)
    .await?;
    let variants: Vec<VariantId> = rows.iter().map(|row| VariantId(row.variant_id)).collect();
    let mut combos = catalog::queries::combos(db, &variants).await?;
    let mut taken = Taken::default();
    let mut cart = Cart::default();
    for row in rows {
        let (quantity, available) = (
            Quantity::from_thousandths(row.quantity),
            Quantity::from_thousandths(row.available),
        );
        let (minimum, step) = (
            Quantity::from_thousandths(row.min_quantity),
            Quantity::from_thousandths(row.step_quantity),
        );
        let price = Vnd(row.price_vnd);
        let supply = Supply::of_columns(
            row.variant_id,
            &row.supply,
            row.ready_days,
            row.delivers_from,
            row.delivers_to,
        )?;
        let closed = match (
            row.on_sale && supply.is_open_on(today),
            row.shop_sells,
            row.shop_approved,
        ) {
            (false, ..) => Some(LineProblem::NotOnSale),
            (true, true, _) => None,
            (true, false, true) => Some(LineProblem::ShopPaused(row.paused_until)),
            (true, false, false) => Some(LineProblem::ShopSuspended),
        };
        let parts = combos
            .remove(&VariantId(row.variant_id))
            .unwrap_or_default();
        let mut line = CartLine {
            variant: VariantId(row.variant_id),
            slug: row.slug,
            name: row.name,
            variant_name: row.variant_name,
            unit: row.unit,
            unit_note: if parts.is_empty() {
                row.unit_note
            } else {
                format!("({})", contents(&parts))
            },
            price,
            was: row
                .seen_vnd
                .map(Vnd)
                .filter(|seen| *seen != price && row.on_sale),
            quantity,
            minimum,
            step,
            available,
            line: price.times(quantity).unwrap_or_default(),
            ship_grams: row.ship_grams,
            image_key: row.image_key,
            supply,
            promise: supply.promise(today),
            problem: problem(closed, quantity, available, minimum, step),
            parts,
        };
        if row.is_saved {
            cart.saved.push(line);
            continue;
        }
        if line.problem.is_none() {
            line.available = taken.take(&line);
            line.problem = problem(None, quantity, line.available, minimum, step);
        }
        let (seller, harvest) = (SellerId(row.seller_id), row.harvest_id.map(HarvestId));
        let index = cart
            .parts
            .iter()
            .position(|part| (part.seller, part.harvest) == (seller, harvest))
            .unwrap_or_else(|| {
                cart.parts.push(CartPart {
                    seller,
                    harvest,
                    seller_slug: row.seller_slug,
                    seller_name: row.seller_name,
                    commune_name: row.commune_name,
                    lines: Vec::new(),
                    items: Vnd::ZERO,
                    delivery: Delivery::default(),
                    shipping: None,
                });
                cart.parts.len() - 1
            });
        cart.parts[index].lines.push(line);
    }
    let mut parcels = Vec::new();
    for part in &mut cart.parts {
        let bought = || part.lines.iter().filter(|line| line.problem.is_none());
        let items = bought().map(|line| line.line).sum();
        let grams = shipping::parcel_grams(bought().map(|line| (line.ship_grams, line.quantity)));
        part.items = items;
        if part.is_bought() {
            parcels.push(Parcel {
                seller: part.seller,
                harvest: part.harvest,
                grams,
                items,
                promise: part.promise(),
            });
        } else {
            part.shipping = Some(Vnd::ZERO);
        }
    }
    if let Some(to) = to.filter(|_| !parcels.is_empty()) {
        let sellers: Vec<SellerId> = parcels.iter().map(|parcel| parcel.seller).collect();
        let mut conn = db.acquire().await?;
        let terms = shipping::queries::terms(&mut conn, today, &sellers, to.commune).await?;
        let deliveries = terms.deliver(&parcels, to.wishes, today);
        let bought = cart.parts.iter_mut().filter(|part| part.is_bought());
        for (part, delivery) in bought.zip(deliveries) {
            part.shipping = delivery.taken.as_ref().map(|way| way.fee);
            part.delivery = delivery;
            if part.delivery.ways.is_empty() {
                part.leave_out(LineProblem::NotReached);
            }
        }
    }
    Ok(cart)
}
