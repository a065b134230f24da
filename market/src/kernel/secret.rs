//! Random tokens: given out once, kept as a hash.
use rand::RngCore;
use sha2::{Digest, Sha256};

/// A token of 160 random bits in lower-case base 32, as cookies, addresses and API callers carry it.
#[must_use]
pub fn new_token() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// What is stored of a token. Tokens are random and long, so a plain hash is enough.
#[must_use]
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A random key for what must be done once, such as the order of a form that was shown.
#[must_use]
pub fn new_key() -> uuid::Uuid {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
