//! text

pub mod direction;
pub mod display;
