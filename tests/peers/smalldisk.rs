//! A small disk in memory that can be filled to its last byte and given room again. Needs root and `mount`.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::geteuid;
use tempfile::TempDir;

/// The disk; unmounted when dropped, also by a panic.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// An empty disk, or why there can be none on this machine.
    pub fn new(mebibytes: u64) -> Result<Self, String> {
        if !geteuid().is_root() {
            return Err("not root".to_owned());
        }
        let folder = TempDir::with_prefix("smalldisk-").map_err(|error| error.to_string())?;
        let size = format!("size={mebibytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path());
        let output = mount.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if output.status.success() { Ok(Self { folder }) } else { Err(said) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }

    /// Takes every byte that is left.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        for piece in [64 << 10, 4 << 10] {
            while file.write_all(&vec![1; piece]).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file open keeps it until then, but the folder can go.
        drop(Command::new("umount").arg("--lazy").arg(self.folder.path()).output());
    }
}
