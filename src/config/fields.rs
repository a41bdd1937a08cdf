//! Reads the keys of one table by name and kind. What has the wrong kind is a finding, and so is every key that was never
//! asked for: the keys asked for are the schema, so that no second list of them can disagree.

use std::mem;

use super::problem::{Finding, Findings, Place, Typed};
use super::redact;
use super::schema::Witness;
use super::suggest;
use super::tree::{Entry, Table, Value};

/// The tables and keys that stand at the top of a file. A key that is unknown where it stands may have slipped below a
/// `[table]`.
const TOP_LEVEL: [&str; 19] = [
    "version",
    "include",
    "timezone",
    "storage",
    "http",
    "group",
    "defaults",
    "mail",
    "operator",
    "web",
    "metrics",
    "quiet_hours",
    "pace",
    "source",
    "coverage",
    "watch",
    "digest",
    "reader",
    "concept",
];

/// Reads a value of one kind, or gives it back.
type Read<T> = fn(Value) -> Result<T, Value>;

/// Texts as typed.
pub(super) type Texts = Vec<Typed<String>>;

/// A list under a name people chose.
pub(super) struct NamedList {
    pub(super) name: Typed<String>,
    /// None when what stands there is no list.
    pub(super) texts: Option<Typed<Texts>>,
}

/// Something that can be switched off with `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch<T> {
    /// `false`.
    Off,
    On(T),
}

impl<T> Switch<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Switch<U> {
        match self {
            Self::Off => Switch::Off,
            Self::On(value) => Switch::On(change(value)),
        }
    }
}

/// The fields of one table, taken one by one.
pub(super) struct Fields<'a> {
    /// As it stands in the file: `[http]`, `[[source]]`; empty for the top.
    name: &'static str,
    /// Its header.
    pub(super) at: Place,
    /// Whether other files may add to it.
    merged: bool,
    table: Table,
    known: Vec<&'static str>,
    findings: &'a Findings,
    /// Who takes down what is asked for; None while a configuration is read in earnest.
    witness: Option<&'a Witness>,
}

impl<'a> Fields<'a> {
    /// The top of all files together.
    pub(super) fn top(table: Table, findings: &'a Findings) -> Self {
        Self { name: "", at: Place::whole_file(0), merged: true, table, known: Vec::new(), findings, witness: None }
    }

    /// The same before a witness.
    pub(super) fn witnessed(table: Table, findings: &'a Findings, witness: &'a Witness) -> Self {
        Self { witness: Some(witness), ..Self::top(table, findings) }
    }

    /// Reports an error when none of the keys is there.
    pub(super) fn require(&self, keys: &[&str], hint: &str) {
        if let (Some(witness), [key]) = (self.witness, keys) {
            witness.demanded(self.name, key);
        }
        if keys.iter().all(|key| !self.table.contains_key(*key)) {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let finding =
                Finding::error(&self.at, format!("{} is missing{}", keys.join(" or "), self.in_name())).hint(hint);
            // What others may add to can lack it only because a file could not be read.
            if self.merged { self.findings.push_absence(finding) } else { self.findings.push(finding) }
        }
    }

    /// Warns when the key is not there.
    pub(super) fn advise(&self, key: &str, message: &str, hint: &str) {
        if !self.table.contains_key(key) {
            self.findings.push_absence(Finding::warning(&self.at, message).hint(hint));
        }
    }

