//! A watch: a standing query with recipients, and the matches it makes in an item.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Deliver, Timing, UpdateOn, WatchId};

/// How urgent a watch's alerts are; ordered from low to high.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Worth reading today.
    #[default]
    Medium,
    /// Worth being woken for.
    High,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// A mailbox: an address that passed the strict check of `mail`, and a name to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mailbox {
    /// Display name, if any.
    pub name: Option<String>,
    /// `local@domain`, ASCII.
    pub address: String,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

/// A `[[watch]]` of the configuration: what it looks for as typed (`query` reads it), and who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its id, unique in the configuration.
    pub id: WatchId,
    /// Its name as shown in mail; the id when none was given.
    pub name: String,
    /// How urgent its alerts are.
    pub severity: Severity,
    /// What it looks for.
    pub asks: Asks,
    /// Who is told: groups resolved, each address once.
    pub to: Vec<Mailbox>,
    /// In which group each recipient was found, for "sent to you through group …"; parallel to `to`.
    pub through: Vec<Option<String>>,
    /// When its alerts go out.
    pub timing: Timing,
    /// By which way.
    pub deliver: Deliver,
    /// What it sends an update for.
    pub updates: Vec<UpdateOn>,
    /// Whether quiet hours do not hold for it.
    pub ignore_quiet_hours: bool,
    /// How far back a watch looks when it is first met; zero for not at all.
    pub backfill: Duration,
    /// What its author says it must and must not match.
    pub tests: Vec<WatchTest>,
}

/// What a watch looks for, as typed. Both ways become the same tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Lists of words and phrases.
    Lists {
        /// At least one of these must occur; empty asks for nothing.
        any: Vec<String>,
        /// All of these must occur.
        all: Vec<String>,
        /// None of these may occur anywhere in the item.
        none: Vec<String>,
    },
    /// A query in the query language.
    Query(String),
}

/// One example of a watch's author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchTest {
    /// The headline; may be empty.
    pub title: String,
    /// The text below it; may be empty.
    pub text: String,
    /// Its language; detected when none is given.
    pub lang: Option<String>,
    /// Whether the watch must match.
    pub matches: bool,
}

/// A part of an item that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// `Item::title`.
    Title,
    /// `Item::summary`.
    Summary,
    /// `Item::body`.
    Body,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Body => "body",
        })
    }
}

/// One place where a term of a watch occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The term as typed in the watch.
    pub term: Arc<str>,
    /// Where it occurs.
    pub field: Field,
    /// First byte in the field's original text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}
