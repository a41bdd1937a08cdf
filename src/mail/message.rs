//! A mail as content, and the bytes it becomes. Knows the message format (RFC 5322, MIME), not what alerts look like.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MessageBuilder, MultiPart, SinglePart};
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
    /// The HTML part; without one the mail is the text alone.
    pub html: Option<String>,
}

/// Longest Message-ID, in bytes: some stores cut longer ones and then fail to fold repeats.
const MAX_MESSAGE_ID: usize = 250;

/// Headers that are written from the draft's own fields, lower case.
const OWN_HEADERS: [&str; 11] =
    ["from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "return-path"];

/// Writes the draft as a message: CRLF line ends, 7-bit, lines within 998 bytes, text and HTML as alternatives. The same draft
/// always gives the same bytes. Header values are cleaned of control, bidi and invisible characters; bodies are taken as given.
///
/// # Errors
/// [`MailError::Address`], [`MailError::MessageId`] and [`MailError::Header`] for what no draft of ours should contain.
pub fn assemble(draft: &Draft) -> Result<Vec<u8>, MailError> {
    write(draft, "")
}

/// As [`assemble`], with further parameters of the message's own `Content-Type`: each with its semicolon before it.
pub(super) fn write(draft: &Draft, parameters: &str) -> Result<Vec<u8>, MailError> {
    let message = headers(draft)?;
    let typed = |kind: &str| ContentType::parse(&format!("{kind}{parameters}")).expect("a constant media type");
    let message = match &draft.html {
        Some(html) => {
            let boundary = boundary(draft);
            let mut alternatives = MultiPart::alternative()
                .boundary(&boundary)
                .singlepart(part(ContentType::TEXT_PLAIN, &draft.text))
                .singlepart(part(ContentType::TEXT_HTML, html));
            alternatives.headers_mut().set(typed(&format!("multipart/alternative; boundary=\"{boundary}\"")));
            message.multipart(alternatives)
        }
        None => message.singlepart(part(typed("text/plain; charset=utf-8"), &draft.text)),
    };
    Ok(message.map_err(MailError::Message)?.formatted())
}

/// The draft's headers, without those of MIME.
pub(super) fn headers(draft: &Draft) -> Result<MessageBuilder, MailError> {
    let (from, to) = (mailbox(&draft.from)?, mailbox(&draft.to)?);
    // Unused here, but without it lettre reads the addresses back from its own headers.
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()]).map_err(MailError::Message)?;
    let mut message = Message::builder()
        .envelope(envelope)
        .from(from)
        .to(to)
        .subject(header::clean(&draft.subject))
        .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(draft.date.as_second()).unwrap_or(0)))
        .message_id(Some(message_id(&draft.message_id)?));
    if let Some(reply_to) = &draft.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    for (name, value) in &draft.headers {
        message = message.raw_header(HeaderValue::new(extra_name(name)?, header::clean_ascii(value)));
    }
    Ok(message)
}

/// What stands between the parts. `=_` can occur in neither of the two body encodings (RFC 2045 §6.7) nor in ASCII armour, so it
/// never occurs in a body.
pub(super) fn boundary(draft: &Draft) -> String {
    format!("=_{:016x}", xxh3_64(draft.message_id.as_bytes()))
}

