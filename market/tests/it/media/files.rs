//! What no row names is swept after a day; what one names never is.
use std::path::Path;
use std::time::{Duration as Span, SystemTime};

use futures_util::future::join_all;
use market::kernel::{Actor, Failure, PhotoId, SellerId};
use market::media::commands::accept;
use market::media::{MediaStore, PaperKind, PhotoRefusal, files, papers};
use time::Duration;
use tokio::task::JoinSet;

use super::file;
use crate::support::shop::{Shop, seller};

struct Ground {
    shop: Shop,
    folder: tempfile::TempDir,
    media: MediaStore,
}

impl Ground {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            shop: Shop::new("Út").await,
            media: MediaStore::open(folder.path()).unwrap(),
            folder,
        }
    }

    async fn accept(&self, seller: SellerId, name: &str) -> PhotoId {
        let store = &self.shop.db.store;
        accept(
            store,
            &self.media,
            &Actor::system(),
            seller,
            file(name).into(),
        )
        .await
        .unwrap()
        .id
    }

    async fn sweep(&self) -> usize {
        files::sweep(&self.shop.db.store, &self.media)
            .await
            .unwrap()
    }

    async fn check(&self) -> Vec<String> {
        files::check(&self.shop.db.store, &self.media)
            .await
            .unwrap()
    }

    /// All files have been there for that long.
    fn age(&self, by: Duration) {
        let at = SystemTime::from(self.shop.db.clock.now()) - Span::try_from(by).unwrap();
        for path in all(self.folder.path()) {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(at).unwrap();
        }
    }

    async fn run(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(self.shop.db.store.reader())
            .await
            .unwrap();
    }

    /// As when the transaction that wrote them was rolled back.
    async fn lose_rows(&self) {
        self.run("delete from photos").await;
        self.run("delete from stored_files").await;
    }
}

fn all(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                all(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[tokio::test]
async fn a_photograph_that_was_rolled_back_is_swept_after_a_day_and_one_that_is_named_stays() {
    let ground = Ground::new().await;
    let shop = &ground.shop;
    ground.accept(shop.seller, "palette.png").await;
    ground.lose_rows().await;
    let lost = all(ground.folder.path()).len();
    ground.accept(shop.seller, "cmyk.jpg").await;
    let (store, kind) = (&shop.db.store, PaperKind::Identity);
    let upload = file("cmyk.jpg").into();
    let paper = papers::accept(
        store,
        &ground.media,
        &Actor::system(),
        shop.seller,
        kind,
        upload,
    )
    .await
    .unwrap();
    let foreign = ground.folder.path().join("ab/notes.txt");
    std::fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    std::fs::write(&foreign, "mine").unwrap();
    let before = all(ground.folder.path()).len();

    ground.age(Duration::hours(23));
    assert_eq!((ground.sweep().await, ground.check().await.len()), (0, 0));
    ground.age(Duration::hours(25));
    assert_eq!(ground.check().await.len(), lost);
    assert_eq!(ground.sweep().await, lost);
    assert_eq!((ground.sweep().await, ground.check().await.len()), (0, 0));
    assert_eq!(all(ground.folder.path()).len(), before - lost);
    assert!(foreign.exists(), "not ours");

    std::fs::remove_file(ground.folder.path().join(format!("papers/{paper}"))).unwrap();
    let key: String =
        sqlx::query_scalar("select key from photo_variants order by key desc limit 1")
            .fetch_one(store.reader())
            .await
            .unwrap();
    std::fs::remove_file(ground.folder.path().join(&key)).unwrap();
    assert_eq!(
        ground.check().await,
        [
            format!("the file {key} is named and not there"),
            format!("the file papers/{paper} is named and not there"),
        ]
    );
    // A paper without a row.
    ground.run("delete from papers").await;
    std::fs::write(ground.folder.path().join(format!("papers/{paper}")), "x").unwrap();
    ground.age(Duration::hours(25));
    assert_eq!(ground.sweep().await, 1);
}

#[tokio::test]
async fn a_name_that_was_swept_is_never_used_again() {
    let ground = Ground::new().await;
    let seller = ground.shop.seller;
    let first = ground.accept(seller, "palette.png").await;
    let keys = keys(&ground, first).await;
    ground.lose_rows().await;
    ground.age(Duration::hours(25));
    assert_eq!(ground.sweep().await, keys.len());
    let again = ground.accept(seller, "palette.png").await;
    let renamed = self::keys(&ground, again).await;
    assert!(renamed.iter().all(|key| !keys.contains(key)));
    for key in &renamed {
        assert!(ground.media.get(key).await.unwrap().is_some());
    }
    // The database would not have it either.
    let refused = sqlx::query("update photo_variants set key = $1 where key = $2")
        .bind(&keys[0])
        .bind(&renamed[0])
        .execute(ground.shop.db.store.reader())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("was swept"), "{refused}");
    assert_eq!(ground.check().await, [""; 0]);
}

async fn keys(ground: &Ground, photo: PhotoId) -> Vec<String> {
    sqlx::query_scalar("select key from photo_variants where photo_id = $1 order by key")
        .bind(photo.0)
        .fetch_all(ground.shop.db.store.reader())
        .await
        .unwrap()
}

/// A photograph lies there without a row, old enough to be swept; sweeps and people who send the same picture
/// again, for shops of their own, meet at any point of each other.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_stores_a_picture_while_it_is_swept_keeps_it() {
    let ground = Ground::new().await;
    ground.accept(ground.shop.seller, "palette.png").await;
    for round in 0..6 {
        ground.lose_rows().await;
        ground.age(Duration::hours(25));
        let shops = join_all(
            (0..4).map(async |shop| seller(&ground.shop.db, &format!("Hộ {round} {shop}")).await),
        )
        .await;
        let mut tasks = JoinSet::new();
        for shop in shops {
            let (store, media) = (ground.shop.db.store.clone(), ground.media.clone());
            tasks.spawn(async move {
                let upload = file("palette.png").into();
                let taken = accept(&store, &media, &Actor::system(), shop, upload).await;
                taken.map(drop)
            });
            let (store, media) = (ground.shop.db.store.clone(), ground.media.clone());
            tasks.spawn(async move {
                files::sweep(&store, &media).await.unwrap();
                Ok::<_, Failure<PhotoRefusal>>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap().unwrap();
        }
        let findings = ground.check().await;
        let lost = findings.iter().filter(|text| text.contains("not there"));
        assert_eq!(lost.count(), 0, "{findings:?}");
    }
}

/// The sweep has said what it will remove and is stopped; the picture is sent again; then the sweep goes on.
#[tokio::test]
async fn a_sweep_that_rests_before_it_removes_takes_nothing_that_is_named_since() {
    let ground = Ground::new().await;
    let first = ground.accept(ground.shop.seller, "palette.png").await;
    let old = keys(&ground, first).await;
    ground.run("delete from photos").await;
    ground.run("update stored_files set swept_at = now()").await;
    let second = ground.accept(ground.shop.seller, "palette.png").await;
    for key in old {
        std::fs::remove_file(ground.folder.path().join(key)).unwrap();
    }
    for key in keys(&ground, second).await {
        assert!(ground.media.get(&key).await.unwrap().is_some());
    }
}
