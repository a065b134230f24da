//! What engines beside the database have been sent.
use time::{Date, Duration};
use uuid::Uuid;

use crate::kernel::{Fault, Work, outbox};

/// A process that builds an index and gives no sign of life for so long has ended.
const CLAIM: Duration = Duration::minutes(10);

/// Begins an index: from now on every change of a document waits for it too. Answers the half-built ones that are
/// given up for it, nothing where one is being built.
pub async fn begin_target(
    work: &mut Work<'_>,
    name: &str,
    shape: i32,
) -> Result<Option<Vec<String>>, Fault> {
    // Whoever writes a document now has not seen that there is one more index to tell. Writers queue behind this
    // lock, so it is not waited for long.
    sqlx::query!("set local lock_timeout = '2s'")
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!("lock table search_documents in share mode")
        .execute(&mut *work.conn)
        .await?;
    let is_building = sqlx::query_scalar!(
        r#"select exists (select from search_targets where not is_live and built_at > $1) as "is_building!""#,
        work.now - CLAIM,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_building {
        return Ok(None);
    }
    let left = sqlx::query_scalar!("delete from search_targets where not is_live returning name")
        .fetch_all(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into search_targets (name, shape, is_live, built_at) values ($1, $2, false, $3)",
        name,
        shape,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(Some(left))
}

/// Asks the process that feeds for a new index.
pub async fn renew_target(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!("update search_targets set is_renewed = true where is_live")
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Gives an index up that could not be built.
pub async fn give_up(work: &mut Work<'_>, name: &str) -> Result<(), Fault> {
    sqlx::query!(
        "delete from search_targets where name = $1 and not is_live",
        name,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// A sign of life of whoever builds; a fault where another process took it for dead meanwhile.
pub async fn still_building(work: &mut Work<'_>, name: &str) -> Result<(), Fault> {
    let there = sqlx::query!(
        "update search_targets set built_at = $2 where name = $1 and not is_live",
        name,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if there == 0 {
        return Err(Fault::new("another process builds the index instead"));
    }
    Ok(())
}

/// Puts an index in the place of the one that is live; answers those that are given up.
pub async fn go_live(work: &mut Work<'_>, name: &str) -> Result<Vec<String>, Fault> {
    still_building(work, name).await?;
    let old = sqlx::query_scalar!(
        "delete from search_targets where is_live and name <> $1 returning name",
        name,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update search_targets set is_live = true where name = $1",
        name
    )
    .execute(&mut *work.conn)
    .await?;
    outbox::announce(work).await?;
    Ok(old)
}

/// No engine beside the database is used any more.
pub async fn forget_targets(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!("delete from search_targets")
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

/// Strikes out changes that an index has; what changed again meanwhile waits on.
pub async fn sent(work: &mut Work<'_>, name: &str, changes: &[(Uuid, i64)]) -> Result<(), Fault> {
    let (products, numbers): (Vec<Uuid>, Vec<i64>) = changes.iter().copied().unzip();
    sqlx::query!(
        "delete from search_feed using unnest($2::uuid[], $3::bigint[]) as sent (product_id, number)
         where search_feed.target = $1
             and search_feed.product_id = sent.product_id and search_feed.number = sent.number",
        name,
        &products,
        &numbers,
    )
    .execute(&mut *work.conn)
    .await?;
    // What was answered meanwhile had not heard of them.
    outbox::announce(work).await?;
    Ok(())
}

/// Notes that an index has all that was changed until `day` had begun.
pub async fn followed(work: &mut Work<'_>, name: &str, day: Option<Date>) -> Result<(), Fault> {
    sqlx::query!(
        "update search_targets set fed_day = $2 where name = $1 and fed_day is distinct from $2",
        name,
        day,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Sends these products again, whether or not they changed.
pub async fn send_again(work: &mut Work<'_>, name: &str, products: &[Uuid]) -> Result<(), Fault> {
    sqlx::query!(
        "insert into search_feed (target, product_id, number)
         select $1, id, nextval('search_changes') from unnest($2::uuid[]) as changed (id)
         on conflict on constraint search_feed_pkey do update set number = excluded.number",
        name,
        products,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
