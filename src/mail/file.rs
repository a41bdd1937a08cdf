//! The file transport: one `.eml` per mail in a folder, complete or not there at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{RetryKind, Verdict};

pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes `<id>.eml`. A repeat writes the same file again, so that mails sent twice are found once.
    pub(super) async fn write(&self, id: &str, message: &[u8]) -> Verdict {
        let (folder, name, message) = (self.path.clone(), file_name(id), message.to_vec());
        let target = folder.join(&name);
        let writing = tokio::task::spawn_blocking(move || write_durably(&folder, &name, &message));
        match writing.await.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(()) => Verdict::Sent { answer: format!("written to {}", target.display()) },
            Err(error) => {
                Verdict::Retry { error: format!("write {}: {error}", target.display()), kind: RetryKind::Temporary }
            }
        }
    }
}

/// A name in the folder, whatever the id holds.
fn file_name(id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = id.trim_start_matches('.').chars().map(safe).collect();
    format!("{name}.eml")
}

/// Writes beside the target, syncs, renames, and syncs the folder, since the name is kept there.
fn write_durably(folder: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    if !folder.is_dir() {
        create_durably(folder)?;
    }
    let draft = folder.join(format!(".{name}.tmp"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(message)?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Creates the folder and syncs those above it, each of which keeps the next one's name. One that we may pass but not read
/// was not created by us, and needs no sync.
fn create_durably(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    folder.ancestors().skip(1).filter_map(|above| File::open(above).ok()).try_for_each(|above| above.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_stays_in_the_folder() {
        assert_eq!(file_name("0000019abc.0.00ff"), "0000019abc.0.00ff.eml");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd.eml");
        assert_eq!(file_name(".hidden"), "hidden.eml");
    }
}
