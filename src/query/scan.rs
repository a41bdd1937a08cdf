//! A document against the plan: cut into words once, looked up once. What was found is kept as places, which queries are then
//! evaluated on (`eval`).
//!
//! Linear in the text and the hits. Knows nothing of recipients or of what a match leads to.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::concepts::{CONTEXT_WORDS, Entry, Found, Occurrence, Places};
use super::plan::{Key, Pattern, Plan, Word};
use super::syntax::tree::TextField;
use super::table::{EMPTY, FormId, Forms, step};
use crate::extract::toll;
use crate::model::{Field, Item, ItemTolls};
use crate::text::{Kind, Token, Tokens, exact, inflect};

/// Fewest bytes a beginning has: three letters of ASCII.
const SHORTEST_BEGINNING: usize = 3;

/// The fields that are searched, in the order of reading.
const FIELDS: [Field; 3] = [Field::Title, Field::Summary, Field::Body];

/// An item and what queries may ask of it beside its words.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its texts, authors and address.
    pub item: &'a Item,
    /// The id of the source it came from.
    pub source: &'a str,
    /// Its language; `und` when unknown.
    pub lang: &'a str,
}

/// What was found in a document.
#[derive(Debug)]
pub struct Scan<'a> {
    pub(super) plan: &'a Plan,
    pub(super) subject: Subject<'a>,
    pub(super) words: Words<'a>,
    pub(super) places: Vec<Occurrence>,
    /// Concepts that occur by a name of their own, and where.
    found: Vec<Found>,
    /// Casualty figures; read when a query asks for them.
    tolls: OnceCell<ItemTolls>,
}

/// A place where an item names a concept.
#[derive(Debug, Clone, Copy)]
pub struct Mention<'a> {
    /// The concept.
    pub entry: &'a Entry,
    /// The first word of the name, numbered from the title through summary and body.
    pub first: u32,
    /// Its last word.
    pub last: u32,
}

/// The words of all fields, numbered through.
#[derive(Debug)]
pub(super) struct Words<'a> {
    texts: [&'a str; 3],
    tokens: [Tokens; 3],
    /// The first word of each field, and one past the last of all.
    pub(super) starts: [u32; 4],
}

impl<'a> Words<'a> {
    fn of(item: &'a Item) -> Self {
        let texts = [item.title.as_str(), item.summary.as_str(), item.body.as_str()];
        let tokens = texts.map(Tokens::of);
        let mut starts = [0; 4];
        for (n, tokens) in tokens.iter().enumerate() {
            starts[n + 1] = starts[n] + u32::try_from(tokens.words().len()).unwrap_or(0);
        }
        Self { texts, tokens, starts }
    }

    /// Which field a word is in, as a number.
    pub(super) fn field_number(&self, word: u32) -> usize {
        usize::from(word >= self.starts[1]) + usize::from(word >= self.starts[2])
    }

    pub(super) fn field(&self, word: u32) -> Field {
        FIELDS[self.field_number(word)]
    }

    /// Whether a word is in a field that can be asked for.
    pub(super) fn is_in(&self, word: u32, field: TextField) -> bool {
        (word < self.starts[1]) == (field == TextField::Title)
    }

    pub(super) fn token(&self, word: u32) -> &Token {
        let field = self.field_number(word);
        &self.tokens[field].words()[(word - self.starts[field]) as usize]
    }
}

impl Plan {
    /// Looks a document up.
    #[must_use]
    pub fn scan<'a>(&'a self, subject: Subject<'a>) -> Scan<'a> {
        let words = Words::of(subject.item);
        // News of the region speaks of something in the lexicon at every tenth word or so.
        let mut places = Vec::with_capacity(words.starts[3] as usize / 8);
        for field in 0..FIELDS.len() {
            FieldScan::new(self, words.texts[field], &words.tokens[field], words.starts[field]).run(&mut places);
        }
        places.sort_unstable();
        places.dedup();
        let context_end = words.starts[1] + CONTEXT_WORDS;
        let found = self.concepts.found(Places(&places), context_end);
        self.place_concepts(&found, &mut places);
        Scan { plan: self, subject, words, places, found, tolls: OnceCell::new() }
    }

    /// Adds the places of the concepts that queries ask for: their own, and those of every concept below them.
    fn place_concepts(&self, found: &[Found], places: &mut Vec<Occurrence>) {
        let terms = Key::try_from(self.typed.len()).unwrap_or(Key::MAX);
        let before = places.len();
        for Found { concept, spans } in found {
            let counted = self.concepts.entry(*concept).ancestors.iter().chain([concept]);
            for counted in counted.filter(|counted| self.concepts.asked[**counted as usize]) {
                places.extend(spans.iter().map(|(first, last)| Occurrence {
                    key: terms + counted,
                    first: *first,
                    last: *last,
                }));
            }
        }
        // Their keys come after those of all terms. A name inside a longer one of the same concept ("Djibo" in "ville de Djibo") is
        // one place with it.
        let mut named = places.split_off(before);
        named.sort_unstable_by_key(|place| (place.key, place.first, std::cmp::Reverse(place.last)));
        named.dedup_by(|next, kept| next.key == kept.key && next.last <= kept.last);
        places.append(&mut named);
    }
}

