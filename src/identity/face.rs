//! What the store keeps of an item's identity: opaque hashes to find it again by. How they are made, and what a hit means, is
//! decided beside this file; the store only looks them up.

use serde::{Deserialize, Serialize};

use crate::model::ItemId;

/// One sight of an item: what it looked like in one document. All hashes are xxh3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Face {
    /// Hash of the entry id the document gave; means something within its source only.
    pub entry: Option<u64>,
    /// Hashes of the canonical link's host and of the rest of it.
    pub link: Option<(u32, u64)>,
    /// Hash of the text.
    pub text: u64,
    /// Hash of the title; means something within its source only.
    pub title: u64,
}

/// Which stored items share a part of a [`Face`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// The item last seen under this entry id in this source.
    pub by_entry: Option<ItemId>,
    /// The item last seen under this link, in any source.
    pub by_link: Option<ItemId>,
    /// The item last seen with this text, in any source.
    pub by_text: Option<ItemId>,
    /// The item last seen under this title in this source.
    pub by_title: Option<ItemId>,
}
