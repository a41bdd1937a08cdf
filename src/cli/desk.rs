//! What the commands on stories and mutes have in common: whom to ask, and how a story is named.

use serde::de::DeserializeOwned;

use super::{exit, past, setup};
use crate::config::Config;
use crate::daemon::control::{self, Question};
use crate::daemon::desk::{self, Request};
use crate::daemon::lookback::Target;
use crate::text::display::terminal;

/// Asks the running daemon, or where none runs the store itself.
pub(super) fn ask<T: DeserializeOwned>(config: &Config, request: Request) -> Result<T, u8> {
    let question = Question::Desk(request.clone());
    let answer = match control::ask(&config.storage.path, &question, |_, _| {}) {
        Some(answer) => answer.map_err(|error| {
            errln!("error: {error}");
            exit::UNAVAILABLE
        })?,
        None => setup::rested(config, |store| desk::at_rest(store, config, &request))?,
    };
    past::understood(answer)
}

/// Reads the name of a story or item.
pub(super) fn target(text: &str) -> Result<Target, u8> {
    Target::named(text).ok_or_else(|| {
        errln!(
            "error: `{}` names no story or item: give its number, or the first digits of it, as `sahelwatch stories` prints \
             it, or an article's address",
            terminal(text)
        );
        exit::USAGE
    })
}
