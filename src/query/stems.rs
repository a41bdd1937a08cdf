//! Terms by the stem keys of their inflected word (`word~`), with a memory of which words lead to which.
//!
//! Reading a word's stems takes a microsecond, forty times as long as looking it up, and most words of news are the same few ten
//! thousand. So what a word led to is kept, whether it was a term or nothing. The memory changes no answer.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::text::inflect;

/// Words remembered: the commonest make up nearly all of a text, and so many take some 6 MB. Later ones are read anew each time.
const REMEMBERED: usize = 65_536;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Stems {
    patterns: HashMap<Box<str>, Vec<u32>>,
    known: RwLock<HashMap<Box<str>, Box<[u32]>>>,
}

impl Clone for Stems {
    /// The memory is not worth copying.
    fn clone(&self) -> Self {
        Self { patterns: self.patterns.clone(), known: RwLock::default() }
    }
}

impl Stems {
    /// Lets words with this stem key lead to a pattern.
    pub(super) fn add(&mut self, key: &str, pattern: u32) {
        self.patterns.entry(key.into()).or_default().push(pattern);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Calls with every pattern that a word leads to, for each of these words; a word is given as printed and as folded.
    pub(super) fn look_up<'w>(
        &self,
        words: impl Iterator<Item = (usize, &'w str, &'w str)>,
        mut found: impl FnMut(usize, u32),
    ) {
        let mut new: Vec<(&str, Box<[u32]>)> = Vec::new();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            for (at, printed, folded) in words {
                if let Some(patterns) = known.get(printed) {
                    patterns.iter().for_each(|pattern| found(at, *pattern));
                    continue;
                }
                let patterns = self.read(printed, folded);
                patterns.iter().for_each(|pattern| found(at, *pattern));
                new.push((printed, patterns));
            }
        }
        if !new.is_empty() {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let room = REMEMBERED.saturating_sub(known.len());
            known.extend(new.into_iter().take(room).map(|(printed, patterns)| (printed.into(), patterns)));
        }
    }

    fn read(&self, printed: &str, folded: &str) -> Box<[u32]> {
        let mut patterns: Vec<u32> = Vec::new();
        inflect::for_each_key(printed, folded, &mut |key| {
            patterns.extend(self.patterns.get(key).into_iter().flatten())
        });
        patterns.sort_unstable();
        patterns.dedup();
        patterns.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_leads_to_the_same_patterns_when_it_is_remembered() {
        let mut stems = Stems::default();
        for key in inflect::asked("attaquer", "attaquer") {
            stems.add(&key, 7);
        }
        for _ in 0..2 {
            let mut found = Vec::new();
            let words = [(0, "Attaqué", "attaque"), (1, "calme", "calme"), (2, "attaquent", "attaquent")];
            stems.look_up(words.into_iter(), |at, pattern| found.push((at, pattern)));
            assert_eq!(found, [(0, 7), (2, 7)]);
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let stems = Stems::default();
        let words: Vec<String> = (0..REMEMBERED + 100).map(|n| format!("mot{n}")).collect();
        stems.look_up(words.iter().map(|word| (0, word.as_str(), word.as_str())), |_, _| {});
        stems.look_up(["autre"].into_iter().map(|word| (0, word, word)), |_, _| {});
        assert_eq!(stems.known.read().unwrap().len(), REMEMBERED);
    }
}
