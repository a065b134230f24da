//! Putting things into a cart and taking them out.
use uuid::Uuid;

use super::{CartRefusal, MAX_LINES, queries};
use crate::kernel::{CartId, Failure, Fault, PersonId, Quantity, VariantId, Work, secret};

type Outcome<T> = Result<T, Failure<CartRefusal>>;

/// A shared cart is kept for so long.
const SHARED_FOR: time::Duration = time::Duration::days(60);

/// The actor's own cart, a guest's by the cookie `token`; a new one where there is none, of a guest with the token for a
/// new cookie.
pub async fn find_or_open(
    work: &mut Work<'_>,
    token: Option<&str>,
) -> Result<(CartId, Option<String>), Fault> {
    if let Some(person) = work.actor.person {
        return Ok((own(work, person).await?, None));
    }
    if let Some(id) = queries::find(&mut *work.conn, None, token).await? {
        return Ok((id, None));
    }
    let id: CartId = work.new_id();
    let token = secret::new_token();
    sqlx::query!(
        "insert into carts (id, token_hash, created_at, updated_at) values ($1, $2, $3, $3)",
        id.0,
        secret::hash(&token),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok((id, Some(token)))
}

/// The cart of a person, on whatever device.
async fn own(work: &mut Work<'_>, person: PersonId) -> Result<CartId, Fault> {
    let id: CartId = work.new_id();
    let id = sqlx::query_scalar!(
        "insert into carts (id, person_id, created_at, updated_at) values ($1, $2, $3, $3)
         on conflict (person_id) do update set updated_at = excluded.updated_at
         returning id",
        id.0,
        person.0,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(CartId(id))
}

/// Puts what a guest has collected into the cart of the person who has signed in; of what both have the more. The
/// guest's cart is gone: whoever uses the device next begins anew.
pub async fn join(work: &mut Work<'_>, token: &str) -> Result<(), Fault> {
    let Some(person) = work.actor.person else {
        return Ok(());
    };
    let guests = sqlx::query_scalar!(
        "select id from carts where token_hash = $1 for update",
        secret::hash(token)
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(guests) = guests else {
        return Ok(());
    };
    let own = own(work, person).await?;
    sqlx::query!(
        "insert into cart_lines (cart_id, variant_id, quantity, added_at, seen_vnd, is_saved)
         select $2, variant_id, quantity, added_at, seen_vnd, is_saved
         from (
             select guests.*, row_number() over (order by own.variant_id is null, guests.is_saved, guests.added_at) as place,
                 own.variant_id is not null as is_both
             from cart_lines as guests
             left join cart_lines as own on own.cart_id = $2 and own.variant_id = guests.variant_id
             where guests.cart_id = $1
         ) as guests
         -- A cart holds no more than it does.
         where is_both or place <= $3 - (select count(*) from cart_lines where cart_id = $2)
         on conflict (cart_id, variant_id) do update set
             quantity = case
                 when cart_lines.is_saved = excluded.is_saved then greatest(cart_lines.quantity, excluded.quantity)
                 when cart_lines.is_saved then excluded.quantity
                 else cart_lines.quantity end,
             is_saved = cart_lines.is_saved and excluded.is_saved",
        guests,
        own.0,
        i64::try_from(MAX_LINES).map_err(Fault::new)?,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!("delete from carts where id = $1", guests)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Puts `quantity` more of a variant into the cart. What is more than the shop has stays in the cart and is
/// said there; only what is not on sale at all is refused.
pub async fn add(
    work: &mut Work<'_>,
    cart: CartId,
    variant: VariantId,
    quantity: Quantity,
) -> Outcome<()> {
    let row = sqlx::query!(
        r#"select products.status = 'published' and variants.state = 'offered' and is_selling(sellers)
                   and (harvests.id is null or harvests.delivers_to >= $2) as "on_sale!",
               variants.min_quantity, variants.step_quantity, variants.unit, variants.price_vnd
           from variants
           join products on products.id = variants.product_id
           left join harvests on harvests.id = variants.harvest_id
           join sellers on sellers.id = products.seller_id
           where variants.id = $1"#,
        variant.0,
        work.today(),
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let row = row
        .filter(|row| row.on_sale)
        .ok_or(CartRefusal::NotOnSale)?;
    let minimum = Quantity::from_thousandths(row.min_quantity);
    let step = Quantity::from_thousandths(row.step_quantity);
    if !quantity.fits(minimum, step) {
        return Err(CartRefusal::not_a_step(minimum, step, &row.unit).into());
    }
    has_room(work, cart, &[variant]).await?;
    sqlx::query!(
        "insert into cart_lines (cart_id, variant_id, quantity, added_at, seen_vnd) values ($1, $2, $3, $4, $6)
         on conflict (cart_id, variant_id) do update set
             quantity = case when cart_lines.is_saved then excluded.quantity
                 else least(cart_lines.quantity + excluded.quantity, $5) end,
             seen_vnd = excluded.seen_vnd,
             is_saved = false",
        cart.0,
        variant.0,
        quantity.thousandths(),
        work.now,
        Quantity::MAX.thousandths(),
        row.price_vnd,
    )
    .execute(&mut *work.conn)
    .await?;
    touch(work, cart).await?;
    Ok(())
}

/// Refuses more lines than a cart can hold, with these in it.
async fn has_room(work: &mut Work<'_>, cart: CartId, more: &[VariantId]) -> Outcome<()> {
    let variants: Vec<Uuid> = more.iter().map(|variant| variant.0).collect();
    let others = sqlx::query_scalar!(
        r#"select count(*) as "count!" from cart_lines where cart_id = $1 and variant_id <> all($2)"#,
        cart.0,
        &variants,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if usize::try_from(others).unwrap_or(usize::MAX) + variants.len() > MAX_LINES {
        return Err(CartRefusal::TooManyLines.into());
    }
    Ok(())
}

/// Puts all of this into the cart that is on sale, at least that much of each, no variant twice: what was ordered
/// before, what a friend has chosen. Answers how many lines are not on sale.
pub async fn add_all(
    work: &mut Work<'_>,
    cart: CartId,
    wanted: &[(VariantId, Quantity)],
) -> Outcome<usize> {
    let variants: Vec<VariantId> = wanted.iter().map(|(variant, _)| *variant).collect();
    has_room(work, cart, &variants).await?;
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    let quantities: Vec<i64> = wanted
        .iter()
        .map(|(_, quantity)| quantity.thousandths())
        .collect();
    let taken = sqlx::query!(
        "insert into cart_lines (cart_id, variant_id, quantity, added_at, seen_vnd)
         select $1, variants.id, wanted.quantity, $4, variants.price_vnd
         from unnest($2::uuid[], $3::bigint[]) with ordinality as wanted (variant_id, quantity, position)
         join variants on variants.id = wanted.variant_id
         join products on products.id = variants.product_id
         join sellers on sellers.id = products.seller_id
         left join harvests on harvests.id = variants.harvest_id
         where products.status = 'published' and variants.state = 'offered' and is_selling(sellers)
             and (harvests.id is null or harvests.delivers_to >= $5)
         order by wanted.position
         on conflict (cart_id, variant_id) do update set
             quantity = greatest(cart_lines.quantity, excluded.quantity),
             seen_vnd = excluded.seen_vnd,
             is_saved = false",
        cart.0,
        &ids,
        &quantities,
        work.now,
        work.today(),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    touch(work, cart).await?;
    Ok(wanted.len() - usize::try_from(taken).unwrap_or(wanted.len()))
}

/// Puts what a shared cart holds into this one; answers how many of its lines are no longer on sale.
pub async fn take_shared(work: &mut Work<'_>, cart: CartId, code: &str) -> Outcome<usize> {
    let rows = sqlx::query!(
        "select variant_id, quantity from shared_cart_lines where code = $1 order by position",
        code
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let wanted: Vec<(VariantId, Quantity)> = rows
        .into_iter()
        .map(|row| {
            (
                VariantId(row.variant_id),
                Quantity::from_thousandths(row.quantity),
            )
        })
        .collect();
    if wanted.is_empty() {
        return Err(CartRefusal::NotShared.into());
    }
    add_all(work, cart, &wanted).await
}

/// Makes a link of a cart as it is now; answers its code. What is kept for later is not in it.
pub async fn share(work: &mut Work<'_>, cart: CartId) -> Outcome<String> {
    let mut code = secret::new_token();
    code.truncate(12);
    let shared = sqlx::query!(
        "with shared as (insert into shared_carts (code, created_at) values ($1, $3) returning code)
         insert into shared_cart_lines (code, position, variant_id, quantity)
         select shared.code, row_number() over (order by added_at, variant_id), variant_id, quantity
         from cart_lines, shared where cart_id = $2 and not is_saved",
        code,
        cart.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if shared == 0 {
        return Err(CartRefusal::Empty.into());
    }
    Ok(code)
}

/// Keeps a line for later, or puts it back among what is ordered.
pub async fn save(
    work: &mut Work<'_>,
    cart: CartId,
    variant: VariantId,
    is_saved: bool,
) -> Outcome<()> {
    let changed = sqlx::query!(
        "update cart_lines set is_saved = $3 where cart_id = $1 and variant_id = $2",
        cart.0,
        variant.0,
        is_saved,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(CartRefusal::NotInCart.into());
    }
    touch(work, cart).await?;
    Ok(())
}

/// Sets how much of a variant is wanted; `None` takes the line out. A line that is gone meanwhile does not
/// come back.
pub async fn set(
    work: &mut Work<'_>,
    cart: CartId,
    variant: VariantId,
    quantity: Option<Quantity>,
) -> Outcome<()> {
    match quantity {
        Some(quantity) => {
            let changed = sqlx::query!(
                "update cart_lines set quantity = $3, seen_vnd = variants.price_vnd
                 from variants
                 where cart_id = $1 and variant_id = $2 and variants.id = variant_id",
                cart.0,
                variant.0,
                quantity.thousandths(),
            )
            .execute(&mut *work.conn)
            .await?
            .rows_affected();
            if changed == 0 {
                return Err(CartRefusal::NotInCart.into());
            }
        }
        None => remove(work, cart, &[variant]).await?,
    }
    touch(work, cart).await?;
    Ok(())
}

/// Takes lines out: after they were ordered.
pub async fn remove(
    work: &mut Work<'_>,
    cart: CartId,
    variants: &[VariantId],
) -> Result<(), Fault> {
    let variants: Vec<Uuid> = variants.iter().map(|variant| variant.0).collect();
    sqlx::query!(
        "delete from cart_lines where cart_id = $1 and variant_id = any($2)",
        cart.0,
        &variants
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

async fn touch(work: &mut Work<'_>, cart: CartId) -> Result<(), Fault> {
    sqlx::query!(
        "update carts set updated_at = $2 where id = $1",
        cart.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Removes carts that nobody has touched for 90 days, and links that are older than [`SHARED_FOR`].
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from carts where updated_at < $1",
        work.now - time::Duration::days(90)
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "delete from shared_carts where created_at < $1",
        work.now - SHARED_FOR
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
