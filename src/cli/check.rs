//! `check`: loads the configuration as the daemon would and says what it found. Changes nothing, asks no network.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{exit, setup};
use crate::config::{self, Config, Environment, Loaded, Problem};

/// What `--json` prints: one document. A public interface, versioned by `schema`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: u32,
    ok: bool,
    problems: &'a [Problem],
}

/// What a check prints, and how it exits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The result.
    pub stdout: String,
    /// The problems, for people.
    pub stderr: String,
    /// 0, or 78 when there are errors; warnings alone give 0.
    pub code: u8,
}

/// Checks the configuration at `path` and prints what came of it. Returns the exit code: 0, or 78 when there are errors.
///
/// `quiet` leaves out the summary on stdout and the warnings of a good configuration; `json` prints one document to stdout and
/// nothing to stderr.
#[must_use]
pub fn run(path: &Path, quiet: bool, json: bool) -> u8 {
    let loaded = config::load(path, &Environment::of_process());
    let color = setup::colors(&io::stderr());
    let outcome = if json { as_json(&loaded) } else { for_people(&loaded, quiet, color) };
    // A reader that went away changes nothing about the verdict.
    io::stderr().write_all(outcome.stderr.as_bytes()).ok();
    io::stdout().write_all(outcome.stdout.as_bytes()).ok();
    outcome.code
}

/// The report, and a line such as `ok: 63 sources, 7 watches, 14 recipients`.
#[must_use]
pub fn for_people(loaded: &Loaded, quiet: bool, color: bool) -> Outcome {
    match &loaded.config {
        None => Outcome { stdout: String::new(), stderr: loaded.report.render(color), code: exit::CONFIG },
        Some(_) if quiet => Outcome { stdout: String::new(), stderr: String::new(), code: 0 },
        Some(config) => Outcome { stdout: summary(config), stderr: loaded.report.render(color), code: 0 },
    }
}

/// `{"schema":1,"ok":…,"problems":[…]}`.
#[must_use]
pub fn as_json(loaded: &Loaded) -> Outcome {
    let ok = loaded.config.is_some();
    let document = Document { schema: 1, ok, problems: &loaded.report.problems };
    let text = serde_json::to_string(&document).expect("texts and numbers can be written as JSON");
    Outcome { stdout: format!("{text}\n"), stderr: String::new(), code: if ok { 0 } else { exit::CONFIG } }
}

fn summary(config: &Config) -> String {
    let recipients: BTreeSet<_> =
        config.watches.iter().flat_map(|watch| &watch.to).map(|to| to.address.to_ascii_lowercase()).collect();
    let sources = counted(config.sources.len(), "source", "sources");
    let watches = counted(config.watches.len(), "watch", "watches");
    let recipients = counted(recipients.len(), "recipient", "recipients");
    format!("ok: {sources}, {watches}, {recipients}\n")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
