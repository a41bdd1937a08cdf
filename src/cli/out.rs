//! Text to stdout and stderr, for every command: `out!`, `outln!` and `errln!` in place of the standard library's
//! macros, which panic where the reader went away (`sahelwatch sources | head -1`) or the disk of a redirected file is
//! full.
//!
//! A reader that went away has read enough: the rest is dropped, and the command ends as it would have. Any other
//! failure means that the caller has half a result: it is said once, and the command ends with [`exit::IO`].

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit;

/// Whether something could not be written that should have been.
static INCOMPLETE: AtomicBool = AtomicBool::new(false);

/// To stdout.
macro_rules! out {
    ($($text:tt)*) => { $crate::cli::out::print(format_args!($($text)*)) };
}

/// A line to stdout.
macro_rules! outln {
    ($($text:tt)*) => { $crate::cli::out::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// To stderr.
macro_rules! err {
    ($($text:tt)*) => { $crate::cli::out::tell(format_args!($($text)*)) };
}

/// A line to stderr.
macro_rules! errln {
    ($($text:tt)*) => { $crate::cli::out::tell(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) fn print(text: fmt::Arguments<'_>) {
    // Flushed, so that what was said stands before what stderr says next.
    let mut stdout = io::stdout().lock();
    note(stdout.write_fmt(text).and_then(|()| stdout.flush()));
}

/// Where stderr is gone there is nobody left to tell.
pub(super) fn tell(text: fmt::Arguments<'_>) {
    io::stderr().lock().write_fmt(text).ok();
}

/// Takes note of how writing a result went; says whether there is still somebody to write for.
pub(super) fn note(written: io::Result<()>) -> bool {
    match written {
        Ok(()) => true,
        Err(error) => {
            let gone = error.kind() == ErrorKind::BrokenPipe;
            if !gone && !INCOMPLETE.swap(true, Ordering::Relaxed) {
                errln!("error: write the result: {error}; what was written is not complete");
            }
            false
        }
    }
}

/// The exit code of a command that came to `code`.
pub(super) fn verdict(code: u8) -> u8 {
    if INCOMPLETE.load(Ordering::Relaxed) { exit::IO } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        assert!(note(Ok(())));
        assert!(!note(Err(ErrorKind::BrokenPipe.into())));
        assert_eq!(verdict(exit::NEGATIVE), exit::NEGATIVE);
    }
}
