//! The domain of Cây Bẹo: types and rules that browser and server share; with the feature `server` also
//! storage and use cases. Neither a web framework nor a page is known here.
//!
//! Slices stand in an order and use only those before them; a small test reads the `use` lines.
//!
//! Order: kernel | places, accounts | sellers, media | certificates | catalog | imports | trace, search, shipping, promotions | cart | orders | payments | claims | parcels | ledger | reviews, feedback, channels | reports | authorities, assistance, diary | webhooks | notify
pub mod accounts;
pub mod assistance;
pub mod authorities;
pub mod cart;
pub mod catalog;
pub mod certificates;
pub mod claims;
pub mod diary;
pub mod imports;
pub mod kernel;
pub mod media;
pub mod orders;
pub mod parcels;
pub mod payments;
pub mod places;
pub mod reports;
pub mod search;
pub mod sellers;
pub mod shipping;
pub mod trace;
#[cfg(feature = "server")]
pub mod webhooks;
