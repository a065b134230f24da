//! How a household's consent comes about and ends.
use serde_json::json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::households::note_guidance;
use crate::accounts::CodePurpose;
use crate::accounts::commands::codes::{self, NewCode};
use crate::assistance::queries::desk;
use crate::assistance::{AssistanceRefusal, CONSENT_VERSION, Method, Wish, WishForm};
use crate::kernel::audit::{Deed, record};
use crate::kernel::message::Args;
use crate::kernel::text::{clean_line, fold};
use crate::kernel::time::{day_text, start_of_day};
use crate::kernel::{
    Actor, CodeId, CommuneId, ConsentId, Failure, PaperId, Permission, PersonId, Phone, Right,
    SellerId, Store, Work, secret,
};
use crate::media::{MediaStore, PaperKind, Upload, papers};

type Outcome<T> = Result<T, Failure<AssistanceRefusal>>;

/// The longest reason, characters.
const REASON: usize = 300;

/// A household that the actor may ask for its consent, with who asks and where a code would go.
struct Askable {
    seller: SellerId,
    helper: PersonId,
    phone: Option<Phone>,
    own_phone: String,
    own_name: String,
}

impl Askable {
    /// What the message to the household says besides the code: who asks, for what, until when.
    fn mentions(&self, wish: &Wish, today: Date) -> Args {
        // One message of 160 characters, which has no room for marks nor for long names.
        let helper = fold(&self.own_name).chars().take(24).collect();
        let tasks: Vec<&str> = wish.tasks.iter().map(|task| task.as_str()).collect();
        let last = wish.span.end(today).previous_day().unwrap_or(today);
        Args::from([
            ("helper".to_owned(), helper),
            ("tasks".to_owned(), tasks.join(",")),
            ("day".to_owned(), day_text(last)),
        ])
    }
}

/// Whether the actor may ask the household of that address: a helper of its hamlet. Elsewhere there is none.
///
/// # Errors
/// Where there is no such household for this helper.
pub async fn may_ask(work: &mut Work<'_>, slug: &str) -> Outcome<SellerId> {
    Ok(askable(work, slug).await?.seller)
}

