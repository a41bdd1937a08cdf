//! Exit codes, after sysexits.h where it has one; see also `man 1 grep` for 1.

use crate::daemon::Failure;
use crate::store::StoreError;

/// All went well.
pub const OK: u8 = 0;
/// Ran fine, and the answer is no: nothing found, something unhealthy.
pub const NEGATIVE: u8 = 1;
/// The arguments make no sense, or a failure of no other kind.
pub const USAGE: u8 = 2;
/// A service cannot be reached: the daemon, the mail server.
pub const UNAVAILABLE: u8 = 69;
/// The store or another file cannot be read or written.
pub const IO: u8 = 74;
/// Somebody else holds the store; try later.
pub const LOCKED: u8 = 75;
/// The configuration is wrong. systemd does not restart after it.
pub const CONFIG: u8 = 78;

/// The exit code of a failure.
#[must_use]
pub fn of(failure: &Failure) -> u8 {
    match failure {
        Failure::Store(StoreError::Locked { .. }) => LOCKED,
        Failure::Store(_) | Failure::Listen { .. } | Failure::Runtime(_) => IO,
        Failure::Mail(_) | Failure::Fetch(_) => CONFIG,
        Failure::Signals(_) | Failure::Opening(_) | Failure::Loop(_) => USAGE,
    }
}
