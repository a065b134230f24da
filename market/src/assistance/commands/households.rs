//! A shop begun for a household that has none yet.
use crate::assistance::{AssistanceRefusal, HouseholdForm};
use crate::kernel::{Failure, Fault, FieldErrors, HelpArea, PersonId, SellerId, Work};
use crate::sellers::commands::{BeginShop, begin};
use crate::sellers::queries::phone_of;
use crate::sellers::{SellerKind, SellersRefusal};

/// Begins the shop of a household in the actor's hamlet and counts it as guided. The household consents
/// afterwards, before the helper does anything in its name.
///
/// # Errors
/// All that is wrong with what was typed; where the actor helps nowhere.
pub async fn begin_for(
    work: &mut Work<'_>,
    form: &HouseholdForm,
) -> Result<SellerId, Failure<AssistanceRefusal>> {
    let helper = work.actor.person.ok_or(AssistanceRefusal::NotFound)?;
    work.actor.acting = None;
    let shop = parse(form, &work.actor.helps).map_err(AssistanceRefusal::Invalid)?;
    let own = phone_of(&mut *work.conn, helper).await?;
    if shop.owner_phone.is_some() && shop.owner_phone == own {
        return Err(AssistanceRefusal::field("phone", "own_number").into());
    }
    let seller = begin(work, &shop).await.map_err(|failure| {
        failure.map(|refusal| match refusal {
            SellersRefusal::Invalid(errors) => AssistanceRefusal::Invalid(errors),
            _ => AssistanceRefusal::NotFound,
        })
    })?;
    note_guidance(work, seller, helper, "begun").await?;
    Ok(seller)
}

fn parse(form: &HouseholdForm, areas: &[HelpArea]) -> Result<BeginShop, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.line("name", &form.name, 100);
    let owner_name = errors.line("owner_name", &form.owner_name, 100);
    let owner_phone = match form.phone.trim() {
        "" => None,
        typed => errors.phone("phone", typed),
    };
    let area = form.area.parse().ok().and_then(|at: usize| areas.get(at));
    if area.is_none() {
        errors.add("area", "choose");
    }
    let hamlet = match area {
        Some(area) if !area.hamlet.is_empty() => area.hamlet.clone(),
        _ => errors.line("hamlet", &form.hamlet, 100),
    };
    match area {
        Some(area) if errors.is_empty() => Ok(BeginShop {
            kind: SellerKind::Household,
            name,
            owner_name,
            owner_phone,
            commune_id: area.commune,
            former_commune_id: None,
            hamlet,
        }),
        _ => Err(errors),
    }
}

/// Notes for the province's count whom a helper has guided.
pub(super) async fn note_guidance(
    work: &mut Work<'_>,
    seller: SellerId,
    helper: PersonId,
    what: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into household_guidance (seller_id, helper_id, at, what) values ($1, $2, $3, $4) on conflict do nothing",
        seller.0,
        helper.0,
        work.now,
        what,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}
