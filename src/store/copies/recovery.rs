//! What is to be known of a store that was made anew, and what follows for those who are told.
//!
//! Where the journal reached to the end, nothing follows. Where it did not, or there was none, some things are unknown:
//! what was seen, told and sent from a moment on. What may have been told before must neither be lost nor come as a
//! flood (P11), so that it all comes in one roundup to each reader, marked as such
//! ([`crate::model::Reason::Recovered`]): what waited in the copy, as far as it was raised within [`RECENT`], and what
//! sources show at their next poll that the copy does not know (`daemon::priming`). What is older is remembered only.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::StoreError;
use super::super::changes::Changes;
use super::super::codec::Row;
use super::super::head::Head;
use super::super::outbox::{self, OutboxEntry};
use super::super::tables::{Key, Table, Tables};
use crate::model::{Alert, Fate, Outcome, Reason, Waiting};

/// What is older than this when the store is made anew is not told any more.
const RECENT: SignedDuration = SignedDuration::from_hours(24);
/// A copy this old knows of nearly all that its sources still show: what it does not know is told, whatever its date.
const FRESH: SignedDuration = SignedDuration::from_hours(48);
/// For how long first polls count as the first after the loss. Sources added later are primed as usual.
const IN_FORCE: SignedDuration = SignedDuration::from_hours(24);

/// How a store was made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// When.
    pub at: Timestamp,
    /// Up to when what was seen and sent is known; None when nothing is.
    pub known_until: Option<Timestamp>,
    /// Whether nothing is unknown but texts.
    pub is_whole: bool,
    /// Whether a person did it.
    pub by_hand: bool,
    /// The copy it was made of, by its name.
    pub copy: Option<String>,
    /// Copies that could not be used, and why.
    pub skipped: Vec<String>,
    /// Queued mails that were given up: too old to be sent without knowing whether they were sent.
    pub given_up: u64,
}

impl Recovery {
    pub(super) fn new(at: Timestamp) -> Self {
        let (known_until, copy, skipped) = (None, None, Vec::new());
        Self { at, known_until, is_whole: false, by_hand: false, copy, skipped, given_up: 0 }
    }

    /// Whether the first poll of a source at `now`, answered for the last time at `answered`, may show what was told
    /// before the loss.
    #[must_use]
    pub fn leaves_unknown(&self, answered: Option<Timestamp>, now: Timestamp) -> bool {
        let is_in_force = now.duration_since(self.at) < IN_FORCE;
        !self.is_whole && is_in_force && answered.is_none_or(|answered| answered < self.at)
    }

    /// What a source shows that is printed before this is only remembered; None when all is told. `is_known` is whether
    /// the copy knows the source.
    #[must_use]
    pub fn remembered_before(&self, is_known: bool) -> Option<Timestamp> {
        let is_fresh = self.known_until.is_some_and(|until| self.at.duration_since(until) <= FRESH);
        (!(is_known && is_fresh)).then(|| recent(self.at))
    }

    /// What happened and what follows, for people.
    #[must_use]
    pub fn told(&self) -> String {
        let mut parts = Vec::new();
        let copy = self.copy.as_deref().unwrap_or_default();
        match (self.is_whole, self.known_until) {
            (true, _) => parts.push(format!(
                "made anew from {copy} and the journal after it: nothing is missing but texts of articles, which \
                 stand where they were printed"
            )),
            (false, Some(until)) => parts.push(format!(
                "made anew from {copy}: what was seen and sent after {} is unknown. What sources show that it does not \
                 know comes in one roundup to each reader, and may have been told before",
                until.strftime("%Y-%m-%d %H:%M UTC")
            )),
            (false, None) => parts.push(
                "made anew without an export, so that what was seen and sent is unknown: every source is primed, and \
                 what was printed within 24 hours comes in one roundup to each reader, and may have been told before"
                    .to_owned(),
            ),
        }
        if self.given_up > 0 {
            parts.push(format!(
                "queued for more than a day and given up, since they may have been sent: {} mails",
                self.given_up
            ));
        }
        parts.extend(self.skipped.iter().map(|skipped| format!("not used: {skipped}")));
        parts.join("; ")
    }

    /// Reads the note of a store; None when it was never made anew. One that cannot be read says nothing.
    pub(in super::super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    pub(in super::super) fn leave(&self, path: &Path) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(self).map_err(std::io::Error::other);
        let written = bytes.and_then(|bytes| fs::write(path, bytes));
        written.map_err(StoreError::io(format!("write {}", path.display())))
    }
}

fn recent(at: Timestamp) -> Timestamp {
    at.checked_sub(RECENT).unwrap_or(Timestamp::MIN)
}

/// Sees to it that what waits in a copy is not told as if it were new. Returns the head after it, and how many mails
/// were given up.
///
/// A queued mail that is recent goes out: whether it was sent is unknown, and then the same bytes may come twice (P3).
pub(super) fn quieten(tables: &Tables, head: Head, now: Timestamp) -> Result<(Head, u64), StoreError> {
    let (mut changes, mut given_up) = (Changes::default(), 0);
    for (key, entry) in rows::<OutboxEntry>(tables, Table::Outbox)? {
        if entry.queued < recent(now) {
            let last_error = "the store was lost, and whether it was sent is unknown".to_owned();
            outbox::settle(&mut changes, key, entry, Outcome::Expired { at: now, last_error });
            given_up += 1;
        }
    }
    for (key, alert) in rows::<Alert>(tables, Table::DueAlerts)? {
        let is_recent = alert.raised >= recent(now);
        let alert = Alert { reason: Reason::Recovered, ..alert };
        let table = if is_recent { Table::DueAlerts } else { Table::DoneAlerts };
        if !is_recent {
            changes.remove(Table::DueAlerts, key.clone());
        }
        changes.put(table, key.clone(), Row::plain(table, &key, &alert));
    }
    // What waits for a digest comes in one mail anyway.
    for (key, waiting) in rows::<Waiting>(tables, Table::Waiting)?.into_iter().filter(|(_, one)| one.digest.is_none()) {
        if waiting.raised >= recent(now) {
            let waiting = Waiting { reason: Reason::Recovered, held: None, ..waiting };
            changes.put(Table::Waiting, key.clone(), Row::plain(Table::Waiting, &key, &waiting));
        } else {
            let (alert, reader) = (waiting.alert, waiting.reader.address);
            let fate = Fate { alert, reader, reason: Reason::Recovered, at: now, mail: None, mute: None };
            changes.put(Table::Fates, key.clone(), Row::plain(Table::Fates, &key, &fate));
            changes.remove(Table::Waiting, key);
        }
    }
    if changes.is_empty() { Ok((head, 0)) } else { Ok((changes.apply(tables, &head, None)?.0, given_up)) }
}

fn rows<T: serde::de::DeserializeOwned>(tables: &Tables, table: Table) -> Result<Vec<(Key, T)>, StoreError> {
    let rows = tables.tree(table).iter();
    rows.map(|row| {
        let (key, value) = row.map_err(StoreError::engine("list what waits"))?;
        let value = tables.decode(table, &key, &value)?;
        Ok((key.to_vec(), value))
    })
    .collect()
}
