//! What a use case works with: the connection inside a transaction, the time, the random source, the actor.
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::ids::{PersonId, SellerId};

/// What somebody may do here. One person may hold several roles; a session or token acts in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys; anyone with an account.
    Buyer,
    /// Sells, for the sellers that the person is a member of.
    Seller,
    /// Helps households of communes (a community digital team).
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

/// Who does something: the one type by which permission is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The person, if signed in.
    pub person: Option<PersonId>,
    /// The person's name, for greeting.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// The sellers for which the person acts.
    pub sellers: Vec<SellerId>,
}

impl Actor {
    /// Somebody nobody knows.
    #[must_use]
    pub fn guest() -> Self {
        Self::default()
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

    /// Whether the actor may sell for `seller`.
    #[must_use]
    pub fn sells_for(&self, seller: SellerId) -> bool {
        self.is(Role::System) || self.sellers.contains(&seller)
    }

    /// The seller whose desk the actor sees: the first that the person is a member of.
    #[must_use]
    pub fn seller(&self) -> Option<SellerId> {
        self.sellers.first().copied()
    }

    /// Whether the actor may see the province's reports.
    #[must_use]
    pub fn reads_reports(&self) -> bool {
        self.is(Role::Officer) || self.is(Role::Admin)
    }

    /// The word under which the actor appears in histories.
    #[must_use]
    pub fn kind(&self) -> &'static str {
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

/// One transaction of one actor at one instant.
pub struct Work<'c> {
    /// The connection inside the transaction.
    pub conn: &'c mut PgConnection,
    /// The instant of the whole transaction, UTC.
    pub now: OffsetDateTime,
    /// Who does it.
    pub actor: Actor,
    random: StdRng,
}

impl<'c> Work<'c> {
    /// Opened by [`super::store::Transaction`] alone.
    pub(super) fn new(conn: &'c mut PgConnection, now: OffsetDateTime, actor: Actor) -> Self {
        Self {
            conn,
            now,
            actor,
            random: StdRng::from_os_rng(),
        }
    }

    /// Today's business day.
    #[must_use]
    pub fn today(&self) -> time::Date {
        super::time::business_day(self.now)
    }

    /// A new UUIDv7 of this instant: ids sort by time, so that they lie together in the indexes.
    pub fn new_id<T: From<Uuid>>(&mut self) -> T {
        let mut random = [0; 10];
        self.random.fill_bytes(&mut random);
        let millis = u64::try_from(self.now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// 64 random bits.
    pub fn random_bits(&mut self) -> u64 {
        self.random.next_u64()
    }
}
