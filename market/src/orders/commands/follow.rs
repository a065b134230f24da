//! Finding an order again without its address.
use time::Duration;

use super::super::OrdersRefusal;
use super::super::queries;
use crate::kernel::limit::{Bucket, Limit, Rate};
use crate::kernel::{Failure, OrderCode, Phone, Store};

/// Wrong numbers for one code: a code stands on the parcel, and telephone numbers can be gone through. Codes
/// can't, so wrong codes for one number need no limit, by which a stranger could shut a buyer out.
const WRONG_NUMBERS: Limit = Limit::new(
    "follow_code",
    Rate::Times {
        times: 10,
        within: Duration::minutes(15),
    },
);

/// The token that opens an order, for who knows its code and the telephone number it was placed with. A wrong
/// code and a wrong number look the same; they count for the code, and in `tries` for where they come from.
pub async fn follow(
    store: &Store,
    tries: &Bucket,
    code: &OrderCode,
    phone: &Phone,
) -> Result<String, Failure<OrdersRefusal>> {
    let tries = [tries, &WRONG_NUMBERS.of(code)];
    for bucket in tries {
        let taken = bucket.take(store).await;
        taken.map_err(|failure| failure.map(OrdersRefusal::TooManyTries))?;
    }
    let token = queries::token_for(store.reader(), code, phone)
        .await?
        .ok_or(OrdersRefusal::NotFound)?;
    for bucket in tries {
        bucket.give_back(store).await?;
    }
    Ok(token)
}
