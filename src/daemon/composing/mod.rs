//! Due alerts become notifications. Each is addressed to its readers and waits for them (`addressing`); then, reader by
//! reader and story by story, it is decided what is due (`round`): `alert::life` says what is new to a reader
//! (`weighing`), `alert::pace` how much of it may go out now, alone or in a roundup; `digests` gathers what comes at
//! set times. What is due is written (`letters`) and frozen with everything it means, in one transaction; what is not
//! waits on, and says why.

mod addressing;
mod digests;
mod dossier;
pub(crate) mod freezing;
mod letters;
mod past;
pub mod preview;
mod round;
mod weighing;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::live::Live;
use crate::model::{Fate, Reason, Waiting};
use crate::store::{Store, StoreError};

pub(crate) use addressing::digest_for_alert;
pub(crate) use dossier::Dossier;
use past::Past;
use round::Round;

/// How the mail server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relay {
    /// It takes mail, as far as is known.
    Usable,
    /// It has taken none for long: nothing is written that would only lie there, one by one.
    Stuck {
        /// Since when.
        since: Timestamp,
    },
    /// It takes mail again after a long time of none.
    Recovered {
        /// When it began.
        from: Timestamp,
        /// When it ended.
        to: Timestamp,
    },
}

impl Relay {
    pub(crate) fn is_stuck(self) -> bool {
        matches!(self, Self::Stuck { .. })
    }
}

/// The circumstances of a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    /// Whether there will be no later round: the first minutes of a story are not waited for.
    pub(crate) once: bool,
    pub(crate) relay: Relay,
}

/// What a round came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Composed {
    /// When something falls due by time alone.
    pub(crate) wake: Option<Timestamp>,
    /// What became of alerts, one for each alert and reader.
    pub(crate) decided: Vec<Reason>,
}

/// Decides what is due. Remembers the mails of the last hours, against which a reader's pace is measured.
#[derive(Debug)]
pub(crate) struct Composer {
    past: Past,
}

impl Composer {
    /// Reads the recent mails from the store.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn open(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { past: Past::read(store, now)? })
    }

    /// One round: decides on everything that waits, and freezes what is due.
    ///
    /// # Errors
    /// The store's; then what was decided for some readers may be kept, and for the others nothing was.
    pub(crate) fn compose(&mut self, store: &Store, live: &Live, moment: &Moment) -> Result<Composed, StoreError> {
        addressing::address_due(store, live)?;
        let mut round = Round::new(store, live, moment);
        let mut by_reader: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        for waiting in round.wanted(store.waiting()?)? {
            by_reader.entry(waiting.reader.address.to_ascii_lowercase()).or_default().push(waiting);
        }
        for (address, waiting) in &by_reader {
            let Some(reader) = live.config.readers.get(address) else { continue };
            round.tell(reader, waiting.iter().filter(|alert| alert.digest.is_none()), &mut self.past)?;
            round.keep_much()?;
        }
        // After the mails of their own: a story that is due by both ways must not be found in a digest only.
        if !moment.relay.is_stuck() {
            digests::gather(&mut round, &by_reader)?;
        }
        round.end()
    }
}

/// The last word on an alert for its reader.
fn fate(alert: &Waiting, reason: Reason, at: Timestamp) -> Fate {
    Fate { alert: alert.alert.clone(), reader: alert.reader.address.clone(), reason, at, mail: None, mute: None }
}

#[cfg(test)]
mod tests;
