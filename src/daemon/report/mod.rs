//! What can be said of a running or resting installation: the documents behind `status`, `sources` and `mail queue`. They are
//! public interfaces (`"schema": 1`): fields are added, never renamed.

mod sources;

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::care::{self, DiskLine};
use super::desk::pending::{self, Pending};
use crate::config::Config;
use crate::model::Outcome;
use crate::store::{OutboxEntry, Store, StoreError};

pub use sources::{FloorLine, OutageLine, SourceCounts, SourceLine, sources};

use sources::Picture;

/// Version of the documents below.
pub const SCHEMA: u32 = 1;
/// Settled notifications looked through for "sent in the last day".
const LEDGER: usize = 1000;

/// `status --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Of the program that answers.
    pub version: String,
    /// The daemon, when one runs.
    pub daemon: Option<Daemon>,
    /// How the sources stand.
    pub sources: SourceCounts,
    /// Items ever taken in and still kept.
    pub items: u64,
    /// Alerts that wait, stories, mutes and digests.
    pub alerts: Pending,
    /// How mail stands.
    pub mail: Mail,
    /// Bytes of the store on disk.
    pub store_bytes: u64,
    /// The disk it is on.
    pub disk: DiskLine,
    /// When the newest export was made; damage of the store costs no more than what no export and no journal holds.
    #[serde(default)]
    pub exported: Option<Timestamp>,
    /// Damaged stores that were set aside, until a person removes them.
    pub set_aside: Vec<PathBuf>,
    /// How the store was made anew, if it was.
    #[serde(default)]
    pub made_anew: Option<String>,
    /// Sources that do not answer, or keep us out.
    pub failing: Vec<SourceLine>,
    /// Sources that answer, but not as they used to.
    pub troubled: Vec<SourceLine>,
    /// An outage of our own network, for which no source is to blame.
    pub outage: Option<OutageLine>,
    /// The coverage floors that do not hold.
    pub short: Vec<FloorLine>,
}

/// A running daemon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Daemon {
    /// Its process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// When its configuration was read.
    pub configured: Timestamp,
    /// Why the last reload was refused, if it was.
    pub reload_refused: Option<String>,
    /// Why no mail leaves until a person sees to it, if that is so.
    pub mail_stopped: Option<String>,
    /// Loops that hang.
    pub hanging: Vec<String>,
}

/// The outbox and the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    /// Open notifications.
    pub queued: usize,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// Accepted in the last 24 hours.
    pub sent_today: usize,
    /// Refused or expired in the last 24 hours: nobody was told.
    pub lost_today: usize,
    /// The last one accepted.
    pub last_sent: Option<Timestamp>,
    /// What the newest failed attempt of an open notification said.
    pub last_error: Option<String>,
}

/// One open notification, as `mail queue --json` lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueLine {
    /// Its id.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was frozen.
    pub queued: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// The next one.
    pub next_attempt: Timestamp,
    /// What the last one failed with.
    pub last_error: Option<String>,
}

/// Every open notification, the next attempt first.
///
/// # Errors
/// The store's.
pub fn queue(store: &Store) -> Result<Vec<QueueLine>, StoreError> {
    let mut entries = store.open_notifications()?;
    entries.sort_by_key(|entry| entry.delivery.next_attempt);
    Ok(entries.into_iter().map(queue_line).collect())
}

fn queue_line(entry: OutboxEntry) -> QueueLine {
    QueueLine {
        id: entry.id.to_string(),
        to: entry.to.address,
        subject: entry.subject,
        queued: entry.queued,
        attempts: entry.delivery.attempts,
        next_attempt: entry.delivery.next_attempt,
        last_error: entry.delivery.last_error,
    }
}

/// The whole picture.
///
/// # Errors
/// The store's.
pub fn status(store: &Store, config: &Config, daemon: Option<Daemon>, now: Timestamp) -> Result<Status, StoreError> {
    Ok(whole(store, config, daemon, now)?.status)
}

/// The whole picture, and every source and floor in it.
pub(crate) struct Whole {
    pub(crate) status: Status,
    pub(crate) sources: Vec<SourceLine>,
    pub(crate) floors: Vec<FloorLine>,
}

/// [`status`] and [`sources()`] at the price of one.
///
/// # Errors
/// The store's.
pub(crate) fn whole(
    store: &Store,
    config: &Config,
    daemon: Option<Daemon>,
    now: Timestamp,
) -> Result<Whole, StoreError> {
    let Picture { lines, outage, floors } = sources::picture(store, config)?;
    let of = |states: &[&str]| lines.iter().filter(|line| states.contains(&line.state.as_str())).cloned().collect();
    let stats = store.stats()?;
    let status = Status {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        daemon,
        sources: SourceCounts::of(&lines),
        items: stats.items,
        alerts: pending::pending(store, config, now)?,
        mail: mail(store, now)?,
        store_bytes: stats.bytes,
        disk: care::disk_line(store, config)?,
        exported: store.exported(),
        set_aside: store.set_aside()?,
        made_anew: store
            .recovery()
            .map(|recovery| format!("{}: {}", recovery.at.strftime("%Y-%m-%d %H:%M UTC"), recovery.told())),
        failing: of(&["failing", "blocked"]),
        troubled: of(&["degraded", "silent", "overflowing", "moved"]),
        outage,
        short: floors.iter().filter(|floor| floor.live < floor.at_least).cloned().collect(),
    };
    Ok(Whole { status, sources: lines, floors })
}

pub(crate) fn mail(store: &Store, now: Timestamp) -> Result<Mail, StoreError> {
    let open = store.open_notifications()?;
    let recent = |at: Timestamp| now.duration_since(at).as_hours() < 24;
    let (mut sent_today, mut lost_today, mut last_sent) = (0, 0, None);
    for entry in store.ledger(LEDGER)? {
        match entry.delivery.outcome {
            Some(Outcome::Sent { at, .. }) => {
                sent_today += usize::from(recent(at));
                last_sent = last_sent.max(Some(at));
            }
            Some(Outcome::Refused { at, .. } | Outcome::Expired { at, .. }) => lost_today += usize::from(recent(at)),
            Some(Outcome::Withdrawn { .. }) | None => {}
        }
    }
    let newest_trouble =
        open.iter().filter(|entry| entry.delivery.last_error.is_some()).max_by_key(|entry| entry.delivery.next_attempt);
    Ok(Mail {
        queued: open.len(),
        oldest: open.iter().map(|entry| entry.queued).min(),
        sent_today,
        lost_today,
        last_sent,
        last_error: newest_trouble.and_then(|entry| entry.delivery.last_error.clone()),
    })
}
