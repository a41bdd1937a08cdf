//! Making a store anew from the newest sound export and the journals after it.

use std::path::Path;

use jiff::Timestamp;

use super::super::changes::Changes;
use super::super::codec::Stored;
use super::super::folder::Folder;
use super::super::head::{self, Head};
use super::super::tables::{Table, Tables};
use super::super::{Reading, StoreError, durable};
use super::file::CopyFile;
use super::frame::{Frame, Joined, Joiner};
use super::journal::Records;
use super::recovery::{Recovery, quieten};
use super::shelf::Shelf;
use super::{CopyError, Kind};

/// Rows between two words on how far it is: a few milliseconds.
const STEP: usize = 1_024;
/// Seconds since 1970, times this, are the first commit of a store of which not everything is known: no journal of
/// before, and no witness, can be taken for one of it. It would take a million commits a second to catch up.
const LINEAGE: u64 = 1 << 20;

/// A store that is gone.
pub(in super::super) struct Lost<'a> {
    /// Where it was moved to, unless it vanished.
    pub(in super::super) aside: Option<&'a Path>,
    /// Now.
    pub(in super::super) at: Timestamp,
}

/// Makes a store of what there is, and puts it in its place; tells many times a second how far it is. None when there
/// is no trace of a store before it: that is a first start.
pub(in super::super) fn rebuild(
    folder: &Folder,
    cache: u64,
    lost: &Lost<'_>,
    watch: &mut dyn FnMut(Reading),
) -> Result<Option<Recovery>, StoreError> {
    let shelf = Shelf::new(folder.state());
    let exports = shelf.exports();
    if exports.is_empty() && lost.aside.is_none() {
        return Ok(None);
    }
    let witnessed = lost.aside.and_then(durable::witnessed_in);
    let mut skipped = Vec::new();
    for export in exports {
        let built = CopyFile::open(&export.path).and_then(|mut copy| {
            folder.build(cache, |tables| {
                let (head, mut recovery) = from_export(tables, &mut copy, &shelf, witnessed, lost.at, watch)?;
                recovery.skipped.clone_from(&skipped);
                Ok::<_, CopyError>((head, Some(recovery)))
            })
        });
        match built {
            Ok(recovery) => {
                folder.put_in_place()?;
                return Ok(recovery);
            }
            // The disk, or the new store on it: another export would fare no better.
            Err(CopyError::Store(error)) if !matches!(error, StoreError::Damaged { .. }) => return Err(error),
            Err(error) => {
                tracing::error!(export = %export.path.display(), %error, "an export cannot be used");
                skipped.push(error.to_string());
            }
        }
    }
    let recovery = folder.build(cache, |_| {
        let head = Head::default().at_commit(lineage(0, lost.at));
        Ok::<_, StoreError>((head, Some(Recovery { skipped, ..Recovery::new(lost.at) })))
    })?;
    folder.put_in_place()?;
    Ok(recovery)
}

fn from_export(
    tables: &Tables,
    copy: &mut CopyFile,
    shelf: &Shelf,
    witnessed: Option<u64>,
    now: Timestamp,
    watch: &mut dyn FnMut(Reading),
) -> Result<(Head, Recovery), CopyError> {
    let mut known_until = copy.header().at;
    let mut head = import(tables, copy, watch)?;
    let mut is_gapless = true;
    for (_, path) in shelf.journals() {
        let Ok(records) = Records::open(&path) else {
            tracing::error!(journal = %path.display(), "a journal cannot be read");
            continue;
        };
        for record in records {
            if record.commit > head.commits + 1 {
                // Of another store, or after a gap: it changes rows that are not as they were.
                is_gapless = false;
                break;
            }
            if record.commit == head.commits + 1 {
                head.next_source = record.next_source;
                head.saw(record.last_item);
                (head, known_until) = (apply(tables, &head, record.frames)?, record.at);
            }
        }
    }
    // The store that was lost had written at least this much for good, and no export or journal of it goes beyond.
    let is_whole = is_gapless && witnessed.is_some_and(|witnessed| head.commits >= witnessed);
    let copied = Recovery { known_until: Some(known_until), is_whole, copy: name(copy.path()), ..Recovery::new(now) };
    if is_whole { Ok((head, copied)) } else { in_doubt(tables, head, copied) }
}

