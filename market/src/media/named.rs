//! The names under which files of pictures are stored.
use bytes::Bytes;
use pictures::Size;
use sha2::{Digest, Sha256};

use super::PictureFormat;

/// One size in one format, still in memory.
pub(super) struct Encoded {
    pub width: u32,
    pub height: u32,
    pub format: PictureFormat,
    /// Made from the content: the same bytes have the same name, other bytes another.
    pub key: String,
    pub bytes: Bytes,
}

impl Encoded {
    /// All sizes in both formats, by width.
    pub(super) fn all(sizes: Vec<Size>) -> Vec<Self> {
        let mut all = Vec::new();
        for size in sizes {
            for (format, bytes) in [
                (PictureFormat::Webp, size.webp),
                (PictureFormat::Jpeg, size.jpeg),
            ] {
                all.push(Self {
                    width: size.width,
                    height: size.height,
                    format,
                    key: named(&bytes, format),
                    bytes: bytes.into(),
                });
            }
        }
        all
    }

    /// Takes another name, made from the one before: for a file whose name was swept. The same picture comes to
    /// the same one again.
    pub(super) fn rename(&mut self) {
        self.key = named(&self.key, self.format);
    }
}

/// A name made from the content of a file, or from a name.
fn named(content: impl AsRef<[u8]>, format: PictureFormat) -> String {
    let digest: String = Sha256::digest(content)
        .iter()
        .take(20)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}/{}.{}", &digest[..2], &digest[2..], format.extension())
}
