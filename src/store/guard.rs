//! The engine panics on damage (51 of 60 flipped bits, not one of them an `Err`). Everything it does for us runs in
//! here, so that a panic becomes an error, and its message part of it instead of noise on standard error.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::StoreError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it is [`StoreError::Damaged`]. What `work` touched must not be used afterwards, which the
/// caller sees to by treating every such error as final.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    quiet_hook();
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.unwrap_or_else(|panic| Err(StoreError::Damaged { what: message(panic.as_ref()) }))
}

/// Keeps the panic messages of guarded threads, and of no others, off standard error.
fn quiet_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                loud(info);
            }
        }));
    });
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the engine panicked").lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        let error = guarded::<()>(|| panic!("bad page {}", 7)).unwrap_err();
        assert_eq!(error.to_string(), "the store is damaged: bad page 7; start again to set it aside");
        assert!(guarded(|| Ok(1)).is_ok_and(|one| one == 1));
    }
}
