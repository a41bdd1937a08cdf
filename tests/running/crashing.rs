//! Crash loops: a daemon that cannot start, or dies as soon as it has, is started again for ever (`Restart=always`,
//! five seconds apart, in the unit; here without the pause). When the cause is gone it works, and what waited meanwhile
//! has lost no attempt.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bed::{Bed, attack};
use crate::peers::smtp::Step;
use crate::trials;

/// What keeps a daemon from starting, and how it ends.
#[derive(Debug, Clone, Copy)]
enum Cause {
    /// The store is of a version to come.
    Store,
    /// The configuration has a mistake. (The unit does not try that again by itself: see the note in `deploy/`.)
    Configuration,
    /// It starts, and is killed.
    Killed,
}

const CAUSES: [(Cause, Option<i32>); 3] =
    [(Cause::Store, Some(74)), (Cause::Configuration, Some(78)), (Cause::Killed, None)];

/// Shortest time after the first attempt until the second: ten seconds less a fifth (`schedule::next_attempt`).
const SECOND_ATTEMPT: Duration = Duration::from_secs(8);

/// Starts the daemon, which must end by itself or is killed when it is ready.
fn crash(bed: &Bed, cause: Cause) -> Option<i32> {
    if matches!(cause, Cause::Killed) {
        let mut daemon = bed.daemon();
        daemon.child.kill().unwrap();
        return daemon.end();
    }
    bed.start_daemon().end()
}

/// Breaks what the cause is about, and gives what it was.
fn broken(path: &Path, by: &str) -> String {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, by).unwrap();
    before
}

#[tokio::test]
async fn a_crash_loop_ends_with_its_cause_and_burns_no_attempt() {
    let trial = trials::of("A14");
    let crashes = trials::count(5, 20);
    for (cause, code) in CAUSES {
        let bed = Bed::new().alerting_at_once();
        bed.serve(&[attack(1)]);
        bed.smtp.reply(Step::Rcpt, "451 4.3.0 later").once();
        let tried = Instant::now();
        assert_eq!(bed.run(&["run", "--once"]).code, Some(1));
        let format = bed.folder().join("state/store/format");
        let good = match cause {
            Cause::Store => broken(&format, "sahelwatch store 1000\n"),
            Cause::Configuration => broken(&bed.config(), "version = 1\nnonsense = 1\n"),
            Cause::Killed => String::new(),
        };
        for _ in 0..crashes {
            assert_eq!(crash(&bed, cause), code, "{cause:?}");
        }
        match cause {
            Cause::Store => fs::write(&format, good).unwrap(),
            Cause::Configuration => bed.rewrite(&good),
            Cause::Killed => {}
        }
        let attempts = bed.smtp.count("RCPT");
        assert!(attempts == 1 || tried.elapsed() > SECOND_ATTEMPT, "{cause:?}: {attempts} attempts, made by starts");
        let daemon = bed.daemon();
        bed.smtp.until_accepted(1).await;
        assert_eq!(daemon.stop(), Some(0));
    }
    trial.passed(CAUSES.len() * crashes);
}
