//! Alerts: due until addressed to their readers, then done. Done ones stay as long as their item, so that a watch alerts once on it.

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, Tables, alert_key, item_key};
use super::{Store, StoreError};
use crate::model::{Alert, AlertId, ItemId, Reason, WatchId};

impl Store {
    /// Every alert that waits to be addressed, oldest item first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn due_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::DueAlerts).iter();
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list due alerts"))?;
                tables.decode(Table::DueAlerts, &key, &value)
            })
            .collect()
        })
    }

    /// An alert, due or done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn alert(&self, id: &AlertId) -> Result<Option<Alert>, StoreError> {
        self.read(|tables| {
            let key = alert_key(id);
            match tables.get(Table::DueAlerts, &key)? {
                Some(alert) => Ok(Some(alert)),
                None => tables.get(Table::DoneAlerts, &key),
            }
        })
    }

    /// Which watches alerted on the items from this one on, due and done, oldest item first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn alerted_since(&self, from: ItemId) -> Result<Vec<AlertId>, StoreError> {
        self.read(|tables| {
            let mut found: Vec<AlertId> = Vec::new();
            for table in [Table::DueAlerts, Table::DoneAlerts] {
                for row in tables.tree(table).range(item_key(from)..) {
                    let (key, value) = row.map_err(StoreError::engine("list alerts"))?;
                    found.push(tables.decode::<Alert>(table, &key, &value)?.id);
                }
            }
            found.sort();
            found.dedup();
            Ok(found)
        })
    }

    /// The watches that alerted on an item, due or done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn watches_alerted(&self, item: ItemId) -> Result<Vec<WatchId>, StoreError> {
        Ok(self.alerts_on(item)?.into_iter().map(|raised| raised.alert.id.watch).collect())
    }

    /// Whether a watch has alerted on an item, due or done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn alerted(&self, id: &AlertId) -> Result<bool, StoreError> {
        self.read(|tables| exists(tables, id))
    }
}

/// Writes where the terms of an alert stand now, after its item got another text. Whether it is due stays as it is.
pub(super) fn rematch(changes: &mut Changes, tables: &Tables, alert: &Alert) -> Result<(), StoreError> {
    let key = alert_key(&alert.id);
    for table in [Table::DueAlerts, Table::DoneAlerts] {
        if let Some(old) = tables.get::<Alert>(table, &key)? {
            let matches = alert.matches.clone();
            changes.put(table, key.clone(), Row::plain(table, &key, &Alert { matches, ..old }));
        }
    }
    Ok(())
}

/// Raises an alert, and says whether it is new: one that exists stays as it is, unless its item changed.
pub(super) fn raise(changes: &mut Changes, tables: &Tables, alert: &Alert) -> Result<bool, StoreError> {
    let key = alert_key(&alert.id);
    if exists(tables, &alert.id)? && alert.reason != Reason::Changed {
        return Ok(false);
    }
    changes.put(Table::DueAlerts, key.clone(), Row::plain(Table::DueAlerts, &key, alert));
    changes.remove(Table::DoneAlerts, key);
    Ok(true)
}

/// Whether an alert was ever raised.
fn exists(tables: &Tables, id: &AlertId) -> Result<bool, StoreError> {
    let key = alert_key(id);
    Ok(tables.has(Table::DueAlerts, &key)? || tables.has(Table::DoneAlerts, &key)?)
}
