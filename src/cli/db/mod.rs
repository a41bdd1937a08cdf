//! `db`: looks after the store, and copies it. Beside a running daemon, which alone can read it, questions and copies go over the
//! control socket.

mod backup;
mod compact;
mod export;
mod restore;
mod stats;
mod target;
mod verify;

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::{exit, setup};
use crate::config::Config;
use crate::store::{Reading, Store};

const EXAMPLES: &str = "\
Examples:
  sahelwatch db stats                  what takes the room, and when is the disk full?
  sahelwatch db verify                 is every row as it was written?
  sahelwatch db compact                give the room back that is not used any more
  sahelwatch db backup /srv/backup/sahelwatch.copy    everything, beside a running daemon
  sahelwatch db export sahelwatch.export              what cannot be fetched again: smaller
  sahelwatch db restore sahelwatch.copy               into an empty state folder, with the daemon stopped
  sahelwatch db restore sahelwatch.copy --replace     the store that is there is set aside, not removed";

/// What can be done with the store.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// Say what the store holds, how it grows, and when its disk will be full; also beside a running daemon
    Stats {
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Read every row and its checksum; exit 1 when the store is damaged; also beside a running daemon
    Verify,
    /// Rewrite the store without the room that is not used any more; not beside a running daemon
    Compact,
    /// Copy everything into one file, beside a running daemon; written anew and put in its place only when it is whole
    Backup(target::Target),
    /// The same without what can be fetched again: texts of articles
    Export(target::Target),
    /// Make a store of a copy; it is read whole and verified first. The daemon must be stopped
    Restore(restore::Arguments),
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    setup::keep_private();
    match command {
        Command::Stats { json } => stats::run(path, *json),
        Command::Verify => verify::run(path),
        Command::Compact => compact::run(path),
        Command::Backup(target) => configured(path, |config| backup::run(config, target)),
        Command::Export(target) => configured(path, |config| export::run(config, target)),
        Command::Restore(arguments) => configured(path, |config| restore::run(config, arguments)),
    }
}

fn configured(path: &Path, run: impl FnOnce(&Config) -> u8) -> u8 {
    match setup::configuration_without_secrets(path) {
        Ok(config) => run(&config),
        Err(code) => code,
    }
}

/// Says that there is no store, where there is none, or that it is not ours to open.
fn there_is_one(config: &Config) -> Result<(), u8> {
    if Store::exists(&config.storage) {
        return setup::own_state(config);
    }
    errln!(
        "error: nothing was ever polled here: no store in {}; start with `sahelwatch run`",
        config.storage.path.display()
    );
    Err(exit::UNAVAILABLE)
}

/// Shows how far a reading is; on a terminal only.
fn bar(what: &'static str) -> (ProgressBar, impl Fn(Reading)) {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg}  {bar:30}  {percent} %") {
        bar.set_style(style);
    }
    bar.set_message(what);
    let shown = bar.clone();
    (bar, move |reading: Reading| {
        shown.set_length(reading.rows);
        shown.set_position(reading.read);
    })
}
