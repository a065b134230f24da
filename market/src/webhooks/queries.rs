//! What a person has subscribed to.
use sqlx::PgPool;
use uuid::Uuid;

use super::{DeliveryNote, Webhook, WebhookTopic};
use crate::kernel::error::broken_row;
use crate::kernel::{Fault, PersonId, WebhookId};

/// The addresses of a person with the last twenty things that each was to hear of, the oldest address first.
pub async fn of_person(db: &PgPool, person: PersonId) -> Result<Vec<Webhook>, Fault> {
    let rows = sqlx::query!(
        "select id, url, topics, created_at, failing_since, disabled_at
         from webhook_endpoints where person_id = $1 order by created_at, id",
        person.0
    )
    .fetch_all(db)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut notes = notes(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Webhook {
                id: WebhookId(row.id),
                url: row.url,
                topics: row
                    .topics
                    .iter()
                    .filter_map(|topic| WebhookTopic::parse(topic))
                    .collect(),
                created_at: row.created_at,
                failing_since: row.failing_since,
                disabled_at: row.disabled_at,
                deliveries: notes
                    .extract_if(.., |(endpoint, _)| *endpoint == row.id)
                    .map(|(_, note)| note)
                    .collect(),
            })
        })
        .collect()
}

async fn notes(db: &PgPool, endpoints: &[Uuid]) -> Result<Vec<(Uuid, DeliveryNote)>, Fault> {
    let rows = sqlx::query!(
        r#"select last.endpoint_id as "endpoint_id!", last.id as "id!", last.topic as "topic!", last.happened_at as "happened_at!",
               last.attempts as "attempts!", last.delivered_at, last.given_up_at, last.last_error
           from unnest($1::uuid[]) as endpoint (id)
           cross join lateral (
               select * from webhook_deliveries where endpoint_id = endpoint.id order by happened_at desc, id limit 20
           ) as last"#,
        endpoints
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let note = DeliveryNote {
                id: row.id,
                topic: WebhookTopic::parse(&row.topic)
                    .ok_or_else(|| broken_row("webhook_deliveries", "topic", row.id))?,
                happened_at: row.happened_at,
                attempts: row.attempts,
                delivered_at: row.delivered_at,
                given_up_at: row.given_up_at,
                last_error: row.last_error,
            };
            Ok((row.endpoint_id, note))
        })
        .collect()
}
