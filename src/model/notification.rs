//! A notification: one mail to one recipient, frozen before its first attempt, and how its delivery stands.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Mailbox, Reason, Severity, StoryId, WatchId};

/// Names a notification for good; its Message-ID is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotificationId {
    /// The conversation it belongs to: a story, or a number of its own for a roundup or digest.
    pub thread: StoryId,
    /// 0 for the first mail on the story to this recipient, then one more for each further one.
    pub seq: u32,
    /// Hash of the recipient's address, so that an id shown to one person names no other
    /// (`crate::alert::recipient_hash`).
    pub recipient: u64,
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{:016x}", self.thread, self.seq, self.recipient)
    }
}

/// One mail to one recipient. `message` never changes once the notification is queued: a repeat after an unknown outcome must
/// be byte-identical, so that receiving stores can fold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its name.
    pub id: NotificationId,
    /// To whom.
    pub to: Mailbox,
    /// Why it exists: [`Reason::New`], [`Reason::Changed`] for an update, [`Reason::Backfilled`], [`Reason::Held`],
    /// [`Reason::Roundup`], [`Reason::Outage`] or [`Reason::Digest`]; to the operator [`Reason::Ops`] or
    /// [`Reason::SignOfLife`].
    pub reason: Reason,
    /// The watches it tells of, most severe first; empty only where it tells the operator of sources.
    pub watches: Vec<WatchId>,
    /// The highest severity among them.
    pub severity: Severity,
    /// The decoded subject, for `mail queue`.
    pub subject: String,
    /// When it was frozen.
    pub queued: Timestamp,
    /// The whole message (RFC 5322), CRLF line ends, 7-bit.
    pub message: Vec<u8>,
}

/// How the delivery of a notification stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Attempts whose outcome is known to be "not yet".
    pub attempts: u32,
    /// When to try (again).
    pub next_attempt: Timestamp,
    /// What the last attempt failed with, for people.
    pub last_error: Option<String>,
    /// The final state, once there is one.
    pub outcome: Option<Outcome>,
}

/// The final states of a notification. There is no other way out of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The server accepted it (2xx after the final dot), or the transport's equivalent.
    Sent {
        /// When.
        at: Timestamp,
        /// What the server said, e.g. `250 2.0.0 Ok: queued as 4F3…`.
        answer: String,
    },
    /// The server refused this recipient or message for good (5xx).
    Refused {
        /// When.
        at: Timestamp,
        /// What the server said.
        answer: String,
    },
    /// Not accepted within the time a notification lives.
    Expired {
        /// When it was given up.
        at: Timestamp,
        /// What the last attempt failed with.
        last_error: String,
    },
    /// Its recipient was removed from the configuration.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}
