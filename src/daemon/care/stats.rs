//! The document behind `db stats`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::disk::{DiskLine, line};
use super::forecast::{Course, Forecast};
use crate::config::Config;
use crate::store::{Reading, Store, StoreError};

/// What a store holds, `db stats --json`. A public interface (`"schema": 1`): fields are added, never renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreStats {
    /// [`crate::daemon::report::SCHEMA`].
    pub schema: u32,
    /// Every table that holds something.
    pub tables: Vec<TableLine>,
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes of all rows: what is live.
    pub live_bytes: u64,
    /// Bytes of the store on disk.
    pub file_bytes: u64,
    /// Bytes on disk for each live one.
    pub factor: f64,
    /// Whether the next start of the daemon compacts the store.
    pub compaction_asked: bool,
    /// When the oldest item that is kept was first seen.
    pub oldest: Option<Timestamp>,
    /// The same of the newest.
    pub newest: Option<Timestamp>,
    /// Live bytes that a day adds, by the last week; of texts alone, and of the rest. None when there is nothing to go by.
    pub daily: Option<(u64, u64)>,
    /// What to expect at that rate.
    pub forecast: Option<Forecast>,
    /// What is forgotten, and when.
    pub retention: Retention,
    /// The disk.
    pub disk: DiskLine,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What is forgotten, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Days that items are remembered.
    pub keep_items_days: u64,
    /// Days that their texts are kept.
    pub keep_bodies_days: u64,
    /// Bytes that all rows may take; None where nothing is forgotten by size.
    pub max_size: Option<u64>,
}

/// Reads everything and adds it up. None when it may not `go_on`.
///
/// # Errors
/// The store's.
pub fn stats(
    store: &Store,
    config: &Config,
    now: Timestamp,
    go_on: &mut dyn FnMut(Reading) -> bool,
) -> Result<Option<StoreStats>, StoreError> {
    let Some(holdings) = store.measure(now, go_on)? else { return Ok(None) };
    let (live, file, disk) = (holdings.bytes(), store.stats()?.bytes, line(store, config)?);
    let days = |time: std::time::Duration| time.as_secs() / 86_400;
    let retention = Retention {
        keep_items_days: days(config.keep_items),
        keep_bodies_days: days(config.keep_bodies),
        max_size: config.max_size,
    };
    // A small store is mostly what the engine takes for itself.
    let factor = file as f64 / (live.max(1 << 20)) as f64;
    let age = holdings.oldest.map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest));
    let age = u64::try_from(age.as_hours() / 24).unwrap_or(0);
    let forecast = holdings.daily.map(|(texts, rest)| {
        let course = Course {
            live,
            free: disk.free,
            factor: factor.max(1.5),
            texts,
            rest,
            texts_stay: retention.keep_bodies_days.saturating_sub(age),
            items_stay: retention.keep_items_days.saturating_sub(age),
            max_size: config.max_size,
        };
        course.forecast()
    });
    let held = holdings.tables.iter().filter(|held| held.rows > 0);
    let tables = held.map(|held| TableLine { table: held.table.to_owned(), rows: held.rows, bytes: held.bytes });
    Ok(Some(StoreStats {
        schema: crate::daemon::report::SCHEMA,
        tables: tables.collect(),
        rows: holdings.rows(),
        live_bytes: live,
        file_bytes: file,
        factor: (file as f64 / live.max(1) as f64 * 10.0).round() / 10.0,
        compaction_asked: Store::wants_compaction(&config.storage),
        oldest: holdings.oldest,
        newest: holdings.newest,
        daily: holdings.daily,
        forecast,
        retention,
        disk,
    }))
}
