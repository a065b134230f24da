//! A certificate that waits for an officer: entered as a seller enters it, with a drawn scan.
use std::fs;
use std::sync::Arc;

use market::catalog;
use market::certificates::commands::{enter, mark};
use market::certificates::{CertificateForm, queries};
use market::kernel::{Actor, Failure, Fault, Store};
use market::media::{MediaStore, PaperKind, papers};

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
        decided_on: market::kernel::time::iso_day(then.today() - time::Duration::days(20)),
        issuer: "UBND thành phố Cần Thơ".to_owned(),
    };
    let entry = form
        .parse(&programme, then.today())
        .map_err(|errors| Fault::new(format!("the certificate that waits: {errors}")))?;
    let scan = config.data.join("ocop/sample-certificate.jpg");
    let bytes =
        fs::read(&scan).map_err(|error| Fault::new(format!("{}: {error}", scan.display())))?;
    let (system, seller) = (Actor::system(), product.seller.id);
    let paper = papers::accept(
        &then,
        media,
        &system,
        seller,
        PaperKind::Certificate,
        bytes.into(),
    )
    .await
    .map_err(Failure::into_fault)?;
    let (entry, products) = (&entry, &[product.id]);
    market::transact!(then, &system, work => {
        let id = enter(work, seller, entry, paper, products, None).await?;
        mark(work, id).await?;
        Ok::<_, Failure<market::certificates::CertificatesRefusal>>(())
    })
    .map_err(Failure::into_fault)
}
