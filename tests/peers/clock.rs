//! A clock for the program alone (libfaketime): it goes faster than ours, and can be put forward while the program runs. Both its
//! clocks go along, the one on the wall and the one that only counts, as on a machine where so much time has passed.
//!
//! Put it forward rather than let it go fast: at a hundred times the pace a limit of 30 s is over before a busy machine answers. What
//! sleeps when it is put forward ends its sleep by our time, or when it is woken, as by a question. Time limits of the standard
//! library's channels and condition variables are moments that the kernel compares with its own clock (futex(2), which libfaketime
//! does not see): on a clock that is ahead they never come. Of the daemon only `store::flusher` has one, and it is told to stop.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where distributions put the library.
const FOLDERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib64/faketime",
    "/usr/lib/faketime",
];

/// A clock that programs are started with.
#[derive(Debug, Clone)]
pub struct Clock {
    file: PathBuf,
    library: PathBuf,
    rate: u32,
    forward: Duration,
    wall_only: bool,
}

impl Clock {
    /// A clock that goes `rate` times as fast, kept in a file in this folder; why not, where there is none.
    pub fn new(folder: &Path, rate: u32) -> Result<Self, &'static str> {
        let library =
            FOLDERS.iter().map(|folder| Path::new(folder).join("libfaketimeMT.so.1")).find(|file| file.exists());
        let library = library.ok_or("faketime is not installed")?;
        let clock = Self { file: folder.join("clock"), library, rate, forward: Duration::ZERO, wall_only: false };
        clock.write();
        Ok(clock)
    }

    /// Only the clock on the wall is another.
    pub fn on_the_wall_only(mut self) -> Self {
        self.wall_only = true;
        self
    }

    /// Puts it forward, for programs that run too.
    pub fn forward(&mut self, by: Duration) {
        self.forward += by;
        self.write();
    }

    /// By how much it was put forward so far.
    pub fn put_forward(&self) -> Duration {
        self.forward
    }

    fn write(&self) {
        // Renamed into place: the program reads it all the time.
        let draft = self.file.with_extension("draft");
        std::fs::write(&draft, format!("+{} x{}\n", self.forward.as_secs(), self.rate)).unwrap();
        std::fs::rename(&draft, &self.file).unwrap();
    }

    /// What a program that shall go by it has in its environment.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut environment = vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
        ];
        if self.wall_only {
            environment.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()));
        }
        environment
    }
}
