//! The same store in a bucket: a server of S3 in this process, which checks signatures.
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use market::kernel::Actor;
use market::media::commands::accept;
use market::media::{Bucket, MediaStore, PaperKind, PaperRefusal, files, papers};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use time::Duration;
use tokio::net::TcpListener;

use super::file;
use crate::support::look_at_paper;
use crate::support::shop::Shop;

/// Serves the folders below `root` as buckets; answers its address.
async fn serve(root: &std::path::Path) -> String {
    let mut service = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single("we", "secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                server.serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    format!("http://{address}")
}

fn bucket(endpoint: &str, secret: &str) -> Bucket {
    Bucket {
        name: "hinh".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        region: "vn".to_owned(),
        key_id: "we".to_owned(),
        secret: secret.to_owned(),
        has_name_in_path: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photographs_and_papers_lie_in_a_bucket() {
    let shop = Shop::new("Út").await;
    let (root, waiting) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir(root.path().join("hinh")).unwrap();
    let endpoint = serve(root.path()).await;
    let media = MediaStore::in_bucket(&bucket(&endpoint, "secret"), waiting.path()).unwrap();
    let (store, actor, seller) = (&shop.db.store, &shop.actor, shop.seller);

    let picture = accept(store, &media, actor, seller, file("cmyk.jpg").into())
        .await
        .unwrap();
    for size in &picture.variants {
        let found = media.get(&size.key).await.unwrap().unwrap();
        assert_eq!(found.format, size.format);
        assert!(root.path().join("hinh").join(&size.key).exists());
    }
    let missing = "ab/0123456789abcdef0123456789abcdef012345.webp";
    assert!(media.get(missing).await.unwrap().is_none());

    let kind = PaperKind::Identity;
    let upload = file("palette.png").into();
    let paper = papers::accept(store, &media, &Actor::system(), seller, kind, upload)
        .await
        .unwrap();
    let seen = look_at_paper(store, &media, actor, paper).await.unwrap();
    assert!(seen.starts_with(&[0xFF, 0xD8]), "a JPEG");
    assert_eq!(
        look_at_paper(store, &media, &Actor::guest(), paper).await,
        Err(PaperRefusal::AddressOver)
    );

    // Two days on: what is named stays, what is not goes.
    #[expect(
        clippy::disallowed_methods,
        reason = "the bucket dates its files by the machine's clock"
    )]
    let now = std::time::SystemTime::now();
    shop.db.clock.set(time::OffsetDateTime::from(now));
    shop.db.clock.advance(Duration::days(2));
    assert_eq!(files::sweep(store, &media).await.unwrap(), 0);
    sqlx::query("delete from photos")
        .execute(store.reader())
        .await
        .unwrap();
    let sizes = picture.variants.len();
    assert_eq!(files::check(store, &media).await.unwrap().len(), sizes);
    assert_eq!(files::sweep(store, &media).await.unwrap(), sizes);
    assert_eq!(files::check(store, &media).await.unwrap(), [""; 0]);
    assert!(look_at_paper(store, &media, actor, paper).await.is_ok());

    let thief = MediaStore::in_bucket(&bucket(&endpoint, "guessed"), waiting.path()).unwrap();
    let upload = file("rgb_16bit.png").into();
    assert!(accept(store, &thief, actor, seller, upload).await.is_err());
}
