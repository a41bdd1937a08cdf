//! A letter is frozen: as the whole message that goes out, byte for byte, whatever happens before it does.

use jiff::Timestamp;

use crate::alert::Letter;
use crate::mail::{self, Draft, Outside};
use crate::model::{KeyFile, Mailbox, Notification, NotificationId, Reason, Severity, WatchId};

/// What a letter is frozen with.
pub(crate) struct Envelope<'a> {
    pub(crate) settings: &'a mail::Settings,
    pub(crate) to: &'a Mailbox,
    /// The key it is encrypted to.
    pub(crate) key: Option<&'a KeyFile>,
    pub(crate) id: NotificationId,
    pub(crate) reason: Reason,
    pub(crate) severity: Severity,
    pub(crate) watches: Vec<WatchId>,
    pub(crate) now: Timestamp,
}

/// Freezes a letter. None when it cannot be written; the journal says why.
pub(crate) fn freeze(letter: Letter, envelope: Envelope<'_>) -> Option<Notification> {
    let Letter { subject, title, text, html, headers, message_id } = letter;
    let Envelope { settings, to, key, id, reason, severity, watches, now } = envelope;
    let draft = Draft {
        from: settings.from.clone(),
        to: to.clone(),
        reply_to: settings.reply_to.clone(),
        subject: if key.is_some() { title } else { subject.clone() },
        date: now,
        message_id: message_id.trim_matches(['<', '>']).to_owned(),
        headers,
        text,
        html,
    };
    let message = write(&draft, &subject, key)
        .inspect_err(|error| tracing::error!(notification = %id, error, "mail cannot be written, and its alerts wait"))
        .ok()?;
    Some(Notification { message, id, to: to.clone(), reason, severity, watches, subject, queued: now })
}

/// The message, encrypted where the reader has a key: then `outside` is the subject that everybody on the way sees.
fn write(draft: &Draft, outside: &str, key: Option<&KeyFile>) -> Result<Vec<u8>, String> {
    let Some(key) = key else { return mail::assemble(draft).map_err(|error| error.to_string()) };
    // The reader is discreet, so what their letter is filed under tells nothing.
    let list_id = draft.headers.iter().find(|(name, _)| name == "List-Id").map(|(_, value)| value.clone());
    let outside = Outside { subject: outside.to_owned(), list_id };
    mail::assemble_encrypted(draft, &outside, key, draft.date).map_err(|error| error.to_string())
}
