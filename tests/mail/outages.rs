//! Rows B2 and B9 by whole runs: a mail server that is away for hours and days, or puts a stranger off. The daemon's clock goes on as
//! ours does, and is put forward where only time is to pass: on one that went faster an answer would soon come too late.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use rustix::process::Signal;
use serde_json::Value;

use super::clocked::{skipped, ticking};
use crate::bed::{Bed, Daemon, attack, feed, headline, headline_of, subject};
use crate::health::vigil::{OPERATOR, READER};
use crate::peers::clock::Clock;
use crate::peers::http::Reply;
use crate::peers::smtp::{Accepted, SmtpPeer, Step};
use crate::trials;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
/// Longest time between two attempts, once they are steady: a quarter of an hour and a fifth (docs/deliver-mail.md).
const STEADY: Duration = Duration::from_secs(18 * 60);
/// Late mails to one reader in a minute.
const MOST: usize = 20;

/// A desk, its mail server, and its clock.
struct Desk {
    bed: Bed,
    clock: Clock,
    daemon: Daemon,
    began: Instant,
    published: usize,
}

/// What waits, as the daemon says it.
#[derive(Debug)]
struct Waiting {
    /// Mails to the reader, and attempts at all of them.
    mails: usize,
    attempts: u64,
    /// Mails to the operator.
    letters: usize,
    /// Alerts that no mail was written on.
    alerts: u64,
    /// Mails given up in 24 hours.
    lost: u64,
}

impl Waiting {
    fn is_over(&self) -> bool {
        (self.mails, self.letters, self.alerts) == (0, 0, 0)
    }
}

impl Desk {
    /// One whose source shows some attacks already; None where there is no clock.
    fn open(smtp: SmtpPeer, attacks: usize) -> Option<Self> {
        let bed = Bed::with_smtp(smtp).alerting_at_once().with_operator(OPERATOR);
        let (clock, bed) = ticking(bed.source("wire", "feed", "/wire", "interval = \"5m\""), 1)?;
        bed.serve(&[]);
        show(&bed, attacks);
        let daemon = bed.daemon();
        Some(Self { bed, clock, daemon, began: Instant::now(), published: attacks })
    }

    fn publish(&mut self, attacks: usize) {
        self.published += attacks;
        show(&self.bed, self.published);
    }

    fn pass(&mut self, time: Duration) {
        self.clock.forward(time);
    }

    /// Lets time pass, and what falls due in it begin.
    fn live_through(&mut self, time: Duration) {
        self.pass(time);
        self.queue();
    }

    /// How long it has been open, by its clock.
    fn age(&self) -> Duration {
        self.clock.put_forward() + self.began.elapsed()
    }

    fn restart(&mut self) {
        self.daemon.signal(Signal::TERM);
        assert!(self.daemon.child.wait().unwrap().success());
        self.daemon = self.bed.daemon();
    }

    /// Asks for the queue. A question wakes the daemon, whose sleeps end by our time: what fell due is begun then.
    fn queue(&self) -> Vec<Value> {
        let queue = self.bed.run(&["mail", "queue", "--json"]);
        let mut queue: Value = serde_json::from_str(&queue.stdout).unwrap_or_else(|error| panic!("{error}: {queue:?}"));
        std::mem::take(queue["queue"].as_array_mut().unwrap())
    }

    fn waiting(&self) -> Waiting {
        let lines = self.queue();
        let to = |address: &'static str| lines.iter().filter(move |line| line["to"] == address);
        let status = self.bed.status();
        Waiting {
            mails: to(READER).count(),
            attempts: to(READER).map(|line| line["attempts"].as_u64().unwrap()).sum(),
            letters: to(OPERATOR).count(),
            alerts: status["alerts"]["waiting"].as_u64().unwrap(),
            lost: status["mail"]["lost_today"].as_u64().unwrap(),
        }
    }

    /// Asks until it is so.
    #[track_caller]
    fn until(&self, what: &str, reached: impl Fn(&Waiting) -> bool) -> Waiting {
        let deadline = Instant::now() + MINUTE;
        loop {
            let waiting = self.waiting();
            if reached(&waiting) {
                return waiting;
            }
            assert!(Instant::now() < deadline, "not {what}: {waiting:?}\n{}", self.daemon.log());
        }
    }

