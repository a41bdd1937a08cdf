//! One item against the plan: which watches match, and where.

use std::collections::{BTreeSet, HashMap};

use super::plan::{Plan, TermId};
use crate::model::{Field, Item, Match, WatchId};
use crate::text::{Token, Tokens};

/// Places kept per term and field: enough to show, and a bound on what a hostile text can make of one word.
const PLACES: usize = 20;

/// A watch that matches an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The watch.
    pub watch: WatchId,
    /// Where its terms occur: by field, then by place.
    pub matches: Vec<Match>,
}

type Places = HashMap<TermId, Vec<(Field, u32, u32)>>;

impl Plan {
    /// The watches that match an item, in configuration order.
    #[must_use]
    pub fn hits(&self, item: &Item) -> Vec<Hit> {
        let mut places = Places::new();
        for (field, text) in [(Field::Title, &item.title), (Field::Summary, &item.summary), (Field::Body, &item.body)] {
            self.scan(field, &Tokens::of(text), &mut places);
        }
        let candidates: BTreeSet<u32> =
            places.keys().flat_map(|term| &self.asked_by[*term as usize]).copied().collect();
        candidates.into_iter().filter_map(|index| self.judge(index, &places)).collect()
    }

    fn judge(&self, index: u32, places: &Places) -> Option<Hit> {
        let watch = &self.standing[index as usize];
        let occurs = |term: &TermId| places.contains_key(term);
        let matched = (watch.any.is_empty() || watch.any.iter().any(occurs))
            && watch.all.iter().all(occurs)
            && !watch.none.iter().any(occurs);
        matched.then(|| {
            let terms: BTreeSet<TermId> = watch.any.iter().chain(&watch.all).copied().collect();
            let mut matches: Vec<Match> = terms.iter().flat_map(|term| self.matches(*term, places)).collect();
            matches.sort_by_key(|m| (m.field, m.start));
            Hit { watch: watch.watch.clone(), matches }
        })
    }

    fn matches<'a>(&'a self, term: TermId, places: &'a Places) -> impl Iterator<Item = Match> + 'a {
        let typed = &self.terms[term as usize].typed;
        let found = places.get(&term).map(Vec::as_slice).unwrap_or_default();
        found.iter().map(|&(field, start, end)| Match { term: typed.clone(), field, start, end })
    }

    fn scan(&self, field: Field, tokens: &Tokens, places: &mut Places) {
        let mut note = |term: TermId, start: u32, end: u32| {
            let found = places.entry(term).or_default();
            if found.iter().filter(|place| place.0 == field).count() < PLACES {
                found.push((field, start, end));
            }
        };
        for token in tokens.words() {
            let word = tokens.folded(token);
            for &term in self.first_words.get(word).into_iter().flatten() {
                if let Some(end) = self.runs_on(term, tokens, token) {
                    note(term, token.start, end);
                }
            }
            for &term in self.stems_of(word) {
                note(term, token.start, token.end);
            }
        }
        for token in tokens.fused() {
            let word = tokens.folded(token);
            let single = |term: &&TermId| self.terms[**term as usize].words.len() == 1;
            for &term in self.first_words.get(word).into_iter().flatten().filter(single).chain(self.stems_of(word)) {
                note(term, token.start, token.end);
            }
        }
    }

    fn stems_of<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a TermId> {
        self.stem_lengths
            .range(..=word.len())
            .filter_map(|&len| word.get(..len))
            .filter_map(|stem| self.stems.get(stem))
            .flatten()
    }

