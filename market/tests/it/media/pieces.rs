//! Photographs that arrive in pieces, with breaks, twice, to two servers.
use market::kernel::{Actor, Failure, Refusal};
use market::media::pieces::{Arrival, append, begin, finish, sweep};
use market::media::{MAX_BYTES, MediaStore, PIECE_BYTES, PhotoRefusal, UPLOADS, UploadAs};
use sha2::{Digest as _, Sha256};
use time::Duration;

use super::file;
use crate::support::shop::Shop;

struct Phone {
    shop: Shop,
    /// Two servers with a folder each for what arrives, and one store.
    servers: [MediaStore; 2],
    _folder: tempfile::TempDir,
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(bytes: &[u8]) -> UploadAs {
    UploadAs::parse(&digest(bytes), &bytes.len().to_string()).unwrap()
}

impl Phone {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = || MediaStore::open(folder.path()).unwrap();
        Self {
            shop: Shop::new("Út").await,
            servers: [server(), server()],
            _folder: folder,
        }
    }

    async fn begin(&self, actor: &Actor, file: &UploadAs) -> Result<Arrival, PhotoRefusal> {
        let (store, seller) = (&self.shop.db.store, self.shop.seller);
        refusal(market::transact!(store, actor, work => begin(work, seller, file).await))
    }

    async fn append(&self, file: &str, from: usize, piece: &[u8]) -> Result<Arrival, PhotoRefusal> {
        let (store, seller, actor) = (&self.shop.db.store, self.shop.seller, &self.shop.actor);
        refusal(
            market::transact!(store, actor, work => append(work, seller, file, from, piece).await),
        )
    }

    async fn finish(
        &self,
        server: usize,
        file: &str,
    ) -> Result<market::media::Picture, PhotoRefusal> {
        let (shop, media) = (&self.shop, &self.servers[server]);
        refusal(finish(&shop.db.store, media, &shop.actor, shop.seller, file).await)
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let db = self.shop.db.store.reader();
        sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
    }

    async fn unfinished(&self) -> i64 {
        self.count("select count(*) from photo_uploads").await
    }
}

fn refusal<T>(outcome: Result<T, Failure<PhotoRefusal>>) -> Result<T, PhotoRefusal> {
    outcome.map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Fault(fault) => panic!("{fault}"),
    })
}

#[tokio::test]
async fn a_phone_goes_on_where_it_was_cut_and_there_is_one_photograph() {
    let phone = Phone::new().await;
    let (actor, bytes) = (&phone.shop.actor, file("cmyk.jpg"));
    let (name, half) = (digest(&bytes), bytes.len() / 2);
    assert!(bytes.len() - half < PIECE_BYTES);
    let file = said(&bytes);
    assert_eq!(phone.begin(actor, &file).await, Ok(Arrival::Here(0)));
    let first = phone.append(&name, 0, &bytes[..half]).await;
    assert_eq!(first, Ok(Arrival::Here(half)));
    // The answer was lost: the phone asks, and sends a piece again all the same; a later one does not fit.
    assert_eq!(phone.begin(actor, &file).await, Ok(Arrival::Here(half)));
    let again = phone.append(&name, 0, &bytes[..half]).await;
    assert_eq!(again, Ok(Arrival::Here(half)));
    let gap = phone.append(&name, half + 1, &bytes[half + 1..]).await;
    assert_eq!(gap, Ok(Arrival::Here(half)));
    assert_eq!(phone.finish(1, &name).await, Err(PhotoRefusal::NotBegun));
    let rest = phone.append(&name, half, &bytes[half..]).await;
    assert_eq!(rest, Ok(Arrival::Whole));
    assert_eq!(phone.begin(actor, &file).await, Ok(Arrival::Whole));
    // Finished at both servers at once.
    let (one, other) = tokio::join!(phone.finish(0, &name), phone.finish(1, &name));
    let picture = one.unwrap();
    // The other found it finished, or finished it itself.
    assert!(matches!(&other, Ok(same) if *same == picture) || other == Err(PhotoRefusal::NotBegun));
    assert_eq!((picture.width, picture.height), (800, 800));
    assert_eq!(phone.finish(1, &name).await, Ok(picture));
    assert_eq!(phone.unfinished().await, 0);
    assert_eq!(phone.count("select count(*) from photos").await, 1);
    assert_eq!(
        phone
            .count("select count(*) from photo_upload_pieces")
            .await,
        0
    );
    // The same file once more is there at once.
    assert_eq!(phone.begin(actor, &file).await, Ok(Arrival::Whole));
    assert_eq!(phone.unfinished().await, 0);
}

