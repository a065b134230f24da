//! What becomes of certificates.
pub mod clock;
pub mod decide;
pub mod enter;
pub mod import;
pub mod reference;
mod sample;

use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::{
    CertificateState, CertificateStep, CertificatesRefusal, Entry, EventKind, Hand, OCOP, Source,
    transition,
};
use crate::kernel::audit::{Deed, record};
use crate::kernel::error::broken_row;
use crate::kernel::message::{self, Args, plain};
use crate::kernel::outbox::{Topic, announce, tell};
use crate::kernel::{CertificateId, CommuneId, Failure, Fault, FieldErrors, Phone, SellerId, Work};

pub use clock::round;
pub use decide::{decide_goods, revoke, send_back, verify};
pub use enter::{correct, cover, enter};
pub use sample::{NewCertificate, create, mark};

type Outcome<T> = Result<T, Failure<CertificatesRefusal>>;

/// A certificate's row, locked.
struct Locked {
    id: CertificateId,
    seller: SellerId,
    commune: CommuneId,
    state: CertificateState,
    /// The kind's code.
    kind: String,
    /// Of OCOP alone.
    stars: Option<i16>,
    replaces: Option<Uuid>,
}

impl Locked {
    fn is_ocop(&self) -> bool {
        self.kind == OCOP
    }
}

async fn lock(work: &mut Work<'_>, id: CertificateId) -> Outcome<Option<Locked>> {
    let row = sqlx::query!(
        "select certificates.seller_id, sellers.commune_id, certificates.state, certificates.kind, certificates.stars, certificates.replaces_id
         from certificates join sellers on sellers.id = certificates.seller_id
         where certificates.id = $1
         for update of certificates",
        id.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Locked {
        id,
        seller: SellerId(row.seller_id),
        commune: CommuneId(row.commune_id),
        state: CertificateState::parse(&row.state)
            .ok_or_else(|| broken_row("certificates", "state", id))?,
        kind: row.kind,
        stars: row.stars,
        replaces: row.replaces_id,
    }))
}

/// Takes a step of the table.
async fn step(
    work: &mut Work<'_>,
    locked: &Locked,
    step: CertificateStep,
    hand: Hand,
) -> Outcome<()> {
    let to = transition(locked.state, step, hand).map_err(CertificatesRefusal::from)?;
    sqlx::query!(
        "update certificates set state = $2, state_since = $3 where id = $1",
        locked.id.0,
        to.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Writes down what happened, in the certificate's history and in the audit log.
async fn note(
    work: &mut Work<'_>,
    id: CertificateId,
    kind: EventKind,
    reason: &str,
    field: &str,
) -> Result<(), sqlx::Error> {
    let after = json!({ "reason": reason, "field": field });
    note_of(work, id, kind, (reason, field), None, after).await
}

/// The same, with what the record says besides.
async fn note_of(
    work: &mut Work<'_>,
    id: CertificateId,
    kind: EventKind,
    (reason, field): (&str, &str),
    before: Option<Value>,
    after: Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into certificate_events (certificate_id, kind, at, actor_kind, person_id, reason, field)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        kind.as_str(),
        work.now,
        work.actor.kind(),
        work.actor.person.map(|person| person.0),
        reason,
        field,
    )
    .execute(&mut *work.conn)
    .await?;
    let action = format!("certificate.{}", kind.as_str());
    record(
        work,
        Deed {
            action: &action,
            subject_kind: "certificate",
            subject: id.0,
            before,
            after: Some(after),
        },
    )
    .await
}

/// News of a certificate are worth sending so long.
const WANTED: Duration = Duration::days(3);

/// News of a certificate that are told by a short message.
#[derive(Clone, Copy)]
enum News {
    Verified,
    Returned,
    Revoked,
    GoodsAccepted,
    GoodsRefused,
    Ends,
}

impl News {
    /// The message: stars are lost and won in other words than marks.
    const fn message(self, is_ocop: bool) -> &'static str {
        match (self, is_ocop) {
            (Self::Verified, true) => "certificate_verified",
            (Self::Verified, false) => "mark_verified",
            (Self::Returned, true) => "certificate_returned",
            (Self::Returned, false) => "mark_returned",
            (Self::Revoked, true) => "certificate_revoked",
            (Self::Revoked, false) => "mark_revoked",
            (Self::GoodsAccepted, true) => "certificate_goods_accepted",
            (Self::GoodsAccepted, false) => "mark_goods_accepted",
            (Self::GoodsRefused, true) => "certificate_goods_refused",
            (Self::GoodsRefused, false) => "mark_goods_refused",
            (Self::Ends, true) => "certificate_ends",
            (Self::Ends, false) => "mark_ends",
        }
    }
}

/// What a message mentions of a certificate.
fn mentioned(kind: &str, kind_name: &str, product_name: &str) -> Args {
    let mut args = Args::from([("product".to_owned(), plain(product_name, 40))]);
    if kind != OCOP {
        args.insert("mark".to_owned(), plain(kind_name, 40));
    }
    args
}

