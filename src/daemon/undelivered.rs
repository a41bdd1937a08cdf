//! Mail that does not arrive, as the operator is told of it: mail that waits for long, and mails that were refused or gave up. Reads the
//! outbox and the ledger; what is worth a mail is for `health::notice`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::health::notice::{Addressee, Incident, Last};
use crate::model::{Outcome, Reason};
use crate::store::OutboxEntry;

/// Mail that leaves no more for this long is an incident, and the dead man's switch is not asked (P9 of the promises).
pub(super) const STUCK: SignedDuration = SignedDuration::from_mins(15);
/// A mail that was lost is told although later ones arrived, if it was lost so lately that nobody can have been told: bulletins are an
/// hour apart. So is one that was lost after the last bulletin was written: what keeps readers' mail keeps the operator's.
const LATELY: SignedDuration = SignedDuration::from_hours(2);

/// Mail that was tried and has not left for long, while none that was written later did: a mailbox that is full holds up
/// its own mail only.
pub(super) fn stuck(open: &[OutboxEntry], ledger: &[OutboxEntry], now: Timestamp) -> Option<Incident> {
    let sent = ledger.iter().filter(|entry| matches!(entry.delivery.outcome, Some(Outcome::Sent { .. })));
    let left = sent.map(|entry| entry.queued).max();
    let waits = open.iter().filter(|entry| entry.delivery.attempts > 0 && Some(entry.queued) > left);
    let oldest = waits.min_by_key(|entry| entry.queued);
    let stuck = oldest.filter(|entry| now.duration_since(entry.queued) > STUCK);
    stuck.map(|entry| Incident {
        since: entry.queued,
        what: entry.delivery.last_error.clone().unwrap_or_else(|| "mail does not leave".to_owned()),
        advice: Some("sahelwatch mail queue".to_owned()),
    })
}

/// How the last mail to each of the people in the configuration ended, as far as the ledger goes back; its latest entries come first.
pub(super) fn addressees(config: &Config, ledger: &[OutboxEntry], now: Timestamp) -> Vec<Addressee> {
    let operators = config.operator.to.iter().map(|to| to.address.to_ascii_lowercase());
    let people: BTreeSet<String> = config.readers.keys().cloned().chain(operators).collect();
    let told = last_told(ledger);
    people.into_iter().map(|address| addressee(address, ledger, told, now)).collect()
}

/// When the last bulletin that left, or was lost, was written.
fn last_told(ledger: &[OutboxEntry]) -> Option<Timestamp> {
    ledger.iter().filter(|entry| entry.reason == Reason::Ops).map(|entry| entry.queued).max()
}

fn addressee(address: String, ledger: &[OutboxEntry], told: Option<Timestamp>, now: Timestamp) -> Addressee {
    let (mut last, mut lost) = (Last::Unknown, 0);
    for entry in ledger.iter().filter(|entry| entry.to.address.eq_ignore_ascii_case(&address)) {
        let (at, what) = match &entry.delivery.outcome {
            Some(Outcome::Refused { at, answer }) => (*at, format!("refused: {answer}")),
            Some(Outcome::Expired { at, last_error }) => (*at, format!("given up: {last_error}")),
            Some(Outcome::Sent { .. }) if last == Last::Unknown => {
                last = Last::Accepted;
                continue;
            }
            _ => continue,
        };
        // One in the future was lost before the clock was put back, nobody knows when.
        let is_untold = told.is_some_and(|told| told < at) || now.duration_since(at) <= LATELY;
        let is_late = at <= now && is_untold;
        if last == Last::Accepted && !is_late {
            break;
        }
        lost += 1;
        if lost == 1 {
            let advice =
                format!("see that {address} is right and takes mail; `sahelwatch mail test {address}` tries it");
            last = Last::Lost(Incident { since: at, what, advice: Some(advice) });
        }
    }
    if let (Last::Lost(incident), 2..) = (&mut last, lost) {
        incident.what = format!("{lost} mails were lost, the last was {}", incident.what);
    }
    Addressee { address, last }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Delivery, ItemId, Mailbox, NotificationId, Severity};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(60 * minute).expect("a test instant")
    }

    fn entry(minute: i64, outcome: Outcome) -> OutboxEntry {
        let queued = at(minute);
        OutboxEntry {
            id: NotificationId { thread: ItemId(1), seq: 0, recipient: 7 },
            to: Mailbox { name: None, address: "Amina@example.org".to_owned() },
            reason: Reason::New,
            watches: Vec::new(),
            severity: Severity::High,
            subject: String::new(),
            queued,
            delivery: Delivery { attempts: 1, next_attempt: queued, last_error: None, outcome: Some(outcome) },
        }
    }

    fn sent(minute: i64) -> OutboxEntry {
        entry(minute, Outcome::Sent { at: at(minute), answer: "250 Ok".to_owned() })
    }

    fn refused(minute: i64) -> OutboxEntry {
        entry(minute, Outcome::Refused { at: at(minute), answer: "550 no such user".to_owned() })
    }

    fn bulletin(minute: i64) -> OutboxEntry {
        let to = Mailbox { name: None, address: "ops@example.org".to_owned() };
        OutboxEntry { to, reason: Reason::Ops, ..sent(minute) }
    }

    #[test]
    fn the_last_mail_tells_and_a_lost_one_for_two_hours_besides() {
        let lost = |since, what: &str| Some((at(since), what.to_owned()));
        let (once, twice) = ("refused: 550 no such user", "2 mails were lost, the last was refused: 550 no such user");
        for (ledger, now, expected) in [
            (vec![sent(5)], 6, None),
            (vec![refused(5), sent(1)], 600, lost(5, once)),
            (vec![refused(5), refused(3), sent(1)], 600, lost(5, twice)),
            (vec![sent(9), refused(5)], 60, lost(5, once)),
            (vec![sent(9), refused(5)], 126, None),
            (vec![sent(9), refused(5), bulletin(3)], 126, lost(5, once)),
            (vec![sent(9), refused(5), bulletin(6)], 126, None),
        ] {
            let found = addressee("amina@example.org".to_owned(), &ledger, last_told(&ledger), at(now));
            let told = match found.last {
                Last::Lost(incident) => Some((incident.since, incident.what)),
                Last::Accepted => None,
                Last::Unknown => panic!("nothing is known of {ledger:?}"),
            };
            assert_eq!(told, expected, "{ledger:?}");
        }
        let withdrawn = [entry(1, Outcome::Withdrawn { at: at(2) })];
        assert_eq!(addressee("amina@example.org".to_owned(), &withdrawn, None, at(9)).last, Last::Unknown);
        assert_eq!(addressee("other@example.org".to_owned(), &[sent(5)], None, at(9)).last, Last::Unknown);
    }
}