#[tokio::test]
async fn what_comes_is_held_against_what_was_said() {
    let phone = Phone::new().await;
    let actor = &phone.shop.actor;
    let bytes = file("cmyk.jpg");
    let mut other = bytes.clone();
    other[5000] ^= 1;
    phone.begin(actor, &said(&bytes)).await.unwrap();
    let name = digest(&bytes);
    let too_much = phone.append(&name, 0, &vec![0; PIECE_BYTES + 1]).await;
    assert_eq!(too_much, Err(PhotoRefusal::TooLarge));
    let all = phone.append(&name, 0, &other).await;
    assert_eq!(all, Ok(Arrival::Whole));
    assert_eq!(phone.finish(0, &name).await, Err(PhotoRefusal::Truncated));
    assert_eq!(phone.unfinished().await, 0, "it comes anew");
    assert_eq!(
        phone.append(&name, 0, &bytes).await,
        Err(PhotoRefusal::NotBegun)
    );
    let nothing = b"no picture at all";
    phone.begin(actor, &said(nothing)).await.unwrap();
    assert_eq!(
        phone.append(&digest(nothing), 0, nothing).await,
        Err(PhotoRefusal::NotAnImage)
    );
    for (digest, length, why) in [
        (name.as_str(), "0", PhotoRefusal::Empty),
        (&name, "8388609", PhotoRefusal::TooLarge),
        (&name, "99999999999999999999", PhotoRefusal::NotBegun),
        (&name, "-1", PhotoRefusal::NotBegun),
        (&name[1..], "10", PhotoRefusal::NotBegun),
        (&name.to_uppercase(), "10", PhotoRefusal::NotBegun),
    ] {
        assert_eq!(UploadAs::parse(digest, length), Err(why), "{length}");
    }
    assert_eq!(MAX_BYTES, 8_388_608);
}

#[tokio::test]
async fn only_the_shop_sends_and_not_without_end() {
    let phone = Phone::new().await;
    let shop = &phone.shop;
    let first = said(b"0");
    let refused = phone.begin(&Actor::guest(), &first).await.unwrap_err();
    assert_eq!(refused.code(), "media.not_a_seller");
    for number in 0..UPLOADS + 3 {
        shop.db.clock.advance(Duration::seconds(1));
        let file = said(number.to_string().as_bytes());
        phone.begin(&shop.actor, &file).await.unwrap();
    }
    assert_eq!(phone.unfinished().await, UPLOADS);
    assert_eq!(
        phone.append(first.digest(), 0, b"0").await,
        Err(PhotoRefusal::NotBegun),
        "the oldest was given up"
    );
    for number in 0..9 {
        shop.db.clock.advance(Duration::seconds(1));
        let file = UploadAs::parse(&digest(&[number]), &MAX_BYTES.to_string()).unwrap();
        phone.begin(&shop.actor, &file).await.unwrap();
    }
    assert_eq!(phone.unfinished().await, 8, "by their bytes");

    shop.db.clock.advance(Duration::hours(23));
    phone.begin(&shop.actor, &first).await.unwrap();
    shop.db.clock.advance(Duration::hours(2));
    let system = &Actor::system();
    market::transact_sure!(shop.db.store, system, work => Ok(sweep(work).await?)).unwrap();
    assert_eq!(phone.unfinished().await, 1, "what was gone on with");
}
