//! Getting in: by password, or by a code to the telephone, which also makes a new account.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::{Duration, OffsetDateTime};

use super::passwords::password_fits;
use super::{Outcome, codes, sessions};
use crate::accounts::{AccountsRefusal, CodePurpose, NewAccount, PERSONAL_DATA_VERSION};
use crate::kernel::audit::{Deed, record};
use crate::kernel::limit::{Bucket, Limit, Rate};
use crate::kernel::{Actor, CodeId, Fault, FieldErrors, Key, PersonId, Phone, Store, Work};

/// Sign-ins with one number that fail.
const FAILURES: Limit = Limit::new(
    "sign_in_number",
    Rate::Times {
        times: 10,
        within: Duration::minutes(15),
    },
);
/// So long a proven number may wait for a name.
const PROOF_LIFE: Duration = Duration::minutes(30);
/// What a proof is sealed for.
const PROOF: &str = "accounts.proof of a telephone";

/// Lets somebody in by telephone number and password, and answers the token for the session cookie.
/// Wrong number and wrong password look the same and take the same time; failures count for the number, and
/// in `tries` for where they come from.
pub async fn sign_in(
    store: &Store,
    guest: &Actor,
    device: &str,
    tries: &Bucket,
    phone: &str,
    password: &str,
) -> Outcome<String> {
    let mut errors = FieldErrors::default();
    let number = errors.phone("phone", phone);
    if password.is_empty() {
        errors.add("password", "required");
    }
    let (Some(number), true) = (number, errors.is_empty()) else {
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
    let actor = guest.known_as(PersonId(person));
    crate::transact!(store, &actor, work => sessions::start(work, PersonId(person), device).await)
}

/// What a right code opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An account: the token for the session cookie.
    SignedIn(String),
    /// None yet, or one that others made and whose holder has not agreed to anything yet.
    New {
        /// With which [`sign_up`] makes the account, or hands it over.
        proof: String,
        /// As others wrote it down; empty where nobody did.
        name: String,
    },
}

/// Lets somebody in who holds the telephone that a code was sent to.
pub async fn enter(
    store: &Store,
    guest: &Actor,
    device: &str,
    id: CodeId,
    digits: &str,
) -> Outcome<Entry> {
    let redeemed = codes::redeem(store, guest, id, CodePurpose::SignIn, digits).await?;
    let known = sqlx::query!(
        r#"select id, name, exists (select from consents where person_id = people.id and kind = 'personal_data') as "agreed!"
           from people where phone = $1"#,
        redeemed.phone.as_str()
    )
    .fetch_optional(store.writer())
    .await?;
    let person = match known {
        Some(row) if row.agreed => PersonId(row.id),
        other => {
            let until = store.now() + PROOF_LIFE;
            return Ok(Entry::New {
                proof: prove(store.key(), &redeemed.phone, until)?,
                name: other.map(|row| row.name).unwrap_or_default(),
            });
        }
    };
    let actor = guest.known_as(person);
    let token =
        crate::transact!(store, &actor, work => sessions::start(work, person, device).await)?;
    Ok(Entry::SignedIn(token))
}

/// Makes the account of whoever proved a telephone, or takes over the one that a helper or an administrator made for
/// them, with their consent, and lets them in.
pub async fn sign_up(
    store: &Store,
    guest: &Actor,
    device: &str,
    proof: &str,
    account: &NewAccount,
) -> Outcome<String> {
    let phone = proven(store.key(), proof, store.now()).ok_or(AccountsRefusal::ProofOver)?;
    crate::transact!(store, guest, work => {
        let person = make(work, &phone, account).await?;
        work.actor = guest.known_as(person);
        sessions::start(work, person, device).await
    })
}

async fn make(work: &mut Work<'_>, phone: &Phone, account: &NewAccount) -> Outcome<PersonId> {
    let id: PersonId = work.new_id();
    // Locks the row of an account that is there, so that the same form sent twice is one after the other.
    let id = sqlx::query_scalar!(
        "insert into people (id, name, phone, created_at) values ($1, $2, $3, $4)
         on conflict (phone) do update set phone = excluded.phone
         returning id",
        id.0,
        account.name,
        phone.as_str(),
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let id = PersonId(id);
    let agreed = sqlx::query_scalar!(
        r#"select exists (select from consents where person_id = $1 and kind = 'personal_data') as "exists!""#,
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if agreed {
        return Ok(id);
    }
    sqlx::query!(
        "with buyer as (
             insert into role_grants (person_id, role, granted_at) values ($1, 'buyer', $2) on conflict do nothing
         ),
         named as (update people set name = $5 where id = $1 and name <> $5)
         insert into consents (person_id, kind, text_version, given_at, address) values ($1, 'personal_data', $3, $2, $4)",
        id.0,
        work.now,
        PERSONAL_DATA_VERSION,
        work.actor.address,
        account.name,
    )
    .execute(&mut *work.conn)
    .await?;
    work.actor = work.actor.known_as(id);
    record(
        work,
        Deed {
            action: "person.signed_up",
            subject_kind: "person",
            subject: id.0,
            before: None,
            after: Some(serde_json::json!({ "personal_data": PERSONAL_DATA_VERSION })),
        },
    )
    .await?;
    Ok(id)
}

/// The number and until when, sealed: the form carries it, and nobody else can make one.
fn prove(key: &Key, phone: &Phone, until: OffsetDateTime) -> Result<String, Fault> {
    let text = format!("{} {}", until.unix_timestamp(), phone.as_str());
    Ok(URL_SAFE_NO_PAD.encode(key.seal(PROOF, text.as_bytes())?))
}

fn proven(key: &Key, proof: &str, now: OffsetDateTime) -> Option<Phone> {
    let sealed = URL_SAFE_NO_PAD.decode(proof).ok()?;
    let opened = String::from_utf8(key.open(PROOF, &sealed).ok()?).ok()?;
    let (until, phone) = opened.split_once(' ')?;
    let until: i64 = until.parse().ok()?;
    Phone::parse(phone)
        .ok()
        .filter(|_| now.unix_timestamp() < until)
}
