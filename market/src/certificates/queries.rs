//! Reading certificates: for their sellers, for officers, for anybody.
mod marks;

use sqlx::{PgExecutor, PgPool};
use time::Date;
use uuid::Uuid;

use super::{
    CertificateEvent, CertificateRecord, CertificateState, CoveredProduct, EventKind, Gives, Group,
    ListedCertificate, OCOP, OcopSet, Programme, PublicCertificate, RecordedGrade, Regime, Score,
    Source, Standing, WARNINGS, marks as kinds,
};
use crate::kernel::error::broken_row;
use crate::kernel::time::business_day;
use crate::kernel::{
    Actor, CertificateId, CommuneId, Fault, PageRequest, PaperId, Permission, ProductId, Right,
    SellerId,
};

/// What a form is understood by: regimes, the newest first, their sets, and the marks.
pub async fn programme(db: &PgPool) -> Result<Programme, Fault> {
    let regimes = sqlx::query!(
        "select code, valid_from, months, least from ocop_regimes order by valid_from desc, code"
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| {
        let broken = |column| broken_row("ocop_regimes", column, &row.code);
        let least: Vec<u8> = row
            .least
            .iter()
            .filter_map(|&points| points.try_into().ok())
            .collect();
        Ok(Regime {
            months: row.months.try_into().map_err(|_| broken("months"))?,
            least: least.try_into().map_err(|_| broken("least"))?,
            code: row.code,
            valid_from: row.valid_from,
        })
    })
    .collect::<Result<_, Fault>>()?;
    let sets = sqlx::query!(
        "select regime, number, group_code, name_vi, name_en from ocop_sets order by regime, number"
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| {
        let broken = |column| broken_row("ocop_sets", column, row.number);
        Ok(OcopSet {
            number: row.number.try_into().map_err(|_| broken("number"))?,
            group: Group::parse(&row.group_code).ok_or_else(|| broken("group_code"))?,
            regime: row.regime,
            name_vi: row.name_vi,
            name_en: row.name_en,
        })
    })
    .collect::<Result<_, Fault>>()?;
    Ok(Programme {
        regimes,
        sets,
        marks: kinds::all(),
    })
}

/// For how many months a certificate of today's regime is valid, as the rules publish it.
pub async fn months(db: &PgPool, today: Date) -> Result<i16, Fault> {
    let months = sqlx::query_scalar!(
        "select months from ocop_regimes where valid_from <= $1 order by valid_from desc limit 1",
        today,
    )
    .fetch_one(db)
    .await?;
    Ok(months)
}

/// The certificates of a seller: what waits for the seller first, then by the last day.
pub async fn of_seller(
    db: &PgPool,
    seller: SellerId,
    page: PageRequest,
) -> Result<(Vec<ListedCertificate>, i64), Fault> {
    let filter = DeskFilter {
        seller: Some(seller),
        page,
        ..DeskFilter::default()
    };
    list(db, &filter, None, Date::MIN).await
}

/// How many of a seller's certificates were returned, and how many end within 90 days without one that follows.
pub async fn to_do(db: &PgPool, seller: SellerId, today: Date) -> Result<(i64, i64), Fault> {
    let row = sqlx::query!(
        r#"select
            count(*) filter (where state = 'returned') as "returned!",
            count(*) filter (where state = 'verified' and valid_to between $2 and $2::date + $3::integer and not exists (
                select from certificates as next
                where next.replaces_id = certificates.id and next.state in ('entered', 'verified'))) as "ending!"
        from certificates
        where seller_id = $1"#,
        seller.0,
        today,
        i32::from(WARNINGS[2]),
    )
    .fetch_one(db)
    .await?;
    Ok((row.returned, row.ending))
}

pub use marks::*;

/// What a row gives: stars where it has them, else the mark of its kind.
fn gives<G>(kind: &str, grade: Option<G>) -> Option<Gives<G>> {
    match grade {
        Some(grade) if kind == OCOP => Some(Gives::Stars(grade)),
        None => kinds::named(kind).map(Gives::Mark),
        Some(_) => None,
    }
}

