//! Single values: durations, sizes and rates within bounds, times and zones, one of several words, lines of text, mailboxes,
//! paths.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::{self, TimeZone};

use super::Context;
use crate::config::problem::{Finding, Place, Typed};
use crate::config::{clock, files, mailbox, suggest, units};
use crate::model::{BadId, Mailbox, Rate};

/// Most in a rate, per whatever: more is no bound.
const MOST_PER: u32 = 1000;

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

    /// The rate typed, or its default.
    pub(super) fn rate(&self, typed: Option<&Typed<String>>, key: &str, default: Rate) -> Rate {
        let Some(typed) = typed else { return default };
        match units::rate(&typed.value) {
            Err(problem) => {
                let hint = match units::probable_rate(&typed.value) {
                    Some(probable) => format!("did you mean \"{probable}\"?"),
                    None => "write it like \"12/h\": so many per s, min, h or d".to_owned(),
                };
                self.error(&typed.at, format!("`{key}` cannot be read: {problem}"), hint);
                default
            }
            Ok(rate) if rate.count == 0 || rate.count > MOST_PER => {
                self.error(&typed.at, format!("`{key}` is out of bounds"), format!("from 1 to {MOST_PER}"));
                default
            }
            Ok(rate) => rate,
        }
    }

    /// A time of the day.
    pub(super) fn time(&self, typed: &Typed<String>, key: &str) -> Option<Time> {
        let time = clock::time(&typed.value);
        if time.is_none() {
            let message = format!("`{key}` cannot be read: `{}` is not a time of the day", typed.value);
            self.error(&typed.at, message, "write it like \"06:30\", from 00:00 to 23:59");
        }
        time
    }

    /// A time zone.
    pub(super) fn zone(&self, typed: &Typed<String>) -> Option<TimeZone> {
        if let Ok(zone) = TimeZone::get(&typed.value) {
            return Some(zone);
        }
        let names: Vec<String> = tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let hint = match suggest::nearest(&typed.value, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "no time zones are installed here: install the package tzdata".to_owned(),
            None => "use a name of the IANA list, such as Africa/Bamako".to_owned(),
        };
        self.error(&typed.at, format!("`{}` is not a time zone", typed.value), hint);
        None
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
