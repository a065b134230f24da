//! Who may do what. [`Actor::may`] is the one place that says so; use cases ask it before anything else.
use super::ids::{CommuneId, ConsentId, PersonId, SellerId};

/// What somebody may do here. One person may hold several roles; a session or token acts in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys; anyone with an account.
    Buyer,
    /// Sells, for the sellers that the person is a member of.
    Seller,
    /// Helps households of communes or hamlets (a community digital team).
    Helper,
    /// Works for the province.
    Officer,
    /// Runs the installation.
    Admin,
    /// The program itself: workers and commands.
    System,
}

impl Role {
    /// As stored and as the command line takes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Helper => "helper",
            Self::Officer => "officer",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    /// The reverse of [`Self::as_str`]; nobody can name `System`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Buyer,
            Self::Seller,
            Self::Helper,
            Self::Officer,
            Self::Admin,
        ]
        .into_iter()
        .find(|role| role.as_str() == text)
    }
}

/// A part of the province's work that an officer may be trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Looks at shops before they sell, restricts them.
    Sellers,
    /// Looks at what shops list before buyers see it.
    Listings,
    /// Checks OCOP certificates against the decisions.
    Certificates,
    /// Answers citizens' reports, decides between buyers and sellers.
    Feedback,
    /// Reads sales reports.
    Reports,
    /// Brings in sellers, products, decisions and other floors' sales as files.
    Imports,
    /// Reads who did what.
    Audit,
    /// Answers authorities' requests: takes whole personal numbers, orders and deeds of any shop out for them.
    Authorities,
}

impl Permission {
    /// All of them, as an administrator grants them.
    pub const ALL: [Self; 8] = [
        Self::Sellers,
        Self::Listings,
        Self::Certificates,
        Self::Feedback,
        Self::Reports,
        Self::Imports,
        Self::Audit,
        Self::Authorities,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sellers => "sellers",
            Self::Listings => "listings",
            Self::Certificates => "certificates",
            Self::Feedback => "feedback",
            Self::Reports => "reports",
            Self::Imports => "imports",
            Self::Audit => "audit",
            Self::Authorities => "authorities",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str() == text)
    }
}

/// What a household lets a helper do in its name. Bank account and consent itself are never among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// List goods, change prices and stock.
    List,
    /// Answer orders.
    Orders,
    /// See what was earned.
    Money,
}

impl Task {
    /// All of them, as a consent offers them.
    pub const ALL: [Self; 3] = [Self::List, Self::Orders, Self::Money];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Orders => "orders",
            Self::Money => "money",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == text)
    }
}

/// What somebody is in a shop of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Decides everything.
    Owner,
    /// Lists goods and answers orders.
    Staff,
}

impl Duty {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Staff => "staff",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Staff]
            .into_iter()
            .find(|duty| duty.as_str() == text)
    }
}

/// A shop that the person belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which shop.
    pub seller: SellerId,
    /// As what.
    pub duty: Duty,
}

/// A helper at a household's desk, by a consent that holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// For which shop.
    pub seller: SellerId,
    /// The shop's name, for the bar that says so on every page.
    pub seller_name: String,
    /// By which consent.
    pub consent: ConsentId,
    /// For what.
    pub tasks: Vec<Task>,
    /// Nobody owns the shop, whose household has no telephone and signed a paper.
    pub is_alone: bool,
}

/// An officer's permissions and where they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// What the officer is trusted with.
    pub permissions: Vec<Permission>,
    /// The communes looked after, today's map; empty: the whole province.
    pub communes: Vec<CommuneId>,
}

/// Where a helper helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpArea {
    /// The commune, today's map.
    pub commune: CommuneId,
    /// The hamlet; empty: all of the commune.
    pub hamlet: String,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right<'a> {
    /// List goods of a shop, change prices, stock and photographs.
    List(SellerId),
    /// Answer orders of a shop.
    Fulfil(SellerId),
    /// See what a shop earned.
    SeeMoney(SellerId),
    /// What only the household itself decides: bank account, members, consents, its data.
    Own(SellerId),
    /// Say who the household is, and hand its shop in: its owner; for a household without a telephone, whose shop
    /// nobody owns, a helper by its signed paper.
    HandIn(SellerId),
    /// An officer's work on something in a commune.
    Office(Permission, CommuneId),
    /// An officer's work on the whole province.
    Province(Permission),
    /// Guide households of a hamlet, before any of them has consented to more.
    Guide(CommuneId, &'a str),
    /// Run the installation: roles, settings.
    Administer,
}

