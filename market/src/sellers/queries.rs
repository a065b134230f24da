//! Reading sellers: the shop's page, its household's checklist, the officers' queue.
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::numbers::NumberKind;
use super::{
    Delivers, FieldNote, Invitation, Member, Ownerless, Residence, Seller, SellerKind,
    SellersRefusal, Shop, ShopEvent, ShopHistory, ShopPaper, Standing, TaxKind,
};
use crate::kernel::error::broken_row;
use crate::kernel::time::{business_day, parse_day};
use crate::kernel::{
    Actor, CommuneId, Duty, Failure, Fault, InvitationId, PageRequest, PaperId, PersonId, Phone,
    PhotoId, SellerId,
};

/// The seller of a shop's address.
pub async fn by_slug(db: impl PgExecutor<'_>, slug: &str) -> Result<Option<Seller>, Fault> {
    find(db, None, Some(slug)).await
}

/// The seller with that id.
pub async fn by_id(db: impl PgExecutor<'_>, id: SellerId) -> Result<Option<Seller>, Fault> {
    find(db, Some(id), None).await
}

/// Addresses and names of shops by their addresses; where there is no shop, there is no row.
pub async fn names(
    db: impl PgExecutor<'_>,
    slugs: &[String],
) -> Result<Vec<(String, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select slug, name from sellers where slug = any($1) order by slug",
        slugs,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.name)).collect())
}

/// The shops of these addresses; where there is no shop, there is no row.
pub async fn ids(
    db: impl PgExecutor<'_>,
    slugs: &[String],
) -> Result<Vec<(String, SellerId)>, Fault> {
    let rows = sqlx::query!("select slug, id from sellers where slug = any($1)", slugs)
        .fetch_all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.slug, SellerId(row.id)))
        .collect())
}

async fn find(
    db: impl PgExecutor<'_>,
    id: Option<SellerId>,
    slug: Option<&str>,
) -> Result<Option<Seller>, Fault> {
    let row = sqlx::query!(
        r#"select
            sellers.id,
            sellers.slug,
            sellers.name,
            sellers.kind,
            sellers.status,
            sellers.paused_since,
            sellers.paused_until,
            sellers.commune_id,
            communes.full_name as commune_name,
            communes.code as commune_code,
            communes.province_name,
            former.full_name as "former_commune?",
            former.district_name as "former_district?",
            sellers.hamlet,
            sellers.street,
            sellers.owner_name,
            sellers.story,
            sellers.delivers,
            sellers.is_sample,
            coalesce(
                (select min(at) from seller_events where seller_id = sellers.id and event = 'approved'),
                sellers.created_at) as "since!",
            identity_checks.verified_at as "verified_at?",
            coalesce(identity_checks.method = 'register', false) as "is_vouched!",
            array(
                select width from photo_variants
                where photo_id = sellers.photo_id and format = 'webp' order by width) as "widths!",
            array(
                select key from photo_variants
                where photo_id = sellers.photo_id and format = 'webp' order by width) as "keys!"
        from sellers
        join communes on communes.id = sellers.commune_id
        left join communes as former on former.id = sellers.former_commune_id
        left join identity_checks on identity_checks.id = sellers.identity_check_id
        where sellers.id = $1 or sellers.slug = $2"#,
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Seller {
            kind: SellerKind::parse(&row.kind)
                .ok_or_else(|| broken_row("sellers", "kind", row.id))?,
            id: SellerId(row.id),
            slug: row.slug,
            name: row.name,
            standing: Standing::parse(&row.status)
                .ok_or_else(|| broken_row("sellers", "status", row.id))?,
            is_paused: row.paused_since.is_some(),
            paused_until: row.paused_until,
            commune_id: CommuneId(row.commune_id),
            commune_name: row.commune_name,
            commune_code: row.commune_code,
            province_name: row.province_name,
            former_commune: row
                .former_commune
                .map(|name| with_district(name, row.former_district)),
            hamlet: row.hamlet,
            street: row.street,
            owner_name: row.owner_name,
            story: row.story,
            picture: row.widths.into_iter().zip(row.keys).collect(),
            verified_on: row.verified_at.map(business_day),
            is_vouched: row.is_vouched,
            delivers: row.delivers.as_deref().and_then(Delivers::parse),
            is_sample: row.is_sample,
            since: business_day(row.since),
        })
    })
    .transpose()
}