    /// Where a term ends whose first word is `first`; None when the words after it are others.
    fn runs_on(&self, term: TermId, tokens: &Tokens, first: &Token) -> Option<u32> {
        let term = &self.terms[term as usize];
        let from = first.position as usize;
        let run = tokens.words().get(from..from + term.words.len())?;
        let mut pairs = run.iter().zip(&term.words).enumerate().skip(1);
        let last = term.words.len() - 1;
        let agrees = pairs.all(|(n, (token, word))| {
            let folded = tokens.folded(token);
            token.follows && if term.stem && n == last { folded.starts_with(&**word) } else { folded == &**word }
        });
        agrees.then(|| run.last().map_or(first.end, |token| token.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Severity, Watch};

    fn watch(id: &str, any: &[&str], all: &[&str], none: &[&str]) -> Watch {
        let list = |terms: &[&str]| terms.iter().map(|t| (*t).to_owned()).collect();
        Watch {
            id: WatchId::new(id).expect("a test id"),
            name: id.to_owned(),
            severity: Severity::High,
            any: list(any),
            all: list(all),
            none: list(none),
            to: Vec::new(),
            through: Vec::new(),
        }
    }

    fn plan(watches: &[Watch]) -> Plan {
        Plan::compile(watches).expect("good terms")
    }

    fn item(title: &str, summary: &str) -> Item {
        Item { title: title.to_owned(), summary: summary.to_owned(), ..Item::default() }
    }

    /// What `terms` find in `text`, as the original's words.
    fn found<'t>(term: &str, text: &'t str) -> Vec<&'t str> {
        let hits = plan(&[watch("w", &[term], &[], &[])]).hits(&item(text, ""));
        let matches = hits.first().map(|hit| hit.matches.clone()).unwrap_or_default();
        matches.iter().map(|m| &text[m.start as usize..m.end as usize]).collect()
    }

    #[test]
    fn terms_find_whole_words_in_four_languages() {
        for (term, text, expected) in [
            ("Niger", "Nigeria: two killed; le Niger réagit", vec!["Niger"]),
            ("mali", "شمالي مالي Somali anomalie MALI", vec!["MALI"]),
            ("مالي", "في شمالي مالي", vec!["مالي"]),
            ("باماكو", "هجوم في بامـاكو، وفي بَاماكو", vec!["بامـاكو", "بَاماكو"]),
            ("ɗoki", "sun yi Doki", vec!["Doki"]),
            ("'yan bindiga", "An kama ’yan bindiga", vec!["yan bindiga"]),
            ("masu ikirarin jihadi", "masu iƙirarin jihadi sun kai hari", vec!["masu iƙirarin jihadi"]),
            ("Côte d'Ivoire", "COTE D´IVOIRE : deux postes", vec!["COTE D´IVOIRE"]),
            ("boko haram", "Un boko. Haram", vec![]),
            ("attaque*", "Attaqué, les attaquants attaquent l’attaque", vec!["Attaqué", "attaquent", "attaque"]),
            ("groupe armé*", "un groupe d'armes; le groupe armés", vec!["groupe armés"]),
            ("Sahel", "#CentralSahel", vec!["Sahel"]),
            ("CentralSahel", "#CentralSahel", vec!["CentralSahel"]),
            ("sevare", "https://x.example/sevare/123", vec![]),
        ] {
            assert_eq!(found(term, text), expected, "{term} in {text}");
        }
    }

    #[test]
    fn any_all_and_none_look_at_the_whole_item() {
        let plan = plan(&[
            watch("any", &["attaque", "embuscade"], &[], &[]),
            watch("all", &["attaque"], &["Djibo"], &[]),
            watch("none", &["attaque"], &[], &["cardiaque"]),
            watch("all-only", &[], &["Djibo", "morts"], &[]),
        ]);
        let ids = |item: &Item| plan.hits(item).iter().map(|hit| hit.watch.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(ids(&item("Attaque à Djibo", "Quarante morts")), "any all none all-only");
        assert_eq!(ids(&item("Attaque cardiaque", "")), "any");
        assert_eq!(ids(&item("Une attaque", "une crise cardiaque")), "any");
        assert_eq!(ids(&item("Djibo sous blocus", "")), "");
    }

    #[test]
    fn a_match_knows_its_field_and_bytes() {
        let item = item("L’Aïr", "vers l'AÏR");
        let hits = plan(&[watch("w", &["Aïr"], &[], &[])]).hits(&item);
        let places: Vec<(Field, &str)> = hits[0]
            .matches
            .iter()
            .map(|m| {
                let text = if m.field == Field::Title { &item.title } else { &item.summary };
                (m.field, &text[m.start as usize..m.end as usize])
            })
            .collect();
        assert_eq!(places, [(Field::Title, "Aïr"), (Field::Summary, "AÏR")]);
    }

    #[test]
    fn a_hostile_text_leaves_a_bounded_trace() {
        let hits = plan(&[watch("w", &["mort"], &[], &[])]).hits(&item(&"mort ".repeat(100_000), ""));
        assert_eq!(hits[0].matches.len(), PLACES);
    }
}
