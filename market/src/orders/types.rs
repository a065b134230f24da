//! Orders as typed, as placed, and as buyers, sellers and the API see them.
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Contact, DeliveryQuestion, Gift, Invoice, LotOfLine, OrderEvent, OrderMessage, OrderState,
    PartWay, Party, Promise, Substitute, WayBrief, steps,
};
use crate::kernel::limit::TooOften;
use crate::kernel::{
    CommuneId, FieldError, FieldErrors, OrderCode, OrderId, OrderLineId, Phone, ProductId,
    Quantity, Refusal, RefusalKind, SellerId, SellerOrderId, VariantId, Vnd,
};
use crate::shipping::Wish;

/// How a buyer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// In cash when the goods arrive.
    Cod,
    /// By bank transfer.
    Vietqr,
    /// By card.
    Card,
}

impl PaymentMethod {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cod => "cod",
            Self::Vietqr => "vietqr",
            Self::Card => "card",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cod, Self::Vietqr, Self::Card]
            .into_iter()
            .find(|method| method.as_str() == text)
    }

    /// Whether it is switched on. Transfer and card come with the money slices.
    #[must_use]
    pub const fn is_offered(self) -> bool {
        matches!(self, Self::Cod)
    }
}

/// Who types an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// Its buyer.
    #[default]
    Buyer,
    /// The seller, while the buyer is on the telephone: the order is not the typist's own.
    Phone,
}

impl Entry {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Phone => "phone",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Buyer, Self::Phone]
            .into_iter()
            .find(|entry| entry.as_str() == text)
    }
}

/// All that is needed to place an order.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Made when the form was shown: the same key twice is one order.
    pub key: Uuid,
    /// What and how much; lines of the same variant are counted together.
    pub lines: Vec<(VariantId, Quantity)>,
    /// Who and where.
    pub contact: Contact,
    /// How the goods come; of what nothing is said, as comes cheapest by itself.
    pub ways: Vec<Wish>,
    /// The total that the buyer saw, where one was shown: another one is asked about first.
    pub seen_total: Option<Vnd>,
    /// Who types it.
    pub entry: Entry,
    /// Invented for the demonstration.
    pub is_sample: bool,
}

/// What placing an order answers, each time the same for the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// Identifier.
    pub id: OrderId,
    /// What people read to each other.
    pub code: OrderCode,
    /// Opens the order's page without an account.
    pub token: String,
    /// Whether this call made it, or an earlier one with the same key.
    pub is_new: bool,
    /// The parts that this call made, with what each costs.
    pub parts: Vec<(SellerOrderId, Vnd)>,
}

/// An order with its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Identifier.
    pub id: OrderId,
    /// What people read to each other.
    pub code: OrderCode,
    /// Who typed it.
    pub entry: Entry,
    /// Opens the order's page without an account.
    pub token: String,
    /// Who receives it; empty once that is forgotten.
    pub contact_name: String,
    /// Whom the seller calls, as long as that is kept.
    pub contact_phone: Option<Phone>,
    /// Where it goes, today's map.
    pub commune_id: CommuneId,
    /// `Xã Hỏa Lựu`, on the day of sale.
    pub commune_name: String,
    /// On the day of sale.
    pub province_name: String,
    /// Number or lane, hamlet, landmark.
    pub street: String,
    /// For the sellers.
    pub note: String,
    /// Who gives it, where it is a gift.
    pub gift: Option<Gift>,
    /// What an invoice names, where a company wants one.
    pub invoice: Option<Invoice>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// Without delivery.
    pub items: Vnd,
    /// Delivery of all parts.
    pub shipping: Vnd,
    /// Items and delivery.
    pub total: Vnd,
    /// UTC.
    pub placed_at: OffsetDateTime,
    /// One for each seller.
    pub parts: Vec<SellerOrder>,
}

/// One seller's part of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerOrder {
    /// Identifier.
    pub id: SellerOrderId,
    /// Who sells.
    pub seller: SellerId,
    /// In `/gian-hang/{slug}`.
    pub seller_slug: String,
    /// On the day of sale.
    pub seller_name: String,
    /// For the buyer to call.
    pub seller_phone: Phone,
    /// Where it is.
    pub state: OrderState,
    /// It follows what was ready before, for no second fee.
    pub is_rest: bool,
    /// Without delivery.
    pub items: Vnd,
    /// Delivery of this part.
    pub shipping: Vnd,
    /// How it comes to the buyer.
    pub way: PartWay,
    /// Items and delivery.
    pub total: Vnd,
    /// Not confirmed by then, it is called off, UTC.
    pub confirm_by: OffsetDateTime,
    /// In order.
    pub lines: Vec<OrderLine>,
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
    /// What its buyer was asked when a harvest's days were moved, the last first.
    pub questions: Vec<DeliveryQuestion>,
    /// What the seller offered instead of what ran out, the oldest first.
    pub substitutes: Vec<Substitute>,
    /// What buyer and seller said about it, the oldest first.
    pub messages: Vec<OrderMessage>,
    /// Its payment, once there is one.
    pub payment: Option<PaymentOfPart>,
}