fn with_district(name: String, district: Option<String>) -> String {
    match district {
        Some(district) => format!("{name}, {district}"),
        None => name,
    }
}

/// The telephone of a person's account.
pub async fn phone_of(db: impl PgExecutor<'_>, person: PersonId) -> Result<Option<Phone>, Fault> {
    let phone = sqlx::query_scalar!("select phone from people where id = $1", person.0)
        .fetch_optional(db)
        .await?;
    phone
        .flatten()
        .map(|phone| Phone::parse(&phone).map_err(|_| broken_row("people", "phone", person)))
        .transpose()
}

/// The other shops of the actor, by name, with what they are called.
pub async fn others(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    but: SellerId,
) -> Result<Vec<(SellerId, String)>, Fault> {
    let ids: Vec<Uuid> = actor
        .memberships
        .iter()
        .map(|membership| membership.seller.0)
        .filter(|id| *id != but.0)
        .collect();
    let rows = sqlx::query!(
        "select id, name from sellers where id = any($1) order by name, id",
        &ids,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (SellerId(row.id), row.name))
        .collect())
}

/// Who belongs to a shop: owners first.
pub async fn members(db: impl PgExecutor<'_>, id: SellerId) -> Result<Vec<Member>, Fault> {
    let rows = sqlx::query!(
        r#"select people.id, people.name, people.phone as "phone!", members.duty, members.since
           from seller_members as members
           join people on people.id = members.person_id
           where members.seller_id = $1
           order by members.duty, members.since, people.id"#,
        id.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let phone =
                Phone::parse(&row.phone).map_err(|_| broken_row("people", "phone", row.id))?;
            Ok(Member {
                person: PersonId(row.id),
                name: row.name,
                phone: phone.masked(),
                duty: Duty::parse(&row.duty)
                    .ok_or_else(|| broken_row("seller_members", "duty", row.id))?,
                since: row.since,
            })
        })
        .collect()
}

/// Who is asked to sell with a shop and has not answered.
pub async fn invitations(db: impl PgExecutor<'_>, id: SellerId) -> Result<Vec<Invitation>, Fault> {
    let rows = sqlx::query!(
        "select id, name, phone from member_invitations where seller_id = $1 order by invited_at, id",
        id.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let phone = Phone::parse(&row.phone)
                .map_err(|_| broken_row("member_invitations", "phone", row.id))?;
            Ok(Invitation {
                id: InvitationId(row.id),
                name: row.name,
                about: phone.masked(),
            })
        })
        .collect()
}

/// The shops that ask a person to sell with them.
pub async fn invited(db: impl PgExecutor<'_>, person: PersonId) -> Result<Vec<Invitation>, Fault> {
    let rows = sqlx::query!(
        "select member_invitations.id, sellers.name, communes.full_name as commune
         from people
         join member_invitations on member_invitations.phone = people.phone
         join sellers on sellers.id = member_invitations.seller_id
         join communes on communes.id = sellers.commune_id
         where people.id = $1 and sellers.status <> 'closed'
         order by invited_at, member_invitations.id
         limit 20",
        person.0
    )
    .fetch_all(db)
    .await?;
    let invited = rows.into_iter().map(|row| Invitation {
        id: InvitationId(row.id),
        name: row.name,
        about: row.commune,
    });
    Ok(invited.collect())
}

/// Shops that nobody owns yet and that stand with the person's own number.
pub async fn ownerless(db: impl PgExecutor<'_>, person: PersonId) -> Result<Vec<Ownerless>, Fault> {
    let rows = sqlx::query!(
        "select sellers.id, sellers.name, communes.full_name as commune
         from people
         join sellers on sellers.phone = people.phone
         join communes on communes.id = sellers.commune_id
         where people.id = $1 and sellers.status <> 'closed' and not sellers.phone_lent
             and not exists (select from seller_members where seller_id = sellers.id and duty = 'owner')
         order by sellers.created_at, sellers.id
         limit 20",
        person.0
    )
    .fetch_all(db)
    .await?;
    let ownerless = rows.into_iter().map(|row| Ownerless {
        id: SellerId(row.id),
        name: row.name,
        commune: row.commune,
    });
    Ok(ownerless.collect())
}

