//! Identity: whether an item is new, a changed text of a known one, or known, by the votes of its entry id, its canonical
//! address and its text. Pure: what the store knows is an argument. Knows nothing of watches.

mod copies;
#[cfg(test)]
mod copies_tests;
mod decide;
mod face;

pub mod link;
mod overlay;
mod resemble;
mod sketch;

pub use copies::{Copies, CopyOf};
pub use decide::{Habits, MAX_REVISIONS, Record, Sighting, Verdict, identify};
pub use face::{Face, Known, face};
pub use overlay::Overlay;
pub use sketch::Sketch;
