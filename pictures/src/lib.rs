//! Strangers' pictures: judged by their bytes, decoded in memory that was counted before, made into the sizes of pages.
//!
//! A crate of its own because the coders are generic: what is compiled of them stands here, and here alone must be
//! optimised also while one works. Nothing of the market is known.
mod decode;
mod encode;
mod pixels;

pub use decode::{
    Decoded, Head, MAX_PIXELS, MAX_SIDE, MEMORY, MIN_SIDE, begins_well, decode, inspect,
};
pub use encode::{Size, Sizes};

/// Why a file is not taken as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing that is a picture.
    #[error("not a picture")]
    NotAnImage,
    /// A picture of a kind that is not taken.
    #[error("a kind that is not taken")]
    TypeNotAllowed,
    /// As iPhones keep them.
    #[error("HEIC")]
    Heic,
    /// More than [`MAX_PIXELS`], longer than [`MAX_SIDE`], or more than [`MEMORY`] to decode.
    #[error("too many pixels")]
    TooManyPixels,
    /// A side shorter than [`MIN_SIDE`].
    #[error("too small")]
    TooSmall,
    /// A part of it is missing or damaged.
    #[error("damaged")]
    Truncated,
    /// It moves.
    #[error("animated")]
    Animated,
}

/// A picture that was decoded could not be coded: a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CodingFault(String);

impl CodingFault {
    fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}
