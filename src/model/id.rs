//! Names people give to sources, watches and digests: short slugs that are safe in headers, file names and commands.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest id accepted, in bytes. Ids stand in mail headers and store keys, which should stay short.
pub(crate) const MAX_ID: usize = 64;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an id: use 1 to {MAX_ID} of a-z, 0-9 and -, starting with a letter or digit")]
pub struct BadId {
    /// The text as given.
    pub given: String,
}

fn checked(given: &str) -> Result<Arc<str>, BadId> {
    let starts_well = given.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let clean = given.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if starts_well && clean && given.len() <= MAX_ID {
        Ok(given.into())
    } else {
        Err(BadId { given: given.to_owned() })
    }
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and keeps the id.
            ///
            /// # Errors
            /// [`BadId`] when the text is not a slug.
            pub fn new(given: &str) -> Result<Self, BadId> {
                checked(given).map(Self)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same text, shared with the id.
            #[must_use]
            pub fn text(&self) -> Arc<str> {
                self.0.clone()
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(given: String) -> Result<Self, BadId> {
                Self::new(&given)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }
    };
}

slug!(
    /// The id of a `[[source]]`.
    SourceId
);
slug!(
    /// The id of a `[[watch]]`.
    WatchId
);
slug!(
    /// The id of a `[[digest]]`.
    DigestId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_lower_case_slug() {
        for good in ["rfi-afrique", "24h", "a"] {
            assert_eq!(SourceId::new(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "-a", "RFI", "a b", "é", "a\r\nb", &"a".repeat(65)] {
            assert!(SourceId::new(bad).is_err(), "{bad:?}");
        }
    }
}
