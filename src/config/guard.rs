//! Which files are trusted: plain files of modest size that only root or this user can change. Configuration and secrets are
//! both read through here, and programs judged before they are run. Knows nothing of what is in them.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, OFlags};

/// Largest configuration or secret read, in bytes: two hundred times what a real one needs, and no strain on memory.
pub(super) const MAX_SIZE: u64 = 1 << 20;

const OTHERS_MAY_WRITE: u32 = 0o002;
const GROUP_OR_OTHERS_MAY_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;
const GROUP_OR_OTHERS_MAY_READ: u32 = 0o044;

/// A trusted file.
pub(super) struct Trusted {
    pub(super) text: String,
    /// Its permission bits.
    pub(super) mode: u32,
}

impl Trusted {
    /// Whether someone beside its owner can read it.
    pub(super) fn is_shared(&self) -> bool {
        self.mode & GROUP_OR_OTHERS_MAY_READ != 0
    }
}

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it is {0}, not a regular file")]
    NotRegular(&'static str),
    #[error("it is larger than 1 MiB")]
    TooLarge,
    #[error("it belongs to user {uid}, neither to root nor to the user this runs as ({me})")]
    Foreign { uid: u32, me: u32 },
    #[error("everyone may write to it (mode {:04o})", .mode & 0o7777)]
    Writable { mode: u32 },
    #[error("its group or everyone may write to it (mode {:04o})", .mode & 0o7777)]
    GroupWritable { mode: u32 },
    #[error("this user may not execute it (mode {:04o})", .mode & 0o7777)]
    NotExecutable { mode: u32 },
    #[error("it is not UTF-8 text")]
    NotText,
}

impl Refused {
    /// What to do about it.
    pub(super) fn hint(&self, path: &Path) -> Option<String> {
        let path = path.display();
        match self {
            Self::Foreign { .. } => Some(format!("someone else could change it; give it to root: chown root {path}")),
            Self::Writable { .. } => Some(format!("anyone on this machine could change it: chmod o-w {path}")),
            Self::GroupWritable { .. } => Some(format!("others could change what is run: chmod go-w {path}")),
            Self::NotExecutable { .. } => Some(format!("make it executable: chmod a+x {path}")),
            Self::NotText => Some("save it as UTF-8".to_owned()),
            Self::Io(_) | Self::NotRegular(_) | Self::TooLarge => None,
        }
    }
}

/// Reads a file that can be trusted. A link to one is followed; what it leads to is judged.
pub(super) fn read(path: &Path) -> Result<Trusted, Refused> {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Refused::NotRegular(kind(&metadata)));
    }
    judge_owner(&metadata)?;
    if metadata.mode() & OTHERS_MAY_WRITE != 0 {
        return Err(Refused::Writable { mode: metadata.mode() });
    }
    Ok(Trusted { text: text(file, metadata.len())?, mode: metadata.mode() })
}

/// Judges a folder in which any file counts: who may write there may add one.
pub(super) fn judge_folder(path: &Path) -> Result<(), Refused> {
    let metadata = fs::metadata(path)?;
    // In a sticky folder no one can replace what is not theirs, and what they add is refused for its owner.
    if metadata.mode() & OTHERS_MAY_WRITE != 0 && metadata.mode() & STICKY == 0 {
        return Err(Refused::Writable { mode: metadata.mode() });
    }
    Ok(())
}

/// Judges a program: more strictly than what is only read, since whoever changes it acts as us. A link is followed.
pub(super) fn judge_program(path: &Path) -> Result<(), Refused> {
    let metadata = fs::metadata(path)?;
    let mode = metadata.mode();
    if !metadata.is_file() {
        return Err(Refused::NotRegular(kind(&metadata)));
    }
    judge_owner(&metadata)?;
    if mode & GROUP_OR_OTHERS_MAY_WRITE != 0 {
        return Err(Refused::GroupWritable { mode });
    }
    rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).map_err(|_| Refused::NotExecutable { mode })
}

fn judge_owner(metadata: &Metadata) -> Result<(), Refused> {
    let me = rustix::process::geteuid().as_raw();
    let uid = metadata.uid();
    if uid == 0 || uid == me { Ok(()) } else { Err(Refused::Foreign { uid, me }) }
}

/// Reads at once into a buffer of the right size: a growing one would leave copies of a secret behind.
fn text(file: File, size: u64) -> Result<String, Refused> {
    let readable = size.min(MAX_SIZE) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(readable).unwrap_or(0));
    file.take(readable).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(Refused::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Refused::NotText)
}

fn kind(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }
}
