//! `db restore`: makes a store of a copy.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::cli::{exit, setup};
use crate::config::Config;
use crate::store::{CopyError, Restored, Store, StoreError};

/// Options of `db restore`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A file that `db backup` or `db export` wrote, or an export of the state folder
    file: PathBuf,
    /// Where there is a store already, set it aside first; it is never removed
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> u8 {
    if let Err(code) = setup::own_state(config) {
        return code;
    }
    match Store::restore(&config.storage, &arguments.file, arguments.replace, Timestamp::now()) {
        Ok(restored) => {
            tell(config, &restored);
            exit::OK
        }
        Err(error) => {
            errln!("error: {error}");
            match error {
                CopyError::Store(StoreError::Locked { .. }) => exit::LOCKED,
                CopyError::Exists { .. } => exit::NEGATIVE,
                _ => exit::IO,
            }
        }
    }
}

fn tell(config: &Config, restored: &Restored) {
    outln!("restored: {}", config.storage.path.display());
    outln!("  {}", restored.recovery.told());
    if let Some(aside) = &restored.set_aside {
        outln!("  the store that was there is now {}; remove it when it is needed no more", aside.display());
    }
}
