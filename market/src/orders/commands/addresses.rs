//! Addresses that a person keeps for the next order.
use crate::kernel::{AddressId, Failure, Fault, Work};
use crate::orders::{Contact, OrdersRefusal};

/// A person keeps so many; the one that was used longest ago goes.
const MOST: i64 = 10;

/// Keeps where the actor has goods sent; nothing where nobody is signed in.
///
/// # Errors
/// A fault of the database.
pub async fn keep_address(work: &mut Work<'_>, contact: &Contact) -> Result<(), Fault> {
    let Some(person) = work.actor.person else {
        return Ok(());
    };
    let id: AddressId = work.new_id();
    sqlx::query!(
        "insert into kept_addresses (id, person_id, name, phone, commune_id, street, used_at)
         select $1, $2, $3, $4, communes.id, $6, $7 from communes where communes.code = $5 and communes.valid_to is null
         on conflict on constraint kept_addresses_once do update set used_at = excluded.used_at",
        id.0,
        person.0,
        contact.name,
        contact.phone.as_str(),
        contact.commune_code,
        contact.street,
        work.now,
    )
    .execute(&mut *work.conn)
    .await?;
    sqlx::query!(
        "delete from kept_addresses
         where id in (select id from kept_addresses where person_id = $1 order by used_at desc, id offset $2)",
        person.0,
        MOST,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// Forgets one of the actor's own addresses.
///
/// # Errors
/// It is not there, or somebody else's.
pub async fn forget_address(
    work: &mut Work<'_>,
    address: AddressId,
) -> Result<(), Failure<OrdersRefusal>> {
    let forgotten = sqlx::query!(
        "delete from kept_addresses where id = $1 and person_id = $2",
        address.0,
        work.actor.person.map(|person| person.0),
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if forgotten == 0 {
        return Err(OrdersRefusal::NotFound.into());
    }
    Ok(())
}
