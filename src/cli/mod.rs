//! The command line: one file per command. Results go to stdout, everything else to stderr; `--json` documents and exit codes are
//! public interfaces.

#[macro_use]
mod out;

mod backtest;
mod db;
mod demo;
mod desk;
pub mod exit;
mod explain;
mod export;
mod health;
mod import;
mod lab;
mod local;
mod logging;
mod mail;
mod manual;
mod mute;
mod past;
mod preview;
mod reload;
mod run;
mod search;
mod setup;
mod show;
mod source;
mod sources;
mod status;
mod stories;
mod story;
mod test;
mod trial;
mod words;

pub mod check;
pub mod init;

use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  sahelwatch demo                      see it work: offline, nothing to set up
  sahelwatch init ~/watch              write a first configuration
  sahelwatch -c FILE check             is it good? every problem at once
  sahelwatch -c FILE run --dry-run     what would be mailed now? sends and remembers nothing
  sahelwatch run                       watch, until stopped
  sahelwatch try https://example.org/  a new source? what is there, what would match?
  sahelwatch status                    how does it stand?
  sahelwatch source add https://…      one source more
  sahelwatch stories                   what happened, event by event?
  sahelwatch search 'attaque* AND Gao' what was stored about it?
  sahelwatch explain ITEM              why was it mailed, or not?
  sahelwatch backtest WATCH            what would the watch have found?
  sahelwatch mute story STORY --for 7d hear no more of it for a week";

/// Watches Sahel security news in feeds and web pages and e-mails alerts to the people whose watches match.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, arg_required_else_help = true, disable_help_subcommand = true)]
struct Arguments {
    /// The configuration file [default: /etc/sahelwatch/sahelwatch.toml, or ~/.config/sahelwatch/sahelwatch.toml]
    #[arg(short, long, global = true, value_name = "FILE", env = "SAHELWATCH_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch: poll, match and mail, until stopped
    Run(run::Arguments),
    /// Check the configuration: every problem in one run, exit 78
    Check {
        /// Print nothing when all is well
        #[arg(short, long)]
        quiet: bool,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Try the watches on the examples written beside them (`test = […]`); exit 1 when one is judged otherwise
    Test {
        /// Only this watch
        watch: Option<String>,
    },
    /// Say how the daemon, its sources, its mail and its store stand; exit 1 when something needs a person
    Status {
        /// One JSON document
        #[arg(long, conflicts_with = "health")]
        json: bool,
        /// One line, exit 0 or 1: for the health check of a container, which needs no curl
        #[arg(long)]
        health: bool,
    },
    /// List the sources: how each stands and why, last answer, last new item, next poll, items a day
    Sources(sources::Arguments),
    /// Fetch or read a source without storing it: what is it, which watches match, what to do next; exit 1 with no item
    Try(Box<trial::Arguments>),
    /// Add, remove, switch off or on a source, in conf.d/90-local.toml; checked first, and read by a running daemon at once
    Source {
        #[command(subcommand)]
        command: source::Command,
    },
    /// Take sources over from OPML, urlwatch or rss2email; exit 1 when there is nothing to take over
    Import {
        #[command(subcommand)]
        command: import::Command,
    },
    /// Write the sources as OPML, or stored items as JSON lines or CSV, to stdout; exit 1 when there is no such item
    Export {
        #[command(subcommand)]
        command: export::Command,
    },
    /// Try the mail transport, show a mail as it would be sent, or list what waits to be sent
    Mail {
        #[command(subcommand)]
        command: mail::Command,
    },
    /// List the stories of late, those with the newest report first, or show all of one; exit 1 when there is none
    Stories(stories::Arguments),
    /// Correct which items are one story; remembered, and followed by later items
    Story {
        #[command(subcommand)]
        command: story::Command,
    },
    /// Hear no more of a story, a watch or a source for a time; list what is muted
    Mute {
        #[command(subcommand)]
        command: mute::Command,
    },
    /// Find stored items by a query, the newest first; exit 1 when there is none
    Search(search::Arguments),
    /// Say what a watch, or a query in its place, would have found in stored items
    Backtest(backtest::Arguments),
    /// Say what became of an item and why; or how a query is understood, and what each of its terms finds
    Explain(explain::Arguments),
    /// Look after the store: what it holds, whether it is sound, unused room; copy it while it is in use, or make one of a copy
    Db {
        #[command(subcommand)]
        command: db::Command,
    },
    /// Make a running daemon read its configuration again, and say what changed
    Reload,
    /// Write a commented configuration to start from
    Init {
        /// The folder [default: where the configuration is looked for]
        dir: Option<PathBuf>,
        /// Only the main file, the sources that see the whole region, and the watches
        #[arg(long)]
        minimal: bool,
    },
    /// See it work: invented sources in four languages, offline, through the real thing
    Demo(demo::Arguments),
    /// The pure parts on their own, for trying and for evaluation
    Lab {
        #[command(subcommand)]
        command: lab::Command,
    },
    /// Write the pages of this manual into a folder, for packages
    #[command(hide = true)]
    Man(manual::Arguments),
    /// Print what completes commands and options in a shell, for packages
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command of this process's arguments and returns its exit code.
#[must_use]
pub fn main() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed stdout is nothing to report to.
            drop(error.print());
            return if error.use_stderr() { exit::USAGE } else { exit::OK };
        }
    };
    let path = arguments.config.clone().unwrap_or_else(crate::config::default_path);
    out::verdict(dispatch(arguments.command, &path))
}

fn dispatch(command: Command, path: &Path) -> u8 {
    match command {
        Command::Run(options) => run::run(path, &options),
        Command::Check { quiet, json } => check::run(path, quiet, json),
        Command::Test { watch } => test::run(path, watch.as_deref()),
        Command::Status { health: true, .. } => health::run(path),
        Command::Status { json, .. } => status::run(path, json),
        Command::Sources(options) => sources::run(path, &options),
        Command::Try(options) => trial::run(path, &options),
        Command::Source { command } => source::run(path, &command),
        Command::Import { command } => import::run(path, &command),
        Command::Export { command } => export::run(path, &command),
        Command::Mail { command } => mail::run(path, &command),
        Command::Stories(options) => stories::run(path, &options),
        Command::Story { command } => story::run(path, &command),
        Command::Mute { command } => mute::run(path, &command),
        Command::Search(options) => search::run(path, &options),
        Command::Backtest(options) => backtest::run(path, &options),
        Command::Explain(options) => explain::run(path, &options),
        Command::Db { command } => db::run(path, &command),
        Command::Reload => reload::run(path),
        Command::Init { dir, minimal } => match init::run(dir.as_deref(), minimal) {
            Ok(told) => {
                out!("{told}");
                exit::OK
            }
            Err(error) => {
                errln!("error: {error}");
                exit::IO
            }
        },
        Command::Demo(options) => demo::run(&options),
        Command::Lab { command } => lab::run(&command),
        Command::Man(options) => manual::run(Arguments::command(), &options),
        Command::Completions { shell } => manual::completions(Arguments::command(), shell),
    }
}
