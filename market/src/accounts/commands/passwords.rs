//! Passwords: for who wants one besides the telephone.
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use time::Duration;

use super::{Outcome, sessions};
use crate::accounts::{AccountsRefusal, Again, NewPassword};
use crate::kernel::audit::{Deed, record};
use crate::kernel::limit::{Limit, Rate};
use crate::kernel::{Actor, Fault, FieldErrors, PersonId, Phone, Store, Work, message, secret};

/// Sets the actor's password; whoever has one must know it, and who has none must have signed in a moment ago, or a
/// telephone that lies open would be enough for all that asks for the password. All other sessions end (ASVS 5.0,
/// 7.4.3): `token` is the one that stays. The telephone is told.
///
/// # Errors
/// The wrong password at `current`; [`AccountsRefusal::SignInAgain`]; too many wrong ones.
pub async fn set_password(
    store: &Store,
    actor: &Actor,
    token: &str,
    password: &NewPassword,
) -> Outcome<()> {
    let person = actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let known = known(store, person, token).await?;
    match known.password_hash {
        Some(hash) => fits(store, person, &password.current, hash).await?,
        None if known.is_fresh => {}
        None => return Err(AccountsRefusal::SignInAgain.into()),
    }
    let new = password.new.clone();
    let hash = tokio::task::spawn_blocking(move || hash_password(&new))
        .await
        .map_err(Fault::new)?;
    let hash = &hash?;
    crate::transact!(store, actor, work => {
        sqlx::query!("update people set password_hash = $2 where id = $1", person.0, hash)
            .execute(&mut *work.conn)
            .await?;
        record(
            work,
            Deed {
                action: "person.password_set",
                subject_kind: "person",
                subject: person.0,
                before: None,
                after: None,
            },
        )
        .await?;
        tell(work, &known.phone).await?;
        sessions::end_other_sessions(work, token).await
    })
}

/// A sign-in of so long ago proves who it is without a password.
pub const FRESH: Duration = Duration::minutes(15);
/// A message about a new password is worth sending so long.
const NEWS: Duration = Duration::days(3);
/// Wrong passwords of somebody who is signed in.
const WRONG: Limit = Limit::new(
    "password_again",
    Rate::Times {
        times: 10,
        within: Duration::minutes(15),
    },
);

/// Asks once more who it is, before what can't be taken back: the password, or a session that was begun a moment
/// ago.
///
/// # Errors
/// The wrong password at `current`; [`AccountsRefusal::SignInAgain`] for who has none; too many wrong ones.
pub async fn knows_password(store: &Store, actor: &Actor, again: Again<'_>) -> Outcome<()> {
    let person = actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let known = known(store, person, again.token).await?;
    if known.is_fresh {
        return Ok(());
    }
    let Some(hash) = known.password_hash else {
        return Err(AccountsRefusal::SignInAgain.into());
    };
    fits(store, person, again.password, hash).await
}

/// What is known of who asks.
struct Known {
    password_hash: Option<String>,
    phone: String,
    /// Signed in a moment ago.
    is_fresh: bool,
}

async fn known(store: &Store, person: PersonId, token: &str) -> Outcome<Known> {
    sqlx::query_as!(
        Known,
        r#"select people.password_hash, people.phone as "phone!", sessions.created_at > $3 as "is_fresh!"
           from people join sessions on sessions.person_id = people.id
           where people.id = $1 and sessions.token_hash = $2"#,
        person.0,
        secret::hash(token),
        store.now() - FRESH,
    )
    .fetch_optional(store.reader())
    .await?
    .ok_or_else(|| AccountsRefusal::NotSignedIn.into())
}

/// A short message that the password is another one now.
async fn tell(work: &mut Work<'_>, phone: &str) -> Result<(), Fault> {
    let phone = Phone::parse(phone).map_err(Fault::new)?;
    let until = work.now + NEWS;
    message::write(
        work,
        &phone,
        "password_set",
        message::Args::new(),
        "vi",
        until,
    )
    .await?;
    Ok(())
}

/// Whether it is the password; wrong ones are counted.
async fn fits(store: &Store, person: PersonId, password: &str, hash: String) -> Outcome<()> {
    let tries = WRONG.of(person);
    let taken = tries.take(store).await;
    taken.map_err(|failure| failure.map(AccountsRefusal::TooManyTries))?;
    let password = password.to_owned();
    let fits = tokio::task::spawn_blocking(move || password_fits(&password, Some(&hash)))
        .await
        .map_err(Fault::new)?;
    if !fits {
        let mut errors = FieldErrors::default();
        errors.add("current", "wrong_password");
        return Err(AccountsRefusal::Invalid(errors).into());
    }
    tries.give_back(store).await?;
    Ok(())
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
pub(super) fn password_fits(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$QWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let fits = parsed.is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    });
    fits && hash.is_some()
}
