//! Taking photographs in.
pub mod files;
pub mod papers;
pub mod pieces;

use uuid::Uuid;

use super::named::Encoded;
use super::{MediaStore, PhotoRefusal, Picture, Upload, queries};
use crate::kernel::{Actor, Failure, Fault, PhotoId, Right, SellerId, Store, Work};

type Outcome<T> = Result<T, Failure<PhotoRefusal>>;

/// Takes a file in as a photograph of `seller`: decoded in the workshop, its sizes stored, then its row
/// written. The same file of the same seller again answers the photograph that is there.
///
/// # Errors
/// What is wrong with the file, or that the actor does not list for that shop.
pub async fn accept(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    seller: SellerId,
    upload: Upload,
) -> Outcome<Picture> {
    if !actor.may(Right::List(seller)) {
        return Err(PhotoRefusal::NotASeller.into());
    }
    let whole = upload.complete().await??;
    let digest = whole.digest.clone();
    if let Some(picture) = known(store, seller, &digest).await? {
        return Ok(picture);
    }
    let mut made = media.workshop.develop(whole).await?;
    let row = Row {
        seller,
        digest: &digest,
        width: made.width,
        height: made.height,
        preview: &made.preview,
    };
    loop {
        // First the files, then the row: what is named is there.
        for size in &made.sizes {
            media.put(&size.key, size.bytes.clone()).await?;
        }
        let (row, sizes) = (&row, made.sizes.as_slice());
        let swept = crate::transact!(store, actor, work => Ok::<_, Failure<PhotoRefusal>>(write(work, row, sizes).await?))?;
        if swept.is_empty() {
            break;
        }
        for size in &mut made.sizes {
            if swept.contains(&size.key) {
                size.rename();
            }
        }
    }
    known(store, seller, &digest)
        .await?
        .ok_or_else(|| Fault::new("a photograph vanished").into())
}

/// The seller's photograph of that file, where it was taken in before.
pub(super) async fn known(
    store: &Store,
    seller: SellerId,
    digest: &str,
) -> Result<Option<Picture>, Fault> {
    let id = sqlx::query_scalar!(
        "select id from photos where seller_id = $1 and digest = $2",
        seller.0,
        digest
    )
    .fetch_optional(store.reader())
    .await?;
    match id {
        Some(id) => Ok(queries::pictures(store.reader(), &[PhotoId(id)])
            .await?
            .pop()),
        None => Ok(None),
    }
}

struct Row<'a> {
    seller: SellerId,
    digest: &'a str,
    width: u32,
    height: u32,
    preview: &'a str,
}

/// Writes the row, unless it is there; answers the names that were swept, where nothing could be written.
async fn write(
    work: &mut Work<'_>,
    row: &Row<'_>,
    sizes: &[Encoded],
) -> Result<Vec<String>, Fault> {
    let mut keys: Vec<String> = sizes.iter().map(|size| size.key.clone()).collect();
    keys.sort_unstable();
    let swept = files::claim(work, &keys).await?;
    if !swept.is_empty() {
        return Ok(swept);
    }
    let id: PhotoId = work.new_id();
    let number = |value: u32| i32::try_from(value).map_err(Fault::new);
    let added: Option<Uuid> = sqlx::query_scalar!(
        "insert into photos (id, seller_id, digest, width, height, preview, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (seller_id, digest) do nothing
         returning id",
        id.0,
        row.seller.0,
        row.digest,
        number(row.width)?,
        number(row.height)?,
        row.preview,
        work.now,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    if added.is_none() {
        return Ok(Vec::new());
    }
    for size in sizes {
        sqlx::query!(
            "insert into photo_variants (photo_id, width, height, format, key) values ($1, $2, $3, $4, $5)",
            id.0,
            number(size.width)?,
            number(size.height)?,
            size.format.as_str(),
            size.key,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    Ok(Vec::new())
}
