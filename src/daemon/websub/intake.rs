//! The ingest thread's part: a document that names a hub begins a subscription, one that names none any more ends it, and what
//! became of subscriptions is written beside how their sources stand.

use jiff::Timestamp;
use rand_core::{OsRng, RngCore};

use super::book::Change;
use super::lease::{self, Wish};
use crate::daemon::live::Live;
use crate::daemon::poll::{Answer, Polled};
use crate::daemon::standings::Standings;
use crate::model::{Hub, Lease, SourceId, SourceKind, Standing};
use crate::store::{Store, StoreError};

/// What the loop that asks hubs is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// A source's subscription begins, in place of any other.
    Begins(SourceId, Box<Lease>),
    /// It ends.
    Ends(SourceId),
    /// The configuration was replaced.
    Reloaded,
}

/// What a poll says of hubs.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The token of the subscription before the poll.
    held: Option<String>,
    /// What the document names; None when there was none to read.
    named: Option<Named>,
}

#[derive(Debug)]
struct Named {
    hub: Option<Hub>,
    complete: bool,
}

impl Offer {
    /// Of a poll, before anything of it is taken in. Only feeds are subscribed to, and only where hubs can reach us.
    pub(crate) fn of(polled: &Polled, live: &Live, before: &Standing) -> Self {
        let source = &polled.job.plan.source;
        let can_be_told = live.config.web.is_some() && source.kind == SourceKind::Feed;
        let named = match &polled.answer {
            Ok(Answer::Read(reading)) if can_be_told => {
                Some(Named { hub: reading.hub.clone(), complete: reading.parsed.complete })
            }
            Ok(Answer::Read(_)) => Some(Named { hub: None, complete: true }),
            Ok(Answer::Unchanged { .. }) | Err(_) => None,
        };
        Self { held: before.lease.as_ref().map(|lease| lease.token.clone()), named }
    }

    /// Changes the source's subscription accordingly. Returns what the loop is to be told, also when the subscription went with
    /// what was known of an old address.
    pub(crate) fn take_in(self, standing: &mut Standing, source: &SourceId, at: Timestamp) -> Option<Told> {
        if let Some(Named { hub, complete }) = self.named {
            match lease::wish(standing.lease.as_deref(), hub.as_ref(), complete) {
                Wish::Stays => {}
                Wish::Ends => standing.lease = None,
                Wish::Begins(hub) => standing.lease = begin(source, hub, at).map(Box::new),
            }
        }
        match &standing.lease {
            Some(lease) if self.held.as_ref() == Some(&lease.token) => None,
            Some(lease) => Some(Told::Begins(source.clone(), lease.clone())),
            None => self.held.map(|_| Told::Ends(source.clone())),
        }
    }
}

/// Writes what became of subscriptions. One that has made way for another meanwhile is passed over.
///
/// # Errors
/// The store's.
pub(crate) fn write(store: &Store, standings: &mut Standings, changes: Vec<Change>) -> Result<(), StoreError> {
    for Change { source, token, lease } in changes {
        if held(standings, &source).is_some_and(|held| held == token) {
            store.stand(&source, &set(standings, &source, lease))?;
        }
    }
    Ok(())
}

/// Forgets every subscription when nothing listens for hubs: none could reach us.
///
/// # Errors
/// The store's.
pub(crate) fn forget_unless_reachable(store: &Store, live: &Live, standings: &mut Standings) -> Result<(), StoreError> {
    if live.config.web.is_none() {
        for source in standings.subscribed() {
            store.stand(&source, &set(standings, &source, None))?;
        }
    }
    Ok(())
}

fn held(standings: &Standings, source: &SourceId) -> Option<String> {
    standings.of(source).lease.map(|lease| lease.token)
}

fn set(standings: &mut Standings, source: &SourceId, lease: Option<Lease>) -> Box<Standing> {
    let standing = Standing { lease: lease.map(Box::new), ..standings.of(source) };
    standings.set(source, standing)
}

fn begin(source: &SourceId, hub: &Hub, at: Timestamp) -> Option<Lease> {
    match token() {
        Ok(token) => Some(lease::new(hub.clone(), token, at)),
        Err(error) => {
            tracing::error!(%source, %error, "no subscription: the system gives no randomness for its address");
            None
        }
    }
}