/// What follows where not everything is known.
pub(super) fn in_doubt(tables: &Tables, head: Head, recovery: Recovery) -> Result<(Head, Recovery), CopyError> {
    let (head, given_up) = quieten(tables, head, recovery.at)?;
    let commits = lineage(head.commits, recovery.at);
    Ok((head.at_commit(commits), Recovery { given_up, ..recovery }))
}

fn lineage(commits: u64, now: Timestamp) -> u64 {
    commits.max(u64::try_from(now.as_second()).unwrap_or(0).saturating_mul(LINEAGE))
}

pub(super) fn name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// Puts the rows of a copy into empty tables. The head is that of the copy, but for its counts, which are those of what
/// came in.
pub(super) fn import(tables: &Tables, copy: &mut CopyFile, watch: &mut dyn FnMut(Reading)) -> Result<Head, CopyError> {
    let (kind, path, length) = (copy.header().kind, copy.path().to_owned(), copy.length());
    let damaged = |why: String| CopyError::damaged(&path, why);
    let (mut head, mut copied, mut joiner) = (Head::default(), None, Joiner::default());
    let mut frames = copy.frames()?;
    for count in 1_usize.. {
        let Some(frame) = frames.next().transpose()? else { break };
        if frame.table == Table::Meta {
            copied = frame.value.as_deref().map(|value| read_head(&frame.key, value)).transpose()?;
        } else if let Some(joined) = joiner.take(frame).map_err(damaged)? {
            head = place(tables, head, joined)?;
        }
        if count % STEP == 0 {
            // Bytes instead of rows, of which the number is not known yet: it is the share that is told.
            watch(Reading { read: length - frames.rest().min(length), rows: length });
        }
    }
    joiner.nothing_left().map_err(damaged)?;
    let copied: Head = copied.ok_or_else(|| damaged("its head is missing".to_owned()))?;
    if kind == Kind::Backup && !head.has_as_many_rows(&copied) {
        return Err(damaged("rows are missing or too many".to_owned()));
    }
    (head.commits, head.last_item, head.next_source) = (copied.commits, copied.last_item, copied.next_source);
    let written = tables.tree(Table::Meta).insert(head::KEY, head.row().head);
    written.map_err(StoreError::engine("write the head of a copy"))?;
    Ok(head)
}

/// Puts one row into tables that nobody else uses. Most rows of a copy come once, and need no transaction, which takes
/// several times as long: one that is there already or goes has its pieces and the counts seen to by one.
fn place(tables: &Tables, mut head: Head, joined: Joined) -> Result<Head, StoreError> {
    let put = |table, key: &[u8], value: &[u8]| {
        tables.tree(table).insert(key, value).map(drop).map_err(StoreError::engine("write a row of a copy"))
    };
    match joined {
        Joined::Put(table, key, row) if !tables.has(table, &key)? => {
            put(table, &key, &row.head)?;
            head.count(table, false, true);
            for (name, piece) in &row.pieces {
                put(Table::Pieces, name, piece)?;
                head.count(Table::Pieces, false, true);
            }
            Ok(head)
        }
        again => {
            let mut changes = Changes::default();
            add(&mut changes, Some(again));
            Ok(changes.apply(tables, &head, None)?.0)
        }
    }
}

fn read_head(key: &[u8], value: &[u8]) -> Result<Head, StoreError> {
    if key != head::KEY {
        return Err(StoreError::Damaged { what: "a row of table meta is not known".to_owned() });
    }
    Stored::check(Table::Meta, key, value)?.value(Table::Meta, key)
}

/// Applies one commit of a journal.
fn apply(tables: &Tables, head: &Head, frames: Vec<Frame>) -> Result<Head, CopyError> {
    let damaged = |what: String| StoreError::Damaged { what: format!("the journal: {what}") };
    let (mut joiner, mut changes) = (Joiner::default(), Changes::default());
    for frame in frames {
        add(&mut changes, joiner.take(frame).map_err(damaged)?);
    }
    Ok(changes.apply(tables, head, None)?.0)
}

fn add(changes: &mut Changes, joined: Option<Joined>) {
    match joined {
        Some(Joined::Put(table, key, row)) => changes.put(table, key, row),
        Some(Joined::Remove(table, key)) => changes.remove(table, key),
        None => {}
    }
}
