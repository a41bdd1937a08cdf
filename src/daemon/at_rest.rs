//! A value that is seldom looked at, packed: what is remembered of ten thousand sources between two polls takes a third of the memory
//! so, and unpacking it costs a poll half a microsecond. Knows nothing of what it holds.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A packed value.
pub(super) struct AtRest<T> {
    bytes: Box<[u8]>,
    holds: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> AtRest<T> {
    /// Packs a value.
    pub(super) fn new(value: &T) -> Self {
        let bytes = postcard::to_stdvec(value).expect("the values kept here are plain data, which always packs");
        Self { bytes: bytes.into_boxed_slice(), holds: PhantomData }
    }

    /// The value again.
    pub(super) fn wake(&self) -> T {
        postcard::from_bytes(&self.bytes).expect("it was packed by this process from a value of this type")
    }
}

impl<T: Serialize + DeserializeOwned + Default> Default for AtRest<T> {
    fn default() -> Self {
        Self::new(&T::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Moved, SourceState, Validators};

    #[test]
    fn what_is_remembered_of_a_source_wakes_as_it_was() {
        let url: url::Url = "https://outlet.example/feed".parse().expect("a test address");
        let state = SourceState {
            url: Some(url.clone()),
            validators: Validators { etag: Some(b"W/\"\xff\"".to_vec()), last_modified: None },
            moved: Some(Moved { url, polls: 2 }),
            next_check: Some(jiff::Timestamp::MAX),
            last_error: Some("connect to outlet.example: refused".to_owned()),
            items: u64::MAX,
            ..SourceState::default()
        };
        assert_eq!(AtRest::new(&state).wake(), state);
        assert_eq!(AtRest::<SourceState>::default().wake(), SourceState::default());
    }
}
