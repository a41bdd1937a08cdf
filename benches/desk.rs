//! What a desk of any size watches, and articles to hold it against; the same at every run.

use sahelwatch::model::{Concept, Item};
use sahelwatch::query::syntax::{Tree, parse};
use sahelwatch::query::{Subject, Vocabulary};

use crate::text::{Density, Language, Pen};

/// Queries of all kinds in turn: a word, a phrase or a beginning alone; an alternative of common words beside it; two near each
/// other; a concept of the lexicon beside it. Read as a watch's query is.
pub(crate) fn watches(count: usize, lexicon: &[Concept], vocabulary: &Vocabulary) -> Vec<Tree> {
    let terms = terms(count * 2 + OFTEN.len());
    // Quoted, since an invented name may look like an operator (`near77`).
    let quoted = |n: usize| match terms[n % terms.len()].strip_suffix('*') {
        Some(beginning) => format!("\"{beginning}\"*"),
        None => format!("\"{}\"", terms[n % terms.len()]),
    };
    let query = |n: usize| {
        let (one, other, common) = (quoted(n), quoted(n * 7 + 3), quoted(n % OFTEN.len()));
        match n % 4 {
            0 => one,
            1 => format!("({common} OR attaque*) AND {other}"),
            2 => format!("{} NEAR/5 {}", one.trim_end_matches('*'), other.trim_end_matches('*')),
            _ => format!("@{} AND {one}", lexicon[n % lexicon.len()].id),
        }
    };
    let read = |query: String| parse(&query, vocabulary).unwrap_or_else(|problem| panic!("{}", problem.render(&query)));
    (0..count).map(|n| read(query(n)).tree).collect()
}

/// Articles in the three languages in turn.
pub(crate) fn articles(density: Density) -> Vec<Item> {
    let article = |n: u64| {
        let language = [Language::French, Language::English, Language::Arabic][(n % 3) as usize];
        let mut pen = Pen::with_density(n * 77, language, density);
        Item { title: pen.words(10), summary: pen.prose(220), body: pen.prose(1500), ..Item::default() }
    };
    (0..90).map(article).collect()
}

pub(crate) fn texts(item: &Item) -> [&str; 3] {
    [&item.title, &item.summary, &item.body]
}

pub(crate) fn subject(item: &Item) -> Subject<'_> {
    Subject { item, source: "outlet", lang: "und" }
}

/// Words that occur often.
const OFTEN: [&str; 10] =
    ["attaque*", "soldats", "forces de sécurité", "Ménaka", "ambush", "killed", "drone strike", "هجوم", "كمين", "قتلى"];

/// Keywords in all languages: words, phrases and beginnings. Those that occur often come first; the others are names of places, as
/// a long list of villages is, most of which no text holds.
pub(crate) fn terms(count: usize) -> Vec<String> {
    let mut pens = [Language::French, Language::English, Language::Arabic].map(|language| Pen::new(7, language));
    let mut name = |n: usize| {
        let pen = &mut pens[n % 3];
        match n % 10 {
            // A number makes it a name that no text holds.
            0..=5 => format!("{}{n}", pen.words(1)),
            6 | 7 => format!("{}{n} {}", pen.words(1), pen.words(1)),
            8 => format!("{}{n:03}*", pen.words(1)),
            _ => pen.name(),
        }
    };
    let often = OFTEN.into_iter().map(str::to_owned);
    often.chain((OFTEN.len()..count).map(&mut name)).take(count).collect()
}
