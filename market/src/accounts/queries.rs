//! Who is behind a cookie or a token.
use sqlx::{PgExecutor, PgPool};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::commands::{FRESH, SESSION_IDLE};
use super::{Account, OpenRecovery, SessionOfPerson, TrustForm, Trusted};
use crate::kernel::error::broken_row;
use crate::kernel::rights::{Acting, HelpArea, Office};
use crate::kernel::{
    Actor, CommuneId, ConsentId, Duty, Fault, Membership, PageRequest, Permission, PersonId, Phone,
    RecoveryId, Role, SellerId, SessionId, Task, secret,
};

/// How exactly it is kept when a session was last used: looking is not worth a write each time.
const SEEN_EVERY: Duration = Duration::minutes(10);

/// A session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Who is behind it.
    pub actor: Actor,
    /// It is time for [`super::commands::see`].
    pub is_stale: bool,
    /// The household at whose desk the session still stands although its consent no longer holds.
    pub lapsed: Option<String>,
}

/// The session of a cookie; `None` where it is unknown or over.
pub async fn session(
    db: impl PgExecutor<'_>,
    token: &str,
    now: OffsetDateTime,
) -> Result<Option<OpenSession>, Fault> {
    let row = sqlx::query!(
        r#"select
            sessions.last_seen_at,
            rights.person_id as "person!",
            rights.name as "name!",
            rights.roles as "roles!",
            rights.permissions as "permissions!",
            rights.office_communes as "office_communes!",
            rights.help_communes as "help_communes!",
            rights.help_hamlets as "help_hamlets!",
            array(
                select seller_id from seller_members join sellers on sellers.id = seller_id
                where person_id = rights.person_id
                order by (seller_id = sessions.desk_seller_id) is true desc, status = 'closed', since, seller_id) as "sellers!",
            array(
                select duty from seller_members join sellers on sellers.id = seller_id
                where person_id = rights.person_id
                order by (seller_id = sessions.desk_seller_id) is true desc, status = 'closed', since, seller_id) as "duties!",
            consent.id as "consent?",
            consent.tasks as "tasks?",
            desk.id as "desk?",
            desk.name as "desk_name?",
            coalesce(desk.phone_lent and consent.method = 'paper', false)
                and not exists (select from seller_members where seller_id = desk.id and duty = 'owner') as "alone!",
            case when consent.id is null then (
                select name from sellers
                where id = sessions.desk_seller_id
                    and not exists (select from seller_members where seller_id = sellers.id and person_id = rights.person_id)
            ) end as lapsed
        from sessions
        join person_rights as rights on rights.person_id = sessions.person_id
        left join household_consents as consent
            on consent.seller_id = sessions.desk_seller_id and consent.helper_id = rights.person_id
            and consent.given_at <= $2 and consent.valid_until > $2 and consent.ended_at is null
        left join sellers as desk on desk.id = consent.seller_id
        where sessions.token_hash = $1 and sessions.expires_at > $2 and sessions.last_seen_at > $3"#,
        secret::hash(token),
        now,
        now - SESSION_IDLE,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(OpenSession {
            is_stale: row.last_seen_at < now - SEEN_EVERY,
            lapsed: row.lapsed,
            actor: actor(Known {
                person: row.person,
                name: row.name,
                roles: row.roles,
                sellers: row.sellers,
                duties: row.duties,
                permissions: row.permissions,
                office_communes: row.office_communes,
                help_communes: row.help_communes,
                help_hamlets: row.help_hamlets,
                consent: row.consent,
                tasks: row.tasks,
                desk: row.desk,
                desk_name: row.desk_name,
                alone: row.alone,
            })?,
        })
    })
    .transpose()
}

