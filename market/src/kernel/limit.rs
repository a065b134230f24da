//! How often something may be done: by guessing, by flooding, by mistake. What was used comes back evenly.
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use time::Duration;

use super::error::{Refusal, RefusalKind};

/// So many times within so long, all at once or spread; as settings write it: `600/10m`, `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// As often as one likes.
    Unlimited,
    /// `times` at once; each comes back after its share of `within`.
    Times {
        /// At most.
        times: u32,
        /// Until all have come back.
        within: Duration,
    },
}

/// The text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate looks like 600/10m, with s, m or h, or is off")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        if text == "off" {
            return Ok(Self::Unlimited);
        }
        let (times, within) = text.split_once('/').ok_or(NotARate)?;
        let unit = within.chars().next_back().ok_or(NotARate)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            _ => return Err(NotARate),
        };
        let number = |text: &str| text.parse::<u32>().map_err(|_| NotARate);
        let times = number(times)?;
        let seconds = i64::from(number(&within[..within.len() - 1])?) * seconds;
        if !(1..=1_000_000).contains(&times) || !(1..=86_400).contains(&seconds) {
            return Err(NotARate);
        }
        Ok(Self::Times {
            times,
            within: Duration::seconds(seconds),
        })
    }
}

/// Where a request comes from: an address of version 4, or the network of one of version 6, in which a
/// single household has more addresses than anybody can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(IpAddr);

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl Default for Origin {
    /// Nobody knows from where.
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// It was done too often; it can be done again after a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often, wait {seconds} seconds")]
pub struct TooOften {
    /// Until the next try counts.
    pub seconds: i64,
}

impl Refusal for TooOften {
    fn code(&self) -> &'static str {
        "limit.too_often"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::TooMany
    }

    fn retry_after(&self) -> Option<i64> {
        Some(self.seconds)
    }
}

#[cfg(feature = "server")]
pub use with_storage::{Bucket, Limit, sweep};

#[cfg(feature = "server")]
mod with_storage {
    use std::fmt;

    use time::Duration;

    use super::{Rate, TooOften};
    use crate::kernel::error::{Failure, Fault};
    use crate::kernel::{Actor, Store, Work};

    /// What may be done only so often by the same one.
    #[derive(Clone, Copy, Debug)]
    pub struct Limit {
        what: &'static str,
        rate: Rate,
    }

    impl Limit {
        /// `what` names it in the database and nowhere else.
        #[must_use]
        pub const fn new(what: &'static str, rate: Rate) -> Self {
            Self { what, rate }
        }

        /// The tries of an actor: a person's own, a guest's by address.
        #[must_use]
        pub fn of_actor(&self, actor: &Actor) -> Bucket {
            match actor.person {
                Some(person) => self.of(person),
                None => self.of(&actor.address),
            }
        }

        /// The tries that `who` has.
        #[must_use]
        pub fn of(&self, who: impl fmt::Display) -> Bucket {
            Bucket {
                what: self.what,
                who: who.to_string(),
                rate: self.rate,
            }
        }
    }

    /// The tries that somebody has at something: one row for all servers.
    #[derive(Clone, Debug)]
    pub struct Bucket {
        what: &'static str,
        who: String,
        rate: Rate,
    }

    impl Bucket {
        /// Uses one try, before what it is for is begun: so that many at the same moment are counted too. Not
        /// inside a transaction, which would make all others wait for its end.
        pub async fn take(&self, store: &Store) -> Result<(), Failure<TooOften>> {
            let Rate::Times { times, within } = self.rate else {
                return Ok(());
            };
            let (now, step) = (store.now(), step(times, within));
            let latest = now + within - step;
            let row = sqlx::query!(
                r#"with taken as (
                       insert into limits as bucket (what, who, spent_until)
                       values ($1, $2, $3::timestamptz + $4::bigint * interval '1 microsecond')
                       on conflict (what, who) do update
                       set spent_until = greatest(bucket.spent_until, $3) + $4 * interval '1 microsecond'
                       where bucket.spent_until <= $5
                       returning true
                   )
                   select
                       exists (select from taken) as "is_taken!",
                       (select spent_until from limits where what = $1 and who = $2) as spent_until"#,
                self.what,
                self.who,
                now,
                i64::try_from(step.whole_microseconds()).unwrap_or(i64::MAX),
                latest,
            )
            .fetch_one(store.writer())
            .await?;
            if row.is_taken {
                return Ok(());
            }
            // A row that another made a moment ago is full but not seen yet.
            let wait = row.spent_until.map_or(step, |until| until - latest);
            let seconds = (wait + Duration::SECOND - Duration::NANOSECOND).whole_seconds();
            Err(TooOften {
                seconds: seconds.max(1),
            }
            .into())
        }

        /// Gives a try back that came out well, where only failures count.
        pub async fn give_back(&self, store: &Store) -> Result<(), Fault> {
            let Rate::Times { times, within } = self.rate else {
                return Ok(());
            };
            sqlx::query!(
                "update limits set spent_until = spent_until - $3::bigint * interval '1 microsecond' where what = $1 and who = $2",
                self.what,
                self.who,
                i64::try_from(step(times, within).whole_microseconds()).unwrap_or(i64::MAX),
            )
            .execute(store.writer())
            .await?;
            Ok(())
        }
    }

    /// After so long one try comes back; never a fraction too long for all of them.
    fn step(times: u32, within: Duration) -> Duration {
        let micros = within.whole_microseconds() / i128::from(times);
        Duration::microseconds(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// Removes the rows of those who have all their tries again.
    pub async fn sweep(work: &mut Work<'_>) -> Result<(), Fault> {
        sqlx::query!("delete from limits where spent_until < $1", work.now)
            .execute(&mut *work.conn)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_settings_write_it() {
        assert_eq!("off".parse(), Ok(Rate::Unlimited));
        for (text, within) in [
            ("600/90s", Duration::seconds(90)),
            ("600/10m", Duration::minutes(10)),
            ("600/24h", Duration::hours(24)),
        ] {
            assert_eq!(text.parse(), Ok(Rate::Times { times: 600, within }));
        }
        for text in [
            "", "/", "600", "600/", "600/m", "0/1m", "-1/1m", "600/0s", "600/25h", "600/1d",
            "600/1 m", "600/9ß", "nhiều",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text}");
        }
    }

    #[test]
    fn a_household_of_version_6_is_one_origin() {
        let origin = |text: &str| Origin::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(origin("203.0.113.7").to_string(), "203.0.113.7");
        assert_eq!(origin("::ffff:203.0.113.7"), origin("203.0.113.7"));
        assert_eq!(origin("2001:db8:1:2:3::4"), origin("2001:db8:1:2:ffff::1"));
        assert_ne!(origin("2001:db8:1:2::1"), origin("2001:db8:1:3::1"));
    }
}
