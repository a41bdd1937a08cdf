//! One attempt to deliver one notification, and its record. What the transport said becomes a state of the outbox here, and
//! nowhere else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::counters::Counters;
use crate::mail::{self, RetryKind, Transport, Verdict};
use crate::model::{Delivery, Notification, Outcome};
use crate::schedule;
use crate::store::{OutboxEntry, Store, StoreError};

/// Least time between two logins that were refused, so that no account is locked.
const LOGIN_PAUSE: Duration = Duration::from_secs(300);

/// The transport in force, and in whose name mail leaves.
pub(crate) struct Courier {
    transport: arc_swap::ArcSwap<(Transport, String)>,
    pub(crate) counters: Counters,
    /// Since when, and why, nothing is sent until a person sees to it.
    stopped: Mutex<Option<(Timestamp, String)>>,
}

impl Courier {
    pub(crate) fn new(transport: Transport, from: String) -> Self {
        let transport = arc_swap::ArcSwap::from_pointee((transport, from));
        Self { transport, counters: Counters::default(), stopped: Mutex::default() }
    }

    /// The same, counting here what it delivers.
    pub(crate) fn counted(self, counters: Counters) -> Self {
        Self { counters, ..self }
    }

    /// Uses another transport from the next mail on.
    pub(crate) fn replace(&self, transport: Transport, from: String) {
        self.transport.store(std::sync::Arc::new((transport, from)));
    }

    /// Since when, and why, nothing is sent until a person sees to it: the login is refused, or the connection cannot be protected
    /// as configured. None when that is not so, or not known yet.
    pub(crate) fn stopped(&self) -> Option<(Timestamp, String)> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Minds what an attempt says of it. What cannot be reached says nothing of its login.
    fn mind(&self, verdict: &Verdict) {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        match verdict {
            Verdict::Retry { error, kind: RetryKind::Login | RetryKind::Insecure } => {
                if stopped.is_none() {
                    tracing::error!(
                        error,
                        "no mail leaves until a person sees to it: nobody is told; see `sahelwatch mail test`"
                    );
                }
                let since = stopped.take().map_or_else(Timestamp::now, |(since, _)| since);
                *stopped = Some((since, error.clone()));
            }
            Verdict::Retry { kind: RetryKind::Unreachable, .. } => {}
            _ => *stopped = None,
        }
    }

    pub(crate) async fn close_idle(&self) {
        self.transport.load_full().0.close_idle().await;
    }

    pub(crate) async fn close(&self) {
        self.transport.load_full().0.close().await;
    }
}

/// An attempt: what is tried, and afterwards how it went.
pub(crate) struct Attempt {
    pub(crate) entry: OutboxEntry,
    pub(crate) began: Instant,
    /// Whether its time is over: then it is not tried but ended.
    old: bool,
    /// Whether it reached a final state.
    pub(crate) settled: bool,
    /// Whether that state is "accepted".
    pub(crate) sent: bool,
    /// Whether the relay could be used, whatever it said of the mail; None when it was not asked.
    pub(crate) relay_usable: Option<bool>,
    /// Least wait before the relay is tried again.
    pub(crate) pause: Duration,
}

impl Attempt {
    pub(crate) fn new(entry: OutboxEntry, old: bool) -> Self {
        let began = Instant::now();
        Self { entry, began, old, settled: false, sent: false, relay_usable: None, pause: Duration::ZERO }
    }
}

