//! A bundle on its way: a ZIP that lies on the disk while it is made, with the sum of each file in it.
use std::fs::File;
use std::io::{Read, Seek, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::kernel::Fault;
use crate::kernel::time::ICT;

/// What a bundle says of a file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Packed {
    /// Its name in the bundle.
    name: String,
    /// Bytes.
    size: u64,
    /// SHA-256, hexadecimal.
    sha256: String,
}

/// A bundle being packed. The file has no name and goes with its last handle.
pub(super) struct Bundle {
    /// Large, and handed on with every file.
    zip: Box<ZipWriter<File>>,
    options: SimpleFileOptions,
    packed: Vec<Packed>,
    digest: Sha256,
}

impl Bundle {
    /// An empty one, whose files are as of `now`.
    pub(super) fn new(now: OffsetDateTime) -> Result<Self, Fault> {
        let local = now.to_offset(ICT);
        let modified = DateTime::from_date_and_time(
            u16::try_from(local.year()).map_err(Fault::new)?,
            local.month().into(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second(),
        )
        .map_err(Fault::new)?;
        Ok(Self {
            zip: Box::new(ZipWriter::new(tempfile::tempfile()?)),
            options: SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(modified),
            packed: Vec::new(),
            digest: Sha256::new(),
        })
    }

    /// Begins a file.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), Fault> {
        self.zip
            .start_file(name, self.options)
            .map_err(Fault::new)?;
        self.digest = Sha256::new();
        self.packed.push(Packed {
            name: name.to_owned(),
            size: 0,
            sha256: hex(Sha256::new()),
        });
        Ok(())
    }

    /// Writes the next piece of the file that was begun last; off the threads that answer requests, since packing
    /// takes time.
    pub(super) async fn write(mut self, piece: Vec<u8>) -> Result<Self, Fault> {
        let written = tokio::task::spawn_blocking(move || {
            self.zip.write_all(&piece)?;
            self.digest.update(&piece);
            if let Some(file) = self.packed.last_mut() {
                file.size += u64::try_from(piece.len()).unwrap_or(0);
                file.sha256 = hex(self.digest.clone());
            }
            Ok::<_, Fault>(self)
        });
        written.await.map_err(Fault::new)?
    }

    /// A whole file.
    pub(super) async fn add(mut self, name: &str, bytes: Vec<u8>) -> Result<Self, Fault> {
        self.begin(name)?;
        self.write(bytes).await
    }

    /// What is in it by now.
    pub(super) fn packed(&self) -> &[Packed] {
        &self.packed
    }

    /// Closes it: the file from its beginning, its size in bytes and its SHA-256.
    pub(super) async fn close(self) -> Result<(File, u64, String), Fault> {
        let closed = tokio::task::spawn_blocking(move || {
            let mut file = self.zip.finish().map_err(Fault::new)?;
            file.rewind()?;
            let (mut digest, mut size) = (Sha256::new(), 0);
            let mut piece = vec![0; 64 * 1024];
            loop {
                let length = file.read(&mut piece)?;
                if length == 0 {
                    break;
                }
                digest.update(&piece[..length]);
                size += u64::try_from(length).unwrap_or(0);
            }
            file.rewind()?;
            Ok::<_, Fault>((file, size, hex(digest)))
        });
        closed.await.map_err(Fault::new)?
    }
}

fn hex(digest: Sha256) -> String {
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
