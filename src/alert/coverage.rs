//! Who reports a story: the independent reports, each with the copies of it. A copy names a source but counts for none.

use std::collections::HashMap;

use crate::model::{ItemId, Notice, Report, Source, SourceId};

/// The reports of a story, told apart.
pub(crate) struct Coverage<'a> {
    /// Oldest first.
    pub(crate) originals: Vec<Original<'a>>,
    sources: &'a [Source],
}

/// A report that is no copy.
pub(crate) struct Original<'a> {
    pub(crate) report: &'a Report,
    /// Whose text is this one's, oldest first.
    pub(crate) copies: Vec<&'a Report>,
}

impl<'a> Coverage<'a> {
    /// A copy of a copy is one of the first; a copy of what is not among the reports stands for it.
    pub(crate) fn of(reports: &'a [Report], sources: &'a [Source]) -> Self {
        let roots = roots(reports);
        let mut originals: Vec<Original<'a>> = Vec::new();
        let mut at: HashMap<ItemId, usize> = HashMap::new();
        for report in reports.iter().filter(|report| roots.get(&report.item) == Some(&report.item)) {
            at.entry(report.item).or_insert_with(|| {
                originals.push(Original { report, copies: Vec::new() });
                originals.len() - 1
            });
        }
        for report in reports {
            let root = roots.get(&report.item).filter(|root| **root != report.item);
            if let Some(at) = root.and_then(|root| at.get(root)) {
                originals[*at].copies.push(report);
            }
        }
        Self { originals, sources }
    }

    /// How many sources report on their own account.
    pub(crate) fn independent(&self) -> usize {
        let mut sources: Vec<_> = self.originals.iter().map(|original| &original.report.source).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    }

    pub(crate) fn source(&self, id: &SourceId) -> Option<&'a Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    /// What people call a source; its id once it left the configuration.
    pub(crate) fn name<'b>(&self, id: &'b SourceId) -> &'b str
    where
        'a: 'b,
    {
        self.source(id).map_or(id.as_str(), |source| &source.name)
    }

    /// All reports, each original before its copies.
    pub(crate) fn reports(&self) -> impl Iterator<Item = &'a Report> + '_ {
        self.originals.iter().flat_map(|original| [original.report].into_iter().chain(original.copies.iter().copied()))
    }

    pub(crate) fn report(&self, item: ItemId) -> Option<&'a Report> {
        self.reports().find(|report| report.item == item)
    }

    /// The originals whose source still stands by them; all where none does.
    pub(crate) fn standing(&self) -> Vec<&Original<'a>> {
        let stands = |original: &&Original<'_>| original.report.notice != Some(Notice::Withdrawal);
        let standing: Vec<_> = self.originals.iter().filter(stands).collect();
        if standing.is_empty() { self.originals.iter().collect() } else { standing }
    }
}

/// The item at the end of each report's chain of copies; the first item of the circle where a chain runs in one. Every report
/// is walked over once.
fn roots(reports: &[Report]) -> HashMap<ItemId, ItemId> {
    let next: HashMap<ItemId, Option<ItemId>> = reports.iter().map(|report| (report.item, report.copy_of)).collect();
    let mut roots: HashMap<ItemId, ItemId> = HashMap::with_capacity(reports.len());
    for report in reports {
        let (mut path, mut on_path) = (Vec::new(), HashMap::new());
        let mut item = report.item;
        let root = loop {
            if let Some(root) = roots.get(&item) {
                break *root;
            }
            if let Some(began) = on_path.insert(item, path.len()) {
                break path[began..].iter().copied().min().unwrap_or(item);
            }
            path.push(item);
            match next.get(&item).copied().flatten().filter(|of| next.contains_key(of)) {
                Some(of) => item = of,
                None => break item,
            }
        };
        roots.extend(path.into_iter().map(|item| (item, root)));
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::super::golden::stories::{item, report};
    use super::*;

    #[test]
    fn a_copy_stands_beside_what_it_copies() {
        // Each report's source, and of which it is a copy; what comes out is each original with its copies.
        type Given = &'static [(&'static str, Option<u64>)];
        let table: [(Given, &str, usize); 7] = [
            (&[("a", None), ("b", None)], "a | b", 2),
            (&[("a", None), ("b", Some(0))], "a b", 1),
            (&[("a", None), ("b", Some(0)), ("c", Some(1))], "a b c", 1),
            (&[("a", Some(1)), ("b", None)], "b a", 1),
            (&[("a", Some(9)), ("b", None)], "a | b", 2),
            (&[("a", None), ("a", None)], "a | a", 1),
            (&[("a", Some(0))], "a", 1),
        ];
        for (given, shown, independent) in table {
            let one = |(n, (source, copy_of)): (usize, &(&str, Option<u64>))| Report {
                copy_of: copy_of.map(item),
                ..report(n as u64, source, "fr", "14:00:00", "")
            };
            let reports: Vec<_> = given.iter().enumerate().map(one).collect();
            let coverage = Coverage::of(&reports, &[]);
            let told = coverage.originals.iter().map(|original| {
                let names = [original.report].into_iter().chain(original.copies.iter().copied());
                names.map(|report| report.source.as_str()).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(told.collect::<Vec<_>>().join(" | "), shown);
            assert_eq!(coverage.independent(), independent, "{shown}");
        }
    }

    #[test]
    fn copies_in_a_circle_are_each_told_once() {
        let circle = [(0, 1), (1, 2), (2, 0)];
        let reports = circle.map(|(n, of)| Report { copy_of: Some(item(of)), ..report(n, "a", "fr", "14:00:00", "") });
        let coverage = Coverage::of(&reports, &[]);
        let mut told: Vec<_> = coverage.reports().map(|report| report.item).collect();
        told.sort_unstable();
        assert_eq!(told, [item(0), item(1), item(2)]);
    }
}
