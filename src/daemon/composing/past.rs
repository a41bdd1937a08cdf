//! The mails each reader was sent lately, against which their pace is measured. In memory; read from the outbox and the
//! ledger at start, with the sources of the items that each told of.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::alert::pace::PastMail;
use crate::model::{ItemId, NotificationId, SourceId};
use crate::store::{OutboxEntry, Store, StoreError};

/// How far back a pace may look: `throttle` and `overload` are at most per day.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// Mails of the ledger that are read, the newest.
const READ: usize = 10_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Past {
    by_recipient: HashMap<u64, Vec<PastMail>>,
}

impl Past {
    pub(super) fn read(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let mut past = Self::default();
        let mut entries = store.open_notifications()?;
        entries.extend(store.ledger(READ)?);
        let oldest = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        entries.retain(|entry| entry.queued >= oldest);
        entries.sort_by_key(|entry| entry.queued);
        // What a mail tells of waited for it, most of it for less than a day.
        let since = oldest.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        let mut sources: HashMap<NotificationId, BTreeSet<SourceId>> = HashMap::new();
        for (mail, item) in store.mailed_since(ItemId::at(since))? {
            sources.entry(mail).or_default().extend(store.source_of(item)?);
        }
        for OutboxEntry { id, queued, watches, reason, .. } in entries {
            let sources = sources.remove(&id).unwrap_or_default().into_iter().collect();
            past.add(id.recipient, PastMail { at: queued, watches, sources, kind: reason });
        }
        Ok(past)
    }

    /// The mails to a recipient, oldest first.
    pub(super) fn of(&self, recipient: u64) -> &[PastMail] {
        self.by_recipient.get(&recipient).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add(&mut self, recipient: u64, mail: PastMail) {
        let mails = self.by_recipient.entry(recipient).or_default();
        let oldest = mail.at.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        mails.retain(|known| known.at >= oldest);
        mails.push(mail);
    }
}
