//! A disk whose power can be cut: an ext4 file system in a file, shut down by `FS_IOC_SHUTDOWN` without a last write
//! of its journal. What was not synced is gone, as after a power cut; what was synced must be there.
//!
//! Needs root, loop devices, `mkfs.ext4` and `mount`. The ioctl is made by `python3`: ours is a program without
//! `unsafe`, and Python is wherever its tests run. Killing a process alone shows nothing: the page cache survives it.

use std::borrow::BorrowMut;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// `FS_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH` (linux/fs/ext4/ext4.h).
const SHUTDOWN: &str = "
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))
";

/// The disk; unmounted and removed when dropped, also by a panic.
pub struct CutDisk {
    folder: TempDir,
    mounted: bool,
}

impl CutDisk {
    /// An empty disk, or why there can be none on this machine.
    pub fn new(mebibytes: u64) -> Result<Self, String> {
        if !geteuid().is_root() {
            return Err("not root".to_owned());
        }
        // In memory where possible: the cut is made in the file system, so the device below only has to be fast.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = TempDir::with_prefix_in("cutdisk-", parent).map_err(|e| e.to_string())?;
        let mut disk = Self { folder, mounted: false };
        let image = fs::File::create(disk.image()).and_then(|image| image.set_len(mebibytes << 20));
        image.and_then(|()| fs::create_dir(disk.path())).map_err(|e| e.to_string())?;
        run(Command::new("mkfs.ext4").arg("-q").arg(disk.image()))?;
        disk.try_mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// A folder beside the disk, which the cut does not touch.
    pub fn outside(&self) -> &Path {
        self.folder.path()
    }

    /// Cuts the power under `writer` and mounts what is left. The writer is frozen first: an fsync under way while the file system
    /// shuts down may report success, which no power cut can make it do.
    pub fn cut(&mut self, mut writer: impl BorrowMut<Child>) {
        let writer = writer.borrow_mut();
        freeze(writer);
        self.fail();
        writer.kill().unwrap();
        writer.wait().unwrap();
        self.mount_again();
    }

    /// Cuts the power when its writer has died already, and mounts what is left.
    pub fn cut_after(&mut self) {
        self.fail();
        self.mount_again();
    }

    fn mount_again(&mut self) {
        self.unmount().unwrap();
        self.try_mount().unwrap();
    }

    /// From now on every write and sync fails with EIO.
    pub fn fail(&self) {
        run(Command::new("python3").arg("-c").arg(SHUTDOWN).arg(self.path())).unwrap();
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn try_mount(&mut self) -> Result<(), String> {
        run(Command::new("mount").args(["-o", "loop"]).arg(self.image()).arg(self.path()))?;
        self.mounted = true;
        Ok(())
    }

    /// Waits for files that are being closed: the engine does that on threads of its own.
    fn unmount(&mut self) -> Result<(), String> {
        let mut result = Ok(());
        for _ in 0..200 {
            result = run(Command::new("umount").arg(self.path()));
            if result.is_ok() {
                self.mounted = false;
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        result
    }
}

impl Drop for CutDisk {
    fn drop(&mut self) {
        if self.mounted && self.unmount().is_err() {
            // Whoever still has it open keeps it until then, but the folder can go.
            drop(run(Command::new("umount").arg("--lazy").arg(self.path())));
        }
    }
}

/// Stops a process and waits until each of its threads stands still.
fn freeze(process: &Child) {
    kill_process(Pid::from_child(process), Signal::STOP).unwrap();
    let tasks = format!("/proc/{}/task", process.id());
    let stopped = |task: io::Result<fs::DirEntry>| {
        // "<tid> (<name>) <state> …"; a thread that is gone stands still.
        let stat = fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['T', 't', 'Z', 'X']))
    };
    while !fs::read_dir(&tasks).unwrap().all(stopped) {
        thread::sleep(Duration::from_millis(1));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let said = || format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    if output.status.success() { Ok(()) } else { Err(said()) }
}
