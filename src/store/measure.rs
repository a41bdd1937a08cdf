//! What a store holds: rows and bytes by table, and how fast it grows. It reads every row, in pages, beside whoever writes; the
//! figures are of no one moment.

use jiff::{SignedDuration, Timestamp};

use super::tables::{Key, Table, Tables, item_of};
use super::{Reading, Store, StoreError, identities};
use crate::model::ItemId;

/// Rows read in one go, without a word on how far it is.
const PAGE: usize = 512;

/// The time whose items tell how fast the store grows: a whole week, since news follow the days of the week.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is held of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The table's name on disk.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Bytes of their keys and values, as the engine is given them.
    pub bytes: u64,
}

/// What a store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// By table, in the order in which they were introduced; empty tables as well.
    pub tables: Vec<Held>,
    /// When the oldest item that is kept was first seen.
    pub oldest: Option<Timestamp>,
    /// The same of the newest.
    pub newest: Option<Timestamp>,
    /// Bytes that a day adds, by the items of the last week: of texts, and of all else. None when there is nothing to go by.
    pub daily: Option<(u64, u64)>,
}

impl Holdings {
    /// Bytes of all rows: what is live.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tables.iter().map(|held| held.bytes).sum()
    }

    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|held| held.rows).sum()
    }
}

impl Store {
    /// Reads everything and adds it up. None when it may not `go_on`, which it asks with each page, saying how far it is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn measure(
        &self,
        now: Timestamp,
        go_on: &mut dyn FnMut(Reading) -> bool,
    ) -> Result<Option<Holdings>, StoreError> {
        let rows = self.write(|writer, _, _| Ok(Table::ALL.iter().map(|table| writer.head().rows(*table)).sum()))?;
        let mut tally = Tally::new(now);
        let mut read = 0;
        for table in Table::ALL {
            let mut next: Option<Key> = Some(Key::new());
            while let Some(from) = next.take() {
                if !go_on(Reading { read, rows }) {
                    return Ok(None);
                }
                let page = self.read(|tables| page(tables, table, &from))?;
                read += page.len() as u64;
                page.iter().for_each(|row| tally.add(table, row));
                next = page.last().filter(|_| page.len() == PAGE).map(|last| [&last.key[..], &[0]].concat());
            }
        }
        Ok(Some(tally.holdings()))
    }
}

struct Row {
    key: Key,
    bytes: u64,
}

fn page(tables: &Tables, table: Table, from: &[u8]) -> Result<Vec<Row>, StoreError> {
    let rows = tables.tree(table).range::<&[u8], _>(from..).take(PAGE);
    rows.map(|row| {
        let (key, value) = row.map_err(StoreError::engine("measure the store"))?;
        Ok(Row { bytes: (key.len() + value.len()) as u64, key: key.to_vec() })
    })
    .collect()
}

struct Tally {
    since: ItemId,
    now: Timestamp,
    tables: Vec<Held>,
    /// Bytes since then in tables whose rows are an item's: of texts, and of all else.
    recent: [u64; 2],
    /// Items, in all and since.
    items: [u64; 2],
    ends: Option<(ItemId, ItemId)>,
}

impl Tally {
    fn new(now: Timestamp) -> Self {
        let since = ItemId::at(now.checked_sub(WEEK).unwrap_or(Timestamp::MIN));
        let tables = Table::ALL.iter().map(|table| Held { table: table.name(), rows: 0, bytes: 0 }).collect();
        Self { since, now, tables, recent: [0; 2], items: [0; 2], ends: None }
    }

    fn add(&mut self, table: Table, row: &Row) {
        // A piece counts where the row is of which it is a part.
        let of = if table == Table::Pieces {
            row.key.first().map_or(0, |first| usize::from(*first))
        } else {
            table as usize
        };
        let Some(held) = self.tables.get_mut(of) else { return };
        held.rows += u64::from(table != Table::Pieces);
        held.bytes += row.bytes;
        let key = if table == Table::Pieces { row.key.get(1..).unwrap_or_default() } else { &row.key[..] };
        let Some(item) = Table::ALL[of].is_of_items().then(|| item_of(key)).flatten() else { return };
        let is_recent = item >= self.since;
        self.recent[usize::from(Table::ALL[of] != Table::Texts)] += if is_recent { row.bytes } else { 0 };
        if table == Table::Items {
            self.items[0] += 1;
            self.items[1] += u64::from(is_recent);
            self.ends = Some(self.ends.map_or((item, item), |(first, _)| (first, item)));
        }
    }

    fn holdings(self) -> Holdings {
        let daily = self.daily();
        let (oldest, newest) = (self.ends.map(|ends| first_seen(ends.0)), self.ends.map(|ends| first_seen(ends.1)));
        Holdings { tables: self.tables, oldest, newest, daily }
    }

    /// What the items of the last week brought, identities by their share, over the days they came in.
    fn daily(&self) -> Option<(u64, u64)> {
        let began = first_seen(self.ends?.0.max(self.since));
        let hours = self.now.duration_since(began).as_hours().max(1);
        let identities: u64 = identities::TABLES.iter().map(|table| self.tables[*table as usize].bytes).sum();
        let share = u128::from(identities) * u128::from(self.items[1]) / u128::from(self.items[0].max(1));
        let a_day = |bytes: u128| u64::try_from(bytes * 24 / u128::try_from(hours).unwrap_or(1)).unwrap_or(u64::MAX);
        let daily = (a_day(self.recent[0].into()), a_day(u128::from(self.recent[1]) + share));
        (daily != (0, 0)).then_some(daily)
    }
}

/// When an item was taken in, to the millisecond: its number begins with it.
fn first_seen(item: ItemId) -> Timestamp {
    let millisecond = i64::try_from(item.0 >> ItemId::COUNTER_BITS).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX)
}
