//! Rows B1 to B6 of the fault matrix by whole runs: what a mail server may answer, and what the program makes of it.

use mail_parser::{MessageParser, MimeHeaders};
use sahelwatch::schedule;

use super::clocked::{skipped, ticking};
use crate::bed::{Bed, attack, headline};
use crate::health::vigil::{OPERATOR, QUARTER, READER, Vigil, only};
use crate::peers::smtp::{Accepted, Step};
use crate::trials;

/// B1. Seen failing with the next attempt a day later.
#[tokio::test]
async fn not_now_in_any_phase_is_made_up_for_by_schedule_and_once() {
    let trial = trials::of("B1");
    let bed = Bed::new().alerting_at_once();
    let Some((_clock, bed)) = ticking(bed, 10) else { return skipped(trial) };
    let answers = [
        (Step::Greeting, "421 4.3.2 too busy"),
        (Step::Mail, "451 4.3.0 later"),
        (Step::Rcpt, "450 4.2.0 later"),
        (Step::Data, "452 4.3.1 disk full"),
        (Step::Dot, "451 4.7.0 scanner down"),
        (Step::Dot, "421 4.7.0 shutting down"),
    ];
    for (step, answer) in answers {
        bed.smtp.reply(step, answer).once();
    }
    bed.serve(&(0..3).map(attack).collect::<Vec<_>>());
    let daemon = bed.daemon();
    bed.smtp.until_accepted(3).await;
    assert_eq!(daemon.stop(), Some(0));
    let mut headlines = bed.headlines();
    headlines.sort();
    assert_eq!(headlines, [headline(0), headline(1), headline(2)], "each once");
    trial.passed(answers.len());
}

/// B2. Seen failing with waits of five minutes in place of the last five of 50 s.
#[test]
fn greylisting_costs_six_minutes_at_most() {
    // However the waits are drawn: the first attempt after five minutes comes before the sixth is over.
    let trial = trials::of("B2");
    let draws = trials::count(1_000, 100_000);
    for _ in 0..draws {
        let (start, mut at, mut attempts) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH, 0);
        while at.duration_since(start).as_secs() < 5 * 60 {
            attempts += 1;
            at = schedule::next_attempt(at, attempts, fastrand::f64());
        }
        assert!(at.duration_since(start).as_secs() <= 6 * 60, "{at}");
    }
    trial.passed(draws);
}

/// B3: the other one is told in the same round, and the operator of the one who is not.
/// Seen failing with refusals not told.
#[test]
fn one_refused_recipient_is_recorded_and_told_and_holds_up_nobody() {
    let trial = trials::of("B3");
    let gone = "[[watch]]\nid = \"all\"\nany = [\"attaque*\"]\nto = [\"gone@example.org\"]\n";
    let mut vigil = Vigil::new().settings(gone).source("outlet", "feed", "");
    vigil.bed.smtp.reply(Step::Rcpt, "550 5.1.1 no such user").to("gone@example.org");
    vigil.serve("outlet", &[]);
    vigil.rounds(1);
    vigil.serve("outlet", &[attack(1)]);
    vigil.rounds(1);
    assert_eq!(vigil.headlines(), [headline(1)], "at once, to {READER}");
    let status = vigil.bed.run(&["status"]);
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(status.stdout.contains("LOST     1 mail"), "{status:?}");
    vigil.rounds(3);
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "mail to gone@example.org was not taken");
    letter.says(&["550 5.1.1 no such user", "sahelwatch mail test gone@example.org"]);
    assert_eq!(vigil.bed.smtp.count("RCPT TO:<gone"), 1, "a refusal stands");
    vigil.days(2);
    assert_eq!(vigil.titles(), [""; 0], "told once to {OPERATOR}");
    // It is mended, and that is told too.
    vigil.relay_is_back();
    vigil.serve("outlet", &[attack(2), attack(1)]);
    vigil.rounds(4);
    assert_eq!(vigil.titles(), ["mail to gone@example.org is taken again"]);
    trial.passed(1);
}

fn has_html(message: &[u8]) -> bool {
    String::from_utf8_lossy(message).contains("text/html")
}

fn is_plain(mail: &Accepted) -> bool {
    let read = MessageParser::new().parse(&mail.message).unwrap();
    let is_text = read.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some("plain"));
    is_text && read.parts.len() == 1
}

/// B4. Seen failing with nothing offered as short plain text.
#[test]
fn what_a_server_does_not_like_comes_as_short_plain_text() {
    let trial = trials::of("B4");
    type Judge = fn(&[u8]) -> Option<&'static str>;
    let judges: [Judge; 3] = [
        |message| (message.len() > 10_000).then_some("552 5.3.4 message too big"),
        |message| has_html(message).then_some("554 5.6.0 no HTML here"),
        |message| has_html(message).then_some("550 5.7.1 looks like spam"),
    ];
    let many = judges.len();
    for judge in judges {
        let mut vigil = Vigil::new().source("outlet", "feed", "");
        vigil.bed.smtp.judge(judge);
        vigil.serve("outlet", &[]);
        vigil.rounds(1);
        // More than a source may cause, so that a large mail tells of many.
        vigil.serve("outlet", &(0..30).map(attack).collect::<Vec<_>>());
        vigil.rounds(3);
        let accepted = vigil.bed.smtp.accepted();
        assert!(accepted.len() == 6, "{:?}", vigil.bed.subjects());
        assert!(accepted.iter().any(is_plain) && accepted.iter().all(|mail| judge(&mail.message).is_none()));
        let offered = vigil.bed.smtp.count("DATA");
        vigil.rounds(2);
        assert_eq!((vigil.bed.smtp.accepted().len(), vigil.bed.smtp.count("DATA")), (6, offered), "and only once");
    }
    // One that takes no form of it has refused it.
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.bed.smtp.judge(|_| Some("554 5.7.1 go away"));
    vigil.serve("outlet", &[]);
    vigil.rounds(1);
    vigil.serve("outlet", &[attack(1)]);
    vigil.rounds(1);
    assert_eq!((vigil.bed.smtp.count("DATA"), vigil.bed.smtp.accepted().len()), (2, 0), "as it is, and as text");
    assert_eq!(vigil.round_then(QUARTER).mail.lost_today, 1);
    trial.passed(many + 1);
}

/// B5. Seen failing with a mail that was taken left in the queue.
#[test]
fn accepted_without_an_answer_comes_twice_alike_and_not_a_third_time() {
    let trial = trials::of("B5");
    let rounds = trials::count(5, 50);
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.serve("outlet", &[]);
    vigil.rounds(1);
    for n in 0..rounds {
        let before = vigil.bed.smtp.accepted().len();
        vigil.bed.smtp.close_at(Step::Accepted).once();
        vigil.serve("outlet", &[attack(n)]);
        vigil.hours(3);
        let accepted = vigil.bed.smtp.accepted().split_off(before);
        assert_eq!(accepted.len(), 2, "on {}", headline(n));
        assert_eq!(accepted[0].message, accepted[1].message, "byte for byte");
        assert_eq!(accepted[0].message_id, accepted[1].message_id);
    }
    trial.passed(rounds);
}
