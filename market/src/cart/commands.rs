//! Putting things into a cart and taking them out.
use uuid::Uuid;

use super::{CartRefusal, MAX_LINES};
use crate::kernel::{CartId, Failure, Fault, Quantity, VariantId, Work, secret};

type Outcome<T> = Result<T, Failure<CartRefusal>>;

/// The cart of a cookie; a new one, with the token for a new cookie, where there is none.
pub async fn find_or_open(
    work: &mut Work<'_>,
    token: Option<&str>,
) -> Result<(CartId, Option<String>), Fault> {
    if let Some(token) = token
        && let Some(id) = sqlx::query_scalar!(
            "select id from carts where token_hash = $1",
            secret::hash(token)
        )
        .fetch_optional(&mut *work.conn)
        .await?
    {
        return Ok((CartId(id), None));
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
               variants.min_quantity, variants.step_quantity, variants.unit
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
    let lines = sqlx::query_scalar!(
        r#"select count(*) as "count!" from cart_lines where cart_id = $1 and variant_id <> $2"#,
        cart.0,
        variant.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if usize::try_from(lines).unwrap_or(usize::MAX) >= MAX_LINES {
        return Err(CartRefusal::TooManyLines.into());
    }
    sqlx::query!(
        "insert into cart_lines (cart_id, variant_id, quantity, added_at) values ($1, $2, $3, $4)
         on conflict (cart_id, variant_id) do update set quantity = least(cart_lines.quantity + excluded.quantity, $5)",
        cart.0,
        variant.0,
        quantity.thousandths(),
        work.now,
        Quantity::MAX.thousandths(),
    )
    .execute(&mut *work.conn)
    .await?;
    touch(work, cart).await
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
                "update cart_lines set quantity = $3 where cart_id = $1 and variant_id = $2",
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
    touch(work, cart).await
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

async fn touch(work: &mut Work<'_>, cart: CartId) -> Outcome<()> {
    sqlx::query!(
        "update carts set updated_at = $2 where id = $1",
        cart.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Removes carts that nobody has touched for 90 days.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from carts where updated_at < $1",
        work.now - time::Duration::days(90)
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
