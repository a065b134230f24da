//! Another telephone: by its owner, or by somebody who met the owner of a lost one.
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::codes::NewCode;
use super::passwords::knows_password;
use super::{Outcome, codes, note, record_own, sessions};
use crate::accounts::{AccountsRefusal, Again, CodePurpose, NewPhoneForm, Recovery};
use crate::kernel::audit::Deed;
use crate::kernel::error::broken_row;
use crate::kernel::limit::{Limit, Rate};
use crate::kernel::outbox::{Topic, tell as tell_outbox};
use crate::kernel::{
    Actor, CodeId, CommuneId, Failure, Fault, FieldErrors, Permission, PersonId, Phone, RecoveryId,
    Right, Store, Work, message,
};

/// A neighbour's word holds after so long; until then the old telephone can object.
const OBJECTION: Duration = Duration::hours(24);
/// Recoveries that one person vouches for.
const VOUCHING: Limit = Limit::new(
    "recovery",
    Rate::Times {
        times: 20,
        within: Duration::hours(1),
    },
);
/// A message about a change is worth sending so long.
const NEWS: Duration = Duration::days(3);

/// Sends a code to the telephone that the actor changes to. Asks for the password, or for a sign-in of the last
/// minutes (ASVS 5.0, 7.5.1). Whether the number has an account is not said before it is proven.
///
/// # Errors
/// At the fields what is wrong; [`AccountsRefusal::SignInAgain`]; too many codes.
pub async fn ask_new_phone(
    store: &Store,
    actor: &Actor,
    token: &str,
    form: &NewPhoneForm,
    lang: &str,
) -> Outcome<CodeId> {
    let person = actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let mut errors = FieldErrors::default();
    let phone = errors.phone("phone", &form.phone);
    let own = sqlx::query_scalar!("select phone from people where id = $1", person.0)
        .fetch_one(store.reader())
        .await?;
    if let Some(phone) = &phone
        && own.as_deref() == Some(phone.as_str())
    {
        errors.add("phone", "same_phone");
    }
    let (Some(phone), true) = (phone, errors.is_empty()) else {
        return Err(AccountsRefusal::Invalid(errors).into());
    };
    let again = Again {
        token,
        password: &form.current,
    };
    knows_password(store, actor, again).await?;
    let code = NewCode::of(CodePurpose::NewPhone, &phone).about(person.0);
    codes::send(store, actor, code, lang).await
}

/// Changes the actor's telephone to the one that holds the code. All other sessions end, and the old telephone
/// is told.
///
/// # Errors
/// The code is wrong or over; another account has the number.
pub async fn change_phone(
    store: &Store,
    actor: &Actor,
    token: &str,
    id: CodeId,
    digits: &str,
) -> Outcome<()> {
    let person = actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let redeemed = codes::redeem(store, actor, id, CodePurpose::NewPhone, digits).await?;
    if redeemed.subject != Some(person.0) {
        return Err(AccountsRefusal::CodeOver.into());
    }
    let phone = &redeemed.phone;
    crate::transact!(store, actor, work => {
        move_to(work, person, phone, "person.phone_changed", None).await?;
        sessions::end_other_sessions(work, token).await
    })
}

/// Sends a code to the new telephone of somebody who lost the old one, whom the actor has met: an officer of the
/// commune, or a helper of the hamlet, of a household's shop; for everybody else the province's officers.
/// Accounts of staff are an administrator's.
///
/// # Errors
/// [`AccountsRefusal::NobodyToHelp`] where there is no such account or it is not the actor's to help; too many.
pub async fn ask_recovery(
    store: &Store,
    actor: &Actor,
    recovery: &Recovery,
    lang: &str,
) -> Outcome<CodeId> {
    let taken = VOUCHING.of_actor(actor).take(store).await;
    taken.map_err(|failure| failure.map(AccountsRefusal::CodeTooSoon))?;
    let found = crate::transact!(store, actor, work => vouched_for(work, &recovery.phone).await)?;
    let code = NewCode::of(CodePurpose::Recovery, &recovery.new_phone).about(found.person.0);
    codes::send(store, actor, code, lang).await
}

