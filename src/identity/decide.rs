//! The decision: new, changed or known. Entry id, address and text each vote; none is believed alone where it is known to lie.
//!
//! What real feeds do, and what follows:
//! - all ids change at a move of the site, or with every request: address and text outvote the id;
//! - one id or one address stands on every entry: a mark shared by different entries of a document does not vote;
//! - an id or address is used again for another article: if the texts do not resemble each other, it is another article;
//! - cached copies of two ages take turns: every text an item ever showed is remembered, so neither looks changed.
//!
//! When in doubt an item is new: a repeated alert costs a glance, a hidden one may cost a life.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::face::{Face, Known};
use super::link::is_front_page;
use super::resemble::{printed_apart, resembles};
use crate::model::{Item, ItemId, StoredItem};

/// Changes of one item that are still put before the watches. A text that changed more often prints the time or a counter, not
/// news (the `reader` library stops at 24 as well).
pub const MAX_REVISIONS: u32 = 24;

/// Words from which on an equal text alone proves the same article; `Communiqué du gouvernement` proves nothing.
pub(super) const TELLING_WORDS: usize = 8;
/// Entries with seen titles that must look new before a document counts as renamed.
const RENAMED_AT_LEAST: usize = 3;

/// A stored item as the decision needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The item with its newest text.
    pub stored: StoredItem,
    /// Hashes of its texts ([`Face::text`]), oldest first, so that cached copies which alternate are recognised.
    pub history: Vec<u64>,
}

/// One entry of a document, with what is known of its face.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The entry.
    pub item: &'a Item,
    /// Its face.
    pub face: Face,
    /// Words behind `face.text`.
    pub words: usize,
    /// Who shows the same hashes.
    pub known: Known,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Never seen.
    New,
    /// This item, with a text it never had before.
    Changed(ItemId),
    /// This item, as seen before.
    Known(ItemId),
    /// This item, changed once more than [`MAX_REVISIONS`].
    Restless(ItemId),
}

/// What the entries of one document tell of each other: which marks vote in it.
#[derive(Debug, Default)]
pub struct Habits {
    shared_entries: HashSet<u64>,
    shared_links: HashSet<(u32, u64)>,
    renamed: bool,
}

impl Habits {
    /// Looks over a whole document.
    #[must_use]
    pub fn of(sightings: &[Sighting<'_>]) -> Self {
        let shared_entries = shared(sightings.iter().filter_map(|s| Some((s.face.entry?, s.face.text))));
        let shared_links = shared(sightings.iter().filter_map(|s| Some((s.face.link?, s.face.text))));
        let mut habits = Self { shared_entries, shared_links, renamed: false };
        let seen_titles: Vec<_> = sightings.iter().filter(|s| s.known.by_title.is_some()).collect();
        let strangers = seen_titles.iter().filter(|s| habits.is_stranger(s)).count();
        habits.renamed = strangers >= RENAMED_AT_LEAST && strangers * 2 > seen_titles.len();
        habits
    }

    /// Whether no mark of it is known, although it has one: what is picked from a page has no ids, only addresses.
    fn is_stranger(&self, s: &Sighting<'_>) -> bool {
        let votes = [self.entry(s), self.link(s)];
        votes.contains(&Vote::Stranger) && !votes.iter().any(|vote| matches!(vote, Vote::Is(_)))
    }

    fn entry(&self, s: &Sighting<'_>) -> Vote {
        Vote::of(s.face.entry.filter(|entry| !self.shared_entries.contains(entry)), s.known.by_entry)
    }

    fn link(&self, s: &Sighting<'_>) -> Vote {
        let tells = s.item.link.as_ref().is_some_and(|link| !is_front_page(link));
        Vote::of(s.face.link.filter(|link| tells && !self.shared_links.contains(link)), s.known.by_link)
    }
}

/// Marks that stand on entries of different text.
fn shared<K: std::hash::Hash + Eq + Copy>(marks: impl Iterator<Item = (K, u64)>) -> HashSet<K> {
    let mut texts: HashMap<K, u64> = HashMap::new();
    marks
        .filter(|(mark, text)| texts.insert(*mark, *text).is_some_and(|before| before != *text))
        .map(|(mark, _)| mark)
        .collect()
}

/// What one mark says of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vote {
    /// The entry has no such mark, or the mark does not vote in this document.
    Silent,
    /// The mark was never seen.
    Stranger,
    /// The mark belongs to this item.
    Is(ItemId),
}

