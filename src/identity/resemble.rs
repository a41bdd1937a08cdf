//! Whether two texts are versions of one article: by headline, or by the runs of words they share. And whether an equal text is a
//! notice that recurs.

use std::collections::HashSet;

use super::decide::{Record, Sighting, TELLING_WORDS};
use crate::model::Item;
use crate::text::Tokens;

/// Words from which on an equal headline proves the same article.
const TELLING_TITLE_WORDS: usize = 5;
/// Share of three-word runs of the shorter text in common from which on two texts are versions of one. Measured on 400 edited
/// news texts: versions cut, extended or with 15 % of their words changed stay above .4, different articles share .02.
const RESEMBLES: f64 = 0.4;
/// Equal texts printed further apart than this, in days, under new ids and addresses are a recurring notice, not a copy.
const RECURS_AFTER_DAYS: i64 = 3;

/// Whether an entry's text is a version of a stored item's: an equal text or title, or enough three-word runs in common.
pub(super) fn resembles(sighting: &Sighting<'_>, record: &Record) -> bool {
    if record.history.contains(&sighting.face.text) || same_headline(&sighting.item.title, &record.stored.item.title) {
        return true;
    }
    let (ours, theirs) = (runs(sighting.item), runs(&record.stored.item));
    let smaller = ours.len().min(theirs.len());
    let common = ours.intersection(&theirs).count();
    smaller > 0 && common as f64 / smaller as f64 >= RESEMBLES
}

/// Another outlet's teaser under one headline is still the same article; a headline of few words (`Communiqué`) is a rubric.
fn same_headline(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (Tokens::of(ours), Tokens::of(theirs));
    ours.words().len() >= TELLING_TITLE_WORDS && ours.folded_words().eq(theirs.folded_words())
}

/// Hashes of the three-word runs of title and text; of single words where there are fewer.
fn runs(item: &Item) -> HashSet<u64> {
    let parts = [&item.title, &item.summary, &item.body].map(|text| Tokens::of(text));
    let words: Vec<&str> = parts.iter().flat_map(Tokens::folded_words).collect();
    let hash = |run: &[&str]| xxhash_rust::xxh3::xxh3_64(run.join(" ").as_bytes());
    if words.len() < TELLING_WORDS {
        words.iter().map(|word| hash(&[word])).collect()
    } else {
        words.windows(3).map(hash).collect()
    }
}

/// Whether two items were printed so far apart that an equal text is a recurring notice.
pub(super) fn printed_apart(a: &Item, b: &Item) -> bool {
    let at = |item: &Item| item.published.as_ref().and_then(|date| date.at);
    let days = |from: jiff::Timestamp, to: jiff::Timestamp| to.duration_since(from).as_hours().abs() / 24;
    matches!((at(a), at(b)), (Some(a), Some(b)) if days(a, b) > RECURS_AFTER_DAYS)
}
