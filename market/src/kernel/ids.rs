//! Identifiers: one UUIDv7 newtype a table, so that an id of one thing can't be passed for another.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person with an account.
    PersonId,
    /// A household, cooperative or enterprise that sells.
    SellerId,
    /// An OCOP certificate.
    CertificateId,
    /// What a seller lists.
    ProductId,
    /// One way in which a product is sold: size, packing, price.
    VariantId,
    /// What waits for an officer before buyers see it.
    ListingReviewId,
    /// A photograph with its sizes.
    PhotoId,
    /// A buyer's cart.
    CartId,
    /// What a buyer placed in one go.
    OrderId,
    /// One seller's part of an order.
    SellerOrderId,
    /// One line of a seller's part.
    OrderLineId,
    /// Where a person has goods sent.
    AddressId,
    /// What buyer or seller say about an order.
    OrderMessageId,
    /// Money asked for one seller's part, or for a whole order where the platform collects.
    PaymentId,
    /// What carries the goods of one seller's part to its buyer.
    ParcelId,
    /// A bearer token of the REST API.
    TokenId,
    /// A household's consent to a helper.
    ConsentId,
    /// A one-time code that was sent.
    CodeId,
    /// A signed-in browser, as its owner names it.
    SessionId,
    /// A photographed paper that few may see.
    PaperId,
    /// An account that is got back although its telephone is lost.
    RecoveryId,
    /// Sellers and products from one file.
    ImportId,
    /// A request of an authority.
    AuthorityRequestId,
    /// Somebody is asked to sell with a household.
    InvitationId,
    /// Goods of one harvest or batch.
    LotId,
    /// An address that hears of what happens.
    WebhookId,
    /// A product that comes first for a text.
    PinId,
    /// A harvest to come, of which buyers order ahead.
    HarvestId,
    /// Something else that is offered instead of a line of an order.
    SubstituteId,
    /// The delivery days of a harvest were moved.
    HarvestMoveId,
    /// What a buyer asks for once goods have arrived.
    ClaimId,
    /// Money that is given back, of one line or of the delivery fee.
    RefundId,
    /// Where goods of several shops can be fetched.
    PickupPointId,
}

/// A commune, ward or special zone in one of its lives: before July 2025 the official 5-digit code as a
/// number, since then the code plus 100,000, because codes live on with other borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommuneId(pub i32);

impl fmt::Display for CommuneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
