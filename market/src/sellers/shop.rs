//! A shop as its household fills it in and an officer looks at it: what is asked, step by step, what is missing.
use serde::Deserialize;
use time::{Date, Duration, OffsetDateTime};

use super::numbers::{BankAccount, IdentityNumber, NumberKind, bank};
use super::{SellerKind, ShopEvent, Standing};
use crate::kernel::{CommuneId, FieldErrors, PaperId, Phone, PhotoId, SellerId};

/// A shop that is handed in is answered within so many working days.
pub const DECIDED_WITHIN: u8 = 3;
/// A seller is told of a suspension so many days before it takes effect, except on an authority's order (Law on
/// E-commerce 122/2025, decree 248/2026).
pub const SUSPENSION_NOTICE: Duration = Duration::days(5);

/// A page of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Who sells.
    Who,
    /// Where.
    Address,
    /// The account that buyers' money goes to.
    Bank,
    /// How goods are sent.
    Delivery,
    /// What buyers read of the shop.
    About,
    /// Residence and kind, for tax.
    Tax,
}

impl Step {
    /// In the order of the checklist.
    pub const ALL: [Self; 6] = [
        Self::Who,
        Self::Address,
        Self::About,
        Self::Delivery,
        Self::Bank,
        Self::Tax,
    ];

    /// In its address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Who => "chu-the",
            Self::Address => "dia-chi",
            Self::Bank => "tai-khoan-ngan-hang",
            Self::Delivery => "giao-hang",
            Self::About => "gioi-thieu",
            Self::Tax => "thue",
        }
    }

    /// Whether it stays open while the shop sells: the rest is what the officer has approved. What the province did
    /// not say of a shop that it brought in, its household says later: the kind for tax.
    #[must_use]
    pub const fn is_open(self, standing: Standing, lacks_tax: bool) -> bool {
        match standing {
            Standing::Draft | Standing::Returned => true,
            Standing::Approved => match self {
                Self::Bank | Self::Delivery | Self::About => true,
                Self::Tax => lacks_tax,
                Self::Who | Self::Address => false,
            },
            Standing::Submitted | Standing::Suspended | Standing::Closed => false,
        }
    }
}

/// Something that is asked; an officer may return each with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopField {
    /// Household, cooperative, enterprise.
    Kind,
    /// Who answers for the shop.
    OwnerName,
    /// Personal number or tax code.
    Number,
    /// Photographed papers.
    Papers,
    /// The commune.
    Commune,
    /// *Ấp* or *khu vực*.
    Hamlet,
    /// The shop's name.
    ShopName,
    /// Its own words.
    Story,
    /// Its picture.
    Picture,
    /// How goods are sent.
    Delivers,
    /// Bank, number and name.
    Account,
    /// Where the seller lives, for tax.
    Residence,
    /// What the seller does, for tax.
    TaxKind,
}

impl ShopField {
    /// In the order of the checklist.
    pub const ALL: [Self; 13] = [
        Self::Kind,
        Self::OwnerName,
        Self::Number,
        Self::Papers,
        Self::Commune,
        Self::Hamlet,
        Self::ShopName,
        Self::Story,
        Self::Picture,
        Self::Delivers,
        Self::Account,
        Self::Residence,
        Self::TaxKind,
    ];

    /// In forms and histories; also the id of the input.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::OwnerName => "owner_name",
            Self::Number => "number",
            Self::Papers => "papers",
            Self::Commune => "commune",
            Self::Hamlet => "hamlet",
            Self::ShopName => "shop_name",
            Self::Story => "story",
            Self::Picture => "picture",
            Self::Delivers => "delivers",
            Self::Account => "account",
            Self::Residence => "residence",
            Self::TaxKind => "tax_kind",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// On which page it is filled in.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Kind | Self::OwnerName | Self::Number | Self::Papers => Step::Who,
            Self::Commune | Self::Hamlet => Step::Address,
            Self::ShopName | Self::Story | Self::Picture => Step::About,
            Self::Delivers => Step::Delivery,
            Self::Account => Step::Bank,
            Self::Residence | Self::TaxKind => Step::Tax,
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$each])* $variant),* }

        impl $name {
            /// All of them, as forms offer them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The reverse of [`Self::as_str`].
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

words! {
    /// How goods come to the buyer; both at the published rates.
    Delivers {
        /// By post or a carrier, everywhere.
        Carrier = "carrier",
        /// In its own commune by itself, further off by post or a carrier.
        CarrierAndOwn = "carrier_and_own",
    }
}

words! {
    /// Where the seller lives, for tax: non-residents are withheld more (decree 117/2025, 252/2026).
    Residence {
        /// In Vietnam.
        Resident = "resident",
        /// Elsewhere.
        NonResident = "non_resident",
    }
}

words! {
    /// What the seller mainly does, for tax; each listing has a class of its own besides.
    TaxKind {
        /// Sells unprocessed produce of its own: outside VAT, and exempt from income tax.
        Grower = "grower",
        /// Makes or processes.
        Maker = "maker",
        /// Sells on what others made.
        Trader = "trader",
        /// Tours, processing for others and the like.
        Service = "service",
        /// Declares and pays by itself: cooperatives and enterprises do.
        Declares = "declares",
    }
}

/// A photographed paper of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShopPaper {
    /// Its address is made from it.
    pub id: PaperId,
    /// UTC.
    pub at: OffsetDateTime,
}

