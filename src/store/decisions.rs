//! What was decided about alerts for their readers: who is to be told, who was told what, and what became of each
//! alert.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Key, Table, Tables, alert_key, item_key, mails_prefix, reader_key};
use super::{Store, StoreError, mutes, outbox};
use crate::alert::recipient_hash;
use crate::model::{
    Alert, AlertId, DigestId, DigestRuns, Fate, Held, ItemId, MuteId, Notification, NotificationId, StoryId, Told,
    Waiting,
};

/// Decisions that belong together: all are kept, or none.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Mails to send. One whose id exists, open or settled, is left untouched.
    pub notifications: Vec<Notification>,
    /// What readers, by the hash of their address, know of a story now.
    pub told: Vec<(StoryId, u64, Told)>,
    /// Alerts that wait for their reader no longer, and what became of them.
    pub fates: Vec<Fate>,
    /// Alerts that wait for something else than before.
    pub held: Vec<(Waiting, Held)>,
    /// Digests that were due, with this run.
    pub digests: Vec<(DigestId, DigestRuns)>,
    /// How many alerts each mute hid.
    pub hidden: BTreeMap<MuteId, u64>,
}

impl Decisions {
    /// Whether a power cut must not take it away. What an alert waits for is found again.
    fn matters(&self) -> bool {
        !(self.notifications.is_empty() && self.told.is_empty() && self.fates.is_empty() && self.digests.is_empty())
    }

    fn is_empty(&self) -> bool {
        !self.matters() && self.held.is_empty() && self.hidden.is_empty()
    }
}

impl Store {
    /// Addresses due alerts to their readers: they wait for each of them from now on; durable. One that waits already,
    /// and was raised again since its item changed, goes on waiting as it did.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn address(&self, waiting: &[Waiting], done: &[AlertId]) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let mut changes = Changes::default();
            for alert in waiting {
                let key = reader_key(&alert.alert, recipient_hash(&alert.reader.address));
                let row = match engine.tables.get::<Waiting>(Table::Waiting, &key)? {
                    Some(Waiting { raised, held, .. }) => Row::plain(
                        Table::Waiting,
                        &key,
                        &Waiting { raised: raised.min(alert.raised), held, ..alert.clone() },
                    ),
                    None => Row::plain(Table::Waiting, &key, alert),
                };
                changes.put(Table::Waiting, key, row);
            }
            for id in done {
                let key = alert_key(id);
                if let Some(alert) = engine.tables.get::<Alert>(Table::DueAlerts, &key)? {
                    changes.put(Table::DoneAlerts, key.clone(), Row::plain(Table::DoneAlerts, &key, &alert));
                    changes.remove(Table::DueAlerts, key);
                }
            }
            writer.apply(engine, &changes)?;
            writer.sync(engine, durable)
        })
    }

    /// Keeps decisions in one transaction; durable when anything was decided for good.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn decide(&self, decisions: Decisions) -> Result<(), StoreError> {
        if decisions.is_empty() {
            return Ok(());
        }
        self.write(|writer, engine, durable| {
            let tables = &engine.tables;
            let matters = decisions.matters();
            let mut changes = Changes::default();
            for notification in decisions.notifications {
                // A roundup's number must not be given to an item later.
                writer.head_mut().saw(notification.id.thread);
                outbox::queue(&mut changes, tables, &mut writer.zstd, notification)?;
            }
            for (story, recipient, told) in &decisions.told {
                put_told(&mut changes, *story, *recipient, told);
            }
            for (waiting, held) in decisions.held {
                let key = reader_key(&waiting.alert, recipient_hash(&waiting.reader.address));
                let row = Row::plain(Table::Waiting, &key, &Waiting { held: Some(held), ..waiting });
                changes.put(Table::Waiting, key, row);
            }
            for fate in &decisions.fates {
                let key = reader_key(&fate.alert, recipient_hash(&fate.reader));
                if fate.mail.is_some() || fate.mute.is_some() || !is_told(tables, &key)? {
                    changes.put(Table::Fates, key.clone(), Row::plain(Table::Fates, &key, fate));
                }
                changes.remove(Table::Waiting, key);
            }
            for (digest, runs) in &decisions.digests {
                let key = digest.as_str().as_bytes().to_vec();
                changes.put(Table::Digests, key.clone(), Row::plain(Table::Digests, &key, runs));
            }
            for (mute, count) in &decisions.hidden {
                mutes::count(&mut changes, tables, *mute, *count)?;
            }
            writer.apply(engine, &changes)?;
            if matters { writer.sync_all(engine, durable) } else { writer.quiet(changes.len(), engine, durable) }
        })
    }

    /// Every alert that waits for one of its readers, oldest item first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        self.read(|tables| rows(tables, Table::Waiting, tables.tree(Table::Waiting).iter()))
    }

    /// The readers for whom alerts on an item wait.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn waiting_on(&self, item: ItemId) -> Result<Vec<Waiting>, StoreError> {
        self.read(|tables| rows(tables, Table::Waiting, tables.tree(Table::Waiting).scan_prefix(item_key(item))))
    }

    /// What became of the alerts on an item.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn fates_on(&self, item: ItemId) -> Result<Vec<Fate>, StoreError> {
        self.read(|tables| rows(tables, Table::Fates, tables.tree(Table::Fates).scan_prefix(item_key(item))))
    }

    /// Which mail told of which item, for the items from this one on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn mailed_since(&self, from: ItemId) -> Result<Vec<(NotificationId, ItemId)>, StoreError> {
        self.read(|tables| {
            let fates: Vec<Fate> = rows(tables, Table::Fates, tables.tree(Table::Fates).range(item_key(from)..))?;
            Ok(fates.into_iter().filter_map(|fate| Some((fate.mail?, fate.alert.item))).collect())
        })
    }

    /// What a reader, by the hash of their address, was told of a story; None when nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn told(&self, story: StoryId, recipient: u64) -> Result<Option<Told>, StoreError> {
        self.read(|tables| tables.get(Table::Told, &mails_prefix(story, recipient)))
    }

    /// The mails that told anybody of a story, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn tellings(&self, story: StoryId) -> Result<Vec<(NotificationId, Timestamp)>, StoreError> {
        self.read(|tables| {
            let told = tables.tree(Table::Told).scan_prefix(item_key(story));
            let told: Vec<Told> = rows(tables, Table::Told, told)?;
            let mut mails: Vec<_> = told.into_iter().flat_map(|told| told.mails).collect();
            mails.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
            Ok(mails)
        })
    }

    /// What is remembered of each digest.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn digests(&self) -> Result<BTreeMap<DigestId, DigestRuns>, StoreError> {
        self.read(|tables| {
            let mut found = BTreeMap::new();
            for row in tables.tree(Table::Digests).iter() {
                let (key, value) = row.map_err(StoreError::engine("list digests"))?;
                let runs = tables.decode(Table::Digests, &key, &value)?;
                if let Some(id) = std::str::from_utf8(&key).ok().and_then(|id| DigestId::new(id).ok()) {
                    found.insert(id, runs);
                }
            }
            Ok(found)
        })
    }
}

