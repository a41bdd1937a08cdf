//! tmp
pub mod tree;
