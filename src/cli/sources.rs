//! `sources`: every source and how it stands.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;

use super::{exit, setup, show};
use crate::daemon::control::Question;
use crate::daemon::report::{self, SourceLine};
use crate::text::display::terminal;

/// Which sources are listed, and how.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only those that do not answer or keep us out
    #[arg(long)]
    failing: bool,
    /// Only those that are quieter than their habit
    #[arg(long)]
    silent: bool,
    /// Only those in this state: ok, failing, blocked, degraded, silent, overflowing, moved, cutoff, waiting
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// Only those configured with this language
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn wants(&self, line: &SourceLine) -> bool {
        let mut states: Vec<&str> = self.state.iter().map(String::as_str).collect();
        states.extend(self.failing.then_some(["failing", "blocked"]).into_iter().flatten());
        states.extend(self.silent.then_some("silent"));
        let lang = self.lang.as_deref().is_none_or(|lang| line.lang.as_deref() == Some(lang));
        lang && (states.is_empty() || states.contains(&line.state.as_str()))
    }

    fn is_all(&self) -> bool {
        !self.failing && !self.silent && self.state.is_empty() && self.lang.is_none()
    }
}

pub(super) fn run(path: &Path, arguments: &Arguments) -> u8 {
    let answer = setup::configuration_without_secrets(path)
        .and_then(|config| setup::ask(&config, Question::Sources, |store| report::sources(store, &config)));
    let mut lines = match answer {
        Ok(lines) => lines,
        Err(code) => return code,
    };
    lines.retain(|line| arguments.wants(line));
    if arguments.json {
        return show::json(&serde_json::json!({ "schema": report::SCHEMA, "sources": lines }));
    }
    if lines.is_empty() {
        outln!("{}", if arguments.is_all() { "no source is configured" } else { "no source is like that" });
        return exit::OK;
    }
    print(&lines);
    exit::OK
}

fn print(lines: &[SourceLine]) {
    let now = Timestamp::now();
    let mut table = show::table(&["source", "state", "last answer", "last new", "next poll", "items", "a day", "why"]);
    for line in lines {
        table.add_row([
            line.id.clone(),
            state(line, now),
            show::moment(now, line.last_ok),
            show::moment(now, line.last_new),
            line.next_poll.map_or_else(|| "at start".to_owned(), |at| show::moment(now, Some(at.max(now)))),
            items(line),
            line.per_day.map(rate).unwrap_or_default(),
            why(line),
        ]);
    }
    outln!("{table}");
}

/// The state, and for how long where something is wrong.
fn state(line: &SourceLine, now: Timestamp) -> String {
    match (line.state.as_str(), line.since) {
        ("ok" | "waiting", _) | (_, None) => line.state.clone(),
        (state, Some(since)) => format!("{state} for {}", show::age(now, since)),
    }
}

/// What shows the state, or else what was wrong with the last answer; and what was found in its place.
fn why(line: &SourceLine) -> String {
    let mut why: Vec<String> = line.shown_by().map(terminal).into_iter().collect();
    if let Some((url, how)) = &line.proposal {
        why.push(format!("found at {} ({})", terminal(url), terminal(how)));
    }
    why.join("; ")
}

/// New items a day, with as many digits as mean something.
fn rate(per_day: f64) -> String {
    if per_day >= 10.0 { format!("{per_day:.0}") } else { format!("{per_day:.1}") }
}

/// A source that only ever showed what its first poll found says so.
fn items(line: &SourceLine) -> String {
    match line.primed {
        Some(primed) if primed > 0 && primed == line.items => format!("primed {primed}"),
        _ => line.items.to_string(),
    }
}
