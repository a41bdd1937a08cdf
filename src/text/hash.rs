//! Hashing of words for tables of words that the program ships. The standard hash guards tables whose keys strangers
//! choose; these are only asked by strangers' words, and asked at every word of a text.

use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

/// The state of a hash builder for shipped tables.
pub type WordHash = BuildHasherDefault<WordHasher>;

/// The hash of one word (xxh3).
#[derive(Debug, Clone, Copy, Default)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes).wrapping_add(self.0.rotate_left(5));
    }

    /// Strings end with a byte that is in no string, which tells two strings in a row apart; a word stands alone.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn words_are_told_apart() {
        let hash = |word: &str| WordHash::default().hash_one(word);
        assert_eq!(hash("attaque"), hash(String::from("attaque").as_str()));
        assert_ne!(hash("attaque"), hash("attaques"));
        assert_ne!(hash(""), hash("a"));
    }
}
