//! Subscribing, and sending what happened until it is answered.
use serde_json::json;
use time::Duration;
use url::Url;
use uuid::Uuid;

use super::{Delivery, MOST, Reach, WebhookForm, WebhookRefusal, WebhookTopic, secret_text};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::{Failure, Fault, PersonId, Right, SellerId, Store, WebhookId, Work, secret};

type Outcome<T> = Result<T, Failure<WebhookRefusal>>;

/// Sent in one go.
const BATCH: i64 = 20;
/// To one address: one that is slow does not hold the others up.
const A_TIME: i64 = 2;
/// An address that has not answered by then is asked again.
const CLAIM: Duration = Duration::minutes(2);
/// The pause before the next try grows from seconds to half a day.
const LONGEST_PAUSE_SECONDS: f64 = 43_200.0;
/// After so long something that nobody answers is given up.
const GIVEN_UP_AFTER: Duration = Duration::days(3);
/// After so long without any answer nothing is sent to an address any more.
const DISABLED_AFTER: Duration = Duration::days(7);

/// A subscription that was made, with what only its maker ever sees.
#[derive(Clone, Debug)]
pub struct Subscribed {
    /// Identifier.
    pub id: WebhookId,
    /// `whsec_…`: proves what is sent; shown once.
    pub secret: String,
}

/// Who subscribes is signed in.
fn person(work: &Work<'_>) -> Outcome<PersonId> {
    work.actor
        .person
        .ok_or_else(|| WebhookRefusal::NotAllowed.into())
}

