//! Whole runs on the health of sources: days of polls in which a source breaks in one way, with exactly the state, the mail to
//! the operator and the evidence that is due, and nothing to readers but news.

mod contents;
mod dates;
mod failures;
mod moves;
mod network;
mod silence;
pub mod vigil;
