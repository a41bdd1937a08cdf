//! `sources`: every source and how it stands.

use std::path::Path;

use jiff::Timestamp;

use super::{exit, setup, show};
use crate::daemon::control::Question;
use crate::daemon::report::{self, SourceLine};
use crate::text::display::terminal;

pub(super) fn run(path: &Path, failing: bool, json: bool) -> u8 {
    let answer = setup::configuration_without_secrets(path)
        .and_then(|config| setup::ask(&config, Question::Sources, |store| report::sources(store, &config)));
    let mut lines = match answer {
        Ok(lines) => lines,
        Err(code) => return code,
    };
    lines.retain(|line| !failing || line.state == "failing");
    if json {
        return show::json(&serde_json::json!({ "schema": report::SCHEMA, "sources": lines }));
    }
    if lines.is_empty() {
        println!("{}", if failing { "no source fails" } else { "no source is configured" });
        return exit::OK;
    }
    print(&lines);
    exit::OK
}

fn print(lines: &[SourceLine]) {
    let now = Timestamp::now();
    let mut table = show::table(&["source", "state", "last answer", "last new", "next poll", "items", "last error"]);
    for line in lines {
        table.add_row([
            line.id.clone(),
            line.state.clone(),
            show::moment(now, line.last_ok),
            show::moment(now, line.last_new),
            line.next_poll.map_or_else(|| "at start".to_owned(), |at| show::moment(now, Some(at.max(now)))),
            items(line),
            line.last_error.as_deref().map(terminal).unwrap_or_default(),
        ]);
    }
    println!("{table}");
}

/// A source that only ever showed what its first poll found says so.
fn items(line: &SourceLine) -> String {
    match line.primed {
        Some(primed) if primed > 0 && primed == line.items => format!("primed {primed}"),
        _ => line.items.to_string(),
    }
}
