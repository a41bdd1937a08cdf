//! What the words mean, one file per language. Forms are written as people write them; the lexicon folds them.

pub(super) mod ar;
pub(super) mod en;
pub(super) mod fr;
pub(super) mod ha;
