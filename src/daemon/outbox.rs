//! The end of the sentence: due alerts are composed, notifications are sent, and only then recorded as sent.
//!
//! Contract:
//! - A notification is offered to the mail server until it is accepted, refused for good, expired, or withdrawn. Each end is
//!   durable; there is no other way out.
//! - It is frozen before its first attempt. If the outcome of an attempt is unknown (the connection or we died after the final
//!   dot), the same bytes go out again under the same Message-ID.
//! - Each recipient has a lane of its own: a recipient whose server stalls holds up nobody else.
//! - When the relay itself cannot be reached or refuses the login, all wait together instead of knocking one by one (`relay`), and
//!   when it can again they go out at once, oldest first and at a measured pace (`catching_up`).
//!
//! What is open and due is an index in memory (`queue`), rebuilt from the store at start.

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::catching_up::CatchingUp;
use super::composing::{Composed, Composer, Moment};
use super::delivery::{self, Attempt, Courier};
use super::health::{BEAT, Pulse};
use super::live::Shared;
use super::queue::Queue;
use super::relay::Door;
use crate::model::Outcome;
use crate::store::{OutboxEntry, Store, StoreError};

/// Recipients served at the same time.
const LANES: usize = 8;
/// Longest wait at a stop for mails past the final dot; what is not answered then may be sent twice.
const DRAIN: Duration = Duration::from_secs(25);
/// Longest time until what waits for its time is looked at again: the clock may be set meanwhile, or the machine sleep.
const LOOK: Duration = Duration::from_secs(60);

/// What the send loop is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum News {
    /// Alerts were committed.
    Alerts,
    /// The configuration was replaced: recipients may be gone.
    Reloaded,
}

/// The send loop.
pub(crate) struct Outbox {
    store: Store,
    live: Shared,
    courier: Arc<Courier>,
    queue: Queue,
    lanes: JoinSet<Result<Attempt, StoreError>>,
    door: Door,
    catching_up: CatchingUp,
    /// Decides what is due; None only while it does.
    composer: Option<Composer>,
    /// When something falls due by time alone.
    compose_at: Option<Instant>,
    /// Whether everything due is tried once and no more.
    once: bool,
    /// The time it is taken to be, where that is not the clock's.
    still: Option<Timestamp>,
    /// Mails accepted since the start.
    sent: u64,
}

