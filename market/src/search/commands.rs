//! Writing the index of the PostgreSQL engine. Everything here can be run again at any time.
mod feed;
mod words;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::lexicon::LONGEST;
use super::ranking::WEIGHTS;
use super::typing::tokens;
use crate::catalog::sets;
use crate::kernel::outbox;
use crate::kernel::text::{clean_line, fold};
use crate::kernel::{Actor, Failure, Fault, ProductId, SellerId, Store, Work};

pub use words::{add_stop_word, add_synonyms, note_miss, pin, set_off, sweep_words, unpin};

pub use feed::forget_targets;
pub(super) use feed::{
    begin_target, followed, give_up, go_live, renew_target, send_again, sent, still_building,
};

/// Products whose texts are read in one go.
const BATCH: usize = 500;
const SYNONYMS: &str = include_str!("../../../data/search/synonyms.csv");
const STOP_WORDS: &str = include_str!("../../../data/search/stop_words.csv");

/// Loads the words that mean the same and those that mean nothing, unless these very lists are loaded.
/// What `migrate` calls, after the places.
pub async fn ensure_reference(store: &Store) -> Result<(), Fault> {
    crate::transact!(store, &Actor::system(), work => Ok(load_words(work, SYNONYMS, STOP_WORDS).await?))
        .map_err(|failure: Failure<Infallible>| match failure {
            Failure::Fault(fault) => fault,
            Failure::Refused(never) => match never {},
        })
}

