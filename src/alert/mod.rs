//! What a person is sent when a watch matched, and when: composes mails, and decides which are due, purely. Knows nothing
//! of how they are sent, of the store or of SMTP.
//!
//! In the order of reading: `life` decides on the alerts of one story, by what is new to its reader (`news`); `pace` on
//! all that is due for a reader, with the moments of `calendar`; `compose` writes the mail. `operator` writes those that
//! no reader gets.

pub mod calendar;
mod changes;
mod compose;
mod coverage;
mod excerpt;
mod figures;
pub mod gathering;
mod labels;
pub mod life;
mod limits;
mod line;
mod link;
mod moment;
mod news;
pub mod operator;
pub mod pace;
mod places;
mod plain;
mod sizes;
mod subject;
mod view;
mod why;

pub use compose::{Letter, Occasion, compose};
pub use excerpt::Run;
pub(crate) use excerpt::{excerpt, headline};
pub use news::{learn, news, wanted};

/// Names a recipient inside a [`crate::model::NotificationId`], so that an id shown to one person names no other: xxh3-64 of the
/// lower-cased address. Stored ids depend on it.
#[must_use]
pub fn recipient_hash(address: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(address.to_ascii_lowercase().as_bytes())
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod lint;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_keeps_its_hash() {
        assert_eq!(recipient_hash("amina@example.org"), 0x7361_4fec_c421_243a);
        assert_eq!(recipient_hash("Amina@Example.ORG"), recipient_hash("amina@example.org"));
    }
}