/// Makes the attempt and records what came of it before returning.
///
/// # Errors
/// The store's: then the outcome is not recorded, and the caller must stop.
pub(crate) async fn attempt(
    store: Store,
    courier: std::sync::Arc<Courier>,
    attempt: Attempt,
) -> Result<Attempt, StoreError> {
    if attempt.old {
        let last_error = attempt.entry.delivery.last_error.clone().unwrap_or_else(|| "never tried".to_owned());
        return settle(store, &courier.counters, attempt, Outcome::Expired { at: Timestamp::now(), last_error }).await;
    }
    let id = attempt.entry.id.clone();
    let (reading, wanted) = (store.clone(), id.clone());
    let Some(notification) = in_background(move || reading.notification(&wanted)).await? else {
        return Ok(Attempt { settled: true, ..attempt });
    };
    let mut verdict = send(&courier, &notification, &notification.message).await;
    if let Verdict::Refused { answer, for_content: true } = &verdict
        && let Some(short) = mail::shorter(&notification.message)
    {
        tracing::warn!(notification = %id, answer, "refused as it is, sent once more as short plain text");
        // Kept first: whatever happens next, what was refused is not offered again.
        let (rewriting, short) = (store.clone(), std::sync::Arc::new(short));
        let kept = short.clone();
        in_background(move || rewriting.rewrite(&id, &kept)).await?;
        verdict = send(&courier, &notification, &short).await;
    }
    record(store, &courier.counters, attempt, verdict).await
}

/// Hands a message over, and minds what came of it.
async fn send(courier: &Courier, notification: &Notification, message: &[u8]) -> Verdict {
    let way = courier.transport.load_full();
    let verdict = way.0.send(&way.1, &notification.to.address, &notification.id.to_string(), message).await;
    courier.mind(&verdict);
    verdict
}

/// Every verdict of the transport, and what it means for the outbox.
async fn record(store: Store, counters: &Counters, attempt: Attempt, verdict: Verdict) -> Result<Attempt, StoreError> {
    let at = Timestamp::now();
    let attempt = Attempt { relay_usable: Some(true), ..attempt };
    match verdict {
        Verdict::Sent { answer } => settle(store, counters, attempt, Outcome::Sent { at, answer }).await,
        Verdict::Refused { answer, .. } => settle(store, counters, attempt, Outcome::Refused { at, answer }).await,
        Verdict::Retry { error, kind } => {
            let relay_usable = Some(!matches!(kind, RetryKind::Unreachable | RetryKind::Login | RetryKind::Insecure));
            let pause = if kind == RetryKind::Login { LOGIN_PAUSE } else { Duration::ZERO };
            counters.postponed();
            postpone(store, Attempt { relay_usable, pause, ..attempt }, error).await
        }
    }
}

async fn settle(store: Store, counters: &Counters, attempt: Attempt, outcome: Outcome) -> Result<Attempt, StoreError> {
    super::log::outcome(&attempt.entry.id, attempt.entry.delivery.attempts, &outcome);
    counters.ended(&outcome);
    let sent = matches!(outcome, Outcome::Sent { .. });
    let id = attempt.entry.id.clone();
    in_background(move || store.settle(&id, outcome)).await?;
    Ok(Attempt { settled: true, sent, ..attempt })
}

async fn postpone(store: Store, mut attempt: Attempt, error: String) -> Result<Attempt, StoreError> {
    let before = &attempt.entry.delivery;
    if before.last_error.as_ref() == Some(&error) {
        tracing::debug!(notification = %attempt.entry.id, attempts = before.attempts + 1, error, "not accepted again");
    } else {
        tracing::warn!(notification = %attempt.entry.id, attempts = before.attempts + 1, error, "not accepted yet, will be tried again");
    }
    attempt.entry.delivery = postponed(&attempt.entry, error, attempt.pause);
    let (id, delivery) = (attempt.entry.id.clone(), attempt.entry.delivery.clone());
    in_background(move || store.postpone(&id, delivery)).await?;
    Ok(attempt)
}

/// How a delivery stands after an attempt that was not the last.
fn postponed(entry: &OutboxEntry, error: String, pause: Duration) -> Delivery {
    let now = Timestamp::now();
    let attempts = entry.delivery.attempts.saturating_add(1);
    let next_attempt = schedule::next_attempt(now, attempts, fastrand::f64()).max(schedule::later(now, pause));
    Delivery { attempts, next_attempt, last_error: Some(error), outcome: None }
}

/// Store verbs block; the runtime must not.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(lost) => match lost.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: only a runtime that is going away does that, and this task with it.
            Err(_) => std::future::pending().await,
        },
    }
}