/// A person with their sessions, as they see themselves; `token` is the cookie that asks.
pub async fn account(
    db: &PgPool,
    person: PersonId,
    token: &str,
    now: OffsetDateTime,
) -> Result<Option<Account>, Fault> {
    let Some(row) = sqlx::query!(
        r#"select
            people.name,
            people.phone as "phone!",
            people.email,
            people.password_hash is not null as "has_password!",
            recoveries.id as "recovery?",
            recoveries.holds_from as "holds_from?",
            voucher.name as "voucher?"
        from people
        left join recoveries
            on recoveries.person_id = people.id and recoveries.done_at is null and recoveries.ended_at is null
        left join people as voucher on voucher.id = recoveries.vouched_by
        where people.id = $1 and people.closed_at is null"#,
        person.0
    )
    .fetch_optional(db)
    .await?
    else {
        return Ok(None);
    };
    let sessions = sqlx::query!(
        r#"select id, device, address, created_at, last_seen_at, token_hash = $2 as "is_this!"
           from sessions
           where person_id = $1 and expires_at > $3 and last_seen_at > $4
           order by token_hash = $2 desc, last_seen_at desc"#,
        person.0,
        secret::hash(token),
        now,
        now - SESSION_IDLE,
    )
    .fetch_all(db)
    .await?;
    Ok(Some(Account {
        name: row.name,
        phone: Phone::parse(&row.phone).map_err(|_| broken_row("people", "phone", person))?,
        email: row.email,
        has_password: row.has_password,
        recovery: match (row.recovery, row.holds_from) {
            (Some(id), Some(holds_from)) => Some(OpenRecovery {
                id: RecoveryId(id),
                by: row.voucher.unwrap_or_default(),
                holds_from,
            }),
            _ => None,
        },
        sessions: sessions
            .into_iter()
            .map(|row| SessionOfPerson {
                id: SessionId(row.id),
                device: row.device,
                address: row.address,
                begun_at: row.created_at,
                seen_at: row.last_seen_at,
                is_this: row.is_this,
            })
            .collect(),
    }))
}

/// Whether the password is asked for before what can't be taken back: of who has one and did not sign in a moment ago,
/// on the browser with the cookie `token`.
pub async fn asks_password(
    db: impl PgExecutor<'_>,
    person: PersonId,
    token: &str,
    now: OffsetDateTime,
) -> Result<bool, Fault> {
    let asks = sqlx::query_scalar!(
        r#"select exists (
            select from people join sessions on sessions.person_id = people.id
            where people.id = $1 and people.password_hash is not null
                and sessions.token_hash = $2 and sessions.created_at <= $3) as "exists!""#,
        person.0,
        secret::hash(token),
        now - FRESH,
    )
    .fetch_one(db)
    .await?;
    Ok(asks)
}

