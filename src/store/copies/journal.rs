//! The journal: what each commit after an export changed of the rows an export holds, appended as it is applied.
//!
//! ```text
//! sahelwatch journal 1: after commit 00000000000012ab of store 5\n
//! <length, crc32> commit, time, last item, next source, frames     once for each commit, without a gap
//! ```
//!
//! It is written with every commit, which costs a copy of some hundred bytes per new item and no sync, and survives the
//! death of the process so. It is synced by the commits that queue mails, settle mails, or keep what a person decided:
//! what was recorded as sent is never behind a power cut, and neither is the item that it told of, which stands before
//! it in the file. What a power cut may take of its end is therefore news of which nobody was told: after a damage it
//! is news again.
//!
//! What it costs in syncs: one more where a mail is queued, and one more where it is settled, which happens some
//! hundred times on a busy day; none with a poll, of which there are tens of thousands. To sync it with every poll that
//! brings news would double the syncs of those, and keep nobody from being told twice.
//!
//! One that cannot be written is given up until the next export: the store goes on, and a rebuild knows from the
//! missing commits that it does not know everything.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::changes::{Change, Changes};
use super::super::folder::FORMAT;
use super::super::head::Head;
use super::super::tables::Table;
use super::contents::is_walked;
use super::frame::{self, Frame, Read1};
use super::{Kind, shelf};
use crate::model::ItemId;

const MAGIC: &str = "sahelwatch journal 1: after commit ";
/// Length and checksum of a record.
const HEAD: usize = 8;
/// Commit, time, last item, next source.
const FIXED: usize = 28;
/// Longest record; a commit of 256 polls of the largest documents stays far below.
const MOST: usize = 256 << 20;

/// A journal that is being written.
#[derive(Debug)]
pub(in super::super) struct Journal {
    file: File,
    path: PathBuf,
    base: u64,
    bytes: u64,
    record: Vec<u8>,
}

impl Journal {
    /// Begins one after this commit. In the place of one that came to nothing.
    pub(super) fn begin(path: PathBuf, base: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&path)?;
        let line = format!("{MAGIC}{base:016x} of store {FORMAT}\n");
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
        Ok(Self { file, path, base, bytes: line.len() as u64, record: Vec::new() })
    }

    /// Goes on with the journal of a store that was opened at this commit. What a power cut took from the store stands
    /// in the journal still, and is taken from it as well: nothing of it was acknowledged. None where the journal lacks
    /// a commit.
    pub(in super::super) fn resume(state: &Path, commits: u64) -> Option<Self> {
        let (base, path) = shelf::Shelf::new(state).journals().into_iter().rfind(|(base, _)| *base <= commits)?;
        let mut records = Records::open(&path).ok().filter(|records| records.base == base)?;
        let (mut last, mut end) = (base, records.end);
        while last < commits {
            let record = records.next()?;
            (last, end) = (record.commit, record.end);
        }
        if last != commits {
            return None;
        }
        let file = OpenOptions::new().append(true).open(&path).ok()?;
        file.set_len(end).ok()?;
        Some(Self { file, path, base, bytes: end, record: Vec::new() })
    }

    /// The commit after which it begins.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends what a commit, that led to this head, changed.
    pub(in super::super) fn append(&mut self, head: &Head, changes: &Changes, now: Timestamp) -> io::Result<()> {
        self.record.clear();
        self.record.resize(HEAD, 0);
        self.record.extend_from_slice(&head.commits.to_le_bytes());
        self.record.extend_from_slice(&now.as_millisecond().to_le_bytes());
        self.record.extend_from_slice(&head.last_item.to_le_bytes());
        self.record.extend_from_slice(&head.next_source.to_le_bytes());
        let alerted = alerted(changes);
        for change in changes.each().filter(|change| belongs(change, &alerted)) {
            write(&mut self.record, change);
        }
        let length = u32::try_from(self.record.len() - HEAD).map_err(io::Error::other)?;
        let sum = crc32fast::hash(&self.record[HEAD..]);
        self.record[..4].copy_from_slice(&length.to_le_bytes());
        self.record[4..HEAD].copy_from_slice(&sum.to_le_bytes());
        self.file.write_all(&self.record)?;
        self.bytes += self.record.len() as u64;
        Ok(())
    }

    pub(in super::super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    pub(in super::super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The items of a commit that raised an alert, or have one with other places of its terms now: it is told with their
/// texts.
fn alerted(changes: &Changes) -> HashSet<&[u8]> {
    let alerts =
        changes.each().map(Change::row).filter(|(table, _)| matches!(table, Table::DueAlerts | Table::DoneAlerts));
    alerts.filter_map(|(_, key)| key.get(..8)).collect()
}

/// Whether a change is kept: what an export holds, and of texts those that are told, and that one is gone.
fn belongs(change: &Change, alerted: &HashSet<&[u8]>) -> bool {
    match (change, change.row()) {
        (Change::Put { .. }, (Table::Texts, item)) => alerted.contains(item),
        (Change::Remove { .. }, (Table::Texts, _)) => true,
        (_, (table, _)) => is_walked(Kind::Export, table),
    }
}

fn write(to: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Put { table, key, row } => {
            for (name, piece) in &row.pieces {
                frame::frame(to, Table::Pieces, name, Some(piece));
            }
            frame::frame(to, *table, key, Some(&row.head));
        }
        Change::Remove { table, key } => frame::frame(to, *table, key, None),
    }
}

/// One commit as it was written down.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) commit: u64,
    pub(super) at: Timestamp,
    pub(super) last_item: ItemId,
    pub(super) next_source: u32,
    pub(super) frames: Vec<Frame>,
    /// Where the next one begins.
    end: u64,
}