async fn load_words(work: &mut Work<'_>, synonyms: &str, stop_words: &str) -> Result<(), Fault> {
    let digest = format!("{:x?}", Sha256::digest(format!("{synonyms}\0{stop_words}")));
    let loaded = sqlx::query_scalar!("select value from settings where name = 'search_words'")
        .fetch_optional(&mut *work.conn)
        .await?;
    if loaded.as_ref() == Some(&digest) {
        return Ok(());
    }
    let mut groups: Vec<(i32, Vec<String>)> = Vec::new();
    for (number, group) in column(synonyms)?.into_iter().enumerate() {
        let number = i32::try_from(number).map_err(Fault::new)?;
        let group: BTreeSet<String> = group
            .split('=')
            .map(clean_line)
            .filter(|term| !term.is_empty())
            .collect();
        let group: Vec<String> = group.into_iter().collect();
        groups.push((number, group));
    }
    // What an officer put out of use stays so, and what officers added stays.
    let off = sqlx::query_scalar!(
        r#"select array_agg(term order by term) as "terms!" from search_synonyms
           where added_by is null
           group by group_number
           having bool_or(is_off)"#,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let (mut numbers, mut terms, mut are_off) = (Vec::new(), Vec::new(), Vec::new());
    for (number, group) in groups {
        let is_off = off.iter().any(|known| same_terms(known, &group));
        for term in group {
            numbers.push(number);
            terms.push(term);
            are_off.push(is_off);
        }
    }
    sqlx::query!("delete from search_synonyms where added_by is null")
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into search_synonyms (group_number, term, is_off)
         select * from unnest($1::integer[], $2::text[], $3::boolean[])",
        &numbers,
        &terms,
        &are_off,
    )
    .execute(&mut *work.conn)
    .await?;
    let stop_words = column(stop_words)?;
    sqlx::query!(
        "delete from search_stop_words where added_by is null and term <> all($1)",
        &stop_words,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "insert into search_stop_words (term) select distinct * from unnest($1::text[]) on conflict do nothing",
        &stop_words,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "insert into settings (name, value, changed_at) values ('search_words', $1, $2)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at",
        digest,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Whether two groups have the same terms, in whatever order the database sorts them.
fn same_terms(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && other.iter().all(|term| one.contains(term))
}

/// The first column of a CSV with a header.
fn column(text: &str) -> Result<Vec<String>, Fault> {
    csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(|record| {
            let record = record.map_err(Fault::new)?;
            Ok(clean_line(record.get(0).unwrap_or("")))
        })
        .collect()
}

/// Writes the documents of these products as they are now, and removes those that are not on sale.
pub async fn index(work: &mut Work<'_>, products: &[ProductId]) -> Result<(), Fault> {
    alone(work).await?;
    let ids: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    for ids in ids.chunks(BATCH) {
        write(work, ids).await?;
    }
    Ok(())
}

/// Writes the documents of all products of a seller.
pub async fn index_seller(work: &mut Work<'_>, seller: SellerId) -> Result<(), Fault> {
    alone(work).await?;
    let ids = sqlx::query_scalar!("select id from products where seller_id = $1", seller.0)
        .fetch_all(&mut *work.conn)
        .await?;
    for ids in ids.chunks(BATCH) {
        write(work, ids).await?;
    }
    Ok(())
}

/// Writes all documents and counts all words anew.
pub async fn rebuild(work: &mut Work<'_>) -> Result<(), Fault> {
    alone(work).await?;
    let ids = sqlx::query_scalar!("select id from products order by id")
        .fetch_all(&mut *work.conn)
        .await?;
    for ids in ids.chunks(BATCH) {
        write(work, ids).await?;
    }
    count_words(work).await
}

/// Holds all documents against the catalogue, and writes anew those that are not as it has them; answers which.
///
/// # Errors
/// The database does not answer.
pub async fn check(store: &Store) -> Result<Vec<String>, Fault> {
    let mut findings = Vec::new();
    caught_up(store).await?;
    let ids = sqlx::query_scalar!("select id from products order by id")
        .fetch_all(store.reader())
        .await?;
    for ids in ids.chunks(BATCH) {
        let differ: Vec<Uuid> =
            crate::transact_sure!(store, &Actor::system(), work => Ok(mend(work, ids).await?))?;
        findings.extend(differ.into_iter().map(|id| {
            format!("the document of product {id} is not as the catalogue has it; written anew")
        }));
    }
    Ok(findings)
}

/// Waits until what was changed before has reached the documents: that is no difference.
async fn caught_up(store: &Store) -> Result<(), Fault> {
    const LOOKS: u32 = 100;
    let now = sqlx::query_scalar!("select max(id) from outbox")
        .fetch_one(store.reader())
        .await?;
    for _ in 0..LOOKS {
        let waits = sqlx::query_scalar!(
            r#"select exists (select from outbox where id <= $1 and dead_at is null) as "waits!""#,
            now.unwrap_or_default(),
        )
        .fetch_one(store.reader())
        .await?;
        if !waits {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err(Fault::new(
        "the worker does not get on with what has changed",
    ))
}

async fn mend(work: &mut Work<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    alone(work).await?;
    let before = digests(work, ids).await?;
    write(work, ids).await?;
    let after = digests(work, ids).await?;
    Ok(ids
        .iter()
        .copied()
        .filter(|id| before.get(id) != after.get(id))
        .collect())
}

/// What documents say but for what is counted now and then.
async fn digests(work: &mut Work<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, Fault> {
    let rows = sqlx::query!(
        r#"select product_id, md5((to_jsonb(search_documents) - '{sold,standing,ranks_in_stock}'::text[])::text) as "digest!"
           from search_documents where product_id = any($1)"#,
        ids,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.product_id, row.digest))
        .collect())
}

/// Counts the words of all documents anew: frequencies grow stale, and words stay that nothing holds any
/// more, until this has run. Once a day is enough.
pub async fn count_words(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!("delete from search_vocabulary")
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!(
        "insert into search_vocabulary (word, documents, named)
         select everywhere.word, everywhere.ndoc, coalesce(named.ndoc, 0)
         from ts_stat('select words from search_documents') as everywhere
         left join ts_stat('select words from search_documents', 'abc') as named using (word)",
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Computes anew what the ranking gives apart from any text, since seasons and certificates begin and end with
/// the day (Asia/Ho_Chi_Minh), and lets every process drop what it remembers. Only the first call of a day does
/// something, whichever process makes it and however long none did; answers whether this was it.
pub async fn begin_day(work: &mut Work<'_>) -> Result<bool, Fault> {
    let today = work.today().to_string();
    let claimed = sqlx::query!(
        "insert into settings (name, value, changed_at) values ('search_day', $1, $2)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
         where settings.value < excluded.value",
        today,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if claimed == 0 {
        return Ok(false);
    }
    alone(work).await?;
    let ids = sqlx::query_scalar!("select product_id from search_documents order by product_id")
        .fetch_all(&mut *work.conn)
        .await?;
    for ids in ids.chunks(BATCH) {
        stand(work, ids).await?;
    }
    // Engines beside hold what is valid today; which it was yesterday they don't know.
    sqlx::query!(
        "insert into search_feed (target, product_id, number)
         select search_targets.name, product_id, nextval('search_changes')
         from search_targets
         cross join search_documents
         where stars is not null or mark_kinds <> '{}'
         on conflict on constraint search_feed_pkey do update set number = excluded.number",
    )
    .execute(&mut *work.conn)
    .await?;
    outbox::announce(work).await?;
    Ok(true)
}

/// Whoever writes documents does it alone until the transaction ends: two workers with the same goods among their news
/// would wait for each other, one for a document and one for a word.
async fn alone(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('search_documents', 0))")
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}

async fn write(work: &mut Work<'_>, ids: &[Uuid]) -> Result<(), Fault> {
    sqlx::query!(
        "delete from search_documents as document
         where product_id = any($1)
             and not exists (
                 select from products
                 join sellers on sellers.id = products.seller_id
                 where products.id = document.product_id
                     and products.status = 'published' and is_selling(sellers))",
        ids,
    )
    .execute(&mut *work.conn)
    .await?;
    let texts = sqlx::query!(
        r#"select
               products.id,
               products.name,
               products.code,
               concat_ws(' ', products.description, products.facts ->> 'ingredients', ocop_groups.name_vi, ocop_groups.name_en,
                   commune.province_name, former.provinces, packed.units) as "rest!",
               sellers.name as seller,
               commune.name as commune,
               coalesce(former.names, '') as "former!"
           from products
           join sellers on sellers.id = products.seller_id
           join communes as commune on commune.id = sellers.commune_id
           join ocop_groups on ocop_groups.code = products.group_code
           cross join lateral (
               -- Where the seller's former commune isn't known: all that went into the one of today.
               select
                   string_agg(distinct place.name || ' '
                       || regexp_replace(coalesce(place.district_name, ''), '^(Thành phố|Thị xã|Huyện|Quận) ', ''), ' ') as names,
                   string_agg(distinct place.province_name, ' ') as provinces
               from communes as place
               where place.id = sellers.former_commune_id
                   or (sellers.former_commune_id is null
                       and place.id in (select from_id from commune_successors where to_id = sellers.commune_id))
           ) as former
           cross join lateral (
               select string_agg(distinct concat_ws(' ', variants.name, variants.unit, variants.unit_note), ' ') as units
               from variants where variants.product_id = products.id and variants.state = 'offered'
           ) as packed
           where products.id = any($1) and products.status = 'published' and is_selling(sellers)"#,
        ids,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut vocabulary = HashSet::new();
    let (mut written, mut keys, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        written.push(text.id);
        keys.push(fold(&text.name));
        words.push(document(
            &[
                ('A', &text.name),
                ('B', &text.seller),
                ('C', &text.commune),
                ('C', &text.former),
                ('D', &text.code),
                ('D', &text.rest),
            ],
            &mut vocabulary,
        ));
    }
    sqlx::query!(
        r#"insert into search_documents (
               product_id, code, slug, name, name_key, words, seller_id, seller_slug, seller_name, seller_kind,
               group_code, set_number, commune_id, commune_code, commune_name, stars, stars_from, stars_to,
               price_vnd, unit, unit_note, in_stock, season_months, image, image_is_drawn, sold, published_at,
               facts, mark_kinds, mark_periods, ranks_in_stock)
           select
               products.id, products.code, products.slug, products.name, texts.name_key, texts.words::tsvector,
               sellers.id, sellers.slug, sellers.name, sellers.kind,
               products.group_code, products.set_number, commune.id, commune.code, commune.full_name,
               granted.stars, granted.decided_on, granted.valid_to,
               variant.price_vnd, variant.unit, variant.unit_note, is_in_stock(products.id), products.season_months,
               picture.image, coalesce(picture.is_drawn, false), times_sold(products.id), products.published_at,
               array(
                   select said.code || '=' || answer
                   from jsonb_each_text(products.facts) as said (code, answers)
                   cross join lateral string_to_table(said.answers, ',') as answer
                   where said.code = any($4)
                   order by 1),
               granted_to.kinds, granted_to.periods, is_in_stock(products.id)
           from unnest($1::uuid[], $2::text[], $3::text[]) as texts (id, name_key, words)
           join products on products.id = texts.id
           join sellers on sellers.id = products.seller_id
           join communes as commune on commune.id = sellers.commune_id
           left join granted_certificates as granted on granted.id = products.certificate_id
           join lateral (
               select price_vnd, unit, unit_note from variants
               where product_id = products.id and variants.state = 'offered' and price_vnd is not null
               order by position
               limit 1
           ) as variant on true
           left join lateral (
               select
                   product_photos.is_drawn,
                   jsonb_build_object(
                       'id', photos.id,
                       'width', photos.width,
                       'height', photos.height,
                       'variants', (
                           select coalesce(jsonb_agg(jsonb_build_object(
                               'width', photo_variants.width,
                               'height', photo_variants.height,
                               'format', photo_variants.format,
                               'key', photo_variants.key) order by photo_variants.width, photo_variants.format), '[]')
                           from photo_variants where photo_variants.photo_id = photos.id)) as image
               from product_photos
               join photos on photos.id = product_photos.photo_id
               where product_photos.product_id = products.id
               order by product_photos.position
               limit 1
           ) as picture on true
           cross join lateral (
               select
                   coalesce(array_agg(kind order by kind, id), '{}') as kinds,
                   coalesce(array_agg(daterange(decided_on, valid_to, '[]') order by kind, id), '{}') as periods
               from granted_marks where product_id = products.id
           ) as granted_to
           on conflict (product_id) do update set
               code = excluded.code,
               slug = excluded.slug,
               name = excluded.name,
               name_key = excluded.name_key,
               words = excluded.words,
               seller_id = excluded.seller_id,
               seller_slug = excluded.seller_slug,
               seller_name = excluded.seller_name,
               seller_kind = excluded.seller_kind,
               group_code = excluded.group_code,
               set_number = excluded.set_number,
               commune_id = excluded.commune_id,
               commune_code = excluded.commune_code,
               commune_name = excluded.commune_name,
               stars = excluded.stars,
               stars_from = excluded.stars_from,
               stars_to = excluded.stars_to,
               price_vnd = excluded.price_vnd,
               unit = excluded.unit,
               unit_note = excluded.unit_note,
               in_stock = excluded.in_stock,
               season_months = excluded.season_months,
               image = excluded.image,
               image_is_drawn = excluded.image_is_drawn,
               sold = excluded.sold,
               published_at = excluded.published_at,
               facts = excluded.facts,
               mark_kinds = excluded.mark_kinds,
               mark_periods = excluded.mark_periods"#,
        &written,
        &keys,
        &words,
        &sets::facets()
            .map(|(fact, _)| fact.code.clone())
            .collect::<Vec<String>>(),
    )
    .execute(&mut *work.conn)
    .await?;
    stand(work, &written).await?;
    let mut vocabulary: Vec<(String, bool)> = vocabulary.into_iter().collect();
    // In one order everywhere, so that two writers can't wait for each other.
    vocabulary.sort_unstable();
    let (words, named): (Vec<String>, Vec<bool>) = vocabulary.into_iter().unzip();
    sqlx::query!(
        "insert into search_vocabulary (word, documents, named)
         select word, 1, max(is_named::integer) from unnest($1::text[], $2::boolean[]) as fresh (word, is_named)
         group by word
         order by word
         on conflict (word) do update set named = 1
         where search_vocabulary.named = 0 and excluded.named = 1",
        &words,
        &named,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Notes whether these products are there to be bought: all that an order changes of a document at once. Where they
/// stand follows with [`settle_stock`], and how often they were sold with [`recount_sold`].
pub async fn restock(work: &mut Work<'_>, products: &[ProductId]) -> Result<(), Fault> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.0).collect();
    alone(work).await?;
    sqlx::query!(
        "update search_documents as document set in_stock = is_in_stock(product_id)
         where product_id = any($1) and in_stock <> is_in_stock(product_id)",
        &ids,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "insert into search_recounts (product_id) select * from unnest($1::uuid[]) on conflict do nothing",
        &ids,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Ranks by what is in stock now: once a quarter of an hour, so that pages that somebody turns neither repeat nor skip
/// because goods are sold meanwhile. Only the first call of each does something.
pub async fn settle_stock(work: &mut Work<'_>) -> Result<(), Fault> {
    const QUARTER: i64 = 15 * 60;
    let quarter = (work.now.unix_timestamp() / QUARTER).to_string();
    let claimed = sqlx::query!(
        "insert into settings (name, value, changed_at) values ('search_stock', $1, $2)
         on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
         where settings.value <> excluded.value",
        quarter,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if claimed == 0 {
        return Ok(());
    }
    alone(work).await?;
    let moved = sqlx::query_scalar!(
        "update search_documents set ranks_in_stock = in_stock where ranks_in_stock <> in_stock returning product_id",
    )
    .fetch_all(&mut *work.conn)
    .await?;
    if moved.is_empty() {
        return Ok(());
    }
    stand(work, &moved).await?;
    outbox::announce(work).await?;
    Ok(())
}

/// Counts anew how often those products were sold whose orders have moved since the last count. Every index of
/// the documents follows, so it is done now and then, not with every order.
pub async fn recount_sold(work: &mut Work<'_>) -> Result<(), Fault> {
    alone(work).await?;
    sqlx::query!(
        "with moved as (
             delete from search_recounts
             where product_id in (select product_id from search_recounts order by product_id for update skip locked)
             returning product_id
         ), counted as (
             select product_id, times_sold(product_id) as sold from moved
         )
         update search_documents as document set sold = counted.sold
         from counted
         where counted.product_id = document.product_id and document.sold <> counted.sold",
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Sets what `ranking::WEIGHTS` gives today apart from any text.
async fn stand(work: &mut Work<'_>, ids: &[Uuid]) -> Result<(), Fault> {
    sqlx::query!(
        "with standings as (
             select
                 document.product_id,
                 ($4::real * signals.in_season + $5::real * signals.in_stock + $6::real * signals.stars
                     + $7::real * signals.recent_sales + $8::real * signals.newcomer)::real as standing
             from search_documents as document
             cross join lateral search_signals(document, $2, $3) as signals
             where document.product_id = any($1)
         )
         update search_documents as document set standing = standings.standing
         from standings
         where standings.product_id = document.product_id and document.standing <> standings.standing",
        ids,
        work.today(),
        work.now,
        WEIGHTS.in_season,
        WEIGHTS.in_stock,
        WEIGHTS.star,
        WEIGHTS.recent_sales,
        WEIGHTS.newcomer,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The `tsvector` of a document: each word without its marks and with them, at the same place; notes the
/// words, and whether each stands in name, seller or place.
fn document(fields: &[(char, &str)], vocabulary: &mut HashSet<(String, bool)>) -> String {
    // PostgreSQL counts places up to here.
    const LAST: usize = 16_383;
    let mut text = String::new();
    let mut place = 0;
    for (weight, field) in fields {
        for token in tokens(field) {
            place = (place + 1).min(LAST);
            let both = token.has_marks().then_some(&token.marked);
            for word in std::iter::once(&token.folded).chain(both) {
                if word.len() > LONGEST {
                    continue;
                }
                text.extend(["'", word.as_str(), "':", &place.to_string()]);
                text.extend([*weight, ' ']);
                vocabulary.insert((word.clone(), *weight != 'D'));
            }
        }
        // Words of two fields are no neighbours.
        place = (place + 10).min(LAST);
    }
    text
}