/// Whether goods of a shop may go on sale on `today`: it is approved, and verified where that is asked for.
///
/// # Errors
/// Why not.
pub async fn may_publish(
    conn: &mut PgConnection,
    id: SellerId,
    today: Date,
) -> Result<(), Failure<SellersRefusal>> {
    let row = sqlx::query!(
        r#"select status, identity_check_id is not null as "is_verified!",
               (select value from settings where name = 'identity_required_from') as required_from
           from sellers where id = $1"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(SellersRefusal::NotFound)?;
    match Standing::parse(&row.status) {
        Some(Standing::Approved) => {}
        Some(standing) if standing.may_list() => return Err(SellersRefusal::NotApproved.into()),
        _ => return Err(SellersRefusal::Suspended.into()),
    }
    if row.is_verified || today < required_from(row.required_from.as_deref()) {
        Ok(())
    } else {
        Err(SellersRefusal::NotVerified.into())
    }
}

/// For so long a suspension is remembered.
const REMEMBERED: Duration = Duration::days(90);

/// Whether a shop's harmless changes may be shown without an officer: it is approved, no suspension is announced and
/// none took effect in the last 90 days.
pub async fn in_good_standing(
    conn: &mut PgConnection,
    id: SellerId,
    now: OffsetDateTime,
) -> Result<bool, Fault> {
    let is_good = sqlx::query_scalar!(
        r#"select status = 'approved' and suspends_on is null and not exists (
               select from seller_events where seller_id = sellers.id and event = 'suspended' and at > $2) as "good!"
           from sellers where id = $1"#,
        id.0,
        now - REMEMBERED,
    )
    .fetch_one(conn)
    .await?;
    Ok(is_good)
}

/// From this day on nobody unverified puts goods on sale; the law's own day where the setting says nothing.
fn required_from(setting: Option<&str>) -> Date {
    setting.and_then(parse_day).unwrap_or(date!(2027 - 01 - 01))
}

/// The day of [`may_publish`], to be published.
pub async fn identity_required_from(db: impl PgExecutor<'_>) -> Result<Date, Fault> {
    let value =
        sqlx::query_scalar!("select value from settings where name = 'identity_required_from'")
            .fetch_optional(db)
            .await?;
    Ok(required_from(value.as_deref()))
}

/// Like [`shop`], outside a transaction.
pub async fn load_shop(db: &PgPool, id: SellerId) -> Result<Option<Shop>, Fault> {
    let mut conn = db.acquire().await?;
    shop(&mut conn, id).await
}

