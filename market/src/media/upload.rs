//! A file on its way in.
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::{MAX_BYTES, PhotoRefusal};
use crate::kernel::Fault;

/// What is kept in memory of a file that is still arriving; the rest waits on the disk, so that a hundred
/// phones on a weak network fill no memory.
const IN_MEMORY: usize = 64 * 1024;

/// A file as it arrives, piece by piece: counted, its digest taken, and laid on the disk where it is large.
/// What goes over [`MAX_BYTES`] is counted and thrown away.
pub struct Upload {
    length: usize,
    digest: Sha256,
    place: Place,
    /// Where a large file waits; without one it stays in memory.
    folder: Option<Arc<Path>>,
    is_named_svg: bool,
}

enum Place {
    Memory(Vec<u8>),
    Disk(tokio::fs::File),
}

impl Upload {
    /// Nothing yet; what comes waits in a nameless file of `folder`, which goes when the upload goes.
    pub(super) fn into_folder(folder: Arc<Path>) -> Self {
        Self {
            length: 0,
            digest: Sha256::new(),
            place: Place::Memory(Vec::new()),
            folder: Some(folder),
            is_named_svg: false,
        }
    }

    /// Under this name it was sent. A drawing in SVG is text like any other: only its name tells who meant to send
    /// a picture. Nothing else goes by the name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let extension = Path::new(name).extension();
        self.is_named_svg = extension.is_some_and(|kind| kind.eq_ignore_ascii_case("svg"));
        self
    }

    /// Takes the next piece.
    pub async fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        self.length = self.length.saturating_add(piece.len());
        if self.length > MAX_BYTES {
            self.place = Place::Memory(Vec::new());
            return Ok(());
        }
        self.digest.update(piece);
        match &mut self.place {
            Place::Disk(file) => file.write_all(piece).await?,
            Place::Memory(bytes) => {
                bytes.extend_from_slice(piece);
                if let Some(folder) = &self.folder
                    && bytes.len() > IN_MEMORY
                {
                    let folder = folder.clone();
                    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder))
                        .await
                        .map_err(Fault::new)??;
                    let mut file = tokio::fs::File::from_std(file);
                    file.write_all(bytes).await?;
                    self.place = Place::Disk(file);
                }
            }
        }
        Ok(())
    }

    /// Whether no byte came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether what came so far has this SHA-256, in hexadecimal digits.
    pub(super) fn has_digest(&self, digest: &str) -> bool {
        hexadecimal(self.digest.clone()) == digest
    }

    /// All of it arrived: the file and its digest, or the refusal of one that is empty or too large.
    pub(super) async fn complete(self) -> Result<Result<Whole, PhotoRefusal>, Fault> {
        if self.length == 0 {
            return Ok(Err(PhotoRefusal::Empty));
        }
        if self.length > MAX_BYTES {
            return Ok(Err(PhotoRefusal::TooLarge));
        }
        let digest = hexadecimal(self.digest);
        let file = match self.place {
            Place::Memory(bytes) => Arrived::Memory(bytes.into()),
            Place::Disk(mut file) => {
                file.flush().await?;
                Arrived::Disk(file.into_std().await)
            }
        };
        Ok(Ok(Whole {
            file,
            digest,
            is_named_svg: self.is_named_svg,
        }))
    }
}

impl From<Vec<u8>> for Upload {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            length: bytes.len(),
            digest: Sha256::new_with_prefix(&bytes),
            place: Place::Memory(bytes),
            folder: None,
            is_named_svg: false,
        }
    }
}

fn hexadecimal(digest: Sha256) -> String {
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of which all has come.
pub(super) struct Whole {
    pub file: Arrived,
    /// SHA-256, in hexadecimal digits.
    pub digest: String,
    pub is_named_svg: bool,
}

/// The bytes of a whole file of at most [`MAX_BYTES`].
pub(super) enum Arrived {
    Memory(Bytes),
    Disk(std::fs::File),
}

impl Arrived {
    /// Its bytes; for one on the disk they take memory from here on.
    pub(super) fn bytes(&self) -> Result<Bytes, Fault> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Disk(file) => {
                let mut file = file;
                let length = usize::try_from(file.metadata()?.len()).map_err(Fault::new)?;
                let mut bytes = Vec::with_capacity(length);
                file.rewind()?;
                file.read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn received(pieces: usize) -> Result<Whole, PhotoRefusal> {
        let folder = tempfile::tempdir().unwrap();
        let mut upload = Upload::into_folder(folder.path().into());
        for piece in 0..pieces {
            upload.push(&[piece.to_le_bytes()[0]; 1000]).await.unwrap();
        }
        upload.complete().await.unwrap()
    }

    #[tokio::test]
    async fn a_large_file_waits_on_the_disk_and_is_the_same() {
        for (pieces, is_large) in [(1, false), (60, false), (300, true)] {
            let Whole { file, digest, .. } = received(pieces).await.unwrap();
            assert_eq!(matches!(file, Arrived::Disk(_)), is_large, "{pieces}");
            let bytes = file.bytes().unwrap();
            assert_eq!(bytes.len(), pieces * 1000);
            assert_eq!(bytes, file.bytes().unwrap(), "read twice");
            let at_once = Upload::from(bytes.to_vec()).complete().await.unwrap();
            assert_eq!(at_once.unwrap().digest, digest);
        }
    }

    #[tokio::test]
    async fn nothing_and_too_much_are_refused() {
        let refused = |result: Result<_, _>| result.map(|_: Whole| ()).unwrap_err();
        assert_eq!(refused(received(0).await), PhotoRefusal::Empty);
        let pieces = MAX_BYTES / 1000;
        assert!(received(pieces).await.is_ok());
        assert_eq!(refused(received(pieces + 1).await), PhotoRefusal::TooLarge);
    }
}
