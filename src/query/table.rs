//! Folded words as numbers: every form that any term accepts, found by one look at the word's letters.
//!
//! Most words of a text are in no term. A word's hash is made letter by letter, so that the hashes of all its beginnings come for
//! free, and a small filter, which stays in the processor's cache, turns nearly all of them away before the table is asked.

use hashbrown::HashTable;

/// Number of a form in its table.
pub(super) type FormId = u32;

/// Filter bits for each form: at 16, six in a hundred strangers pass, and 100,000 forms take 256 KiB.
const BITS_PER_FORM: usize = 16;

/// The hash of nothing; that of a word is [`step`] over its bytes.
pub(super) const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of a word with one byte more (FNV-1a with a multiplier that spreads short words over the high bits, which the filter
/// reads). Whoever picks words to collide gains nothing: letters are compared in the end.
#[inline]
pub(super) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The hash of a whole word.
pub(super) fn hash(word: &str) -> u64 {
    word.bytes().fold(EMPTY, step)
}

/// A form in the table, with where its letters stand: so a look-up touches as little memory as it can.
#[derive(Debug, Clone, Copy)]
struct Slot {
    id: FormId,
    start: u32,
    end: u32,
}

/// A set of numbered forms.
#[derive(Debug, Clone, Default)]
pub(super) struct Forms {
    letters: String,
    slots: HashTable<Slot>,
    filter: Vec<u64>,
    /// 64 less the binary logarithm of the filter's bits.
    shift: u32,
}

impl Forms {
    /// The number of a form, a new one if need be.
    pub(super) fn number(&mut self, form: &str) -> FormId {
        let hash = hash(form);
        if let Some(known) = self.find(hash, form) {
            return known;
        }
        let offset = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (id, start) = (offset(self.slots.len()), offset(self.letters.len()));
        self.letters.push_str(form);
        let slot = Slot { id, start, end: offset(self.letters.len()) };
        let letters = &self.letters;
        self.slots.insert_unique(bucket(hash), slot, |slot| bucket(self::hash(slot.form(letters))));
        id
    }

    /// Builds the filter; forms that come later are not found by [`Forms::may_hold`].
    pub(super) fn seal(&mut self) {
        let bits = (self.slots.len() * BITS_PER_FORM).next_power_of_two().max(64);
        self.shift = 64 - bits.trailing_zeros();
        self.filter = vec![0; bits / 64];
        for slot in &self.slots {
            let at = hash(slot.form(&self.letters)) >> self.shift;
            self.filter[(at / 64) as usize] |= 1 << (at % 64);
        }
    }

    /// Whether a form of this hash may be here.
    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        let at = hash >> self.shift;
        self.filter.get((at / 64) as usize).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// The number of a form by its hash.
    #[inline]
    pub(super) fn find(&self, hash: u64, form: &str) -> Option<FormId> {
        self.slots.find(bucket(hash), |slot| slot.form(&self.letters) == form).map(|slot| slot.id)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }
}

impl Slot {
    #[inline]
    fn form<'a>(&self, letters: &'a str) -> &'a str {
        &letters[self.start as usize..self.end as usize]
    }
}

/// The table reads the low bits, which a multiplication mixes least.
fn bucket(hash: u64) -> u64 {
    hash ^ (hash >> 32)
}

/// Lists of numbers by number, in one piece of memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Lists {
    /// From pairs of a key below `keys` and an entry; entries keep their order and stand once under a key.
    pub(super) fn of(keys: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; keys + 1];
        for (key, _) in &pairs {
            starts[*key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        Self { starts, entries: pairs.into_iter().map(|(_, entry)| entry).collect() }
    }

    /// The entries of a key.
    #[inline]
    pub(super) fn get(&self, key: u32) -> &[u32] {
        let key = key as usize;
        match (self.starts.get(key), self.starts.get(key + 1)) {
            (Some(start), Some(end)) => &self.entries[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_and_strangers_mostly_turned_away() {
        let mut forms = Forms::default();
        let word = |n: usize| format!("mot{n}");
        for n in 0..5_000 {
            assert_eq!(forms.number(&word(n)), n as FormId);
            assert_eq!(forms.number(&word(n)), n as FormId);
        }
        forms.seal();
        let known = (0..5_000).filter(|n| forms.may_hold(hash(&word(*n)))).count();
        let strangers = (5_000..15_000).filter(|n| forms.may_hold(hash(&word(*n)))).count();
        assert_eq!((known, forms.len()), (5_000, 5_000));
        assert!(strangers < 1_000, "{strangers} of 10,000 strangers passed");
        assert_eq!(forms.find(hash("mot77"), "mot77"), Some(77));
        assert_eq!(forms.find(hash("mot77"), "autre"), None);
    }

    #[test]
    fn lists_keep_entries_by_key() {
        let lists = Lists::of(4, vec![(2, 7), (0, 1), (2, 5), (2, 7)]);
        assert_eq!(
            (0..5).map(|key| lists.get(key).to_vec()).collect::<Vec<_>>(),
            [vec![1], vec![], vec![5, 7], vec![], vec![]]
        );
    }
}
