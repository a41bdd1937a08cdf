//! Who should have been told of what, and whether the mails that arrived are that: nothing missing, nothing foreign, and nothing
//! twice but what its sender could not know about.
//!
//! A mail may be repeated only if the program died after the final dot and before its record of the answer was durable. A
//! recipient is sent one mail at a time, and the next begins only when the record of the one before is durable. So of all that a
//! process brought to a recipient, only the last mail can have an unknown outcome, and may come once more.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::bed::headline_of;
use crate::peers::smtp::Accepted;

/// A recipient and the headline by which a mail to them tells what it is about.
type Told = (String, String);

/// Collects what is expected, and judges what came.
#[derive(Debug, Default)]
pub struct Oracle {
    expected: BTreeSet<Told>,
    /// How often each Message-ID may come again.
    excused: HashMap<String, usize>,
}

impl Oracle {
    /// From now on this person must be told of this.
    pub fn expect(&mut self, recipient: &str, headline: &str) {
        self.expected.insert((recipient.to_owned(), headline.to_owned()));
    }

    /// A process died that had brought these mails, in this order.
    pub fn excuse(&mut self, brought: &[Accepted]) {
        let last: BTreeMap<&str, &str> =
            brought.iter().map(|mail| (mail.to[0].as_str(), mail.message_id.as_str())).collect();
        for id in last.into_values() {
            *self.excused.entry(id.to_owned()).or_default() += 1;
        }
    }

    /// Whether nothing is missing any more.
    pub fn is_satisfied(&self, accepted: &[Accepted]) -> bool {
        self.expected.is_subset(&accepted.iter().map(told).collect())
    }

    /// How many mails came that had come before.
    pub fn repeats(accepted: &[Accepted]) -> usize {
        accepted.len() - accepted.iter().map(told).collect::<BTreeSet<_>>().len()
    }

    /// Everything that is wrong, a line each; empty when all is well.
    pub fn complaints(&self, accepted: &[Accepted]) -> Vec<String> {
        let mut by_told: BTreeMap<Told, Vec<&Accepted>> = BTreeMap::new();
        for mail in accepted {
            by_told.entry(told(mail)).or_default().push(mail);
        }
        let missing = self.expected.iter().filter(|told| !by_told.contains_key(told));
        let mut complaints: Vec<String> = missing.map(|told| format!("lost: {told:?}")).collect();
        for (told, mails) in &by_told {
            let first = mails[0];
            if !self.expected.contains(told) {
                complaints.push(format!("nobody expected: {told:?}"));
            }
            // The same bytes have the same Message-ID too.
            if mails.iter().any(|mail| mail.message != first.message) {
                complaints.push(format!("told twice in different mails: {told:?}"));
            }
            let excused = self.excused.get(&first.message_id).copied().unwrap_or(0);
            if mails.len() > 1 + excused {
                complaints.push(format!("came {} times, {excused} repeats excused: {told:?}", mails.len()));
            }
        }
        complaints
    }
}

fn told(mail: &Accepted) -> Told {
    assert_eq!(mail.to.len(), 1, "one recipient a mail, so that nobody learns of another");
    (mail.to[0].clone(), headline_of(mail))
}

#[test]
fn the_oracle_sees_what_is_lost_foreign_different_or_repeated() {
    let mail = |to: &str, subject: &str, id: &str| Accepted {
        from: "alerts@example.org".to_owned(),
        to: vec![to.to_owned()],
        message_id: id.to_owned(),
        message: format!("Message-ID: <{id}>\r\nSubject: {subject}\r\n\r\ntext\r\n").into_bytes(),
        connection: 1,
        at: std::time::Instant::now(),
    };
    let (one, again, other) = (mail("a", "one", "1"), mail("a", "one", "1b"), mail("a", "two", "2"));
    let mut oracle = Oracle::default();
    oracle.expect("a", "one");
    let complaints = |oracle: &Oracle, mails: &[&Accepted]| {
        let mails: Vec<Accepted> = mails.iter().map(|mail| (*mail).clone()).collect();
        oracle.complaints(&mails).len()
    };
    assert_eq!(complaints(&oracle, &[&one]), 0);
    assert_eq!(complaints(&oracle, &[]), 1);
    assert_eq!(complaints(&oracle, &[&one, &other]), 1);
    assert_eq!(complaints(&oracle, &[&one, &one]), 1);
    oracle.excuse(std::slice::from_ref(&one));
    assert_eq!(complaints(&oracle, &[&one, &one]), 0);
    assert_eq!(complaints(&oracle, &[&one, &one, &one]), 1);
    assert_eq!(complaints(&oracle, &[&one, &again]), 1, "excused, but not the same bytes");
    oracle.expect("a", "two");
    oracle.excuse(&[one.clone(), other.clone()]);
    assert_eq!(
        complaints(&oracle, &[&one, &one, &one, &other, &other]),
        1,
        "one was not the last, so its outcome was known"
    );
}