/// What an officer looks through.
#[derive(Clone, Debug)]
pub struct DeskFilter {
    /// How they stand today; all where none is asked for.
    pub standing: Option<Standing>,
    /// Of one commune, by its code on today's map.
    pub commune: Option<String>,
    /// Of one seller.
    pub seller: Option<SellerId>,
    /// Which page.
    pub page: PageRequest,
}

impl Default for DeskFilter {
    fn default() -> Self {
        Self {
            standing: None,
            commune: None,
            seller: None,
            page: PageRequest::new(None, None),
        }
    }
}

/// The certificates that the actor looks after as an officer: those that wait the longest first, those that are
/// valid by their last day. Nothing for who is no such officer.
pub async fn for_office(
    db: &PgPool,
    actor: &Actor,
    filter: &DeskFilter,
    today: Date,
) -> Result<(Vec<ListedCertificate>, i64), Fault> {
    if !actor.has_office(Permission::Certificates) {
        return Ok((Vec::new(), 0));
    }
    let scope = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    list(db, filter, scope, today).await
}

async fn list(
    db: &PgPool,
    filter: &DeskFilter,
    scope: Option<Vec<i32>>,
    today: Date,
) -> Result<(Vec<ListedCertificate>, i64), Fault> {
    let (state, first, last) = match filter.standing {
        None => (None, None, None),
        Some(Standing::Entered) => (Some("entered"), None, None),
        Some(Standing::Returned) => (Some("returned"), None, None),
        Some(Standing::Revoked) => (Some("revoked"), None, None),
        Some(Standing::Valid) => (Some("verified"), Some(today), None),
        Some(Standing::Ending) => {
            let last = today + time::Duration::days(i64::from(WARNINGS[2]));
            (Some("verified"), Some(today), Some(last))
        }
        Some(Standing::Expired) => (Some("verified"), None, today.previous_day()),
    };
    let rows = sqlx::query!(
        r#"select
            certificates.id,
            certificates.state,
            certificates.state_since,
            certificates.product_name,
            certificates.kind,
            certificates.stars,
            certificates.number,
            certificates.valid_to,
            sellers.name as seller_name,
            communes.full_name as commune_name,
            exists (
                select from certificates as next
                where next.replaces_id = certificates.id and next.state in ('entered', 'verified')) as "is_followed!",
            state = 'verified' and exists (
                select from certificate_claims where certificate_id = certificates.id) as "goods_wait!",
            count(*) over () as "total!"
        from certificates
        join sellers on sellers.id = certificates.seller_id
        join communes on communes.id = sellers.commune_id
        where ($1::text is null or certificates.state = $1
                -- What waits for an officer: certificates, and goods that one is to cover besides.
                or $1 = 'entered' and certificates.state = 'verified' and exists (
                    select from certificate_claims where certificate_id = certificates.id))
            and ($2::date is null or certificates.valid_to >= $2)
            and ($3::date is null or certificates.valid_to <= $3)
            and ($4::uuid is null or certificates.seller_id = $4)
            and ($5::text is null or communes.code = $5)
            and ($6::integer[] is null or sellers.commune_id = any($6))
        order by
            array_position(array['returned', 'entered', 'verified', 'revoked'], certificates.state),
            case when certificates.state = 'verified' then certificates.valid_to end,
            certificates.state_since,
            certificates.id
        limit $7 offset $8"#,
        state,
        first,
        last,
        filter.seller.map(|seller| seller.0),
        filter.commune,
        scope.as_deref(),
        filter.page.limit(),
        filter.page.offset(),
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let listed = rows
        .into_iter()
        .map(|row| {
            let broken = |column| broken_row("certificates", column, row.id);
            Ok(ListedCertificate {
                id: CertificateId(row.id),
                state: CertificateState::parse(&row.state).ok_or_else(|| broken("state"))?,
                state_since: row.state_since,
                gives: gives(
                    &row.kind,
                    row.stars.and_then(|stars| u8::try_from(stars).ok()),
                )
                .ok_or_else(|| broken("kind"))?,
                product_name: row.product_name,
                number: row.number,
                valid_to: row.valid_to,
                seller_name: row.seller_name,
                commune_name: row.commune_name,
                is_followed: row.is_followed,
                goods_wait: row.goods_wait,
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok((listed, total))
}

/// How many certificates stand how, among those that the actor looks after.
pub async fn counts(
    db: &PgPool,
    actor: &Actor,
    today: Date,
) -> Result<Vec<(Standing, i64)>, Fault> {
    let scope: Option<Vec<i32>> = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    let row = sqlx::query!(
        r#"select
            count(*) filter (where state = 'entered' or state = 'verified' and exists (
                select from certificate_claims where certificate_id = certificates.id)) as "entered!",
            count(*) filter (where state = 'returned') as "returned!",
            count(*) filter (where state = 'verified' and valid_to >= $1) as "valid!",
            count(*) filter (where state = 'verified' and valid_to between $1 and $1::date + $2::integer) as "ending!",
            count(*) filter (where state = 'verified' and valid_to < $1) as "expired!",
            count(*) filter (where state = 'revoked') as "revoked!"
        from certificates
        join sellers on sellers.id = certificates.seller_id
        where $3::integer[] is null or sellers.commune_id = any($3)"#,
        today,
        i32::from(WARNINGS[2]),
        scope.as_deref(),
    )
    .fetch_one(db)
    .await?;
    let numbers = [
        row.entered,
        row.returned,
        row.valid,
        row.ending,
        row.expired,
        row.revoked,
    ];
    Ok(Standing::ALL.into_iter().zip(numbers).collect())
}

/// The communes in which the actor looks after certificates, by code and name.
pub async fn communes(db: &PgPool, actor: &Actor) -> Result<Vec<(String, String)>, Fault> {
    let scope: Option<Vec<i32>> = actor
        .office_communes()
        .map(|communes| communes.iter().map(|commune| commune.0).collect());
    let rows = sqlx::query!(
        "select distinct communes.code, communes.full_name
        from certificates
        join sellers on sellers.id = certificates.seller_id
        join communes on communes.id = sellers.commune_id
        where $1::integer[] is null or sellers.commune_id = any($1)",
        scope.as_deref(),
    )
    .fetch_all(db)
    .await?;
    let mut communes: Vec<_> = rows
        .into_iter()
        .map(|row| (row.code, row.full_name))
        .collect();
    communes.sort_by_cached_key(|(_, name)| crate::kernel::text::sort_key(name));
    Ok(communes)
}

/// A certificate for who lists its holder's goods; nothing for anybody else.
pub async fn own(
    db: &PgPool,
    actor: &Actor,
    id: CertificateId,
) -> Result<Option<CertificateRecord>, Fault> {
    let found = record(db, id).await?;
    Ok(found.filter(|certificate| actor.may(Right::List(certificate.seller))))
}

/// A certificate for an officer who looks after it; nothing for anybody else.
pub async fn in_office(
    db: &PgPool,
    actor: &Actor,
    id: CertificateId,
) -> Result<Option<CertificateRecord>, Fault> {
    let found = record(db, id).await?;
    Ok(found.filter(|certificate| {
        actor.may(Right::Office(Permission::Certificates, certificate.commune))
    }))
}

async fn record(
    db: impl PgExecutor<'_>,
    id: CertificateId,
) -> Result<Option<CertificateRecord>, Fault> {
    let row = sqlx::query!(
        r#"select
            certificates.id,
            certificates.code,
            certificates.state,
            certificates.state_since,
            certificates.source,
            certificates.seller_id,
            sellers.slug as seller_slug,
            sellers.name as seller_name,
            sellers.commune_id,
            communes.full_name as commune_name,
            certificates.product_name,
            certificates.kind,
            certificates.group_code,
            certificates.set_number,
            ocop_sets.name_vi as "set_name_vi?",
            ocop_sets.name_en as "set_name_en?",
            certificates.regime,
            certificates.stars,
            certificates.score,
            certificates.number,
            certificates.decided_on,
            certificates.valid_to,
            certificates.issuer,
            certificates.paper_id,
            certificates.replaces_id,
            next.id as "next_id?",
            next.state as "next_state?",
            certificates.is_sample
        from certificates
        join sellers on sellers.id = certificates.seller_id
        join communes on communes.id = sellers.commune_id
        left join ocop_sets on ocop_sets.regime = certificates.regime and ocop_sets.number = certificates.set_number
        left join certificates as next on next.replaces_id = certificates.id and next.state <> 'revoked'
        where certificates.id = $1"#,
        id.0,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let broken = |column| broken_row("certificates", column, row.id);
    let state = |text: &str| CertificateState::parse(text).ok_or_else(|| broken("state"));
    let grade = grade(Graded {
        group_code: row.group_code,
        set: row.set_number.zip(row.set_name_vi).zip(row.set_name_en),
        regime: row.regime,
        stars: row.stars,
        score: row.score,
    })
    .map_err(broken)?;
    Ok(Some(CertificateRecord {
        id: CertificateId(row.id),
        state: state(&row.state)?,
        state_since: row.state_since,
        source: Source::parse(&row.source).ok_or_else(|| broken("source"))?,
        seller: SellerId(row.seller_id),
        seller_slug: row.seller_slug,
        seller_name: row.seller_name,
        commune: CommuneId(row.commune_id),
        commune_name: row.commune_name,
        gives: gives(&row.kind, grade).ok_or_else(|| broken("kind"))?,
        successor: match (row.next_id, row.next_state) {
            (Some(id), Some(next)) => Some((CertificateId(id), state(&next)?)),
            _ => None,
        },
        paper: row.paper_id.map(PaperId),
        replaces: row.replaces_id.map(CertificateId),
        code: row.code,
        product_name: row.product_name,
        number: row.number,
        decided_on: row.decided_on,
        valid_to: row.valid_to,
        issuer: row.issuer,
        is_sample: row.is_sample,
    }))
}

/// What a row says of stars.
struct Graded {
    group_code: Option<String>,
    /// Number, Vietnamese name, English name.
    set: Option<((i16, String), String)>,
    regime: Option<String>,
    stars: Option<i16>,
    score: Option<i32>,
}

/// What a row says of stars, understood; nothing of another mark. The error names the column.
fn grade(row: Graded) -> Result<Option<RecordedGrade>, &'static str> {
    let (Some(stars), Some(regime)) = (row.stars, row.regime) else {
        return Ok(None);
    };
    let small = |number: i16, column| u8::try_from(number).map_err(|_| column);
    Ok(Some(RecordedGrade {
        group: row
            .group_code
            .map(|code| Group::parse(&code).ok_or("group_code"))
            .transpose()?,
        set: row
            .set
            .map(|((number, vi), en)| Ok::<_, &'static str>((small(number, "set_number")?, vi, en)))
            .transpose()?,
        regime,
        stars: small(stars, "stars")?,
        score: row
            .score
            .map(|score| score.try_into().map(Score).map_err(|_| "score"))
            .transpose()?,
    }))
}

/// The history of a certificate, the last first.
pub async fn events(db: &PgPool, id: CertificateId) -> Result<Vec<CertificateEvent>, Fault> {
    let rows = sqlx::query!(
        "select id, kind, at, reason, field from certificate_events where certificate_id = $1 order by id desc limit 100",
        id.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CertificateEvent {
                kind: EventKind::parse(&row.kind)
                    .ok_or_else(|| broken_row("certificate_events", "kind", row.id))?,
                at: row.at,
                reason: row.reason,
                field: row.field,
            })
        })
        .collect()
}

/// The goods of a seller, with those that the certificate covers or is to cover marked; `None`: one that is not
/// entered yet.
pub async fn products(
    db: &PgPool,
    seller: SellerId,
    certificate: Option<CertificateId>,
) -> Result<Vec<CoveredProduct>, Fault> {
    let rows = sqlx::query!(
        r#"select
            products.id,
            products.slug,
            products.name,
            exists (select from covered_goods where certificate_id = $2 and product_id = products.id) as "is_covered!",
            exists (select from certificate_claims where certificate_id = $2 and product_id = products.id) as "is_claimed!"
        from products
        where products.seller_id = $1 and products.status <> 'archived' and products.name <> ''
        order by 4 desc, 5 desc, products.name, products.id
        limit 200"#,
        seller.0,
        certificate.map(|id| id.0),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CoveredProduct {
            id: ProductId(row.id),
            slug: row.slug,
            name: row.name,
            is_covered: row.is_covered,
            is_claimed: row.is_claimed,
        })
        .collect())
}

/// What anybody may know of the certificate with that public code, in any case of letters: one that was granted,
/// also where its period is over or it was taken back.
pub async fn public(db: &PgPool, code: &str) -> Result<Option<PublicCertificate>, Fault> {
    let row = sqlx::query!(
        r#"select
            certificates.id,
            certificates.code,
            certificates.state,
            certificates.state_since,
            certificates.product_name,
            certificates.kind,
            certificates.group_code,
            certificates.stars,
            certificates.number,
            certificates.issuer,
            certificates.regime,
            certificates.decided_on,
            certificates.valid_to,
            certificates.is_sample,
            next.code as "next_code?",
            sellers.slug as seller_slug,
            sellers.name as seller_name,
            communes.full_name as commune_name,
            communes.province_name
        from certificates
        join sellers on sellers.id = certificates.seller_id
        join communes on communes.id = sellers.commune_id
        left join certificates as next on next.replaces_id = certificates.id and next.state = 'verified'
        where certificates.code = upper($1) and certificates.state in ('verified', 'revoked')"#,
        code,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let products = sqlx::query!(
        "select products.slug, products.name
        from covered_goods
        join products on products.id = covered_goods.product_id
        join sellers on sellers.id = products.seller_id
        where covered_goods.certificate_id = $1 and products.status = 'published' and is_selling(sellers)
        order by products.name, products.id
        limit 50",
        row.id,
    )
    .fetch_all(db)
    .await?;
    let broken = |column| broken_row("certificates", column, row.id);
    let grade = grade(Graded {
        group_code: row.group_code,
        set: None,
        regime: row.regime,
        stars: row.stars,
        score: None,
    })
    .map_err(broken)?;
    Ok(Some(PublicCertificate {
        revoked_on: (row.state == "revoked").then(|| business_day(row.state_since)),
        gives: gives(&row.kind, grade).ok_or_else(|| broken("kind"))?,
        code: row.code,
        product_name: row.product_name,
        number: row.number,
        issuer: row.issuer,
        decided_on: row.decided_on,
        valid_to: row.valid_to,
        is_sample: row.is_sample,
        followed_by: row.next_code,
        seller_slug: row.seller_slug,
        seller_name: row.seller_name,
        commune_name: row.commune_name,
        province_name: row.province_name,
        products: products
            .into_iter()
            .map(|row| (row.slug, row.name))
            .collect(),
    }))
}

/// The ids among `products` that are not the seller's.
pub(super) async fn strangers(
    db: impl PgExecutor<'_>,
    seller: SellerId,
    products: &[Uuid],
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from unnest($2::uuid[]) as asked (id)
        where not exists (select from products where products.id = asked.id and products.seller_id = $1)"#,
        seller.0,
        products,
    )
    .fetch_one(db)
    .await
}

/// A certificate as it is taken out by law.
#[derive(Clone, Debug)]
pub struct ExportedCertificate {
    /// Public code.
    pub code: String,
    /// `ocop`, `vietgap`, …
    pub kind: String,
    /// The product as printed.
    pub product_name: String,
    /// 3 to 5, of OCOP.
    pub stars: Option<i16>,
    /// Number of the decision.
    pub number: String,
    /// Who granted it.
    pub issuer: String,
    /// Under which decision's rules, of OCOP.
    pub regime: Option<String>,
    /// The day of the decision.
    pub decided_on: Date,
    /// The last day of its period.
    pub valid_to: Date,
    /// `entered`, `verified`, …
    pub state: String,
}

/// All certificates of a seller, the oldest first.
pub async fn exported(db: &PgPool, seller: SellerId) -> Result<Vec<ExportedCertificate>, Fault> {
    let certificates = sqlx::query_as!(
        ExportedCertificate,
        "select code, kind, product_name, stars, number, issuer, regime, decided_on, valid_to, state
         from certificates where seller_id = $1 order by created_at, id",
        seller.0,
    )
    .fetch_all(db)
    .await?;
    Ok(certificates)
}
