//! Entering a request into the register.
use uuid::Uuid;

use super::{Outcome, allowed, happened};
use crate::authorities::{
    ANSWERED_WITHIN, AuthoritiesRefusal, NewRequest, RequestEvent, RequestForm, RequestNumber,
    ShopNamed, queries,
};
use crate::kernel::idempotency::{Key, Made};
use crate::kernel::{AuthorityRequestId, Failure, Fault, FieldErrors, PaperId, Work};
use crate::orders;

/// Enters a request with its running number; its clock runs from its receipt. `paper`: the scan of its document.
/// The same form twice is one request.
///
/// # Errors
/// What is wrong, at its field.
pub async fn register(
    work: &mut Work<'_>,
    form: &RequestForm,
    paper: Option<PaperId>,
) -> Outcome<AuthorityRequestId> {
    allowed(work)?;
    let request = form.parse(work.now).map_err(AuthoritiesRefusal::Invalid)?;
    let scope = format!(
        "authority_request {}",
        work.actor.person.map_or_else(Uuid::nil, |person| person.0)
    );
    let name = request.key.to_string();
    let sent = serde_json::to_string(&(form, paper)).map_err(Fault::new)?;
    let key = Key {
        scope: &scope,
        key: &name,
        sent: &sent,
    };
    match key.made(work).await? {
        Made::Same(id) => return Ok(AuthorityRequestId(id)),
        Made::Another => return Err(AuthoritiesRefusal::EnteredOtherwise.into()),
        Made::Nothing => {}
    }
    let id = write(work, &request, paper).await?;
    key.keep(work, id.0).await?;
    happened(work, id, RequestEvent::Received, "", "").await?;
    Ok(id)
}

async fn write(
    work: &mut Work<'_>,
    request: &NewRequest,
    paper: Option<PaperId>,
) -> Outcome<AuthorityRequestId> {
    let (seller, order) = about(work, request).await?;
    let number = next_number(work).await?;
    let id: AuthorityRequestId = work.new_id();
    let written = sqlx::query!(
        "insert into authority_requests (id, number, authority, document_no, document_date, received_at, due_at, kind,
             seller_id, order_id, asked, paper_id, entered_by, entered_at, state, state_since)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $14
         where $12::uuid is null or exists (select from papers where id = $12 and kind = 'request')",
        id.0,
        number.to_string(),
        request.authority,
        request.document_no,
        request.document_date,
        request.received_at,
        request.received_at + ANSWERED_WITHIN,
        request.kind.as_str(),
        seller,
        order,
        request.asked,
        paper.map(|paper| paper.0),
        work.actor.person.map(|person| person.0),
        work.now,
    )
    .execute(&mut *work.conn)
    .await?
    .rows_affected();
    if written == 1 {
        Ok(id)
    } else {
        Err(AuthoritiesRefusal::NotFound.into())
    }
}

/// The shop and the order that the request names.
async fn about(work: &mut Work<'_>, request: &NewRequest) -> Outcome<(Option<Uuid>, Option<Uuid>)> {
    let mut errors = FieldErrors::default();
    let seller = match &request.shop {
        None => None,
        Some(named) => {
            let (id, slug) = match named {
                ShopNamed::Id(id) => (Some(id.0), None),
                ShopNamed::Slug(slug) => (None, Some(slug)),
            };
            let found = sqlx::query_scalar!(
                "select id from sellers where id = $1 or slug = $2",
                id,
                slug,
            )
            .fetch_optional(&mut *work.conn)
            .await?;
            if found.is_none() {
                errors.add("shop", "request_no_shop");
            }
            found
        }
    };
    let order = match &request.order {
        None => None,
        Some(code) => {
            let found = orders::queries::id_of(&mut *work.conn, code).await?;
            if found.is_none() {
                errors.add("order", "request_no_order");
            }
            found.map(|order| order.0)
        }
    };
    if let (Some(seller), Some(order)) = (seller, order) {
        let is_of_shop = sqlx::query_scalar!(
            r#"select exists (select from seller_orders where order_id = $1 and seller_id = $2) as "exists!""#,
            order,
            seller,
        )
        .fetch_one(&mut *work.conn)
        .await?;
        if !is_of_shop {
            errors.add("order", "request_other_shop");
        }
    }
    if errors.is_empty() {
        let own = queries::own_shops(&work.actor);
        let is_own = sqlx::query_scalar!(
            r#"select is_request_about($1, $2, $3) as "is_own!""#,
            seller,
            order,
            &own,
        )
        .fetch_one(&mut *work.conn)
        .await?;
        if is_own {
            let field = if seller.is_some() { "shop" } else { "order" };
            errors.add(field, "request_own_shop");
        }
    }
    if errors.is_empty() {
        Ok((seller, order))
    } else {
        Err(Failure::Refused(AuthoritiesRefusal::Invalid(errors)))
    }
}

/// The next number of this year. Whoever else enters a request waits until this one is written or given up, so that
/// none is missing and none is given twice.
async fn next_number(work: &mut Work<'_>) -> Result<RequestNumber, Fault> {
    let year = work.today().year();
    let running = sqlx::query_scalar!(
        "insert into authority_request_numbers as numbers (year, last) values ($1, 1)
         on conflict (year) do update set last = numbers.last + 1
         returning last",
        i16::try_from(year).map_err(Fault::new)?,
    )
    .fetch_one(&mut *work.conn)
    .await?;
    Ok(RequestNumber { year, running })
}
