//! Verifying electronically who a seller is: behind a trait, since each province contracts its own provider. None is
//! built in; until one is, officers verify by papers when they approve.
use futures_util::future::BoxFuture;

use crate::kernel::Fault;

/// Who a seller says to be.
pub struct Claimed {
    /// Personal number or tax code, digits alone.
    pub number: String,
    /// Who answers for the shop.
    pub owner_name: String,
}

/// A provider of electronic identification (decree 69/2024). Real ones speak HTTP; tests bring one of their own.
pub trait IdentityProvider: Send + Sync {
    /// Whether number and name belong together: the provider's reference of the check, or `None` where they don't.
    fn check<'a>(&'a self, claimed: &'a Claimed) -> BoxFuture<'a, Result<Option<String>, Fault>>;
}