impl<'a> Scan<'a> {
    /// The concepts that the item speaks of by name, in the order of the lexicon.
    pub fn concepts(&self) -> impl Iterator<Item = &'a Entry> {
        let plan = self.plan;
        self.found.iter().map(|found| plan.concepts.entry(found.concept))
    }

    /// Where the item names concepts, in the order of the lexicon.
    pub fn mentions(&self) -> impl Iterator<Item = Mention<'a>> {
        let plan = self.plan;
        self.found.iter().flat_map(move |Found { concept, spans }| {
            spans.iter().map(|(first, last)| Mention {
                entry: plan.concepts.entry(*concept),
                first: *first,
                last: *last,
            })
        })
    }

    /// All concepts that an occurrence of this one counts for as well, however far above it.
    pub fn above(&self, entry: &'a Entry) -> impl Iterator<Item = &'a Entry> {
        let plan = self.plan;
        entry.ancestors.iter().map(|number| plan.concepts.entry(*number))
    }

    /// The folded words of title, summary and body, numbered as in [`Mention`].
    pub fn folded_words(&self) -> impl Iterator<Item = &str> {
        self.words.tokens.iter().flat_map(Tokens::folded_words)
    }

    /// The same, each with whether it is printed with a capital, as names are.
    pub fn cased_words(&self) -> impl Iterator<Item = (&str, bool)> {
        self.words.texts.iter().zip(&self.words.tokens).flat_map(|(text, tokens)| {
            tokens.words().iter().map(|token| {
                let printed = text.get(token.start as usize..token.end as usize).unwrap_or_default();
                (tokens.folded(token), printed.starts_with(char::is_uppercase))
            })
        })
    }

    /// How many of them are the title's.
    #[must_use]
    pub fn title_words(&self) -> u32 {
        self.words.starts[1]
    }

    /// The item that was looked up.
    #[must_use]
    pub fn item(&self) -> &'a Item {
        self.subject.item
    }

    /// The words of one field; None for a field that is not searched.
    #[must_use]
    pub fn tokens(&self, field: Field) -> Option<&Tokens> {
        FIELDS.iter().position(|known| *known == field).map(|at| &self.words.tokens[at])
    }

    /// The casualty figures that the item prints.
    pub fn tolls(&self) -> &ItemTolls {
        self.tolls.get_or_init(|| {
            let fields = FIELDS.iter().zip(self.words.texts).zip(&self.words.tokens);
            toll::of_fields(fields.map(|((field, text), tokens)| (*field, text, tokens)), Some(self.subject.lang))
        })
    }

    /// The queries that may match, in their order.
    pub(super) fn candidates(&self) -> BTreeSet<u32> {
        let seen = Places(&self.places).runs().flat_map(|run| self.plan.asked_by.get(run[0].key));
        seen.chain(&self.plan.always).copied().collect()
    }

    /// How many words the document has.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words.starts[3] as usize
    }
}

/// One field being looked up.
struct FieldScan<'a> {
    plan: &'a Plan,
    text: &'a str,
    tokens: &'a Tokens,
    /// Number of its first word.
    start: u32,
    /// The form of each word; words that are in no term have none.
    forms: Vec<Option<FormId>>,
}

impl<'a> FieldScan<'a> {
    fn new(plan: &'a Plan, text: &'a str, tokens: &'a Tokens, start: u32) -> Self {
        Self { plan, text, tokens, start, forms: Vec::with_capacity(tokens.words().len()) }
    }

    fn run(&mut self, places: &mut Vec<Occurrence>) {
        let plan = self.plan;
        for (at, token) in self.tokens.words().iter().enumerate() {
            let folded = self.tokens.folded(token);
            let form = self.look_up(folded, |form| self.begins(form, at, places));
            self.forms.push(form);
        }
        for at in 0..self.forms.len() {
            let Some(form) = self.forms[at] else { continue };
            for term in plan.alone.get(form) {
                self.note(*term, at, at, places);
            }
            for pattern in plan.by_word.get(form) {
                self.compare(&plan.patterns[*pattern as usize], at, places);
            }
        }
        if !plan.by_stem.is_empty() {
            self.inflected(places);
        }
        for token in self.tokens.fused() {
            self.fused(token, places);
        }
    }

    /// The form of a word, calling for every beginning it has on the way.
    #[inline]
    fn look_up(&self, folded: &str, mut begins: impl FnMut(FormId)) -> Option<FormId> {
        let (words, beginnings) = (&self.plan.words, &self.plan.beginnings);
        let mut hash = EMPTY;
        let asks = beginnings.len() > 0;
        for (n, byte) in folded.bytes().enumerate() {
            hash = step(hash, byte);
            if asks
                && n + 1 >= SHORTEST_BEGINNING
                && beginnings.may_hold(hash)
                && let Some(form) = folded.get(..=n).and_then(|start| beginnings.find(hash, start))
            {
                begins(form);
            }
        }
        if words.may_hold(hash) { words.find(hash, folded) } else { None }
    }

