//! `check`: loads the configuration as the daemon would and says what it found. Changes nothing, asks no network.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::show::counted;
use super::test::Examples;
use super::{exit, setup};
use crate::config::{self, Config, Environment, Loaded, Problem};
use crate::model::Watch;
use crate::query::Plan;
use crate::text::display::terminal;

/// Characters shown of a query; `explain` shows all of it.
const MAX_QUERY: usize = 200;

/// What `--json` prints: one document. A public interface, versioned by `schema`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: u32,
    ok: bool,
    problems: &'a [Problem],
    /// What the watches made of their own examples; null when the configuration cannot be used.
    tests: Option<Examples>,
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

/// Checks the configuration at `path` and prints what came of it. Returns the exit code: 0, 78 when there are errors, 1 when a
/// watch fails on an example of its author.
///
/// `quiet` leaves out the summary on stdout and the warnings of a good configuration; `json` prints one document to stdout and
/// nothing to stderr.
#[must_use]
pub fn run(path: &Path, quiet: bool, json: bool) -> u8 {
    let loaded = config::load(path, &Environment::of_process());
    let color = setup::colors(&io::stderr());
    let outcome = if json { as_json(&loaded) } else { for_people(&loaded, quiet, color) };
    err!("{}", outcome.stderr);
    out!("{}", outcome.stdout);
    outcome.code
}

/// The report, what each watch looks for, and a line such as `ok: 63 sources, 7 watches, 14 recipients …`.
#[must_use]
pub fn for_people(loaded: &Loaded, quiet: bool, color: bool) -> Outcome {
    let Some(config) = &loaded.config else {
        return Outcome { stdout: String::new(), stderr: loaded.report.render(color), code: exit::CONFIG };
    };
    let plan = config.plan();
    let examples = super::test::try_examples(config, &plan, |_| true);
    let code = if examples.failures.is_empty() { exit::OK } else { exit::NEGATIVE };
    if quiet {
        return Outcome { stdout: String::new(), stderr: examples.report(), code };
    }
    let stderr = loaded.report.render(color) + &examples.report();
    let stdout = understood(config, &plan) + &summary(config, examples.passed, examples.failures.len());
    Outcome { stdout, stderr, code }
}

/// What each watch was understood to look for, cut to a line or two.
fn understood(config: &Config, plan: &Plan) -> String {
    let line = |(query, watch): (usize, &Watch)| {
        let tree = plan.tree(query).map(ToString::to_string).unwrap_or_default();
        let end = tree.char_indices().nth(MAX_QUERY).map_or(tree.len(), |(end, _)| end);
        let more = if end < tree.len() { " …" } else { "" };
        format!("{} ({}): {}{more}\n", watch.id, watch.severity, terminal(&tree[..end]))
    };
    config.watches.iter().enumerate().map(line).collect()
}

/// `{"schema":1,"ok":…,"problems":[…],"tests":…}`.
#[must_use]
pub fn as_json(loaded: &Loaded) -> Outcome {
    let examples = loaded.config.as_ref().map(|config| super::test::try_examples(config, &config.plan(), |_| true));
    let code = match &examples {
        None => exit::CONFIG,
        Some(examples) if examples.failures.is_empty() => exit::OK,
        Some(_) => exit::NEGATIVE,
    };
    let document = Document { schema: 1, ok: code == exit::OK, problems: &loaded.report.problems, tests: examples };
    let text = serde_json::to_string(&document).expect("texts and numbers can be written as JSON");
    Outcome { stdout: format!("{text}\n"), stderr: String::new(), code }
}

fn summary(config: &Config, passed: usize, failed: usize) -> String {
    let sources = counted(config.sources.len(), "source", "sources");
    let watches = counted(config.watches.len(), "watch", "watches");
    let recipients = counted(config.readers.len(), "recipient", "recipients");
    let digests = match config.digests.len() {
        0 => String::new(),
        n => format!("{}, ", counted(n, "digest", "digests")),
    };
    let concepts = counted(config.lexicon.len(), "concept", "concepts");
    let tests = match failed {
        0 => format!("{} pass", counted(passed, "test", "tests")),
        _ => format!("{failed} of {} fail", counted(passed + failed, "test", "tests")),
    };
    let verdict = if failed == 0 { "ok" } else { "the configuration can be used, but" };
    format!("{verdict}: {sources}, {watches}, {digests}{recipients}, {concepts}, {tests}\n")
}