/// Who does something: the one type by which permission is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The person, if signed in.
    pub person: Option<PersonId>,
    /// The person's name, for greeting.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// The person's own shops; the one whose desk is open comes first.
    pub memberships: Vec<Membership>,
    /// The household at whose desk the person helps at the moment.
    pub acting: Option<Acting>,
    /// An officer's permissions and scope.
    pub office: Office,
    /// Where the person helps.
    pub helps: Vec<HelpArea>,
    /// The network address that the request came from; empty for the program itself.
    pub address: String,
}

impl Actor {
    /// Somebody nobody knows.
    #[must_use]
    pub fn guest() -> Self {
        Self::default()
    }

    /// The same, once it is known who it is: what they may do is loaded with their session.
    #[must_use]
    pub fn known_as(&self, person: PersonId) -> Self {
        Self {
            person: Some(person),
            address: self.address.clone(),
            ..Self::default()
        }
    }

    /// The program itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            roles: vec![Role::System],
            name: "system".to_owned(),
            ..Self::default()
        }
    }

    /// Whether the actor holds `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the actor may do what `right` says.
    #[must_use]
    pub fn may(&self, right: Right<'_>) -> bool {
        if self.is(Role::System) {
            return true;
        }
        match right {
            Right::List(seller) => self.works_in(seller) || self.acts(seller, Task::List),
            Right::Fulfil(seller) => self.works_in(seller) || self.acts(seller, Task::Orders),
            Right::SeeMoney(seller) => self.owns(seller) || self.acts(seller, Task::Money),
            Right::Own(seller) => self.owns(seller),
            Right::HandIn(seller) => {
                self.owns(seller)
                    || self.acts(seller, Task::List)
                        && self.acting.as_ref().is_some_and(|acting| acting.is_alone)
            }
            Right::Office(permission, commune) => {
                self.is(Role::Admin)
                    || self.holds(permission)
                        && (self.office.communes.is_empty()
                            || self.office.communes.contains(&commune))
            }
            Right::Province(permission) => {
                self.is(Role::Admin) || self.holds(permission) && self.office.communes.is_empty()
            }
            Right::Guide(commune, hamlet) => {
                self.is(Role::Helper)
                    && self.helps.iter().any(|area| {
                        area.commune == commune
                            && (area.hamlet.trim().is_empty() || is_same(&area.hamlet, hamlet))
                    })
            }
            Right::Administer => self.is(Role::Admin),
        }
    }

    /// While somebody helps a household, their own shops are shut: what is done then is done in its name.
    fn works_in(&self, seller: SellerId) -> bool {
        self.acting.is_none()
            && self
                .memberships
                .iter()
                .any(|membership| membership.seller == seller)
    }

    fn owns(&self, seller: SellerId) -> bool {
        self.works_in(seller)
            && self
                .memberships
                .iter()
                .any(|membership| membership.seller == seller && membership.duty == Duty::Owner)
    }

    fn acts(&self, seller: SellerId, task: Task) -> bool {
        self.is(Role::Helper)
            && self
                .acting
                .as_ref()
                .is_some_and(|acting| acting.seller == seller && acting.tasks.contains(&task))
    }

    fn holds(&self, permission: Permission) -> bool {
        self.is(Role::Officer) && self.office.permissions.contains(&permission)
    }

    /// Whether the actor has that permission anywhere: decides which desks of the province are shown.
    #[must_use]
    pub fn has_office(&self, permission: Permission) -> bool {
        self.is(Role::Admin) || self.holds(permission)
    }

    /// The communes that the actor's officer work is limited to; `None`: the whole province.
    #[must_use]
    pub fn office_communes(&self) -> Option<&[CommuneId]> {
        (!self.is(Role::Admin) && !self.office.communes.is_empty())
            .then_some(self.office.communes.as_slice())
    }

    /// The seller whose desk the actor sees: the household that is being helped, else the open one of the
    /// person's own.
    #[must_use]
    pub fn seller(&self) -> Option<SellerId> {
        self.acting
            .as_ref()
            .map(|acting| acting.seller)
            .or_else(|| self.memberships.first().map(|membership| membership.seller))
    }

    /// The word under which the actor appears in histories.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.acting.is_some() {
            return Role::Helper.as_str();
        }
        [
            Role::System,
            Role::Admin,
            Role::Officer,
            Role::Helper,
            Role::Seller,
            Role::Buyer,
        ]
        .into_iter()
        .find(|role| self.is(*role))
        .map_or("guest", Role::as_str)
    }
}

