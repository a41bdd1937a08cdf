//! What the operator should be told: the matters as they stand, and which of them they do not know yet (docs/promises.md P9).
//! Knows nothing of mail.

mod advice;
mod bulletin;
mod matters;
#[cfg(test)]
mod tests;

pub use bulletin::bulletin;
pub use matters::matters;

use jiff::Timestamp;

use super::network::Outage;
use crate::model::{Floor, Gap, Matter, Source, SourceId, Standing, Subject};

/// Trouble of the program itself, found elsewhere: mail that does not leave, a configuration that was refused, a full disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Since when.
    pub since: Timestamp,
    /// What happened, for people.
    pub what: String,
    /// What can be done about it.
    pub advice: Option<String>,
}

/// Somebody to whom mail is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Their address.
    pub address: String,
    /// How the last mail to them ended.
    pub last: Last,
}

/// How the last mail to somebody ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Last {
    /// Their server took it.
    Accepted,
    /// Nobody got it: it was refused for good, or given up.
    Lost(Incident),
    /// None is remembered.
    Unknown,
}

/// All that the operator may have to know.
#[derive(Debug, Clone, Default)]
pub struct View<'a> {
    /// The sources with how they stand.
    pub sources: &'a [(&'a Source, &'a Standing)],
    /// The coverage floors.
    pub floors: &'a [Floor],
    /// The outage of our own network that goes on.
    pub outage: Option<Outage>,
    /// When the last one ended: what still fails since then was perhaps not polled again yet.
    pub back: Option<Timestamp>,
    /// Mail that does not leave.
    pub mail: Option<Incident>,
    /// Everybody to whom mail is written.
    pub addressees: &'a [Addressee],
    /// A configuration on disk that is not in use.
    pub configuration: Option<Incident>,
    /// Sources of which more matches than a reader is told one by one.
    pub floods: Vec<(SourceId, Incident)>,
    /// A disk that is low or full.
    pub disk: Option<Incident>,
    /// A size that takes more than the ages would.
    pub size: Option<Incident>,
    /// What was not looked at yet since the start: neither to be told, nor over.
    pub unsure: Vec<Subject>,
    /// A store that was lost of late, and made anew.
    pub lost: Option<Incident>,
}

/// The matters of a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matters {
    /// What should be known.
    pub ripe: Vec<Matter>,
    /// What may pass by itself: neither to be told, nor over for those who know of it.
    pub unripe: Vec<Subject>,
    /// Times in which news of a source may have been missed, whatever its state.
    pub gaps: Vec<(SourceId, Gap)>,
}
