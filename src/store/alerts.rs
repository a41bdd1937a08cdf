//! Alerts: due until composed, then done. Done ones stay as long as their item, so that a watch alerts once on it.

use super::tables::{Table, Tables, alert_key};
use super::{Store, StoreError};
use crate::model::{Alert, AlertId};

impl Store {
    /// Every alert that waits to be composed, oldest item first.
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

    /// Whether a watch has alerted on an item, due or done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn alerted(&self, id: &AlertId) -> Result<bool, StoreError> {
        self.read(|tables| exists(tables, id))
    }
}

/// Whether an alert was ever raised.
pub(super) fn exists(tables: &Tables, id: &AlertId) -> Result<bool, StoreError> {
    let key = alert_key(id);
    Ok(tables.has(Table::DueAlerts, &key)? || tables.has(Table::DoneAlerts, &key)?)
}
