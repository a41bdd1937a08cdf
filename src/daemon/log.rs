//! What is logged of polls and deliveries, at which level: nothing new is debug; new items, a send and a recovery are info; what
//! will be tried again is a warning, once per error; what needs a person is an error.

use super::poll::{Answer, Polled};
use crate::model::{Outcome, SourceState};

/// Logs a poll; `after` is the state it leads to.
pub(super) fn poll(polled: &Polled, after: &SourceState) {
    let source = &polled.job.plan.source.id;
    let before = &polled.job.state;
    match &polled.answer {
        Err(error) if before.last_error == after.last_error => {
            tracing::debug!(%source, failures = after.failures, %error, "poll failed again");
        }
        Err(error) => tracing::warn!(%source, failures = after.failures, %error, "poll failed, will be tried again"),
        Ok(_) if before.failures > 0 => tracing::info!(%source, failures = before.failures, "source answers again"),
        Ok(Answer::Unchanged { .. }) => tracing::debug!(%source, "nothing new"),
        Ok(Answer::Read(reading)) if after.last_error.is_some() && after.last_error != before.last_error => {
            tracing::warn!(%source, items = reading.parsed.items.len(), problem = after.last_error, "source read in part");
        }
        Ok(Answer::Read(reading)) => tracing::debug!(%source, items = reading.parsed.items.len(), "read"),
    }
}

/// Logs the end of a notification.
pub(super) fn outcome(notification: &crate::model::NotificationId, attempts: u32, outcome: &Outcome) {
    match outcome {
        Outcome::Sent { answer, .. } => tracing::info!(%notification, attempts = attempts + 1, answer, "sent"),
        Outcome::Refused { answer, .. } => {
            tracing::error!(%notification, answer, "refused for good: nobody was told; check the address and the relay");
        }
        Outcome::Expired { last_error, .. } => {
            tracing::error!(%notification, attempts, last_error, "expired: nobody was told; check the relay");
        }
        Outcome::Withdrawn { .. } => tracing::info!(%notification, "withdrawn: its recipient left the configuration"),
    }
}
