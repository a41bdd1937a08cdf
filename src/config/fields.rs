//! Reads the keys of one table by name and kind. What has the wrong kind is a finding, and so is every key that was never
//! asked for: the keys asked for are the schema, so that no second list of them can disagree.

use std::mem;

use super::problem::{Finding, Findings, Place, Typed};
use super::redact;
use super::suggest;
use super::tree::{Entry, Table, Value};

/// The tables and keys that stand at the top of a file. A key that is unknown where it stands may have slipped below a
/// `[table]`.
const TOP_LEVEL: [&str; 10] =
    ["version", "include", "timezone", "storage", "http", "group", "defaults", "mail", "source", "watch"];

/// Reads a value of one kind, or gives it back.
type Read<T> = fn(Value) -> Result<T, Value>;

/// The fields of one table, taken one by one.
pub(super) struct Fields<'a> {
    /// As it stands in the file: `[http]`, `[[source]]`; empty for the top.
    name: &'static str,
    /// Its header.
    pub(super) at: Place,
    table: Table,
    known: Vec<&'static str>,
    findings: &'a Findings,
}

impl<'a> Fields<'a> {
    pub(super) fn new(name: &'static str, at: Place, table: Table, findings: &'a Findings) -> Self {
        Self { name, at, table, known: Vec::new(), findings }
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Typed<String>> {
        self.field(key, "a text", "put it in double quotes", Value::into_text)
    }

    /// A duration or size: a text with a unit, such as the example.
    pub(super) fn measure(&mut self, key: &'static str, example: &str) -> Option<Typed<String>> {
        let hint = format!("a unit is required: write it like \"{example}\"");
        self.field(key, "a text with a unit", &hint, Value::into_text)
    }

    /// A whole number.
    pub(super) fn whole(&mut self, key: &'static str) -> Option<Typed<i64>> {
        self.field(key, "a whole number", "write it without quotes", Value::into_whole)
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<Typed<bool>> {
        self.field(key, "true or false", "write it without quotes", Value::into_flag)
    }

    /// A list of texts; those that are none are left out.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Typed<Vec<Typed<String>>>> {
        let node = self.take(key)?.node;
        self.texts_of(key, node)
    }

    /// A list of whole numbers; those that are none are left out.
    pub(super) fn wholes(&mut self, key: &'static str) -> Vec<Typed<i64>> {
        let list = self.field(key, "a list", "put it in brackets, like [8000]", Value::into_list);
        self.items(key, list, "a whole number", "write it without quotes", Value::into_whole)
    }

    /// A table.
    pub(super) fn table(&mut self, key: &'static str, name: &'static str) -> Option<Fields<'a>> {
        let Entry { key: at, node } = self.take(key)?;
        let hint = format!("write {key} = {{ … }}");
        let table = self.convert(key, node, "a table", &hint, Value::into_table)?;
        Some(Fields::new(name, at, table.value, self.findings))
    }

    /// The tables of a `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str, name: &'static str) -> Vec<Fields<'a>> {
        let hint = format!("write [[{key}]], with two brackets");
        let list = self.field(key, "a list of tables", &hint, Value::into_list);
        let tables = self.items(key, list, "a table", &hint, Value::into_table);
        tables.into_iter().map(|table| Fields::new(name, table.at, table.value, self.findings)).collect()
    }

    /// Every key with its list of texts, for a table whose keys are names people choose.
    pub(super) fn named_lists(mut self) -> Vec<(Typed<String>, Vec<Typed<String>>)> {
        let mut lists = Vec::with_capacity(self.table.len());
        for (name, Entry { key, node }) in mem::take(&mut self.table) {
            let texts = self.texts_of(&name, node).map(|list| list.value).unwrap_or_default();
            lists.push((Typed { value: name, at: key }, texts));
        }
        lists
    }

    fn texts_of(&self, key: &str, node: Typed<Value>) -> Option<Typed<Vec<Typed<String>>>> {
        let list = self.convert(key, node, "a list", "put it in brackets, like [\"…\"]", Value::into_list)?;
        let at = list.at.clone();
        let value = self.items(key, Some(list), "a text", "put it in double quotes", Value::into_text);
        Some(Typed { value, at })
    }

    fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn field<T>(&mut self, key: &'static str, wanted: &str, hint: &str, read: Read<T>) -> Option<Typed<T>> {
        let node = self.take(key)?.node;
        self.convert(key, node, wanted, hint, read)
    }

    fn items<T>(
        &self,
        key: &str,
        list: Option<Typed<Vec<Typed<Value>>>>,
        wanted: &str,
        hint: &str,
        read: Read<T>,
    ) -> Vec<Typed<T>> {
        let items = list.map(|list| list.value).unwrap_or_default().into_iter();
        items.filter_map(|item| self.convert(key, item, wanted, hint, read)).collect()
    }

    fn convert<T>(&self, key: &str, node: Typed<Value>, wanted: &str, hint: &str, read: Read<T>) -> Option<Typed<T>> {
        match read(node.value) {
            Ok(value) => Some(Typed { value, at: node.at }),
            Err(other) => {
                let message = format!("`{key}` takes {wanted}, not {}", other.kind());
                self.findings.push(Finding::error(&node.at, message).hint(hint));
                None
            }
        }
    }

    /// Reports every key that was not asked for. `later` are keys of versions to come.
    pub(super) fn finish(self, later: &[&str]) {
        for (key, entry) in &self.table {
            let message = match self.name {
                "" => format!("unknown key `{key}`"),
                name => format!("unknown key `{key}` in {name}"),
            };
            self.findings.push(Finding::error(&entry.key, message).hint(self.unknown_key_hint(key, later)));
        }
    }

    fn unknown_key_hint(&self, key: &str, later: &[&str]) -> String {
        if redact::is_secret_key(key) {
            return "a secret never stands in a configuration file: put it into a file of its own and name that with \
                    `password_file`, or give the name of a systemd credential with `password_credential`"
                .to_owned();
        }
        if later.contains(&key) {
            return "not supported in this version".to_owned();
        }
        if !self.name.is_empty() && TOP_LEVEL.contains(&key) {
            return format!("`{key}` belongs at the top of the file, above the first [table]");
        }
        suggest::hint(key, "known here", &self.known)
    }
}
