//! An authority's request that waits: entered by the sample officer as in life, some hours ago.
use std::sync::Arc;

use market::authorities::commands::register;
use market::authorities::{AuthoritiesRefusal, RequestForm};
use market::kernel::time::iso_day;
use market::kernel::{Actor, Failure, Fault, Office, Permission, PersonId, Role, Store, secret};
use time::Duration;

/// The shop that it is about, by its address.
const SHOP: &str = "co-so-truong-tho";
/// So long ago it came.
const RECEIVED: Duration = Duration::hours(5);

/// Has `officer` enter it; nothing where there is no such shop.
pub async fn load(store: &Store, officer: PersonId) -> Result<(), Fault> {
    let actor = Actor {
        person: Some(officer),
        roles: vec![Role::Officer],
        office: Office {
            permissions: vec![Permission::Authorities],
            communes: Vec::new(),
        },
        ..Actor::guest()
    };
    let received = store.now() - RECEIVED;
    let then = store.with_clock(Arc::new(move || received));
    let form = RequestForm {
        authority: "Cơ quan quản lý thị trường (mẫu)".to_owned(),
        document_no: "01/MAU-QLTT".to_owned(),
        document_date: iso_day(then.today()),
        kind: "give_data".to_owned(),
        shop: SHOP.to_owned(),
        asked:
            "Yêu cầu mẫu: cung cấp thông tin gian hàng và các đơn hàng trong tháng để đối chiếu."
                .to_owned(),
        ..RequestForm::begun(secret::new_key(), received)
    };
    let form = &form;
    let entered = market::transact!(then, &actor, work => register(work, form, None).await);
    match entered {
        Ok(_) | Err(Failure::Refused(AuthoritiesRefusal::Invalid(_))) => Ok(()),
        Err(failure) => Err(failure.into_fault()),
    }
}