/// The id in its angle brackets. It is made of our own ids, so anything odd in it is a mistake of ours.
fn message_id(given: &str) -> Result<String, MailError> {
    let plain = given.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\()".contains(&b));
    if plain && given.contains('@') && given.len() <= MAX_MESSAGE_ID {
        Ok(format!("<{given}>"))
    } else {
        Err(MailError::MessageId { given: given.to_owned() })
    }
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
pub(super) fn part(kind: ContentType, text: &str) -> SinglePart {
    let foreign = text.bytes().filter(|b| !b.is_ascii()).count();
    let encoding = if foreign * 6 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    let body = Body::new_with_encoding(text.to_owned(), encoding).expect("both encodings take any text");
    SinglePart::builder().content_type(kind).body(body)
}

#[cfg(test)]
mod tests {
    use mail_parser::{HeaderValue, MessageParser};

    use super::*;

    fn draft() -> Draft {
        let mailbox = |name: &str, address: &str| Mailbox { name: Some(name.into()), address: address.into() };
        Draft {
            from: mailbox("Sahelwatch", "alerts@example.org"),
            to: mailbox("Bureau sécurité", "desk@example.net"),
            reply_to: Some(mailbox("Desk (ops)", "ops@example.org")),
            subject: "[HIGH] Ménaka: attaque contre un convoi, هجوم على قافلة في منكا".into(),
            date: "2026-11-23T04:05:06Z".parse().unwrap(),
            message_id: "0019abc.0.00ff@sahelwatch.example.org".into(),
            headers: vec![
                ("List-Id".into(), "\"Sahelwatch: bf-attacks\" <bf-attacks.sahelwatch.example.org>".into()),
                (
                    "List-Unsubscribe".into(),
                    "<https://sahelwatch.example.org/u/0123456789abcdef0123456789abcdef>, <mailto:ops@example.org?subject=x>"
                        .into(),
                ),
                ("Auto-Submitted".into(), "auto-generated".into()),
            ],
            text: "Une attaque à Ménaka.\n.\nFrom here on\nهجوم على قافلة\n".into(),
            html: Some("<p>Une attaque</p>".into()),
        }
    }

    fn header_lines(message: &[u8]) -> Vec<String> {
        let text = std::str::from_utf8(message).unwrap();
        let unfolded = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        unfolded.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_draft_becomes_a_message_any_server_takes() {
        let message = assemble(&draft()).unwrap();
        assert!(message.is_ascii());
        let text = String::from_utf8(message).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']), "CRLF only");
        for line in text.split("\r\n") {
            assert!(line.len() <= 78 || line.starts_with(" <https:") || line.starts_with("List-Unsubscribe"), "{line}");
        }
        assert_eq!(
            header_lines(text.as_bytes()).iter().map(|line| line.split(':').next().unwrap()).collect::<Vec<_>>(),
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Reply-To",
                "List-Id",
                "List-Unsubscribe",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type"
            ]
        );
        for line in [
            "From: Sahelwatch <alerts@example.org>",
            "Date: Mon, 23 Nov 2026 04:05:06 +0000",
            "Message-ID: <0019abc.0.00ff@sahelwatch.example.org>",
            "List-Id: \"Sahelwatch: bf-attacks\" <bf-attacks.sahelwatch.example.org>",
            "List-Unsubscribe: <https://sahelwatch.example.org/u/0123456789abcdef0123456789abcdef>, \
             <mailto:ops@example.org?subject=x>",
        ] {
            assert!(header_lines(text.as_bytes()).iter().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_message_reads_back_as_its_draft() {
        let draft = draft();
        let message = assemble(&draft).unwrap();
        let read = MessageParser::new().parse(&message).unwrap();
        assert_eq!(read.subject(), Some(draft.subject.as_str()));
        assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Bureau sécurité"));
        assert_eq!(read.reply_to().unwrap().first().unwrap().address(), Some("ops@example.org"));
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), draft.text);
        assert_eq!(Some(read.body_html(0).unwrap().trim_end()), draft.html.as_deref());
    }

    #[test]
    fn the_same_draft_gives_the_same_bytes() {
        assert_eq!(assemble(&draft()).unwrap(), assemble(&draft()).unwrap());
        let other = Draft { message_id: "2@example.org".into(), ..draft() };
        assert_ne!(assemble(&draft()).unwrap(), assemble(&other).unwrap());
    }

    /// S16: whatever a source, a watch or a configuration says, the headers are those of a harmless draft.
    #[test]
    fn no_text_adds_a_header() {
        let breaks = ["\r\n", "\n", "\r", "\0", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}", "\u{c}", "\r\n\r\n", "\n\t"];
        let lines = ["Bcc: x@example.com", "Content-Type: text/html", "Subject: other", " continued", "<script>"];
        let mut payloads: Vec<String> =
            breaks.iter().flat_map(|b| lines.iter().map(move |line| format!("Alert{b}{line}é"))).collect();
        payloads.extend(breaks.iter().map(|b| format!("Alert{b}Bcc: x@example.com")));
        payloads.extend(
            ["=?utf-8?q?=0D=0ABcc:_x?=", "=?utf-8?b?DQpCY2M6IHg=?=", "a\",\"<x@example.com>", "\u{202e}x\u{2066}"]
                .map(Into::into),
        );
        payloads.extend(["a".repeat(5000), "é".repeat(5000), " ".repeat(5000), String::new(), "\\\"<>(),;:@".into()]);
        let names = |message: &[u8]| {
            let lines = header_lines(message);
            lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let golden = names(&assemble(&draft()).unwrap());
        for payload in &payloads {
            for field in 0..6 {
                let mut draft = draft();
                match field {
                    0 => draft.subject = payload.clone(),
                    1 => draft.from.name = Some(payload.clone()),
                    2 => draft.to.name = Some(payload.clone()),
                    3 => draft.reply_to.as_mut().unwrap().name = Some(payload.clone()),
                    4 => draft.headers[0].1 = payload.clone(),
                    _ => (draft.text, draft.html) = (payload.clone(), Some(payload.clone())),
                }
                let message = assemble(&draft).unwrap();
                assert_eq!(names(&message), golden, "field {field}: {payload:.99?}");
                assert!(
                    message.is_ascii() && message.split(|b| *b == b'\n').all(|line| line.len() <= 998),
                    "field {field}: {payload:.99?}"
                );
                let read = MessageParser::new().parse(&message).unwrap();
                assert_eq!(read.parts.len(), 3, "field {field}: {payload:.99?}");
                assert_eq!(read.from().unwrap().iter().count(), 1, "field {field}: {payload:.99?}");
                for header in read.headers() {
                    if let HeaderValue::Text(decoded) = header.value() {
                        assert!(!decoded.contains(|c: char| c.is_control() || c == '\u{202e}'), "{decoded:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_odd_address_or_header_name_is_refused() {
        let with = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            assemble(&draft)
        };
        assert!(matches!(with(|d| d.to.address.push_str("\r\nBcc: x")), Err(MailError::Address { .. })));
        assert!(matches!(with(|d| d.message_id.push_str(">\r\nBcc: x")), Err(MailError::MessageId { .. })));
        assert!(matches!(with(|d| d.message_id = "no-domain".into()), Err(MailError::MessageId { .. })));
        for name in ["Subject", "bcc", "Content-Type", "X Y", "X-A:", "X-A\r\nBcc", "X-É", ""] {
            let mut draft = draft();
            draft.headers.push((name.into(), "x".into()));
            assert!(matches!(assemble(&draft), Err(MailError::Header { .. })), "{name:?}");
        }
    }
}
