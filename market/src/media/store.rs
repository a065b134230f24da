//! Where the bytes of photographs are: a folder by default; whatever else `object_store` speaks later.
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use super::workshop::Workshop;
use super::{PictureFormat, Upload};
use crate::kernel::Fault;

/// The store with the one workshop in which pictures are decoded. Cheap to clone.
#[derive(Clone)]
pub struct MediaStore {
    pub(super) files: Arc<dyn ObjectStore>,
    folder: Arc<Path>,
    pub(super) workshop: Workshop,
}

/// A file of the store.
pub struct File {
    /// All of it: the sizes are small.
    pub bytes: Bytes,
    /// How it is coded.
    pub format: PictureFormat,
}

impl MediaStore {
    /// The store in a folder, made where it is missing.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(Fault::new)?;
        Ok(Self {
            files: Arc::new(files),
            folder: folder.into(),
            workshop: Workshop::new(),
        })
    }

    /// A file that begins to arrive.
    #[must_use]
    pub fn upload(&self) -> Upload {
        Upload::into_folder(self.folder.clone())
    }

    /// The file of that name; `None` where there is none or the name is no name of ours.
    pub async fn get(&self, key: &str) -> Result<Option<File>, Fault> {
        let Some(format) = format_of(key) else {
            return Ok(None);
        };
        match self.files.get(&Key::from(key)).await {
            Ok(found) => Ok(Some(File {
                bytes: found.bytes().await.map_err(Fault::new)?,
                format,
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Fault::new(error)),
        }
    }

    /// Writes a file unless it is there: its name is its content.
    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        let key = Key::from(key);
        if self.files.head(&key).await.is_ok() {
            return Ok(());
        }
        self.files
            .put(&key, bytes.into())
            .await
            .map_err(Fault::new)?;
        Ok(())
    }
}

/// The format of a name as [`super::encode`] makes them; `None` for every other name, such as `../x`.
fn format_of(key: &str) -> Option<PictureFormat> {
    let (folder, file) = key.split_once('/')?;
    let (name, extension) = file.split_once('.')?;
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if folder.len() != 2 || name.len() != 38 || !is_hex(folder) || !is_hex(name) {
        return None;
    }
    [PictureFormat::Webp, PictureFormat::Jpeg]
        .into_iter()
        .find(|format| format.extension() == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_looked_for() {
        let name = "0123456789abcdef0123456789abcdef012345";
        assert_eq!(
            format_of(&format!("ab/{name}.webp")),
            Some(PictureFormat::Webp)
        );
        for key in [
            "../../etc/passwd",
            "ab/cd.webp",
            "ab/../x.jpg",
            &format!("ab/{name}.svg"),
            &format!("ab/{name}.webp/x"),
        ] {
            assert_eq!(format_of(key), None, "{key}");
        }
    }
}