/// A short message to the household that holds the certificate, where it has a telephone: others see it at their desk,
/// and their helper at theirs.
async fn tell_holder(work: &mut Work<'_>, id: CertificateId, news: News) -> Result<(), Fault> {
    let row = sqlx::query!(
        "select product_name, kind, certificate_kinds.name_vi as kind_name, phone_of_household(seller_id) as phone
         from certificates join certificate_kinds on certificate_kinds.code = certificates.kind
         where certificates.id = $1",
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let Some(phone) = row.phone else {
        return Ok(());
    };
    let phone = Phone::parse(&phone).map_err(Fault::new)?;
    let args = mentioned(&row.kind, &row.kind_name, &row.product_name);
    let kind = news.message(row.kind == OCOP);
    message::write(work, &phone, kind, args, "vi", work.now + WANTED).await?;
    Ok(())
}

/// The names of goods, for the record.
async fn names(work: &mut Work<'_>, products: &[Uuid]) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select name from products where id = any($1) order by name, id",
        products
    )
    .fetch_all(&mut *work.conn)
    .await
}

/// The goods that show what a certificate gives.
async fn covered(work: &mut Work<'_>, id: CertificateId) -> Result<Vec<Uuid>, Fault> {
    let products = sqlx::query_scalar!(
        r#"select product_id as "product_id!" from covered_goods where certificate_id = $1"#,
        id.0
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(products)
}

/// Has search and pages follow: stars or marks of these products may have come or gone, and the certificate's own page.
async fn stars_changed(work: &mut Work<'_>, products: &[Uuid]) -> Result<(), sqlx::Error> {
    if products.is_empty() {
        announce(work).await
    } else {
        tell(work, Topic::ProductChanged, products).await
    }
}

/// What a new certificate comes with besides what it says.
struct Birth {
    state: CertificateState,
    source: Source,
    seller: SellerId,
    paper: Option<Uuid>,
    replaces: Option<Uuid>,
}

/// Writes a certificate that was not known.
async fn insert(work: &mut Work<'_>, entry: &Entry, birth: &Birth) -> Outcome<CertificateId> {
    let id: CertificateId = work.new_id();
    let code = public_code(work);
    let grade = entry.gives.stars();
    sqlx::query!(
        "insert into certificates (id, code, state, state_since, source, seller_id, kind, product_name, group_code, set_number, regime,
             stars, score, number, decided_on, valid_to, issuer, paper_id, replaces_id, is_sample, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
             (select is_sample from sellers where id = $6), $4)",
        id.0,
        code,
        birth.state.as_str(),
        work.now,
        birth.source.as_str(),
        birth.seller.0,
        entry.gives.code(),
        entry.product_name,
        grade.map(|grade| grade.group.as_str()),
        grade.and_then(|grade| grade.set).map(i16::from),
        grade.map(|grade| grade.regime.as_str()),
        grade.map(|grade| i16::from(grade.stars)),
        grade
            .and_then(|grade| grade.score)
            .map(|score| i32::from(score.0)),
        entry.number,
        entry.decided_on,
        entry.valid_to,
        entry.issuer,
        birth.paper,
        birth.replaces,
    )
    .execute(&mut *work.conn)
    .await
    .map_err(known)?;
    Ok(id)
}

/// Writes what a certificate says, for one that is there already.
async fn write_entry(work: &mut Work<'_>, id: CertificateId, entry: &Entry) -> Outcome<()> {
    let grade = entry.gives.stars();
    let written = sqlx::query!(
        "update certificates set product_name = $2, group_code = $3, set_number = $4, regime = $5, stars = $6, score = $7,
             number = $8, decided_on = $9, valid_to = $10, issuer = $11, kind = $12
         where id = $1",
        id.0,
        entry.product_name,
        grade.map(|grade| grade.group.as_str()),
        grade.and_then(|grade| grade.set).map(i16::from),
        grade.map(|grade| grade.regime.as_str()),
        grade.map(|grade| i16::from(grade.stars)),
        grade
            .and_then(|grade| grade.score)
            .map(|score| i32::from(score.0)),
        entry.number,
        entry.decided_on,
        entry.valid_to,
        entry.issuer,
        entry.gives.code(),
    )
    .execute(&mut *work.conn)
    .await;
    written.map_err(known).map(|_| ())
}

/// What the database refuses, by the name of the constraint.
fn known(error: sqlx::Error) -> Failure<CertificatesRefusal> {
    let constraint = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint);
    match constraint {
        Some("certificates_once") => {
            let mut errors = FieldErrors::default();
            errors.add("number", "certificate_known");
            CertificatesRefusal::Invalid(errors).into()
        }
        Some("certificates_one_successor") => CertificatesRefusal::AlreadyFollowed.into(),
        _ => error.into(),
    }
}

/// A public code: `C` and seven characters of Crockford's base 32, which no one mistakes for an order's.
fn public_code(work: &mut Work<'_>) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = work.random_bits();
    let letters = (0..7).map(|place| {
        let at = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
        char::from(ALPHABET[at])
    });
    std::iter::once('C').chain(letters).collect()
}
