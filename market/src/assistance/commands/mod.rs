//! Asking for, giving and ending consents; standing at a household's desk; beginning a shop for one.
mod acting;
mod consents;
mod households;

pub use acting::{act, stop};
pub use consents::{approve, ask_by_code, end, give_by_code, hand_in_paper, may_ask, refuse};
pub use households::begin_for;
