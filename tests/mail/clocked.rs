//! Rows B9 and B11, and what else takes hours: the real daemon by a clock of its own (`peers::clock`). An outage of the mail server
//! stands in `outages`.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::bed::{Bed, Daemon, Ended, attack, headline};
use crate::peers::clock::Clock;
use crate::peers::smtp::{Offer, Step};
use crate::trials::{self, Trial};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// The bed with a clock that goes so many times as fast; None where there is none.
pub fn ticking(bed: Bed, rate: u32) -> Option<(Clock, Bed)> {
    let clock = Clock::new(bed.folder(), rate).ok()?;
    let bed = bed.by(&clock);
    Some((clock, bed))
}

/// Says that a row was not tried, for want of a clock.
pub fn skipped(trial: Trial) {
    trial.skipped("faketime is not installed");
}

/// Lets time pass until the daemon has moved through it: each beat comes after all that was due before it.
fn pass(clock: &mut Clock, daemon: &Daemon, time: Duration) {
    clock.forward(time);
    daemon.forgets();
    daemon.hears("WATCHDOG=1");
    daemon.hears("WATCHDOG=1");
}

/// A wall clock that jumps expires nothing: the time did not pass. Seen failing with mails given up by that clock alone.
#[tokio::test]
async fn a_wall_clock_that_jumps_gives_nothing_up() {
    let trial = trials::of("B9");
    let bed = Bed::new().alerting_at_once();
    let Ok(clock) = Clock::new(bed.folder(), 1) else { return skipped(trial) };
    let mut clock = clock.on_the_wall_only();
    let bed = bed.by(&clock);
    bed.smtp.reply(Step::Rcpt, "450 4.2.0 later").once();
    bed.serve(&[attack(1)]);
    let daemon = bed.daemon();
    bed.http.wait_for("/feed", 1);
    while bed.smtp.count("RCPT") == 0 {
        std::thread::yield_now();
    }
    clock.forward(3650 * DAY);
    bed.smtp.until_accepted(1).await;
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(bed.headlines(), [headline(1)]);
    trial.passed(1);
}

/// What `status` shows to a person.
fn until_answered(bed: &Bed) -> Ended {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let ended = bed.run(&["status"]);
        if !ended.stdout.is_empty() {
            return ended;
        }
        assert!(Instant::now() < deadline, "{ended:?}");
    }
}

/// B11: many mails at once and half an hour make few logins, the operator sees it at once, and nothing is lost.
/// Seen failing with no pause after a refused login, and with `status` not told.
#[tokio::test]
async fn a_refused_login_keeps_the_queue_and_locks_nothing() {
    let trial = trials::of("B11");
    let readers: Vec<String> = (0..12).map(|n| format!("reader{n}@example.org")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let bed = Bed::with_smtp(Offer::default().login("sahelwatch", "right horse").start());
    let Some((mut clock, bed)) = ticking(bed.alerting_at_once().to(&readers), 20) else { return skipped(trial) };
    let password = bed.folder().join("password");
    let write = |word: &str| {
        std::fs::write(&password, word).unwrap();
        std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("wrong horse");
    bed.rewrite(&bed.configured().replace(
        "tls = \"none\" }",
        &format!("tls = \"none\", username = \"sahelwatch\", password_file = {password:?} }}"),
    ));
    bed.serve(&[attack(1)]);
    let daemon = bed.daemon();
    while bed.smtp.count("AUTH") == 0 {
        std::thread::yield_now();
    }
    pass(&mut clock, &daemon, Duration::ZERO);
    // Within the five minutes: `status` and the journal.
    let seen = until_answered(&bed);
    assert_eq!(seen.code, Some(1), "{seen:?}");
    assert!(seen.stdout.contains("STOPPED  no mail leaves: ") && seen.stdout.contains("535"), "{seen:?}");
    assert!(daemon.log().contains("no mail leaves until a person sees to it"), "{}", daemon.log());
    assert!(!daemon.log().contains("horse") && !seen.stdout.contains("horse"));
    let minutes = trials::count(20, 60);
    let began = Instant::now();
    (0..minutes).for_each(|_| pass(&mut clock, &daemon, MINUTE));
    let passed = MINUTE * u32::try_from(minutes).unwrap() + began.elapsed() * 20;
    let most = 2 + passed.as_secs() / 300;
    let logins = bed.smtp.count("AUTH") as u64;
    assert!((2..=most).contains(&logins), "{logins} logins in {passed:?}");
    write("right horse");
    daemon.signal(rustix::process::Signal::HUP);
    while bed.smtp.accepted().len() < 12 {
        pass(&mut clock, &daemon, MINUTE);
    }
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(bed.smtp.accepted().len(), 12, "the queue was kept, and each came once");
    trial.passed(usize::try_from(logins).unwrap());
}
