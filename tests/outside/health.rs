//! Whether the daemon is alive, ready and well, as those learn who only ask that: over HTTP, and by `status --health`.

use std::io::Read;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rustix::fs::{FlockOperation, flock};
use rustix::process::Signal;
use sahelwatch::model::{Delivery, Mailbox, Notification, NotificationId, Reason, Severity};
use sahelwatch::store::Decisions;

use super::Watched;
use crate::bed::{Bed, Daemon, attack, everyday};
use crate::peers::sample;
use crate::peers::smtp::Step;
use crate::trials;

/// It is ready once the store is read, and not any more while the last mail is finished. The store is held back by whoever holds
/// the lock of its file. Seen failing with a yes while it stops.
#[tokio::test]
async fn ready_is_what_polls_and_mails() {
    let watched = Watched::new();
    watched.bed.serve(&[everyday(1)]);
    watched.bed.once();
    assert!(watched.health().1.contains("no daemon answers"), "{:?}", watched.health());
    let db = std::fs::File::open(watched.bed.folder().join("state/store/engine/db")).unwrap();
    flock(&db, FlockOperation::NonBlockingLockExclusive).unwrap();
    let daemon = watched.bed.start_daemon();
    // It waits for 5 s: nothing but these two questions may stand between.
    let (ready, health) = (watched.gets("/readyz"), watched.gets("/healthz"));
    flock(&db, FlockOperation::Unlock).unwrap();
    assert_eq!(ready, (503, "not ok: the store is being read\n".to_owned()));
    assert_eq!(health.0, 200);
    daemon.hears("READY=1");
    assert_eq!(watched.gets("/readyz").0, 200);
    assert_eq!(watched.health().0, Some(0));
    assert_eq!(daemon.stop(), Some(0));

    let watched = Watched::new();
    watched.bed.serve(&[attack(1)]);
    watched.bed.smtp.stall_at(Step::Accepted);
    let daemon = watched.bed.daemon();
    watched.bed.smtp.until_stalled(1).await;
    daemon.signal(Signal::TERM);
    daemon.hears("STOPPING=1");
    assert_eq!(watched.gets("/readyz"), (503, "not ok: stopping\n".to_owned()));
    assert_eq!(watched.gets("/healthz").0, 200);
    watched.bed.smtp.release();
    assert_eq!(daemon.end(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", watched.port)).is_err(), "nothing listens any more");
}

/// P9: mail that does not leave for a quarter of an hour is an illness. Seen failing with what the operator's loop saw left out of
/// the vitals.
#[test]
fn health_is_lost_with_mail_that_does_not_leave() {
    let watched = Watched::new();
    watched.bed.serve(&[everyday(1)]);
    watched.bed.once();
    waits_since(&watched.bed, SignedDuration::from_mins(20));
    watched.bed.smtp.reply(Step::Rcpt, "451 4.3.0 later");
    let daemon = watched.bed.daemon();
    let page = watched.until(|page| page.find("sahelwatch_mail_broken", &[]) == Some(1.0));
    assert!(page.value("sahelwatch_mail_oldest_age_seconds", &[]) >= 1200.0);
    assert_eq!(page.value("sahelwatch_mail_queue", &[]), 1.0);
    let (code, said) = watched.health();
    assert!(code == Some(1) && said.starts_with("not ok: no mail leaves for 20 min"), "{code:?} {said}");
    assert_eq!(watched.gets("/healthz").0, 200, "a restart would not help");
    assert_eq!(daemon.stop(), Some(0));
}

/// Leaves a mail in the store that was tried in vain so long ago.
fn waits_since(bed: &Bed, ago: SignedDuration) {
    let store = sample::open(&bed.folder().join("state"));
    let queued = Timestamp::now() - ago;
    let to = Mailbox { name: None, address: "amina@example.org".to_owned() };
    let recipient = sahelwatch::alert::recipient_hash(&to.address);
    let id = NotificationId { thread: store.next_item_id(queued), seq: 0, recipient };
    let notification = Notification {
        id: id.clone(),
        to,
        reason: Reason::New,
        watches: Vec::new(),
        severity: Severity::High,
        subject: "Djibo".to_owned(),
        queued,
        message: b"Subject: Djibo\r\n\r\nAttaque\r\n".to_vec(),
    };
    store.decide(Decisions { notifications: vec![notification], ..Decisions::default() }).unwrap();
    let last_error = Some("451 4.3.0 later".to_owned());
    store.postpone(&id, Delivery { attempts: 1, next_attempt: queued, last_error, outcome: None }).unwrap();
}

/// A store that hangs: everything else is told without it, at once; and once that lasts for a minute, what hangs is named. The disk
/// is made slow by `strace`, which holds up every fsync. Seen failing (it never answered) without the limit on the wait for the store.
#[test]
fn a_disk_that_hangs_hides_nothing_else() {
    if Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_err() {
        return trials::of("A13").skipped("strace is not installed");
    }
    let watched = Watched::new();
    watched.bed.serve(&[everyday(1)]);
    let daemon = watched.bed.daemon();
    watched.until(|page| page.find("sahelwatch_store_rows", &[("table", "items")]) == Some(1.0));
    let (_slow, _mute) = hang(&watched.bed, &daemon);
    let start = Instant::now();
    let page = watched.until(|page| page.value("sahelwatch_store_up", &[]) == 0.0);
    assert_eq!(page.value("sahelwatch_polls_total", &[("outcome", "read")]), 1.0);
    assert!(page.find("sahelwatch_mail_queue", &[]).is_none());
    if trials::count(0, 1) == 1 {
        let trial = trials::of("A13");
        while watched.gets("/healthz").0 == 200 {
            assert!(start.elapsed() < Duration::from_secs(100), "{}", daemon.log());
        }
        assert!(watched.gets("/healthz").1.contains("storing"), "{:?}", watched.gets("/healthz"));
        assert_eq!(watched.page().value("sahelwatch_loop_hanging", &[("loop", "storing")]), 1.0);
        assert_eq!(watched.health().0, Some(1));
        trial.passed(1);
    }
}

/// Ended when dropped.
struct Helper(std::process::Child);

impl Drop for Helper {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Holds up every fsync of the daemon from now on, and has something written.
fn hang(bed: &Bed, daemon: &Daemon) -> (Helper, Helper) {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=300000000", "-p"]);
    let mut strace = strace.arg(daemon.child.id().to_string()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = [0; 16];
    // `strace: Process 1 attached`: from here on it holds.
    strace.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
    let mut mute = crate::bed::program();
    mute.arg("--config").arg(bed.config()).args(["mute", "source", "outlet", "--for", "1h"]);
    let mute = mute.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    (Helper(strace), Helper(mute))
}

/// Seen failing with the exit code of a yes for a no.
#[test]
fn whoever_only_asks_for_health_gets_one_line_also_beside_a_broken_configuration() {
    let watched = Watched::new();
    watched.bed.serve(&[everyday(1)]);
    let daemon = watched.bed.daemon();
    let (code, said) = watched.health();
    assert_eq!((code, said.as_str()), (Some(0), "ok: every loop moves, mail leaves or has none to send\n"));
    watched.bed.rewrite(&watched.bed.configured().replace("any = [\"attaque*\"", "any = [\"((\""));
    assert_eq!(watched.health().0, Some(0));
    assert_eq!(daemon.stop(), Some(0));
    let (code, said) = watched.health();
    assert!(code == Some(1) && said.starts_with("not ok: no daemon answers in "), "{code:?} {said}");
}
