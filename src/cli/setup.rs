//! What most commands begin with: the configuration, and the store or the daemon that holds it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::exit;
use crate::config::{self, Config, Environment};
use crate::daemon::control::{self, Question};
use crate::store::{Store, StoreError};

/// Loads the configuration; prints what is wrong with a bad one. Warnings are for `check`.
pub(super) fn configuration(path: &Path) -> Result<Config, u8> {
    load(path, &Environment::of_process())
}

/// The same for commands that send nothing, and so need none of the secrets that the service alone may read.
pub(super) fn configuration_without_secrets(path: &Path) -> Result<Config, u8> {
    load(path, &Environment { leaves_secrets: true, ..Environment::of_process() })
}

fn load(path: &Path, environment: &Environment) -> Result<Config, u8> {
    let loaded = config::load(path, environment);
    loaded.config.ok_or_else(|| {
        err!("{}", loaded.report.render(colors(&std::io::stderr())));
        exit::CONFIG
    })
}

/// Whether colours may be used on a stream: a terminal, and nobody asked for none (no-color.org).
pub(super) fn colors(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// Asks the running daemon, or where none runs the store itself.
pub(super) fn ask<T: DeserializeOwned>(
    config: &Config,
    question: Question,
    at_rest: impl FnOnce(&Store) -> Result<T, StoreError>,
) -> Result<T, u8> {
    match control::ask(&config.storage.path, &question, |_, _| {}) {
        Some(answer) => understood(answer),
        None => rested(config, at_rest),
    }
}

/// What the daemon answered.
pub(super) fn understood<T: DeserializeOwned>(answer: control::Answer) -> Result<T, u8> {
    let answer = answer.map_err(|error| {
        errln!("error: {error}");
        exit::UNAVAILABLE
    })?;
    serde_json::from_value(answer).map_err(|error| {
        errln!("error: the daemon is of another version ({error}); restart it");
        exit::UNAVAILABLE
    })
}

/// What this process makes from now on is for its own user: who watches what is nobody else's business, and sled makes its files
/// for everybody. For commands that write no configuration, which others must read.
pub(super) fn keep_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Refuses to open the store of somebody else: what root makes in it (the note of a clean close, the engine's snapshot), the user of
/// the daemon could not read, and the daemon would not start again.
pub(super) fn own_state(config: &Config) -> Result<(), u8> {
    let state = &config.storage.path;
    // Whether it can be entered at all shows later.
    let owner = std::fs::metadata(state).map(|about| about.uid());
    match owner {
        Ok(owner) if owner != rustix::process::geteuid().as_raw() => {
            errln!(
                "error: {} belongs to the user with number {owner}, who could not read what you make there; nothing was changed: run \
                 this as that user, e.g. with `sudo -u`",
                state.display()
            );
            Err(exit::IO)
        }
        _ => Ok(()),
    }
}

pub(super) fn rested<T>(config: &Config, at_rest: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, u8> {
    if !Store::exists(&config.storage) {
        errln!(
            "error: nothing was ever polled here: no store in {}; start with `sahelwatch run`",
            config.storage.path.display()
        );
        return Err(exit::UNAVAILABLE);
    }
    own_state(config)?;
    keep_private();
    let answer = Store::open(&config.storage).and_then(|opened| {
        if let Some(aside) = &opened.set_aside {
            errln!("warning: the store was damaged ({}) and set aside as {}", aside.what, aside.to.display());
        }
        if let Some(recovery) = &opened.recovery {
            errln!("warning: the store was {}", recovery.told());
        }
        at_rest(&opened.store)
    });
    answer.map_err(|error| {
        errln!("error: {error}");
        exit::of(&error.into())
    })
}
