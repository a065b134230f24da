//! What officers say of words, and what buyers look for in vain.
use serde_json::json;
use time::{Date, Duration};
use uuid::Uuid;

use crate::kernel::audit::{Deed, record};
use crate::kernel::text::clean_line;
use crate::kernel::{Failure, Fault, FieldErrors, Permission, PinId, Right, Store, Work, outbox};
use crate::search::typing::{key, tokens};
use crate::search::words::{
    LONGEST_TEXT, MOST_PINS, PinForm, Pinned, SearchRefusal, TermKind, read_stop_word,
    read_synonyms,
};

type Outcome<T> = Result<T, Failure<SearchRefusal>>;

/// Texts of one day that are kept: nobody fills the database by searching.
const MOST_MISSES: i64 = 5_000;
/// How long they are kept.
const KEPT: Duration = Duration::days(180);
/// A text with so many digits may be a telephone or identity number.
const DIGITS: usize = 6;

fn officer(work: &Work<'_>) -> Outcome<crate::kernel::PersonId> {
    if !work.actor.may(Right::Province(Permission::Listings)) {
        return Err(SearchRefusal::NotAllowed.into());
    }
    work.actor
        .person
        .ok_or_else(|| SearchRefusal::NotAllowed.into())
}

/// Writes it down, and has every process and engine hear of it.
async fn tell(work: &mut Work<'_>, action: &str, what: serde_json::Value) -> Result<(), Fault> {
    let deed = Deed {
        action,
        subject_kind: "search_words",
        subject: Uuid::nil(),
        before: None,
        after: Some(what),
    };
    record(work, deed).await?;
    outbox::announce(work).await?;
    Ok(())
}

