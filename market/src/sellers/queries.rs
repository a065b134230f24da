//! Reading sellers.
use sqlx::PgExecutor;

use super::{Seller, SellerKind};
use crate::kernel::error::broken_row;
use crate::kernel::{CommuneId, Fault, SellerId, time::business_day};

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
            sellers.is_sample,
            sellers.created_at
        from sellers
        join communes on communes.id = sellers.commune_id
        left join communes as former on former.id = sellers.former_commune_id
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
            is_approved: row.status == "approved",
            commune_id: CommuneId(row.commune_id),
            commune_name: row.commune_name,
            commune_code: row.commune_code,
            province_name: row.province_name,
            former_commune: row.former_commune.map(|name| match row.former_district {
                Some(district) => format!("{name}, {district}"),
                None => name,
            }),
            hamlet: row.hamlet,
            street: row.street,
            owner_name: row.owner_name,
            story: row.story,
            is_sample: row.is_sample,
            since: business_day(row.created_at),
        })
    })
    .transpose()
}
