//! Beginning a shop, and sellers that the province or the sample data bring.
use super::{Details, Outcome, claim, happened};
use crate::accounts::commands::{NewPerson, create_person};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::slug;
use crate::kernel::{CommuneId, Failure, Fault, FieldErrors, Phone, Right, Role, SellerId, Work};
use crate::sellers::shop::begin_lines;
use crate::sellers::{SellerKind, SellersRefusal, ShopEvent};

/// A seller as the province or the sample data bring it: approved from the start.
#[derive(Clone, Debug)]
pub struct NewSeller {
    /// In the shop's address.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Where it is on today's map.
    pub commune_id: CommuneId,
    /// Where that was before July 2025.
    pub former_commune_id: Option<CommuneId>,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Number or lane.
    pub street: String,
    /// Whom buyers and carriers call.
    pub phone: Phone,
    /// Who answers for the shop.
    pub owner_name: String,
    /// The shop's own words.
    pub story: String,
    /// Invented for the demonstration.
    pub is_sample: bool,
}

/// Makes a seller known, verified by the register it comes from; who is known already by that slug stays as is.
pub async fn create(work: &mut Work<'_>, seller: &NewSeller) -> Result<SellerId, Fault> {
    let id: SellerId = work.new_id();
    let known = sqlx::query_scalar!(
        "insert into sellers (id, slug, name, kind, status, commune_id, former_commune_id, hamlet, street, phone, owner_name, story, is_sample, created_at)
         values ($1, $2, $3, $4, 'approved', $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (slug) do update set slug = excluded.slug
         returning id",
        id.0,
        seller.slug,
        seller.name,
        seller.kind.as_str(),
        seller.commune_id.0,
        seller.former_commune_id.map(|commune| commune.0),
        seller.hamlet,
        seller.street,
        seller.phone.as_str(),
        seller.owner_name,
        seller.story,
        seller.is_sample,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if known == id.0 {
        super::verified(work, id, "register", "", "").await?;
    }
    tell(work, Topic::SellerChanged, &[known]).await?;
    Ok(SellerId(known))
}

/// A shop to be begun: what a household can say at once.
#[derive(Clone, Debug)]
pub struct BeginShop {
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// The shop's name, at most 80 characters.
    pub name: String,
    /// Who answers for the shop, at most 100 characters.
    pub owner_name: String,
    /// The household's own telephone. Whoever begins their own shop owns it; one that a helper begins waits for the
    /// holder of this number to take it over ([`super::claim`]): nobody gets an account or a shop unasked.
    /// `None`: for who begins its own shop, the telephone of the account; for a helper, a household without a
    /// telephone: the helper is called instead.
    pub owner_phone: Option<Phone>,
    /// Where it is on today's map.
    pub commune_id: CommuneId,
    /// Where that was before July 2025; kept only if it went into the commune.
    pub former_commune_id: Option<CommuneId>,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
}

/// Begins a shop: a draft that is filled in step by step. Anybody signed in begins one of their own; a helper
/// ([`Right::Guide`] in that hamlet) begins one for a household and does not belong to it. What was begun before and
/// is not handed in yet is gone on with: two taps are one shop.
///
/// # Errors
/// Nobody is signed in, somebody else's telephone is named by who may not guide there, or fields are wrong.
pub async fn begin(work: &mut Work<'_>, shop: &BeginShop) -> Outcome<SellerId> {
    let person = work.actor.person.ok_or(SellersRefusal::NotAllowed)?;
    // Locked, so that two taps come one after the other.
    let own = sqlx::query_scalar!(
        r#"select phone as "phone!" from people where id = $1 for update"#,
        person.0
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(SellersRefusal::NotAllowed)?;
    let is_own = |phone: &Phone| phone.as_str() == own;
    let guides = work.actor.may(Right::Guide(shop.commune_id, &shop.hamlet));
    let owner = match &shop.owner_phone {
        Some(phone) if guides || is_own(phone) => Some(phone.clone()),
        Some(_) => return Err(SellersRefusal::NotAllowed.into()),
        None if guides => None,
        None => Some(Phone::parse(&own).map_err(Fault::new)?),
    };
    let (name, owner_name, hamlet) = checked(work, shop).await?;
    let phone = owner.as_ref().map_or(own.as_str(), Phone::as_str);
    let begun = sqlx::query_scalar!(
        "select id from sellers
         where status in ('draft', 'submitted', 'returned') and commune_id = $1 and phone = $2 and phone_lent = not $3::boolean
             and ($3 or name = $4 and owner_name = $5 and hamlet = $6
                 and not exists (select from seller_members where seller_id = sellers.id))
         order by created_at
         limit 1",
        shop.commune_id.0,
        phone,
        owner.is_some(),
        name,
        owner_name,
        hamlet,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let own_shop = owner.as_ref().is_some_and(is_own);
    if let Some(id) = begun.map(SellerId) {
        if own_shop {
            claim(work, id).await?;
        }
        return Ok(id);
    }
    let is_lent = owner.is_none();
    let id = insert(work, shop, (&name, &owner_name, &hamlet), phone, is_lent).await?;
    if let Some(phone) = owner.filter(|_| own_shop) {
        let owner = NewPerson {
            name: owner_name,
            phone,
            password_hash: None,
            role: Role::Seller,
            seller: Some(id),
            communes: Vec::new(),
            permissions: Vec::new(),
            is_sample: false,
        };
        create_person(work, &owner).await?;
    }
    happened(work, id, ShopEvent::Begun, Details::default()).await?;
    Ok(id)
}

/// What was typed, cleaned, or what is wrong with it.
async fn checked(work: &mut Work<'_>, shop: &BeginShop) -> Outcome<(String, String, String)> {
    let mut errors = FieldErrors::default();
    let lines = begin_lines(&mut errors, &shop.name, &shop.owner_name, &shop.hamlet);
    let is_of_today = sqlx::query_scalar!(
        r#"select exists (select from communes where id = $1 and valid_to is null) as "exists!""#,
        shop.commune_id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_of_today {
        errors.add("commune", "commune");
    }
    if errors.is_empty() {
        Ok(lines)
    } else {
        Err(Failure::Refused(SellersRefusal::Invalid(errors)))
    }
}

/// Writes the row under the first free address of its name.
async fn insert(
    work: &mut Work<'_>,
    shop: &BeginShop,
    (name, owner_name, hamlet): (&str, &str, &str),
    phone: &str,
    is_lent: bool,
) -> Result<SellerId, Fault> {
    let id: SellerId = work.new_id();
    let base = match slug(name) {
        empty if empty.is_empty() => "gian-hang".to_owned(),
        slug => slug,
    };
    for attempt in 1..=20u32 {
        let address = match attempt {
            1 => base.clone(),
            // After that names are so common that counting on helps nobody.
            20 => format!("{base}-{:x}", work.random_bits()),
            number => format!("{base}-{number}"),
        };
        let inserted = sqlx::query!(
            "insert into sellers (id, slug, name, kind, status, commune_id, former_commune_id, hamlet, phone, owner_name, created_at, phone_lent)
             values ($1, $2, $3, $4, 'draft', $5, (select from_id from commune_successors where from_id = $6 and to_id = $5), $7, $8, $9, $10, $11)
             on conflict (slug) do nothing",
            id.0,
            address,
            name,
            shop.kind.as_str(),
            shop.commune_id.0,
            shop.former_commune_id.map(|commune| commune.0),
            hamlet,
            phone,
            owner_name,
            work.now,
            is_lent,
        )
        .execute(&mut *work.conn)
        .await?
        .rows_affected();
        if inserted == 1 {
            return Ok(id);
        }
    }
    Err(Fault::new("no address was free for a new shop"))
}
