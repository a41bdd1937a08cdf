//! A copy as a file or a stream:
//!
//! ```text
//! sahelwatch copy 1: backup of store 5, 2027-01-15T08:00:00Z\n    version, what it holds, store format, time
//! <zstd: frames, the last of them with their number>
//! <xxh3 of all bytes before it, 8 bytes, little end first>
//! ```
//!
//! A flipped byte changes the sum at the end; a file that was cut off has other bytes in its place. It can be written
//! to a pipe, and is read through twice: once for the sum, before a single row is believed, and once for its rows.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Take, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use xxhash_rust::xxh3::Xxh3;

use super::super::folder::FORMAT;
use super::frame::{self, Frame, Read1};
use super::{Copied, CopyError, Kind};

/// The version of this format.
const VERSION: u32 = 1;
const MAGIC: &str = "sahelwatch copy ";
/// Longest first line, in bytes; ours has some 60.
const MOST_HEADER: usize = 160;
const SUM: u64 = 8;
/// The usual level. Rows are short and alike: the export of 60,000 items took 6 MB, of a store of 160 MB.
const ZSTD_LEVEL: i32 = 3;
/// Largest window of a compressed stream that is read, as a power of two: 8 MiB, four times what we write.
const WINDOW: u32 = 23;
/// Bytes gathered before they are compressed.
const CHUNK: usize = 64 << 10;

/// The first line of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// When the copy was begun.
    pub(super) at: Timestamp,
    format: u32,
}

impl Header {
    fn line(self) -> String {
        format!("{MAGIC}{VERSION}: {} of store {}, {}\n", self.kind.as_str(), self.format, self.at)
    }

    fn parse(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once(" of store ")?;
        let (format, at) = rest.split_once(", ")?;
        let kind = [Kind::Backup, Kind::Export].into_iter().find(|known| known.as_str() == kind)?;
        Some(Self { kind, at: at.parse().ok()?, format: format.parse().ok()? })
    }
}

/// Writes a copy.
pub(super) struct CopyWriter<W: Write> {
    zstd: zstd::stream::write::Encoder<'static, Summing<W>>,
    header: Header,
    rows: u64,
    pending: Vec<u8>,
}

impl<W: Write> CopyWriter<W> {
    pub(super) fn new(kind: Kind, at: Timestamp, to: W) -> io::Result<Self> {
        let header = Header { kind, at, format: FORMAT };
        let mut to = Summing { to, sum: Xxh3::new(), bytes: 0 };
        to.write_all(header.line().as_bytes())?;
        let zstd = zstd::stream::write::Encoder::new(to, ZSTD_LEVEL)?;
        Ok(Self { zstd, header, rows: 0, pending: Vec::with_capacity(CHUNK * 2) })
    }