/// What an officer wants mended, at a field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
pub struct FieldNote {
    /// As [`ShopField::as_str`].
    pub field: String,
    /// In the officer's words.
    pub reason: String,
}

/// One line of a shop's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopHistory {
    /// What happened.
    pub event: ShopEvent,
    /// UTC.
    pub at: OffsetDateTime,
    /// Who did it, by name; empty for the program itself.
    pub who: String,
    /// Why.
    pub reason: String,
    /// What is to be mended.
    pub notes: Vec<FieldNote>,
    /// Until when, or from when.
    pub day: Option<Date>,
    /// The authority's order.
    pub order_no: String,
}

/// A shop with everything that its household and its officers see; sealed numbers only as masks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Identifier.
    pub id: SellerId,
    /// In `/gian-hang/{slug}`.
    pub slug: String,
    /// The shop's name.
    pub name: String,
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Where it stands.
    pub standing: Standing,
    /// Where it is on today's map.
    pub commune: CommuneId,
    /// 5 digits.
    pub commune_code: String,
    /// `Xã Hỏa Lựu, Cần Thơ`.
    pub commune_address: String,
    /// Where that was before July 2025.
    pub former_commune: Option<CommuneId>,
    /// `Xã Hoả Tiến, Thành phố Vị Thanh`.
    pub former_name: String,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Number or lane.
    pub street: String,
    /// Whom buyers, carriers and we call.
    pub phone: Phone,
    /// It is a helper's, lent to a household that has none.
    pub phone_lent: bool,
    /// Whether somebody has taken it over.
    pub has_owner: bool,
    /// Who answers for the shop.
    pub owner_name: String,
    /// The shop's own words.
    pub story: String,
    /// Its picture.
    pub picture: Option<PhotoId>,
    /// The picture's address below `/media/`.
    pub picture_key: Option<String>,
    /// Personal number or tax code.
    pub number_kind: Option<NumberKind>,
    /// Its last digits.
    pub number_masked: String,
    /// Photographed papers of identity and registration, oldest first.
    pub papers: Vec<ShopPaper>,
    /// BIN of the bank.
    pub bank_bin: Option<String>,
    /// The account's last digits.
    pub bank_account_masked: String,
    /// In capitals without marks.
    pub bank_account_name: String,
    /// How goods are sent.
    pub delivers: Option<Delivers>,
    /// For tax.
    pub residence: Option<Residence>,
    /// For tax.
    pub tax_kind: Option<TaxKind>,
    /// Handed in then, UTC.
    pub submitted_at: Option<OffsetDateTime>,
    /// To be answered by the end of that business day.
    pub decide_by: Option<Date>,
    /// On holiday since then.
    pub paused_since: Option<OffsetDateTime>,
    /// Back on that day; without one when the seller says so.
    pub paused_until: Option<Date>,
    /// An announced suspension takes effect on that day.
    pub suspends_on: Option<Date>,
    /// When it was verified who it is, UTC.
    pub verified_at: Option<OffsetDateTime>,
    /// Begun then, UTC.
    pub created_at: OffsetDateTime,
    /// Everything that happened, newest first.
    pub history: Vec<ShopHistory>,
}

