//! Who belongs to a shop: its owners, and those who sell with them.
use serde_json::json;
use sqlx::PgExecutor;
use time::Duration;

use super::{Details, Locked, Outcome, WANTED, deed, happened, lock, moved, office, own};
use crate::accounts::commands::codes::{self, NewCode};
use crate::accounts::commands::{NewPerson, create_person, knows_password, stand_at};
use crate::accounts::{AccountsRefusal, Again, CodePurpose};
use crate::kernel::error::broken_row;
use crate::kernel::limit::{Limit, Rate};
use crate::kernel::message::{self, Args};
use crate::kernel::text::fold;
use crate::kernel::{
    Actor, CodeId, Duty, Failure, Fault, FieldErrors, InvitationId, PersonId, Phone, Right, Role,
    SellerId, Store, Work,
};
use crate::sellers::queries::phone_of;
use crate::sellers::{Mover, NewMember, SellersRefusal, ShopEvent, Standing};

/// Members of one shop: a family, or the staff of a cooperative.
const MEMBERS: i64 = 30;
/// Invitations that one owner sends.
const INVITES: Limit = Limit::new("invites", rate(20));
/// Invitations that one telephone gets, from whomever.
const INVITED: Limit = Limit::new("invited", rate(5));

const fn rate(times: u32) -> Rate {
    Rate::Times {
        times,
        within: Duration::days(1),
    }
}

/// Takes over a shop that nobody owns and that stands here with the actor's own telephone, which was proven when they
/// signed in: the province brought it in. A number that a helper lent gives no claim. A second tap changes nothing.
///
/// # Errors
/// There is no such shop for them; somebody else was first.
pub async fn claim(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let person = work.actor.person.ok_or(SellersRefusal::NotFound)?;
    let shop = lock(work, id).await?;
    here(work, person).await?;
    if duty_of(&mut *work.conn, id, person).await? == Some(Duty::Owner) {
        return Ok(());
    }
    let is_theirs = sqlx::query_scalar!(
        r#"select exists (
            select from people join sellers on sellers.phone = people.phone and not sellers.phone_lent
            where people.id = $2 and sellers.id = $1) as "exists!""#,
        id.0,
        person.0,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_theirs {
        return Err(SellersRefusal::NotFound.into());
    }
    own_from_now(work, &shop, person, ShopEvent::OwnerNamed, Mover::Household).await
}

/// The person's row, locked, so that nobody is given a shop while they close their account.
async fn here(work: &mut Work<'_>, person: PersonId) -> Outcome<()> {
    let found = sqlx::query_scalar!(
        "select id from people where id = $1 and closed_at is null for update",
        person.0
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    match found {
        Some(_) => Ok(()),
        None => Err(SellersRefusal::NotFound.into()),
    }
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
    if phone.is_some() && phone == own {
        errors.add("owner_phone", "own_number");
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
        own_from_now(work, &shop, person, ShopEvent::OwnerNamed, Mover::Officer).await
    })
}