impl Vote {
    fn of<M>(mark: Option<M>, known: Option<ItemId>) -> Self {
        match (mark, known) {
            (None, _) => Self::Silent,
            (Some(_), None) => Self::Stranger,
            (Some(_), Some(item)) => Self::Is(item),
        }
    }
}

/// Decides what an entry is. `recall` reads a stored item.
///
/// # Errors
/// Those of `recall`: a store that cannot be read is never taken for "new" or "seen".
pub fn identify<E>(
    habits: &Habits,
    sighting: &Sighting<'_>,
    mut recall: impl FnMut(ItemId) -> Result<Option<Record>, E>,
) -> Result<Verdict, E> {
    let (entry, link) = (habits.entry(sighting), habits.link(sighting));
    let named = match (entry, link) {
        // Where both speak and disagree, the address is the better witness: ids are made up by software, addresses are read.
        (_, Vote::Is(item)) if !matches!(entry, Vote::Stranger) => Some((item, true)),
        (Vote::Is(item), Vote::Silent) => Some((item, true)),
        (Vote::Is(item), Vote::Stranger) | (Vote::Stranger, Vote::Is(item)) => Some((item, false)),
        _ => None,
    };
    if let Some((id, certain)) = named {
        match recall(id)? {
            Some(record) if certain || resembles(sighting, &record) => return Ok(version(sighting, &record)),
            // The item was forgotten for its size, and by what it was seen was not.
            None if certain && sighting.known.by_text.is_some() => return Ok(Verdict::Known(id)),
            _ => {}
        }
    }
    by_text(habits, sighting, entry, link, recall)
}

/// Decides by the text alone, when neither id nor address could be believed.
fn by_text<E>(
    habits: &Habits,
    sighting: &Sighting<'_>,
    entry: Vote,
    link: Vote,
    mut recall: impl FnMut(ItemId) -> Result<Option<Record>, E>,
) -> Result<Verdict, E> {
    let unmarked = entry == Vote::Silent && link == Vote::Silent;
    if let Some(id) = sighting.known.by_text {
        let before = recall(id)?;
        let is_apart = before.is_some_and(|record| printed_apart(sighting.item, &record.stored.item));
        let recurs = !unmarked && !habits.renamed && is_apart;
        if (unmarked || habits.renamed || sighting.words >= TELLING_WORDS) && !recurs {
            return Ok(Verdict::Known(id));
        }
    }
    if let Some(id) = sighting.known.by_title.filter(|_| unmarked || habits.renamed)
        && let Some(record) = recall(id)?
        && resembles(sighting, &record)
    {
        return Ok(version(sighting, &record));
    }
    Ok(Verdict::New)
}

