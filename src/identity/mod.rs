//! identity

mod face;

pub use face::{Face, Known};
