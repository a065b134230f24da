//! A sample household that consents to the sample helper, by a code as in life.
use market::accounts::commands::codes;
use market::assistance::{WishForm, commands};
use market::kernel::{Actor, CommuneId, Failure, Fault, HelpArea, PersonId, Role, Store};

/// A household of the helper's communes, as its shop's address names it.
const HOUSEHOLD: &str = "co-so-mut-khom-hoa-tien";

/// Has the household consent to `helper`, who helps in `communes`; nothing where there is no such household.
pub async fn load(store: &Store, helper: PersonId, communes: &[CommuneId]) -> Result<(), Fault> {
    let areas = communes.iter().map(|commune| HelpArea {
        commune: *commune,
        hamlet: String::new(),
    });
    let actor = Actor {
        person: Some(helper),
        roles: vec![Role::Helper],
        helps: areas.collect(),
        ..Actor::guest()
    };
    let yes = || "yes".to_owned();
    let wish = WishForm {
        list: yes(),
        orders: yes(),
        span: "6".to_owned(),
        ..WishForm::default()
    };
    let code = match commands::ask_by_code(store, &actor, HOUSEHOLD, &wish, "vi").await {
        Ok(code) => code,
        Err(Failure::Refused(_)) => return Ok(()),
        Err(Failure::Fault(fault)) => return Err(fault),
    };
    let digits = codes::shown(store.reader(), code).await?;
    commands::give_by_code(store, &actor, code, &digits.unwrap_or_default())
        .await
        .map_err(Failure::into_fault)?;
    Ok(())
}
