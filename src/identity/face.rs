//! A face: the hashes by which an item is recognised. Stored, so the hash function is pinned by a test.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::link;
use crate::model::{Item, ItemId};
use crate::text::Tokens;

/// What an item is recognised by; one item may show several faces in its life, and in several sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    /// Hash of the entry id as given.
    pub entry: Option<u64>,
    /// Hashes of the host and of the path and query of the canonical address.
    pub link: Option<(u32, u64)>,
    /// Hash of the folded words of title and text.
    pub text: u64,
    /// Hash of the folded words of the title.
    pub title: u64,
}

/// Which stored items show one of the hashes of a face. Entry id and title are looked up within the source, address and text in
/// all sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// An item of the same source with this entry id.
    pub by_entry: Option<ItemId>,
    /// An item with this canonical address.
    pub by_link: Option<ItemId>,
    /// An item with this title and text.
    pub by_text: Option<ItemId>,
    /// An item of the same source with this title.
    pub by_title: Option<ItemId>,
}

/// The face of an item, and how many words stand behind its text hash: few words prove little.
#[must_use]
pub fn face(item: &Item) -> (Face, usize) {
    let mut text = Xxh3::new();
    let mut words = 0;
    let mut add = |tokens: &Tokens| {
        for word in tokens.folded_words() {
            text.update(word.as_bytes());
            text.update(b" ");
            words += 1;
        }
    };
    let title = Tokens::of(&item.title);
    add(&title);
    // Feeds repeat the teaser in the body; the longer of the two is the text.
    add(&Tokens::of(if item.body.len() > item.summary.len() { &item.body } else { &item.summary }));
    let face = Face {
        entry: item.entry_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(|id| xxh3_64(id.as_bytes())),
        link: item.link.as_ref().map(link::hashes),
        text: text.digest(),
        title: hash_words(&title),
    };
    (face, words)
}

fn hash_words(tokens: &Tokens) -> u64 {
    let mut hash = Xxh3::new();
    for word in tokens.folded_words() {
        hash.update(word.as_bytes());
        hash.update(b" ");
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(title: &str, summary: &str) -> Item {
        Item { title: title.to_owned(), summary: summary.to_owned(), ..Item::default() }
    }

    #[test]
    fn folding_decides_what_is_the_same_text() {
        let (a, words) = face(&item("Attaque à Djibo", "Quarante morts."));
        assert_eq!(words, 5);
        assert_eq!(a, face(&item("ATTAQUE A  DJIBO", "quarante morts")).0);
        assert_ne!(a.text, face(&item("Attaque à Djibo", "Cinquante morts.")).0.text);
    }

    /// Stored identities depend on these values: a change here makes every stored item look new.
    #[test]
    fn the_hashes_are_pinned() {
        let mut item = item("Attaque à Djibo", "Quarante morts.");
        item.entry_id = Some(" tag:x,2026:1 ".to_owned());
        item.link = "https://www.example.org/a?b=1".parse().ok();
        let (face, _) = face(&item);
        assert_eq!(face.entry, Some(7_211_167_422_840_394_123));
        assert_eq!(face.link, Some((2_126_298_949, 12_123_558_770_293_541_356)));
        assert_eq!((face.text, face.title), (1_475_427_081_042_576_499, 10_295_926_820_686_671_885));
    }
}
