//! The text format of Prometheus (0.0.4) as strictly read as its description allows: what this refuses, some monitor misreads.

use std::collections::{BTreeMap, BTreeSet};

/// A metric and its series.
#[derive(Debug, Clone, Default)]
pub struct Family {
    pub kind: String,
    pub help: String,
    /// Name, labels, value; in their order.
    pub series: Vec<Series>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// A page that was read.
#[derive(Debug, Clone, Default)]
pub struct Page(pub BTreeMap<String, Family>);

impl Page {
    /// Reads a page; panics at whatever is wrong with it.
    #[track_caller]
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line is cut off");
        let (mut page, mut current, mut seen) = (Self::default(), String::new(), BTreeSet::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap_or_else(|| panic!("no words: {line}"));
                assert!(is_name(name) && !help.is_empty(), "{line}");
                let family = Family { help: help.to_owned(), ..Family::default() };
                assert!(page.0.insert(name.to_owned(), family).is_none(), "told twice, or in two places: {line}");
                name.clone_into(&mut current);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap_or_else(|| panic!("no type: {line}"));
                assert!(name == current && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
                page.0.get_mut(name).unwrap().kind = kind.to_owned();
            } else {
                let series = Series::read(line);
                let family = page.0.get_mut(&current).unwrap_or_else(|| panic!("nobody's: {line}"));
                assert!(family.owns(&current, &series.name), "not of {current}: {line}");
                assert!(seen.insert((series.name.clone(), series.labels.clone())), "twice: {line}");
                family.series.push(series);
            }
        }
        page.0.iter().for_each(|(name, family)| family.check(name));
        page
    }

    /// The value of a series with these labels and no others.
    #[track_caller]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or_else(|| panic!("no {name}{labels:?} in {:#?}", self.0.keys()))
    }

    /// The same; None when there is no such series.
    pub fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: BTreeMap<String, String> =
            labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let mut all = self.0.values().flat_map(|family| &family.series);
        all.find(|series| series.name == name && series.labels == labels).map(|series| series.value)
    }
}

impl Family {
    fn owns(&self, family: &str, series: &str) -> bool {
        match self.kind.as_str() {
            "histogram" => {
                series.strip_prefix(family).is_some_and(|suffix| ["_bucket", "_sum", "_count"].contains(&suffix))
            }
            _ => series == family,
        }
    }

    /// Labels that tell the series apart, without the bounds of a histogram.
    pub fn labels(&self) -> Vec<&str> {
        let first = self.series.first().into_iter().flat_map(|series| series.labels.keys());
        first.map(String::as_str).filter(|label| *label != "le").collect()
    }

    fn check(&self, name: &str) {
        assert!(!self.kind.is_empty() && !self.series.is_empty(), "{name} has no type or no series");
        assert_eq!(self.kind == "counter", name.ends_with("_total"), "{name} is a {}", self.kind);
        if self.kind == "histogram" {
            let of = |suffix: &'static str| {
                self.series.iter().filter(move |series| series.name == format!("{name}{suffix}"))
            };
            let buckets: Vec<(f64, f64)> =
                of("_bucket").map(|series| (number(&series.labels["le"]), series.value)).collect();
            assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{name}: {buckets:?}");
            let (last, all) = (buckets.last().unwrap(), of("_count").next().unwrap().value);
            assert_eq!(*last, (f64::INFINITY, all), "{name}");
            assert_eq!(of("_sum").count(), 1, "{name}");
        }
    }
}

impl Series {
    #[track_caller]
    fn read(line: &str) -> Self {
        let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("no value: {line}"));
        let (name, mut rest) = line.split_at(end);
        assert!(is_name(name), "{line}");
        let mut labels = BTreeMap::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside;
            loop {
                let (key, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no label: {line}"));
                assert!(is_name(key) && !key.contains(':'), "{line}");
                let (value, after) = unescaped(after);
                assert!(labels.insert(key.to_owned(), value).is_none(), "a label twice: {line}");
                match after.strip_prefix(',') {
                    Some(more) => rest = more,
                    None => break rest = after.strip_prefix('}').unwrap_or_else(|| panic!("no end: {line}")),
                }
            }
        }
        let value = rest.strip_prefix(' ').unwrap_or_else(|| panic!("no value: {line}"));
        Self { name: name.to_owned(), labels, value: number(value) }
    }
}

/// Up to the closing quote, which must be there.
fn unescaped(text: &str) -> (String, &str) {
    let (mut value, mut letters) = (String::new(), text.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match letters.next() {
                Some((_, 'n')) => '\n',
                Some((_, letter @ ('"' | '\\'))) => letter,
                other => panic!("a stray backslash before {other:?}: {text}"),
            }),
            letter => value.push(letter),
        }
    }
    panic!("an open quote: {text}")
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        _ => text.parse().unwrap_or_else(|_| panic!("no number: {text}")),
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
}
