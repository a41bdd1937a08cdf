//! `db verify`: reads every row, and says what is wrong and what to do.

use std::path::Path;

use super::{bar, there_is_one};
use crate::cli::{exit, setup};
use crate::config::Config;
use crate::daemon::care::Request;
use crate::daemon::control::{self, Question};
use crate::store::{Reading, Store, StoreError};

pub(super) fn run(path: &Path) -> u8 {
    match verify(path) {
        Ok(rows) => {
            outln!("the store is sound: {rows} rows were read, and each is as it was written");
            exit::OK
        }
        Err(code) => code,
    }
}

fn verify(path: &Path) -> Result<u64, u8> {
    let config = setup::configuration_without_secrets(path)?;
    let (bar, show) = bar("reading");
    let asked =
        control::ask(&config.storage.path, &Question::Db(Request::Verify), |read, rows| show(Reading { read, rows }));
    let rows = match asked {
        Some(answer) => beside_the_daemon(answer),
        None => there_is_one(&config).and_then(|()| {
            Store::verify(&config.storage, &mut |reading| show(reading)).map_err(|error| tell(&config, &error))
        }),
    };
    bar.finish_and_clear();
    rows
}

fn beside_the_daemon(answer: control::Answer) -> Result<u64, u8> {
    match answer {
        // It stops at damage by itself, and what it says is the store's word.
        Err(error) if error.contains("damaged") => {
            errln!("{error}\n{WHEN_RUNNING}");
            Err(exit::NEGATIVE)
        }
        answer => setup::understood::<Option<u64>>(answer)?.ok_or_else(|| {
            errln!("error: the daemon was stopped before it had read everything; ask again");
            exit::UNAVAILABLE
        }),
    }
}

const WHEN_RUNNING: &str =
    "the daemon stops and starts again, sets this store aside and goes on with a new one; see `sahelwatch status`";

const AT_REST: &str = "\
what to do:
  - copy the folder `store` in the state folder away, if it is to be looked into
  - the next start sets it aside as store.damaged-<time> and goes on with a new one; see docs/store.md
  - look at the disk it is on (smartctl, the kernel's log): rows do not change by themselves";

fn tell(config: &Config, error: &StoreError) -> u8 {
    match error {
        StoreError::Damaged { what } => {
            errln!("the store in {} is damaged: {what}\n{AT_REST}", config.storage.path.display());
            exit::NEGATIVE
        }
        StoreError::Locked { .. } => {
            errln!("error: {error}");
            exit::LOCKED
        }
        other => {
            errln!("error: {other}");
            exit::IO
        }
    }
}