    pub(super) fn put(&mut self, frames: &[Frame]) -> io::Result<()> {
        for frame in frames {
            frame.write(&mut self.pending);
            self.rows += 1;
            if self.pending.len() >= CHUNK {
                self.zstd.write_all(&self.pending)?;
                self.pending.clear();
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Copied> {
        frame::end(&mut self.pending, self.rows);
        self.zstd.write_all(&self.pending)?;
        let Summing { mut to, sum, bytes } = self.zstd.finish()?;
        to.write_all(&sum.digest().to_le_bytes())?;
        to.flush()?;
        Ok(Copied { kind: self.header.kind, at: self.header.at, rows: self.rows, bytes: bytes + SUM })
    }
}

/// Sums what passes through.
struct Summing<W> {
    to: W,
    sum: Xxh3,
    bytes: u64,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A copy whose sum is right.
#[derive(Debug)]
pub(super) struct CopyFile {
    file: File,
    path: PathBuf,
    header: Header,
    /// Where the rows begin, and how long they are.
    start: u64,
    length: u64,
}

impl CopyFile {
    /// Opens a copy and reads it through for its sum.
    pub(super) fn open(path: &Path) -> Result<Self, CopyError> {
        let step = || format!("read {}", path.display());
        let file = File::open(path).map_err(CopyError::io(step()))?;
        let about = file.metadata().map_err(CopyError::io(step()))?;
        if !about.is_file() {
            return Err(CopyError::damaged(path, "it is no regular file"));
        }
        let (line, start) = first_line(&file).map_err(CopyError::io(step()))?;
        let Some((version, line)) = line.as_deref().and_then(|line| line.strip_prefix(MAGIC)?.split_once(": ")) else {
            return Err(CopyError::damaged(path, "it is no copy of a store"));
        };
        if version.parse::<u32>().is_ok_and(|version| version > VERSION) {
            return Err(CopyError::Newer { path: path.to_owned(), what: format!("copy format {version}") });
        }
        let body = about.len().checked_sub(SUM).filter(|end| *end > start);
        let cut_off = || CopyError::damaged(path, "it was cut off");
        let end = body.ok_or_else(cut_off)?;
        if !is_sum_right(&file, end).map_err(CopyError::io(step()))? {
            return Err(CopyError::damaged(
                path,
                "it is not as it was written (its checksum is wrong), or was cut off",
            ));
        }
        let header = Header::parse(line).filter(|_| version == VERSION.to_string());
        let header = header.ok_or_else(|| CopyError::damaged(path, "its first line is not one of a copy"))?;
        if header.format > FORMAT {
            let what = format!("store format {}, this version knows formats up to {FORMAT}", header.format);
            return Err(CopyError::Newer { path: path.to_owned(), what });
        }
        Ok(Self { file, path: path.to_owned(), header, start, length: end - start })
    }

    pub(super) fn header(&self) -> Header {
        self.header
    }

    /// Bytes of the whole file.
    pub(super) fn bytes(&self) -> u64 {
        self.start + self.length + SUM
    }

    /// Bytes of its rows, as they lie in the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its rows, from the first on. The last word is an error unless all of them were there and nothing else is.
    pub(super) fn frames(&mut self) -> Result<Frames<'_>, CopyError> {
        let step = format!("read {}", self.path.display());
        let mut file = &self.file;
        let opened = file.seek(SeekFrom::Start(self.start)).and_then(|_| {
            let mut zstd = zstd::stream::read::Decoder::with_buffer(BufReader::new(file.take(self.length)))?;
            zstd.window_log_max(WINDOW)?;
            Ok(BufReader::with_capacity(CHUNK, zstd))
        });
        Ok(Frames { from: opened.map_err(CopyError::io(step))?, path: &self.path, count: 0, ended: false })
    }
}

/// The first line without its end, and where the next one starts. None when there is no line of a usual length.
fn first_line(file: &File) -> io::Result<(Option<String>, u64)> {
    let mut beginning = Vec::new();
    file.take(MOST_HEADER as u64).read_to_end(&mut beginning)?;
    let end = beginning.iter().position(|byte| *byte == b'\n');
    let line = end.and_then(|end| String::from_utf8(beginning[..end].to_vec()).ok());
    Ok((line, end.map_or(0, |end| end as u64 + 1)))
}

fn is_sum_right(mut file: &File, end: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let (mut sum, mut rest, mut chunk) = (Xxh3::new(), end, vec![0; CHUNK]);
    while rest > 0 {
        let wanted = usize::try_from(rest).map_or(CHUNK, |rest| rest.min(CHUNK));
        file.read_exact(&mut chunk[..wanted])?;
        sum.update(&chunk[..wanted]);
        rest -= wanted as u64;
    }
    let mut found = [0; SUM as usize];
    file.read_exact(&mut found)?;
    Ok(u64::from_le_bytes(found) == sum.digest())
}

/// The rows of a copy, one after the other.
pub(super) struct Frames<'a> {
    from: BufReader<zstd::stream::read::Decoder<'static, BufReader<Take<&'a File>>>>,
    path: &'a Path,
    count: u64,
    ended: bool,
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, CopyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = frame::read(&mut self.from);
        self.ended = !matches!(read, Ok(Read1::Frame(_)));
        match read {
            Ok(Read1::Frame(frame)) => {
                self.count += 1;
                Some(Ok(frame))
            }
            Ok(Read1::End(count)) if count == self.count && self.is_at_the_end() => None,
            Ok(Read1::End(_)) => Some(Err(CopyError::damaged(self.path, "rows are missing or too many"))),
            Err(error)
                if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::Other) =>
            {
                Some(Err(CopyError::damaged(self.path, format!("its rows cannot be read ({error})"))))
            }
            Err(error) => Some(Err(CopyError::io(format!("read {}", self.path.display()))(error))),
        }
    }
}

impl Frames<'_> {
    /// Bytes of the file that are still to be read.
    pub(super) fn rest(&self) -> u64 {
        self.from.get_ref().get_ref().get_ref().limit()
    }

    fn is_at_the_end(&mut self) -> bool {
        self.from.read(&mut [0]).is_ok_and(|more| more == 0)
    }
}