/// The records of a journal, up to the first that is not whole.
pub(super) struct Records {
    from: BufReader<File>,
    pub(super) base: u64,
    /// Where the first record begins.
    end: u64,
}

impl Records {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut from = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        (&mut from).take(160).read_until(b'\n', &mut line)?;
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "its first line is not one of a journal");
        let parts = std::str::from_utf8(&line).ok().and_then(|line| line.strip_prefix(MAGIC)?.split_once(" of store "));
        let (base, format) = parts.ok_or_else(invalid)?;
        let base = u64::from_str_radix(base, 16).map_err(|_| invalid())?;
        let format: u32 = format.trim_end().parse().map_err(|_| invalid())?;
        if format > FORMAT { Err(invalid()) } else { Ok(Self { from, base, end: line.len() as u64 }) }
    }

    fn read(&mut self) -> io::Result<Record> {
        let mut head = [0; HEAD];
        self.from.read_exact(&mut head)?;
        let [l0, l1, l2, l3, sum @ ..] = head;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "a record is not as it was written");
        if !(FIXED..=MOST).contains(&length) {
            return Err(invalid());
        }
        // Not taken at its word: a wrong length must not cost its size in memory.
        let mut payload = Vec::new();
        (&mut self.from).take(length as u64).read_to_end(&mut payload)?;
        if payload.len() != length || crc32fast::hash(&payload) != u32::from_le_bytes(sum) {
            return Err(invalid());
        }
        self.end += (HEAD + length) as u64;
        parse(&payload, self.end).ok_or_else(invalid)
    }
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.read().ok()
    }
}

fn parse(payload: &[u8], end: u64) -> Option<Record> {
    let (commit, rest) = payload.split_first_chunk()?;
    let (at, rest) = rest.split_first_chunk()?;
    let (last_item, rest) = rest.split_first_chunk()?;
    let (next_source, mut rest) = rest.split_first_chunk()?;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        match frame::read(&mut rest) {
            Ok(Read1::Frame(frame)) => frames.push(frame),
            _ => return None,
        }
    }
    Some(Record {
        commit: u64::from_le_bytes(*commit),
        at: Timestamp::from_millisecond(i64::from_le_bytes(*at)).ok()?,
        last_item: ItemId(u64::from_le_bytes(*last_item)),
        next_source: u32::from_le_bytes(*next_source),
        frames,
        end,
    })
}
