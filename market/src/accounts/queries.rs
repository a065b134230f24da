//! Who is behind a cookie or a token.
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kernel::{Actor, Fault, PersonId, Role, SellerId, secret};

/// The person behind a session cookie; `None` where it is unknown or over.
pub async fn actor_of_session(
    db: impl PgExecutor<'_>,
    token: &str,
    now: OffsetDateTime,
) -> Result<Option<Actor>, Fault> {
    let row = sqlx::query!(
        r#"select
            people.id,
            people.name,
            array(select role from role_grants where person_id = people.id order by role) as "roles!",
            array(select seller_id from seller_members where person_id = people.id order by since, seller_id) as "sellers!"
        from sessions
        join people on people.id = sessions.person_id
        where sessions.token_hash = $1 and sessions.expires_at > $2"#,
        secret::hash(token),
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| actor(row.id, row.name, &row.roles, row.sellers)))
}

/// The person behind a bearer token of the REST API, in the one role that the token was made for.
pub async fn actor_of_token(
    db: impl PgExecutor<'_>,
    token: &str,
    now: OffsetDateTime,
) -> Result<Option<Actor>, Fault> {
    let row = sqlx::query!(
        r#"select
            people.id,
            people.name,
            api_tokens.role,
            array(select seller_id from seller_members where person_id = people.id and api_tokens.role = 'seller' order by since, seller_id) as "sellers!"
        from api_tokens
        join people on people.id = api_tokens.person_id
        where api_tokens.token_hash = $1 and api_tokens.expires_at > $2 and api_tokens.revoked_at is null"#,
        secret::hash(token),
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| actor(row.id, row.name, &[row.role], row.sellers)))
}

fn actor(person: Uuid, name: String, roles: &[String], sellers: Vec<Uuid>) -> Actor {
    Actor {
        person: Some(PersonId(person)),
        name,
        roles: roles.iter().filter_map(|role| Role::parse(role)).collect(),
        sellers: sellers.into_iter().map(SellerId).collect(),
    }
}