/// A shop with its papers and its history: three queries. Whoever reads has asked for the right before.
pub async fn shop(conn: &mut PgConnection, id: SellerId) -> Result<Option<Shop>, Fault> {
    let row = sqlx::query!(
        r#"select
            sellers.slug, sellers.name, sellers.kind, sellers.status, sellers.commune_id, sellers.former_commune_id,
            communes.code as commune_code, communes.full_name as commune_name, communes.province_name,
            former.full_name as "former_name?", former.district_name as "former_district?",
            sellers.hamlet, sellers.street, sellers.phone, sellers.phone_lent,
            exists (select from seller_members where seller_id = sellers.id and duty = 'owner') as "has_owner!", sellers.owner_name, sellers.story, sellers.photo_id,
            (select key from photo_variants
             where photo_id = sellers.photo_id and format = 'webp' and width >= 320 order by width limit 1) as picture_key,
            sellers.number_kind, sellers.number_masked,
            sellers.bank_bin, sellers.bank_account_masked, sellers.bank_account_name,
            sellers.delivers, sellers.residence, sellers.tax_kind, sellers.submitted_at, sellers.decide_by,
            sellers.paused_since, sellers.paused_until, sellers.suspends_on, sellers.created_at,
            identity_checks.verified_at as "verified_at?"
        from sellers
        join communes on communes.id = sellers.commune_id
        left join communes as former on former.id = sellers.former_commune_id
        left join identity_checks on identity_checks.id = sellers.identity_check_id
        where sellers.id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let papers = sqlx::query!(
        "select id, created_at from papers where seller_id = $1 and kind in ('identity', 'registration')
         order by created_at, id",
        id.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let broken = |column| broken_row("sellers", column, id);
    Ok(Some(Shop {
        id,
        slug: row.slug,
        name: row.name,
        kind: SellerKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
        standing: Standing::parse(&row.status).ok_or_else(|| broken("status"))?,
        commune: CommuneId(row.commune_id),
        commune_code: row.commune_code,
        commune_address: format!("{}, {}", row.commune_name, row.province_name),
        former_commune: row.former_commune_id.map(CommuneId),
        former_name: row
            .former_name
            .map(|name| with_district(name, row.former_district))
            .unwrap_or_default(),
        hamlet: row.hamlet,
        street: row.street,
        phone: Phone::parse(&row.phone).map_err(|_| broken("phone"))?,
        phone_lent: row.phone_lent,
        has_owner: row.has_owner,
        owner_name: row.owner_name,
        story: row.story,
        picture: row.photo_id.map(PhotoId),
        picture_key: row.picture_key,
        number_kind: row.number_kind.as_deref().and_then(NumberKind::parse),
        number_masked: row.number_masked,
        papers: papers
            .into_iter()
            .map(|paper| ShopPaper {
                id: PaperId(paper.id),
                at: paper.created_at,
            })
            .collect(),
        bank_bin: row.bank_bin,
        bank_account_masked: row.bank_account_masked,
        bank_account_name: row.bank_account_name,
        delivers: row.delivers.as_deref().and_then(Delivers::parse),
        residence: row.residence.as_deref().and_then(Residence::parse),
        tax_kind: row.tax_kind.as_deref().and_then(TaxKind::parse),
        submitted_at: row.submitted_at,
        decide_by: row.decide_by,
        paused_since: row.paused_since,
        paused_until: row.paused_until,
        suspends_on: row.suspends_on,
        verified_at: row.verified_at,
        created_at: row.created_at,
        history: history(conn, id).await?,
    }))
}

/// Everything that happened to a shop, newest first.
async fn history(conn: &mut PgConnection, id: SellerId) -> Result<Vec<ShopHistory>, Fault> {
    let rows = sqlx::query!(
        r#"select seller_events.id, seller_events.event, seller_events.at, coalesce(people.name, '') as "who!",
               seller_events.reason, seller_events.notes as "notes: Json<Vec<FieldNote>>",
               seller_events.day, seller_events.order_no
           from seller_events
           left join people on people.id = seller_events.person_id
           where seller_events.seller_id = $1
           order by seller_events.id desc"#,
        id.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ShopHistory {
                event: ShopEvent::parse(&row.event)
                    .ok_or_else(|| broken_row("seller_events", "event", row.id))?,
                at: row.at,
                who: row.who,
                reason: row.reason,
                notes: row.notes.0,
                day: row.day,
                order_no: row.order_no,
            })
        })
        .collect()
}

/// What officers see of a shop in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedShop {
    /// Identifier.
    pub id: SellerId,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Where it stands.
    pub standing: Standing,
    /// `Xã Hỏa Lựu`.
    pub commune: String,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Who answers for the shop.
    pub owner_name: String,
    /// Handed in then, UTC.
    pub submitted_at: Option<time::OffsetDateTime>,
    /// To be answered by the end of that business day.
    pub decide_by: Option<Date>,
    /// An announced suspension takes effect on that day.
    pub suspends_on: Option<Date>,
}

/// What an officer asks for.
#[derive(Clone, Debug, Default)]
pub struct ShopFilter<'a> {
    /// Only these communes; `None`: the whole province.
    pub scope: Option<&'a [CommuneId]>,
    /// Only of that standing.
    pub standing: Option<Standing>,
    /// Only of that commune of today's map, by its code; empty: all.
    pub commune: &'a str,
}

