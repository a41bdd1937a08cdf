//! Due alerts are addressed: from here on each waits for each of its readers, for a mail of its own or for a digest.

use crate::daemon::live::Live;
use crate::model::{Alert, Deliver, Digest, DigestId, Mailbox, Waiting, Watch};
use crate::store::{Store, StoreError};

/// Alerts of one transaction, each with a row for each of its readers.
const TOGETHER: usize = 64;

/// Addresses every alert that is due.
///
/// # Errors
/// The store's; then some are still due.
pub(super) fn address_due(store: &Store, live: &Live) -> Result<(), StoreError> {
    for due in store.due_alerts()?.chunks(TOGETHER) {
        let mut waiting = Vec::new();
        for alert in due {
            match live.watch(&alert.id.watch) {
                Some(watch) => waiting.extend(address(alert, watch, &live.config.digests)),
                None => tracing::info!(watch = %alert.id.watch, "alert withdrawn: its watch left the configuration"),
            }
        }
        let done: Vec<_> = due.iter().map(|alert| alert.id.clone()).collect();
        store.address(&waiting, &done)?;
    }
    Ok(())
}

fn address<'a>(alert: &'a Alert, watch: &'a Watch, digests: &'a [Digest]) -> impl Iterator<Item = Waiting> + use<'a> {
    watch.to.iter().zip(&watch.through).map(move |(reader, through)| Waiting {
        alert: alert.id.clone(),
        reader: reader.clone(),
        through: through.clone(),
        digest: digest_for_alert(watch, reader, digests),
        reason: alert.reason,
        raised: alert.raised,
        held: None,
    })
}

/// The digest that an alert of a watch waits for; None when a mail of its own tells of it.
pub(crate) fn digest_for_alert(watch: &Watch, reader: &Mailbox, digests: &[Digest]) -> Option<DigestId> {
    match watch.deliver {
        Deliver::Instant | Deliver::Both => None,
        Deliver::Digest => digest_for(watch, reader, digests).map(|digest| digest.id.clone()),
    }
}

/// The digest that tells a reader of a watch. Configuration sees to it that there is one for every watch that needs it.
pub(super) fn digest_for<'a>(watch: &Watch, reader: &Mailbox, digests: &'a [Digest]) -> Option<&'a Digest> {
    let tells = |digest: &&Digest| {
        digest.watches.contains(&watch.id)
            && digest.to.iter().any(|to| to.address.eq_ignore_ascii_case(&reader.address))
    };
    digests.iter().find(tells)
}
