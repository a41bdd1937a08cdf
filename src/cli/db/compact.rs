//! `db compact`: gives the room back that the store's file does not use any more.

use std::path::Path;

use super::{bar, there_is_one};
use crate::cli::{exit, setup, show};
use crate::store::{Compaction, Store, StoreError};

pub(super) fn run(path: &Path) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if let Err(code) = there_is_one(&config) {
        return code;
    }
    let (bar, show) = bar("copying");
    let done = Store::compact(&config.storage, &mut |reading| show(reading));
    bar.finish_and_clear();
    match done {
        Ok(Compaction::Done { before, after }) => {
            outln!("compacted: {} before, {} now", show::bytes(before), show::bytes(after));
            exit::OK
        }
        Ok(Compaction::Needless { bytes }) => {
            outln!(
                "nothing to win: the store takes {}, and a copy would take hardly less; it is as it was",
                show::bytes(bytes)
            );
            exit::OK
        }
        Ok(Compaction::NoRoom { needed, free }) => {
            errln!(
                "error: compact the store: a second copy needs up to {}, and the disk has {} free; free some space, or move the state \
                 folder to another disk",
                show::bytes(needed),
                show::bytes(free)
            );
            exit::NEGATIVE
        }
        Ok(Compaction::CannotSwap) => {
            errln!(
                "error: compact the store: the file system of {} cannot let two folders change places in one step; copy the state \
                 folder to another one (ext4, XFS, Btrfs) and compact it there",
                config.storage.path.display()
            );
            exit::NEGATIVE
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &StoreError) -> u8 {
    match error {
        StoreError::Locked { holder, .. } => {
            let who = holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
            errln!(
                "error: compact the store: it is in use by {who}, and is rewritten only while nothing else writes; stop the daemon, \
                 compact, and start it again: nothing is missed that its sources still show"
            );
            exit::LOCKED
        }
        StoreError::Damaged { .. } => {
            errln!("error: {error}; nothing was changed, see `sahelwatch db verify`");
            exit::IO
        }
        other => {
            errln!("error: {other}; the store is as it was");
            exit::IO
        }
    }
}