    /// Writes one mail for each of these attacks, which are new.
    #[track_caller]
    fn write(&mut self, attacks: usize) {
        self.publish(attacks);
        self.pass(6 * MINUTE);
        let all = self.published;
        self.until("written", |waiting| waiting.mails == all);
    }

    /// Lets time pass in which the mail server is asked for the reader, in vain.
    #[track_caller]
    fn pass_in_vain(&mut self, time: Duration) -> Waiting {
        let before = self.waiting().attempts;
        self.pass(time);
        self.until("tried again", |waiting| waiting.attempts > before)
    }

    fn taken(&self, by: &str) -> Vec<Accepted> {
        self.bed.smtp.accepted().into_iter().filter(|mail| mail.to == [by]).collect()
    }

    /// The attacks that had a mail of their own, in order.
    fn alone(&self) -> Vec<usize> {
        let number = |mail: &Accepted| (0..self.published).find(|n| headline_of(mail) == headline(*n));
        self.taken(READER).iter().filter_map(number).collect()
    }

    /// The texts of the mails that tell the reader of all these attacks.
    fn telling_of(&self, attacks: Range<usize>) -> Vec<String> {
        let texts = self.taken(READER).iter().map(text).collect::<Vec<_>>().into_iter();
        texts.filter(|text| attacks.clone().all(|n| text.contains(&headline(n)))).collect()
    }

    fn letters(&self) -> String {
        self.taken(OPERATOR).iter().map(|mail| format!("{}\n{}\n", subject(mail), text(mail))).collect()
    }
}

/// The newest first, as feeds do.
fn show(bed: &Bed, attacks: usize) {
    let entries: Vec<String> = (0..attacks).rev().map(attack).collect();
    bed.http.on("/wire", [Reply::feed(feed(&entries))]);
}

