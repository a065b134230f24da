//! What a photograph is to pages, and why one is refused.
use serde::{Deserialize, Serialize};

use crate::kernel::{PhotoId, Refusal, RefusalKind};

/// The largest file that is taken, bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The largest piece of a file that arrives in pieces, bytes.
pub const PIECE_BYTES: usize = 256 * 1024;
/// Files of one shop that may be unfinished at the same time.
pub const UPLOADS: i64 = 16;
/// Their bytes, all of them together.
pub const UPLOADS_BYTES: i64 = 8 * MAX_BYTES as i64;

/// A photograph with its sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Identifier.
    pub id: PhotoId,
    /// Upright, pixels, as it came.
    pub width: i32,
    /// Upright, pixels, as it came.
    pub height: i32,
    /// A blurred picture of a few hundred bytes as a data URI.
    pub preview: String,
    /// By width, each in both formats.
    pub variants: Vec<PictureVariant>,
}

/// One size in one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureVariant {
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// How it is coded.
    pub format: PictureFormat,
    /// The name below `/media/`.
    pub key: String,
}

/// How a picture is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Small; what browsers get first.
    Webp,
    /// For browsers that can't.
    Jpeg,
}

impl PictureFormat {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Jpeg => "jpeg",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Webp, Self::Jpeg]
            .into_iter()
            .find(|format| format.as_str() == text)
    }

    /// The ending of file names.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Jpeg => "jpg",
        }
    }
}

impl Picture {
    /// The size nearest to `width` in a format.
    #[must_use]
    pub fn nearest(&self, width: i32, format: PictureFormat) -> Option<&PictureVariant> {
        self.variants
            .iter()
            .filter(|variant| variant.format == format)
            .min_by_key(|variant| variant.width.abs_diff(width))
    }
}

/// What a photographed paper shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// An identity card.
    Identity,
    /// The registration of a business, a cooperative, a facility.
    Registration,
    /// An OCOP certificate.
    Certificate,
    /// A household's signed consent to a helper.
    Consent,
    /// The document of an authority's request: of no shop.
    Request,
    /// What buyer or seller photographed about an order.
    Order,
}

impl PaperKind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Registration => "registration",
            Self::Certificate => "certificate",
            Self::Consent => "consent",
            Self::Request => "request",
            Self::Order => "order",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Identity,
            Self::Registration,
            Self::Certificate,
            Self::Consent,
            Self::Request,
            Self::Order,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}

/// What a phone says of a file before it sends it in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadAs {
    digest: String,
    length: usize,
}

impl UploadAs {
    /// From the file's SHA-256 in hexadecimal digits and its length in bytes.
    ///
    /// # Errors
    /// It is empty, too large, or the digest is none.
    pub fn parse(digest: &str, length: &str) -> Result<Self, PhotoRefusal> {
        let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if digest.len() != 64 || !digest.bytes().all(is_digit) {
            return Err(PhotoRefusal::NotBegun);
        }
        match length.parse() {
            Ok(0) => Err(PhotoRefusal::Empty),
            Ok(length @ 1..=MAX_BYTES) => Ok(Self {
                digest: digest.to_owned(),
                length,
            }),
            Ok(_) => Err(PhotoRefusal::TooLarge),
            Err(_) => Err(PhotoRefusal::NotBegun),
        }
    }

    /// SHA-256, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }
}

/// Why a file is not taken as a photograph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefusal {
    /// No bytes.
    #[error("empty")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("too large")]
    TooLarge,
    /// The bytes are no picture.
    #[error("not a picture")]
    NotAnImage,
    /// A picture, but none of JPEG, PNG, WebP.
    #[error("a kind of picture that is not taken")]
    TypeNotAllowed,
    /// An iPhone's own format; the phone can be told to write JPEG.
    #[error("HEIC")]
    Heic,
    /// More pixels, or a longer side, than are taken, by its header.
    #[error("too many pixels")]
    TooManyPixels,
    /// Too small to show anything.
    #[error("too small")]
    TooSmall,
    /// The file ends early or can't be decoded.
    #[error("truncated or damaged")]
    Truncated,
    /// It moves.
    #[error("animated")]
    Animated,
    /// Only for the actor's own shop.
    #[error("not a seller")]
    NotASeller,
    /// A piece of a file that was not begun, or given up since.
    #[error("not begun")]
    NotBegun,
}

#[cfg(feature = "server")]
impl From<pictures::Unfit> for PhotoRefusal {
    fn from(unfit: pictures::Unfit) -> Self {
        use pictures::Unfit;
        match unfit {
            Unfit::NotAnImage => Self::NotAnImage,
            Unfit::TypeNotAllowed => Self::TypeNotAllowed,
            Unfit::Heic => Self::Heic,
            Unfit::TooManyPixels => Self::TooManyPixels,
            Unfit::TooSmall => Self::TooSmall,
            Unfit::Truncated => Self::Truncated,
            Unfit::Animated => Self::Animated,
        }
    }
}

impl PhotoRefusal {
    /// Every one of them, so that a test finds a message for each.
    pub const ALL: [Self; 11] = [
        Self::Empty,
        Self::TooLarge,
        Self::NotAnImage,
        Self::TypeNotAllowed,
        Self::Heic,
        Self::TooManyPixels,
        Self::TooSmall,
        Self::Truncated,
        Self::Animated,
        Self::NotASeller,
        Self::NotBegun,
    ];
}

impl Refusal for PhotoRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "media.empty",
            Self::TooLarge => "media.too_large",
            Self::NotAnImage => "media.not_an_image",
            Self::TypeNotAllowed => "media.type_not_allowed",
            Self::Heic => "media.heic",
            Self::TooManyPixels => "media.too_many_pixels",
            Self::TooSmall => "media.too_small",
            Self::Truncated => "media.truncated",
            Self::Animated => "media.animated",
            Self::NotASeller => "media.not_a_seller",
            Self::NotBegun => "media.not_begun",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooLarge => RefusalKind::TooLarge,
            Self::NotASeller => RefusalKind::Forbidden,
            Self::NotBegun => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }
}

/// Why a paper is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperRefusal {
    /// The address was made for somebody else, or too long ago, or by nobody.
    #[error("the address holds no longer")]
    AddressOver,
    /// There is no such paper, or the actor may not see it.
    #[error("no such paper")]
    NotFound,
}

impl PaperRefusal {
    /// The codes, so that a test finds a message for each.
    pub const CODES: [&'static str; 2] = ["paper.address_over", "paper.not_found"];
}

impl Refusal for PaperRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AddressOver => "paper.address_over",
            Self::NotFound => "paper.not_found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::AddressOver => RefusalKind::Forbidden,
            Self::NotFound => RefusalKind::NotFound,
        }
    }
}
