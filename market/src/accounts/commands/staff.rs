//! Whom the installation trusts with what.
use serde_json::json;

use super::{Outcome, note};
use crate::accounts::{AccountsRefusal, Trust};
use crate::kernel::{Fault, FieldErrors, PersonId, Right, Role, Work};

/// Entrusts somebody with exactly what `trust` says of the roles of helper, officer and administrator, and takes
/// from them what it does not say, with the consents of households where that was helping; who has no account yet
/// gets one, and signs in by a code. A name that is known stays, and so do roles of shops.
///
/// # Errors
/// [`AccountsRefusal::NotAnAdmin`]; at the fields: communes that are not on today's map;
/// [`AccountsRefusal::LastAdmin`].
pub async fn entrust(work: &mut Work<'_>, trust: &Trust) -> Outcome<PersonId> {
    if !work.actor.may(Right::Administer) {
        return Err(AccountsRefusal::NotAnAdmin.into());
    }
    let (helper, officer) = (
        trust.roles.contains(&Role::Helper),
        trust.roles.contains(&Role::Officer),
    );
    let mut errors = FieldErrors::default();
    let office_codes: Vec<&str> = trust.office.iter().map(String::as_str).collect();
    let area_codes: Vec<&str> = trust.areas.iter().map(|(code, _)| code.as_str()).collect();
    let office = communes(work, &mut errors, "office", &office_codes).await?;
    let areas = communes(work, &mut errors, "areas", &area_codes).await?;
    if !errors.is_empty() {
        return Err(AccountsRefusal::Invalid(errors).into());
    }
    let hamlets: Vec<String> = trust
        .areas
        .iter()
        .map(|(_, hamlet)| hamlet.clone())
        .collect();
    let id: PersonId = work.new_id();
    let person = sqlx::query_scalar!(
        "insert into people (id, name, phone, created_at) values ($1, $2, $3, $4)
         on conflict (phone) do update set phone = excluded.phone
         returning id",
        id.0,
        trust.name,
        trust.phone.as_str(),
        work.now,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    lock_admins(work).await?;
    let mut roles: Vec<String> = trust
        .roles
        .iter()
        .map(|role| role.as_str().to_owned())
        .collect();
    roles.push(Role::Buyer.as_str().to_owned());
    sqlx::query!(
        "with gone as (
             delete from role_grants where person_id = $1 and role in ('helper', 'officer', 'admin') and role <> all($2))
         insert into role_grants (person_id, role, granted_at)
         select $1, role, $3 from unnest($2::text[]) as role on conflict do nothing",
        person,
        &roles,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let is_run = sqlx::query_scalar!(
        r#"select exists (select from role_grants where role = 'admin') as "is_run!""#
    )
    .fetch_one(&mut *work.conn)
    .await?;
    if !is_run {
        return Err(AccountsRefusal::LastAdmin.into());
    }
    let permissions: Vec<String> = trust
        .permissions
        .iter()
        .filter(|_| officer)
        .map(|permission| permission.as_str().to_owned())
        .collect();
    sqlx::query!(
        "with gone as (delete from officer_permissions where person_id = $1 and permission <> all($2))
         insert into officer_permissions (person_id, permission, granted_at)
         select $1, permission, $3 from unnest($2::text[]) as permission on conflict do nothing",
        person,
        &permissions,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    let office = if officer { office } else { Vec::new() };
    sqlx::query!(
        "with gone as (delete from officer_communes where person_id = $1 and commune_id <> all($2))
         insert into officer_communes (person_id, commune_id)
         select $1, commune from unnest($2::integer[]) as commune on conflict do nothing",
        person,
        &office,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!("delete from helper_communes where person_id = $1", person)
        .execute(&mut *work.conn)
        .await?;
    if !helper {
        sqlx::query!(
            "update household_consents set ended_at = $2, ended_by = $3 where helper_id = $1 and ended_at is null",
            person,
            work.now,
            work.actor.person.map(|admin| admin.0),
        )
        .execute(&mut *work.conn)
        .await?;
    }
    if helper {
        sqlx::query!(
            "insert into helper_communes (person_id, commune_id, hamlet)
             select $1, area.commune, area.hamlet from unnest($2::integer[], $3::text[]) as area (commune, hamlet)
             on conflict do nothing",
            person,
            &areas,
            &hamlets,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let after = json!({
        "roles": roles, "permissions": permissions, "office": trust.office, "areas": trust.areas,
    });
    note(work, "person.entrusted", PersonId(person), Some(after)).await?;
    Ok(PersonId(person))
}

/// Everybody who runs the installation, locked: two who leave at once come one after the other, and the second is
/// the last.
pub(super) async fn lock_admins(work: &mut Work<'_>) -> Result<Vec<PersonId>, Fault> {
    let people = sqlx::query_scalar!(
        "select person_id from role_grants where role = 'admin' order by person_id for update"
    )
    .fetch_all(&mut *work.conn)
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}

/// Today's communes of these codes, in their order; notes those that there are not.
async fn communes(
    work: &mut Work<'_>,
    errors: &mut FieldErrors,
    field: &str,
    codes: &[&str],
) -> Result<Vec<i32>, Fault> {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let rows = sqlx::query!(
        r#"select asked.code as "code!", communes.id as "id?"
           from unnest($1::text[]) with ordinality as asked (code, place)
           left join communes on communes.code = asked.code and communes.valid_to is null
           order by asked.place"#,
        &codes,
    )
    .fetch_all(&mut *work.conn)
    .await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        match row.id {
            Some(id) => ids.push(id),
            None if errors.of(field).is_none() => {
                errors.add_with(field, "unknown_commune", &[("code", row.code)]);
            }
            None => {}
        }
    }
    Ok(ids)
}

/// Ends all sessions of somebody (ASVS 5.0, 7.4.5): of a telephone that is lost, of who has left.
///
/// # Errors
/// [`AccountsRefusal::NotAnAdmin`].
pub async fn end_sessions_of(work: &mut Work<'_>, person: PersonId) -> Outcome<()> {
    if !work.actor.may(Right::Administer) {
        return Err(AccountsRefusal::NotAnAdmin.into());
    }
    let ended = sqlx::query!("delete from sessions where person_id = $1", person.0)
        .execute(&mut *work.conn)
        .await?
        .rows_affected();
    if ended > 0 {
        note(
            work,
            "session.ended",
            person,
            Some(json!({ "count": ended })),
        )
        .await?;
    }
    Ok(())
}
