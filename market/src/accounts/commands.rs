//! Signing in and out, and making people and tokens.
pub mod codes;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use sqlx::PgExecutor;
use time::Duration;

use super::AccountsRefusal;
use crate::kernel::audit::{Deed, record};
use crate::kernel::limit::{Bucket, Limit, Rate};
use crate::kernel::{
    Actor, CommuneId, Failure, Fault, FieldErrors, Permission, PersonId, Phone, Role, SellerId,
    Store, TokenId, Work, secret,
};

type Outcome<T> = Result<T, Failure<AccountsRefusal>>;

/// A session ends so long after it began, whatever happens.
pub const SESSION_LIFE: Duration = Duration::days(90);
/// And so long after it was last used (ASVS 5.0, 7.3): a household opens its shop once in a while.
pub const SESSION_IDLE: Duration = Duration::days(30);
const TOKEN_LIFE: Duration = Duration::days(365);
/// Sign-ins with one number that fail.
const FAILURES: Limit = Limit::new(
    "sign_in_number",
    Rate::Times {
        times: 10,
        within: Duration::minutes(15),
    },
);

/// Lets somebody in by telephone number and password, and answers the token for the session cookie.
/// Wrong number and wrong password look the same and take the same time; failures count for the number, and
/// in `tries` for where they come from.
pub async fn sign_in(
    store: &Store,
    tries: &Bucket,
    phone: &str,
    password: &str,
) -> Outcome<String> {
    let mut errors = FieldErrors::default();
    let number = Phone::parse(phone);
    if phone.trim().is_empty() {
        errors.add("phone", "required");
    } else if number.is_err() {
        errors.add("phone", "phone");
    }
    if password.is_empty() {
        errors.add("password", "required");
    }
    let (Ok(number), true) = (number, errors.is_empty()) else {
        return Err(AccountsRefusal::Invalid(errors).into());
    };
    let tries = [tries, &FAILURES.of(number.as_str())];
    for bucket in tries {
        let taken = bucket.take(store).await;
        taken.map_err(|failure| failure.map(AccountsRefusal::TooManyTries))?;
    }
    let person = sqlx::query!(
        "select id, password_hash from people where phone = $1",
        number.as_str()
    )
    .fetch_optional(store.reader())
    .await?;
    let (id, hash) = person.map_or((None, None), |row| (Some(row.id), row.password_hash));
    let password = password.to_owned();
    let right = tokio::task::spawn_blocking(move || password_fits(&password, hash.as_deref()))
        .await
        .map_err(Fault::new)?;
    let Some(person) = id.filter(|_| right) else {
        return Err(AccountsRefusal::WrongCredentials.into());
    };
    for bucket in tries {
        bucket.give_back(store).await?;
    }
    let actor = Actor {
        person: Some(PersonId(person)),
        ..Actor::guest()
    };
    crate::transact!(store, &actor, work => start_session(work, PersonId(person)).await)
}

async fn start_session(work: &mut Work<'_>, person: PersonId) -> Outcome<String> {
    let token = secret::new_token();
    sqlx::query!(
        "insert into sessions (token_hash, person_id, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)",
        secret::hash(&token),
        person.0,
        work.now,
        work.now + SESSION_LIFE,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: "session.started",
            subject_kind: "person",
            subject: person.0,
            before: None,
            after: None,
        },
    )
    .await?;
    Ok(token)
}

/// Notes that the session of a cookie is in use.
pub async fn see(store: &Store, token: &str) -> Result<(), Fault> {
    sqlx::query!(
        "update sessions set last_seen_at = $2 where token_hash = $1",
        secret::hash(token),
        store.now()
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Ends the session of a cookie; an unknown one is as good as ended.
pub async fn sign_out(db: impl PgExecutor<'_>, token: &str) -> Result<(), Fault> {
    sqlx::query!(
        "delete from sessions where token_hash = $1",
        secret::hash(token)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes sessions and codes that are over.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from sessions where expires_at < $1 or last_seen_at < $2",
        work.now,
        work.now - SESSION_IDLE,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "delete from one_time_codes where created_at < $1",
        work.now - codes::KEPT
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
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
    /// The communes they help in, for the role of a helper.
    pub communes: Vec<CommuneId>,
    /// What they are trusted with all over the province, for the role of an officer.
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
        "insert into helper_communes (person_id, commune_id) select $1, commune from unnest($2::integer[]) as commune on conflict do nothing",
        known,
        &communes,
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

/// Argon2id with the crate's parameters (OWASP's first choice: 19 MiB, 2 passes). Takes tens of milliseconds:
/// call it where blocking is allowed.
pub fn hash_password(password: &str) -> Result<String, Fault> {
    let salt = SaltString::generate(&mut OsRng);
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| Fault::new(error.to_string()))
}

/// Whether the password fits; without a hash as much work is done, so that time tells nothing.
fn password_fits(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$QWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let fits = parsed.is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    });
    fits && hash.is_some()
}
