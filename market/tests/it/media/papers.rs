//! Papers: sealed, seen by few, by an address that is theirs and holds for minutes.
use market::kernel::{Actor, CommuneId, Failure, Office, Permission, PersonId, Role, secret};
use market::media::papers::{self, Pass};
use market::media::{MediaStore, PaperKind, PaperRefusal, PhotoRefusal};
use time::Duration;

use super::file;
use crate::support::look_at_paper;
use crate::support::shop::{Shop, person};

fn officer(permission: Permission, communes: Vec<CommuneId>) -> Actor {
    Actor {
        person: Some(PersonId(secret::new_key())),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![permission],
            communes,
        },
        ..Actor::guest()
    }
}

#[tokio::test]
async fn a_paper_is_sealed_and_seen_by_few() {
    let shop = Shop::new("Út").await;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    let store = &shop.db.store;
    let helper = Actor {
        person: Some(person(&shop.db, "0907000001", "mat khau dai").await),
        roles: vec![Role::Helper],
        ..Actor::guest()
    };
    let hand_in = async |name: &str| {
        let upload = file(name).into();
        papers::accept(
            store,
            &media,
            &helper,
            shop.seller,
            PaperKind::Identity,
            upload,
        )
        .await
    };
    assert!(matches!(
        hand_in("svg_named.jpg").await,
        Err(Failure::Refused(PhotoRefusal::NotAnImage))
    ));
    let paper = hand_in("cmyk.jpg").await.unwrap();
    assert_eq!(hand_in("cmyk.jpg").await.unwrap(), paper);

    let kept = std::fs::read(folder.path().join(format!("papers/{paper}"))).unwrap();
    assert!(!kept.starts_with(&[0xFF, 0xD8]), "sealed");
    assert!(
        media
            .get(&format!("papers/{paper}"))
            .await
            .unwrap()
            .is_none()
    );

    let sees = async |actor: &Actor| look_at_paper(store, &media, actor, paper).await;
    for actor in [
        &shop.actor,
        &helper,
        &officer(Permission::Sellers, Vec::new()),
    ] {
        let picture = sees(actor).await.unwrap();
        assert!(picture.starts_with(&[0xFF, 0xD8]), "a JPEG");
    }
    shop.db.clock.advance(Duration::hours(25));
    let stranger = Actor {
        person: Some(PersonId(secret::new_key())),
        ..Actor::guest()
    };
    for actor in [
        &helper,
        &stranger,
        &officer(Permission::Certificates, Vec::new()),
        &officer(Permission::Sellers, vec![CommuneId(1)]),
    ] {
        assert_eq!(sees(actor).await, Err(PaperRefusal::NotFound), "{actor:?}");
    }
    assert_eq!(sees(&Actor::guest()).await, Err(PaperRefusal::AddressOver));
    assert_eq!(looks(&shop, paper.0).await, 3);
}

#[tokio::test]
async fn an_address_holds_for_minutes_and_for_whom_it_was_made() {
    let shop = Shop::new("Út").await;
    let folder = tempfile::tempdir().unwrap();
    let media = MediaStore::open(folder.path()).unwrap();
    let (store, owner) = (&shop.db.store, &shop.actor);
    let take = async |name: &str| {
        let upload = file(name).into();
        let kind = PaperKind::Identity;
        papers::accept(store, &media, &Actor::system(), shop.seller, kind, upload)
            .await
            .unwrap()
    };
    let (paper, other) = (take("cmyk.jpg").await, take("palette.png").await);
    let viewer = owner.person.unwrap();
    let made = Pass::new(store.key(), viewer, paper, store.now());
    let look = async |actor: &Actor, paper, pass: &Pass| match papers::look(
        store, &media, actor, paper, pass,
    )
    .await
    {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) => Some(refusal),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    };
    let over = Some(PaperRefusal::AddressOver);

    assert_eq!(look(owner, paper, &made).await, None);
    // An officer who may see it, by the owner's address.
    let officer = officer(Permission::Sellers, Vec::new());
    assert_eq!(look(&officer, paper, &made).await, over);
    assert_eq!(look(&Actor::guest(), paper, &made).await, over);
    assert_eq!(look(owner, other, &made).await, over);
    let until = made.until;
    for (until, signature) in [
        (until + 1, made.signature.clone()),
        (i64::MAX, made.signature.clone()),
        (until, made.signature[1..].to_owned()),
        (until, String::new()),
        (until, format!("{}=", made.signature)),
    ] {
        let forged = Pass { until, signature };
        assert_eq!(look(owner, paper, &forged).await, over, "{forged:?}");
    }
    shop.db.clock.advance(Duration::minutes(10));
    assert_eq!(look(owner, paper, &made).await, None);
    shop.db.clock.advance(Duration::seconds(1));
    assert_eq!(look(owner, paper, &made).await, over);
    assert_eq!(looks(&shop, paper.0).await, 2);
    assert_eq!(looks(&shop, other.0).await, 0);
}

async fn looks(shop: &Shop, paper: uuid::Uuid) -> i64 {
    sqlx::query_scalar(
        "select count(*) from audit_log where action = 'paper.seen' and subject = $1",
    )
    .bind(paper)
    .fetch_one(shop.db.store.reader())
    .await
    .unwrap()
}
