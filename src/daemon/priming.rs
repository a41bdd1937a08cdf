//! What is only remembered and alerts nobody: what a source shows at its first poll, and what stood in its archive by then.

use jiff::{SignedDuration, Timestamp};

use crate::model::{FirstPoll, Item, Reason, Source, SourceKind, Standing};
use crate::store::PollCommit;

/// How long before the first poll of its sitemap an article must have been dated to be none of its news: clocks and zones differ.
const ARCHIVED: SignedDuration = SignedDuration::from_hours(24);

/// Fewest such articles that are an archive: one or two that are listed late, or dated wrongly, are news.
const ARCHIVE: usize = 20;

/// Which items of a document are only remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Priming {
    first: Option<FirstPoll>,
    /// What is dated before is archive.
    archive: Option<Timestamp>,
}

impl Priming {
    /// Of the next document of a source, which primes it when `is_first`.
    pub(crate) fn of(source: &Source, standing: &Standing, is_first: bool) -> Self {
        // An index names hundreds of sitemaps, of which few are read in one poll: when one of last year is touched, its
        // articles are no news.
        let since = standing.habit.since.filter(|_| source.kind == SourceKind::Sitemap);
        let archive = since.and_then(|since| since.checked_sub(ARCHIVED).ok());
        Self { first: is_first.then_some(source.first_poll), archive }
    }

    /// The same for a document with these items that its source had not shown before: few are no archive, whatever their dates.
    pub(crate) fn seeing<'i>(self, fresh: impl Iterator<Item = &'i Item>) -> Self {
        let archived = fresh.filter(|item| self.is_archived(item)).take(ARCHIVE).count();
        Self { archive: self.archive.filter(|_| archived == ARCHIVE), ..self }
    }

    fn is_archived(&self, item: &Item) -> bool {
        let printed = item.published.as_ref().or(item.updated.as_ref()).and_then(|date| date.at);
        printed.zip(self.archive).is_some_and(|(at, archive)| at < archive)
    }

    /// Whether an item at this place of the document is only remembered.
    pub(crate) fn takes(&self, item: &Item, position: u32) -> bool {
        let is_skipped = match self.first {
            None | Some(FirstPoll::Alert) => false,
            Some(FirstPoll::Skip) => true,
            Some(FirstPoll::Last(n)) => position >= n,
        };
        is_skipped || self.is_archived(item)
    }
}

/// Whether a document with or without items can prime its source. A page from which nothing was picked is none of its kind yet, be
/// it redesigned, be it another; a feed or a list may be empty.
pub(crate) fn can_prime(source: &Source, shows_items: bool) -> bool {
    shows_items || !matches!(source.kind, SourceKind::Page(_) | SourceKind::Links)
}

/// Items that were only remembered.
pub(crate) fn primed(commit: &PollCommit) -> u64 {
    commit.new_items.iter().filter(|(item, _)| item.reason == Reason::Primed).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PrintedDate, SourceId};

    fn source(kind: SourceKind, first_poll: FirstPoll) -> Source {
        let url = "https://outlet.example/".parse().expect("a test address");
        Source { first_poll, ..Source::new(SourceId::new("outlet").expect("a test id"), kind, url) }
    }

    fn item(days: Option<i64>) -> Item {
        let at = days.map(|days| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days));
        let updated = at.map(|at| PrintedDate { printed: at.to_string(), at: Some(at) });
        Item { updated, ..Item::default() }
    }

    #[test]
    fn the_first_poll_alerts_on_what_it_may() {
        for (first, expected) in [
            (FirstPoll::Skip, [true, true, true]),
            (FirstPoll::Last(2), [false, false, true]),
            (FirstPoll::Alert, [false, false, false]),
        ] {
            let priming = Priming::of(&source(SourceKind::Feed, first), &Standing::default(), true);
            assert_eq!([0, 1, 2].map(|place| priming.takes(&item(None), place)), expected, "{first:?}");
        }
    }

    #[test]
    fn what_stood_in_a_sitemap_before_it_was_watched_is_no_news() {
        let mut watched = Standing::default();
        watched.habit.since = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100));
        for (kind, days, expected) in [
            (SourceKind::Sitemap, Some(40), true),
            (SourceKind::Sitemap, Some(99), false),
            (SourceKind::Sitemap, Some(101), false),
            (SourceKind::Sitemap, None, false),
            (SourceKind::Feed, Some(40), false),
        ] {
            let priming = Priming::of(&source(kind.clone(), FirstPoll::Skip), &watched, false);
            assert_eq!(priming.takes(&item(days), 0), expected, "{kind:?} {days:?}");
        }
    }

    #[test]
    fn few_old_articles_are_late_and_many_are_an_archive() {
        let mut watched = Standing::default();
        watched.habit.since = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100));
        let priming = Priming::of(&source(SourceKind::Sitemap, FirstPoll::Skip), &watched, false);
        let old = vec![item(Some(40)); ARCHIVE];
        assert!(!priming.seeing(old[1..].iter()).takes(&old[0], 0));
        assert!(priming.seeing(old.iter()).takes(&old[0], 0));
    }

    #[test]
    fn a_page_without_items_primes_nothing() {
        for (kind, shows_items, expected) in
            [(SourceKind::Links, false, false), (SourceKind::Links, true, true), (SourceKind::Feed, false, true)]
        {
            assert_eq!(can_prime(&source(kind, FirstPoll::Skip), shows_items), expected);
        }
    }
}
