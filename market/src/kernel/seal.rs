//! What a copy of the database or of the files must not give away: sealed with the installation's key, which
//! lies in neither.
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{constant_time, hmac, rand};

use super::error::Fault;

/// The installation's key, 256 bits. Cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<[u8; 32]>);

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has 64 hexadecimal digits")]
pub struct NotAKey;

impl Key {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// `NotAKey` for anything else.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return Err(NotAKey);
        }
        let mut key = [0; 32];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| NotAKey)?;
        }
        Ok(Self(Arc::new(key)))
    }

    /// A new key, and how it is written.
    pub fn random() -> Result<(Self, String), Fault> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| Fault::new("the machine gives no random bytes"))?;
        let text = key.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((Self(Arc::new(key)), text))
    }

    /// Seals `bytes` (AES-256-GCM, a nonce of its own in front). They open only with the same `purpose`, which
    /// names table, column and row, so that a sealed value can't be put in another's place.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut sealed = bytes.to_vec();
        let nonce = self
            .cipher()?
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut sealed)
            .map_err(|_| Fault::new("sealing failed"))?;
        sealed.splice(0..0, nonce.as_ref().iter().copied());
        Ok(sealed)
    }

    /// Opens what [`Self::seal`] sealed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let damaged = || Fault::new(format!("what was sealed as {purpose} can't be opened"));
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut opened = sealed.to_vec();
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut opened)
            .map_err(|_| damaged())?
            .len();
        opened.truncate(length);
        Ok(opened)
    }

    /// A keyed hash, for what is compared and never read: without the key nobody can try values out.
    #[must_use]
    pub fn digest(&self, purpose: &str, bytes: &[u8]) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0[..]);
        let mut context = hmac::Context::with_key(&key);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(bytes);
        context.sign().as_ref().to_vec()
    }

    /// Whether `digest` is that of [`Self::digest`]; how long the answer takes tells nothing of it.
    #[must_use]
    pub fn is_digest(&self, purpose: &str, bytes: &[u8], digest: &[u8]) -> bool {
        let right = self.digest(purpose, bytes);
        constant_time::verify_slices_are_equal(&right, digest).is_ok()
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, Fault> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0[..])
            .map_err(|_| Fault::new("the key does not fit the cipher"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_its_key_and_purpose() {
        let (key, text) = Key::random().expect("random bytes");
        let sealed = key.seal("papers.bytes 1", b"012345678901").expect("sealed");
        assert!(!sealed.windows(6).any(|window| window == b"012345"));
        assert_ne!(
            sealed,
            key.seal("papers.bytes 1", b"012345678901").expect("sealed")
        );
        let same = Key::parse(&text).expect("a key");
        assert_eq!(
            same.open("papers.bytes 1", &sealed).expect("opened"),
            b"012345678901"
        );
        assert!(same.open("papers.bytes 2", &sealed).is_err());
        let (other, _) = Key::random().expect("random bytes");
        assert!(other.open("papers.bytes 1", &sealed).is_err());
        assert!(same.open("papers.bytes 1", &sealed[..20]).is_err());
        assert!(same.open("papers.bytes 1", &[]).is_err());
        assert_eq!(key.digest("a", b"b"), same.digest("a", b"b"));
        assert_ne!(key.digest("a", b"b"), key.digest("a", b"c"));
        assert!(key.is_digest("a", b"b", &same.digest("a", b"b")));
        assert!(!key.is_digest("a", b"c", &key.digest("a", b"b")));
        assert!(!key.is_digest("a", b"b", &[]));
    }

    #[test]
    fn reads_only_keys() {
        assert!(Key::parse("12").is_err());
        assert!(Key::parse(&"g".repeat(64)).is_err());
        assert!(Key::parse(&"ư".repeat(32)).is_err());
    }
}
