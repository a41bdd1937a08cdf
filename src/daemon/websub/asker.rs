//! Asks hubs to tell of news, and to go on with it: a few at a time, when it is time. Knows when, not what a hub answers at the
//! callback.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::intake::Told;
use super::{PATH, Shared, lease};
use crate::daemon::health::{BEAT, Pulse};
use crate::daemon::live::{self, SharedClient};
use crate::daemon::tasks::Task;
use crate::fetch::{Client, FetchError};
use crate::model::{Lease, Source, SourceId, SourceKind};

/// Hubs asked at once: nothing hurries, and many sources may share one hub.
const UNDER_WAY: usize = 4;

pub(super) struct Asker {
    public_url: Url,
    live: live::Shared,
    client: SharedClient,
    tasks: mpsc::Sender<Task>,
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
    under_way: TaskTracker,
}

impl Asker {
    pub(super) fn new(
        public_url: Url,
        live: live::Shared,
        client: SharedClient,
        tasks: mpsc::Sender<Task>,
        shared: Arc<Shared>,
    ) -> Self {
        let (places, under_way) = (Arc::new(Semaphore::new(UNDER_WAY)), TaskTracker::new());
        Self { public_url, live, client, tasks, shared, places, under_way }
    }

    pub(super) async fn run(self, mut told: mpsc::UnboundedReceiver<Told>, stop: CancellationToken, pulse: Pulse) {
        self.sort_out();
        loop {
            pulse.beat();
            self.hand_over();
            let starved = !self.start_what_is_due(&stop);
            let beat = Instant::now() + BEAT;
            let wakes_at = if starved { beat } else { beat.min(self.next()) };
            let (shared, places) = (self.shared.clone(), self.places.clone());
            tokio::select! {
                () = stop.cancelled() => break,
                told = told.recv() => match told {
                    Some(told) => self.told(told),
                    None => break,
                },
                () = shared.rung.notified() => {}
                Ok(place) = places.acquire(), if starved => drop(place),
                () = sleep_until(wakes_at) => {}
            }
        }
        self.under_way.close();
        self.under_way.wait().await;
    }

    fn told(&self, told: Told) {
        match told {
            Told::Begins(source, lease) => self.shared.book().begin(source, *lease),
            Told::Ends(source) => drop(self.shared.book().end(&source)),
            Told::Reloaded => self.sort_out(),
        }
    }

    /// Gives up subscriptions of sources that left the configuration, or are feeds no longer.
    fn sort_out(&self) {
        let live = self.live.load_full();
        let is_subscriber = |id: &SourceId| live.source(id).is_some_and(|source| source.kind == SourceKind::Feed);
        self.shared.book().retain(is_subscriber, Timestamp::now());
    }

    /// Has written what changed. While the store is slow it waits, and what changes meanwhile changes in place.
    fn hand_over(&self) {
        if self.shared.book().has_changes()
            && let Ok(place) = self.tasks.try_reserve()
        {
            place.send(Task::Leases(self.shared.book().changes()));
        }
    }

    /// Asks the hubs whose time has come; false when there was no place for all of them.
    fn start_what_is_due(&self, stop: &CancellationToken) -> bool {
        let now = Timestamp::now();
        let due = self.shared.book().due(now);
        for id in due {
            let Ok(place) = self.places.clone().try_acquire_owned() else { return false };
            let live = self.live.load_full();
            let Some(source) = live.source(&id) else {
                self.sort_out();
                continue;
            };
            let Some(lease) = self.shared.book().ask(&id, now) else { continue };
            self.start(source.clone(), lease, place, stop.clone());
        }
        true
    }

    fn start(&self, source: Source, lease: Lease, place: OwnedSemaphorePermit, stop: CancellationToken) {
        let (client, callback) = (self.client.load_full(), callback(&self.public_url, &lease));
        self.under_way.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                answer = ask(&client, &source, &lease, &callback) => match answer {
                    Ok(()) => tracing::debug!(source = %source.id, "its hub was asked to tell of news"),
                    Err(error) => {
                        let (source, next) = (&source.id, lease.next);
                        tracing::info!(%source, %error, %next, "its hub does not want to tell of news; polled as before");
                    }
                },
            }
            drop(place);
        });
    }

    /// When the next hub is to be asked, as far as that is soon.
    fn next(&self) -> Instant {
        let wait = self.shared.book().next().map(|next| next.duration_since(Timestamp::now()));
        let wait = wait.map_or(BEAT, |wait| Duration::try_from(wait).unwrap_or_default());
        Instant::now() + wait.min(BEAT)
    }
}

/// Asks for a subscription (WebSub §5.1).
async fn ask(client: &Client, source: &Source, lease: &Lease, callback: &str) -> Result<(), FetchError> {
    let seconds = lease::ASKED_FOR.as_secs().to_string();
    let form = [
        ("hub.mode", "subscribe"),
        ("hub.topic", lease.hub.topic.as_str()),
        ("hub.callback", callback),
        ("hub.lease_seconds", &seconds),
    ];
    let hub = &lease.hub.hub;
    client.subscribe(hub, &form, &source.access, may_be_inside(hub, source)).await
}

/// Whether a hub may stand on a private network: only on the machine of a source that may. The feed names the hub, and what it
/// names must not make us talk to others in there.
fn may_be_inside(hub: &Url, source: &Source) -> bool {
    source.allow_private && hub.host() == source.url.host()
}

fn callback(public: &Url, lease: &Lease) -> String {
    [public.as_str(), PATH, &lease.token].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_cannot_make_us_talk_to_other_machines_inside() {
        let url = |text: &str| text.parse::<Url>().expect("a test address");
        for (feed, allow_private, hub, expected) in [
            ("http://10.0.0.5/feed", true, "http://10.0.0.5:8080/hub", true),
            ("http://10.0.0.5/feed", true, "http://10.0.0.6/hub", false),
            ("http://10.0.0.5/feed", false, "http://10.0.0.5/hub", false),
            ("https://outlet.example/feed", true, "http://127.0.0.1/", false),
        ] {
            let id = SourceId::new("outlet").expect("a test id");
            let source = Source { allow_private, ..Source::new(id, SourceKind::Feed, url(feed)) };
            assert_eq!(may_be_inside(&url(hub), &source), expected, "{feed} {hub}");
        }
    }
}