/// Has an address hear of what happens: of goods, and of the orders of the shop at whose desk the actor is.
///
/// # Errors
/// What is wrong, at its field; orders of no shop that the actor fulfils; five addresses already.
pub async fn subscribe(
    work: &mut Work<'_>,
    form: &WebhookForm,
    reach: Reach,
) -> Outcome<Subscribed> {
    let person = person(work)?;
    let (url, topics) = form.parse(reach).map_err(WebhookRefusal::Invalid)?;
    let seller: Option<SellerId> = if topics.contains(&WebhookTopic::Order) {
        let seller = work
            .actor
            .seller()
            .filter(|seller| work.actor.may(Right::Fulfil(*seller)))
            // Who helps a household does so at its desk, and stops when its consent ends.
            .filter(|seller| {
                work.actor
                    .memberships
                    .iter()
                    .any(|own| own.seller == *seller)
            })
            .ok_or(WebhookRefusal::NotAllowed)?;
        Some(seller)
    } else {
        None
    };
    sqlx::query!(
        "select id from people where id = $1 for no key update",
        person.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let there = sqlx::query_scalar!(
        r#"select count(*) as "there!" from webhook_endpoints where person_id = $1"#,
        person.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if there >= MOST {
        return Err(WebhookRefusal::TooMany.into());
    }
    let id: WebhookId = work.new_id();
    // The token's text is random from its first to its last character.
    let key = secret::new_token().into_bytes();
    let sealed = work.key.seal(&purpose(id), &key)?;
    let names: Vec<String> = topics
        .iter()
        .map(|topic| topic.as_str().to_owned())
        .collect();
    sqlx::query!(
        "insert into webhook_endpoints (id, person_id, seller_id, url, topics, secret, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        person.0,
        seller.map(|seller| seller.0),
        url.as_str(),
        &names,
        sealed,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    note(
        work,
        id,
        "webhook.subscribed",
        url.host_str().unwrap_or_default(),
    )
    .await?;
    Ok(Subscribed {
        id,
        secret: secret_text(&key),
    })
}

/// For what a secret is sealed: its own row.
fn purpose(id: WebhookId) -> String {
    format!("webhook_endpoints.secret {id}")
}

/// An address often is a secret: its host alone is on record.
async fn note(work: &mut Work<'_>, id: WebhookId, action: &str, host: &str) -> Result<(), Fault> {
    let deed = Deed {
        action,
        subject_kind: "webhook",
        subject: id.0,
        before: None,
        after: Some(json!({ "host": host })),
    };
    record(work, deed).await?;
    Ok(())
}

/// Ends a subscription, with all that was still to be sent.
///
/// # Errors
/// It is not the actor's.
pub async fn unsubscribe(work: &mut Work<'_>, id: WebhookId) -> Outcome<()> {
    let person = person(work)?;
    let url = sqlx::query_scalar!(
        "delete from webhook_endpoints where id = $1 and person_id = $2 returning url",
        id.0,
        person.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(WebhookRefusal::NotFound)?;
    let host = Url::parse(&url).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    note(work, id, "webhook.unsubscribed", host).await?;
    Ok(())
}

/// Sends an address something to try it out; one that was given up is tried again from now on.
///
/// # Errors
/// It is not the actor's.
pub async fn ping(work: &mut Work<'_>, id: WebhookId) -> Outcome<Uuid> {
    let person = person(work)?;
    let is_there = sqlx::query!(
        "update webhook_endpoints set disabled_at = null, failing_since = null where id = $1 and person_id = $2",
        id.0,
        person.0
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if is_there == 0 {
        return Err(WebhookRefusal::NotFound.into());
    }
    let delivery: Uuid = work.new_id();
    let made = sqlx::query_scalar!(
        "insert into webhook_deliveries (id, endpoint_id, topic, subject, happened_at, available_at)
         values ($1, $2, 'ping', $2, $3, $3)
         on conflict (endpoint_id, topic, subject) where attempts = 0 and delivered_at is null and given_up_at is null
         do update set happened_at = excluded.happened_at
         returning id",
        delivery,
        id.0,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(made)
}

/// Notes for every address that hears of them that these goods or orders have changed; the worker's task. What waits
/// to be sent for the first time is not noted twice.
pub async fn tell(work: &mut Work<'_>, products: &[Uuid], orders: &[Uuid]) -> Result<(), Fault> {
    sqlx::query!(
        "insert into webhook_deliveries (id, endpoint_id, topic, subject, happened_at, available_at)
         select gen_random_uuid(), heard.endpoint_id, heard.topic, heard.subject, $3, $3
         from (
             select endpoint.id as endpoint_id, 'product.changed' as topic, products.id as subject
             from webhook_endpoints as endpoint
             join people on people.id = endpoint.person_id and people.closed_at is null
             cross join products
             where endpoint.disabled_at is null and endpoint.topics @> array['product.changed']
                 and products.id = any($1) and products.published_at is not null
             union all
             select endpoint.id, 'order.changed', part.id
             from webhook_endpoints as endpoint
             join people on people.id = endpoint.person_id and people.closed_at is null
             join seller_members on seller_members.person_id = people.id and seller_members.seller_id = endpoint.seller_id
             join seller_orders as part on part.seller_id = endpoint.seller_id
             where endpoint.disabled_at is null and endpoint.topics @> array['order.changed'] and part.order_id = any($2)
         ) as heard
         on conflict (endpoint_id, topic, subject) where attempts = 0 and delivered_at is null and given_up_at is null
         do nothing",
        products,
        orders,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Takes what is due, with what is true of it now; nobody else takes it for two minutes.
pub async fn claim(work: &mut Work<'_>) -> Result<Vec<Delivery>, Fault> {
    let rows = sqlx::query!(
        r#"with due as (
               select delivery.id
               from webhook_deliveries as delivery
               where delivery.id in (
                       select id from (
                           select waiting.id, row_number() over (partition by waiting.endpoint_id order by waiting.available_at) as place
                           from webhook_deliveries as waiting
                           join webhook_endpoints as endpoint on endpoint.id = waiting.endpoint_id and endpoint.disabled_at is null
                           join people on people.id = endpoint.person_id and people.closed_at is null
                           where waiting.available_at <= $1 and waiting.delivered_at is null and waiting.given_up_at is null
                               and (waiting.claimed_until is null or waiting.claimed_until < $1)
                               and (waiting.topic <> 'order.changed' or exists (
                                   select from seller_members
                                   where seller_members.person_id = people.id and seller_members.seller_id = endpoint.seller_id))
                       ) as ranked
                       where place <= $4)
                   and delivery.delivered_at is null and delivery.given_up_at is null
                   and (delivery.claimed_until is null or delivery.claimed_until < $1)
               order by delivery.available_at
               limit $3
               for update skip locked
           ), claimed as (
               update webhook_deliveries set claimed_until = $2, attempts = attempts + 1
               where id in (select id from due)
               returning id, endpoint_id, topic, subject, happened_at
           )
           select claimed.id, claimed.topic, claimed.subject, claimed.happened_at, endpoint.id as endpoint, endpoint.url, endpoint.secret,
               case claimed.topic
                   when 'product.changed' then (
                       select jsonb_build_object('id', products.id, 'code', products.code, 'slug', products.slug,
                           'is_on_sale', products.status = 'published' and is_selling(sellers))
                       from products join sellers on sellers.id = products.seller_id where products.id = claimed.subject)
                   when 'order.changed' then (
                       select jsonb_build_object('id', part.id, 'number', orders.code, 'state', part.state)
                       from seller_orders as part join orders on orders.id = part.order_id where part.id = claimed.subject)
               end as data
           from claimed join webhook_endpoints as endpoint on endpoint.id = claimed.endpoint_id
           order by claimed.happened_at, claimed.id"#,
        work.now,
        work.now + CLAIM,
        BATCH,
        A_TIME,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        // Sealed with another key, say: it can't be sent, and holds nothing else up.
        let Ok(secret) = work
            .key
            .open(&purpose(WebhookId(row.endpoint)), &row.secret)
        else {
            give_up(work, row.id).await?;
            continue;
        };
        due.push(Delivery {
            id: row.id,
            url: row.url,
            topic: WebhookTopic::parse(&row.topic)
                .ok_or_else(|| broken_row("webhook_deliveries", "topic", row.id))?,
            happened_at: row.happened_at,
            data: row.data.unwrap_or_else(|| json!({})),
            secret,
        });
    }
    Ok(due)
}

async fn give_up(work: &mut Work<'_>, delivery: Uuid) -> Result<(), Fault> {
    sqlx::query!(
        "update webhook_deliveries set given_up_at = $2, last_error = 'its secret can''t be opened' where id = $1",
        delivery,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Notes that something was answered.
pub async fn delivered(store: &Store, id: Uuid) -> Result<(), Fault> {
    sqlx::query!(
        "with done as (
             update webhook_deliveries set delivered_at = $2, claimed_until = null, last_error = null where id = $1 returning endpoint_id
         )
         update webhook_endpoints set failing_since = null from done where id = done.endpoint_id and failing_since is not null",
        id,
        store.now(),
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Notes that something could not be sent: tried again after 10 seconds, 40 seconds, 3 minutes … half a day, given up
/// after three days. An address that has answered nothing for a week hears no more.
pub async fn failed(store: &Store, id: Uuid, error: &str) -> Result<(), Fault> {
    let now = store.now();
    let error: String = error.chars().take(200).collect();
    sqlx::query!(
        "with tried as (
             update webhook_deliveries set
                 claimed_until = null,
                 last_error = $2,
                 available_at = $3::timestamptz + least(power(4, attempts) * 2.5, $4) * interval '1 second',
                 given_up_at = case when happened_at < $5 or topic = 'ping' then $3 end
             where id = $1
             returning endpoint_id
         )
         update webhook_endpoints set
             failing_since = coalesce(failing_since, $3),
             disabled_at = case when failing_since < $6 then $3 else disabled_at end
         from tried where id = tried.endpoint_id",
        id,
        error,
        now,
        LONGEST_PAUSE_SECONDS,
        now - GIVEN_UP_AFTER,
        now - DISABLED_AFTER,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Forgets what was answered or given up before a month, and the addresses of accounts that are closed; the worker's
/// task.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from webhook_endpoints using people where people.id = webhook_endpoints.person_id and people.closed_at is not null"
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "delete from webhook_deliveries where happened_at < $1 and (delivered_at is not null or given_up_at is not null)",
        work.now - Duration::days(30)
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
