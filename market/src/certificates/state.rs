//! The states of a certificate and the one table of steps between them. That a period is over is told by its
//! dates, never stored.
use serde::{Deserialize, Serialize};

/// Where a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// Entered by its seller; an officer has not looked yet.
    Entered,
    /// An officer has said what is wrong; its seller can mend it.
    Returned,
    /// Held against the decision: its stars show while its period runs.
    Verified,
    /// Taken back; its stars are gone for good.
    Revoked,
}

/// What can be done with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateStep {
    /// Its seller mends what was typed.
    Correct,
    /// It agrees with the decision.
    Verify,
    /// It does not; the seller is told what is wrong.
    Return,
    /// It is taken back.
    Revoke,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hand {
    /// Who holds the certificate, or whoever lists goods for them.
    Seller,
    /// Who holds certificates against the decisions.
    Officer,
}

/// The step is not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct NotAllowed;

impl CertificateState {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 4] = [Self::Entered, Self::Returned, Self::Verified, Self::Revoked];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Returned => "returned",
            Self::Verified => "verified",
            Self::Revoked => "revoked",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl CertificateStep {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Correct, Self::Verify, Self::Return, Self::Revoke];
}

/// Where a step leads: the one table.
///
/// # Errors
/// `NotAllowed` where the step is not in it.
pub const fn transition(
    from: CertificateState,
    step: CertificateStep,
    hand: Hand,
) -> Result<CertificateState, NotAllowed> {
    use CertificateState::{Entered, Returned, Revoked, Verified};
    match (from, step, hand) {
        (Entered | Returned, CertificateStep::Correct, Hand::Seller) => Ok(Entered),
        (Entered, CertificateStep::Verify, Hand::Officer) => Ok(Verified),
        (Entered, CertificateStep::Return, Hand::Officer) => Ok(Returned),
        (Verified, CertificateStep::Revoke, Hand::Officer) => Ok(Revoked),
        _ => Err(NotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_it_says() {
        let mut allowed = Vec::new();
        for from in CertificateState::ALL {
            for step in CertificateStep::ALL {
                for hand in [Hand::Seller, Hand::Officer] {
                    if let Ok(to) = transition(from, step, hand) {
                        allowed.push(format!(
                            "{}: {step:?} by {hand:?} → {}",
                            from.as_str(),
                            to.as_str()
                        ));
                    }
                }
            }
        }
        assert_eq!(
            allowed,
            [
                "entered: Correct by Seller → entered",
                "entered: Verify by Officer → verified",
                "entered: Return by Officer → returned",
                "returned: Correct by Seller → entered",
                "verified: Revoke by Officer → revoked",
            ]
        );
    }

    #[test]
    fn nobody_verifies_their_own_and_nothing_follows_a_revocation() {
        for state in CertificateState::ALL {
            assert!(transition(state, CertificateStep::Verify, Hand::Seller).is_err());
            assert!(CertificateState::parse(state.as_str()) == Some(state));
        }
        for step in CertificateStep::ALL {
            for hand in [Hand::Seller, Hand::Officer] {
                assert!(transition(CertificateState::Revoked, step, hand).is_err());
            }
        }
    }
}
