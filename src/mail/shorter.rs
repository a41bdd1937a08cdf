//! A mail once more as short plain text, for a server that refuses it as it is: too large, or with HTML it does not like. A bare
//! alert is worth more than none. Knows messages as [`assemble`](super::assemble) writes them.

use lettre::message::header::ContentType;
use mail_parser::{MessageParser, MimeHeaders};

use super::message::part;

/// Longest text, in bytes. In base64 and with its headers it stays below 10 kB, which no server takes for large.
const LONGEST: usize = 6 * 1024;
/// Where the text was cut off, in every language.
const CUT: &str = "\n[…]\n";
/// Headers that say how the body is written.
const OF_THE_BODY: [&str; 3] = ["mime-version", "content-type", "content-transfer-encoding"];

/// The message as short plain text, under the same Message-ID and the same other headers. None when it is that already, or has no
/// text that may stand alone: what was encrypted stays so.
#[must_use]
pub fn shorter(message: &[u8]) -> Option<Vec<u8>> {
    let parsed = MessageParser::default().parse(message)?;
    let kind = parsed.content_type()?;
    let is_alternatives = kind.ctype() == "multipart" && kind.subtype() == Some("alternative");
    let is_text = kind.ctype() == "text" && kind.subtype() == Some("plain");
    let text = parsed.body_text(0).filter(|_| is_alternatives || is_text)?.replace("\r\n", "\n");
    // Without the line ends that transfer adds, so that what was cut once is short.
    let text = text.trim_end();
    if is_text && text.len() <= LONGEST {
        return None;
    }
    let mut written = headers(message)?;
    written.extend_from_slice(b"MIME-Version: 1.0\r\n");
    written.extend(part(ContentType::TEXT_PLAIN, &cut(text)).formatted());
    Some(written)
}

/// The header fields that do not speak of the body, as they stand.
fn headers(message: &[u8]) -> Option<Vec<u8>> {
    let head = std::str::from_utf8(message.split(|byte| *byte == 0).next()?).ok()?;
    let head = &head[..head.find("\r\n\r\n")? + 2];
    let mut kept = String::with_capacity(head.len());
    let mut is_kept = true;
    for line in head.split_inclusive("\r\n") {
        // A line that begins with white space goes on with the field before it (RFC 5322 §2.2.3).
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            is_kept = !OF_THE_BODY.iter().any(|of_body| name.eq_ignore_ascii_case(of_body));
        }
        if is_kept {
            kept.push_str(line);
        }
    }
    Some(kept.into_bytes())
}

/// The beginning of a text, up to the end of a line.
fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let room = text.floor_char_boundary(LONGEST - CUT.len());
    let end = text[..room].rfind('\n').unwrap_or(room);
    format!("{}{CUT}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::super::{Draft, assemble};
    use super::*;
    use crate::model::Mailbox;

    fn message(text: &str, html: Option<String>) -> Vec<u8> {
        let mailbox = |address: &str| Mailbox { name: Some("Bureau de sécurité".into()), address: address.into() };
        let draft = Draft {
            from: mailbox("alerts@example.org"),
            to: mailbox("desk@example.net"),
            reply_to: None,
            subject: format!("[HIGH] Ménaka : {}", "attaque contre un convoi ".repeat(6)),
            date: "2026-11-23T04:05:06Z".parse().unwrap(),
            message_id: "0019abc.0.00ff@sahelwatch.example.org".into(),
            headers: vec![("Auto-Submitted".into(), "auto-generated".into())],
            text: text.into(),
            html,
        };
        assemble(&draft).unwrap()
    }

    #[test]
    fn what_was_refused_goes_as_text_under_its_own_headers() {
        let text = "Une attaque à Ménaka.\n.\nهجوم على قافلة\n";
        let whole = message(text, Some("<p>Une attaque</p>".repeat(900)));
        let short = shorter(&whole).unwrap();
        let (before, after) =
            (MessageParser::new().parse(&whole).unwrap(), MessageParser::new().parse(&short).unwrap());
        assert_eq!(after.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), text.trim_end());
        assert!(after.content_type().unwrap().ctype() == "text" && after.parts.len() == 1, "no HTML");
        for name in ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"] {
            assert_eq!(after.header_raw(name), before.header_raw(name), "{name}");
        }
        let short = String::from_utf8(short).unwrap();
        assert_eq!(short.matches("Content-Type").count(), 1, "{short}");
        assert!(short.lines().all(|line| line.len() <= 78) && !short.replace("\r\n", "").contains(['\r', '\n']));
        assert_eq!(shorter(short.as_bytes()), None, "it cannot be made shorter again");
    }

    #[test]
    fn a_long_text_is_cut_at_the_end_of_a_line_and_fits_in_ten_thousand_bytes() {
        for line in ["Une attaque à Ménaka a fait 40 morts.\n", "هجوم على قافلة في منكا\n", "x"] {
            let long = line.repeat(8_000);
            let short = shorter(&message(&long, None)).unwrap();
            assert!(short.len() <= 10_000, "{} bytes", short.len());
            let text = MessageParser::new().parse(&short).unwrap().body_text(0).unwrap().replace("\r\n", "\n");
            let (kept, rest) = text.split_once("\n[…]").unwrap();
            assert!(long.starts_with(kept) && kept.len() > LONGEST - 100 && rest.trim().is_empty());
            assert!(line == "x" || kept.ends_with(line.trim_end()), "{kept}");
            assert_eq!(shorter(&short), None);
        }
    }

    #[test]
    fn what_has_no_text_of_its_own_is_left_alone() {
        let plain = message("Une attaque\n", None);
        assert_eq!(shorter(&plain), None);
        let encrypted = String::from_utf8(message("x", Some("y".into()))).unwrap();
        let encrypted =
            encrypted.replace("multipart/alternative", "multipart/encrypted; protocol=\"application/pgp-encrypted\"");
        assert_eq!(shorter(encrypted.as_bytes()), None, "never in clear");
        assert_eq!(shorter(b""), None);
    }
}