    fn in_name(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" in {}", self.name) }
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
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Typed<Texts>> {
        let node = self.take(key, "a list of texts")?.node;
        self.texts_of(key, node)
    }

    /// A list of whole numbers; those that are none are left out.
    pub(super) fn wholes(&mut self, key: &'static str) -> Vec<Typed<i64>> {
        let list = self.list(key, "a list of whole numbers", "put it in brackets, like [8000]");
        self.items(key, list, "a whole number", "write it without quotes", Value::into_whole)
    }

    /// A list of numbers, whole or not; those that are none are left out.
    pub(super) fn numbers(&mut self, key: &'static str) -> Vec<Typed<f64>> {
        let list = self.list(key, "a list of numbers", "put it in brackets, like [16.27, -0.04]");
        self.items(key, list, "a number", "write it without quotes", Value::into_number)
    }

    /// A table.
    pub(super) fn table(&mut self, key: &'static str, name: &'static str) -> Option<Fields<'a>> {
        self.offer(name);
        let Entry { key: at, node } = self.take(key, "a table")?;
        let hint = format!("write {key} = {{ … }}");
        let table = self.convert(key, node, "a table", &hint, Value::into_table)?;
        Some(self.inner(name, at, table.value, self.merged))
    }

    /// A table, or `false`, which stands for "none" where a default would count.
    pub(super) fn table_or_false(
        &mut self,
        key: &'static str,
        name: &'static str,
    ) -> Option<Typed<Switch<Fields<'a>>>> {
        self.offer(name);
        let Entry { key: at, node } = self.take(key, "a table or false")?;
        let read: Read<Switch<Table>> = |value| match value {
            Value::Flag(false) => Ok(Switch::Off),
            Value::Flag(true) => Err(Value::Other("true")),
            other => other.into_table().map(Switch::On),
        };
        let hint = format!("write {key} = {{ … }}, or {key} = false for none");
        let given = self.convert(key, node, "a table or false", &hint, read)?;
        Some(Typed { at: given.at, value: given.value.map(|table| self.inner(name, at, table, self.merged)) })
    }

    /// The tables of a `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str, name: &'static str) -> Vec<Fields<'a>> {
        self.offer(name);
        let hint = format!("write [[{key}]], with two brackets");
        let list = self.field(key, "a list of tables", &hint, Value::into_list);
        let tables = self.items(key, list, "a table", &hint, Value::into_table);
        tables.into_iter().map(|table| self.inner(name, table.at, table.value, false)).collect()
    }

    fn offer(&self, name: &'static str) {
        if let Some(witness) = self.witness {
            witness.offered(name);
        }
    }

    fn inner(&self, name: &'static str, at: Place, table: Table, merged: bool) -> Fields<'a> {
        if let Some(witness) = self.witness {
            witness.opened(name);
        }
        Fields { name, at, merged, table, known: Vec::new(), findings: self.findings, witness: self.witness }
    }

    /// Every key with its list of texts, for a table whose keys are names people choose.
    pub(super) fn named_lists(mut self) -> Vec<NamedList> {
        if let Some(witness) = self.witness {
            witness.asked(self.name, None, "a list of texts");
        }
        let entries = mem::take(&mut self.table).into_iter();
        let list = |(name, Entry { key, node }): (String, Entry)| {
            let texts = self.texts_of(&name, node);
            NamedList { name: Typed { value: name, at: key }, texts }
        };
        entries.map(list).collect()
    }

    fn texts_of(&self, key: &str, node: Typed<Value>) -> Option<Typed<Texts>> {
        let list = self.convert(key, node, "a list", "put it in brackets, like [\"…\"]", Value::into_list)?;
        let at = list.at.clone();
        let value = self.items(key, Some(list), "a text", "put it in double quotes", Value::into_text);
        Some(Typed { value, at })
    }

    fn take(&mut self, key: &'static str, takes: &'static str) -> Option<Entry> {
        if let Some(witness) = self.witness {
            witness.asked(self.name, Some(key), takes);
        }
        self.known.push(key);
        self.table.remove(key)
    }

    fn field<T>(&mut self, key: &'static str, wanted: &'static str, hint: &str, read: Read<T>) -> Option<Typed<T>> {
        let node = self.take(key, wanted)?.node;
        self.convert(key, node, wanted, hint, read)
    }

    fn list(&mut self, key: &'static str, takes: &'static str, hint: &str) -> Option<Typed<Vec<Typed<Value>>>> {
        let node = self.take(key, takes)?.node;
        self.convert(key, node, "a list", hint, Value::into_list)
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
            let finding = match redact::secret_key(key) {
                Some(instead) => {
                    let message = format!("`{key}` must not stand in a configuration file");
                    Finding::error(&entry.key, message).hint(format!(
                        "put it into a file of its own and name that with `{instead}_file`, or give the name of a \
                         systemd credential with `{instead}_credential`"
                    ))
                }
                None => Finding::error(&entry.key, format!("unknown key `{key}`{}", self.in_name()))
                    .hint(self.unknown_key_hint(key, later)),
            };
            self.findings.push(finding);
        }
    }

    fn unknown_key_hint(&self, key: &str, later: &[&str]) -> String {
        if later.contains(&key) {
            return "not supported in this version".to_owned();
        }
        if !self.name.is_empty() && TOP_LEVEL.contains(&key) {
            return format!("`{key}` belongs at the top of the file, above the first [table]");
        }
        suggest::hint(key, "known here", &self.known)
    }
}
