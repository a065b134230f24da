//! What all pages share: the shell, forms, small parts.
pub mod form;
pub mod lang;
pub mod parts;
pub(crate) mod pdf;
pub mod qr;
pub mod shell;

pub use lang::Lang;
pub use shell::{Area, Head};
