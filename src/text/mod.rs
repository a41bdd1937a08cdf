//! Text as matching sees it: folded, cut into words, with every word's place in the original kept.
//!
//! Keywords and documents pass through the same two steps, so a keyword finds what a reader would call the same word: case,
//! accents, Arabic hamza and ya forms, hooked letters and digits of other scripts are equal, and invisible characters are not
//! there. Nothing here knows of languages, queries or items.

pub mod direction;
pub mod display;
pub mod fold;
pub mod token;
mod token_shapes;

pub use token::{Kind, Token, Tokens};
