//! Who belongs to a shop: its owners, and those who sell with them.
use serde_json::json;
use sqlx::PgExecutor;

use super::{Details, Locked, Outcome, WANTED, deed, happened, lock, moved, office, own};
use crate::accounts::commands::codes::{self, NewCode};
use crate::accounts::commands::{NewPerson, create_person, knows_password, stand_at};
use crate::accounts::{AccountsRefusal, Again, CodePurpose};
use crate::kernel::message::{self, Args};
use crate::kernel::text::fold;
use crate::kernel::{
    Actor, CodeId, Duty, Failure, Fault, FieldErrors, PersonId, Phone, Right, Role, SellerId,
    Store, Work,
};
use crate::sellers::{Mover, NewMember, SellersRefusal, ShopEvent};

/// Members of one shop: a family, or the staff of a cooperative.
const MEMBERS: i64 = 30;

/// Takes over a shop that nobody owns and that stands here with the actor's own telephone, which was proven when they
/// signed in: the province brought it in, or its owner left. A number that a helper lent gives no claim.
///
/// # Errors
/// There is no such shop for them; somebody else was first.
pub async fn claim(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let person = work.actor.person.ok_or(SellersRefusal::NotFound)?;
    let shop = lock(work, id).await?;
    let is_theirs = sqlx::query_scalar!(
        r#"select exists (
            select from people where id = $2 and phone = phone_of_household($1)) as "exists!""#,
        id.0,
        person.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_theirs {
        return Err(SellersRefusal::NotFound.into());
    }
    own_from_now(work, &shop, person, Mover::Household).await
}

/// Has the session of the cookie `token` stand at the desk of another of the actor's own shops.
///
/// # Errors
/// Not one of theirs.
pub async fn choose(work: &mut Work<'_>, token: &str, id: SellerId) -> Outcome<()> {
    if !work
        .actor
        .memberships
        .iter()
        .any(|membership| membership.seller == id)
    {
        return Err(SellersRefusal::NotFound.into());
    }
    stand_at(work, token, Some(id)).await?;
    Ok(())
}

/// Sends a code to the telephone of somebody who stands before the officer and owns a shop that nobody has taken over
/// yet: one of a household that had no telephone, or whose number in the province's list is wrong.
///
/// # Errors
/// Not a shop of the officer's communes; it has an owner; the number can't be right or is the officer's own; too many
/// codes.
pub async fn ask_owner(
    store: &Store,
    actor: &Actor,
    id: SellerId,
    phone: &str,
    lang: &str,
) -> Outcome<CodeId> {
    let mut errors = FieldErrors::default();
    let phone = errors.phone("owner_phone", phone);
    let own = crate::transact!(store, actor, work => {
        let shop = office(work, id).await?;
        moved(&shop, ShopEvent::OwnerNamed, Mover::Officer)?;
        refuse_owned(work, id).await?;
        Ok::<_, Failure<SellersRefusal>>(phone_of_actor(work).await?)
    })?;
    if phone.is_some() && phone.as_ref().map(Phone::as_str) == own.as_deref() {
        errors.add("owner_phone", "same_phone");
    }
    let (Some(phone), true) = (phone, errors.is_empty()) else {
        return Err(SellersRefusal::Invalid(errors).into());
    };
    let code = NewCode::of(CodePurpose::Owner, &phone).about(id.0);
    codes::send(store, actor, code, lang)
        .await
        .map_err(|failure| failure.map(SellersRefusal::Account))
}

/// Makes the holder of the telephone that a code went to the owner of the shop; who has no account yet gets one, and
/// is asked for consent when they first come in.
///
/// # Errors
/// As for [`ask_owner`]; the code is wrong or over.
pub async fn name_owner(
    store: &Store,
    actor: &Actor,
    id: SellerId,
    code: CodeId,
    digits: &str,
) -> Outcome<()> {
    crate::transact!(store, actor, work => office(work, id).await)?;
    let redeemed = codes::redeem(store, actor, code, CodePurpose::Owner, digits)
        .await
        .map_err(|failure| failure.map(SellersRefusal::Account))?;
    if redeemed.subject != Some(id.0) {
        return Err(SellersRefusal::Account(AccountsRefusal::CodeOver).into());
    }
    let phone = &redeemed.phone;
    crate::transact!(store, actor, work => {
        let shop = office(work, id).await?;
        let name = sqlx::query_scalar!("select owner_name from sellers where id = $1", id.0)
            .fetch_one(&mut *work.conn)
            .await?;
        let person = known(work, &name, phone).await?;
        own_from_now(work, &shop, person, Mover::Officer).await
    })
}

async fn phone_of_actor(work: &mut Work<'_>) -> Result<Option<String>, sqlx::Error> {
    let person = work.actor.person.map(|person| person.0);
    let phone = sqlx::query_scalar!("select phone from people where id = $1", person)
        .fetch_optional(&mut *work.conn)
        .await?;
    Ok(phone.flatten())
}

