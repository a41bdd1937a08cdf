//! Queries on what a document was found to hold: which match, and where.

use super::concepts::{Occurrence, Places};
use super::node::{Leaf, Node};
use super::scan::Scan;
use super::syntax::tree::{Compare, Facet, Pattern, TextField};
use crate::model::{FieldToll, Match};
use crate::text::Tokens;

/// Places kept per term and field: enough to show, and a bound on what a hostile text can make of one word.
const PLACES: usize = 20;

/// Pairs of near places looked at: a text that repeats two words for megabytes has more than memory.
const MOST_PAIRS: usize = 10_000;

/// First and last word of a place, or of two that are near each other.
type Span = (u32, u32);

impl Scan<'_> {
    /// The queries that match, by number, each with the places of its terms.
    #[must_use]
    pub fn hits(&self) -> Vec<(usize, Vec<Match>)> {
        let candidates = self.candidates().into_iter().map(|number| number as usize);
        candidates.filter_map(|number| self.hit(number).map(|matches| (number, matches))).collect()
    }

    /// Where one query matches; None when it does not. A query of facets alone matches without a place.
    #[must_use]
    pub fn hit(&self, query: usize) -> Option<Vec<Match>> {
        let node = &self.plan.queries.get(query)?.node;
        self.holds(node, None).then(|| {
            let mut matches = Vec::new();
            self.collect(node, None, None, &mut matches);
            matches.sort_by_key(|found| (found.field, found.start, found.end));
            matches.dedup();
            matches
        })
    }

    /// Whether a part of a query holds, in a field or in all.
    pub(super) fn holds(&self, node: &Node, scope: Option<TextField>) -> bool {
        match node {
            Node::All(parts) => parts.iter().all(|part| self.holds(part, scope)),
            Node::Any(parts) => parts.iter().any(|part| self.holds(part, scope)),
            Node::Not(part) => !self.holds(part, scope),
            Node::AtLeast { n, of } => of.iter().filter(|part| self.holds(part, scope)).take(*n).count() == *n,
            Node::In(field, part) => self.holds(part, Some(*field)),
            Node::Leaf(leaf) => self.places_of(*leaf, scope).next().is_some(),
            Node::Facet(facet) => self.facet(facet),
            Node::Near { .. } | Node::NotNear { .. } => !self.spans(node, scope).is_empty(),
            Node::Never => false,
        }
    }

    fn places_of(&self, leaf: Leaf, scope: Option<TextField>) -> impl Iterator<Item = &Occurrence> {
        let key = leaf.key(self.plan.typed.len());
        let inside = move |place: &&Occurrence| scope.is_none_or(|field| self.words.is_in(place.first, field));
        Places(&self.places).of(key).iter().filter(inside)
    }

    /// Where a part of a query that has places stands, in order.
    fn spans(&self, node: &Node, scope: Option<TextField>) -> Vec<Span> {
        match node {
            Node::Leaf(leaf) => self.places_of(*leaf, scope).map(|place| (place.first, place.last)).collect(),
            Node::Any(parts) => {
                let mut spans: Vec<Span> = parts.iter().flat_map(|part| self.spans(part, scope)).collect();
                spans.sort_unstable();
                spans
            }
            Node::In(field, part) => self.spans(part, Some(*field)),
            Node::Near { left, right, within, ordered } => {
                self.near(&self.spans(left, scope), &self.spans(right, scope), *within, *ordered)
            }
            Node::NotNear { wanted, other, within } => {
                let others = self.spans(other, scope);
                let longest = longest(&others);
                let alone = |span: &Span| self.neighbours(*span, &others, longest, *within).next().is_none();
                self.spans(wanted, scope).into_iter().filter(alone).collect()
            }
            // The syntax lets nothing else stand beside NEAR.
            Node::All(_) | Node::Not(_) | Node::AtLeast { .. } | Node::Facet(_) | Node::Never => Vec::new(),
        }
    }

    fn near(&self, left: &[Span], right: &[Span], within: u32, ordered: bool) -> Vec<Span> {
        let (mut pairs, longest) = (Vec::new(), longest(right));
        for &one in left {
            for other in self.neighbours(one, right, longest, within).filter(|other| !ordered || other.0 > one.1) {
                pairs.push((one.0.min(other.0), one.1.max(other.1)));
                if pairs.len() >= MOST_PAIRS {
                    return pairs;
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The spans of a sorted list with at most so many words between them and this one, in the same field. Spans that share
    /// words with it are not beside it. None of the list spans more than `longest` words.
    fn neighbours<'s>(
        &self,
        of: Span,
        among: &'s [Span],
        longest: u32,
        within: u32,
    ) -> impl Iterator<Item = Span> + use<'s, '_> {
        let from = among.partition_point(|span| span.0 + longest + within < of.0);
        let field = self.words.field_number(of.0);
        let reach = move |span: &&Span| span.0 <= of.1.saturating_add(within + 1);
        let beside = move |span: &&Span| {
            let between = if span.0 > of.1 { span.0 - of.1 } else { of.0.saturating_sub(span.1) };
            (span.0 > of.1 || span.1 < of.0) && between <= within + 1 && self.words.field_number(span.0) == field
        };
        among[from..].iter().take_while(reach).filter(beside).copied()
    }

    /// Gathers the places of the terms by which a part of a query holds; `within` keeps only those inside these spans.
    pub(super) fn collect(
        &self,
        node: &Node,
        scope: Option<TextField>,
        within: Option<&[Span]>,
        matches: &mut Vec<Match>,
    ) {
        match node {
            Node::All(parts) | Node::Any(parts) | Node::AtLeast { of: parts, .. } => {
                for part in parts.iter().filter(|part| self.holds(part, scope)) {
                    self.collect(part, scope, within, matches);
                }
            }
            Node::In(field, part) => self.collect(part, Some(*field), within, matches),
            Node::Near { left, right, .. } => {
                let spans = self.spans(node, scope);
                for part in [left, right] {
                    self.collect(part, scope, Some(&spans), matches);
                }
            }
            Node::NotNear { wanted, .. } => self.collect(wanted, scope, Some(&self.spans(node, scope)), matches),
            Node::Leaf(leaf) => {
                let inside = |place: &Occurrence| {
                    let holds = |span: &Span| span.0 <= place.first && place.last <= span.1;
                    within.is_none_or(|spans| spans.iter().any(holds))
                };
                self.note(*leaf, scope, inside, matches);
            }
            Node::Facet(facet) => self.note_facet(facet, matches),
            Node::Not(_) | Node::Never => {}
        }
    }

    fn note(
        &self,
        leaf: Leaf,
        scope: Option<TextField>,
        inside: impl Fn(&Occurrence) -> bool,
        matches: &mut Vec<Match>,
    ) {
        let typed = match leaf {
            Leaf::Term(term) => &self.plan.typed[term as usize],
            Leaf::Concept(concept) => &self.plan.concepts.entry(concept).typed,
        };
        let mut kept = [0; 3];
        for place in self.places_of(leaf, scope).filter(|place| inside(place)) {
            let kept = &mut kept[self.words.field_number(place.first)];
            if *kept < PLACES {
                *kept += 1;
                let (first, last) = (self.words.token(place.first), self.words.token(place.last));
                let field = self.words.field(place.first);
                matches.push(Match { term: typed.clone(), field, start: first.start, end: last.end });
            }
        }
    }
}

/// Facets.
impl Scan<'_> {
    fn facet(&self, facet: &Facet) -> bool {
        let item = self.subject.item;
        match facet {
            Facet::Source(pattern) => fits(self.subject.source, pattern),
            Facet::Lang(lang) => {
                let primary = self.subject.lang.split('-').next().unwrap_or_default();
                primary.eq_ignore_ascii_case(lang)
            }
            Facet::Author(name) => {
                let wanted = Tokens::of(name);
                let wanted: Vec<&str> = wanted.folded_words().collect();
                item.authors.iter().any(|author| holds_run(author, &wanted))
            }
            Facet::Url(part) => {
                item.link.as_ref().is_some_and(|link| link.as_str().to_lowercase().contains(&part.to_lowercase()))
            }
            Facet::Country(country) => self.concepts().any(|concept| concept.country.as_deref() == Some(country)),
            Facet::Toll { .. } => self.asked_tolls(facet).next().is_some(),
        }
    }

    /// The item's own figures that a facet asks for.
    fn asked_tolls<'s>(&'s self, facet: &'s Facet) -> impl Iterator<Item = &'s FieldToll> {
        let asked = move |record: &&FieldToll| match facet {
            Facet::Toll { kind, compare, number } => {
                record.leads && record.toll.kind == *kind && compared(record.toll.figure(), *compare, *number)
            }
            _ => false,
        };
        self.tolls().records.iter().filter(asked)
    }

    /// A figure has a place in the text; other facets have none.
    fn note_facet(&self, facet: &Facet, matches: &mut Vec<Match>) {
        matches.extend(self.asked_tolls(facet).map(|FieldToll { field, toll, .. }| Match {
            term: facet.to_string().into(),
            field: *field,
            start: toll.start,
            end: toll.end,
        }));
    }
}

/// Words that the longest of these spans.
fn longest(spans: &[Span]) -> u32 {
    spans.iter().map(|span| span.1 - span.0 + 1).max().unwrap_or(1)
}

fn fits(id: &str, pattern: &Pattern) -> bool {
    if pattern.prefix { id.starts_with(&pattern.text) } else { id == pattern.text }
}

/// Whether a text holds these folded words in a row.
fn holds_run(text: &str, wanted: &[&str]) -> bool {
    let tokens = Tokens::of(text);
    let words: Vec<&str> = tokens.folded_words().collect();
    !wanted.is_empty() && words.windows(wanted.len()).any(|run| run == wanted)
}

fn compared(printed: u32, compare: Compare, number: u32) -> bool {
    match compare {
        Compare::Equal => printed == number,
        Compare::Above => printed > number,
        Compare::AtLeast => printed >= number,
        Compare::Below => printed < number,
        Compare::AtMost => printed <= number,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Item, PrintedDate};
    use crate::query::{Plan, Subject, Vocabulary, syntax};

    fn matches(query: &str, item: &Item) -> bool {
        let tree = syntax::parse(query, &Vocabulary::default()).expect("a good query").tree;
        let plan = Plan::compile(vec![tree], &[]);
        plan.scan(Subject { item, source: "rfi-afrique", lang: "fr-FR" }).hit(0).is_some()
    }

    #[test]
    fn facets_ask_about_the_item() {
        let item = Item {
            title: "Au moins 14 morts".to_owned(),
            link: "https://outlet.example/Communique/7".parse().ok(),
            authors: vec!["Aïcha Diallo".to_owned()],
            published: Some(PrintedDate { printed: "hier".to_owned(), at: None }),
            ..Item::default()
        };
        for (query, expected) in [
            ("source:rfi*", true),
            ("source:rfi", false),
            ("lang:fr", true),
            ("lang:ar", false),
            ("author:\"aicha diallo\"", true),
            ("author:Aïcha", true),
            ("author:Diall", false),
            ("url:/communique/", true),
            ("killed:>=14", true),
            ("killed:>14", false),
            ("killed:<20 lang:fr", true),
            ("wounded:>0", false),
            ("country:ML", false),
        ] {
            assert_eq!(matches(query, &item), expected, "{query}");
        }
    }

    #[test]
    fn a_long_pair_is_near_by_its_ends() {
        let words = |n: usize| "mot ".repeat(n);
        let item = Item { body: format!("soldat {}tué {}Djibo", words(40), words(2)), ..Item::default() };
        for (query, expected) in [
            ("Djibo NEAR/2 (soldat NEAR/40 tué)", true),
            ("Djibo NEAR/1 (soldat NEAR/40 tué)", false),
            ("(soldat NEAR/39 tué) NEAR/2 Djibo", false),
            ("soldat ONEAR/40 tué ONEAR/2 Djibo", true),
            ("tué ONEAR/40 soldat", false),
        ] {
            assert_eq!(matches(query, &item), expected, "{query}");
        }
    }

    #[test]
    fn a_hostile_text_costs_a_bounded_time_and_leaves_a_bounded_trace() {
        let item = Item { body: "mort tué ".repeat(50_000), ..Item::default() };
        let query = "mort NEAR/100 tué NEAR/100 mort NEAR/100 tué";
        let tree = syntax::parse(query, &Vocabulary::default()).expect("a good query").tree;
        let plan = Plan::compile(vec![tree], &[]);
        let matches = plan.scan(Subject { item: &item, source: "", lang: "fr" }).hit(0).expect("it matches");
        assert!(matches.len() <= 4 * super::PLACES, "{}", matches.len());
    }
}
