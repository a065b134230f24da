//! Where the bytes of photographs are: in a folder, or in a bucket of S3 or of what speaks like it.
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use time::OffsetDateTime;

use super::workshop::Workshop;
use super::{PictureFormat, Upload};
use crate::kernel::{Fault, PaperId};

/// Below which papers lie, beside the folders of sizes.
const PAPERS: &str = "papers";

/// The store with the one workshop in which pictures are decoded. Cheap to clone.
#[derive(Clone)]
pub struct MediaStore {
    files: Arc<dyn ObjectStore>,
    /// Of this machine: what is still arriving waits here, wherever it goes then.
    folder: Arc<Path>,
    pub(super) workshop: Workshop,
}

/// A bucket of S3.
#[derive(Clone)]
pub struct Bucket {
    /// What it is called.
    pub name: String,
    /// `https://s3.example`; `None`: Amazon's of the region.
    pub endpoint: Option<String>,
    /// `ap-southeast-1`; others than Amazon take any word.
    pub region: String,
    /// Who we are there.
    pub key_id: String,
    /// What proves it.
    pub secret: String,
    /// The bucket's name stands in the path, as most others than Amazon want it, and not before the host.
    pub has_name_in_path: bool,
}

/// A file of the store.
pub struct File {
    /// All of it: the sizes are small.
    pub bytes: Bytes,
    /// How it is coded.
    pub format: PictureFormat,
}

/// A name in the store.
pub(super) struct Stored {
    pub key: String,
    /// When it was last written.
    pub at: OffsetDateTime,
}

impl MediaStore {
    /// The store in a folder, made where it is missing.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(Fault::new)?;
        Ok(Self::of(Arc::new(files), folder))
    }

    /// The store in a bucket that is there. What is still arriving waits in `folder`, made where it is missing.
    pub fn in_bucket(bucket: &Bucket, folder: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)?;
        let mut files = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.key_id)
            .with_secret_access_key(&bucket.secret)
            .with_virtual_hosted_style_request(!bucket.has_name_in_path);
        if let Some(endpoint) = &bucket.endpoint {
            files = files
                .with_endpoint(endpoint)
                .with_allow_http(endpoint.starts_with("http://"));
        }
        let files = files.build().map_err(Fault::new)?;
        Ok(Self::of(Arc::new(files), folder))
    }

    fn of(files: Arc<dyn ObjectStore>, folder: &Path) -> Self {
        Self {
            files,
            folder: folder.into(),
            workshop: Workshop::new(),
        }
    }

    /// Whether the store answers; the reason where not.
    pub async fn health(&self) -> Result<(), String> {
        let mut nothing = self.files.list(Some(&Key::from("health")));
        let answer = nothing.try_next().await;
        answer.map(drop).map_err(|error| error.to_string())
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
        let bytes = self.read(key).await?;
        Ok(bytes.map(|bytes| File { bytes, format }))
    }

    /// The bytes under a name, whatever they are.
    pub(super) async fn read(&self, key: &str) -> Result<Option<Bytes>, Fault> {
        match self.files.get(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(Fault::new)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Fault::new(error)),
        }
    }

    /// Writes a file. One that is there has the same bytes: its name is its content, or nobody else's.
    pub(super) async fn put(&self, key: &str, bytes: Bytes) -> Result<(), Fault> {
        let put = self.files.put(&Key::from(key), bytes.into()).await;
        put.map(drop).map_err(Fault::new)
    }

    /// Removes a file, or finds that it is gone.
    pub(super) async fn remove(&self, key: &str) -> Result<(), Fault> {
        match self.files.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Fault::new(error)),
        }
    }

    /// What lies in one of [`shelves`] under names of ours.
    pub(super) async fn on_shelf(&self, shelf: &str) -> Result<Vec<Stored>, Fault> {
        let all = self.files.list(Some(&Key::from(shelf)));
        let found: Vec<_> = all.try_collect().await.map_err(Fault::new)?;
        let stored = found.into_iter().filter_map(|file| {
            let key = file.location.to_string();
            let seconds = file.last_modified.timestamp();
            let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            (format_of(&key).is_some() || paper_of(&key).is_some()).then_some(Stored { key, at })
        });
        Ok(stored.collect())
    }
}

/// The folders in which all files lie: few files each, however many there are.
pub(super) fn shelves() -> impl Iterator<Item = String> {
    (0..=u8::MAX)
        .map(|byte| format!("{byte:02x}"))
        .chain([PAPERS.to_owned()])
}

/// Where a paper lies: a name that `/media` does not give out.
pub(super) fn place_of(paper: PaperId) -> String {
    format!("{PAPERS}/{paper}")
}

/// The paper that lies there; `None` for other names.
fn paper_of(key: &str) -> Option<PaperId> {
    let paper = key.strip_prefix(PAPERS)?.strip_prefix('/')?.parse().ok()?;
    (place_of(paper) == key).then_some(paper)
}

/// The format of a name as [`super::named`] makes them; `None` for every other name, such as `../x`.
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
            "papers/0190b1a2-0000-7000-8000-000000000001",
            &format!("ab/{name}.svg"),
            &format!("ab/{name}.webp/x"),
        ] {
            assert_eq!(format_of(key), None, "{key}");
        }
        assert!(paper_of("papers/0190b1a2-0000-7000-8000-000000000001").is_some());
        for key in [
            "papers/x",
            "papers/0190b1a200007000800000000000000001",
            "ab/0190b1a2-0000-7000-8000-000000000001",
        ] {
            assert_eq!(paper_of(key), None, "{key}");
        }
    }
}