impl Outbox {
    /// Rebuilds the index from the store. Notifications whose recipient left the configuration are withdrawn.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn open(store: Store, live: Shared, courier: Arc<Courier>) -> Result<Self, StoreError> {
        let mut outbox = Self {
            store,
            live,
            courier,
            queue: Queue::default(),
            lanes: JoinSet::new(),
            door: Door::default(),
            catching_up: CatchingUp::default(),
            composer: None,
            compose_at: None,
            once: false,
            still: None,
            sent: 0,
        };
        outbox.withdraw()?;
        outbox.index()?;
        outbox.queue.all_are_late();
        outbox.door.stuck_since = outbox.stuck_at_start()?;
        Ok(outbox)
    }

    /// Runs until stopped, then waits for mails under way, no longer than [`DRAIN`].
    ///
    /// # Errors
    /// The store's: nothing is sent that cannot be recorded.
    pub(crate) async fn run(
        mut self,
        mut news: mpsc::UnboundedReceiver<News>,
        stop: CancellationToken,
        pulse: Pulse,
    ) -> Result<(), StoreError> {
        self.compose().await?;
        // A stop begins nothing new.
        while !stop.is_cancelled() {
            pulse.beat();
            if self.compose_at.is_some_and(|at| at <= Instant::now()) {
                self.compose().await?;
            }
            self.send_what_is_due();
            let wakes_at = self.wakes_at();
            tokio::select! {
                () = stop.cancelled() => break,
                Some(first) = news.recv() => {
                    // One round for all that was told while the last one went on.
                    let told: Vec<News> = iter::once(first).chain(iter::from_fn(|| news.try_recv().ok())).collect();
                    if told.iter().any(|news| matches!(news, News::Reloaded)) {
                        self.withdraw()?;
                    }
                    self.compose().await?;
                }
                Some(attempt) = self.lanes.join_next() => self.finished(attempt)?,
                () = sleep_until(wakes_at) => self.courier.close_idle().await,
            }
        }
        self.drain().await
    }

    /// Composes what is due and tries everything open once; returns how many mails were accepted.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn run_once(mut self, still: Option<Timestamp>) -> Result<u64, StoreError> {
        (self.once, self.still) = (true, still);
        self.compose().await?;
        self.try_each().await?;
        if self.door.recovered.is_some() {
            self.compose().await?;
            self.try_each().await?;
        }
        self.courier.close().await;
        Ok(self.sent)
    }

    /// Tries everything open once.
    async fn try_each(&mut self) -> Result<(), StoreError> {
        self.queue.call_all(Instant::now());
        loop {
            self.send_what_is_due();
            match self.lanes.join_next().await {
                Some(attempt) => self.finished(attempt)?,
                None => return Ok(()),
            }
        }
    }

    async fn compose(&mut self) -> Result<(), StoreError> {
        if self.queue.is_empty() {
            // Nothing knocks at the relay then, so that it cannot be called stuck.
            self.door.stuck_since = None;
        }
        let long = self.live.load().config.pace.outage;
        let (store, live, composer) = (self.store.clone(), self.live.load_full(), self.composer.take());
        let moment =
            Moment { now: self.still.unwrap_or_else(Timestamp::now), once: self.once, relay: self.door.stands(long) };
        self.compose_at = None;
        let composed = tokio::task::spawn_blocking(move || {
            let mut composer = composer.map_or_else(|| Composer::open(&store, moment.now), Ok)?;
            let composed = composer.compose(&store, &live, &moment)?;
            Ok::<_, StoreError>((composer, composed))
        });
        match composed.await {
            Ok(done) => {
                let (composer, Composed { wake, decided }) = done?;
                self.courier.counters.decided(&decided);
                self.composer = Some(composer);
                // What the relay holds is looked at again too: the last mail that knocks may expire.
                let stuck = moment.relay.is_stuck().then_some(LOOK);
                if stuck.is_none() {
                    self.door.recovered = None;
                }
                let wait = wake.map(|at| until(Timestamp::now(), at).min(LOOK)).or(stuck);
                self.compose_at = wait.map(|wait| Instant::now() + wait);
                self.index()
            }
            Err(panicked) => {
                tracing::error!(error = %panicked, "composing failed: the alerts wait; please report this");
                self.compose_at = Some(Instant::now() + LOOK);
                Ok(())
            }
        }
    }

    /// Takes open notifications into the index that are not in it yet.
    fn index(&mut self) -> Result<(), StoreError> {
        let now = Timestamp::now();
        for entry in self.store.open_notifications()? {
            let at = Instant::now() + until(now, entry.delivery.next_attempt);
            self.queue.take_in(entry, at);
        }
        Ok(())
    }

    /// Ends what is addressed to people who are told of nothing any more.
    fn withdraw(&mut self) -> Result<(), StoreError> {
        let live = self.live.load();
        let config = &live.config;
        let wanted = |entry: &OutboxEntry| {
            config.readers.contains_key(&entry.to.address.to_ascii_lowercase())
                || config.operator.to.iter().any(|to| to.address.eq_ignore_ascii_case(&entry.to.address))
        };
        let outcome = Outcome::Withdrawn { at: Timestamp::now() };
        let gone: Vec<_> = self.store.open_notifications()?.into_iter().filter(|entry| !wanted(entry)).collect();
        let gone: Vec<_> = gone.into_iter().filter(|entry| !self.queue.is_busy(entry.id.recipient)).collect();
        for entry in &gone {
            super::log::outcome(&entry.id, entry.delivery.attempts, &outcome);
            self.courier.counters.ended(&outcome);
            self.queue.settle(&entry.id);
        }
        if gone.is_empty() {
            Ok(())
        } else {
            self.store.settle_all(gone.into_iter().map(|e| (e.id, outcome.clone())).collect())
        }
    }

    fn send_what_is_due(&mut self) {
        let now = Instant::now();
        if self.door.is_held(now) && !self.once {
            return;
        }
        for id in self.queue.due_at(now) {
            if self.lanes.len() >= LANES {
                return;
            }
            let Some(open) = self.queue.get(&id).filter(|_| !self.queue.is_busy(id.recipient)) else { continue };
            let expires = self.live.load().config.mail_expire;
            // Both clocks must agree that its time is over; see `Open::since`.
            let old = until(open.entry.queued, Timestamp::now()) > expires && open.since.elapsed() > expires;
            // What knocks at a closed door is the first of those that waited.
            if (open.is_late || self.door.is_shut())
                && !(self.once || old)
                && let Some(later) = self.catching_up.next_place(id.recipient, now)
            {
                self.queue.put_off(&id, later);
                continue;
            }
            let attempt = Attempt::new(self.door.speaks_for(open.entry.clone()), old);
            self.queue.begin(&id);
            self.lanes.spawn(delivery::attempt(self.store.clone(), self.courier.clone(), attempt));
        }
    }

    fn finished(
        &mut self,
        attempt: Result<Result<Attempt, StoreError>, tokio::task::JoinError>,
    ) -> Result<(), StoreError> {
        let attempt = match attempt {
            Ok(attempt) => attempt?,
            Err(panicked) => {
                // Its recipient stays busy: that one lane is closed until a restart, and nobody else is held up.
                tracing::error!(error = %panicked, "a delivery failed inside; please report this");
                return Ok(());
            }
        };
        self.queue.end(&attempt.entry.id);
        self.sent += u64::from(attempt.sent);
        self.mind_the_relay(&attempt);
        if attempt.settled {
            self.queue.settle(&attempt.entry.id);
        } else {
            let wait = until(Timestamp::now(), attempt.entry.delivery.next_attempt);
            let again = (!self.once).then(|| Instant::now() + wait);
            self.queue.keep(attempt.entry, again, attempt.relay_usable == Some(false));
        }
        Ok(())
    }

    /// One probe by schedule instead of every mail knocking at a closed door; when it opens, all that waited for it is due.
    fn mind_the_relay(&mut self, attempt: &Attempt) {
        match attempt.relay_usable {
            None => {}
            Some(false) => self.door.was_shut(attempt.began, attempt.pause, attempt.entry.delivery.last_error.clone()),
            Some(true) => {
                if self.door.was_open(self.live.load().config.pace.outage) {
                    self.queue.call_back(Instant::now());
                    self.queue.all_are_late();
                }
                if self.door.recovered.is_some() {
                    self.compose_at = Some(Instant::now());
                }
            }
        }
    }

    /// Since when no mail got through before this start: since the oldest that was tried in vain was queued, unless another one was
    /// sent after that.
    fn stuck_at_start(&self) -> Result<Option<Timestamp>, StoreError> {
        let tried = self.queue.entries().filter(|entry| entry.delivery.attempts > 0);
        let Some(since) = tried.map(|entry| entry.queued).min() else { return Ok(None) };
        let sent_after = self.store.ledger(1)?.first().is_some_and(|last| match last.delivery.outcome {
            Some(Outcome::Sent { at, .. }) => at > since,
            _ => false,
        });
        Ok((!sent_after).then_some(since))
    }

    fn wakes_at(&self) -> Instant {
        let pulse = Instant::now() + BEAT;
        let pulse = self.compose_at.map_or(pulse, |at| at.min(pulse));
        let hold = self.door.hold.unwrap_or_else(Instant::now);
        let next = self.queue.next_due().map(|at| at.max(hold));
        // A full house wakes us by an attempt that ends.
        next.filter(|_| self.lanes.len() < LANES).map_or(pulse, |at| at.min(pulse))
    }

    async fn drain(mut self) -> Result<(), StoreError> {
        let end = Instant::now() + DRAIN;
        while !self.lanes.is_empty() {
            match tokio::time::timeout_at(end, self.lanes.join_next()).await {
                Ok(Some(attempt)) => self.finished(attempt)?,
                Ok(None) => break,
                Err(_) => {
                    let mails = self.lanes.len();
                    tracing::warn!(mails, "stopping although mails are under way: they may be sent twice");
                    break;
                }
            }
        }
        self.courier.close().await;
        Ok(())
    }
}

/// The time from one moment to a later one; none when it is not later.
pub(super) fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
