//! How the alerts on an item stand with each of their readers: who waits and for what, who was told when, who was not and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Fate, ItemId, Reason, Waiting};
use crate::store::{Store, StoreError};

/// What has become of an alert for a reader so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits.
    Waiting,
    /// A mail tells of it.
    Told,
    /// A mute hides it.
    Muted,
    /// It is not told, for a reason.
    NotTold,
}

/// An alert and one of its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The reader's address.
    pub reader: String,
    /// The watch.
    pub watch: String,
    /// The item.
    pub item: String,
    /// How it stands.
    pub state: State,
    /// Why: of a mail, what it is. None while it waits and was not looked at yet.
    pub reason: Option<Reason>,
    /// When it was decided; while it waits, since when it does.
    pub at: Timestamp,
    /// While it waits: until when at least, where that is known.
    pub until: Option<Timestamp>,
    /// The digest it waits for.
    pub digest: Option<String>,
    /// The mail that tells of it.
    pub mail: Option<String>,
    /// The mute that hides it.
    pub mute: Option<String>,
}

/// How every alert on an item stands, by reader.
///
/// # Errors
/// The store's.
pub(in crate::daemon) fn on(store: &Store, item: ItemId) -> Result<Vec<Standing>, StoreError> {
    let waiting = store.waiting_on(item)?;
    // What was decided once may wait again: a person took its story apart.
    let again =
        |fate: &Fate| waiting.iter().any(|alert| alert.alert == fate.alert && alert.reader.address == fate.reader);
    let decided = store.fates_on(item)?.into_iter().filter(|fate| !again(fate)).map(decided).collect::<Vec<_>>();
    let mut all: Vec<Standing> = waiting.iter().map(waits).chain(decided).collect();
    all.sort_by(|a, b| (&a.reader, &a.watch, a.at).cmp(&(&b.reader, &b.watch, b.at)));
    Ok(all)
}

fn waits(alert: &Waiting) -> Standing {
    Standing {
        reader: alert.reader.address.clone(),
        watch: alert.alert.watch.to_string(),
        item: alert.alert.item.to_string(),
        state: State::Waiting,
        reason: why(alert),
        at: alert.held.map_or(alert.raised, |held| held.since),
        until: alert.held.and_then(|held| held.until),
        digest: alert.digest.as_ref().map(ToString::to_string),
        mail: None,
        mute: None,
    }
}

/// What an alert waits for; None when nobody has looked yet.
pub(in crate::daemon) fn why(alert: &Waiting) -> Option<Reason> {
    alert.held.map(|held| held.why).or_else(|| alert.digest.as_ref().map(|_| Reason::Digest))
}

fn decided(fate: Fate) -> Standing {
    let state = match (&fate.mail, fate.reason) {
        (Some(_), _) => State::Told,
        (None, Reason::Muted) => State::Muted,
        (None, _) => State::NotTold,
    };
    Standing {
        reader: fate.reader,
        watch: fate.alert.watch.to_string(),
        item: fate.alert.item.to_string(),
        state,
        reason: Some(fate.reason),
        at: fate.at,
        until: None,
        digest: None,
        mail: fate.mail.as_ref().map(ToString::to_string),
        mute: fate.mute.as_ref().map(ToString::to_string),
    }
}
