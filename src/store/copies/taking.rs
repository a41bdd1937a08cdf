//! Taking a copy beside the work: a picture of one moment, without anyone waiting longer than a few milliseconds.
//!
//! A walk through the tables takes seconds to minutes, in which transactions change rows that were copied and rows that
//! were not. So the copy is taken as databases take theirs: the walk reads whatever it finds, while the writer notes
//! the key of every row it touches ([`Touched`]); then the touched rows are written again as they are now, and while
//! that is done the next are noted, until few are left. Those are read with the writer's lock held, and the head with
//! them. When a copy is read, the last word on a row is the one that counts.
//!
//! Why the result is the store of that last moment, no more and no less: a row that was not touched since the copy was
//! begun is the same at the end as when the walk passed it. A row that was touched is written again after its last
//! change: what is noted is taken under the lock, so no transaction is half-way, and a change after that notes it anew.
//! Nothing of any transaction is in one table and missing in another, since all its keys are noted together.

use std::collections::HashSet;
use std::io::Write;
use std::ops::Bound;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::codec::{self, Stored};
use super::super::head;
use super::super::tables::{Key, Table, Tables, piece_key};
use super::super::writer::Writer;
use super::super::{Store, StoreError};
use super::contents::{belongs, companion, is_walked};
use super::file::CopyWriter;
use super::frame::Frame;
use super::{Copied, CopyError, Kind};

/// Time of one reading; as much is left to others after it.
const STEP: Duration = Duration::from_millis(20);
/// Bytes of one reading.
const STEP_BYTES: usize = 1 << 20;
/// Touched rows from which on they are written again before the walk goes on: some 100 kB of keys.
const MANY: usize = if cfg!(test) { 4 } else { 2_048 };
/// Touched rows that are read with the lock held, at most: a millisecond.
const FEW: usize = if cfg!(test) { 2 } else { 256 };
/// Touched rows that may be noted at all: 30 MB. Only where the copy is written slower than the store changes.
const MOST: usize = 500_000;
/// Rounds in which the touched rows should have become few.
const ROUNDS: usize = 100;

/// The rows that transactions touched since they were last asked for.
#[derive(Debug, Default)]
pub(in super::super) struct Touched {
    rows: HashSet<(Table, Key)>,
}

impl Touched {
    pub(in super::super) fn note(&mut self, table: Table, key: &[u8]) {
        if self.rows.len() < MOST {
            self.rows.insert((table, key.to_vec()));
        }
    }

    pub(in super::super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Store {
    /// Writes a copy of the store as it is at one moment between call and return; work goes on beside it. Ends early
    /// when it may not `go_on`, which it asks many times a second. Memory: some megabytes, whatever the store's size.
    ///
    /// # Errors
    /// See [`CopyError`]; the store itself is as it was, unless that is [`CopyError::Store`].
    pub fn copy(&self, kind: Kind, to: impl Write, go_on: impl Fn() -> bool) -> Result<Copied, CopyError> {
        let follows = Follows::begin(self)?;
        follows.copy(kind, to, go_on, |_| Ok(()))
    }
}

/// While it lives, the writer notes what it touches. There is one at a time.
pub(super) struct Follows<'s>(&'s Store);

impl<'s> Follows<'s> {
    pub(super) fn begin(store: &'s Store) -> Result<Self, CopyError> {
        let began = store.write(|writer, _, _| Ok(writer.follow()))?;
        if began { Ok(Self(store)) } else { Err(CopyError::Busy) }
    }

    /// See [`Store::copy`]; `at_last` runs in the moment of which the copy is the picture.
    pub(super) fn copy(
        &self,
        kind: Kind,
        to: impl Write,
        go_on: impl Fn() -> bool,
        at_last: impl FnOnce(&mut Writer) -> Result<(), CopyError>,
    ) -> Result<Copied, CopyError> {
        let mut taking =
            Taking { store: self.0, kind, to: CopyWriter::new(kind, Timestamp::now(), to).map_err(write())? };
        for table in Table::ALL.into_iter().filter(|table| is_walked(kind, *table)) {
            taking.walk(table, &go_on)?;
        }
        taking.catch_up(&go_on)?;
        taking.end(at_last)
    }
}

fn write() -> impl FnOnce(std::io::Error) -> CopyError {
    CopyError::io("write the copy")
}

impl Drop for Follows<'_> {
    fn drop(&mut self) {
        // A broken store notes nothing any more.
        let unfollowed = self.0.write(|writer, _, _| {
            writer.unfollow();
            Ok(())
        });
        unfollowed.ok();
    }
}

struct Taking<'s, W: Write> {
    store: &'s Store,
    kind: Kind,
    to: CopyWriter<W>,
}

