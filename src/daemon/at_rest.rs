//! A value that is seldom looked at, packed: how ten thousand sources stand between two polls takes half the memory so, and unpacking
//! it costs half a microsecond. Knows nothing of what it holds.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A packed value.
#[derive(Debug)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Habit, Health, Proposal, Standing};

    #[test]
    fn how_a_source_stands_wakes_as_it_was() {
        let proposal = Proposal {
            url: "https://outlet.example/feed".parse().expect("a test address"),
            found: jiff::Timestamp::MAX,
            how: "named by the home page".to_owned(),
            is_kin: true,
            applied: false,
        };
        let standing = Standing {
            health: Health::Failing,
            since: Some(jiff::Timestamp::MIN),
            evidence: Some(Evidence { status: Some(u16::MAX), what: "pas trouvé".to_owned(), sample: None }),
            habit: Habit { hours: [f32::MIN_POSITIVE; 24], items: f32::MAX, ..Habit::default() },
            polls: u32::MAX,
            proposal: Some(Box::new(proposal)),
            ..Standing::default()
        };
        assert_eq!(AtRest::new(&standing).wake(), standing);
        assert_eq!(AtRest::new(&Standing::default()).wake(), Standing::default());
    }
}