async fn refuse_owned(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let is_owned = sqlx::query_scalar!(
        r#"select exists (select from seller_members where seller_id = $1 and duty = 'owner') as "exists!""#,
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if is_owned {
        return Err(SellersRefusal::HasOwner.into());
    }
    Ok(())
}

/// The account with that number, made where there is none.
async fn known(work: &mut Work<'_>, name: &str, phone: &Phone) -> Result<PersonId, Fault> {
    let person = NewPerson {
        name: name.to_owned(),
        phone: phone.clone(),
        password_hash: None,
        role: Role::Seller,
        seller: None,
        communes: Vec::new(),
        permissions: Vec::new(),
        is_sample: false,
    };
    create_person(work, &person).await
}

/// Writes the first owner down; the shop's telephone is theirs from now on.
async fn own_from_now(
    work: &mut Work<'_>,
    shop: &Locked,
    person: PersonId,
    by: Mover,
) -> Outcome<()> {
    moved(shop, ShopEvent::OwnerNamed, by)?;
    refuse_owned(work, shop.id).await?;
    join(work, shop.id, person, Duty::Owner).await?;
    sqlx::query!(
        "update sellers set phone = people.phone, phone_lent = false from people where sellers.id = $1 and people.id = $2",
        shop.id.0,
        person.0,
    )
    .execute(&mut *work.conn)
    .await?;
    happened(work, shop.id, ShopEvent::OwnerNamed, Details::default()).await?;
    Ok(())
}

async fn join(
    work: &mut Work<'_>,
    id: SellerId,
    person: PersonId,
    duty: Duty,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with seller as (
             insert into role_grants (person_id, role, granted_at) values ($2, 'seller', $4) on conflict do nothing
         )
         insert into seller_members (seller_id, person_id, duty, since) values ($1, $2, $3, $4)
         on conflict (seller_id, person_id) do update set duty = excluded.duty",
        id.0,
        person.0,
        duty.as_str(),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Lets somebody sell with the household: they list goods and answer orders, and see neither bank account nor money.
/// They are told by message and come in with a code; who belongs to the shop already stays what they are.
///
/// # Errors
/// Not the owner; at the fields: what is wrong, the owner's own number, too many.
pub async fn add_member(work: &mut Work<'_>, id: SellerId, member: &NewMember) -> Outcome<()> {
    own(work, id, Right::Own(id)).await?;
    let mut errors = FieldErrors::default();
    if phone_of_actor(work).await?.as_deref() == Some(member.phone.as_str()) {
        errors.add("member_phone", "same_phone");
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from seller_members where seller_id = $1"#,
        id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if count >= MEMBERS {
        errors.add_with("member_phone", "too_many", &[("max", MEMBERS.to_string())]);
    }
    if !errors.is_empty() {
        return Err(SellersRefusal::Invalid(errors).into());
    }
    let person = known(work, &member.name, &member.phone).await?;
    if duty_of(&mut *work.conn, id, person).await?.is_some() {
        return Ok(());
    }
    join(work, id, person, Duty::Staff).await?;
    let what = json!({ "person": person, "name": member.name, "phone": member.phone.masked() });
    deed(work, id, "shop.member_added", what).await?;
    let shop = sqlx::query_scalar!("select name from sellers where id = $1", id.0)
        .fetch_one(&mut *work.conn)
        .await?;
    let shop = fold(&shop).chars().take(30).collect();
    let args = Args::from([("shop".to_owned(), shop)]);
    let until = work.now + WANTED;
    message::write(work, &member.phone, "shop_member_added", args, "vi", until).await?;
    Ok(())
}

async fn duty_of(
    db: impl PgExecutor<'_>,
    id: SellerId,
    person: PersonId,
) -> Result<Option<Duty>, sqlx::Error> {
    let duty = sqlx::query_scalar!(
        "select duty from seller_members where seller_id = $1 and person_id = $2",
        id.0,
        person.0
    )
    .fetch_optional(db)
    .await?;
    Ok(duty.as_deref().and_then(Duty::parse))
}

/// Lets somebody sell no longer with the household, from their next click on.
///
/// # Errors
/// Not the owner; nobody of the shop; [`SellersRefusal::LastOwner`].
pub async fn remove_member(work: &mut Work<'_>, id: SellerId, person: PersonId) -> Outcome<()> {
    own(work, id, Right::Own(id)).await?;
    match duty_of(&mut *work.conn, id, person).await? {
        Some(Duty::Staff) => {}
        Some(Duty::Owner) => return Err(SellersRefusal::LastOwner.into()),
        None => return Err(SellersRefusal::NotFound.into()),
    }
    sqlx::query!(
        "delete from seller_members where seller_id = $1 and person_id = $2",
        id.0,
        person.0
    )
    .execute(&mut *work.conn)
    .await?;
    let what = json!({ "person": person });
    deed(work, id, "shop.member_removed", what).await?;
    Ok(())
}

/// Gives the shop to somebody who sells with it already: they own it from now on, and who did sells with them. The
/// shop's telephone follows.
///
/// # Errors
/// Not the owner; nobody of the shop; [`knows_password`]'s.
pub async fn hand_over(
    store: &Store,
    actor: &Actor,
    again: Again<'_>,
    id: SellerId,
    person: PersonId,
) -> Outcome<()> {
    crate::transact!(store, actor, work => own(work, id, Right::Own(id)).await)?;
    knows_password(store, actor, again)
        .await
        .map_err(|failure| failure.map(SellersRefusal::Account))?;
    crate::transact!(store, actor, work => {
        let shop = own(work, id, Right::Own(id)).await?;
        moved(&shop, ShopEvent::OwnerNamed, Mover::Household)?;
        let before = work.actor.person.ok_or(SellersRefusal::NotFound)?;
        if duty_of(&mut *work.conn, id, person).await? != Some(Duty::Staff) {
            return Err(Failure::Refused(SellersRefusal::NotFound));
        }
        join(work, id, before, Duty::Staff).await?;
        own_from_now(work, &shop, person, Mover::Household).await
    })
}
