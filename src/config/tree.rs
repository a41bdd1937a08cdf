//! TOML as typed, with the place of every key and value, and how the trees of several files become one: tables merge, lists
//! append, and anything else may be given once only. Knows no key by name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Finding, Findings, Place, Typed};

/// A table: its entries by key.
pub(super) type Table = BTreeMap<String, Entry>;

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Place,
    pub(super) node: Typed<Value>,
}

/// A value of one of the kinds our schema knows; `Other` names a kind it does not.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Fraction(f64),
    Flag(bool),
    List(Vec<Typed<Value>>),
    Table(Table),
    Other(&'static str),
}

impl Value {
    pub(super) fn into_text(self) -> Result<String, Self> {
        if let Self::Text(text) = self { Ok(text) } else { Err(self) }
    }

    pub(super) fn into_whole(self) -> Result<i64, Self> {
        if let Self::Whole(number) = self { Ok(number) } else { Err(self) }
    }

    pub(super) fn into_number(self) -> Result<f64, Self> {
        match self {
            Self::Fraction(number) => Ok(number),
            // Degrees and the like are far below 2^52, where a float holds every whole number.
            Self::Whole(number) => Ok(number as f64),
            other => Err(other),
        }
    }

    pub(super) fn into_flag(self) -> Result<bool, Self> {
        if let Self::Flag(flag) = self { Ok(flag) } else { Err(self) }
    }

    pub(super) fn into_list(self) -> Result<Vec<Typed<Self>>, Self> {
        if let Self::List(list) = self { Ok(list) } else { Err(self) }
    }

    pub(super) fn into_table(self) -> Result<Table, Self> {
        if let Self::Table(table) = self { Ok(table) } else { Err(self) }
    }

    /// The kind, with its article, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a number",
            Self::Fraction(_) => "a number with a fraction",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// One file.
pub(super) struct Parsed {
    pub(super) table: Table,
    /// Whether there was a syntax error, so that `table` may lack or garble things.
    pub(super) broken: bool,
}

/// Parses one file. Only its first syntax error is a finding: the parser goes on after it, but one bracket left open makes
/// it stumble over every line below.
pub(super) fn parse(file: usize, text: &str, findings: &Findings) -> Parsed {
    let (document, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        let place = error.span().map_or(Place::whole_file(file), |span| Place::new(file, span));
        let finding = Finding::error(&place, format!("not TOML: {}", error.message()));
        findings.push(finding.hint("nothing else in this file was checked; look at the line above, too"));
    }
    Parsed { table: table(file, document.into_inner()), broken: !errors.is_empty() }
}

fn table(file: usize, table: DeTable<'_>) -> Table {
    let entry = |(key, value): (Spanned<_>, _)| {
        let place = Place::new(file, key.span());
        (String::from(key.into_inner()), Entry { key: place, node: node(file, value) })
    };
    table.into_iter().map(entry).collect()
}

fn node(file: usize, value: Spanned<DeValue<'_>>) -> Typed<Value> {
    let at = Place::new(file, value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Other("a number beyond 64 bits"),
        },
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Array(list) => Value::List(list.into_iter().map(|item| node(file, item)).collect()),
        DeValue::Table(inner) => Value::Table(table(file, inner)),
        DeValue::Float(number) => match number.as_str().replace('_', "").parse() {
            Ok(number) => Value::Fraction(number),
            Err(_) => Value::Other("a number with a fraction"),
        },
        DeValue::Datetime(_) => Value::Other("a date"),
    };
    Typed { value, at }
}

/// Adds one file's table to what the files before it gave. `path` names the table in messages: empty, or `mail.`.
pub(super) fn merge(into: &mut Table, from: Table, path: &str, findings: &Findings) {
    for (key, entry) in from {
        match into.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(mut slot) => {
                let name = format!("{path}{}", slot.key());
                merge_entry(slot.get_mut(), entry, &name, findings);
            }
        }
    }
}

fn merge_entry(first: &mut Entry, second: Entry, name: &str, findings: &Findings) {
    match (&mut first.node.value, second.node.value) {
        (Value::Table(into), Value::Table(from)) => merge(into, from, &format!("{name}."), findings),
        (Value::List(into), Value::List(from)) => into.extend(from),
        _ => {
            let finding = Finding::error(&second.key, format!("`{name}` is given twice")).first_at(&first.key);
            findings.push(finding.hint("keep one of them"));
        }
    }
}
