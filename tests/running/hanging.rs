//! A daemon that hangs: systemd's watchdog is told that all is well only while it is, so that systemd kills what is not
//! and starts it again. `tests/nspawn` shows that it does.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bed::{Bed, attack, feed};
use crate::peers::http::Reply;
use crate::trials;

use super::lasting::fast;

/// How much faster than the clock: a loop that stands still for a minute hangs, and a test should not take that long.
const SPEED: u32 = 20;

/// Longer than between two feedings, which are ten seconds apart.
const SILENCE: Duration = Duration::from_secs(60);

/// Holds the daemon's next syncs of its store for so long, until dropped.
struct Held(Child);

impl Held {
    fn syncs_of(daemon: u32, by: Duration) -> Self {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e"]);
        strace.arg(format!("inject=fdatasync:delay_enter={}us", by.as_micros())).arg("-p").arg(daemon.to_string());
        let held = Self(strace.stderr(Stdio::null()).spawn().unwrap());
        let traced = || {
            let status = std::fs::read_to_string(format!("/proc/{daemon}/status")).unwrap();
            status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
        };
        while !traced() {
            std::thread::yield_now();
        }
        held
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// `strace` holds each sync of the store. Seen failing with a watchdog that is fed whatever hangs.
#[tokio::test]
async fn a_store_that_hangs_silences_the_watchdog_until_it_moves_again() {
    let trial = trials::of("A13");
    if Command::new("strace").arg("--version").output().is_err() {
        return trial.skipped("no store is made to hang: strace is missing");
    }
    let Some(fast) = fast(SPEED) else { return trial.skipped("no store is made to hang: faketime is missing") };
    let stalls = trials::count(1, 10);
    for _ in 0..stalls {
        let mut bed = Bed::new().alerting_at_once();
        bed.serve(&[attack(1)]);
        let daemon = bed.start_daemon_with(&fast);
        daemon.hears("WATCHDOG=1");
        bed.smtp.until_accepted(1).await;

        // News come; their commit hangs.
        let held = Held::syncs_of(daemon.child.id(), Duration::from_secs(600));
        bed.http.on("/more", [Reply::feed(feed(&[attack(2)]))]);
        bed = bed.source("more", "feed", "/more", "");
        daemon.signal(rustix::process::Signal::HUP);
        bed.http.wait_for("/more", 1);
        let began = Instant::now();
        while daemon.hears_within("WATCHDOG=1", SILENCE / SPEED) {
            assert!(began.elapsed() < Duration::from_secs(30), "it is fed although it hangs: {}", daemon.log());
        }

        // The disk answers again.
        drop(held);
        daemon.hears("WATCHDOG=1");
        bed.smtp.until_accepted(2).await;
        assert_eq!(daemon.stop(), Some(0));
    }
    trial.passed(stalls);
}
