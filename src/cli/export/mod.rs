//! `export`: the sources as OPML for feed readers, and stored items for programs and spreadsheets.

mod items;
mod opml;

use std::path::Path;

use super::show::counted;
use super::{exit, setup};

const EXAMPLES: &str = "\
Examples:
  sahelwatch export opml > feeds.opml
  sahelwatch export jsonl --since 7d | jq -r .title
  sahelwatch export csv --since 30d --watch bf-attacks > attacks.csv

In CSV an apostrophe stands before a cell that begins with = + - @ or a tab, since a spreadsheet would run what a
publisher wrote there as a formula. Text is UTF-8.";

/// What is exported, to stdout.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// The feeds as OPML 2.0, in folders by their first tag; pages and other kinds are of no use to a feed reader and
    /// left out
    Opml,
    /// Stored items as JSON lines, the first seen first
    Jsonl(items::Arguments),
    /// Stored items as CSV (RFC 4180), the first seen first
    Csv(items::Arguments),
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    match command {
        Command::Jsonl(arguments) => items::run(&config, arguments, items::Form::Jsonl),
        Command::Csv(arguments) => items::run(&config, arguments, items::Form::Csv),
        Command::Opml => {
            let sources: Vec<_> = config.sources.iter().map(|plan| &plan.source).collect();
            let (document, left_out) = opml::document(&sources);
            out!("{document}");
            if !left_out.is_empty() {
                let many = counted(left_out.len(), "source that is no feed", "sources that are no feeds");
                errln!("left out: {many} ({})", left_out.join(", "));
            }
            exit::OK
        }
    }
}
