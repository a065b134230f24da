//! Papers that few may see: photographed like goods, kept sealed, each look written down. The address of one is
//! made for who looks at the page that names it, and holds for minutes.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::files;
use crate::kernel::audit::{Deed, record};
use crate::kernel::{
    Actor, CommuneId, Failure, Fault, Key, PaperId, Permission, PersonId, Right, SellerId, Store,
    Work,
};
use crate::media::store::place_of;
use crate::media::{MediaStore, PaperKind, PaperRefusal, PhotoRefusal, PictureFormat, Upload};

/// For so long whoever handed a paper in may look whether it can be read.
const OWN_LOOK: Duration = Duration::hours(24);
/// For so long an address of a paper holds.
const ADDRESS_HOLDS: Duration = Duration::minutes(10);

/// What an address of a paper carries beside its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Until when it holds, seconds since 1970.
    pub until: i64,
    /// What only this installation can have written, URL-safe base 64.
    pub signature: String,
}

impl Pass {
    /// For `viewer`, from `now` on. Whether the viewer may see the paper is asked when it is looked at.
    #[must_use]
    pub fn new(key: &Key, viewer: PersonId, paper: PaperId, now: OffsetDateTime) -> Self {
        let until = (now + ADDRESS_HOLDS).unix_timestamp();
        let signature = key.digest(SIGNED, said(viewer, paper, until).as_bytes());
        Self {
            until,
            signature: URL_SAFE_NO_PAD.encode(signature),
        }
    }

    fn holds(&self, key: &Key, viewer: PersonId, paper: PaperId, now: OffsetDateTime) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(&self.signature).unwrap_or_default();
        let said = said(viewer, paper, self.until);
        now.unix_timestamp() <= self.until && key.is_digest(SIGNED, said.as_bytes(), &signature)
    }
}

/// For what the key signs.
const SIGNED: &str = "papers.address";

fn said(viewer: PersonId, paper: PaperId, until: i64) -> String {
    format!("{viewer} {paper} {until}")
}

/// Takes a file in as a paper of `seller`, or of no shop where it is the document of a request: upright, without what the camera wrote beside it, sealed. Whoever may
/// hand it in is said by the caller's use case. The same file again answers the paper that is there.
///
/// # Errors
/// What is wrong with the file.
pub async fn accept(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    seller: impl Into<Option<SellerId>>,
    kind: PaperKind,
    upload: Upload,
) -> Result<PaperId, Failure<PhotoRefusal>> {
    let seller = seller.into();
    let whole = upload.complete().await??;
    let digest = whole.digest.clone();
    let known = sqlx::query_scalar!(
        "select id from papers where seller_id is not distinct from $1 and kind = $2 and digest = $3",
        seller.map(|seller| seller.0),
        kind.as_str(),
        digest,
    )
    .fetch_optional(store.reader())
    .await?;
    if let Some(id) = known {
        return Ok(PaperId(id));
    }
    let made = media.workshop.develop(whole).await?;
    let largest = made
        .sizes
        .into_iter()
        .filter(|size| size.format == PictureFormat::Jpeg)
        .max_by_key(|size| size.width)
        .ok_or_else(|| Fault::new("a picture without sizes"))?;
    let id = PaperId(crate::kernel::secret::new_key());
    let sealed = store.key().seal(&purpose(id), &largest.bytes)?;
    // First the picture, then its row: what is named is there.
    media.put(&place_of(id), sealed.into()).await?;
    let digest = digest.as_str();
    crate::transact!(store, actor, work => {
        Ok::<_, Failure<PhotoRefusal>>(write(work, id, seller, kind, digest).await?)
    })
}

async fn write(
    work: &mut Work<'_>,
    id: PaperId,
    seller: Option<SellerId>,
    kind: PaperKind,
    digest: &str,
) -> Result<PaperId, Fault> {
    if !files::claim(work, &[place_of(id)]).await?.is_empty() {
        return Err(Fault::new("a paper was swept while it was written down"));
    }
    let kept = sqlx::query_scalar!(
        "insert into papers (id, seller_id, kind, digest, uploaded_by, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (seller_id, kind, digest) do update set digest = excluded.digest
         returning id",
        id.0,
        seller.map(|seller| seller.0),
        kind.as_str(),
        digest,
        work.actor.person.map(|person| person.0),
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if kept == id.0 {
        let kind = json!({ "kind": kind.as_str(), "seller": seller });
        record(
            work,
            Deed {
                action: "paper.handed_in",
                subject_kind: "paper",
                subject: id.0,
                before: None,
                after: Some(kind),
            },
        )
        .await?;
    }
    Ok(PaperId(kept))
}

/// The picture of a paper, JPEG: for the household's owner, for officers whose work it is in that commune, and
/// for a day for whoever handed it in; under an address that was made for them. Each look is written down. A
/// request's document and what was photographed about an order are shown by their own slices.
///
/// # Errors
/// The address does not hold, which says nothing of whether there is such a paper; or there is none that the actor
/// may see. A fault of the database or the store, or a picture that the installation's key does not open.
pub async fn look(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    id: PaperId,
    pass: &Pass,
) -> Result<Vec<u8>, Failure<PaperRefusal>> {
    let holds = |viewer| pass.holds(store.key(), viewer, id, store.now());
    if !actor.person.is_some_and(holds) {
        return Err(PaperRefusal::AddressOver.into());
    }
    let may_see = crate::transact_sure!(store, actor, work => Ok(note_look(work, id).await?))?;
    if !may_see {
        return Err(PaperRefusal::NotFound.into());
    }
    Ok(open(store, media, id).await?)
}

/// The picture of a paper, JPEG. Who may see it is said, and each look written down, by the caller's use case.
///
/// # Errors
/// There is no such picture, or the installation's key does not open it.
pub async fn open(store: &Store, media: &MediaStore, id: PaperId) -> Result<Vec<u8>, Fault> {
    let sealed = media.read(&place_of(id)).await?;
    let sealed = sealed.ok_or_else(|| Fault::new(format!("the paper {id} is not in the store")))?;
    store.key().open(&purpose(id), &sealed)
}

async fn note_look(work: &mut Work<'_>, id: PaperId) -> Result<bool, Fault> {
    let row = sqlx::query!(
        r#"select sellers.id as seller_id, papers.kind, papers.uploaded_by, papers.created_at, sellers.commune_id
           from papers join sellers on sellers.id = papers.seller_id
           where papers.id = $1 and papers.kind <> 'order'"#,
        id.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let permission = match PaperKind::parse(&row.kind) {
        Some(PaperKind::Certificate) => Permission::Certificates,
        _ => Permission::Sellers,
    };
    let handed_it_in = row.uploaded_by.is_some()
        && work.actor.person == row.uploaded_by.map(PersonId)
        && work.now - row.created_at < OWN_LOOK;
    let may_see = work.actor.may(Right::Own(SellerId(row.seller_id)))
        || work
            .actor
            .may(Right::Office(permission, CommuneId(row.commune_id)))
        || handed_it_in;
    if may_see {
        record(
            work,
            Deed {
                action: "paper.seen",
                subject_kind: "paper",
                subject: id.0,
                before: None,
                after: Some(json!({ "kind": row.kind, "seller": row.seller_id })),
            },
        )
        .await?;
    }
    Ok(may_see)
}

fn purpose(id: PaperId) -> String {
    format!("papers {id}")
}