impl ShopFilter<'_> {
    fn communes(&self) -> Option<Vec<i32>> {
        self.scope
            .map(|communes| communes.iter().map(|commune| commune.0).collect())
    }
}

/// Shops of each standing in the officer's communes, and of the commune asked for.
pub async fn counts(
    db: impl PgExecutor<'_>,
    filter: &ShopFilter<'_>,
) -> Result<Vec<(Standing, i64)>, Fault> {
    let scope = filter.communes();
    let rows = sqlx::query!(
        r#"select sellers.status, count(*) as "count!"
           from sellers join communes on communes.id = sellers.commune_id
           where ($1::integer[] is null or sellers.commune_id = any($1)) and ($2 = '' or communes.code = $2)
           group by sellers.status"#,
        scope.as_deref(),
        filter.commune,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((Standing::parse(&row.status)?, row.count)))
        .collect())
}

/// The shops of a page: those handed in first, the longest waiting before all, then the newest.
pub async fn listed(
    db: impl PgExecutor<'_>,
    filter: &ShopFilter<'_>,
    page: PageRequest,
) -> Result<Vec<ListedShop>, Fault> {
    let scope = filter.communes();
    let rows = sqlx::query!(
        r#"select sellers.id, sellers.name, sellers.kind, sellers.status, communes.full_name as commune, sellers.hamlet,
               sellers.owner_name, sellers.submitted_at, sellers.decide_by, sellers.suspends_on
           from sellers join communes on communes.id = sellers.commune_id
           where ($1::integer[] is null or sellers.commune_id = any($1))
               and ($2::text is null or sellers.status = $2)
               and ($3 = '' or communes.code = $3)
           order by sellers.status <> 'submitted', case when sellers.status = 'submitted' then sellers.submitted_at end,
               sellers.created_at desc, sellers.id
           limit $4 offset $5"#,
        scope.as_deref(),
        filter.standing.map(Standing::as_str),
        filter.commune,
        page.limit(),
        page.offset(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ListedShop {
                id: SellerId(row.id),
                name: row.name,
                kind: SellerKind::parse(&row.kind)
                    .ok_or_else(|| broken_row("sellers", "kind", row.id))?,
                standing: Standing::parse(&row.status)
                    .ok_or_else(|| broken_row("sellers", "status", row.id))?,
                commune: row.commune,
                hamlet: row.hamlet,
                owner_name: row.owner_name,
                submitted_at: row.submitted_at,
                decide_by: row.decide_by,
                suspends_on: row.suspends_on,
            })
        })
        .collect()
}

/// The communes of today's map in which there are shops that an officer looks after: code and name, by name.
pub async fn communes_with_shops(
    db: impl PgExecutor<'_>,
    scope: Option<&[CommuneId]>,
) -> Result<Vec<(String, String)>, Fault> {
    let scope: Option<Vec<i32>> =
        scope.map(|communes| communes.iter().map(|commune| commune.0).collect());
    let rows = sqlx::query!(
        "select code, full_name from communes
         where id in (select commune_id from sellers where $1::integer[] is null or commune_id = any($1))
         order by name_key, code",
        scope.as_deref(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.code, row.full_name))
        .collect())
}

/// Other shops with the same personal number or tax code: a hint for the officer, no proof of anything.
pub async fn with_same_number(
    db: impl PgExecutor<'_>,
    id: SellerId,
) -> Result<Vec<(SellerId, String)>, Fault> {
    let rows = sqlx::query!(
        "select other.id, other.name
         from sellers as other
         join sellers as own on own.number_digest = other.number_digest and own.id <> other.id
         where own.id = $1
         order by other.created_at
         limit 10",
        id.0,
    )
    .fetch_all(db)
    .await?;
    let turned = |id: Uuid, name| (SellerId(id), name);
    Ok(rows
        .into_iter()
        .map(|row| turned(row.id, row.name))
        .collect())
}
