//! A cart as its page shows it.
use crate::catalog::{ComboPart, Days, Supply};
use crate::kernel::quantity::QuantityError;
use crate::kernel::{
    FieldError, FieldErrors, HarvestId, Quantity, Refusal, RefusalKind, SellerId, VariantId, Vnd,
};
use crate::shipping::{Delivery, Wish};

/// Lines that one cart can hold.
pub const MAX_LINES: usize = 100;

/// What keeps a line from being bought as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineProblem {
    /// The listing is not on sale now.
    NotOnSale,
    /// Its shop is on holiday, until that day where it is known.
    ShopPaused(Option<time::Date>),
    /// Its shop may not sell now.
    ShopSuspended,
    /// It can't come to the buyer, nor be fetched anywhere.
    NotReached,
    /// Nothing is left.
    SoldOut,
    /// Less is left than is wanted.
    OnlyLeft(Quantity),
    /// Below the minimum or between the steps.
    Step {
        /// The least that is sold.
        minimum: Quantity,
        /// And in what steps above it.
        step: Quantity,
    },
}

/// One variant in the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// Which variant.
    pub variant: VariantId,
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// The product's name today.
    pub name: String,
    /// `Loại 1`; empty where there is only one.
    pub variant_name: String,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// Today's price for one unit.
    pub price: Vnd,
    /// What the buyer saw last, where it is another price today.
    pub was: Option<Vnd>,
    /// How much is wanted.
    pub quantity: Quantity,
    /// The least that is sold.
    pub minimum: Quantity,
    /// And in what steps above it.
    pub step: Quantity,
    /// What nobody has reserved.
    pub available: Quantity,
    /// Price times quantity.
    pub line: Vnd,
    /// Weight of one unit as a parcel, grams.
    pub ship_grams: i32,
    /// Key of the smallest picture.
    pub image_key: Option<String>,
    /// How it comes to be there.
    pub supply: Supply,
    /// When it is made or delivered, of what is not there yet.
    pub promise: Option<Days>,
    /// What keeps it from being bought as it stands.
    pub problem: Option<LineProblem>,
    /// What it is made of, where it is a combo.
    pub parts: Vec<ComboPart>,
}

/// The lines of one seller that are delivered together: what is there, or what is ordered ahead of one harvest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartPart {
    /// Who sells them.
    pub seller: SellerId,
    /// The harvest ahead of which they are ordered.
    pub harvest: Option<HarvestId>,
    /// In `/gian-hang/{slug}`.
    pub seller_slug: String,
    /// The shop's name.
    pub seller_name: String,
    /// Where the shop is.
    pub commune_name: String,
    /// In the order of adding.
    pub lines: Vec<CartLine>,
    /// Of the lines that can be bought.
    pub items: Vnd,
    /// How it comes to the buyer, as soon as the buyer's commune is known; nothing is offered where nothing of it can be
    /// bought. Where no way is offered there, nothing of it can be bought.
    pub delivery: Delivery,
    /// What delivery costs, as soon as that is known.
    pub shipping: Option<Vnd>,
}

impl CartPart {
    /// When the last of what can be bought leaves, where some of it is not there yet: a part is delivered as one.
    #[must_use]
    pub fn promise(&self) -> Option<Days> {
        self.lines
            .iter()
            .filter(|line| line.problem.is_none())
            .filter_map(|line| line.promise)
            .max_by_key(|days| days.to)
    }

    /// Whether something of it can be bought.
    #[must_use]
    pub fn is_bought(&self) -> bool {
        self.lines.iter().any(|line| line.problem.is_none())
    }

    /// None of it can be bought, for that reason; lines with one of their own keep theirs.
    pub fn leave_out(&mut self, why: LineProblem) {
        for line in &mut self.lines {
            line.problem = line.problem.or(Some(why));
        }
        self.items = Vnd::ZERO;
        self.shipping = Some(Vnd::ZERO);
    }

    /// Whether some of it is there and the rest is not.
    #[must_use]
    pub fn waits_for_others(&self) -> bool {
        let mut bought = self.lines.iter().filter(|line| line.problem.is_none());
        let first = bought.next().map(|line| line.promise);
        bought.any(|line| Some(line.promise) != first)
    }
}

/// Something that comes along with what is in the cart for no more fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Along {
    /// In `/san-pham/{slug}`.
    pub slug: String,
    /// The product's name.
    pub name: String,
    /// `Loại 1`; empty where there is only one.
    pub variant_name: String,
    /// Who sells it.
    pub seller_name: String,
    /// For one unit.
    pub price: Vnd,
    /// The least that is sold, which fits into the weight that is paid for.
    pub minimum: Quantity,
    /// kg, trái, …
    pub unit: String,
    /// What the unit holds.
    pub unit_note: String,
    /// Key of the smallest picture.
    pub image_key: Option<String>,
}