/// Vouches for the person with the code that their new telephone got: at once on an officer's word; on a
/// helper's after a day, of which the old telephone is told. Answers from when it holds.
///
/// # Errors
/// As [`ask_recovery`]; the code is wrong or over; another account has the number; one is under way.
pub async fn recover(
    store: &Store,
    actor: &Actor,
    recovery: &Recovery,
    id: CodeId,
    digits: &str,
) -> Outcome<OffsetDateTime> {
    let redeemed = codes::redeem(store, actor, id, CodePurpose::Recovery, digits).await?;
    crate::transact!(store, actor, work => {
        let found = vouched_for(work, &recovery.phone).await?;
        if redeemed.subject != Some(found.person.0) || redeemed.phone != recovery.new_phone {
            return Err(AccountsRefusal::CodeOver.into());
        }
        write(work, &found, recovery).await
    })
}

/// Somebody whom the actor may help.
struct Found {
    person: PersonId,
    /// On the actor's word at once.
    at_once: bool,
}

async fn vouched_for(work: &mut Work<'_>, phone: &Phone) -> Outcome<Found> {
    let row = sqlx::query!(
        r#"select
            people.id,
            exists (select from role_grants where person_id = people.id and role in ('helper', 'officer', 'admin')) as "is_staff!",
            array(
                select sellers.commune_id from seller_members join sellers on sellers.id = seller_members.seller_id
                where seller_members.person_id = people.id and duty = 'owner' and sellers.status in ('approved', 'suspended')
                order by sellers.id) as "communes!",
            array(
                select sellers.hamlet from seller_members join sellers on sellers.id = seller_members.seller_id
                where seller_members.person_id = people.id and duty = 'owner' and sellers.status in ('approved', 'suspended')
                order by sellers.id) as "hamlets!"
        from people where people.phone = $1"#,
        phone.as_str(),
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(AccountsRefusal::NobodyToHelp)?;
    let actor = &work.actor;
    let places: Vec<(CommuneId, String)> = row
        .communes
        .into_iter()
        .map(CommuneId)
        .zip(row.hamlets)
        .collect();
    let is_officers = actor.may(Right::Province(Permission::Sellers))
        || places
            .iter()
            .any(|(commune, _)| actor.may(Right::Office(Permission::Sellers, *commune)));
    let is_neighbours = places
        .iter()
        .any(|(commune, hamlet)| actor.may(Right::Guide(*commune, hamlet)));
    let may = if row.is_staff {
        actor.may(Right::Administer)
    } else {
        is_officers || is_neighbours
    };
    if !may || actor.person == Some(PersonId(row.id)) {
        return Err(AccountsRefusal::NobodyToHelp.into());
    }
    Ok(Found {
        person: PersonId(row.id),
        at_once: row.is_staff || is_officers,
    })
}

async fn write(work: &mut Work<'_>, found: &Found, recovery: &Recovery) -> Outcome<OffsetDateTime> {
    let by = work.actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let id: RecoveryId = work.new_id();
    let holds_from = if found.at_once {
        work.now
    } else {
        work.now + OBJECTION
    };
    if found.at_once {
        // An officer's word is worth more than a neighbour's that still waits.
        sqlx::query!(
            "update recoveries set ended_at = $2 where person_id = $1 and done_at is null and ended_at is null",
            found.person.0,
            work.now,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let written = sqlx::query!(
        "insert into recoveries (id, person_id, new_phone, vouched_by, reason, asked_at, holds_from)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (person_id) where done_at is null and ended_at is null do nothing",
        id.0,
        found.person.0,
        recovery.new_phone.as_str(),
        by.0,
        recovery.reason,
        work.now,
        holds_from,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if written == 0 {
        return Err(AccountsRefusal::RecoveryWaits.into());
    }
    let after = json!({ "new_phone": recovery.new_phone.masked(), "reason": recovery.reason });
    note(work, "recovery.vouched", found.person, Some(after)).await?;
    if found.at_once {
        finish(work, id, found.person, &recovery.new_phone).await?;
    } else {
        tell(work, &recovery.phone, "recovery_waits").await?;
    }
    Ok(holds_from)
}

/// Ends a recovery that its person did not ask for.
///
/// # Errors
/// [`AccountsRefusal::NobodyToHelp`] where there is none under way for the actor.
pub async fn object(work: &mut Work<'_>, id: RecoveryId) -> Outcome<()> {
    let person = work.actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let ended = sqlx::query!(
        "update recoveries set ended_at = $3
         where id = $1 and person_id = $2 and done_at is null and ended_at is null",
        id.0,
        person.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if ended == 0 {
        return Err(AccountsRefusal::NobodyToHelp.into());
    }
    note(work, "recovery.objected", person, None).await?;
    Ok(())
}

/// Lets recoveries hold to which nobody objected in time. The worker's.
///
/// # Errors
/// A fault of the database.
pub async fn recover_due(work: &mut Work<'_>) -> Result<(), Fault> {
    // Whoever has been entrusted with something meanwhile is an administrator's to help.
    sqlx::query!(
        "update recoveries set ended_at = $1
         where holds_from <= $1 and done_at is null and ended_at is null
             and exists (
                 select from role_grants
                 where role_grants.person_id = recoveries.person_id and role in ('helper', 'officer', 'admin'))",
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let due = sqlx::query!(
        "select id, person_id, new_phone from recoveries
         where holds_from <= $1 and done_at is null and ended_at is null
         order by holds_from limit 100 for update skip locked",
        work.now,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    for row in due {
        let phone = Phone::parse(&row.new_phone)
            .map_err(|_| broken_row("recoveries", "new_phone", row.id))?;
        let (id, person) = (RecoveryId(row.id), PersonId(row.person_id));
        if is_free(work, person, &phone).await? {
            finish(work, id, person, &phone)
                .await
                .map_err(Failure::into_fault)?;
        } else {
            sqlx::query!(
                "update recoveries set ended_at = $2 where id = $1",
                id.0,
                work.now
            )
            .execute(&mut *work.conn)
            .await?;
            note(work, "recovery.number_taken", person, None).await?;
        }
    }
    Ok(())
}

async fn finish(
    work: &mut Work<'_>,
    id: RecoveryId,
    person: PersonId,
    phone: &Phone,
) -> Outcome<()> {
    move_to(work, person, phone, "person.recovered", Some(id.0)).await?;
    // Whoever has the old telephone may know the password too.
    sqlx::query!(
        "with forgotten as (update people set password_hash = null where id = $1),
         signed_out as (delete from sessions where person_id = $1),
         revoked as (update api_tokens set revoked_at = $2 where person_id = $1 and revoked_at is null)
         update recoveries set done_at = $2 where id = $3",
        person.0,
        work.now,
        id.0,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Gives the person another number; the old one is told.
async fn move_to(
    work: &mut Work<'_>,
    person: PersonId,
    phone: &Phone,
    action: &str,
    recovery: Option<Uuid>,
) -> Outcome<()> {
    if !is_free(work, person, phone).await? {
        return Err(AccountsRefusal::PhoneTaken.into());
    }
    let old = sqlx::query_scalar!(
        "select phone from people where id = $1 and closed_at is null for update",
        person.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .flatten()
    .ok_or(AccountsRefusal::NobodyToHelp)?;
    let old = Phone::parse(&old).map_err(|_| broken_row("people", "phone", person))?;
    sqlx::query!(
        "update people set phone = $2 where id = $1",
        person.0,
        phone.as_str()
    )
    .execute(&mut *work.conn)
    .await?;
    // What was under way for the old number is over; the shop is reached by the new one too.
    let shops = sqlx::query_scalar!(
        "with over as (
             update recoveries set ended_at = $4
             where person_id = $1 and done_at is null and ended_at is null and id is distinct from $5)
         update sellers set phone = $3
         where phone = $2 and id in (select seller_id from seller_members where person_id = $1 and duty = 'owner')
         returning id",
        person.0,
        old.as_str(),
        phone.as_str(),
        work.now,
        recovery,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    tell_outbox(work, Topic::SellerChanged, &shops).await?;
    let deed = Deed {
        action,
        subject_kind: "person",
        subject: person.0,
        before: Some(json!({ "phone": old.masked() })),
        after: Some(json!({ "phone": phone.masked(), "recovery": recovery })),
    };
    record_own(work, deed).await?;
    tell(work, &old, "phone_changed").await?;
    Ok(())
}

async fn is_free(work: &mut Work<'_>, person: PersonId, phone: &Phone) -> Result<bool, Fault> {
    let taken = sqlx::query_scalar!(
        r#"select exists (select from people where phone = $1 and id <> $2) as "taken!""#,
        phone.as_str(),
        person.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(!taken)
}

async fn tell(work: &mut Work<'_>, to: &Phone, kind: &str) -> Result<(), Fault> {
    let until = work.now + NEWS;
    message::write(work, to, kind, message::Args::new(), "vi", until).await?;
    Ok(())
}
