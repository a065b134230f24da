//! One-time codes: six digits sent to a telephone, good for five minutes and five tries, once.
use sqlx::PgExecutor;
use time::Duration;
use uuid::Uuid;

use crate::accounts::{AccountsRefusal, CodePurpose};
use crate::kernel::error::broken_row;
use crate::kernel::limit::{Limit, Rate};
use crate::kernel::{Actor, CodeId, Failure, Fault, Phone, Store, Work, message};

type Outcome<T> = Result<T, Failure<AccountsRefusal>>;

/// A code holds so long (ASVS 5.0, 6.6: at most ten minutes).
pub const CODE_LIFE: Duration = Duration::minutes(5);
/// Wrong tries for one code.
pub const CODE_TRIES: i16 = 5;
/// A pause between two codes for the same thing to one telephone.
const PAUSE: Limit = Limit::new("code_pause", rate(1, Duration::minutes(1)));
/// Codes to one telephone.
const PER_PHONE: Limit = Limit::new("code_phone", rate(5, Duration::hours(1)));
/// Codes asked for from one address: carriers put the telephones of whole communes behind one.
const PER_ADDRESS: Limit = Limit::new("code_address", rate(120, Duration::hours(1)));
/// Codes are kept so long, for whoever asks what happened.
pub(super) const KEPT: Duration = Duration::days(1);

/// A code to be sent.
#[derive(Clone, Debug)]
pub struct NewCode<'a> {
    /// What it is good for.
    pub purpose: CodePurpose,
    /// To whom.
    pub phone: &'a Phone,
    /// What it is about where that is more than the telephone.
    pub subject: Option<Uuid>,
    /// What the message mentions besides code and minutes.
    pub mentions: message::Args,
}

impl<'a> NewCode<'a> {
    /// A code that is about nothing but the telephone.
    #[must_use]
    pub fn of(purpose: CodePurpose, phone: &'a Phone) -> Self {
        Self {
            purpose,
            phone,
            subject: None,
            mentions: message::Args::new(),
        }
    }

    /// The same, about something.
    #[must_use]
    pub fn about(self, subject: Uuid) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }
}

/// What a right code was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// The telephone that it was sent to.
    pub phone: Phone,
    /// What it was about where that is more than the telephone.
    pub subject: Option<Uuid>,
}

const fn rate(times: u32, within: Duration) -> Rate {
    Rate::Times { times, within }
}

/// Sends a new code; older ones to that telephone for the same purpose and subject end. Too many to one telephone
/// or from one address have to wait.
pub async fn send(store: &Store, actor: &Actor, code: NewCode<'_>, lang: &str) -> Outcome<CodeId> {
    // Whoever has asked too often must not use up another's codes too.
    for bucket in [
        PER_ADDRESS.of(&actor.address),
        PAUSE.of(format!("{} {}", code.purpose.as_str(), code.phone.as_str())),
        PER_PHONE.of(code.phone.as_str()),
    ] {
        let taken = bucket.take(store).await;
        taken.map_err(|failure| failure.map(AccountsRefusal::CodeTooSoon))?;
    }
    crate::transact!(store, actor, work => write(work, &code, lang).await)
}

async fn write(work: &mut Work<'_>, code: &NewCode<'_>, lang: &str) -> Outcome<CodeId> {
    let NewCode {
        purpose,
        phone,
        subject,
        ..
    } = *code;
    let mut args = code.mentions.clone();
    sqlx::query!(
        "with ended as (
             update one_time_codes set expires_at = $4
             where phone = $1 and purpose = $2 and subject is not distinct from $3 and expires_at > $4
             returning message_id
         )
         update messages set expires_at = $4 where id in (select message_id from ended)",
        phone.as_str(),
        purpose.as_str(),
        subject,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let digits = format!("{:06}", work.random_bits() % 1_000_000);
    let id: CodeId = work.new_id();
    args.insert("code".to_owned(), digits.clone());
    args.insert("minutes".to_owned(), CODE_LIFE.whole_minutes().to_string());
    let expires = work.now + CODE_LIFE;
    let message = message::write(work, phone, purpose.message(), args, lang, expires).await?;
    let hash = digest(work, id, &digits);
    sqlx::query!(
        "insert into one_time_codes (id, purpose, phone, subject, code_hash, message_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        purpose.as_str(),
        phone.as_str(),
        subject,
        hash,
        message,
        work.now,
        expires,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(id)
}

/// Takes a code as told by whoever holds the telephone. A transaction of its own, so that a wrong try counts
/// whatever its caller does afterwards; a right code is spent.
pub async fn redeem(
    store: &Store,
    actor: &Actor,
    id: CodeId,
    purpose: CodePurpose,
    digits: &str,
) -> Outcome<Redeemed> {
    let typed: String = digits.chars().filter(char::is_ascii_digit).collect();
    crate::transact_sure!(store, actor, work => Ok(attempt(work, id, purpose, &typed).await?))?
}

async fn attempt(
    work: &mut Work<'_>,
    id: CodeId,
    purpose: CodePurpose,
    digits: &str,
) -> Result<Outcome<Redeemed>, Fault> {
    let row = sqlx::query!(
        "update one_time_codes set tries = tries + 1
         where id = $1 and purpose = $2 and used_at is null and expires_at > $3 and tries < $4
         returning phone, subject, code_hash, tries",
        id.0,
        purpose.as_str(),
        work.now,
        CODE_TRIES,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(row) = row else {
        return Ok(Err(AccountsRefusal::CodeOver.into()));
    };
    if digest(work, id, digits) != row.code_hash {
        return Ok(Err(AccountsRefusal::CodeWrong {
            left: CODE_TRIES - row.tries,
        }
        .into()));
    }
    sqlx::query!(
        "update one_time_codes set used_at = $2 where id = $1",
        id.0,
        work.now
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(Ok(Redeemed {
        phone: Phone::parse(&row.phone).map_err(|_| broken_row("one_time_codes", "phone", id))?,
        subject: row.subject,
    }))
}

fn digest(work: &Work<'_>, id: CodeId, digits: &str) -> Vec<u8> {
    work.key
        .digest(&format!("one_time_codes {id}"), digits.as_bytes())
}

/// The telephone that a code went to; `None` where there is no such code any more.
pub async fn sent_to(db: impl PgExecutor<'_>, id: CodeId) -> Result<Option<Phone>, Fault> {
    let phone = sqlx::query_scalar!("select phone from one_time_codes where id = $1", id.0)
        .fetch_optional(db)
        .await?;
    phone
        .map(|phone| Phone::parse(&phone).map_err(|_| broken_row("one_time_codes", "phone", id)))
        .transpose()
}

/// The digits of a code, for the pages of a demonstration whose messages go to the log.
pub async fn shown(db: impl PgExecutor<'_>, id: CodeId) -> Result<Option<String>, Fault> {
    let code = sqlx::query_scalar!(
        "select messages.args ->> 'code' from one_time_codes join messages on messages.id = one_time_codes.message_id
         where one_time_codes.id = $1",
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(code.flatten())
}
