//! The subscriptions as the loop and the listener share them: found by source and by token, with what changed and is not
//! written yet. The listener only looks and marks; nothing here waits, and nothing grows with what strangers send.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::lease;
use super::question::{Question, Verdict};
use crate::model::{Lease, SourceId};

/// What became of a subscription, to be written by the ingest thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) source: SourceId,
    /// Which one: the ingest thread may have begun another meanwhile.
    pub(crate) token: String,
    /// How it stands; None when it is given up.
    pub(crate) lease: Option<Lease>,
}

/// Whose news a hub tells of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// This source's.
    Of(SourceId),
    /// Of a subscription that was given up: the hub may stop.
    Gone,
    /// Nobody's that we know.
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Book {
    leases: HashMap<SourceId, Lease>,
    tokens: HashMap<String, SourceId>,
    /// Tokens of subscriptions given up, until their leases end.
    gone: HashMap<String, Timestamp>,
    /// Sources whose subscriptions changed.
    changed: BTreeSet<SourceId>,
    /// Subscriptions given up here, of which the ingest thread does not know yet.
    ended: Vec<Change>,
}

impl Book {
    /// Takes a subscription in, in place of any other of this source.
    pub(super) fn begin(&mut self, source: SourceId, lease: Lease) {
        self.end(&source);
        self.tokens.insert(lease.token.clone(), source.clone());
        self.leases.insert(source, lease);
    }

    /// Gives up the subscription of a source; returns its token. Its hub is told when it next has news.
    pub(super) fn end(&mut self, source: &SourceId) -> Option<String> {
        let lease = self.leases.remove(source)?;
        self.tokens.remove(&lease.token);
        self.changed.remove(source);
        if let Some(until) = lease.until {
            self.gone.insert(lease.token.clone(), until);
        }
        Some(lease.token)
    }

