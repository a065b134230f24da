//! Files with content hashes in their names and compressed copies beside them.
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// The first ten digits of the content's SHA-256: enough to tell versions apart.
pub fn hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content))[..10].to_owned()
}

/// One fingerprint for all files below some paths, by name and content.
pub fn fingerprint(paths: &[PathBuf], extra: &str) -> Result<String, String> {
    let mut digest = Sha256::new();
    digest.update(extra);
    for path in paths {
        for file in below(path)? {
            digest.update(file.to_string_lossy().as_bytes());
            digest.update([0]);
            digest.update(Sha256::digest(read(&file)?));
        }
    }
    Ok(hex(&digest.finalize()))
}

/// All files below a folder in a steady order, or the file itself; nothing where there is nothing.
pub fn below(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .filter(|entry| entry.as_ref().map_or(true, |it| it.file_type().is_file()))
        .map(|entry| {
            entry
                .map(walkdir::DirEntry::into_path)
                .map_err(|error| error.to_string())
        })
        .collect()
}

/// Whether compressing a file of that name pays off: pictures and fonts are compressed already.
pub fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    matches!(
        extension,
        Some("css" | "js" | "wasm" | "svg" | "html" | "txt" | "json" | "webmanifest" | "xml")
    )
}

/// The content in brotli.
pub fn brotli(content: &[u8], quality: u32) -> Result<Vec<u8>, String> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, quality, 22);
    compressor
        .write_all(content)
        .map_err(|error| error.to_string())?;
    Ok(compressor.into_inner())
}

pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} can't be read: {error}", path.display()))
}

pub fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, content)
        .map_err(|error| format!("{} can't be written: {error}", path.display()))
}

/// The path with a further ending: `app.js` and `br` make `app.js.br`.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_the_content() {
        assert_eq!(hash(b"a"), hash(b"a"));
        assert_ne!(hash(b"a"), hash(b"b"));
        assert_eq!(hash(b"").len(), 10);
    }

    #[test]
    fn pictures_and_fonts_get_no_compressed_copy() {
        assert!(is_text(Path::new("a/icons.svg")));
        assert!(!is_text(Path::new("a/photo.webp")));
        assert!(!is_text(Path::new("fonts/x.woff2")));
    }

    #[test]
    fn endings_are_added() {
        assert_eq!(
            with_ending(Path::new("x/app.js"), "br"),
            Path::new("x/app.js.br")
        );
    }
}