impl Shop {
    /// The bank's name, where an account is given.
    #[must_use]
    pub fn bank_name(&self) -> Option<&'static str> {
        self.bank_bin
            .as_deref()
            .and_then(bank)
            .map(|bank| bank.name)
    }

    /// What is still missing before it can be handed in, in the order of the checklist. Story and street may stay
    /// empty.
    #[must_use]
    pub fn missing(&self) -> Vec<ShopField> {
        ShopField::ALL
            .into_iter()
            .filter(|field| match field {
                ShopField::Kind | ShopField::Commune | ShopField::Story => false,
                ShopField::OwnerName => self.owner_name.is_empty(),
                ShopField::Number => self.number_kind.is_none(),
                ShopField::Papers => self.papers.is_empty(),
                ShopField::Hamlet => self.hamlet.is_empty(),
                ShopField::ShopName => self.name.is_empty(),
                ShopField::Picture => self.picture.is_none(),
                ShopField::Delivers => self.delivers.is_none(),
                // Only an owner names the account: without one, buyers pay when they get the goods.
                ShopField::Account => self.has_owner && self.bank_bin.is_none(),
                ShopField::Residence => self.residence.is_none(),
                ShopField::TaxKind => self.tax_kind.is_none(),
            })
            .collect()
    }

    /// Whether a step can be filled in now.
    #[must_use]
    pub const fn is_open(&self, step: Step) -> bool {
        step.is_open(self.standing, self.tax_kind.is_none())
    }

    /// What the officer wants mended, while the shop stands returned.
    #[must_use]
    pub fn notes(&self) -> &[FieldNote] {
        if self.standing != Standing::Returned {
            return &[];
        }
        self.history
            .iter()
            .find(|line| line.event == ShopEvent::Returned)
            .map_or(&[], |line| &line.notes)
    }

    /// The officer's note at a field.
    #[must_use]
    pub fn note(&self, field: ShopField) -> Option<&str> {
        self.notes()
            .iter()
            .find(|note| note.field == field.as_str())
            .map(|note| note.reason.as_str())
    }

    /// Why it is suspended, or will be.
    #[must_use]
    pub fn suspension(&self) -> Option<&ShopHistory> {
        let is_due = self.standing == Standing::Suspended || self.suspends_on.is_some();
        self.history.iter().find(|line| {
            is_due
                && matches!(
                    line.event,
                    ShopEvent::Suspended | ShopEvent::SuspensionAnnounced
                )
        })
    }
}

/// A new shop, as typed; its commune is typed besides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct BeginForm {
    /// Household, cooperative or enterprise.
    pub kind: String,
    /// The shop's name.
    pub shop_name: String,
    /// Who answers for the shop.
    pub owner_name: String,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
}

impl BeginForm {
    /// Understands what was typed: answers the kind, the rest is right as it stands.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<SellerKind, FieldErrors> {
        let mut errors = FieldErrors::default();
        begin_lines(&mut errors, &self.shop_name, &self.owner_name, &self.hamlet);
        let kind = SellerKind::parse(&self.kind);
        if kind.is_none() {
            errors.add("kind", "choose");
        }
        kind.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// Name, owner and hamlet of a new shop, cleaned; what is wrong is noted.
pub(super) fn begin_lines(
    errors: &mut FieldErrors,
    name: &str,
    owner_name: &str,
    hamlet: &str,
) -> (String, String, String) {
    (
        errors.line("shop_name", name, 80),
        errors.line("owner_name", owner_name, 100),
        errors.line("hamlet", hamlet, 80),
    )
}

/// Who sells, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WhoForm {
    /// Household, cooperative or enterprise.
    pub kind: String,
    /// Who answers for the shop.
    pub owner_name: String,
    /// Personal number or tax code; empty: the one that is known stays.
    pub number: String,
}

/// Who sells.
#[derive(Clone)]
pub struct Who {
    /// Household, cooperative or enterprise.
    pub kind: SellerKind,
    /// Who answers for the shop.
    pub owner_name: String,
    /// `None`: the one that is known stays.
    pub number: Option<IdentityNumber>,
}

impl WhoForm {
    /// Understands what was typed. A household gives a personal number, or a tax code where it has one of 10 or 13
    /// digits; others give a tax code. With a number `known`, the field may stay empty.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, known: Option<NumberKind>) -> Result<Who, FieldErrors> {
        let mut errors = FieldErrors::default();
        let kind = SellerKind::parse(&self.kind);
        if kind.is_none() {
            errors.add("kind", "choose");
        }
        let owner_name = errors.line("owner_name", &self.owner_name, 100);
        let typed = self.number.trim();
        let digits = typed.bytes().filter(u8::is_ascii_digit).count();
        let number_kind = match kind {
            Some(SellerKind::Household) if digits != 10 && digits != 13 => NumberKind::Personal,
            _ => NumberKind::Tax,
        };
        let number = match (typed.is_empty(), IdentityNumber::parse(number_kind, typed)) {
            (true, _) => {
                let fits = known.is_some_and(|known| {
                    known == NumberKind::Tax || kind == Some(SellerKind::Household)
                });
                if !fits {
                    errors.add("number", "required");
                }
                None
            }
            (false, Ok(number)) => Some(number),
            (false, Err(wrong)) => {
                errors.add("number", wrong.code());
                None
            }
        };
        match kind {
            Some(kind) if errors.is_empty() => Ok(Who {
                kind,
                owner_name,
                number,
            }),
            _ => Err(errors),
        }
    }
}