/// Whether two people mean the same hamlet: written large or small, as pooling has it.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const SHOP: SellerId = SellerId(Uuid::from_u128(1));
    const OTHER: SellerId = SellerId(Uuid::from_u128(2));
    const HERE: CommuneId = CommuneId(131_338);
    const THERE: CommuneId = CommuneId(131_471);

    fn member(duty: Duty) -> Actor {
        Actor {
            roles: vec![Role::Seller],
            memberships: vec![Membership { seller: SHOP, duty }],
            ..Actor::guest()
        }
    }

    #[test]
    fn a_shop_is_its_members_and_money_its_owners() {
        let (owner, staff) = (member(Duty::Owner), member(Duty::Staff));
        for right in [Right::List(SHOP), Right::Fulfil(SHOP)] {
            assert!(owner.may(right) && staff.may(right));
        }
        for right in [Right::SeeMoney(SHOP), Right::Own(SHOP)] {
            assert!(owner.may(right) && !staff.may(right));
        }
        for right in [
            Right::List(OTHER),
            Right::Fulfil(OTHER),
            Right::SeeMoney(OTHER),
            Right::Own(OTHER),
        ] {
            assert!(!owner.may(right));
        }
    }

    #[test]
    fn a_helper_hands_in_only_what_nobody_owns_and_only_if_they_list_for_it() {
        let acting = |tasks: Vec<Task>, is_alone| Actor {
            roles: vec![Role::Helper],
            acting: Some(Acting {
                seller: SHOP,
                seller_name: "Út".to_owned(),
                consent: ConsentId(Uuid::nil()),
                tasks,
                is_alone,
            }),
            ..Actor::guest()
        };
        let hand_in = Right::HandIn(SHOP);
        assert!(acting(vec![Task::List], true).may(hand_in));
        assert!(!acting(vec![Task::List], false).may(hand_in));
        assert!(!acting(vec![Task::Orders, Task::Money], true).may(hand_in));
        assert!(!acting(vec![Task::List], true).may(Right::Own(SHOP)));
        assert!(member(Duty::Owner).may(hand_in) && !member(Duty::Staff).may(hand_in));
    }

    #[test]
    fn a_helper_does_what_the_consent_says_and_never_owns() {
        let mut helper = Actor {
            roles: vec![Role::Helper],
            acting: Some(Acting {
                seller: SHOP,
                seller_name: "Út".to_owned(),
                consent: ConsentId(Uuid::nil()),
                tasks: vec![Task::List],
                is_alone: false,
            }),
            ..Actor::guest()
        };
        assert!(!helper.may(Right::HandIn(SHOP)));
        assert!(helper.may(Right::List(SHOP)));
        for right in [
            Right::Fulfil(SHOP),
            Right::SeeMoney(SHOP),
            Right::Own(SHOP),
            Right::List(OTHER),
        ] {
            assert!(!helper.may(right), "{right:?}");
        }
        helper.memberships = vec![Membership {
            seller: OTHER,
            duty: Duty::Owner,
        }];
        assert!(!helper.may(Right::List(OTHER)), "the own shop is shut");
        helper.acting = None;
        assert!(!helper.may(Right::List(SHOP)));
        assert!(helper.may(Right::Own(OTHER)));
    }

    #[test]
    fn an_officer_works_where_and_on_what_was_granted() {
        let mut officer = Actor {
            roles: vec![Role::Officer],
            office: Office {
                permissions: vec![Permission::Sellers],
                communes: vec![HERE],
            },
            ..Actor::guest()
        };
        assert!(officer.may(Right::Office(Permission::Sellers, HERE)));
        assert!(!officer.may(Right::Office(Permission::Sellers, THERE)));
        assert!(!officer.may(Right::Office(Permission::Certificates, HERE)));
        assert!(!officer.may(Right::Province(Permission::Sellers)));
        officer.office.communes.clear();
        assert!(officer.may(Right::Office(Permission::Sellers, THERE)));
        assert!(officer.may(Right::Province(Permission::Sellers)));
        officer.roles = vec![Role::Buyer];
        assert!(!officer.may(Right::Province(Permission::Sellers)));
    }

    #[test]
    fn a_helper_guides_in_a_hamlet_or_a_whole_commune() {
        let helper = |hamlet: &str| Actor {
            roles: vec![Role::Helper],
            helps: vec![HelpArea {
                commune: HERE,
                hamlet: hamlet.to_owned(),
            }],
            ..Actor::guest()
        };
        assert!(helper("").may(Right::Guide(HERE, "Thạnh Xuân")));
        assert!(helper("Thạnh Xuân").may(Right::Guide(HERE, "Thạnh Xuân")));
        assert!(helper("Ấp 3").may(Right::Guide(HERE, " ấp 3")));
        assert!(!helper("Thạnh Xuân").may(Right::Guide(HERE, "Thạnh Bình")));
        assert!(!helper("").may(Right::Guide(THERE, "Thạnh Xuân")));
    }
}