async fn askable(work: &mut Work<'_>, slug: &str) -> Outcome<Askable> {
    let row = sqlx::query!(
        r#"select
            sellers.id,
            sellers.commune_id,
            sellers.hamlet,
            phone_of_household(sellers.id) as phone,
            people.id as helper,
            people.phone as "own_phone!",
            people.name as own_name
        from sellers
        cross join people
        where sellers.slug = $1 and sellers.status <> 'closed' and people.id = $2"#,
        slug,
        work.actor.person.map(|person| person.0),
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .filter(|row| {
        let place = Right::Guide(CommuneId(row.commune_id), &row.hamlet);
        work.actor.may(place)
    })
    .ok_or(AssistanceRefusal::NotFound)?;
    Ok(Askable {
        phone: desk::parse_phone(row.phone, row.id)?,
        seller: SellerId(row.id),
        helper: PersonId(row.helper),
        own_phone: row.own_phone,
        own_name: row.own_name,
    })
}

/// The actor as themselves: asking a household is done in nobody else's name, whose desk ever they stand at.
fn in_person(actor: &Actor) -> Actor {
    Actor {
        acting: None,
        ..actor.clone()
    }
}

/// Asks a household by a code to its telephone, which it tells the helper in person if it agrees. Answers the
/// code that [`give_by_code`] takes.
///
/// # Errors
/// Where there is no such household for this helper, where it has no telephone or the helper's own, where
/// nothing is ticked, and where codes were asked for too often.
pub async fn ask_by_code(
    store: &Store,
    actor: &Actor,
    slug: &str,
    wish: &WishForm,
    lang: &str,
) -> Outcome<CodeId> {
    let actor = &in_person(actor);
    let asked = crate::transact!(store, actor, work => askable(work, slug).await)?;
    let wish = &wish.parse().map_err(AssistanceRefusal::Invalid)?;
    let phone = asked.phone.clone().ok_or(AssistanceRefusal::NoPhone)?;
    if phone.as_str() == asked.own_phone {
        return Err(AssistanceRefusal::OwnPhone.into());
    }
    let (id, asked) = (ConsentId(secret::new_key()), &asked);
    let code = NewCode {
        mentions: asked.mentions(wish, store.today()),
        ..NewCode::of(CodePurpose::Consent, &phone).about(id.0)
    };
    let code = codes::send(store, actor, code, lang)
        .await
        .map_err(|failure| failure.map(AssistanceRefusal::Code))?;
    crate::transact!(store, actor, work => write(work, id, asked, wish, None).await)?;
    Ok(code)
}

/// Takes the photograph of a signed paper; it waits for an officer.
///
/// # Errors
/// Where there is no such household for this helper, where nothing is ticked, or the photograph can't be taken.
pub async fn hand_in_paper(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    slug: &str,
    wish: &WishForm,
    upload: Option<Upload>,
) -> Outcome<ConsentId> {
    let actor = &in_person(actor);
    let asked = &crate::transact!(store, actor, work => askable(work, slug).await)?;
    let (upload, wish) = match (upload, wish.parse()) {
        (Some(upload), Ok(wish)) => (upload, wish),
        (upload, wish) => {
            let mut errors = wish.err().unwrap_or_default();
            if upload.is_none() {
                errors.add("photo", "paper_photo");
            }
            return Err(AssistanceRefusal::Invalid(errors).into());
        }
    };
    let paper = papers::accept(
        store,
        media,
        actor,
        asked.seller,
        PaperKind::Consent,
        upload,
    )
    .await
    .map_err(|failure| failure.map(AssistanceRefusal::Photo))?;
    let (id, wish) = (ConsentId(secret::new_key()), &wish);
    crate::transact!(store, actor, work => write(work, id, asked, wish, Some(paper)).await)?;
    Ok(id)
}

/// Notes what a household is asked for; what it was asked before by the same helper is no longer asked.
async fn write(
    work: &mut Work<'_>,
    id: ConsentId,
    asked: &Askable,
    wish: &Wish,
    paper: Option<PaperId>,
) -> Outcome<()> {
    // The same form sent twice is one after the other: the second takes the place of the first.
    sqlx::query!(
        "select id from people where id = $1 for update",
        asked.helper.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    // It may have closed while a photograph was on its way; from here on it can't.
    sqlx::query_scalar!(
        "select id from sellers where id = $1 and status <> 'closed' for key share",
        asked.seller.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(AssistanceRefusal::NotFound)?;
    sqlx::query!(
        "update household_consents set ended_at = $3, end_reason = '' where seller_id = $1 and helper_id = $2 and given_at is null and ended_at is null",
        asked.seller.0,
        asked.helper.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let tasks: Vec<String> = wish
        .tasks
        .iter()
        .map(|task| task.as_str().to_owned())
        .collect();
    let until = wish.span.end(work.today());
    let method = match paper {
        Some(_) => Method::Paper,
        None => Method::Code,
    };
    sqlx::query!(
        "insert into household_consents (id, seller_id, helper_id, tasks, method, asked_at, valid_until, text_version, paper_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        asked.seller.0,
        asked.helper.0,
        &tasks,
        method.as_str(),
        work.now,
        start_of_day(until),
        CONSENT_VERSION,
        paper.map(|paper| paper.0),
    )
    .execute(&mut *work.conn)
    .await?;
    let after = json!({
        "helper": asked.helper,
        "tasks": tasks,
        "until": until.to_string(),
        "method": method.as_str(),
        "text_version": CONSENT_VERSION,
    });
    deed(work, "consent.asked", id, after).await
}

/// Gives the consent that a household tells its helper by the code it received.
///
/// # Errors
/// Where the code is nothing of this helper's, wrong, over, or went to a telephone that is no longer the
/// household's.
pub async fn give_by_code(
    store: &Store,
    actor: &Actor,
    code: CodeId,
    digits: &str,
) -> Outcome<SellerId> {
    let actor = &in_person(actor);
    let pending = desk::pending_code(store.reader(), actor, code)
        .await?
        .ok_or(AssistanceRefusal::NotFound)?;
    if digits.trim().is_empty() {
        return Err(AssistanceRefusal::field("code", "required").into());
    }
    let redeemed = codes::redeem(store, actor, code, CodePurpose::Consent, digits)
        .await
        .map_err(|failure| failure.map(AssistanceRefusal::Code))?;
    let id = redeemed.subject.map(ConsentId);
    let (id, slug) = (
        id.ok_or(AssistanceRefusal::NotFound)?,
        &pending.household.slug,
    );
    crate::transact!(store, actor, work => {
        let asked = askable(work, slug).await?;
        if asked.phone.as_ref() != Some(&redeemed.phone) {
            return Err(AssistanceRefusal::Decided.into());
        }
        let row = open(work, id).await?;
        if row.given_at.is_some() || row.ended_at.is_some() {
            return Err(AssistanceRefusal::Decided.into());
        }
        give(work, id, &row, None).await?;
        Ok(asked.seller)
    })
}

/// A consent's row, locked.
struct Row {
    seller: SellerId,
    helper: PersonId,
    commune: CommuneId,
    given_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    valid_until: OffsetDateTime,
    is_paper: bool,
}

async fn open(work: &mut Work<'_>, id: ConsentId) -> Outcome<Row> {
    let row = sqlx::query!(
        "select consent.seller_id, consent.helper_id, consent.given_at, consent.ended_at, consent.valid_until, consent.method, sellers.commune_id
         from household_consents as consent
         join sellers on sellers.id = consent.seller_id
         where consent.id = $1
         for update of consent",
        id.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(AssistanceRefusal::NotFound)?;
    Ok(Row {
        seller: SellerId(row.seller_id),
        helper: PersonId(row.helper_id),
        commune: CommuneId(row.commune_id),
        given_at: row.given_at,
        ended_at: row.ended_at,
        valid_until: row.valid_until,
        is_paper: Method::parse(&row.method) == Some(Method::Paper),
    })
}

/// From now on it holds, and no older one of the same household for the same helper.
async fn give(
    work: &mut Work<'_>,
    id: ConsentId,
    row: &Row,
    officer: Option<PersonId>,
) -> Outcome<()> {
    sqlx::query!(
        "update household_consents set ended_at = $3 where seller_id = $1 and helper_id = $2 and given_at is not null and ended_at is null",
        row.seller.0,
        row.helper.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update household_consents set given_at = $2, approved_by = $3 where id = $1",
        id.0,
        work.now,
        officer.map(|officer| officer.0),
    )
    .execute(&mut *work.conn)
    .await?;
    note_guidance(work, row.seller, row.helper, "consented").await?;
    let action = if officer.is_some() {
        "consent.approved"
    } else {
        "consent.given"
    };
    let text = json!({ "helper": row.helper, "text_version": CONSENT_VERSION });
    deed(work, action, id, text).await
}

/// An officer of the household's commune has looked at the paper: the consent holds from now on.
///
/// # Errors
/// Where it is none of this officer's, decided already, or the officer's own.
pub async fn approve(work: &mut Work<'_>, id: ConsentId) -> Outcome<()> {
    let (row, officer) = paper_of_officer(work, id).await?;
    if row.valid_until <= work.now {
        return Err(AssistanceRefusal::Decided.into());
    }
    give(work, id, &row, Some(officer)).await
}

/// An officer of the household's commune refuses the paper and says why.
///
/// # Errors
/// As for [`approve`], and where no reason is given.
pub async fn refuse(work: &mut Work<'_>, id: ConsentId, reason: &str) -> Outcome<()> {
    let (_, officer) = paper_of_officer(work, id).await?;
    let reason = parse_reason(reason, true)?;
    sqlx::query!(
        "update household_consents set ended_at = $2, ended_by = $3, end_reason = $4 where id = $1",
        id.0,
        work.now,
        officer.0,
        reason,
    )
    .execute(&mut *work.conn)
    .await?;
    deed(work, "consent.refused", id, json!({ "reason": reason })).await
}

/// A paper that waits for this officer.
async fn paper_of_officer(work: &mut Work<'_>, id: ConsentId) -> Outcome<(Row, PersonId)> {
    let row = open(work, id).await?;
    let is_theirs = work
        .actor
        .may(Right::Office(Permission::Sellers, row.commune));
    let officer = work
        .actor
        .person
        .filter(|_| is_theirs && row.is_paper)
        .ok_or(AssistanceRefusal::NotFound)?;
    if row.helper == officer {
        return Err(AssistanceRefusal::OwnPaper.into());
    }
    if row.given_at.is_some() || row.ended_at.is_some() {
        return Err(AssistanceRefusal::Decided.into());
    }
    Ok((row, officer))
}

/// Ends a consent at once, also while the helper is at the desk, or takes back one that is only asked for: the
/// household at any time, or an officer of its commune for it, who says why. A second time changes nothing.
///
/// # Errors
/// Where it is neither the household's nor the officer's, and where the officer gives no reason.
pub async fn end(work: &mut Work<'_>, id: ConsentId, reason: &str) -> Outcome<SellerId> {
    let row = open(work, id).await?;
    let is_household = work.actor.may(Right::Own(row.seller));
    let is_officer = work
        .actor
        .may(Right::Office(Permission::Sellers, row.commune));
    if !is_household && !is_officer {
        return Err(AssistanceRefusal::NotFound.into());
    }
    let reason = parse_reason(reason, !is_household)?;
    if row.ended_at.is_some() {
        return Ok(row.seller);
    }
    sqlx::query!(
        "update household_consents set ended_at = $2, ended_by = $3, end_reason = $4 where id = $1",
        id.0,
        work.now,
        work.actor.person.map(|person| person.0),
        reason,
    )
    .execute(&mut *work.conn)
    .await?;
    let why = json!({ "helper": row.helper, "reason": reason });
    deed(work, "consent.ended", id, why).await?;
    Ok(row.seller)
}

fn parse_reason(reason: &str, is_required: bool) -> Outcome<String> {
    let reason = clean_line(reason);
    if is_required && reason.is_empty() {
        return Err(AssistanceRefusal::field("reason", "required").into());
    }
    if reason.chars().count() > REASON {
        let mut errors = crate::kernel::FieldErrors::default();
        errors.add_with("reason", "too_long", &[("max", REASON.to_string())]);
        return Err(AssistanceRefusal::Invalid(errors).into());
    }
    Ok(reason)
}

async fn deed(
    work: &mut Work<'_>,
    action: &str,
    id: ConsentId,
    after: serde_json::Value,
) -> Outcome<()> {
    let subject: Uuid = id.0;
    record(
        work,
        Deed {
            action,
            subject_kind: "household_consent",
            subject,
            before: None,
            after: Some(after),
        },
    )
    .await?;
    Ok(())
}