/// The text of a mail on one line.
fn text(mail: &Accepted) -> String {
    let read = MessageParser::default().parse(&mail.message).unwrap();
    read.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// B2. Seen failing with four waits of 50 s fewer in `schedule::RETRIES`.
#[tokio::test]
async fn a_server_that_puts_a_stranger_off_for_five_minutes_has_the_mail_within_six() {
    let trial = trials::of("B2");
    let smtp = SmtpPeer::start();
    smtp.reply(Step::Rcpt, "450 4.2.0 greylisted, see you in 300 seconds");
    let Some(mut desk) = Desk::open(smtp, 1) else { return skipped(trial) };
    desk.until("tried", |waiting| waiting.attempts == 1);
    let step = Duration::from_secs(5);
    while desk.age() < 5 * MINUTE {
        desk.live_through(step);
    }
    let refused = desk.bed.smtp.count("RCPT");
    desk.bed.smtp.relents();
    while desk.bed.smtp.accepted().is_empty() {
        // The waits are counted from when it was tried, a step later than it could.
        assert!(desk.age() < 6 * MINUTE + 4 * step, "{:?}, and not there", desk.age());
        desk.live_through(step);
    }
    desk.until("over", Waiting::is_over);
    assert_eq!((desk.bed.headlines(), desk.bed.smtp.count("RCPT")), (vec![headline(0)], refused + 1));
    assert_eq!(desk.daemon.stop(), Some(0));
    trial.passed(refused);
}

/// B3 by the daemon. Seen failing as it was: what the operator is told lay there until the next alert was mailed.
#[tokio::test]
async fn the_operator_is_told_although_there_is_no_other_mail() {
    let trial = trials::of("B3");
    let smtp = SmtpPeer::start();
    smtp.reply(Step::Rcpt, "550 5.1.1 no such user").to(READER);
    let Some(mut desk) = Desk::open(smtp, 1) else { return skipped(trial) };
    desk.until("refused", |waiting| waiting.lost == 1);
    while desk.taken(OPERATOR).is_empty() {
        assert!(desk.age() < 2 * HOUR, "{:?}", desk.waiting());
        desk.live_through(5 * MINUTE);
    }
    assert!(desk.letters().contains("550 5.1.1 no such user"), "{}", desk.letters());
    assert_eq!(desk.daemon.stop(), Some(0));
    trial.passed(1);
}

/// B9. Seen failing with mails given up after an hour, with the newest first, with no pace, and with the mail that knocks not counted.
#[tokio::test]
async fn what_waited_three_hours_comes_once_oldest_first_and_at_a_pace() {
    let trial = trials::of("B9");
    let Some(mut desk) = Desk::open(SmtpPeer::away(), 20) else { return skipped(trial) };
    desk.until("written", |waiting| waiting.mails == 20 && waiting.attempts > 0);
    desk.write(15);
    desk.write(10);
    let written = desk.published;
    while desk.age() < 3 * HOUR {
        let waiting = desk.pass_in_vain(STEADY);
        assert_eq!((waiting.mails, waiting.lost), (written, 0), "nothing more is written, and nothing lost");
        desk.publish(usize::from(desk.published < written + 6));
    }
    desk.until("noticed", |waiting| waiting.alerts == 6);
    desk.bed.smtp.comes_back();
    desk.pass(STEADY);
    let mut left = written;
    while left > 0 {
        left = left.saturating_sub(MOST);
        desk.until("taken", |waiting| waiting.mails <= left);
        assert_eq!(desk.alone().len(), written - left, "in a minute");
        desk.pass(MINUTE);
    }
    desk.until("over", Waiting::is_over);
    // What one look at the source found was written at one time.
    let looks: Vec<usize> = desk.alone().iter().map(|n| [20, 35].partition_point(|from| from <= n)).collect();
    assert!(looks.is_sorted(), "{looks:?}");
    assert_eq!(desk.alone().into_iter().collect::<BTreeSet<_>>(), (0..written).collect(), "each once");
    assert_eq!(desk.telling_of(written..desk.published).len(), 1, "of what came meanwhile, in one mail");
    assert_eq!(desk.taken(READER).len(), written + 1);
    assert!(desk.letters().contains("no mail has left"), "{}", desk.letters());
    assert_eq!(desk.daemon.stop(), Some(0));
    trial.passed(written + 1);
}

/// B9. Seen failing with mails given up after four days and after seven, and with what a mail was given up for not known.
#[tokio::test]
async fn six_days_end_what_is_five_days_old_and_no_other() {
    let trial = trials::of("B9");
    let Some(mut desk) = Desk::open(SmtpPeer::away(), 5) else { return skipped(trial) };
    desk.until("written", |waiting| waiting.mails == 5 && waiting.attempts > 0);
    desk.write(5);
    while desk.age() < 5 * DAY - 12 * HOUR {
        desk.publish(usize::from(desk.published < 14));
        let waiting = desk.pass_in_vain(12 * HOUR);
        assert_eq!((waiting.mails, waiting.lost), (10, 0), "given up too early");
    }
    desk.pass(12 * HOUR);
    // What is told to the operator knocks meanwhile, and after each knock all wait.
    while desk.waiting().lost < 10 {
        assert!(desk.age() < 5 * DAY + 6 * HOUR, "not given up");
        desk.pass(STEADY);
    }
    let status = desk.bed.run(&["status"]);
    assert!(status.code == Some(1) && status.stdout.contains("LOST     10 mails"), "{status:?}");
    desk.restart();
    while desk.age() < 6 * DAY {
        desk.live_through(12 * HOUR);
    }
    desk.bed.smtp.comes_back();
    desk.pass(STEADY);
    desk.until("over", Waiting::is_over);
    assert_eq!(desk.telling_of(10..14).len(), 1, "of what was not too old, in one mail");
    assert_eq!(desk.taken(READER).len(), 1, "{:?}", desk.bed.subjects());
    while !desk.letters().contains("10 mails were lost, the last was given up: 127.0.0.1:") {
        assert!(desk.age() < 7 * DAY, "{}", desk.letters());
        desk.live_through(STEADY);
    }
    assert_eq!(desk.daemon.stop(), Some(0));
    trial.passed(11);
}
