//! Asking a carrier's program, where one is set: outside of any transaction, beside everything else, until it answers.
use std::sync::Arc;
use std::time::Duration;

use app::site::Site;
use futures_util::future::join_all;
use market::kernel::{Actor, Failure, Fault, Store};
use market::parcels::commands::{Answer, Due, answer, claim};
use market::parcels::{BookingState, Carrier, Ghn};
use tokio::time::sleep;

use crate::config::Config;

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_millis(500);

/// The carrier that the settings name.
pub fn carrier(config: &Config) -> Result<Option<Arc<dyn Carrier>>, Fault> {
    Ok(match &config.ghn {
        Some(settings) => Some(Arc::new(Ghn::new(settings.clone())?)),
        None => None,
    })
}

/// Asks what is due until the process ends; where no carrier is set it never ends either, and nothing is asked.
pub async fn run(site: Site) {
    let Some(carrier) = &site.carrier else {
        return std::future::pending().await;
    };
    loop {
        match ask(&site.store, carrier.as_ref()).await {
            Ok(0) => sleep(LOOK).await,
            Ok(_) => {}
            Err(fault) => {
                tracing::error!(
                    "Asking the carrier failed: {}",
                    app::trouble::causes(&fault)
                );
                sleep(LOOK).await;
            }
        }
    }
}

/// Asks what is due, all at once; answers how much that was. What one answer comes to is nothing to the others.
async fn ask(store: &Store, carrier: &dyn Carrier) -> Result<usize, Fault> {
    let due = market::transact_sure!(store, &Actor::system(), work => Ok(claim(work).await?))?;
    let asked = due.iter().map(async |due| {
        let said = &one(carrier, due).await;
        let parcel = due.parcel;
        market::transact!(store, &Actor::system(), work => answer(work, parcel, said.clone()).await)
            .map_err(Failure::into_fault)
    });
    for outcome in join_all(asked).await {
        if let Err(fault) = outcome {
            tracing::error!(
                "Noting what the carrier answered failed: {}",
                app::trouble::causes(&fault)
            );
        }
    }
    Ok(due.len())
}

async fn one(carrier: &dyn Carrier, due: &Due) -> Answer {
    let code = &due.consignment.code;
    let said = if due.state == BookingState::Leaving {
        Answer::Left(carrier.cancel(code, &due.tracking_code).await)
    } else {
        Answer::Booked(carrier.create(&due.consignment, due.again).await)
    };
    if let Answer::Booked(Err(trouble)) | Answer::Left(Err(trouble)) = &said {
        tracing::warn!(parcel.code = %code, "The carrier does not take parcel {code}: {trouble:?}");
    }
    said
}
