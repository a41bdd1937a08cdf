//! The desk: what people ask of stories and mutes, and what they decide about them. The documents are public interfaces: fields
//! are added, never renamed.
//!
//! What moves items between stories is done by the ingest thread of a running daemon, which owns their index (`ingesting`); all
//! else beside the loops. Where no daemon runs, the store itself is asked.

pub mod card;
pub mod correct;
pub mod muting;
pub mod pending;
pub mod sheet;
pub mod standing;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use super::composing::preview;
use super::live::Live;
use super::lookback::{Job, Stop, Target, document};
use crate::config::Config;
use crate::model::MuteId;
use crate::store::{Store, StoreError};

/// Version of the documents below.
pub const SCHEMA: u32 = 1;

/// What can be asked, and decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// The stories of late: [`card::Found`].
    Stories(card::Ask),
    /// One story: [`sheet::Sheet`].
    Story(Target),
    /// Stories made of others: [`correct::Corrected`].
    Correct(correct::Correction),
    /// Something is not to be heard of for a time: [`muting::Muting`].
    Mute(muting::Ask),
    /// What is muted: [`muting::Found`].
    Mutes {
        /// Also what was, and is over.
        all: bool,
    },
    /// A mute ends: [`muting::Ended`].
    Unmute(MuteId),
    /// A mail as it would be written now: [`preview::Preview`].
    Preview(preview::Ask),
}

impl Request {
    /// Whether something else may have to be told, or not, once this was answered.
    pub(super) fn decides(&self) -> bool {
        matches!(self, Self::Correct(_) | Self::Mute(_) | Self::Unmute(_))
    }
}

/// Answers with the document, or says why not; as JSON, the way it goes through the control socket.
///
/// # Errors
/// The store's.
pub(super) fn answer(
    store: &Store,
    live: &Live,
    request: &Request,
    job: &Job,
) -> Result<serde_json::Value, StoreError> {
    let now = Timestamp::now();
    match request {
        Request::Stories(ask) => document(card::list(store, live, ask, now, job)),
        Request::Story(target) => document(sheet::sheet(store, live, target, now)),
        Request::Correct(correction) => document(correct::correct(store, live, correction, now)),
        Request::Mute(ask) => document(muting::mute(store, live, ask, now)),
        Request::Mutes { all } => document(muting::list(store, live, *all, now)),
        Request::Unmute(id) => document(muting::end(store, live, *id, now)),
        Request::Preview(ask) => document(preview::preview(store, live, ask, now)),
    }
}

/// The same where no daemon runs.
///
/// # Errors
/// The store's.
pub fn at_rest(store: &Store, config: &Config, request: &Request) -> Result<serde_json::Value, StoreError> {
    answer(store, &Live::new(config.clone()), request, &Job::default())
}

/// A name that does not exist, and the nearest that does.
pub(super) fn no_such(what: &str, many: &str, given: &str, ids: &[&str]) -> Stop {
    let given = crate::text::display::terminal(given);
    let hint = match super::lookback::nearest(&given, ids.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if ids.len() > SHOWN => format!("{many}: {} and {} more", ids[..SHOWN].join(", "), ids.len() - SHOWN),
        None if ids.is_empty() => format!("no {what} is configured"),
        None => format!("{many}: {}", ids.join(", ")),
    };
    super::lookback::Refusal::Mistaken(format!("error: there is no {what} `{given}`; {hint}")).into()
}

/// Names listed where none is near.
const SHOWN: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::lookback::Refusal;

    #[test]
    fn a_wrong_name_is_told_with_the_nearest_or_all() {
        let told = |given: &str, ids: &[&str]| match no_such("watch", "watches", given, ids) {
            Stop::Refused(Refusal::Mistaken(told)) => told,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            told("atacks", &["attacks", "floods"]),
            "error: there is no watch `atacks`; did you mean `attacks`?"
        );
        assert_eq!(told("x", &["attacks", "floods"]), "error: there is no watch `x`; watches: attacks, floods");
        assert_eq!(told("x", &[]), "error: there is no watch `x`; no watch is configured");
    }
}
