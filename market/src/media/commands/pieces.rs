//! Photographs that arrive in pieces: a phone whose network breaks off asks where it stands and goes on there,
//! with whichever server answers. A file is known by its digest, so that however often it is begun or finished
//! it is one photograph.
use time::Duration;
use uuid::Uuid;

use super::{Outcome, accept, known};
use crate::kernel::{Actor, Failure, Fault, Right, SellerId, Store, Work};
use crate::media::{
    MediaStore, PIECE_BYTES, PhotoRefusal, Picture, UPLOADS, UPLOADS_BYTES, UploadAs,
};

/// What is not gone on with for so long is given up.
const KEPT: Duration = Duration::days(1);

/// How far a photograph has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// So many bytes are here; the next piece begins there.
    Here(usize),
    /// It is a photograph of the shop already, or all of its bytes are here: [`finish`] it.
    Whole,
}

/// Begins to take in a file of `seller`, or finds how far it came before. Of too many that are unfinished the
/// ones that rest longest are given up.
///
/// # Errors
/// The actor does not list for that shop.
pub async fn begin(work: &mut Work<'_>, seller: SellerId, file: &UploadAs) -> Outcome<Arrival> {
    if !work.actor.may(Right::List(seller)) {
        return Err(PhotoRefusal::NotASeller.into());
    }
    let is_known = sqlx::query_scalar!(
        r#"select exists (select from photos where seller_id = $1 and digest = $2) as "known!""#,
        seller.0,
        file.digest(),
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_known {
        return Ok(Arrival::Whole);
    }
    let id: Uuid = work.new_id();
    let (length, kept) = sqlx::query!(
        r#"insert into photo_uploads as upload (id, seller_id, digest, length, touched_at) values ($1, $2, $3, $4, $5)
           on conflict (seller_id, digest) do update set touched_at = excluded.touched_at
           returning upload.length, upload.received"#,
        id,
        seller.0,
        file.digest(),
        number(file.length())?,
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await
    .map(|row| (row.length, row.received))?;
    make_room(work, seller).await?;
    Ok(arrival(kept, length))
}

/// Gives up what rests longest where a shop has too much that is unfinished.
async fn make_room(work: &mut Work<'_>, seller: SellerId) -> Result<(), Fault> {
    sqlx::query!(
        "delete from photo_uploads using (
             select id, row_number() over latest as number, sum(length) over latest as bytes
             from photo_uploads where seller_id = $1
             window latest as (order by touched_at desc, id desc)
         ) as ranked
         where photo_uploads.id = ranked.id and (ranked.number > $2 or ranked.bytes > $3)",
        seller.0,
        UPLOADS,
        UPLOADS_BYTES,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Takes a piece that begins at `from`. One that is here already, or would leave a gap, changes nothing: the
/// answer says where to go on.
///
/// # Errors
/// The actor does not list for that shop, nothing of that digest was begun, more comes than was said, or the first
/// piece is of no picture that is taken.
pub async fn append(
    work: &mut Work<'_>,
    seller: SellerId,
    file: &str,
    from: usize,
    piece: &[u8],
) -> Outcome<Arrival> {
    if !work.actor.may(Right::List(seller)) {
        return Err(PhotoRefusal::NotASeller.into());
    }
    let upload = sqlx::query!(
        "select id, length, received from photo_uploads where seller_id = $1 and digest = $2 for update",
        seller.0,
        file,
    )
    .fetch_optional(&mut *work.conn)
    .await?
    .ok_or(PhotoRefusal::NotBegun)?;
    let received = usize::try_from(upload.received).map_err(Fault::new)?;
    if piece.is_empty() || from != received {
        return Ok(arrival(upload.received, upload.length));
    }
    let now_here = number(received + piece.len())?;
    if piece.len() > PIECE_BYTES || now_here > upload.length {
        return Err(PhotoRefusal::TooLarge.into());
    }
    if received == 0 {
        // Said at once, before the rest travels in vain.
        pictures::begins_well(piece).map_err(PhotoRefusal::from)?;
    }
    sqlx::query!(
        "insert into photo_upload_pieces (upload_id, starts_at, bytes) values ($1, $2, $3)",
        upload.id,
        upload.received,
        piece,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "update photo_uploads set received = $2, touched_at = $3 where id = $1",
        upload.id,
        now_here,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(arrival(now_here, upload.length))
}

/// Makes a photograph of a file of which all is here; of one that is a photograph already, that one.
///
/// # Errors
/// What is wrong with the file, which is then forgotten: it has to come anew.
pub async fn finish(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    seller: SellerId,
    file: &str,
) -> Outcome<Picture> {
    if !actor.may(Right::List(seller)) {
        return Err(PhotoRefusal::NotASeller.into());
    }
    if let Some(picture) = known(store, seller, file).await? {
        forget(store, seller, file).await?;
        return Ok(picture);
    }
    let pieces = sqlx::query_scalar!(
        "select starts_at from photo_upload_pieces
         join photo_uploads on photo_uploads.id = photo_upload_pieces.upload_id
         where seller_id = $1 and digest = $2 and received = length
         order by starts_at",
        seller.0,
        file,
    )
    .fetch_all(store.reader())
    .await?;
    if pieces.is_empty() {
        return Err(PhotoRefusal::NotBegun.into());
    }
    let mut upload = media.upload();
    for starts_at in pieces {
        // One at a time: of a hundred files that are finished at once none stands in memory whole.
        let piece = sqlx::query_scalar!(
            "select bytes from photo_upload_pieces
             join photo_uploads on photo_uploads.id = photo_upload_pieces.upload_id
             where seller_id = $1 and digest = $2 and starts_at = $3",
            seller.0,
            file,
            starts_at,
        )
        .fetch_optional(store.reader())
        .await?;
        upload.push(&piece.ok_or(PhotoRefusal::NotBegun)?).await?;
    }
    let outcome = if upload.has_digest(file) {
        accept(store, media, actor, seller, upload).await
    } else {
        Err(PhotoRefusal::Truncated.into())
    };
    if !matches!(outcome, Err(Failure::Fault(_))) {
        forget(store, seller, file).await?;
    }
    outcome
}

async fn forget(store: &Store, seller: SellerId, file: &str) -> Result<(), Fault> {
    sqlx::query!(
        "delete from photo_uploads where seller_id = $1 and digest = $2",
        seller.0,
        file,
    )
    .execute(store.writer())
    .await?;
    Ok(())
}

/// Gives up what nobody went on with for a day.
pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
    sqlx::query!(
        "delete from photo_uploads where touched_at < $1",
        work.now - KEPT,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

fn arrival(received: i32, length: i32) -> Arrival {
    match usize::try_from(received) {
        Ok(here) if received < length => Arrival::Here(here),
        _ => Arrival::Whole,
    }
}

fn number(value: usize) -> Result<i32, Fault> {
    i32::try_from(value).map_err(Fault::new)
}
