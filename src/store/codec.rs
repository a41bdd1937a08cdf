//! Rows as bytes: one byte of version, one of form, a CRC-32, the value. The checksum covers table and key too, so
//! that a row found in a wrong place is damage as well. Knows nothing of what the rows mean.
//!
//! When a type of `model` changes its shape, [`VERSION`] goes up and the old shape is kept beside the new one for
//! reading.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::tables::{Key, Table, piece_key};

/// Version of the rows written.
const VERSION: u8 = 1;

/// Longest value put into the engine, in bytes. The engine moves a page of more than 128 KiB into a file of its own,
/// which an fsync of `db` does not cover. A page is a node of the tree with all its values: it splits above 16, and
/// two that merge have at most 19, so 4 KiB leaves room to spare (sled 0.34.7, `node.rs: should_split`,
/// `pagecache/constants.rs`).
pub(super) const PIECE: usize = 4096;

/// Version, form and checksum.
const HEADER: usize = 6;

/// Bits of the form byte.
const COMPRESSED: u8 = 1;
const IN_PIECES: u8 = 2;

/// Longest text taken out of a compressed row; anything above is damage. What we fetch is capped at 10 MiB.
const MAX_TEXT: u32 = 64 << 20;

/// Articles are short: level 3 took a sixth more CPU for a whole commit of 30 articles of 3 kB and made the store no
/// smaller.
const ZSTD_LEVEL: i32 = 1;

/// A value ready to be stored: one row, and its pieces when it is long.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) head: Vec<u8>,
    pub(super) pieces: Vec<(Key, Vec<u8>)>,
}

impl Row {
    /// A value as it is.
    pub(super) fn plain<T: Serialize>(table: Table, key: &[u8], value: &T) -> Self {
        Self::build(table, key, 0, serialize(vec![0; HEADER], value))
    }

    /// A value that is mostly text, compressed where that makes it smaller.
    pub(super) fn text<T: Serialize>(table: Table, key: &[u8], value: &T, zstd: &mut Compressor) -> Self {
        let plain = serialize(vec![0; HEADER], value);
        match zstd.squeeze(&plain[HEADER..]) {
            Some(compressed) => Self::build(table, key, COMPRESSED, compressed),
            None => Self::build(table, key, 0, plain),
        }
    }

    /// `bytes` starts with room for the header.
    fn build(table: Table, key: &[u8], form: u8, bytes: Vec<u8>) -> Self {
        if bytes.len() <= PIECE {
            return Self { head: seal(table, key, form, bytes), pieces: Vec::new() };
        }
        let pieces: Vec<(Key, Vec<u8>)> = (0..)
            .zip(bytes[HEADER..].chunks(PIECE - HEADER))
            .map(|(number, piece)| {
                let piece_key = piece_key(table, key, number);
                let sealed = seal(Table::Pieces, &piece_key, 0, [&[0; HEADER], piece].concat());
                (piece_key, sealed)
            })
            .collect();
        let count = u16::try_from(pieces.len()).expect("65,536 pieces are 256 MiB; nothing we take in is so long");
        let head = [&[0; HEADER][..], &count.to_be_bytes()].concat();
        Self { head: seal(table, key, form | IN_PIECES, head), pieces }
    }
}

/// Compresses texts; kept because a fresh context costs more than most texts.
pub(super) struct Compressor(zstd::bulk::Compressor<'static>);

impl Compressor {
    pub(super) fn new() -> std::io::Result<Self> {
        zstd::bulk::Compressor::new(ZSTD_LEVEL).map(Self)
    }

    /// Header room, length, compressed bytes; `None` when that is not shorter.
    fn squeeze(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        let length = u32::try_from(plain.len()).ok().filter(|length| *length <= MAX_TEXT)?;
        let compressed = self.0.compress(plain).ok()?;
        (compressed.len() + 4 < plain.len()).then(|| [&[0; HEADER][..], &length.to_be_bytes(), &compressed].concat())
    }
}

/// A row as found, its checksum verified.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    form: u8,
    payload: &'a [u8],
}