fn rows<T: serde::de::DeserializeOwned>(tables: &Tables, table: Table, rows: sled::Iter) -> Result<Vec<T>, StoreError> {
    rows.map(|row| {
        let (key, value) = row.map_err(StoreError::engine("list what was decided"))?;
        tables.decode(table, &key, &value)
    })
    .collect()
}

/// Whether a mail told of an alert before. It may wait again since its item changed; that there was nothing to tell of
/// the change does not take the mail back.
fn is_told(tables: &Tables, key: &[u8]) -> Result<bool, StoreError> {
    Ok(tables.get::<Fate>(Table::Fates, key)?.is_some_and(|fate| fate.mail.is_some()))
}

fn put_told(changes: &mut Changes, story: StoryId, recipient: u64, told: &Told) {
    let key = mails_prefix(story, recipient);
    changes.put(Table::Told, key.clone(), Row::plain(Table::Told, &key, told));
}

/// Who was told of a story knows the one it became a part of.
pub(super) fn tell_of_merged(
    changes: &mut Changes,
    tables: &Tables,
    from: StoryId,
    to: StoryId,
) -> Result<(), StoreError> {
    for row in tables.tree(Table::Told).scan_prefix(item_key(from)) {
        let (key, value) = row.map_err(StoreError::engine("list who was told"))?;
        let told: Told = tables.decode(Table::Told, &key, &value)?;
        let Some(recipient) = recipient_of(&key) else { continue };
        let known: Option<Told> = tables.get(Table::Told, &mails_prefix(to, recipient))?;
        let told = match known {
            Some(known) => known.joined(told),
            None => told,
        };
        put_told(changes, to, recipient, &told);
    }
    Ok(())
}

/// The recipient in the key of what they were told.
fn recipient_of(key: &[u8]) -> Option<u64> {
    key.get(8..16).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes)
}

/// Forgets everything that was decided on an item, or on the story it opened.
pub(super) fn forget(changes: &mut Changes, tables: &Tables, item: ItemId) -> Result<(), StoreError> {
    for table in [Table::Fates, Table::Told] {
        for key in tables.tree(table).scan_prefix(item_key(item)).keys() {
            let key: Key = key.map_err(StoreError::engine("list an item's rows"))?.to_vec();
            changes.remove(table, key);
        }
    }
    changes.remove(Table::Placements, item_key(item));
    changes.remove(Table::Stories, item_key(item));
    Ok(())
}