/// 128 bits that nobody can guess, in hexadecimal: whoever knows the address can make us poll.
fn token() -> Result<String, rand_core::Error> {
    let mut bytes = [0; 16];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, Environment, SourcePlan};
    use crate::daemon::poll::{Job, PollError, Reading};
    use crate::extract::{ParseError, Parsed, Reader, Signs};
    use crate::model::{Source, SourceState};
    use crate::store::Settings;

    const MAIL: &str = "version = 1\nhttp = { contact = \"ops@example.org\" }\nstorage = { path = \"/nowhere\" }\n\
                        [mail]\nfrom = \"a@example.org\"\nlist_id = \"s.example.org\"\ntransport = \"file\"\n";
    const WEB: &str = "[web]\npublic_url = \"https://watch.example.org/\"\n";

    fn live(toml: &str) -> Live {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sahelwatch.toml");
        std::fs::write(&path, toml).expect("it can be written");
        let loaded = config::load(&path, &Environment::default());
        let report = loaded.report.render(false);
        Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")))
    }

    fn polled(kind: SourceKind, hub: Option<&str>) -> Polled {
        let url: url::Url = "https://outlet.example/feed".parse().expect("a test address");
        let hub = hub.map(|hub| Hub { hub: hub.parse().expect("a test address"), topic: url.clone() });
        let source = Source::new(SourceId::new("outlet").expect("a test id"), kind, url);
        let reading = Reading {
            parsed: Parsed { complete: true, ..Parsed::default() },
            faces: Vec::new(),
            signs: Signs::default(),
            hub,
            validators: Default::default(),
            hints: Default::default(),
            moved_to: None,
            weight: 0,
            hold: Default::default(),
        };
        let job = Job { plan: Arc::new(SourcePlan { source, reader: Reader::Feed }), state: SourceState::default() };
        Polled { job, at: Timestamp::UNIX_EPOCH, took: Default::default(), answer: Ok(Answer::Read(Box::new(reading))) }
    }

    /// What the loop is told, and the hub that the source's standing then names.
    fn taken_in(standing: &mut Standing, live: &Live, polled: &Polled) -> (Option<bool>, Option<String>) {
        let before = standing.clone();
        let told = Offer::of(polled, live, &before).take_in(standing, &polled.job.plan.source.id, polled.at);
        assert_eq!(*standing != before, told.is_some(), "what the loop is told is written");
        let hub = standing.lease.as_ref().map(|lease| lease.hub.hub.to_string());
        (told.map(|told| matches!(told, Told::Begins(..))), hub)
    }

    #[test]
    fn a_feed_that_names_a_hub_is_subscribed_to_while_it_does() {
        let (live, mut standing) = (live(&[MAIL, WEB].concat()), Standing::default());
        let (first, second) = ("https://hub.example/", "https://second.example/");
        let mut take_in = |hub| taken_in(&mut standing, &live, &polled(SourceKind::Feed, hub));
        assert_eq!(take_in(None), (None, None));
        assert_eq!(take_in(Some(first)), (Some(true), Some(first.to_owned())));
        assert_eq!(take_in(Some(first)), (None, Some(first.to_owned())), "once");
        assert_eq!(take_in(Some(second)), (Some(true), Some(second.to_owned())));
        let failed = Polled { answer: Err(PollError::Parse(ParseError::Empty)), ..polled(SourceKind::Feed, None) };
        assert_eq!(taken_in(&mut standing, &live, &failed), (None, Some(second.to_owned())));
        assert_eq!(taken_in(&mut standing, &live, &polled(SourceKind::Feed, None)), (Some(false), None));
    }

    #[test]
    fn nothing_is_subscribed_to_that_is_no_feed_or_cannot_tell_us() {
        let (reachable, unreachable) = (live(&[MAIL, WEB].concat()), live(MAIL));
        let mut standing = Standing::default();
        let hub = Some("https://hub.example/");
        assert_eq!(taken_in(&mut standing, &reachable, &polled(SourceKind::Sitemap, hub)), (None, None));
        assert_eq!(taken_in(&mut standing, &unreachable, &polled(SourceKind::Feed, hub)), (None, None));
        taken_in(&mut standing, &reachable, &polled(SourceKind::Feed, hub));
        assert_eq!(taken_in(&mut standing, &unreachable, &polled(SourceKind::Feed, hub)), (Some(false), None));
    }

    #[test]
    fn an_address_that_was_edited_ends_the_old_subscription() {
        let (live, mut standing) = (live(&[MAIL, WEB].concat()), Standing::default());
        taken_in(&mut standing, &live, &polled(SourceKind::Feed, Some("https://hub.example/")));
        let polled = polled(SourceKind::Feed, None);
        let offer = Offer::of(&polled, &live, &standing);
        let source = &polled.job.plan.source.id;
        let told = offer.take_in(&mut standing.at_another_address(), source, polled.at);
        assert_eq!(told, Some(Told::Ends(source.clone())));
    }

    #[test]
    fn only_the_subscription_that_stands_is_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (live, mut standings) = (live(&[MAIL, WEB].concat()), Standings::default());
        let settings = Settings { path: folder.path().to_owned(), ..live.config.storage.clone() };
        let store = Store::open(&settings).expect("a new store").store;
        let (source, mut standing) = (SourceId::new("outlet").expect("a test id"), Standing::default());
        taken_in(&mut standing, &live, &polled(SourceKind::Feed, Some("https://hub.example/")));
        standings.set(&source, standing);
        let mine = held(&standings, &source).expect("it was begun");
        let mut ended = |token: &str| {
            let change = Change { source: source.clone(), token: token.to_owned(), lease: None };
            write(&store, &mut standings, vec![change]).expect("the store takes it");
            held(&standings, &source)
        };
        assert_eq!(ended("another"), Some(mine.clone()));
        assert_eq!(ended(&mine), None);
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (token().expect("randomness"), token().expect("randomness"));
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|b| b.is_ascii_hexdigit()), "{one}");
    }
}
