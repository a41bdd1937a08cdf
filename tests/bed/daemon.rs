//! A daemon that a bed started: what it tells systemd, and how it ends.

use std::net::Shutdown;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::PATIENCE;

/// A daemon in a process of its own; killed when dropped.
pub struct Daemon {
    pub child: Child,
    pub(super) notices: Receiver<String>,
    /// The socket they come by.
    socket: UnixDatagram,
    log: PathBuf,
}

impl Daemon {
    pub(super) fn new(child: Child, socket: UnixDatagram, log: PathBuf) -> Self {
        let (heard, notices) = channel();
        let ear = socket.try_clone().unwrap();
        thread::spawn(move || listen(&ear, &heard));
        Self { child, notices, socket, log }
    }

    /// Waits until the daemon told systemd this.
    #[track_caller]
    pub fn hears(&self, notice: &str) {
        let mut heard = String::new();
        loop {
            let Ok(text) = self.notices.recv_timeout(PATIENCE) else {
                panic!("no `{notice}` among:\n{heard}\n{}", self.log())
            };
            if text.lines().any(|line| line == notice) {
                return;
            }
            heard.push_str(&text);
        }
    }

    /// Passes over what it has told systemd so far.
    pub fn forgets(&self) {
        self.notices.try_iter().for_each(drop);
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
        // Whoever listens is told nothing, at once.
        self.socket.shutdown(Shutdown::Both).ok();
    }
}

/// Hears everything as it is told, until nothing is. A socket holds ten notices (`net.unix.max_dgram_qlen`), and a program that
/// tells an eleventh, as one on a fast clock does within a moment, stands still until somebody hears it.
fn listen(socket: &UnixDatagram, heard: &Sender<String>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = socket.recv(&mut buffer) {
        if heard.send(String::from_utf8_lossy(&buffer[..length]).into_owned()).is_err() {
            return;
        }
    }
}
