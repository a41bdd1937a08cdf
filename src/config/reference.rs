//! The reference of the configuration, for the manual: the schema as the reader tells it (`schema`), and beside each key what it means
//! (`reference.tsv`). Tests hold the two against each other and each default against what the program does.

use super::schema::{self, Key};

/// Tabs part table, key, default and meaning; a row without a key is about the table, and its third cell is the heading.
const TEXTS: &str = include_str!("reference.tsv");

/// Stands for the top of a file where a table is named, as a cell cannot be empty there.
const TOP: &str = "-";
/// Stands for keys whose names people choose.
const CHOSEN: &str = "*";

/// One table of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// As it stands in a file, and where.
    pub heading: &'static str,
    /// What it is for. Code stands between backticks, here as in every text.
    pub about: &'static str,
    /// Its keys, in the order in which they are best read.
    pub keys: Vec<Entry>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As typed; None where people choose the names.
    pub name: Option<&'static str>,
    /// What it takes: "a text", "a list of texts".
    pub takes: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What counts when it is not there; None where nothing does.
    pub default: Option<KeyDefault>,
    /// What it means, with its bounds.
    pub meaning: &'static str,
}

/// What counts for a key that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDefault {
    /// The value as it would be typed.
    Typed(&'static str),
    /// In words.
    Words(&'static str),
}

/// A row of the texts.
struct Row {
    table: &'static str,
    key: &'static str,
    default: &'static str,
    meaning: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    TEXTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next();
        let (table, key, default, meaning) = (cell()?, cell()?, cell()?, cell()?);
        Some(Row { table: if table == TOP { "" } else { table }, key, default, meaning })
    })
}

impl Row {
    fn is_of(&self, key: &Key) -> bool {
        key.name.unwrap_or(CHOSEN) == self.key
    }

    fn default(&self) -> Option<KeyDefault> {
        match self.default.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(words) => Some(KeyDefault::Words(words)),
            None => Some(self.default).filter(|typed| !typed.is_empty()).map(KeyDefault::Typed),
        }
    }
}

