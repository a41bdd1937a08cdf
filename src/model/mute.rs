//! A mute: what somebody does not want to hear of for a time. Kept in the store, never in the configuration.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SourceId, StoryId, WatchId};

/// Names a mute: counted up from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MuteId(pub u32);

impl fmt::Display for MuteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{}", self.0)
    }
}

/// What is muted. Stored by number: add at the end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Muted {
    /// One story and its updates.
    Story(StoryId),
    /// Everything a watch finds.
    Watch(WatchId),
    /// Everything that only this source reports.
    Source(SourceId),
}

/// A mute in force, or over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Its name.
    pub id: MuteId,
    /// What is muted.
    pub what: Muted,
    /// For whom: an address in lower case; None for everybody.
    pub reader: Option<String>,
    /// When it was set.
    pub since: Timestamp,
    /// When it ends; None for never.
    pub until: Option<Timestamp>,
    /// Why, in the words of who set it.
    pub reason: String,
    /// How many alerts it has kept from their readers.
    pub hidden: u64,
}

impl Mute {
    /// Whether it holds at a time.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it is for this reader.
    #[must_use]
    pub fn is_for(&self, address: &str) -> bool {
        self.reader.as_deref().is_none_or(|reader| reader.eq_ignore_ascii_case(address))
    }
}
