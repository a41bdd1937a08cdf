//! HTML.

/// Deepest nesting accepted.
pub const MAX_DEPTH: usize = 512;