/// Every table of the configuration, the top first.
#[must_use]
pub fn reference() -> Vec<Section> {
    let tables = schema::tables();
    let mut sections = Vec::new();
    for head in rows().filter(|row| row.key.is_empty()) {
        let Some(table) = tables.iter().find(|table| table.name == head.table) else { continue };
        let entry = |row: Row| {
            let key = table.keys.iter().find(|key| row.is_of(key))?;
            let (name, takes, required) = (key.name, key.takes, table.requires(key));
            Some(Entry { name, takes, required, default: row.default(), meaning: row.meaning })
        };
        let keys = rows().filter(|row| row.table == head.table && !row.key.is_empty()).filter_map(entry).collect();
        sections.push(Section { heading: head.default, about: head.meaning, keys });
    }
    sections
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::Arc;

    use toml::{Table, Value};

    use super::*;
    use crate::config::{Config, Environment, load};

    /// Asked for only to say where it belongs instead.
    const MISPLACED: [(&str, &str); 1] = [("quiet_hours", "timezone")];

    /// A configuration with one of each table, and of each kind of source.
    const BASE: &str = r#"
        version = 1
        http = { contact = "ops@example.org" }
        group.desk = ["amina@example.org"]
        quiet_hours = { from = "22:00", until = "06:00" }
        storage = { path = "/nowhere" }
        pace = {}
        operator = {}
        web = { public_url = "https://watch.example.org/" }
        metrics = { listen = "127.0.0.1:8629" }
        defaults = { source = {}, watch = { timing = {} } }
        mail = { from = "alerts@example.org", ops_to = ["ops@example.org"], transport = "TRANSPORT", smtp = { host = "localhost" } }
        reader = [{ who = ["@desk"], quiet_hours = { from = "21:00", until = "05:00" } }]
        coverage = [{ name = "All", at_least = 1 }]
        concept = [{ id = "our-compound", kind = "place", strong = { fr = ["Base Alpha"] } }]

        [[source]]
        id = "a"
        kind = "page"
        url = "https://example.org/"
        select = { item = "li", title = "a" }

        [[source]]
        id = "b"
        kind = "exec"
        command = ["/bin/true"]

        [[watch]]
        id = "a"
        any = ["attaque*"]
        to = ["@desk"]
        deliver = "both"
        timing = {}

        [[digest]]
        id = "a"
        schedule = { at = ["06:30"] }
        to = ["@desk"]
    "#;

    #[test]
    fn every_key_is_told_of_and_none_is_invented() {
        let asked: BTreeSet<(&str, &str)> = schema::tables()
            .iter()
            .flat_map(|table| table.keys.iter().map(|key| (table.name, key.name.unwrap_or(CHOSEN))))
            .filter(|key| !MISPLACED.contains(key))
            .collect();
        let told: Vec<(&str, &str)> =
            rows().filter(|row| !row.key.is_empty()).map(|row| (row.table, row.key)).collect();
        let heads: BTreeSet<&str> = rows().filter(|row| row.key.is_empty()).map(|row| row.table).collect();
        let set: BTreeSet<(&str, &str)> = told.iter().copied().collect();
        assert_eq!(set.len(), told.len(), "a key is told of twice");
        let untold: Vec<_> = asked.difference(&set).collect();
        let invented: Vec<_> = set.difference(&asked).collect();
        assert!(untold.is_empty(), "without a row in reference.tsv: {untold:?}");
        assert!(invented.is_empty(), "in reference.tsv, but never asked for: {invented:?}");
        assert_eq!(
            heads,
            asked.iter().map(|(table, _)| *table).collect(),
            "tables that are told of, and those there are"
        );
    }

    #[test]
    fn every_row_has_four_cells_and_a_full_sentence() {
        for line in TEXTS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 4, "{line}");
            assert!(line.ends_with(['.', ':']), "{line}");
            assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        }
    }

    /// Where the table of a row stands in the base.
    fn place(row: &Row) -> String {
        match (row.table, row.key) {
            ("[[source]]", "timeout") => "source.1".to_owned(),
            ("select", _) => "source.0.select".to_owned(),
            ("timing", _) => "watch.0.timing".to_owned(),
            ("test", _) => "watch.0.test.0".to_owned(),
            ("schedule", _) => "digest.0.schedule".to_owned(),
            (table, _) => match table.strip_prefix("[[") {
                Some(rest) => format!("{}.0", rest.trim_end_matches(']')),
                None => table.trim_matches(['[', ']']).to_owned(),
            },
        }
    }

    /// What comes of the base with defaults typed in, or without. The lexicon is left out, which no default is about.
    fn meaning(transport: &str, defaults: &[(&Row, Value)], main: &Path) -> String {
        let mut base = Value::Table(BASE.replace("TRANSPORT", transport).parse().unwrap());
        for (row, value) in defaults {
            let steps = place(row);
            let step = |inside, step: &str| match step.parse::<usize>() {
                Ok(number) => Value::get_mut(inside, number).unwrap(),
                Err(_) => Value::get_mut(inside, step).unwrap(),
            };
            let table = steps.split('.').filter(|step| !step.is_empty()).fold(&mut base, step);
            table.as_table_mut().unwrap().insert(row.key.to_owned(), value.clone());
        }
        std::fs::write(main, toml::to_string(&base).unwrap()).unwrap();
        let loaded = load(main, &Environment::default());
        let problems: Vec<String> = loaded.report.problems.iter().map(|problem| problem.message.clone()).collect();
        let config = loaded.config.unwrap_or_else(|| panic!("{problems:?}"));
        format!("{:?}", Config { lexicon: Arc::default(), ..config })
    }

    /// Whoever types the defaults gets what they had without them.
    #[test]
    fn defaults_typed_in_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("sahelwatch.toml");
        let all: Vec<Row> = rows().filter(|row| !row.key.is_empty()).collect();
        let typed = |row| match Row::default(row) {
            Some(KeyDefault::Typed(typed)) => format!("value = {typed}").parse::<Table>().unwrap().remove("value"),
            _ => None,
        };
        let defaults: Vec<(&Row, Value)> = all.iter().filter_map(|row| Some((row, typed(row)?))).collect();
        assert!(defaults.len() > 40, "only {} defaults are tried", defaults.len());
        for transport in ["file", "sendmail", "smtp"] {
            // The transport itself is a key with a default.
            let tried: Vec<(&Row, Value)> =
                defaults.iter().filter(|(row, _)| row.key != "transport").cloned().collect();
            let without = meaning(transport, &[], &main);
            if meaning(transport, &tried, &main) != without {
                let changes = |one: &&(&Row, Value)| meaning(transport, std::slice::from_ref(*one), &main) != without;
                let wrong = tried.iter().find(changes).map(|(row, _)| (row.table, row.key));
                panic!("the default is another one: {wrong:?}");
            }
        }
        assert_eq!(meaning("file", &[], &main), meaning("file", &defaults, &main), "the transport");
    }
}