impl SellerOrder {
    /// The steps that `party` may take now.
    #[must_use]
    pub fn steps(&self, party: Party) -> Vec<OrderEvent> {
        steps(self.state, party)
    }

    /// Whether the other side has said something that `party` has not seen.
    #[must_use]
    pub fn has_unseen(&self, party: Party) -> bool {
        self.messages
            .iter()
            .any(|message| message.from != party && message.read_at.is_none())
    }
}

/// The payment as a part shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOfPart {
    /// cod, vietqr, card.
    pub method: PaymentMethod,
    /// pending, paid, cancelled, refunded.
    pub status: PaymentStatus,
    /// Whose hands the money comes into.
    pub collector: Collector,
    /// What is due.
    pub amount: Vnd,
    /// What came in.
    pub paid: Option<Vnd>,
    /// What is given back of it, or no longer asked for, by claims.
    pub refunded: Vnd,
    /// Of that, what is no longer asked for.
    pub taken_off: Vnd,
    /// When it was paid, UTC.
    pub paid_at: Option<OffsetDateTime>,
}

impl PaymentOfPart {
    /// What is still to be received: all of it, or what was weighed on top of what was paid before.
    #[must_use]
    pub fn due(&self) -> Option<Vnd> {
        let due = self.amount.0 - self.taken_off.0 - self.paid.map_or(0, |paid| paid.0);
        (matches!(self.status, PaymentStatus::Pending | PaymentStatus::Paid) && due > 0)
            .then_some(Vnd(due))
    }
}

/// Where a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Asked for.
    Pending,
    /// Received.
    Paid,
    /// No longer asked for.
    Cancelled,
    /// Received and given back.
    Refunded,
}

impl PaymentStatus {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Paid, Self::Cancelled, Self::Refunded]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// Whose hands money comes into (DOMAIN §4: holding others' money is licensed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collector {
    /// The household itself.
    Seller,
    /// Whoever carries the parcel.
    Carrier,
    /// The operator of the platform.
    Platform,
}

impl Collector {
    /// As stored and as the API has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Carrier => "carrier",
            Self::Platform => "platform",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Seller, Self::Carrier, Self::Platform]
            .into_iter()
            .find(|collector| collector.as_str() == text)
    }
}

/// One line: a snapshot of the day of sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Identifier.
    pub id: OrderLineId,
    /// Which product.
    pub product: ProductId,
    /// Which variant.
    pub variant: VariantId,
    /// In `/san-pham/{slug}`, today.
    pub slug: String,
    /// The product's name then.
    pub name: String,
    /// The variant's name then.
    pub variant_name: String,
    /// The unit then.
    pub unit: String,
    /// What the unit held.
    pub unit_note: String,
    /// For one unit then.
    pub price: Vnd,
    /// How much; as packed, once it is.
    pub quantity: Quantity,
    /// How much was ordered, where something else was packed.
    pub ordered: Option<Quantity>,
    /// Price times quantity, rounded once.
    pub line: Vnd,
    /// What the parts of one combo cost by themselves then.
    pub parts_price: Option<Vnd>,
    /// Stars then.
    pub stars: Option<u8>,
    /// Key of the product's smallest picture today.
    pub image_key: Option<String>,
    /// Which lots it comes from, as far as that was said.
    pub lots: Vec<LotOfLine>,
    /// When it is made or delivered, of goods that were not there.
    pub promise: Option<Promise>,
}

/// One step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// UTC.
    pub at: OffsetDateTime,
    /// Where it led.
    pub to: OrderState,
    /// guest, buyer, seller, system, …
    pub actor_kind: String,
    /// Of a cancellation.
    pub reason: String,
}

/// A part as a seller's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardEntry {
    /// Identifier.
    pub id: SellerOrderId,
    /// What people read to each other.
    pub code: OrderCode,
    /// Where it is.
    pub state: OrderState,
    /// Items and delivery.
    pub total: Vnd,
    /// Who receives it.
    pub contact_name: String,
    /// Where it goes.
    pub commune_name: String,
    /// How it comes there.
    pub way: WayBrief,
    /// `2 trái Khóm Cầu Đúc, 1 chai …`.
    pub summary: String,
    /// Its buyer has said something that the seller has not seen.
    pub has_unread: bool,
    /// UTC.
    pub placed_at: OffsetDateTime,
    /// Not confirmed by then, it is called off, UTC.
    pub confirm_by: OffsetDateTime,
}

