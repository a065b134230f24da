//! A person's own name, data, and the end of an account.
use serde_json::Value;
use sqlx::PgExecutor;

use super::passwords::knows_password;
use super::staff::lock_admins;
use super::{Outcome, note};
use crate::accounts::{AccountsRefusal, Again, Profile};
use crate::kernel::{Actor, Fault, PersonId, Store, Work};

/// What stands for the name of somebody whose account is closed.
const NAMELESS: &str = "—";

/// Saves name and e-mail address of the actor.
///
/// # Errors
/// Nobody is signed in.
pub async fn save_profile(work: &mut Work<'_>, profile: &Profile) -> Outcome<()> {
    let person = work.actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    let changed = sqlx::query!(
        "update people set name = $2, email = $3
         where id = $1 and (name <> $2 or email is distinct from $3)",
        person.0,
        profile.name,
        profile.email,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if changed > 0 {
        note(work, "person.profile_saved", person, None).await?;
    }
    Ok(())
}

/// Closes the actor's account (Law 91/2025): sessions, tokens and roles go, the row stays nameless for the
/// orders and deeds that the law wants kept. Asks for the password, or for a sign-in of the last minutes.
///
/// # Errors
/// [`AccountsRefusal::OwnsShop`] while a shop of theirs is not closed; [`AccountsRefusal::LastAdmin`]; the wrong
/// password at its field.
pub async fn close(store: &Store, actor: &Actor, again: Again<'_>) -> Outcome<()> {
    let person = actor.person.ok_or(AccountsRefusal::NotSignedIn)?;
    knows_password(store, actor, again).await?;
    crate::transact!(store, actor, work => end(work, person).await)
}

async fn end(work: &mut Work<'_>, person: PersonId) -> Outcome<()> {
    // Locked first, so that nothing is given to a person who is leaving.
    sqlx::query!("select id from people where id = $1 for update", person.0)
        .fetch_one(&mut *work.conn)
        .await?;
    let admins = lock_admins(work).await?;
    if admins == [person] {
        return Err(AccountsRefusal::LastAdmin.into());
    }
    let owns_shop = sqlx::query_scalar!(
        r#"select exists (
            select from seller_members join sellers on sellers.id = seller_members.seller_id
            where seller_members.person_id = $1 and seller_members.duty = 'owner' and sellers.status <> 'closed'
                and not exists (
                    select from seller_members as other
                    where other.seller_id = sellers.id and other.duty = 'owner' and other.person_id <> $1)) as "exists!""#,
        person.0
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if owns_shop {
        return Err(AccountsRefusal::OwnsShop.into());
    }
    sqlx::query!(
        "with
         nameless as (
             update people set name = $3, phone = null, email = null, password_hash = null, closed_at = $2 where id = $1),
         signed_out as (delete from sessions where person_id = $1),
         cart as (delete from carts where person_id = $1),
         addresses as (delete from kept_addresses where person_id = $1),
         revoked as (update api_tokens set revoked_at = $2 where person_id = $1 and revoked_at is null),
         members as (delete from seller_members where person_id = $1),
         areas as (delete from helper_communes where person_id = $1),
         office as (delete from officer_communes where person_id = $1),
         permissions as (delete from officer_permissions where person_id = $1),
         recovered as (delete from recoveries where person_id = $1),
         helped as (update household_consents set ended_at = $2, ended_by = $1 where helper_id = $1 and ended_at is null)
         delete from role_grants where person_id = $1",
        person.0,
        work.now,
        NAMELESS,
    )
    .execute(&mut *work.conn)
    .await?;
    note(work, "person.closed", person, None).await?;
    Ok(())
}

/// All that is kept about a person by this slice, as JSON for themselves: account, roles, what they agreed to,
/// sessions, tokens, what was done by them and with their account.
///
/// # Errors
/// A fault of the database.
pub async fn own_data(db: impl PgExecutor<'_>, person: PersonId) -> Result<Value, Fault> {
    let data = sqlx::query_scalar!(
        r#"select jsonb_build_object(
            'account', (
                select jsonb_build_object('name', name, 'phone', phone, 'email', email,
                    'has_password', password_hash is not null, 'created_at', created_at)
                from people where id = $1),
            'roles', (
                select coalesce(jsonb_agg(jsonb_build_object('role', role, 'granted_at', granted_at) order by granted_at), '[]')
                from role_grants where person_id = $1),
            'shops', (
                select coalesce(jsonb_agg(jsonb_build_object('shop', sellers.slug, 'name', sellers.name, 'duty', duty, 'since', since) order by since), '[]')
                from seller_members join sellers on sellers.id = seller_members.seller_id where person_id = $1),
            'consents', (
                select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'text_version', text_version, 'given_at', given_at, 'address', address) order by given_at), '[]')
                from consents where person_id = $1),
            'sessions', (
                select coalesce(jsonb_agg(jsonb_build_object('device', device, 'address', address, 'created_at', created_at, 'last_seen_at', last_seen_at) order by created_at), '[]')
                from sessions where person_id = $1),
            'tokens', (
                select coalesce(jsonb_agg(jsonb_build_object('name', name, 'role', role, 'created_at', created_at, 'revoked_at', revoked_at) order by created_at), '[]')
                from api_tokens where person_id = $1),
            'deeds', (
                select coalesce(jsonb_agg(jsonb_build_object('at', at, 'action', action, 'subject', subject_kind, 'address', address) order by id), '[]')
                from audit_log where person_id = $1),
            'done_with_the_account_by_others', (
                select coalesce(jsonb_agg(jsonb_build_object('at', at, 'action', action, 'by', actor_kind) order by id), '[]')
                from audit_log where subject_kind = 'person' and subject = $1 and person_id is distinct from $1)
        ) as "data!""#,
        person.0
    )
    .fetch_one(db)
    .await?;
    Ok(data)
}