fn version(sighting: &Sighting<'_>, record: &Record) -> Verdict {
    let id = record.stored.id;
    if record.history.contains(&sighting.face.text) {
        Verdict::Known(id)
    } else if record.stored.revision >= MAX_REVISIONS {
        Verdict::Restless(id)
    } else {
        Verdict::Changed(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Overlay, face};
    use crate::model::{Reason, SourceId};

    /// A source and all that was remembered of it; every poll is a document.
    struct Desk {
        overlay: Overlay,
        next: u64,
    }

    impl Desk {
        fn new() -> Self {
            Self { overlay: Overlay::default(), next: 1 }
        }

        /// Polls a document; returns for each entry `+` new, `~` changed, `=` known, `!` restless.
        fn poll(&mut self, source: &str, entries: &[Item]) -> String {
            let source = SourceId::new(source).expect("a test id");
            let faces: Vec<_> = entries.iter().map(face).collect();
            let sightings: Vec<Sighting<'_>> = entries
                .iter()
                .zip(&faces)
                .map(|(item, (face, words))| {
                    let known = self.overlay.known(&source, face, Known::default());
                    Sighting { item, face: *face, words: *words, known }
                })
                .collect();
            let habits = Habits::of(&sightings);
            let mut out = String::new();
            for sighting in &sightings {
                let known = self.overlay.known(&source, &sighting.face, Known::default());
                let sighting = Sighting { known, ..*sighting };
                let recall = |id| Ok::<_, std::convert::Infallible>(self.overlay.record(id).cloned());
                let verdict = identify(&habits, &sighting, recall).unwrap_or_else(|never| match never {});
                out.push(self.keep(&source, &sighting, verdict));
            }
            out
        }

        fn keep(&mut self, source: &SourceId, sighting: &Sighting<'_>, verdict: Verdict) -> char {
            let (id, revised, sign) = match verdict {
                Verdict::New => {
                    self.next += 1;
                    (ItemId(self.next), 0, '+')
                }
                Verdict::Changed(id) => (id, 1, '~'),
                Verdict::Known(id) => (id, 0, '='),
                Verdict::Restless(id) => (id, 0, '!'),
            };
            let mut record = self.overlay.record(id).cloned().unwrap_or_else(|| Record {
                stored: StoredItem {
                    id,
                    source: source.clone(),
                    first_seen: jiff::Timestamp::UNIX_EPOCH,
                    revision: 0,
                    reason: Reason::New,
                    item: sighting.item.clone(),
                },
                history: Vec::new(),
            });
            record.stored.revision += revised;
            record.stored.item = sighting.item.clone();
            self.overlay.learn(source, &sighting.face, record);
            sign
        }
    }

    const TOWNS: [&str; 10] =
        ["Djibo", "Dori", "Kaya", "Gao", "Kidal", "Ménaka", "Mopti", "Ségou", "Tillabéri", "Diffa"];

    /// The n-th article of an outlet.
    fn article(n: usize) -> Item {
        let town = TOWNS[n % TOWNS.len()];
        Item {
            entry_id: Some(format!("id-{n}")),
            link: format!("https://outlet.example/{n}").parse().ok(),
            title: format!("Compte rendu {n} de la situation à {town}"),
            summary: format!(
                "Le correspondant numéro {n} rapporte depuis {town} ce que {} habitants ont vu ce matin",
                n * 7
            ),
            ..Item::default()
        }
    }

    /// Fifty polls of a window of ten articles that moves by one; `print` is how the feed prints the n-th article at poll p.
    fn fifty_polls(print: impl Fn(usize, Item) -> Item) -> String {
        let mut desk = Desk::new();
        (0..50)
            .map(|p| desk.poll("feed", &(p..p + 10).map(|n| print(p, article(n))).collect::<Vec<_>>()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn one_new_each_time() -> String {
        format!("{}{}", "+".repeat(10), format!(" {}+", "=".repeat(9)).repeat(49))
    }

    #[test]
    fn lying_marks_neither_repeat_nor_hide_items() {
        type Print = fn(usize, Item) -> Item;
        let feeds: [(&str, Print); 9] = [
            ("honest", |_, item| item),
            ("all ids change once", |p, mut item| {
                item.entry_id = item.entry_id.map(|id| if p < 25 { id } else { format!("new-{id}") });
                item
            }),
            ("ids per request", |p, mut item| {
                item.entry_id = item.entry_id.map(|id| format!("{id}-{p}"));
                item
            }),
            ("one id for all", |_, item| Item { entry_id: Some("feed".to_owned()), ..item }),
            ("one address for all", |_, item| Item { link: "https://outlet.example/news".parse().ok(), ..item }),
            ("front page as address, no id", |_, item| Item {
                link: "https://outlet.example/".parse().ok(),
                entry_id: None,
                ..item
            }),
            ("the site moves: ids and addresses change", |p, mut item| {
                if p >= 25 {
                    item.entry_id = item.entry_id.map(|id| format!("https://new.example/{id}"));
                    item.link = item.link.and_then(|l| format!("https://new.example/neu{}", l.path()).parse().ok());
                }
                item
            }),
            ("a page is redesigned: headlines alone, and their addresses change", |p, mut item| {
                if p >= 25 {
                    item.link =
                        item.link.and_then(|l| format!("https://outlet.example/archives{}", l.path()).parse().ok());
                }
                let title = item.title.replace("Compte rendu", "Point").replace("de la situation ", "");
                Item { entry_id: None, summary: String::new(), title, ..item }
            }),
            ("tracking and dates of the day", |p, mut item| {
                item.link = item.link.and_then(|l| format!("{l}?utm_campaign={p}").parse().ok());
                item.published = Some(crate::model::PrintedDate { printed: p.to_string(), at: None });
                item
            }),
        ];
        for (habit, print) in feeds {
            assert_eq!(fifty_polls(print), one_new_each_time(), "{habit}");
        }
    }

    #[test]
    fn a_changed_text_is_an_update_and_old_copies_are_not() {
        let mut desk = Desk::new();
        let (first, mut second) = (article(1), article(1));
        second.summary = second.summary.replace("sept", "neuf") + " ; le bilan passe à douze morts";
        let signs: String = [&first, &second, &first, &second, &first]
            .map(|item| desk.poll("feed", std::slice::from_ref(item)))
            .concat();
        assert_eq!(signs, "+~===");
    }

    #[test]
    fn an_id_used_again_for_another_article_is_a_new_item() {
        let mut desk = Desk::new();
        let reused = Item { entry_id: article(1).entry_id, ..article(2) };
        assert_eq!(desk.poll("feed", &[article(1)]) + &desk.poll("feed", &[reused]), "++");
    }

    #[test]
    fn a_copy_in_another_source_is_known_by_address_or_by_text() {
        let mut desk = Desk::new();
        desk.poll("agency", &[article(1), article(2)]);
        let mut same_address = article(1);
        same_address.entry_id = Some("their own".to_owned());
        same_address.link = "http://www.outlet.example/1/?utm_source=paper".parse().ok();
        let mut same_text = article(2);
        same_text.entry_id = Some("another".to_owned());
        same_text.link = "https://paper.example/2".parse().ok();
        assert_eq!(desk.poll("paper", &[same_address, same_text, article(3)]), "==+");
    }

    #[test]
    fn a_recurring_notice_is_new_each_week() {
        let week = |n: usize| Item {
            summary: "Le gouvernement tient son point de presse hebdomadaire sur la situation sécuritaire".to_owned(),
            title: "Point de presse".to_owned(),
            published: Some(crate::model::PrintedDate {
                printed: String::new(),
                at: format!("2026-11-{:02}T08:00Z", 1 + 7 * n).parse().ok(),
            }),
            ..article(n)
        };
        let mut desk = Desk::new();
        assert_eq!((0..4).map(|n| desk.poll("feed", &[week(n)])).collect::<String>(), "++++");
    }

    #[test]
    fn a_page_that_prints_the_time_stops_looking_new() {
        let mut desk = Desk::new();
        let signs: String = (0..30)
            .map(|n| {
                desk.poll("feed", &[Item { body: format!("{} il est {n} heures", article(1).summary), ..article(1) }])
            })
            .collect();
        assert_eq!(signs, format!("+{}{}", "~".repeat(MAX_REVISIONS as usize), "!".repeat(5)));
    }
}