impl<W: Write> Taking<'_, W> {
    fn walk(&mut self, table: Table, go_on: &impl Fn() -> bool) -> Result<(), CopyError> {
        let mut after = None;
        loop {
            self.go_on(go_on)?;
            let began = Instant::now();
            let page = self.store.read(|tables| page(tables, self.kind, table, after.as_ref(), began + STEP))?;
            let read = began.elapsed();
            self.to.put(&page.frames).map_err(write())?;
            after = page.last;
            if after.is_none() {
                return Ok(());
            }
            self.write_again(MANY)?;
            thread::sleep(read);
        }
    }

    /// Writes the touched rows again until few are left.
    fn catch_up(&mut self, go_on: &impl Fn() -> bool) -> Result<(), CopyError> {
        for _ in 0..ROUNDS {
            self.go_on(go_on)?;
            if self.write_again(FEW)? {
                return Ok(());
            }
        }
        Err(CopyError::Behind)
    }

    fn go_on(&self, go_on: &impl Fn() -> bool) -> Result<(), CopyError> {
        if go_on() { Ok(()) } else { Err(CopyError::GivenUp) }
    }

    /// Writes the touched rows again if they are more than `few`; true when they are not.
    fn write_again(&mut self, few: usize) -> Result<bool, CopyError> {
        let touched = self.store.write(|writer, _, _| Ok(writer.touched(few)))?;
        let Some(Touched { rows }) = touched else { return Ok(true) };
        if rows.len() >= MOST {
            return Err(CopyError::Behind);
        }
        let rows: Vec<_> = rows.into_iter().collect();
        for some in rows.chunks(FEW) {
            let frames = self.store.read(|tables| rows_now(tables, self.kind, some))?;
            self.to.put(&frames).map_err(write())?;
        }
        Ok(false)
    }

    /// The last touched rows and the head, with nobody writing; what is slow about it comes after.
    fn end(mut self, at_last: impl FnOnce(&mut Writer) -> Result<(), CopyError>) -> Result<Copied, CopyError> {
        let mut also = Ok(());
        let frames = self.store.write(|writer, engine, _| {
            let rows: Vec<_> = writer.touched(0).map(|touched| touched.rows).unwrap_or_default().into_iter().collect();
            let mut frames = rows_now(&engine.tables, self.kind, &rows)?;
            add(&engine.tables, Table::Meta, head::KEY, &mut frames)?;
            also = at_last(writer);
            Ok(frames)
        })?;
        also?;
        self.to.put(&frames).map_err(write())?;
        self.to.finish().map_err(write())
    }
}

/// Some rows of a table, and the last of them unless they are its end.
struct Page {
    frames: Vec<Frame>,
    last: Option<sled::IVec>,
}

fn page(
    tables: &Tables,
    kind: Kind,
    table: Table,
    after: Option<&sled::IVec>,
    until: Instant,
) -> Result<Page, StoreError> {
    let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
    let (mut frames, mut bytes) = (Vec::new(), 0);
    for row in tables.tree(table).range::<sled::IVec, _>((from, Bound::Unbounded)) {
        let (key, value) = row.map_err(StoreError::engine("read rows to copy them"))?;
        let before = frames.len();
        add_row(tables, table, &key, &value, &mut frames)?;
        if let Some((table, key)) = companion(kind, table, &key)
            && tables.has(table, &key)?
        {
            add(tables, table, &key, &mut frames)?;
        }
        bytes += frames[before..].iter().map(Frame::len).sum::<usize>();
        if bytes >= STEP_BYTES || Instant::now() >= until {
            return Ok(Page { frames, last: Some(key) });
        }
    }
    Ok(Page { frames, last: None })
}

/// Rows as they are now, as far as they belong to a copy.
fn rows_now(tables: &Tables, kind: Kind, rows: &[(Table, Key)]) -> Result<Vec<Frame>, StoreError> {
    let mut frames = Vec::new();
    for (table, key) in rows {
        if !belongs(kind, tables, *table, key)? {
            continue;
        }
        add(tables, *table, key, &mut frames)?;
        if let Some((table, key)) = companion(kind, *table, key) {
            add(tables, table, &key, &mut frames)?;
        }
    }
    Ok(frames)
}

/// A row as it is now, which may be gone.
fn add(tables: &Tables, table: Table, key: &[u8], frames: &mut Vec<Frame>) -> Result<(), StoreError> {
    let value = tables.tree(table).get(key).map_err(StoreError::engine("read a row to copy it"))?;
    match value {
        Some(value) => add_row(tables, table, key, &value, frames),
        None => {
            frames.push(Frame { table, key: key.to_vec(), value: None });
            Ok(())
        }
    }
}

fn add_row(tables: &Tables, table: Table, key: &[u8], value: &[u8], frames: &mut Vec<Frame>) -> Result<(), StoreError> {
    for number in 0..Stored::check(table, key, value)?.pieces().unwrap_or(0) {
        let name = piece_key(table, key, number);
        let piece = tables.tree(Table::Pieces).get(&name).map_err(StoreError::engine("read a piece to copy it"))?;
        let piece = piece.ok_or_else(|| codec::damaged(table, key, "a piece is missing"))?;
        Stored::check(Table::Pieces, &name, &piece)?;
        frames.push(Frame { table: Table::Pieces, key: name, value: Some(piece.to_vec()) });
    }
    frames.push(Frame { table, key: key.to_vec(), value: Some(value.to_vec()) });
    Ok(())
}