/// Has terms stand for each other: `khóm = dứa = thơm`.
///
/// # Errors
/// Fewer than two terms, or one that is no word; at `terms`.
pub async fn add_synonyms(work: &mut Work<'_>, text: &str) -> Outcome<()> {
    let person = officer(work)?;
    let terms = read_synonyms(text).map_err(SearchRefusal::Invalid)?;
    let number =
        sqlx::query_scalar!(r#"select nextval('search_synonym_groups')::integer as "number!""#)
            .fetch_one(&mut *work.conn)
            .await?;
    sqlx::query!(
        "insert into search_synonyms (group_number, term, added_by) select $1, term, $3 from unnest($2::text[]) as term",
        number,
        &terms,
        person.0,
    )
    .execute(&mut *work.conn)
    .await?;
    tell(work, "search.synonyms_added", json!({ "terms": terms })).await?;
    Ok(())
}

/// Has a word mean nothing: `bán`, `mua`.
///
/// # Errors
/// It is no word, or means nothing already; at `term`.
pub async fn add_stop_word(work: &mut Work<'_>, text: &str) -> Outcome<()> {
    let person = officer(work)?;
    let term = read_stop_word(text).map_err(SearchRefusal::Invalid)?;
    let added = sqlx::query!(
        "insert into search_stop_words (term, added_by) values ($1, $2) on conflict do nothing",
        term,
        person.0,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if added == 0 {
        let mut errors = FieldErrors::default();
        errors.add("term", "known_term");
        return Err(SearchRefusal::Invalid(errors).into());
    }
    tell(work, "search.stop_word_added", json!({ "term": term })).await?;
    Ok(())
}

/// Puts a group of synonyms (by its number) or a stop word (by itself) out of use, or in use again.
///
/// # Errors
/// There is none.
pub async fn set_off(work: &mut Work<'_>, kind: TermKind, key: &str, is_off: bool) -> Outcome<()> {
    officer(work)?;
    let changed = match kind {
        TermKind::Synonyms => {
            let number: i32 = key.parse().map_err(|_| SearchRefusal::NotFound)?;
            sqlx::query!(
                "update search_synonyms set is_off = $2 where group_number = $1",
                number,
                is_off,
            )
            .execute(&mut *work.conn)
            .await?
        }
        TermKind::StopWord => {
            sqlx::query!(
                "update search_stop_words set is_off = $2 where term = $1",
                key,
                is_off,
            )
            .execute(&mut *work.conn)
            .await?
        }
    };
    if changed.rows_affected() == 0 {
        return Err(SearchRefusal::NotFound.into());
    }
    let action = if is_off {
        "search.words_put_off"
    } else {
        "search.words_put_on"
    };
    tell(work, action, json!({ "kind": kind.as_str(), "key": key })).await?;
    Ok(())
}

/// Puts a product first for a text in a season, behind those that are there already.
///
/// # Errors
/// What is wrong, at its field: `text`, `product`, `starts_on`, `ends_on`.
pub async fn pin(work: &mut Work<'_>, form: &PinForm) -> Outcome<()> {
    let person = officer(work)?;
    let Pinned {
        text,
        key,
        product,
        starts_on,
        ends_on,
    } = form.read().map_err(SearchRefusal::Invalid)?;
    let refuse = |field: &str, code: &str| {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Failure::from(SearchRefusal::Invalid(errors))
    };
    let product = sqlx::query_scalar!(
        "select product_id from search_documents where slug = $1 or code = $1",
        product,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or_else(|| refuse("product", "unknown_product"))?;
    // Two who pin for one text wait for each other.
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('search_pins ' || $1, 0))",
        key,
    )
    .execute(&mut *work.conn)
    .await?;
    let there = sqlx::query_scalar!(
        r#"select count(*) as "there!" from search_pins where text_key = $1 and ends_on >= $2 and product_id <> $3"#,
        key,
        work.today(),
        product,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if there >= i64::from(MOST_PINS) {
        return Err(refuse("text", "too_many_pins"));
    }
    let id: PinId = work.new_id();
    sqlx::query!(
        "insert into search_pins (id, text, text_key, product_id, position, starts_on, ends_on, added_by, created_at)
         select $1, $2, $3, $4, least(coalesce(max(position), 0) + 1, 10), $5, $6, $7, $8
         from search_pins where text_key = $3
         on conflict on constraint search_pins_once
             do update set starts_on = excluded.starts_on, ends_on = excluded.ends_on, text = excluded.text",
        id.0,
        text,
        key,
        product,
        starts_on,
        ends_on,
        person.0,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let what =
        json!({ "text": text, "product": product, "starts_on": starts_on, "ends_on": ends_on });
    tell(work, "search.pinned", what).await?;
    Ok(())
}

/// Puts a product first no more.
///
/// # Errors
/// It is not put first.
pub async fn unpin(work: &mut Work<'_>, id: PinId) -> Outcome<()> {
    officer(work)?;
    let gone = sqlx::query!(
        "delete from search_pins where id = $1 returning text, product_id",
        id.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(SearchRefusal::NotFound)?;
    let what = json!({ "text": gone.text, "product": gone.product_id });
    tell(work, "search.unpinned", what).await?;
    Ok(())
}

/// Notes that somebody looked for this in vain, or found something near only. Who that was is not noted, and what
/// may be a telephone number or an address for mail is not kept at all.
pub async fn note_miss(store: &Store, text: &str, is_near: bool) -> Result<(), Fault> {
    let text = clean_line(text);
    let key = key(&tokens(&text));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if key.is_empty()
        || digits >= DIGITS
        || text.contains('@')
        || text.chars().count() > LONGEST_TEXT
    {
        return Ok(());
    }
    sqlx::query!(
        "insert into search_misses (day, text_key, text, is_near)
         select $1, $2, $3, $4
         where (select count(*) from search_misses where day = $1) < $5
             or exists (select from search_misses where day = $1 and text_key = $2)
         on conflict on constraint search_misses_pkey
             do update set times = search_misses.times + 1, text = excluded.text, is_near = excluded.is_near",
        store.today(),
        key,
        text,
        is_near,
        MOST_MISSES,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Forgets what was looked for long ago, and what was put first in seasons that are over for long.
pub async fn sweep_words(work: &mut Work<'_>) -> Result<(), Fault> {
    let since: Date = work.today() - KEPT;
    sqlx::query!("delete from search_misses where day < $1", since)
        .execute(&mut *work.conn)
        .await?;
    sqlx::query!("delete from search_pins where ends_on < $1", since)
        .execute(&mut *work.conn)
        .await?;
    Ok(())
}