/// A variant that can't be ordered as wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// Which.
    pub variant_id: VariantId,
    /// Its product's name.
    pub name: String,
    /// What is left of it; zero where it is not on sale.
    pub available: Quantity,
}

/// Why an order is not placed or does not move on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrdersRefusal {
    /// Fields that can't be right.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// No lines.
    #[error("nothing to order")]
    Empty,
    /// Not enough is left, or it is not on sale.
    #[error("out of stock")]
    OutOfStock(Vec<Shortage>),
    /// The total is another one than the buyer saw.
    #[error("the total is now {now}")]
    TotalChanged {
        /// What it would be now.
        now: Vnd,
    },
    /// A way that was wished is not offered, or none comes to the buyer and none was wished.
    #[error("choose a way for {sellers}")]
    WayNotOffered {
        /// Names of the shops, with commas between.
        sellers: String,
    },
    /// The key has made an order with other wishes.
    #[error("the key has made another order")]
    KeyReused,
    /// There is no such order, or it is someone else's.
    #[error("no such order")]
    NotFound,
    /// The table has no such step from here.
    #[error("{} is not possible while {}", .event.as_str(), .state.as_str())]
    NotAllowed {
        /// Where the part is.
        state: OrderState,
        /// What was asked for.
        event: OrderEvent,
    },
    /// Nobody asks the buyer about other days, or it was answered.
    #[error("nothing is asked")]
    NotAsked,
    /// All of it was given back, or called off, before.
    #[error("nothing to give back")]
    NothingToGiveBack,
    /// Goods of lots that were recalled neither leave the house nor are put into a parcel.
    #[error("recalled: {codes}")]
    LotRecalled {
        /// As printed, with commas between.
        codes: String,
    },
    /// A carrier has the parcel on its list, or on its way, and asks for the money at the door.
    #[error("a carrier collects it")]
    CarrierCollects,
    /// Too many wrong pairs of code and number.
    #[error("too many tries: {0}")]
    TooManyTries(TooOften),
}

impl OrdersRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 13] = [
        "orders.invalid",
        "orders.empty",
        "orders.out_of_stock",
        "orders.total_changed",
        "orders.way_not_offered",
        "orders.key_reused",
        "orders.not_found",
        "orders.not_allowed",
        "orders.not_asked",
        "orders.nothing_to_give_back",
        "orders.lot_recalled",
        "orders.carrier_collects",
        "orders.too_many_tries",
    ];

    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, code: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code);
        Self::Invalid(errors)
    }
}

impl Refusal for OrdersRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "orders.invalid",
            Self::Empty => "orders.empty",
            Self::OutOfStock(_) => "orders.out_of_stock",
            Self::TotalChanged { .. } => "orders.total_changed",
            Self::WayNotOffered { .. } => "orders.way_not_offered",
            Self::KeyReused => "orders.key_reused",
            Self::NotFound => "orders.not_found",
            Self::NotAllowed { .. } => "orders.not_allowed",
            Self::NotAsked => "orders.not_asked",
            Self::NothingToGiveBack => "orders.nothing_to_give_back",
            Self::LotRecalled { .. } => "orders.lot_recalled",
            Self::CarrierCollects => "orders.carrier_collects",
            Self::TooManyTries(_) => "orders.too_many_tries",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Invalid(_) | Self::Empty | Self::KeyReused => RefusalKind::Invalid,
            Self::OutOfStock(_)
            | Self::TotalChanged { .. }
            | Self::WayNotOffered { .. }
            | Self::NotAllowed { .. }
            | Self::NotAsked
            | Self::NothingToGiveBack
            | Self::LotRecalled { .. }
            | Self::CarrierCollects => RefusalKind::Conflict,
            Self::NotFound => RefusalKind::NotFound,
            Self::TooManyTries(_) => RefusalKind::TooMany,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TotalChanged { now } => vec![("now", now.to_string())],
            Self::WayNotOffered { sellers } => vec![("sellers", sellers.clone())],
            Self::LotRecalled { codes } => vec![("codes", codes.clone())],
            Self::OutOfStock(shortages) => {
                let names: Vec<&str> = shortages
                    .iter()
                    .map(|shortage| shortage.name.as_str())
                    .collect();
                vec![("names", names.join(", "))]
            }
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyTries(often) => often.retry_after(),
            _ => None,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => &errors.0,
            _ => &[],
        }
    }
}