/// A cart, by seller and by harvest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cart {
    /// One for each seller and harvest, in the order of first adding.
    pub parts: Vec<CartPart>,
    /// Kept for later, and never ordered with the rest.
    pub saved: Vec<CartLine>,
}

impl Cart {
    /// Whether nothing is in it that could be ordered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = &CartLine> {
        self.parts.iter().flat_map(|part| &part.lines)
    }

    /// Whether some line can't be bought as it stands.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        self.lines().any(|line| line.problem.is_some())
    }

    /// Of all lines that can be bought.
    #[must_use]
    pub fn items(&self) -> Vnd {
        self.parts.iter().map(|part| part.items).sum()
    }

    /// Delivery of all parts, once each is known.
    #[must_use]
    pub fn shipping(&self) -> Option<Vnd> {
        self.parts.iter().map(|part| part.shipping).sum()
    }

    /// The ways that are taken, part by part, of what can be bought.
    #[must_use]
    pub fn ways(&self) -> Vec<Wish> {
        self.parts
            .iter()
            .filter_map(|part| {
                Some(Wish {
                    seller: part.seller,
                    harvest: part.harvest,
                    choice: part.delivery.taken.as_ref()?.choice,
                })
            })
            .collect()
    }

    /// What can be ordered now.
    #[must_use]
    pub fn order_lines(&self) -> Vec<(VariantId, Quantity)> {
        self.lines()
            .filter(|line| line.problem.is_none())
            .map(|line| (line.variant, line.quantity))
            .collect()
    }
}

/// What a line of a cart can't be, judged by the rules of its variant; `closed` where it is not on sale at all.
#[must_use]
pub fn problem(
    closed: Option<LineProblem>,
    quantity: Quantity,
    available: Quantity,
    minimum: Quantity,
    step: Quantity,
) -> Option<LineProblem> {
    if closed.is_some() {
        closed
    } else if available < minimum {
        Some(LineProblem::SoldOut)
    } else if quantity > available {
        Some(LineProblem::OnlyLeft(available))
    } else if !quantity.fits(minimum, step) {
        Some(LineProblem::Step { minimum, step })
    } else {
        None
    }
}

/// Why a cart doesn't change as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartRefusal {
    /// The variant is not on sale.
    #[error("not on sale")]
    NotOnSale,
    /// The typed quantity is no number, or out of range.
    #[error("not a quantity")]
    NotAQuantity(Vec<FieldError>),
    /// Less than is sold at least, or between two steps.
    #[error("not a quantity in which it is sold")]
    NotAStep(Vec<FieldError>),
    /// A hundred lines are there already.
    #[error("a hundred lines at most")]
    TooManyLines,
    /// The line was taken out or ordered meanwhile.
    #[error("no longer in the cart")]
    NotInCart,
    /// Nothing is in it.
    #[error("empty")]
    Empty,
    /// No link has that code any more.
    #[error("not shared any more")]
    NotShared,
}

impl CartRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 7] = [
        "cart.not_on_sale",
        "cart.not_a_quantity",
        "cart.not_a_step",
        "cart.too_many_lines",
        "cart.not_in_cart",
        "cart.empty",
        "cart.not_shared",
    ];

    /// What is wrong with the typed quantity.
    #[must_use]
    pub fn not_a_quantity(error: QuantityError) -> Self {
        Self::NotAQuantity(vec![FieldError {
            field: "quantity".to_owned(),
            code: error.code().to_owned(),
            args: Vec::new(),
        }])
    }

    /// In which steps a variant is sold.
    #[must_use]
    pub fn not_a_step(minimum: Quantity, step: Quantity, unit: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add_step("quantity", minimum, step, unit);
        Self::NotAStep(errors.0)
    }
}

impl Refusal for CartRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOnSale => "cart.not_on_sale",
            Self::NotAQuantity(_) => "cart.not_a_quantity",
            Self::NotAStep(_) => "cart.not_a_step",
            Self::TooManyLines => "cart.too_many_lines",
            Self::NotInCart => "cart.not_in_cart",
            Self::Empty => "cart.empty",
            Self::NotShared => "cart.not_shared",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotOnSale | Self::TooManyLines | Self::NotInCart | Self::Empty => {
                RefusalKind::Conflict
            }
            Self::NotShared => RefusalKind::NotFound,
            Self::NotAQuantity(_) | Self::NotAStep(_) => RefusalKind::Invalid,
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::NotAQuantity(fields) | Self::NotAStep(fields) => fields,
            _ => &[],
        }
    }
}
