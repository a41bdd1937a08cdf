//! Frames: rows as they stand in the engine, one after the other, in copies and in the journal. A row in several pieces
//! is the frames of its pieces and then its own. Each row carries its own checksum over table, key and value
//! ([`super::super::codec`]).

use std::io::{self, Read};

use super::super::codec::{self, Row, Stored};
use super::super::tables::{Key, Table, piece_key};

/// In place of a table's number: the last frame, whose value is how many there were.
const END: u8 = u8::MAX;
/// In place of a value's length: the row is gone.
const GONE: u32 = u32::MAX;
/// Table, length of the key, length of the value.
const HEAD: usize = 7;
/// Most bytes of the pieces of one row; the engine holds no longer ones (`codec::MAX_TEXT`).
const MOST: usize = 64 << 20;

/// A row, or the word that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) table: Table,
    pub(super) key: Key,
    pub(super) value: Option<Vec<u8>>,
}

impl Frame {
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        frame(to, self.table, &self.key, self.value.as_deref());
    }

    /// Bytes it takes.
    pub(super) fn len(&self) -> usize {
        HEAD + self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

/// Writes one frame.
pub(super) fn frame(to: &mut Vec<u8>, table: Table, key: &[u8], value: Option<&[u8]>) {
    head(to, table as u8, key.len(), value.map(<[u8]>::len));
    to.extend_from_slice(key);
    to.extend_from_slice(value.unwrap_or_default());
}

/// Writes the last frame.
pub(super) fn end(to: &mut Vec<u8>, frames: u64) {
    head(to, END, 0, Some(8));
    to.extend_from_slice(&frames.to_le_bytes());
}

fn head(to: &mut Vec<u8>, table: u8, key: usize, value: Option<usize>) {
    let key = u16::try_from(key).expect("keys are ids, numbers and hashes, far below 64 KiB");
    let value = value.map_or(GONE, |length| u32::try_from(length).expect("no value is longer than 4 KiB"));
    to.push(table);
    to.extend_from_slice(&key.to_le_bytes());
    to.extend_from_slice(&value.to_le_bytes());
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read1 {
    Frame(Frame),
    /// The last frame, and how many there were before it.
    End(u64),
}

/// Reads one frame; anything that is none is an error of kind `InvalidData`.
pub(super) fn read(from: &mut impl Read) -> io::Result<Read1> {
    let mut head = [0; HEAD];
    from.read_exact(&mut head)?;
    let [table, k0, k1, v0, v1, v2, v3] = head;
    let (key, value) = (u16::from_le_bytes([k0, k1]), u32::from_le_bytes([v0, v1, v2, v3]));
    let mut bytes = |length: usize| -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    if table == END {
        let count = bytes(8)?;
        let count = count.first_chunk().filter(|_| key == 0 && value == 8).map(|count| u64::from_le_bytes(*count));
        return count.map(Read1::End).ok_or_else(|| invalid("a frame is no frame"));
    }
    let Some(table) = Table::ALL.get(usize::from(table)).copied() else { return Err(invalid("an unknown table")) };
    let key = bytes(usize::from(key))?;
    let value = match value {
        GONE => None,
        length if length as usize > codec::PIECE => return Err(invalid("a row is too long")),
        length => Some(bytes(length as usize)?),
    };
    Ok(Read1::Frame(Frame { table, key, value }))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Puts frames together again: pieces wait for their row.
#[derive(Debug, Default)]
pub(super) struct Joiner {
    pieces: Vec<(Key, Vec<u8>)>,
    bytes: usize,
}

/// A whole row.
#[derive(Debug)]
pub(super) enum Joined {
    Put(Table, Key, Row),
    Remove(Table, Key),
}

impl Joiner {
    /// Takes the next frame; a row comes out when it is whole and its checksums are right.
    pub(super) fn take(&mut self, frame: Frame) -> Result<Option<Joined>, String> {
        let Frame { table, key, value } = frame;
        let sound = |error: super::StoreError| error.to_string();
        match (table, value) {
            (Table::Pieces, Some(value)) => {
                Stored::check(table, &key, &value).map_err(sound)?;
                self.bytes += value.len();
                if self.bytes > MOST {
                    return Err("a row is in too many pieces".to_owned());
                }
                self.pieces.push((key, value));
                Ok(None)
            }
            (Table::Pieces, None) => Err("a piece without a row".to_owned()),
            (table, None) => self.nothing_left().map(|()| Some(Joined::Remove(table, key))),
            (table, Some(head)) => {
                let count = Stored::check(table, &key, &head).map_err(sound)?.pieces().unwrap_or(0);
                let pieces = std::mem::take(&mut self.pieces);
                self.bytes = 0;
                let names = (0..count).map(|number| piece_key(table, &key, number));
                if !names.eq(pieces.iter().map(|(name, _)| name.clone())) {
                    return Err(format!("a row of table {table} is not whole"));
                }
                Ok(Some(Joined::Put(table, key, Row { head, pieces })))
            }
        }
    }

    /// At the end no piece may be left over.
    pub(super) fn nothing_left(&self) -> Result<(), String> {
        if self.pieces.is_empty() { Ok(()) } else { Err("a piece without its row".to_owned()) }
    }
}