/// Where the shop is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// On today's map.
    pub commune: CommuneId,
    /// Where that was before July 2025; only one that went into the commune is kept.
    pub former: Option<CommuneId>,
    /// *Ấp* or *khu vực*.
    pub hamlet: String,
    /// Number or lane; may be empty.
    pub street: String,
}

/// The account, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct BankForm {
    /// BIN.
    pub bank: String,
    /// Its number.
    pub account: String,
    /// Its holder.
    pub account_name: String,
    /// The password once more, where a shop that is approved changes its account.
    pub current: String,
}

impl BankForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<BankAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        BankAccount::parse(&mut errors, &self.bank, &self.account, &self.account_name).ok_or(errors)
    }
}

/// What buyers read, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AboutForm {
    /// The shop's name.
    pub shop_name: String,
    /// Its own words.
    pub story: String,
}

impl AboutForm {
    /// Understands what was typed: name and story.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<(String, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("shop_name", &self.shop_name, 80);
        let story = errors.optional_text("story", &self.story, 2000);
        if errors.is_empty() {
            Ok((name, story))
        } else {
            Err(errors)
        }
    }
}

/// For tax, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TaxForm {
    /// Where the seller lives.
    pub residence: String,
    /// What the seller does.
    pub tax_kind: String,
}

impl TaxForm {
    /// Understands what was chosen. Cooperatives and enterprises declare by themselves.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self, kind: SellerKind) -> Result<(Residence, TaxKind), FieldErrors> {
        let mut errors = FieldErrors::default();
        let residence = Residence::parse(&self.residence);
        if residence.is_none() {
            errors.add("residence", "choose");
        }
        let tax_kind = TaxKind::parse(&self.tax_kind);
        match tax_kind {
            None => errors.add("tax_kind", "choose"),
            Some(chosen) if kind != SellerKind::Household && chosen != TaxKind::Declares => {
                errors.add("tax_kind", "must_declare");
            }
            Some(_) => {}
        }
        match (residence, tax_kind) {
            (Some(residence), Some(tax_kind)) if errors.is_empty() => Ok((residence, tax_kind)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn who_needs_the_number_of_their_kind() {
        let form = |kind: &str, number: &str| WhoForm {
            kind: kind.to_owned(),
            owner_name: "Út".to_owned(),
            number: number.to_owned(),
        };
        let code = |form: WhoForm, known| {
            form.parse(known)
                .err()
                .and_then(|errors| errors.of("number").map(|error| error.code.clone()))
        };
        assert_eq!(code(form("household", "093084001234"), None), None);
        assert_eq!(code(form("household", "0300588569"), None), None);
        assert_eq!(
            code(form("household", "0930840"), None).as_deref(),
            Some("personal_number")
        );
        assert_eq!(
            code(form("enterprise", "093084001234"), None).as_deref(),
            Some("tax_code")
        );
        assert_eq!(
            code(form("enterprise", "0300588568"), None).as_deref(),
            Some("tax_check_digit")
        );
        assert_eq!(
            code(form("household", ""), None).as_deref(),
            Some("required")
        );
        assert_eq!(
            code(form("household", ""), Some(NumberKind::Personal)),
            None
        );
        // A household that becomes a cooperative needs another number.
        assert_eq!(
            code(form("cooperative", ""), Some(NumberKind::Personal)).as_deref(),
            Some("required")
        );
    }

    #[test]
    fn cooperatives_declare_by_themselves() {
        let form = TaxForm {
            residence: "resident".to_owned(),
            tax_kind: "grower".to_owned(),
        };
        assert!(form.parse(SellerKind::Household).is_ok());
        let errors = form.parse(SellerKind::Cooperative).unwrap_err();
        assert_eq!(errors.0[0].code, "must_declare");
    }
}