    /// Gives up the subscriptions of all sources but these.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&SourceId) -> bool, now: Timestamp) {
        self.gone.retain(|_, until| *until > now);
        let strangers: Vec<SourceId> = self.leases.keys().filter(|source| !is_wanted(source)).cloned().collect();
        for source in strangers {
            if let Some(token) = self.end(&source) {
                self.ended.push(Change { source, token, lease: None });
            }
        }
    }

    /// Sources whose hubs are to be asked now, the longest due first.
    pub(super) fn due(&self, now: Timestamp) -> Vec<SourceId> {
        let mut due: Vec<_> = self.leases.iter().filter(|(_, lease)| lease.next <= now).collect();
        due.sort_by_key(|(source, lease)| (lease.next, *source));
        due.into_iter().map(|(source, _)| source.clone()).collect()
    }

    /// When the next hub is to be asked.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.leases.values().map(|lease| lease.next).min()
    }

    /// Marks a subscription as asked for, before it is: the hub may verify before it answers (WebSub §5.2).
    pub(super) fn ask(&mut self, source: &SourceId, now: Timestamp) -> Option<Lease> {
        let lease = self.leases.get_mut(source)?;
        *lease = lease::asked(lease, now);
        self.changed.insert(source.clone());
        Some(lease.clone())
    }

    /// Answers a question that came to this token, and remembers what it says. None when nobody has that token.
    pub(super) fn answer(&mut self, token: &str, question: Question, now: Timestamp) -> Option<(SourceId, Verdict)> {
        let source = self.tokens.get(token)?;
        let lease = self.leases.get_mut(source)?;
        let verdict = question.judge(lease);
        *lease = match &verdict {
            Verdict::Verified { granted, .. } => lease::verified(lease, *granted, now),
            Verdict::Denied(_) => lease::denied(lease, now),
            Verdict::Refused => return Some((source.clone(), verdict)),
        };
        self.changed.insert(source.clone());
        Some((source.clone(), verdict))
    }

    /// Whose news came to this token. One whose lease has run out is believed too: looking costs one poll.
    pub(super) fn news(&self, token: &str, now: Timestamp) -> News {
        match self.tokens.get(token) {
            Some(source) => News::Of(source.clone()),
            None if self.gone.get(token).is_some_and(|until| *until > now) => News::Gone,
            None => News::Unknown,
        }
    }

    /// Whether anything is not written yet.
    pub(super) fn has_changes(&self) -> bool {
        !(self.changed.is_empty() && self.ended.is_empty())
    }

    /// Takes what is not written yet.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        let mut changes = std::mem::take(&mut self.ended);
        for source in std::mem::take(&mut self.changed) {
            if let Some(lease) = self.leases.get(&source) {
                changes.push(Change { source, token: lease.token.clone(), lease: Some(lease.clone()) });
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::model::Hub;

    const QUERY: &str =
        "hub.mode=subscribe&hub.topic=https://outlet.example/feed&hub.challenge=c&hub.lease_seconds=36000";

    fn id(name: &str) -> SourceId {
        SourceId::new(name).expect("a test id")
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn lease(token: &str) -> Lease {
        let url = |text: &str| text.parse().expect("a test address");
        let hub = Hub { hub: url("https://hub.example/"), topic: url("https://outlet.example/feed") };
        lease::new(hub, token.to_owned(), at(0))
    }

    fn book() -> Book {
        let mut book = Book::default();
        book.begin(id("outlet"), lease("t1"));
        book
    }

    fn until(changes: &[Change]) -> Option<Timestamp> {
        changes.first()?.lease.as_ref()?.until
    }

    #[test]
    fn a_subscription_is_asked_for_verified_and_written() {
        let mut book = book();
        assert_eq!((book.due(at(0)), book.has_changes()), (vec![id("outlet")], false));
        assert!(book.ask(&id("outlet"), at(0)).is_some_and(|lease| lease.asked == Some(at(0))));
        assert_eq!((book.due(at(0)), book.changes().len(), book.has_changes()), (vec![], 1, false));
        let (source, verdict) = book.answer("t1", Question::read(QUERY), at(1)).expect("the token is known");
        assert_eq!(
            (source, verdict),
            (id("outlet"), Verdict::Verified { challenge: "c".to_owned(), granted: Some(36_000) })
        );
        assert_eq!(until(&book.changes()), Some(at(11)));
        assert_eq!((book.due(at(8)), book.due(at(9))), (vec![], vec![id("outlet")]));
    }

    #[test]
    fn who_waits_longest_is_asked_first() {
        let mut book = book();
        book.begin(id("another"), lease::new(lease("t2").hub, "t2".to_owned(), at(1)));
        assert_eq!((book.due(at(1)), book.next()), (vec![id("outlet"), id("another")], Some(at(0))));
    }

    #[test]
    fn what_is_forged_changes_nothing() {
        let mut book = book();
        assert_eq!(book.answer("t2", Question::read(QUERY), at(0)), None);
        let (_, verdict) = book.answer("t1", Question::read(QUERY), at(0)).expect("the token is known");
        assert_eq!((verdict, book.has_changes()), (Verdict::Refused, false), "it was never asked for");
        assert_eq!((book.news("t2", at(0)), book.news("", at(0))), (News::Unknown, News::Unknown));
    }

    #[test]
    fn a_new_subscription_takes_the_place_of_the_old() {
        let mut book = book();
        book.ask(&id("outlet"), at(0));
        book.begin(id("outlet"), lease("t2"));
        assert_eq!((book.news("t1", at(0)), book.news("t2", at(0))), (News::Unknown, News::Of(id("outlet"))));
        assert_eq!(book.changes(), [], "the ingest thread began it and knows");
        book.ask(&id("outlet"), at(0));
        book.answer("t2", Question::read(QUERY), at(0));
        assert_eq!(book.end(&id("outlet")).as_deref(), Some("t2"));
        assert_eq!(book.news("t2", at(0)), News::Gone, "its hub believes that it must tell");
    }

    #[test]
    fn a_source_that_left_is_given_up_and_its_hub_told_until_the_lease_ends() {
        let mut book = book();
        book.ask(&id("outlet"), at(0));
        book.answer("t1", Question::read(QUERY), at(0));
        book.begin(id("other"), lease("t2"));
        book.retain(|source| *source == id("other"), at(1));
        assert_eq!(book.changes(), [Change { source: id("outlet"), token: "t1".to_owned(), lease: None }]);
        assert_eq!((book.news("t1", at(1)), book.news("t2", at(1))), (News::Gone, News::Of(id("other"))));
        assert_eq!(book.answer("t1", Question::read(QUERY), at(1)), None, "nor is it renewed");
        assert_eq!(book.news("t1", at(10)), News::Unknown);
    }
}
