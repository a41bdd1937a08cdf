//! Single values: durations and sizes within bounds, one of several words, lines of text, mailboxes, paths.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::Context;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::{files, mailbox, suggest, units};
use crate::model::{BadId, Mailbox};

/// Longest name or other line of text, in characters.
const MAX_LINE: usize = 200;

/// Default and bounds of a duration or size, as people write them.
pub(super) struct Measure {
    pub(super) key: &'static str,
    pub(super) default: &'static str,
    pub(super) low: &'static str,
    pub(super) high: &'static str,
}

impl Context<'_> {
    /// The duration typed, or its default.
    pub(super) fn duration(&self, typed: Option<&Typed<String>>, measure: &Measure) -> Duration {
        self.measure(typed, measure, units::duration)
    }

    /// The size typed, in bytes, or its default.
    pub(super) fn size(&self, typed: Option<&Typed<String>>, measure: &Measure) -> u64 {
        self.measure(typed, measure, units::size)
    }

    fn measure<T: PartialOrd, E: Display>(
        &self,
        typed: Option<&Typed<String>>,
        measure: &Measure,
        read: fn(&str) -> Result<T, E>,
    ) -> T {
        let Measure { key, default, low, high } = measure;
        let constant = |text| read(text).unwrap_or_else(|_| unreachable!("`{text}` is written in this program"));
        let Some(typed) = typed else { return constant(default) };
        match read(&typed.value) {
            Err(problem) => {
                let hint = format!("write it like \"{default}\"");
                self.error(&typed.at, format!("`{key}` cannot be read: {problem}"), hint);
                constant(default)
            }
            Ok(value) if value < constant(low) || value > constant(high) => {
                self.error(&typed.at, format!("`{key}` is out of bounds"), format!("from {low} to {high}"));
                constant(default)
            }
            Ok(value) => value,
        }
    }

    /// The number typed, or its default.
    pub(super) fn number<T>(&self, typed: Option<&Typed<i64>>, key: &str, default: T, bounds: RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        let Some(typed) = typed else { return default };
        match T::try_from(typed.value) {
            Ok(value) if bounds.contains(&value) => value,
            _ => {
                let hint = format!("from {} to {}", bounds.start(), bounds.end());
                self.error(&typed.at, format!("`{key}` is out of bounds"), hint);
                default
            }
        }
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&self, typed: &Typed<String>, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let chosen = choices.iter().find(|(word, _)| *word == typed.value);
        if chosen.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let hint = suggest::hint(&typed.value, "one of", &words);
            self.error(&typed.at, format!("`{key}` cannot be `{}`", typed.value), hint);
        }
        chosen.map(|(_, value)| *value)
    }

    /// A line of text that will be shown.
    pub(super) fn line(&self, typed: &Typed<String>, key: &str) -> Option<String> {
        let text = typed.value.trim();
        let problem = match () {
            () if text.is_empty() => "is empty",
            () if text.chars().any(char::is_control) => "contains a control character",
            () if text.chars().count() > MAX_LINE => "is longer than 200 characters",
            () => return Some(text.to_owned()),
        };
        self.error(&typed.at, format!("`{key}` {problem}"), "it is shown in mail: write one short line");
        None
    }

    /// An id that no other thing of its kind has; `taken` remembers where each was given first.
    pub(super) fn unique_id<I: Ord + Clone + Display>(
        &self,
        typed: Option<&Typed<String>>,
        noun: &str,
        read: fn(&str) -> Result<I, BadId>,
        taken: &mut BTreeMap<I, Place>,
    ) -> Option<I> {
        let typed = typed?;
        let id = match read(&typed.value) {
            Ok(id) => id,
            Err(problem) => {
                let near = suggest::slug(&typed.value);
                let hint =
                    if read(&near).is_ok() { format!("`{near}` would be one") } else { "like rfi-afrique".to_owned() };
                self.error(&typed.at, problem.to_string(), hint);
                return None;
            }
        };
        if let Some(first) = taken.get(&id) {
            let finding = Finding::error(&typed.at, format!("{noun} id `{id}` is given twice")).first_at(first);
            self.findings.push(finding.hint("ids are unique: rename one"));
            return None;
        }
        taken.insert(id.clone(), typed.at.clone());
        Some(id)
    }

    /// A mailbox.
    pub(super) fn mailbox(&self, typed: &Typed<String>) -> Option<Mailbox> {
        let hint = "write it like amina@example.org or \"Amina <amina@example.org>\"";
        let report = |problem| self.error(&typed.at, format!("`{}` is not a mailbox: {problem}", typed.value), hint);
        mailbox::parse(&typed.value).map_err(report).ok()
    }

    /// A path; relative ones start from the folder of the file they are written in.
    pub(super) fn path(&self, typed: &Typed<String>) -> PathBuf {
        files::folder_of(&self.files[typed.at.file].path).join(&typed.value)
    }
}
