//! What is kept. The only module that names sled.

use std::path::PathBuf;

/// Where and how to keep; filled by `config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The state folder; the store makes its own folder inside.
    pub path: PathBuf,
    /// Page cache of the engine, in bytes.
    pub cache: u64,
}
