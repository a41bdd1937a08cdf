//! How each source stands, and what the operator was told of it.

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, Tables};
use super::{Store, StoreError, outbox};
use crate::model::{Notification, OperatorTold, SourceId, Standing};

/// The one row of [`Table::Operator`].
const TOLD: &[u8] = b"told";

impl Store {
    /// How every source ever polled stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn standings(&self) -> Result<Vec<(SourceId, Standing)>, StoreError> {
        self.standings_by(|standing| standing)
    }

    /// The same, of each what `keep` makes of it: all of ten thousand at once take 7 MB.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn standings_by<T>(&self, keep: impl Fn(Standing) -> T) -> Result<Vec<(SourceId, T)>, StoreError> {
        self.read(|tables| {
            let mut found = Vec::new();
            for row in tables.tree(Table::Standings).iter() {
                let (key, value) = row.map_err(StoreError::engine("list how sources stand"))?;
                let standing = tables.decode(Table::Standings, &key, &value)?;
                if let Some(id) = std::str::from_utf8(&key).ok().and_then(|id| SourceId::new(id).ok()) {
                    found.push((id, keep(standing)));
                }
            }
            Ok(found)
        })
    }

    /// How a source stands; as new when that was never said.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn standing(&self, source: &SourceId) -> Result<Standing, StoreError> {
        self.read(|tables| Ok(tables.get(Table::Standings, source.as_str().as_bytes())?.unwrap_or_default()))
    }

    /// Remembers how a source stands, outside a poll. Not durable: it is judged anew.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn stand(&self, source: &SourceId, standing: &Standing) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let mut changes = Changes::default();
            put(&mut changes, source, standing);
            writer.apply(engine, &changes)?;
            writer.quiet(1, engine, durable)
        })
    }

    /// What the operator was told.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn operator_told(&self) -> Result<OperatorTold, StoreError> {
        self.read(|tables: &Tables| Ok(tables.get(Table::Operator, TOLD)?.unwrap_or_default()))
    }

    /// Queues mails to the operator, and remembers what they know now, in one transaction; durable.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn tell_operator(&self, notifications: Vec<Notification>, told: &OperatorTold) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let mut changes = Changes::default();
            for notification in notifications {
                // The number of its conversation must not be given to an item later.
                writer.head_mut().saw(notification.id.thread);
                outbox::queue(&mut changes, &engine.tables, &mut writer.zstd, notification)?;
            }
            changes.put(Table::Operator, TOLD.to_vec(), Row::plain(Table::Operator, TOLD, told));
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)
        })
    }
}

/// Remembers how a source stands.
pub(super) fn put(changes: &mut Changes, source: &SourceId, standing: &Standing) {
    let key = source.as_str().as_bytes().to_vec();
    changes.put(Table::Standings, key.clone(), Row::plain(Table::Standings, &key, standing));
}