async fn phone_of_actor(work: &mut Work<'_>) -> Result<Option<Phone>, Fault> {
    match work.actor.person {
        Some(person) => phone_of(&mut *work.conn, person).await,
        None => Ok(None),
    }
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

/// Writes the owner down; the shop's telephone is theirs from now on, and the one before is told.
async fn own_from_now(
    work: &mut Work<'_>,
    shop: &Locked,
    person: PersonId,
    event: ShopEvent,
    by: Mover,
) -> Outcome<()> {
    moved(shop, event, by)?;
    refuse_owned(work, shop.id).await?;
    join(work, shop.id, person, Duty::Owner).await?;
    let before = sqlx::query!(
        "select name, phone, phone_lent, owner_name from sellers where id = $1",
        shop.id.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let now = sqlx::query!(
        r#"update sellers set phone = people.phone, phone_lent = false,
               owner_name = case when $3 then people.name else owner_name end
           from people where sellers.id = $1 and people.id = $2
           returning people.phone as "phone!", owner_name"#,
        shop.id.0,
        person.0,
        event == ShopEvent::HandedOver,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !before.phone_lent && before.phone != now.phone {
        let phone =
            Phone::parse(&before.phone).map_err(|_| broken_row("sellers", "phone", shop.id))?;
        tell(work, &phone, "shop_owned_by_other", &before.name).await?;
    }
    let masked = |phone: &str| Phone::parse(phone).map(|phone| phone.masked()).ok();
    let details = Details {
        before: Some(json!({ "owner_name": before.owner_name, "phone": masked(&before.phone) })),
        after: Some(
            json!({ "owner": person, "owner_name": now.owner_name, "phone": masked(&now.phone) }),
        ),
        ..Details::default()
    };
    happened(work, shop.id, event, details).await?;
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

/// A short message that names the shop.
async fn tell(work: &mut Work<'_>, to: &Phone, kind: &str, shop: &str) -> Result<(), sqlx::Error> {
    let shop = fold(shop).chars().take(30).collect();
    let args = Args::from([("shop".to_owned(), shop)]);
    let until = work.now + WANTED;
    message::write(work, to, kind, args, "vi", until).await?;
    Ok(())
}

/// Asks somebody to sell with the household: once they say yes they list goods and answer orders, and see neither bank
/// account nor money. They are told by message. Whether the number has an account is not said; asked already, nothing
/// happens.
///
/// # Errors
/// Not the owner, a closed shop; at `member_phone`: the owner's own number, too many people, asked too often.
pub async fn invite(store: &Store, actor: &Actor, id: SellerId, member: &NewMember) -> Outcome<()> {
    crate::transact!(store, actor, work => open_for_members(work, id).await)?;
    for bucket in [INVITES.of_actor(actor), INVITED.of(member.phone.as_str())] {
        let taken = bucket.take(store).await;
        taken.map_err(|failure| {
            failure.map(|often| SellersRefusal::Account(AccountsRefusal::CodeTooSoon(often)))
        })?;
    }
    crate::transact!(store, actor, work => write_invitation(work, id, member).await)
}

/// The shop of its owner, locked, where people may come and go.
async fn open_for_members(work: &mut Work<'_>, id: SellerId) -> Outcome<Locked> {
    let shop = own(work, id, Right::Own(id)).await?;
    if shop.standing == Standing::Closed {
        return Err(SellersRefusal::WrongState.into());
    }
    Ok(shop)
}

async fn write_invitation(work: &mut Work<'_>, id: SellerId, member: &NewMember) -> Outcome<()> {
    open_for_members(work, id).await?;
    let by = work.actor.person.ok_or(SellersRefusal::NotFound)?;
    let mut errors = FieldErrors::default();
    if phone_of_actor(work).await?.as_ref() == Some(&member.phone) {
        errors.add("member_phone", "own_number");
    }
    let count = sqlx::query_scalar!(
        r#"select (select count(*) from seller_members where seller_id = $1)
            + (select count(*) from member_invitations where seller_id = $1) as "count!""#,
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
    let invitation: InvitationId = work.new_id();
    let shop = sqlx::query_scalar!(
        "with invited as (
             insert into member_invitations (id, seller_id, phone, name, invited_by, invited_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing
             returning seller_id
         )
         select sellers.name from invited join sellers on sellers.id = invited.seller_id",
        invitation.0,
        id.0,
        member.phone.as_str(),
        member.name,
        by.0,
        work.now,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    let Some(shop) = shop else { return Ok(()) };
    let what = json!({ "name": member.name, "phone": member.phone.masked() });
    deed(work, id, "shop.member_invited", None, what).await?;
    tell(work, &member.phone, "shop_member_invited", &shop).await?;
    Ok(())
}

/// Asks somebody no longer.
///
/// # Errors
/// Not the owner.
pub async fn withdraw_invitation(
    work: &mut Work<'_>,
    id: SellerId,
    invitation: InvitationId,
) -> Outcome<()> {
    own(work, id, Right::Own(id)).await?;
    sqlx::query!(
        "delete from member_invitations where id = $1 and seller_id = $2",
        invitation.0,
        id.0
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Says yes to an invitation to the actor's own telephone; said twice, nothing happens.
///
/// # Errors
/// There is none for them; the shop is closed.
pub async fn accept(work: &mut Work<'_>, invitation: InvitationId) -> Outcome<()> {
    let Some((person, id, name)) = answer(work, invitation).await? else {
        return Ok(());
    };
    if lock(work, id).await?.standing == Standing::Closed {
        return Err(SellersRefusal::WrongState.into());
    }
    here(work, person).await?;
    if duty_of(&mut *work.conn, id, person).await?.is_none() {
        join(work, id, person, Duty::Staff).await?;
        let what = json!({ "person": person, "name": name });
        deed(work, id, "shop.member_added", None, what).await?;
    }
    Ok(())
}

/// Says no to an invitation.
///
/// # Errors
/// Nobody is signed in.
pub async fn decline(work: &mut Work<'_>, invitation: InvitationId) -> Outcome<()> {
    answer(work, invitation).await?;
    Ok(())
}

/// Takes an invitation of the actor's out of the list: who they are, the shop, and what its owner calls them.
async fn answer(
    work: &mut Work<'_>,
    invitation: InvitationId,
) -> Outcome<Option<(PersonId, SellerId, String)>> {
    let person = work.actor.person.ok_or(SellersRefusal::NotAllowed)?;
    let taken = sqlx::query!(
        "delete from member_invitations using people
         where member_invitations.id = $1 and people.id = $2 and people.phone = member_invitations.phone
         returning member_invitations.seller_id, member_invitations.name",
        invitation.0,
        person.0,
    )
    .fetch_optional(&mut *work.conn)
    .await?;
    Ok(taken.map(|row| (person, SellerId(row.seller_id), row.name)))
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
    part(work, id, person).await
}

/// Stops selling with a household.
///
/// # Errors
/// Not one of theirs; its owner stays.
pub async fn leave(work: &mut Work<'_>, id: SellerId) -> Outcome<()> {
    let person = work.actor.person.ok_or(SellersRefusal::NotFound)?;
    lock(work, id).await?;
    part(work, id, person).await
}

async fn part(work: &mut Work<'_>, id: SellerId, person: PersonId) -> Outcome<()> {
    match duty_of(&mut *work.conn, id, person).await? {
        Some(Duty::Staff) => {}
        Some(Duty::Owner) => return Err(SellersRefusal::LastOwner.into()),
        None => return Err(SellersRefusal::NotFound.into()),
    }
    let name = sqlx::query_scalar!(
        "with gone as (delete from seller_members where seller_id = $1 and person_id = $2)
         select name from people where id = $2",
        id.0,
        person.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    let before = json!({ "person": person, "name": name });
    deed(work, id, "shop.member_removed", Some(before), json!({})).await?;
    Ok(())
}

/// Gives the shop to somebody who sells with it already: they own it from now on, and who did sells with them. It is a
/// draft again, without number and account of the owner before: who sells is to be known before anything is sold (Law
/// on E-commerce 122/2025). Orders go on.
///
/// # Errors
/// Not the owner; nobody of the shop; a shop that is suspended or will be; [`knows_password`]'s.
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
    crate::transact!(store, actor, work => give(work, id, person).await)
}

async fn give(work: &mut Work<'_>, id: SellerId, person: PersonId) -> Outcome<()> {
    let shop = own(work, id, Right::Own(id)).await?;
    let next = moved(&shop, ShopEvent::HandedOver, Mover::Household)?;
    let before = work.actor.person.ok_or(SellersRefusal::NotFound)?;
    here(work, person).await?;
    if duty_of(&mut *work.conn, id, person).await? != Some(Duty::Staff) {
        return Err(SellersRefusal::NotFound.into());
    }
    join(work, id, before, Duty::Staff).await?;
    let is_open = sqlx::query!(
        "update sellers set status = $2, number_kind = null, number_sealed = null, number_masked = '', number_digest = null,
             identity_check_id = null, bank_bin = null, bank_account_sealed = null, bank_account_masked = '',
             bank_account_name = '', paused_since = null, paused_until = null
         where id = $1 and suspends_on is null",
        id.0,
        next.as_str(),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if is_open != 1 {
        return Err(SellersRefusal::WrongState.into());
    }
    own_from_now(work, &shop, person, ShopEvent::HandedOver, Mover::Household).await
}
