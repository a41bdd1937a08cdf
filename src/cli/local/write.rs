//! A file replaced in one step: whoever reads it, at whatever moment, finds the old text or the new one.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// Who watches what is nobody else's business; the group is let in for the account of a service.
const FILE_MODE: u32 = 0o640;
const FOLDER_MODE: u32 = 0o750;

/// Makes `text` what stands in `path`. Mode, owner and group stay; those of a new file are for the group of `beside`,
/// for which the service reads the configuration.
pub(super) fn replace(path: &Path, text: &str, beside: &Path) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    let like = fs::metadata(beside)?;
    if !folder.exists() {
        DirBuilder::new().mode(FOLDER_MODE).create(folder)?;
        give(&File::open(folder)?, None, like.gid())?;
    }
    let draft = draft_of(&path);
    let written = fs::remove_file(&draft).or_else(absent).and_then(|()| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&draft)?;
        match fs::metadata(&path) {
            Ok(old) => {
                give(&file, Some(old.uid()), old.gid())?;
                file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
            }
            Err(_) => give(&file, None, like.gid())?,
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(folder)?.sync_all()
    });
    if written.is_err() {
        fs::remove_file(&draft).ok();
    }
    written
}

/// Hidden, so that no pattern of `include` takes it in.
fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

fn give(file: &File, uid: Option<u32>, gid: u32) -> io::Result<()> {
    let now = file.metadata()?;
    let (uid, gid) = (uid.filter(|uid| *uid != now.uid()), Some(gid).filter(|gid| *gid != now.gid()));
    if uid.is_some() || gid.is_some() { fchown(file, uid, gid) } else { Ok(()) }
}

fn absent(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn modes_and_links_stay_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.toml");
        fs::write(&main, "").unwrap();
        let new = folder.path().join("conf.d/90.toml");
        replace(&new, "a", &main).unwrap();
        assert_eq!((mode(&new), mode(new.parent().unwrap())), (0o640, 0o750));

        fs::set_permissions(&new, Permissions::from_mode(0o600)).unwrap();
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink(&new, &link).unwrap();
        replace(&link, "b", &main).unwrap();
        assert_eq!((mode(&new), fs::read_to_string(&new).unwrap().as_str()), (0o600, "b"));
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_dir(new.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("90.toml");
        fs::write(&path, "old").unwrap();
        fs::create_dir(draft_of(&path)).unwrap();
        assert!(replace(&path, "new", &path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}
