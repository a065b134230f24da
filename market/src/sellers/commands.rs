//! Making sellers known.
use super::{SellerKind, SellersRefusal};
use crate::kernel::audit::{Deed, record};
use crate::kernel::outbox::{Topic, tell};
use crate::kernel::text::slug;
use crate::kernel::{CommuneId, Failure, Fault, Phone, Right, SellerId, Work};

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

/// Makes a seller known; who is known already by that slug stays as is.
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
    tell(work, Topic::SellerChanged, &[known]).await?;
    Ok(SellerId(known))
}

/// A shop to be begun: a draft that is filled in later.
#[derive(Clone, Debug)]
pub struct BeginShop {
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// The shop's name.
    pub name: String,
    /// Who answers for the shop.
    pub owner_name: String,
    /// The owner's telephone, where there is one.
    pub owner_phone: Option<Phone>,
    /// Where it is on today's map.
    pub commune_id: CommuneId,
    /// Where that was before July 2025.
    pub former_commune_id: Option<CommuneId>,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
}

/// Begins a shop as a draft, for a household that a helper guides; the helper is no member of it.
///
/// # Errors
/// Where the actor does not help in that hamlet.
pub async fn begin(
    work: &mut Work<'_>,
    shop: &BeginShop,
) -> Result<SellerId, Failure<SellersRefusal>> {
    if !work.actor.may(Right::Guide(shop.commune_id, &shop.hamlet)) {
        return Err(SellersRefusal::NotHere.into());
    }
    let id: SellerId = work.new_id();
    let mark = work.random_bits() & 0xFFF_FFFF;
    sqlx::query!(
        "insert into sellers (id, slug, name, kind, status, commune_id, former_commune_id, hamlet, phone, owner_name, created_at)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10)",
        id.0,
        format!("{}-{mark:07x}", slug(&shop.name)),
        shop.name,
        shop.kind.as_str(),
        shop.commune_id.0,
        shop.former_commune_id.map(|commune| commune.0),
        shop.hamlet,
        shop.owner_phone.as_ref().map(Phone::as_str),
        shop.owner_name,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    record(
        work,
        Deed {
            action: "seller.begun",
            subject_kind: "seller",
            subject: id.0,
            before: None,
            after: Some(serde_json::json!({ "name": shop.name })),
        },
    )
    .await?;
    Ok(id)
}
