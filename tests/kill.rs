//! The program is killed, at every point of its sentence and at any moment, and started again: everyone is told of everything, and
//! nothing is told twice but what may be (`oracle`). Kills alone do not show that the disk is synced: see `outage` for power cuts.
//!
//! Seen failing with mails that are recorded as sent before they are, and, around syncs, with alerts in a commit of their own.

use std::io::Read;
use std::process::Command;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::bed::Bed;
use crate::newsroom::Newsroom;
use crate::peers::trap::Point;
use crate::trials;

#[tokio::test]
async fn a_round_killed_at_any_point_is_made_up_for_by_the_next() {
    let trial = trials::of("A2");
    let kills = Point::ALL.repeat(trials::count(4, 40));
    let mut newsroom = Newsroom::new(Bed::new());
    for (kill, &point) in kills.iter().enumerate() {
        newsroom = newsroom.or_another(Bed::new);
        let passes = kill / Point::ALL.len() % 3;
        newsroom.publish();
        let repeats = newsroom.repeats();
        assert!(newsroom.kill_at(point, passes).await, "nothing came to {point:?}");
        newsroom.deliver(&format!("killed at {point:?} after {passes}"));
        let repeated = newsroom.repeats() - repeats;
        let first_of_all = matches!(point, Point::Asked | Point::Fetched) || (point == Point::Mail && passes == 0);
        assert!(!first_of_all || repeated == 0, "no mail was past the dot, but {repeated} came twice");
        assert!(
            !point.leaves_it_unknown() || repeated > 0,
            "an unknown outcome at {point:?} was taken for a known one"
        );
    }
    trial.passed(kills.len());
}

#[tokio::test]
async fn a_daemon_killed_at_any_point_is_made_up_for_by_the_next() {
    let trial = trials::of("A2");
    let kills = Point::ALL.repeat(trials::count(2, 10));
    let mut newsroom = Newsroom::new(Bed::new());
    for &point in &kills {
        newsroom = newsroom.or_another(Bed::new);
        newsroom = newsroom.publish_for_the_daemon();
        newsroom.trap.set(point, 0);
        let mut daemon = newsroom.start_daemon();
        newsroom.trap.hunt(&daemon.child);
        daemon.child.wait().unwrap();
        newsroom.died().await;
        assert!(!newsroom.trap.clear(), "nothing came to {point:?}");
        let next = newsroom.start_daemon();
        newsroom.deliver_by(next, &format!("daemon killed at {point:?}")).await;
    }
    trial.passed(kills.len());
}

#[tokio::test]
async fn a_round_killed_at_any_moment_is_made_up_for_by_the_next() {
    let trial = trials::of("A1");
    let kills = trials::count(24, 200);
    let mut newsroom = Newsroom::new(Bed::new());
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for kill in 0..kills {
        newsroom = newsroom.or_another(Bed::new);
        newsroom.publish();
        // Some die again while they make up for it.
        for _ in 0..=kill % 2 {
            let mut process = newsroom.start();
            thread::sleep(round.mul_f64(random.f64()));
            process.kill().unwrap();
            newsroom.until_dead(process).await;
        }
        newsroom.deliver(&format!("seed {seed}, kill {kill}"));
    }
    trial.passed(kills);
}

#[tokio::test]
async fn a_daemon_killed_at_any_moment_is_made_up_for_by_the_next() {
    let trial = trials::of("A1");
    let kills = trials::count(12, 200);
    let mut newsroom = Newsroom::new(Bed::new());
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for kill in 0..kills {
        newsroom = newsroom.or_another(Bed::new);
        newsroom = newsroom.publish_for_the_daemon();
        let mut daemon = newsroom.start_daemon();
        thread::sleep(round.mul_f64(1.5 * random.f64()));
        daemon.child.kill().unwrap();
        daemon.child.wait().unwrap();
        newsroom.died().await;
        let next = newsroom.start_daemon();
        newsroom.deliver_by(next, &format!("seed {seed}, daemon kill {kill}")).await;
    }
    trial.passed(kills);
}

/// The engine's file is synced at each commit and only then; strace holds the program there until it is killed.
#[tokio::test]
async fn a_round_killed_around_any_sync_is_made_up_for_by_the_next() {
    let trial = trials::of("A2");
    if Command::new("strace").arg("--version").output().is_err() {
        return trial.skipped("no program is killed around its commits: strace is missing");
    }
    let mut kills = 0;
    let mut newsroom = Newsroom::new(Bed::new());
    // Held while it asks for the sync, or while it is told that it was made.
    for (hold, sign) in [("delay_enter", "fdatasync("), ("delay_exit", "= 0 (DELAYED)")] {
        let mut syncs = 0;
        loop {
            newsroom.publish();
            let killed = kill_at_sync(&mut newsroom, hold, sign, syncs + 1).await;
            newsroom.deliver(&format!("killed at sync {} ({hold})", syncs + 1));
            if !killed {
                break;
            }
            syncs += 1;
        }
        // Open, poll, queue, six mails to two people, close.
        assert!(syncs >= 6, "a round came to only {syncs} syncs");
        kills += syncs;
    }
    trial.passed(kills);
}

/// How long strace holds the program at each sync: long enough to be killed there.
const HOLD: &str = "50ms";

/// Kills a round when it comes to the `nth` sync; false when it ended before.
async fn kill_at_sync(newsroom: &mut Newsroom, hold: &str, sign: &str, nth: usize) -> bool {
    let mut strace = Command::new("strace");
    // `signal=KILL:when=N` would be shorter, but counts the syncs of each thread apart.
    strace.args(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/stdout", "-e", "trace=fdatasync", "-e"]);
    strace.arg(format!("inject=fdatasync:{hold}={HOLD}")).arg("--");
    let mut process = newsroom.start_under(strace);
    let mut output = process.stdout.take().unwrap();
    let (mut said, mut chunk, mut killed) = (String::new(), [0; 4096], false);
    loop {
        let length = output.read(&mut chunk).unwrap();
        if length == 0 {
            break;
        }
        said.push_str(std::str::from_utf8(&chunk[..length]).unwrap());
        if !killed && said.matches(sign).count() >= nth {
            // Each line begins with its thread, and a signal to one thread ends them all.
            let thread = said.split(' ').next().unwrap().parse().unwrap();
            kill_process(Pid::from_raw(thread).unwrap(), Signal::KILL).unwrap();
            killed = true;
        }
    }
    newsroom.until_dead(process).await;
    killed
}
