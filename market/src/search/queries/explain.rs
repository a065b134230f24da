//! Why hits are where they are.
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kernel::time::business_day;
use crate::kernel::{Fault, ProductId};
use crate::search::lexicon::Meaning;
use crate::search::ranking::{Reason, WEIGHTS};
use crate::search::types::Explanation;

/// What each of these products has of each reason, in their order.
pub(in crate::search) async fn explain(
    pool: &PgPool,
    products: &[ProductId],
    meaning: Option<&Meaning>,
    now: OffsetDateTime,
) -> Result<Vec<Explanation>, Fault> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    let fields = WEIGHTS.fields.as_postgres().to_vec();
    let rows = sqlx::query!(
        r#"select
               product_id,
               signals.in_season as "in_season!", signals.in_stock as "in_stock!", signals.stars as "stars!",
               signals.recent_sales as "recent_sales!", signals.newcomer as "newcomer!",
               coalesce((select max(ts_rank($3::real[], words, way)) from unnest($4::text[]::tsquery[]) as way), 0) as "text!",
               (words @@ $5::text::tsquery) as "is_literal!",
               ts_rank($3::real[], words, $6::text::tsquery) as "marks!",
               (words @@ $7::text::tsquery) as "is_phrase!",
               ($8 <> '' and starts_with(name_key, $8)) as "is_beginning!",
               coalesce(1.0::real / array_position($9, product_id), 0)::real as "pinned!"
           from search_documents
           cross join lateral search_signals(search_documents, $2, $10) as signals
           where product_id = any($1)
           order by array_position($1, product_id)"#,
        &ids,
        business_day(now),
        &fields,
        &meaning.map(Meaning::ways).unwrap_or_default(),
        meaning.map(|it| it.literal.to_string()).unwrap_or_default(),
        meaning
            .and_then(|it| it.marks.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        meaning.map_or("", |it| &it.phrase),
        meaning.map_or("", |it| &it.beginning),
        meaning.map_or(&[][..], |it| &it.pins),
        now,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let is = |truth: bool| f32::from(u8::from(truth));
            let has = [
                (Reason::Pinned, row.pinned),
                (Reason::Text, row.text),
                (Reason::Literal, is(row.is_literal)),
                (Reason::Marks, row.marks),
                (Reason::Phrase, is(row.is_phrase)),
                (Reason::Beginning, is(row.is_literal && row.is_beginning)),
                (Reason::InStock, row.in_stock),
                (Reason::InSeason, row.in_season),
                (Reason::Newcomer, row.newcomer),
                (Reason::RecentSales, row.recent_sales),
                (Reason::Star, row.stars),
            ];
            Explanation {
                product_id: ProductId(row.product_id),
                parts: has
                    .into_iter()
                    .filter(|(_, share)| *share > 0.0)
                    .map(|(reason, share)| (reason, share * reason.weight()))
                    .collect(),
            }
        })
        .collect())
}
