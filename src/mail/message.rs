//! A mail as content, and the bytes it becomes. Knows the message format (RFC 5322, MIME), not what alerts look like.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, SinglePart};
use xxhash_rust::xxh3::xxh3_64;

use super::{MailError, address, header};
use crate::model::Mailbox;

/// A mail as content: everything that decides its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `From`.
    pub from: Mailbox,
    /// `To`: one recipient, so that nobody learns who else is told.
    pub to: Mailbox,
    /// `Reply-To`.
    pub reply_to: Option<Mailbox>,
    /// `Subject`, any Unicode.
    pub subject: String,
    /// `Date`, written in UTC; nothing before 1970.
    pub date: Timestamp,
    /// `Message-ID`, without its angle brackets.
    pub message_id: String,
    /// Further headers in this order: ASCII name, ASCII value. Values fold at spaces only, so a long one needs some.
    pub headers: Vec<(String, String)>,
    /// The text part, LF or CRLF line ends.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Headers that are written from the draft's own fields, lower case.
const OWN_HEADERS: [&str; 11] =
    ["from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "return-path"];

/// Writes the draft as a message: CRLF line ends, 7-bit, lines within 998 bytes, text and HTML as alternatives. The same draft
/// always gives the same bytes. Header values are cleaned of control, bidi and invisible characters; bodies are taken as given.
///
/// # Errors
/// [`MailError::Address`] and [`MailError::Header`] for what no draft of ours should contain.
pub fn assemble(draft: &Draft) -> Result<Vec<u8>, MailError> {
    let (from, to) = (mailbox(&draft.from)?, mailbox(&draft.to)?);
    // Unused here, but without it lettre reads the addresses back from its own headers.
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()]).map_err(MailError::Message)?;
    let mut message = Message::builder()
        .envelope(envelope)
        .from(from)
        .to(to)
        .subject(header::clean(&draft.subject))
        .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(draft.date.as_second()).unwrap_or(0)))
        .message_id(Some(format!("<{}>", header::clean_ascii(&draft.message_id).replace(' ', ""))));
    if let Some(reply_to) = &draft.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    for (name, value) in &draft.headers {
        message = message.raw_header(HeaderValue::new(extra_name(name)?, header::clean_ascii(value)));
    }
    // `=_` can occur in neither of the two body encodings (RFC 2045 §6.7), so the boundary never occurs in a body.
    let boundary = format!("=_{:016x}", xxh3_64(draft.message_id.as_bytes()));
    let alternatives = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &draft.text))
        .singlepart(part(ContentType::TEXT_HTML, &draft.html));
    Ok(message.multipart(alternatives).map_err(MailError::Message)?.formatted())
}

fn mailbox(mailbox: &Mailbox) -> Result<lettre::message::Mailbox, MailError> {
    let name = mailbox.name.as_deref().map(header::clean).filter(|name| !name.is_empty());
    Ok(lettre::message::Mailbox::new(name, address::parse(&mailbox.address)?))
}

fn extra_name(name: &str) -> Result<HeaderName, MailError> {
    let bad = || MailError::Header { name: name.to_owned() };
    let lower = name.to_ascii_lowercase();
    let token = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !token || OWN_HEADERS.contains(&lower.as_str()) || lower.starts_with("content-") {
        return Err(bad());
    }
    HeaderName::new_from_ascii(name.to_owned()).map_err(|_| bad())
}

/// A part in quoted-printable or base64, whichever is shorter: 3 bytes for each non-ASCII byte, or 4 for 3 of any. Never 7bit,
/// so that no line of a body can mean anything to a mail server.
fn part(kind: ContentType, text: &str) -> SinglePart {
    let foreign = text.bytes().filter(|b| !b.is_ascii()).count();
    let encoding = if foreign * 6 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    let body = Body::new_with_encoding(text.to_owned(), encoding).expect("both encodings take any text");
    SinglePart::builder().content_type(kind).body(body)
}
