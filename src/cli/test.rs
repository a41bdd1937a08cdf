//! `test`: every watch on the examples its author wrote beside it. `check` runs the same.

use std::path::Path;

use serde::Serialize;

use super::{exit, setup};
use crate::config::{Config, suggest};
use crate::extract;
use crate::model::{Item, Watch, WatchTest};
use crate::query::{Plan, Subject};
use crate::text::display::terminal;

/// An example that a watch judged differently from its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Failure {
    /// The watch.
    watch: String,
    /// The example, on one line.
    example: String,
    /// What its author expects.
    expected: bool,
    /// By what it matched, or what it failed on.
    why: String,
}

/// What trying the examples came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Examples {
    pub(super) passed: usize,
    pub(super) failures: Vec<Failure>,
}

impl Examples {
    /// The failures, for people: what was expected, and why it came otherwise.
    pub(super) fn report(&self) -> String {
        let told = self.failures.iter().map(|failure| {
            let (wanted, got) = if failure.expected { ("match", "does not") } else { ("no-match", "matches") };
            format!(
                "watch `{}`: expected {wanted}, but it {got}\n    text  {}\n    why   {}\n",
                failure.watch,
                terminal(&failure.example),
                terminal(&failure.why)
            )
        });
        told.collect()
    }
}

/// Runs the examples of one watch, or of all.
pub(super) fn run(path: &Path, watch: Option<&str>) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if let Some(wanted) = watch
        && !config.watches.iter().any(|watch| watch.id.as_str() == wanted)
    {
        let ids: Vec<&str> = config.watches.iter().map(|watch| watch.id.as_str()).collect();
        errln!("error: there is no watch `{}`; {}", terminal(wanted), suggest::hint(wanted, "watches", &ids));
        return exit::USAGE;
    }
    let outcome = try_examples(&config, &config.plan(), |one| watch.is_none_or(|wanted| one.id.as_str() == wanted));
    err!("{}", outcome.report());
    let without = config.watches.iter().filter(|watch| watch.tests.is_empty()).count();
    outln!("{} passed, {} failed; {without} watches have no test", outcome.passed, outcome.failures.len());
    if outcome.failures.is_empty() { exit::OK } else { exit::NEGATIVE }
}

/// Tries the examples of the watches that `chosen` picks.
pub(super) fn try_examples(config: &Config, plan: &Plan, chosen: impl Fn(&Watch) -> bool) -> Examples {
    let mut outcome = Examples::default();
    for (query, watch) in config.watches.iter().enumerate().filter(|(_, watch)| chosen(watch)) {
        for test in &watch.tests {
            match judge(plan, query, test) {
                Ok(()) => outcome.passed += 1,
                Err(why) => outcome.failures.push(Failure {
                    watch: watch.id.to_string(),
                    example: [test.title.as_str(), &test.text].join(" ").trim().to_owned(),
                    expected: test.matches,
                    why,
                }),
            }
        }
    }
    outcome
}

/// Whether a watch judges an example as its author does; the reason when not.
fn judge(plan: &Plan, query: usize, test: &WatchTest) -> Result<(), String> {
    let item =
        Item { title: test.title.clone(), summary: test.text.clone(), lang: test.lang.clone(), ..Item::default() };
    let lang = extract::language_of(&item, test.lang.as_deref());
    let scan = plan.scan(Subject { item: &item, source: "", lang: &lang });
    if scan.hit(query).is_some() == test.matches { Ok(()) } else { Err(scan.explain(query).reason()) }
}
