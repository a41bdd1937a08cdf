//! The file that a copy is written to: under another name beside it, for its owner's eyes alone, synced, read through,
//! and only then put in its place. So a copy of before is there until the new one is sound.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::cli::{exit, setup, show};
use crate::config::Config;
use crate::daemon::control;
use crate::store::{Copied, CopyError, Kind, Store, verify_copy};

/// Where to.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Target {
    /// The file; one that is there is replaced when the new one is whole
    file: PathBuf,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

impl Target {
    /// Takes a copy.
    pub(super) fn take(&self, config: &Config, kind: Kind) -> u8 {
        let part = self.part();
        let taken = self.open(&part).and_then(|file| {
            let mut to = BufWriter::new(file);
            write(config, kind, &mut to)?;
            self.put_in_place(&part, to)
        });
        match taken {
            Ok(copied) if self.json => show::json(&copied),
            Ok(copied) => {
                outln!(
                    "{} of {}: {}",
                    copied.kind.as_str(),
                    copied.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                    self.file.display()
                );
                outln!(
                    "{}, {}, read through and sound",
                    show::bytes(copied.bytes),
                    show::counted(count(&copied), "row", "rows")
                );
                exit::OK
            }
            Err(code) => {
                // The copy of before, if there is one, stays.
                fs::remove_file(&part).ok();
                code
            }
        }
    }

    fn part(&self) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push(".part");
        name.into()
    }

    fn open(&self, part: &Path) -> Result<File, u8> {
        // Left by a command that was killed; and nothing that others may read already.
        fs::remove_file(part).ok();
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(part);
        file.map_err(|error| failed(&format!("make {}", part.display()), &error))
    }

    fn put_in_place(&self, part: &Path, to: BufWriter<File>) -> Result<Copied, u8> {
        let step = format!("write {}", part.display());
        let file = to.into_inner().map_err(|error| failed(&step, error.error()))?;
        file.sync_all().map_err(|error| failed(&step, &error))?;
        let copied = verify_copy(part).map_err(|error| {
            errln!("error: {error}");
            exit::IO
        })?;
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::rename(part, &self.file)
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(|error| failed(&format!("put {} in its place", self.file.display()), &error))?;
        Ok(copied)
    }
}

fn count(copied: &Copied) -> usize {
    usize::try_from(copied.rows).unwrap_or(usize::MAX)
}

/// From the running daemon, or where none runs from the store itself.
fn write(config: &Config, kind: Kind, to: &mut BufWriter<File>) -> Result<(), u8> {
    let taken = match control::ask_for_copy(&config.storage.path, kind, to) {
        Some(answer) => answer.map(drop).map_err(|error| {
            errln!("error: {error}");
            exit::UNAVAILABLE
        }),
        None => {
            // A failure of the copy says nothing of the store.
            let taken = setup::rested(config, |store: &Store| match store.copy(kind, &mut *to, || true) {
                Err(CopyError::Store(error)) => Err(error),
                taken => Ok(taken),
            })?;
            taken.map(drop).map_err(|error| {
                errln!("error: {error}");
                exit::IO
            })
        }
    };
    taken.and_then(|()| to.flush().map_err(|error| failed("write the copy", &error)))
}

fn failed(step: &str, error: &io::Error) -> u8 {
    errln!("error: {step}: {error}");
    exit::IO
}
