//! `run`: the daemon in the foreground; `--once` for one round; `--dry-run` to see what would be mailed.

use std::path::{Path, PathBuf};

use super::show::counted;
use super::{exit, logging, setup};
use crate::config::{Config, Environment};
use crate::daemon::{self, Conduct, Failure, Round, Start};
use crate::mail::TransportSettings;
use crate::model::FirstPoll;

/// Worker threads, beside the one that fetches: mail waits for the network, not for processors, and the unit limits its tasks.
const WORKERS: usize = 2;
/// Threads for the store, beside those.
const BLOCKING: usize = 16;

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Poll every source once, deliver, and exit
    #[arg(long)]
    once: bool,
    /// Show what would be mailed if everything found now were new: writes .eml files, sends and remembers nothing
    #[arg(long)]
    dry_run: bool,
    /// Where --dry-run writes
    #[arg(long, value_name = "DIR", default_value = "sahelwatch-dry-run", requires = "dry_run")]
    out: PathBuf,
}

pub(super) fn run(path: &Path, options: &Arguments) -> u8 {
    let config = match setup::configuration(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    logging::start();
    setup::keep_private();
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            errln!("error: start the runtime: {error}");
            return exit::IO;
        }
    };
    if options.dry_run {
        return dry_run(&runtime, config, &options.out);
    }
    if options.once {
        if let Err(code) = setup::own_state(&config) {
            return code;
        }
        return finish(runtime.block_on(daemon::once(config, Conduct::default(), |_| {})).map(|round| summary(&round)));
    }
    let start = Start { config, path: path.to_owned(), environment: Environment::of_process() };
    finish(runtime.block_on(daemon::run(start)).map(|()| exit::OK))
}

/// The runtime of every command that polls or mails.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
}

pub(super) fn finish(result: Result<u8, Failure>) -> u8 {
    result.unwrap_or_else(|failure| {
        errln!("error: {failure}");
        exit::of(&failure)
    })
}

/// Says what one round came to; mail that still waits is a negative answer.
fn summary(round: &Round) -> u8 {
    let mail = &round.status.mail;
    outln!("{}", polled(round));
    outln!(
        "{}, {}, {} sent, {} queued",
        counted(round.new_items, "new item", "new items"),
        counted(round.alerts, "alert", "alerts"),
        counted(usize::try_from(round.sent).unwrap_or(usize::MAX), "mail", "mails"),
        mail.queued
    );
    if mail.queued > 0 || mail.lost_today > 0 { exit::NEGATIVE } else { exit::OK }
}

/// How the sources answered.
fn polled(round: &Round) -> String {
    let sources = round.status.sources;
    format!("{}: {} ok, {} failing", counted(sources.configured, "source", "sources"), sources.ok, sources.failing)
}

/// A round on a store of its own that is thrown away, with everything found counted as new.
fn dry_run(runtime: &tokio::runtime::Runtime, mut config: Config, out: &Path) -> u8 {
    let scratch = out.join(".state");
    // A store left behind by an interrupted run must not hide items from this one.
    if let Err(error) = remove(&scratch) {
        errln!("error: clear {}: {error}", scratch.display());
        return exit::IO;
    }
    config.storage.path.clone_from(&scratch);
    config.mail.transport = TransportSettings::File { folder: out.to_owned() };
    for plan in &mut config.sources {
        std::sync::Arc::make_mut(plan).source.first_poll = FirstPoll::Alert;
    }
    let code = finish(runtime.block_on(daemon::once(config, Conduct::default(), |_| {})).map(|round| {
        outln!("{}", polled(&round));
        outln!(
            "{} items, {} alerts: {} mails would go out now, see {}",
            round.new_items,
            round.alerts,
            round.sent,
            out.display()
        );
        exit::OK
    }));
    if let Err(error) = remove(&scratch) {
        errln!("warning: clear {}: {error}", scratch.display());
    }
    code
}

fn remove(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