/// Those who are trusted with something, by name; with a `number` whoever has it, trusted or not.
pub async fn trusted(
    db: &PgPool,
    number: Option<&Phone>,
    page: PageRequest,
    now: OffsetDateTime,
) -> Result<(Vec<Trusted>, i64), Fault> {
    let rows = sqlx::query!(
        r#"select
            people.id,
            people.name,
            people.phone as "phone!",
            array(select role from role_grants where person_id = people.id order by role) as "roles!",
            (select count(*) from sessions
             where person_id = people.id and expires_at > $2 and last_seen_at > $3) as "sessions!",
            count(*) over () as "total!"
        from people
        where case when $1::text is null
            then id in (select person_id from role_grants where role in ('helper', 'officer', 'admin'))
            else phone = $1 end
            and closed_at is null
        order by name, id
        limit $4 offset $5"#,
        number.map(Phone::as_str),
        now,
        now - SESSION_IDLE,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let people = rows
        .into_iter()
        .map(|row| {
            Ok(Trusted {
                person: PersonId(row.id),
                name: row.name,
                phone: Phone::parse(&row.phone)
                    .map_err(|_| broken_row("people", "phone", row.id))?,
                roles: parsed(&row.roles, Role::parse, ("role_grants", "role"), row.id)?,
                sessions: row.sessions,
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok((people, total))
}

/// What somebody is trusted with, as the form has it.
pub async fn trust_of(
    db: impl PgExecutor<'_>,
    person: PersonId,
) -> Result<Option<TrustForm>, Fault> {
    let row = sqlx::query!(
        r#"select
            people.name,
            people.phone as "phone!",
            array(select role from role_grants where person_id = people.id order by role) as "roles!",
            array(select permission from officer_permissions where person_id = people.id order by permission) as "permissions!",
            array(
                select communes.code from officer_communes join communes on communes.id = officer_communes.commune_id
                where person_id = people.id order by communes.code) as "office!",
            array(
                select concat_ws(', ', communes.code, nullif(hamlet, ''))
                from helper_communes join communes on communes.id = helper_communes.commune_id
                where person_id = people.id order by communes.code, hamlet) as "areas!"
        from people where people.id = $1 and closed_at is null"#,
        person.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| TrustForm {
        name: row.name,
        phone: row.phone,
        roles: row.roles,
        permissions: row.permissions,
        office: row.office.join("\n"),
        areas: row.areas.join("\n"),
    }))
}

/// The person behind a bearer token of the REST API, in the one role that the token was made for, at the desk
/// of the seller whose slug is `desk` where the caller names one: one of its own, or one that consents to its
/// help. At anybody else's there is no desk.
pub async fn actor_of_token(
    db: impl PgExecutor<'_>,
    token: &str,
    desk: Option<&str>,
    now: OffsetDateTime,
) -> Result<Option<Actor>, Fault> {
    sqlx::query_as!(
        Known,
        r#"select
            rights.person_id as "person!",
            rights.name as "name!",
            array[api_tokens.role] as "roles!",
            rights.permissions as "permissions!",
            rights.office_communes as "office_communes!",
            rights.help_communes as "help_communes!",
            rights.help_hamlets as "help_hamlets!",
            array(
                select seller_id from seller_members join sellers on sellers.id = seller_id
                where person_id = rights.person_id and api_tokens.role = 'seller' and ($2::text is null or seller_id = desk.id)
                order by status = 'closed', since, seller_id) as "sellers!",
            array(
                select duty from seller_members join sellers on sellers.id = seller_id
                where person_id = rights.person_id and api_tokens.role = 'seller' and ($2::text is null or seller_id = desk.id)
                order by status = 'closed', since, seller_id) as "duties!",
            consent.id as "consent?",
            consent.tasks as "tasks?",
            desk.id as "desk?",
            desk.name as "desk_name?",
            coalesce(desk.phone_lent and consent.method = 'paper', false)
                and not exists (select from seller_members where seller_id = desk.id and duty = 'owner') as "alone!"
        from api_tokens
        join person_rights as rights on rights.person_id = api_tokens.person_id
        left join sellers as desk on desk.slug = $2
        left join household_consents as consent
            on consent.seller_id = desk.id and consent.helper_id = rights.person_id and api_tokens.role = 'helper'
            and consent.given_at <= $3 and consent.valid_until > $3 and consent.ended_at is null
        where api_tokens.token_hash = $1 and api_tokens.role = any(rights.roles) and api_tokens.expires_at > $3 and api_tokens.revoked_at is null"#,
        secret::hash(token),
        desk,
        now,
    )
    .fetch_optional(db)
    .await?
    .map(actor)
    .transpose()
}

/// What the database knows of a person, column by column.
struct Known {
    person: Uuid,
    name: String,
    roles: Vec<String>,
    sellers: Vec<Uuid>,
    duties: Vec<String>,
    permissions: Vec<String>,
    office_communes: Vec<i32>,
    help_communes: Vec<i32>,
    help_hamlets: Vec<String>,
    consent: Option<Uuid>,
    tasks: Option<Vec<String>>,
    desk: Option<Uuid>,
    desk_name: Option<String>,
    alone: bool,
}

fn actor(known: Known) -> Result<Actor, Fault> {
    let id = known.person;
    let memberships = known
        .sellers
        .into_iter()
        .zip(&known.duties)
        .map(|(seller, duty)| {
            Ok(Membership {
                seller: SellerId(seller),
                duty: Duty::parse(duty).ok_or_else(|| broken_row("seller_members", "duty", id))?,
            })
        })
        .collect::<Result<_, Fault>>()?;
    let acting = match (known.consent, known.desk, known.tasks) {
        (Some(consent), Some(seller), Some(tasks)) => Some(Acting {
            seller: SellerId(seller),
            seller_name: known.desk_name.unwrap_or_default(),
            consent: ConsentId(consent),
            tasks: parsed(&tasks, Task::parse, ("household_consents", "tasks"), id)?,
            is_alone: known.alone,
        }),
        _ => None,
    };
    Ok(Actor {
        person: Some(PersonId(id)),
        name: known.name,
        roles: parsed(&known.roles, Role::parse, ("role_grants", "role"), id)?,
        memberships,
        acting,
        office: Office {
            permissions: parsed(
                &known.permissions,
                Permission::parse,
                ("officer_permissions", "permission"),
                id,
            )?,
            communes: known.office_communes.into_iter().map(CommuneId).collect(),
        },
        helps: known
            .help_communes
            .into_iter()
            .zip(known.help_hamlets)
            .map(|(commune, hamlet)| HelpArea {
                commune: CommuneId(commune),
                hamlet,
            })
            .collect(),
        address: String::new(),
    })
}

fn parsed<T>(
    texts: &[String],
    parse: fn(&str) -> Option<T>,
    (table, column): (&str, &str),
    person: Uuid,
) -> Result<Vec<T>, Fault> {
    texts
        .iter()
        .map(|text| parse(text).ok_or_else(|| broken_row(table, column, person)))
        .collect()
}
