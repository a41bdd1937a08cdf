//! The outbox: notifications frozen before their first attempt, open until one final state, then in the ledger.
//!
//! A settled notification keeps who, what, when and the server's answer. Its message goes: the item it tells of is
//! kept longer than anyone looks for a mail, and a message that must never be sent again is best not there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::codec::{Compressor, Row};
use super::tables::{Key, Table, Tables, ledger_key, mails_prefix, notification_key};
use super::{Store, StoreError};
use crate::model::{Delivery, Mailbox, Notification, NotificationId, Outcome, Reason, Severity, StoryId, WatchId};

/// A notification without its message, and how its delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Its name.
    pub id: NotificationId,
    /// To whom.
    pub to: Mailbox,
    /// Why it exists.
    pub reason: Reason,
    /// The watches it tells of.
    pub watches: Vec<WatchId>,
    /// The highest severity among them.
    pub severity: Severity,
    /// The decoded subject.
    pub subject: String,
    /// When it was frozen.
    pub queued: Timestamp,
    /// How its delivery stands; the outcome is there once it is settled.
    pub delivery: Delivery,
}

impl OutboxEntry {
    fn with(self, message: Vec<u8>) -> Notification {
        let Self { id, to, reason, watches, severity, subject, queued, delivery: _ } = self;
        Notification { id, to, reason, watches, severity, subject, queued, message }
    }
}

impl Store {
    /// Every notification that is not settled, oldest story first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open_notifications(&self) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::Outbox).iter();
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list the outbox"))?;
                tables.decode(Table::Outbox, &key, &value)
            })
            .collect()
        })
    }

    /// An open notification with its frozen message; `None` once settled.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn notification(&self, id: &NotificationId) -> Result<Option<Notification>, StoreError> {
        self.read(|tables| {
            let key = notification_key(id);
            let entry: Option<OutboxEntry> = tables.get(Table::Outbox, &key)?;
            let message = tables.get(Table::Messages, &key)?;
            Ok(entry.zip(message).map(|(entry, message)| entry.with(message)))
        })
    }

    /// How many mails there are on a story to a recipient, open or settled: the `seq` of the next.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn mails_on(&self, story: StoryId, recipient: u64) -> Result<u32, StoreError> {
        self.read(|tables| {
            let prefix = mails_prefix(story, recipient);
            let mut mails = 0;
            for table in [Table::Outbox, Table::Settled] {
                for key in tables.tree(table).scan_prefix(&prefix).keys() {
                    key.map_err(StoreError::engine("count mails"))?;
                    mails += 1;
                }
            }
            Ok(mails)
        })
    }

    /// The subject of a notification, open or settled; `None` when it was never queued or is forgotten.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn subject(&self, id: &NotificationId) -> Result<Option<String>, StoreError> {
        self.read(|tables| {
            let key = notification_key(id);
            let mut entry: Option<OutboxEntry> = tables.get(Table::Outbox, &key)?;
            if entry.is_none()
                && let Some(at) = tables.get::<u64>(Table::Settled, &key)?
            {
                entry = tables.get(Table::Ledger, &ledger_key(at, &key))?;
            }
            Ok(entry.map(|entry| entry.subject))
        })
    }

    /// Puts another message in the place of the frozen one, which its server refused to take; durable. One that is settled stays as
    /// it is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn rewrite(&self, id: &NotificationId, message: &[u8]) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let key = notification_key(id);
            if !engine.tables.has(Table::Outbox, &key)? {
                return Ok(());
            }
            let mut changes = Changes::default();
            let row = Row::text(Table::Messages, &key, &message, &mut writer.zstd);
            changes.put(Table::Messages, key, row);
            writer.apply(engine, &changes)?;
            writer.sync(engine, durable)
        })
    }

    /// Records an attempt that did not settle an open notification. Not durable: forgetting it costs an early attempt.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn postpone(&self, id: &NotificationId, delivery: Delivery) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let key = notification_key(id);
            let Some(entry) = engine.tables.get::<OutboxEntry>(Table::Outbox, &key)? else { return Ok(()) };
            let row = Row::plain(Table::Outbox, &key, &OutboxEntry { delivery, ..entry });
            let mut changes = Changes::default();
            changes.put(Table::Outbox, key, row);
            writer.apply(engine, &changes)?;
            writer.quiet(1, engine, durable)
        })
    }

    /// Records the final state of a notification; durable. Only now may anyone be told that it was sent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn settle(&self, id: &NotificationId, outcome: Outcome) -> Result<(), StoreError> {
        self.settle_all(vec![(id.clone(), outcome)])
    }

    /// [`Store::settle`] for several at the price of one. One that is settled already keeps its first outcome.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn settle_all(&self, settled: Vec<(NotificationId, Outcome)>) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let mut changes = Changes::default();
            for (id, outcome) in settled {
                let key = notification_key(&id);
                if let Some(entry) = engine.tables.get(Table::Outbox, &key)? {
                    settle(&mut changes, key, entry, outcome);
                }
            }
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)
        })
    }

    /// Settled notifications, latest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn ledger(&self, limit: usize) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::Ledger).iter().rev().take(limit);
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list the ledger"))?;
                tables.decode(Table::Ledger, &key, &value)
            })
            .collect()
        })
    }
}

/// Queues a notification, unless one of its name exists, open or settled.
pub(super) fn queue(
    changes: &mut Changes,
    tables: &Tables,
    zstd: &mut Compressor,
    notification: Notification,
) -> Result<(), StoreError> {
    let key = notification_key(&notification.id);
    if tables.has(Table::Outbox, &key)? || tables.has(Table::Settled, &key)? {
        return Ok(());
    }
    let (entry, message) = freeze(notification);
    changes.put(Table::Messages, key.clone(), Row::text(Table::Messages, &key, &message, zstd));
    changes.put(Table::Outbox, key.clone(), Row::plain(Table::Outbox, &key, &entry));
    Ok(())
}

fn freeze(notification: Notification) -> (OutboxEntry, Vec<u8>) {
    let Notification { id, to, reason, watches, severity, subject, queued, message } = notification;
    let delivery = Delivery { attempts: 0, next_attempt: queued, last_error: None, outcome: None };
    (OutboxEntry { id, to, reason, watches, severity, subject, queued, delivery }, message)
}

/// Puts an open notification into the ledger, by its key.
pub(super) fn settle(changes: &mut Changes, key: Key, mut entry: OutboxEntry, outcome: Outcome) {
    let at = match &outcome {
        Outcome::Sent { at, .. }
        | Outcome::Refused { at, .. }
        | Outcome::Expired { at, .. }
        | Outcome::Withdrawn { at } => *at,
    };
    let at = u64::try_from(at.as_millisecond()).unwrap_or(0);
    entry.delivery.outcome = Some(outcome);
    let in_ledger = ledger_key(at, &key);
    changes.put(Table::Ledger, in_ledger.clone(), Row::plain(Table::Ledger, &in_ledger, &entry));
    changes.put(Table::Settled, key.clone(), Row::plain(Table::Settled, &key, &at));
    changes.remove(Table::Messages, key.clone());
    changes.remove(Table::Outbox, key);
}

/// Forgets a settled notification.
pub(super) fn forget(changes: &mut Changes, tables: &Tables, key: Key) -> Result<(), StoreError> {
    if let Some(at) = tables.get::<u64>(Table::Settled, &key)? {
        changes.remove(Table::Ledger, ledger_key(at, &key));
        changes.remove(Table::Settled, key);
    }
    Ok(())
}
