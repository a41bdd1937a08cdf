//! The schema, as its reader tells it: every table and key that is asked for, what it takes, and whether it must be there. The names
//! of the keys stand in `raw`, so that no second list of them can disagree. Knows what none of them means (`reference`).

use std::cell::RefCell;

use super::fields::Fields;
use super::problem::Findings;
use super::raw::Raw;
use super::{files, tree};

/// One of everything, so that the reader asks for every key of every table. What may stand in a source follows from its kind.
const ONE_OF_EACH: &str = "
    storage = {}
    http = {}
    group = {}
    defaults = { source = {}, watch = { timing = {} } }
    mail = { smtp = {} }
    operator = {}
    web = {}
    metrics = {}
    quiet_hours = {}
    pace = {}
    source = [{ kind = 'page', select = {} }, { kind = 'json', select = {} }, { kind = 'exec' }]
    coverage = [{}]
    watch = [{ timing = {}, test = [{}] }]
    digest = [{ schedule = {} }]
    reader = [{ quiet_hours = {} }]
    concept = [{ strong = {}, weak = {} }]
";

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// As it stands in a file: `[http]`, `[[source]]`, `select`; empty for the top.
    pub(super) name: &'static str,
    /// In the order in which they are asked for.
    pub(super) keys: Vec<Key>,
    /// How many of it were read.
    read: usize,
}

/// A key of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// As typed; None where people choose the names.
    pub(super) name: Option<&'static str>,
    /// What it takes: "a text", "a list of texts".
    pub(super) takes: &'static str,
    /// In how many of the tables read it had to be there.
    demanded: usize,
}

impl Table {
    /// Whether the key must be there in every table of this name.
    pub(super) fn requires(&self, key: &Key) -> bool {
        key.demanded > 0 && key.demanded == self.read
    }
}

/// Takes down what a reader asks for.
#[derive(Default)]
pub(super) struct Witness {
    tables: RefCell<Vec<Table>>,
    /// Table and key of what was demanded: told before the key is asked for.
    demanded: RefCell<Vec<(&'static str, String)>>,
}

impl Witness {
    /// A key is asked for.
    pub(super) fn asked(&self, table: &'static str, name: Option<&'static str>, takes: &'static str) {
        self.with(table, |table| {
            if table.keys.iter().all(|key| key.name != name) {
                table.keys.push(Key { name, takes, demanded: 0 });
            }
        });
    }

    /// A key must be there.
    pub(super) fn demanded(&self, table: &'static str, key: &str) {
        self.demanded.borrow_mut().push((table, key.to_owned()));
    }

    /// A table of this name may stand there.
    pub(super) fn offered(&self, table: &'static str) {
        self.with(table, |_| {});
    }

    /// A table is about to be read.
    pub(super) fn opened(&self, table: &'static str) {
        self.with(table, |table| table.read += 1);
    }

    fn with(&self, name: &'static str, change: impl FnOnce(&mut Table)) {
        let mut tables = self.tables.borrow_mut();
        let at = tables.iter().position(|table| table.name == name).unwrap_or_else(|| {
            tables.push(Table { name, keys: Vec::new(), read: 0 });
            tables.len() - 1
        });
        change(&mut tables[at]);
    }

    fn into_tables(self) -> Vec<Table> {
        let mut tables = self.tables.into_inner();
        let demanded = self.demanded.into_inner();
        for table in &mut tables {
            for key in &mut table.keys {
                let is_meant = |(name, wanted): &&(_, String)| *name == table.name && key.name == Some(wanted);
                key.demanded = demanded.iter().filter(is_meant).count();
            }
        }
        tables
    }
}

/// Every table, in the order in which the reader comes to it.
pub(super) fn tables() -> Vec<Table> {
    // What is missing in tables that hold nothing is of no interest.
    let findings = Findings::default();
    let witness = Witness::default();
    let top = tree::parse(0, ONE_OF_EACH, &findings).table;
    witness.opened("");
    files::head_of(&mut Fields::witnessed(tree::Table::new(), &findings, &witness));
    Raw::read(Fields::witnessed(top, &findings, &witness));
    witness.into_tables()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that is added must stand in [`ONE_OF_EACH`], too.
    #[test]
    fn every_table_is_read() {
        let unread: Vec<&str> = tables().into_iter().filter(|table| table.read == 0).map(|table| table.name).collect();
        assert!(unread.is_empty(), "the sample holds none of {unread:?}");
    }

    #[test]
    fn what_must_be_there_is_known() {
        let tables = tables();
        let requires = |name: &str, key: &str| {
            let table = tables.iter().find(|table| table.name == name).unwrap();
            table.requires(table.keys.iter().find(|known| known.name == Some(key)).unwrap())
        };
        for (table, key, expected) in [
            ("", "version", true),
            ("", "timezone", false),
            ("[http]", "contact", true),
            ("[[source]]", "kind", true),
            // A program has a command instead.
            ("[[source]]", "url", false),
            ("[[watch]]", "to", true),
            // Or `query`.
            ("[[watch]]", "any", false),
        ] {
            assert_eq!(requires(table, key), expected, "{table} {key}");
        }
    }
}
