//! What systemd is told: opening, ready, reloading, status, alive, stopping. Outside systemd nothing is said.

use sd_notify::NotifyState;

use crate::store::Reading;

/// Tells systemd, when it listens.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd was not told");
    }
}

/// The store is still being read: do not give the start up, as long as this is said every minute.
pub(crate) fn opening(reading: Reading) {
    let share = reading.read.saturating_mul(100) / reading.rows.max(1);
    let line = format!("reading the store through, {share} % done");
    tell(&[NotifyState::ExtendTimeoutUsec(60_000_000), NotifyState::Status(&line)]);
}

/// The daemon is up: configuration, store and first schedule stand.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The configuration is being read again; systemd wants the time with it, else `reload` waits in vain.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "systemd was not told of the reload"),
    }
}

/// One line for `systemctl status`.
pub(crate) fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// Every loop moved: do not kill us.
pub(crate) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// The daemon is going down.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}
