//! Terms: the words by which texts of one language are compared, weighed by how rare they are in recent news.
//!
//! Cosine over tf-idf of the title and the first words. Words are cut to their beginnings, which takes off most endings in any
//! of the languages at once; Arabic ones lose the article first. Measured on ECB+ and UCI headlines this is as good as the Snowball
//! stemmer. How rare a word is follows the items that were read, the older ones counting less and less.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// Letters of a word that are compared.
const LETTERS: usize = 7;
/// Documents assumed to have been read before the first one: a word met for the first time is rare, but not yet telling.
const PRIOR_DOCUMENTS: f32 = 1_000.0;
/// Documents after which all counts are halved, so that they follow the news and stay bounded.
const HALVED_AFTER: u32 = 20_000;
/// Terms of one item, or of one story, at most.
pub(super) const MOST: usize = 96;

/// Words that tell no text from another, folded; the rest is left to their frequency.
const FUNCTION_WORDS: &str = "the a an of to in on for and is at as by with from that this it its was were are be has have had \
    he she they his her their not but after over will would been which who said says new \
    le la les l un une des du de d et en au aux a dans par pour sur que qui ne pas est sont ont ete avec ce cette son sa ses se \
    il elle ils n s plus \
    من في على الى عن ان التي الذي هذا هذه بعد قبل مع او ثم قد كان كانت ما لا لم و انه \
    da na ta ya a ne ce wa ga su sun an cikin kan daga cewa wani wata o os as do dos das em no nas um uma que com por";

/// The number of a term.
pub(super) type Term = u32;

/// Terms with their weights, in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vector(Box<[(Term, f32)]>);

impl Vector {
    /// The terms of folded words with how often they occur: the first occurrence counts one, later ones less.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut terms: Vec<(Term, f32)> = words.filter(|word| tells(word)).map(|word| (term(word), 1.0)).collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        terms.dedup_by(|later, first| {
            later.0 == first.0 && {
                first.1 += later.1;
                true
            }
        });
        for (_, count) in &mut terms {
            *count = 1.0 + count.ln();
        }
        terms.truncate(MOST);
        Self(terms.into())
    }

    pub(super) fn terms(&self) -> &[(Term, f32)] {
        &self.0
    }

    /// The terms that tell most, at most so many.
    pub(super) fn telling(&self, most: usize) -> Vec<Term> {
        let mut terms = self.0.to_vec();
        terms.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        terms.truncate(most);
        terms.into_iter().map(|(term, _)| term).collect()
    }

    /// The cosine with another, both of length 1.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut sum = 0.0;
        while let (Some((left, x)), Some((right, y))) = (a.peek(), b.peek()) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => _ = a.next(),
                std::cmp::Ordering::Greater => _ = b.next(),
                std::cmp::Ordering::Equal => {
                    sum += x * y;
                    a.next();
                    b.next();
                }
            }
        }
        sum
    }

    /// The sum with another one, its lightest terms left out where there are too many; not of length 1.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut terms: Vec<(Term, f32)> = self.0.iter().chain(&other.0).copied().collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        terms.dedup_by(|later, first| {
            later.0 == first.0 && {
                first.1 += later.1;
                true
            }
        });
        if terms.len() > MOST {
            terms.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            terms.truncate(MOST);
            terms.sort_unstable_by_key(|(term, _)| *term);
        }
        Self(terms.into())
    }

    /// Its length.
    pub(super) fn length(&self) -> f32 {
        self.0.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE)
    }

    /// The same direction at length 1.
    pub(super) fn unit(&self) -> Self {
        let length = self.length();
        Self(self.0.iter().map(|(term, weight)| (*term, weight / length)).collect())
    }
}

/// How many recent items had each term.
#[derive(Debug, Default)]
pub(super) struct Frequencies {
    documents: u32,
    having: HashMap<Term, u32>,
}

impl Frequencies {
    /// Weighs the terms of an item by what was read so far.
    pub(super) fn weigh(&self, counts: &Vector) -> Vector {
        let documents = self.documents as f32 + PRIOR_DOCUMENTS;
        let having = |term: &Term| self.having.get(term).copied().unwrap_or(0) as f32 + 1.5;
        let weight = |term: &Term| (documents / having(term)).ln().max(0.0);
        Vector(counts.terms().iter().map(|(term, count)| (*term, count * weight(term))).collect()).unit()
    }

    /// Counts the terms that are new to a story: those of its first item, or of one that joined what was said before.
    pub(super) fn count(&mut self, words: &Vector, said: Option<&Vector>) {
        if self.documents >= HALVED_AFTER {
            self.documents /= 2;
            self.having.retain(|_, having| {
                *having /= 2;
                *having > 0
            });
        }
        self.documents += u32::from(said.is_none());
        for (term, _) in words.terms() {
            if said.is_none_or(|said| said.0.binary_search_by_key(term, |known| known.0).is_err()) {
                *self.having.entry(*term).or_default() += 1;
            }
        }
    }
}

/// Whether a folded word tells anything.
fn tells(word: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static FUNCTION: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| FUNCTION_WORDS.split_ascii_whitespace().collect());
    !FUNCTION.contains(word)
}

fn term(word: &str) -> Term {
    let bare = ["وال", "بال", "لل", "ال"]
        .iter()
        .find_map(|article| word.strip_prefix(article).filter(|rest| rest.chars().count() >= 3));
    let word = bare.unwrap_or(word);
    let end = word.char_indices().nth(LETTERS).map_or(word.len(), |(end, _)| end);
    // The low half is as good as any: xxh3 mixes all bits.
    (xxh3_64(&word.as_bytes()[..end]) & u64::from(u32::MAX)) as u32
}
