//! The pace of mails that waited together, once they can go: a reader's phone that buzzes sixty times in a minute is put away, and
//! some relays defer whoever sends so fast. Knows recipients by their hash, and nothing of mails.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Late mails to one recipient in a [`MINUTE`] (docs/trials.md, B9).
const MOST: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);

/// The last places taken.
#[derive(Debug, Default)]
pub(super) struct CatchingUp {
    taken: HashMap<u64, VecDeque<Instant>>,
}

impl CatchingUp {
    /// Takes a place for a mail that goes out now; None when there was one, else when the next one is free.
    pub(super) fn next_place(&mut self, recipient: u64, now: Instant) -> Option<Instant> {
        let taken = self.taken.entry(recipient).or_default();
        while taken.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            taken.pop_front();
        }
        if taken.len() >= MOST {
            return taken.front().map(|first| *first + MINUTE);
        }
        taken.push_back(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_gets_twenty_late_mails_a_minute_and_others_their_own() {
        let mut pace = CatchingUp::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!((0..20).all(|n| pace.next_place(1, at(n)).is_none()));
        assert_eq!(pace.next_place(1, at(30)), Some(at(60)));
        assert_eq!(pace.next_place(2, at(30)), None);
        assert_eq!((pace.next_place(1, at(60)), pace.next_place(1, at(60))), (None, Some(at(61))));
    }
}