    /// A word begins like the anchor of these patterns.
    fn begins(&self, form: FormId, at: usize, places: &mut Vec<Occurrence>) {
        for pattern in self.plan.by_beginning.get(form) {
            self.compare_later(&self.plan.patterns[*pattern as usize], at, places);
        }
    }

    /// Notes a pattern whose anchor stands here, if the other words stand around it.
    fn compare(&self, pattern: &Pattern, at: usize, places: &mut Vec<Occurrence>) {
        self.compare_with(pattern, at, places, |at| self.forms.get(at).copied().flatten());
    }

    /// The same while the forms of later words are not known yet.
    fn compare_later(&self, pattern: &Pattern, at: usize, places: &mut Vec<Occurrence>) {
        let form = |at: usize| {
            let token = self.tokens.words().get(at)?;
            let folded = self.tokens.folded(token);
            self.plan.words.find(super::table::hash(folded), folded)
        };
        self.compare_with(pattern, at, places, form);
    }

    fn compare_with(
        &self,
        pattern: &Pattern,
        at: usize,
        places: &mut Vec<Occurrence>,
        form: impl Fn(usize) -> Option<FormId>,
    ) {
        let Some(first) = at.checked_sub(usize::from(pattern.anchor)) else { return };
        let Some(run) = self.tokens.words().get(first..first + pattern.words.len()) else { return };
        let agrees = run.iter().zip(&pattern.words).enumerate().all(|(n, (token, word))| {
            (n == 0 || token.follows) && self.accepts(word, token, first + n == at, || form(first + n))
        });
        if agrees {
            self.note(pattern.term, first, first + pattern.words.len() - 1, places);
        }
    }

    /// Whether a word of a pattern accepts a word of the text; an anchor led here by its form, or its beginning or stem.
    fn accepts(&self, word: &Word, token: &Token, anchor: bool, form: impl Fn() -> Option<FormId>) -> bool {
        match word {
            Word::Forms(forms) => anchor || form().is_some_and(|form| forms.binary_search(&form).is_ok()),
            Word::Exact(wanted, printed) => {
                (anchor || form() == Some(*wanted))
                    && exact::is(&self.text[token.start as usize..token.end as usize], printed)
            }
            Word::Beginnings(beginnings) => {
                let folded = self.tokens.folded(token);
                anchor || beginnings.iter().any(|start| folded.starts_with(&**start))
            }
            Word::Inflected(keys) => {
                let printed = &self.text[token.start as usize..token.end as usize];
                anchor || inflect::keys(printed, self.tokens.folded(token)).iter().any(|key| keys.contains(key))
            }
        }
    }

    fn inflected(&self, places: &mut Vec<Occurrence>) {
        let words = self.tokens.words().iter().enumerate().filter(|(_, token)| token.kind == Kind::Word);
        let words = words
            .map(|(at, token)| (at, &self.text[token.start as usize..token.end as usize], self.tokens.folded(token)));
        self.plan.by_stem.look_up(words, |at, pattern| {
            self.compare(&self.plan.patterns[pattern as usize], at, places);
        });
    }

    /// A whole hashtag is found by terms of one word; its place is that of its parts.
    fn fused(&self, token: &Token, places: &mut Vec<Occurrence>) {
        let folded = self.tokens.folded(token);
        let first = token.position as usize;
        let parts = self.tokens.words()[first..].iter().take_while(|part| part.end <= token.end).count();
        let last = first + parts.max(1) - 1;
        let mut found: Vec<u32> = Vec::new();
        let form = self.look_up(folded, |beginning| found.extend(self.plan.by_beginning.get(beginning)));
        for term in form.into_iter().flat_map(|form| self.plan.alone.get(form)) {
            self.note(*term, first, last, places);
        }
        found.extend(form.into_iter().flat_map(|form| self.plan.by_word.get(form)));
        for pattern in found.into_iter().map(|pattern| &self.plan.patterns[pattern as usize]) {
            if let [word] = &*pattern.words
                && self.accepts(word, token, true, || form)
            {
                self.note(pattern.term, first, last, places);
            }
        }
    }

    fn note(&self, key: Key, first: usize, last: usize, places: &mut Vec<Occurrence>) {
        let number = |at: usize| self.start + u32::try_from(at).unwrap_or(0);
        places.push(Occurrence { key, first: number(first), last: number(last) });
    }
}

impl Plan {
    /// How many forms the words of all terms are accepted in, and how many beginnings.
    #[must_use]
    pub fn forms(&self) -> (usize, usize) {
        let count = |forms: &Forms| forms.len();
        (count(&self.words), count(&self.beginnings))
    }
}
