//! The queue of the send loop: what is open, when each falls due, and who is being served. An index in memory of what the store holds;
//! knows nothing of relays, stores or the clock on the wall.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use tokio::time::Instant;

use crate::model::NotificationId;
use crate::store::OutboxEntry;

/// One open notification.
pub(super) struct Open {
    pub(super) entry: OutboxEntry,
    /// When this process learned of it: a wall clock that jumps expires nothing.
    pub(super) since: Instant,
    /// Whether it waited through a stop of ours or of the relay, with others.
    pub(super) is_late: bool,
    /// Whether its last attempt failed because the relay could not be used.
    waits_for_relay: bool,
    /// When it falls due; None while it is tried, and when it is not to be tried again.
    due: Option<Instant>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Queue {
    open: BTreeMap<NotificationId, Open>,
    /// By the time at which they fall due.
    due: BTreeSet<(Instant, NotificationId)>,
    /// Recipients being served, by their hash.
    busy: HashSet<u64>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn is_busy(&self, recipient: u64) -> bool {
        self.busy.contains(&recipient)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &OutboxEntry> {
        self.open.values().map(|open| &open.entry)
    }

    /// One that is open.
    pub(super) fn get(&self, id: &NotificationId) -> Option<&Open> {
        self.open.get(id)
    }

    /// Takes one in that falls due at `at`, unless it is in.
    pub(super) fn take_in(&mut self, entry: OutboxEntry, at: Instant) {
        if self.open.contains_key(&entry.id) {
            return;
        }
        let id = entry.id.clone();
        let open = Open { entry, since: Instant::now(), is_late: false, waits_for_relay: false, due: None };
        self.open.insert(id.clone(), open);
        self.plan(&id, Some(at));
    }

    /// It falls due at `at`, and not before.
    pub(super) fn put_off(&mut self, id: &NotificationId, at: Instant) {
        self.plan(id, Some(at));
    }

    /// Everything is due at `now`, for a round that tries each once.
    pub(super) fn call_all(&mut self, now: Instant) {
        self.call(now, |_| true);
    }

    /// What waited for the relay is due at `now`.
    pub(super) fn call_back(&mut self, now: Instant) {
        self.call(now, |open| open.waits_for_relay && open.due.is_some_and(|at| at > now));
    }

    /// Everything in it waited with others.
    pub(super) fn all_are_late(&mut self) {
        self.open.values_mut().for_each(|open| open.is_late = true);
    }

    /// What is due, oldest first; of what was written together, the most severe first.
    pub(super) fn due_at(&self, now: Instant) -> Vec<NotificationId> {
        let due = self.due.iter().take_while(|(at, _)| *at <= now);
        let mut due: Vec<_> = due.map(|(_, id)| id.clone()).collect();
        due.sort_by_cached_key(|id| {
            let entry = self.open.get(id).map(|open| &open.entry);
            (entry.map(|entry| (entry.queued, Reverse(entry.severity))), id.clone())
        });
        due
    }

    /// When the next falls due of recipients who are not being served: a busy one wakes the loop by ending its attempt.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.iter().find(|(_, id)| !self.is_busy(id.recipient)).map(|(at, _)| *at)
    }

    /// It is tried; its recipient is being served.
    pub(super) fn begin(&mut self, id: &NotificationId) {
        self.plan(id, None);
        self.busy.insert(id.recipient);
    }

    /// It was tried; its recipient can be served again.
    pub(super) fn end(&mut self, id: &NotificationId) {
        self.busy.remove(&id.recipient);
    }

    /// It stays open after an attempt, and falls due again at `at`, if ever; `waits_for_relay` says whose fault it was.
    pub(super) fn keep(&mut self, entry: OutboxEntry, at: Option<Instant>, waits_for_relay: bool) {
        let id = entry.id.clone();
        if let Some(open) = self.open.get_mut(&id) {
            (open.entry, open.waits_for_relay) = (entry, waits_for_relay);
        }
        self.plan(&id, at);
    }

    /// It is not open any more.
    pub(super) fn settle(&mut self, id: &NotificationId) {
        self.plan(id, None);
        self.open.remove(id);
    }

    fn call(&mut self, now: Instant, is_called: impl Fn(&Open) -> bool) {
        let called = self.open.values().filter(|open| is_called(open)).map(|open| open.entry.id.clone());
        for id in called.collect::<Vec<_>>() {
            self.plan(&id, Some(now));
        }
    }

    /// The one place where times change, so that the two sides of the index agree.
    fn plan(&mut self, id: &NotificationId, at: Option<Instant>) {
        let Some(open) = self.open.get_mut(id) else { return };
        if let Some(before) = std::mem::replace(&mut open.due, at) {
            self.due.remove(&(before, id.clone()));
        }
        self.due.extend(at.map(|at| (at, id.clone())));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::model::{Delivery, ItemId, Mailbox, Reason, Severity};

    /// One to a recipient, queued at a second and of a severity.
    fn entry(seq: u32, recipient: u64, queued: i64, severity: Severity) -> OutboxEntry {
        let queued = Timestamp::from_second(queued).expect("a time");
        OutboxEntry {
            id: NotificationId { thread: ItemId(1), seq, recipient },
            to: Mailbox { name: None, address: "amina@example.org".to_owned() },
            reason: Reason::New,
            watches: Vec::new(),
            severity,
            subject: String::new(),
            queued,
            delivery: Delivery { attempts: 0, next_attempt: queued, last_error: None, outcome: None },
        }
    }

    fn numbers(due: &[NotificationId]) -> Vec<u32> {
        due.iter().map(|id| id.seq).collect()
    }

    #[test]
    fn what_is_due_goes_oldest_first_and_the_most_severe_of_one_hour_before_the_others() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for (seq, queued, severity, wait) in [
            (1, 20, Severity::Low, 0),
            (2, 20, Severity::High, 1),
            (3, 10, Severity::Low, 2),
            (4, 5, Severity::High, 9),
        ] {
            queue.take_in(entry(seq, 7, queued, severity), now + Duration::from_secs(wait));
        }
        assert_eq!(numbers(&queue.due_at(now + Duration::from_secs(5))), [3, 2, 1]);
        assert_eq!(queue.next_due(), Some(now));
    }

    #[test]
    fn one_that_is_tried_is_due_no_more_until_it_is_kept_and_gone_when_it_is_settled() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        let (first, other) = (entry(1, 7, 0, Severity::Low), entry(2, 8, 0, Severity::Low));
        queue.take_in(first.clone(), now);
        queue.take_in(other.clone(), now + Duration::from_secs(5));
        queue.begin(&first.id);
        // What the store still holds is taken in again with every look.
        queue.take_in(first.clone(), now);
        assert_eq!((queue.due_at(now).len(), queue.is_busy(7)), (0, true));
        assert_eq!(queue.next_due(), Some(now + Duration::from_secs(5)), "of whom nobody serves");
        queue.end(&first.id);
        queue.keep(first.clone(), Some(now + Duration::from_secs(1)), false);
        assert_eq!((numbers(&queue.due_at(now + Duration::from_secs(1))), queue.is_busy(7)), (vec![1], false));
        for id in [&first.id, &other.id] {
            queue.settle(id);
        }
        assert_eq!((queue.is_empty(), queue.next_due()), (true, None));
    }

    #[test]
    fn only_what_waited_for_the_relay_is_called_back() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        let later = now + Duration::from_secs(600);
        let [relay, own, tried] = [1, 2, 3].map(|seq| entry(seq, u64::from(seq), 0, Severity::Low));
        for (entry, waits_for_relay, at) in
            [(&relay, true, Some(later)), (&own, false, Some(later)), (&tried, true, None)]
        {
            queue.take_in(entry.clone(), now);
            queue.begin(&entry.id);
            queue.keep(entry.clone(), at, waits_for_relay);
        }
        queue.call_back(now);
        assert_eq!(numbers(&queue.due_at(now)), [1], "one that is tried is not tried twice");
        queue.call_all(now);
        assert_eq!(numbers(&queue.due_at(now)), [1, 2, 3]);
    }
}
