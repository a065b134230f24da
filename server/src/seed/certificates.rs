//! A certificate that waits for an officer, and marks that one has looked at: entered as sellers enter them, with a
//! drawn scan.
use std::fs;
use std::sync::Arc;

use market::catalog;
use market::certificates::commands::{enter, mark, verify};
use market::certificates::{CertificateForm, CertificatesRefusal, Entry, queries};
use market::kernel::time::iso_day;
use market::kernel::{Actor, CertificateId, Failure, Fault, Office, Permission, Role, Store};
use market::media::{MediaStore, PaperKind, papers};
use serde::Deserialize;

use crate::config::Config;

/// The address of the product that it is for.
const PRODUCT: &str = "cam-xoan-phung-hiep";

/// Enters it two days ago.
pub async fn load(config: &Config, store: &Store, media: &MediaStore) -> Result<(), Fault> {
    let Some(catalog::queries::ProductAt::Here(product)) =
        catalog::queries::by_slug(store.reader(), PRODUCT).await?
    else {
        return Ok(());
    };
    let entered = store.now() - time::Duration::days(2);
    let then = store.with_clock(Arc::new(move || entered));
    let programme = queries::programme(store.reader()).await?;
    let form = CertificateForm {
        product_name: product.name.clone(),
        group: product.group.as_str().to_owned(),
        set: "1".to_owned(),
        regime: "26/2026/QĐ-TTg".to_owned(),
        stars: "3".to_owned(),
        score: "64,5".to_owned(),
        number: "301/QĐ-UBND".to_owned(),
        decided_on: iso_day(then.today() - time::Duration::days(20)),
        issuer: "UBND thành phố Cần Thơ".to_owned(),
        ..CertificateForm::default()
    };
    let entry = form
        .parse(&programme, then.today())
        .map_err(|errors| Fault::new(format!("the certificate that waits: {errors}")))?;
    let entering = Entering {
        config,
        store: &then,
        media,
        product: &product,
    };
    entering.enter(&entry).await?;
    Ok(())
}

/// A mark of `data/catalogue/marks.csv`.
#[derive(Deserialize)]
struct MarkRow {
    product_slug: String,
    mark: String,
    number: String,
    issuer: String,
    /// Issued so many days ago.
    days_since: i64,
    /// Valid for so many days more.
    days_left: i64,
}

/// Enters the marks of the catalogue and has an officer look at them, some days ago.
pub async fn marks(config: &Config, store: &Store, media: &MediaStore) -> Result<(), Fault> {
    let looked_at = store.now() - time::Duration::days(10);
    let then = store.with_clock(Arc::new(move || looked_at));
    let programme = queries::programme(store.reader()).await?;
    let officer = Actor {
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Certificates],
            communes: Vec::new(),
        },
        ..Actor::guest()
    };
    let path = config.data.join("catalogue/marks.csv");
    let mut reader = csv::Reader::from_path(&path).map_err(Fault::new)?;
    for row in reader.deserialize::<MarkRow>() {
        let row = row.map_err(Fault::new)?;
        let Some(catalog::queries::ProductAt::Here(product)) =
            catalog::queries::by_slug(store.reader(), &row.product_slug).await?
        else {
            continue;
        };
        let day = |days: i64| iso_day(store.today() + time::Duration::days(days));
        let form = CertificateForm {
            kind: Some(row.mark),
            product_name: product.name.clone(),
            number: row.number,
            issuer: row.issuer,
            decided_on: day(-row.days_since),
            valid_to: day(row.days_left),
            ..CertificateForm::default()
        };
        let entry = form
            .parse(&programme, then.today())
            .map_err(|errors| Fault::new(format!("marks.csv: {}: {errors}", row.product_slug)))?;
        let entering = Entering {
            config,
            store: &then,
            media,
            product: &product,
        };
        let id = entering.enter(&entry).await?;
        market::transact!(then, &officer, work => verify(work, id).await)
            .map_err(Failure::into_fault)?;
    }
    Ok(())
}

/// What it takes to enter a certificate for a product, on behalf of its seller.
struct Entering<'a> {
    config: &'a Config,
    store: &'a Store,
    media: &'a MediaStore,
    product: &'a catalog::Product,
}

impl Entering<'_> {
    async fn enter(&self, entry: &Entry) -> Result<CertificateId, Fault> {
        let scan = self.config.data.join("ocop/sample-certificate.jpg");
        let bytes =
            fs::read(&scan).map_err(|error| Fault::new(format!("{}: {error}", scan.display())))?;
        let (system, seller) = (Actor::system(), self.product.seller.id);
        let paper = papers::accept(
            self.store,
            self.media,
            &system,
            seller,
            PaperKind::Certificate,
            bytes.into(),
        )
        .await
        .map_err(Failure::into_fault)?;
        let products = &[self.product.id];
        market::transact!(self.store, &system, work => {
            let id = enter(work, seller, entry, paper, products, None).await?;
            mark(work, id).await?;
            Ok::<_, Failure<CertificatesRefusal>>(id)
        })
        .map_err(Failure::into_fault)
    }
}
