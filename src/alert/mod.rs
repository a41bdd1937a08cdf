//! What a person is sent when a watch matched: composes mails, purely. Knows nothing of when they are sent, of the store or of
//! SMTP.

mod compose;
mod excerpt;
mod labels;
mod line;
mod link;
mod moment;
mod plain;
mod view;

pub use compose::{Letter, Occasion, compose};
pub use excerpt::Run;
pub(crate) use excerpt::{excerpt, headline};

/// Names a recipient inside a [`crate::model::NotificationId`], so that an id shown to one person names no other: xxh3-64 of the
/// lower-cased address. Stored ids depend on it.
#[must_use]
pub fn recipient_hash(address: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(address.to_ascii_lowercase().as_bytes())
}

#[cfg(test)]
mod golden;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_keeps_its_hash() {
        assert_eq!(recipient_hash("amina@example.org"), 0x7361_4fec_c421_243a);
        assert_eq!(recipient_hash("Amina@Example.ORG"), recipient_hash("amina@example.org"));
    }
}
