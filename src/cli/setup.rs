//! What most commands begin with: the configuration, and the store or the daemon that holds it.

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
        Some(Ok(answer)) => serde_json::from_value(answer).map_err(|error| {
            errln!("error: the daemon is of another version ({error}); restart it");
            exit::UNAVAILABLE
        }),
        Some(Err(error)) => {
            errln!("error: {error}");
            Err(exit::UNAVAILABLE)
        }
        None => rested(config, at_rest),
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
    let answer = Store::open(&config.storage).and_then(|opened| {
        if let Some(aside) = &opened.set_aside {
            errln!(
                "warning: the store was damaged ({}) and set aside as {}; this one is empty",
                aside.what,
                aside.to.display()
            );
        }
        at_rest(&opened.store)
    });
    answer.map_err(|error| {
        errln!("error: {error}");
        exit::of(&error.into())
    })
}
