//! What must hold for any input, one function for each target. The targets here run them on inputs without end, `tests/seeds.rs`
//! on the seeds and a few changes of each.

pub(crate) mod config;
pub(crate) mod entities;
pub(crate) mod feed;
pub(crate) mod fold;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod toll;
