//! Making people and tokens; how they get in and out stands in the modules below.
pub mod codes;
mod entry;
mod life;
mod passwords;
mod phones;
mod sessions;
mod staff;

use super::{AccountsRefusal, PERSONAL_DATA_VERSION};
use crate::kernel::audit::{Deed, record};
use crate::kernel::{
    CommuneId, Failure, Fault, Permission, PersonId, Phone, Role, SellerId, TokenId, Work, secret,
};
use serde_json::Value;
use time::Duration;

pub use entry::{Entry, enter, sign_in, sign_up};
pub use life::{close, own_data, save_profile};
pub use passwords::{FRESH, hash_password, knows_password, set_password};
pub use phones::{ask_new_phone, ask_recovery, change_phone, object, recover, recover_due};
pub use sessions::{
    SESSION_IDLE, SESSION_LIFE, end_other_sessions, end_session, see, sign_out, stand_at, sweep,
};

pub use staff::{end_sessions_of, entrust};

type Outcome<T> = Result<T, Failure<AccountsRefusal>>;

const TOKEN_LIFE: Duration = Duration::days(365);

/// Keeps on record what happened to a person's account.
async fn note(
    work: &mut Work<'_>,
    action: &str,
    person: PersonId,
    after: Option<Value>,
) -> Result<(), Fault> {
    let deed = Deed {
        action,
        subject_kind: "person",
        subject: person.0,
        before: None,
        after,
    };
    record_own(work, deed).await
}

/// Writes a deed down that is the actor's own, at whose desk ever they stand: no household reads it.
async fn record_own(work: &mut Work<'_>, deed: Deed<'_>) -> Result<(), Fault> {
    let acting = work.actor.acting.take();
    let written = record(work, deed).await;
    work.actor.acting = acting;
    Ok(written?)
}

/// Somebody to be made known, with all that they may do.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// How to greet them.
    pub name: String,
    /// By which they sign in.
    pub phone: Phone,
    /// Made by [`hash_password`].
    pub password_hash: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The seller they belong to, for the role of a seller.
    pub seller: Option<SellerId>,
    /// The communes they help in, for the role of a helper, or look after, for an officer; none of them: all of the
    /// province's.
    pub communes: Vec<CommuneId>,
    /// What they are trusted with there, for the role of an officer.
    pub permissions: Vec<Permission>,
    /// Invented for the demonstration.
    pub is_sample: bool,
}

/// Makes a person known; who is known already by that number stays as is.
pub async fn create_person(work: &mut Work<'_>, person: &NewPerson) -> Result<PersonId, Fault> {
    let id: PersonId = work.new_id();
    let known = sqlx::query_scalar!(
        "insert into people (id, name, phone, password_hash, is_sample, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (phone) do update set phone = excluded.phone
         returning id",
        id.0,
        person.name,
        person.phone.as_str(),
        person.password_hash,
        person.is_sample,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    sqlx::query!(
        "insert into role_grants (person_id, role, granted_at) values ($1, $2, $3) on conflict do nothing",
        known,
        person.role.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    if person.is_sample && known == id.0 {
        // Invented people have agreed; everybody else is asked when they first come in.
        sqlx::query!(
            "insert into consents (person_id, kind, text_version, given_at, address) values ($1, 'personal_data', $2, $3, '')",
            known,
            PERSONAL_DATA_VERSION,
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    if let Some(seller) = person.seller {
        sqlx::query!(
            "insert into seller_members (seller_id, person_id, duty, since) values ($1, $2, 'owner', $3) on conflict do nothing",
            seller.0,
            known,
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let communes: Vec<i32> = person.communes.iter().map(|commune| commune.0).collect();
    sqlx::query!(
        "with office as (
             insert into officer_communes (person_id, commune_id)
             select $1, commune from unnest($2::integer[]) as commune where $3 = 'officer' on conflict do nothing
         )
         insert into helper_communes (person_id, commune_id)
         select $1, commune from unnest($2::integer[]) as commune where $3 = 'helper' on conflict do nothing",
        known,
        &communes,
        person.role.as_str(),
    )
    .execute(&mut *work.conn)
    .await?;
    let permissions: Vec<String> = person
        .permissions
        .iter()
        .map(|permission| permission.as_str().to_owned())
        .collect();
    sqlx::query!(
        "insert into officer_permissions (person_id, permission, granted_at)
         select $1, permission, $3 from unnest($2::text[]) as permission on conflict do nothing",
        known,
        &permissions,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(PersonId(known))
}

/// Makes a token for the REST API that acts in `role` for the first person who holds it (of `seller`, where
/// named), and answers it; only its hash is kept. An older token of the same name and role ends.
pub async fn create_token(
    work: &mut Work<'_>,
    role: Role,
    seller: Option<&str>,
    name: &str,
) -> Outcome<String> {
    let person = sqlx::query_scalar!(
        "select people.id
         from people
         join role_grants on role_grants.person_id = people.id and role_grants.role = $1
         where $2::text is null
            or exists (
                select from seller_members
                join sellers on sellers.id = seller_members.seller_id
                where seller_members.person_id = people.id and sellers.slug = $2)
         order by people.created_at, people.id
         limit 1",
        role.as_str(),
        seller,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or_else(|| AccountsRefusal::NobodyHoldsRole {
        role: role.as_str().to_owned(),
    })?;
    sqlx::query!(
        "update api_tokens set revoked_at = $4 where person_id = $1 and role = $2 and name = $3 and revoked_at is null",
        person,
        role.as_str(),
        name,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let token = format!("cb_{}", secret::new_token());
    let id: TokenId = work.new_id();
    sqlx::query!(
        "insert into api_tokens (id, person_id, name, role, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        person,
        name,
        role.as_str(),
        secret::hash(&token),
        work.now,
        work.now + TOKEN_LIFE,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: "token.created",
            subject_kind: "person",
            subject: person,
            before: None,
            after: None,
        },
    )
    .await?;
    Ok(token)
}