impl<'a> Stored<'a> {
    pub(super) fn check(table: Table, key: &[u8], bytes: &'a [u8]) -> Result<Self, StoreError> {
        let Some((header, payload)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(damaged(table, key, "too short"));
        };
        let [version, form, crc @ ..] = *header;
        if u32::from_le_bytes(crc) != checksum(table, key, version, form, payload) {
            return Err(damaged(table, key, "wrong checksum"));
        }
        // The store's format goes up with the rows' version, so a newer row in a format we know was not written by us.
        if version != VERSION {
            return Err(damaged(table, key, "unknown version"));
        }
        Ok(Self { form, payload })
    }

    /// How many pieces the value is in; `None` when it is here.
    pub(super) fn pieces(&self) -> Option<u16> {
        let count = || self.payload.first_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes));
        (self.form & IN_PIECES != 0).then(count)
    }

    /// The bytes here: the value, or one piece of another.
    pub(super) fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The value of a row in one piece.
    pub(super) fn value<T: DeserializeOwned>(&self, table: Table, key: &[u8]) -> Result<T, StoreError> {
        self.deserialize(table, key, self.payload)
    }

    /// The value of a row in several.
    pub(super) fn joined<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
        bytes: Vec<u8>,
    ) -> Result<T, StoreError> {
        self.deserialize(table, key, &bytes)
    }

    fn deserialize<T: DeserializeOwned>(&self, table: Table, key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
        let unreadable = |_| damaged(table, key, "unreadable");
        if self.form & COMPRESSED == 0 {
            return postcard::from_bytes(bytes).map_err(unreadable);
        }
        let plain = expand(bytes).ok_or_else(|| damaged(table, key, "cannot be decompressed"))?;
        postcard::from_bytes(&plain).map_err(unreadable)
    }
}

fn expand(bytes: &[u8]) -> Option<Vec<u8>> {
    let (length, compressed) = bytes.split_first_chunk()?;
    let length = u32::from_be_bytes(*length);
    (length <= MAX_TEXT).then(|| zstd::bulk::decompress(compressed, length as usize).ok())?
}

/// The error for a row that is not what was written.
pub(super) fn damaged(table: Table, key: &[u8], why: &str) -> StoreError {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    StoreError::Damaged { what: format!("row {key} of table {table}: {why}") }
}

fn serialize<T: Serialize>(room: Vec<u8>, value: &T) -> Vec<u8> {
    postcard::to_extend(value, room).expect("rows are plain data, which always serialises")
}

fn seal(table: Table, key: &[u8], form: u8, mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = checksum(table, key, VERSION, form, &bytes[HEADER..]);
    bytes[0] = VERSION;
    bytes[1] = form;
    bytes[2..HEADER].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn checksum(table: Table, key: &[u8], version: u8, form: u8, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[table as u8, version, form]);
    crc.update(key);
    crc.update(payload);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_row_are_pinned() {
        let row = Row::plain(Table::Items, b"k", &(7_u32, "seven"));
        assert_eq!(row.head, [1, 0, 178, 42, 180, 148, 7, 5, b's', b'e', b'v', b'e', b'n']);
        assert_eq!(
            Stored::check(Table::Items, b"k", &row.head).unwrap().value::<(u32, String)>(Table::Items, b"k").unwrap().0,
            7
        );
    }

    #[test]
    fn any_flipped_bit_and_any_other_place_is_damage() {
        let row = Row::plain(Table::Items, b"k", &(7_u32, "seven")).head;
        for bit in 0..row.len() * 8 {
            let mut bad = row.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Stored::check(Table::Items, b"k", &bad).is_err(), "bit {bit}");
        }
        assert!(Stored::check(Table::Items, b"l", &row).is_err());
        assert!(Stored::check(Table::Texts, b"k", &row).is_err());
        for length in 0..row.len() {
            assert!(Stored::check(Table::Items, b"k", &row[..length]).is_err());
        }
    }

    #[test]
    fn no_value_is_longer_than_a_piece() {
        let mut zstd = Compressor::new().unwrap();
        for length in [0, PIECE - HEADER - 2, PIECE - HEADER - 1, PIECE, 1 << 20] {
            let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect();
            for row in [Row::plain(Table::Texts, b"k", &noise), Row::text(Table::Texts, b"k", &noise, &mut zstd)] {
                assert!(
                    row.head.len() <= PIECE && row.pieces.iter().all(|(_, piece)| piece.len() <= PIECE),
                    "{length}"
                );
                assert_eq!(row.pieces.is_empty(), row.head[1] & IN_PIECES == 0);
            }
        }
    }
}
