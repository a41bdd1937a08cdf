//! A daemon that a bed started: what it tells systemd, and how it ends.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Child;

/// A daemon in a process of its own; killed when dropped.
pub struct Daemon {
    pub child: Child,
    pub(super) notices: UnixDatagram,
    pub(super) log: PathBuf,
}

impl Daemon {
    /// Waits until the daemon told systemd this.
    #[track_caller]
    pub fn hears(&self, notice: &str) {
        let mut heard = String::new();
        let mut buffer = [0; 4096];
        loop {
            let Ok(length) = self.notices.recv(&mut buffer) else {
                panic!("no `{notice}` among:\n{heard}\n{}", self.log())
            };
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.lines().any(|line| line == notice) {
                return;
            }
            heard.push_str(&text);
        }
    }

    /// Passes over what it has told systemd so far.
    pub fn forgets(&self) {
        self.notices.set_nonblocking(true).unwrap();
        while self.notices.recv(&mut [0; 4096]).is_ok() {}
        self.notices.set_nonblocking(false).unwrap();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Asks it to stop and waits for its end.
    pub fn stop(self) -> Option<i32> {
        self.signal(rustix::process::Signal::TERM);
        self.end()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Everything it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
