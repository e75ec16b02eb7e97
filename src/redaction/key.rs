//! The key of the pseudonyms: HMAC-SHA-256.

use ring::hmac;

/// The shortest key that is accepted, in characters. Whoever guesses the key can try out ids until one fits.
pub const SHORTEST_KEY: usize = 16;

/// What pseudonyms are made with. It does not print itself.
pub struct Key(hmac::Key);

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the key has {0} characters, and whoever guesses it finds the originals: take {SHORTEST_KEY} or more, as `openssl rand -hex 16` makes"
)]
pub struct ShortKeyError(usize);

impl Key {
    /// The key that `text` is.
    ///
    /// # Errors
    ///
    /// It is too short.
    pub fn of(text: &str) -> Result<Key, ShortKeyError> {
        match text.chars().count() {
            short if short < SHORTEST_KEY => Err(ShortKeyError(short)),
            _ => Ok(Key::of_bytes(text.as_bytes())),
        }
    }

    /// The key of bytes that cannot be guessed.
    pub fn of_bytes(bytes: &[u8]) -> Key {
        Key(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// What it makes of an original of a sort. Of an original that has to have another, a later `attempt`.
    pub(super) fn digest(&self, sort: &str, original: &str, attempt: u64) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        // With their lengths, so that no two different triples are the same bytes.
        for part in [sort, original] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.update(&attempt.to_be_bytes());
        let tag = context.sign();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, own)| *byte = *own);
        Digest(u128::from_be_bytes(bytes))
    }
}

/// 128 bits that the key makes of an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(pub(super) u128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        let error = Key::of("2026-11").err().unwrap();
        assert_eq!(
            error.to_string(),
            "the key has 7 characters, and whoever guesses it finds the originals: take 16 or more, as `openssl rand -hex 16` makes"
        );
        assert!(Key::of("sixteen letters!").is_ok());
    }

    #[test]
    fn a_digest_depends_on_all_that_it_is_made_of() {
        let key = Key::of_bytes(b"one");
        let digest = key.digest("name", "core", 0);
        assert_eq!(digest, Key::of_bytes(b"one").digest("name", "core", 0));
        for other in [
            key.digest("device", "core", 0),
            key.digest("name", "core2", 0),
            key.digest("name", "core", 1),
            key.digest("namec", "ore", 0),
            Key::of_bytes(b"two").digest("name", "core", 0),
        ] {
            assert_ne!(digest, other);
        }
    }

    #[test]
    fn a_digest_is_the_beginning_of_the_hmac() {
        // Computed with Python's `hmac` over the same bytes.
        let digest = Key::of_bytes(b"0123456789abcdef").digest("name", "core-dxgw", 0);
        insta::assert_snapshot!(format!("{:032x}", digest.0), @"21ac35a73df260abb4f44768ce8e00cf");
    }
}
