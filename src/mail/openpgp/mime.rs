//! PGP/MIME (RFC 3156) with header protection (RFC 9788): the whole mail goes inside, with its real headers, and
//! outside stands what delivery and threading need.

use jiff::Timestamp;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Body, MessageBuilder, MultiPart, SinglePart};

use super::super::message::{self, Draft};
use super::super::{MailError, header};
use super::encrypt::encrypt;
use super::{EncryptError, EncryptProblem, certificate};
use crate::model::KeyFile;

/// A subject that says nothing (RFC 9788 §3.2.1).
pub const OBSCURED_SUBJECT: &str = "[...]";

/// What everybody on the way reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// `Subject`: [`OBSCURED_SUBJECT`], or words that name no place, group or event.
    pub subject: String,
    /// `List-Id`, when there is one that names no watch.
    pub list_id: Option<String>,
}

/// The headers of a draft that stand outside as they are, lower case: they keep a story in one conversation, and keep
/// machines from answering. `From`, `To`, `Reply-To`, `Date` and `Message-ID` do too, since delivery needs them. All
/// others stay inside: those that name watches, items and sources, and `List-Unsubscribe`, which may.
const OUTSIDE: [&str; 5] = ["in-reply-to", "references", "auto-submitted", "precedence", "x-auto-response-suppress"];

/// Says that the headers inside are the real ones: `hp` by RFC 9788 §2.1, `protected-headers` by the draft before it,
/// which Thunderbird and K-9 Mail knew first. The newer one's readers ignore the older one.
const PROTECTED: &str = "; protected-headers=\"v1\"; hp=\"cipher\"";

/// Writes the draft as a message that only the holder of the key can read: text and HTML, the subject, and every header
/// that names something. It is not signed, since no key of ours is configured. No two writings are alike.
///
/// # Errors
/// What is wrong with the key or the draft, with the reader and the key's file. There is no message then, and
/// so none in the clear.
pub fn assemble_encrypted(
    draft: &Draft,
    outside: &Outside,
    key: &KeyFile,
    now: Timestamp,
) -> Result<Vec<u8>, EncryptError> {
    write(draft, outside, &key.armoured, now).map_err(|problem| EncryptError {
        reader: draft.to.address.clone(),
        key_file: key.path.clone(),
        problem,
    })
}

fn write(draft: &Draft, outside: &Outside, armoured: &str, now: Timestamp) -> Result<Vec<u8>, EncryptProblem> {
    let certificate = certificate::check(armoured, now)?;
    let around = message::headers(&outer(draft, outside))?;
    let inside = with_outer_headers(message::write(draft, PROTECTED)?, &fields(around.clone())?);
    let encrypted = encrypt(inside, &certificate.recipients, certificate.seipd_v2)?.replace('\n', "\r\n");
    let parts = MultiPart::encrypted("application/pgp-encrypted".to_owned())
        .boundary(message::boundary(draft))
        .singlepart(part("application/pgp-encrypted", None, "Version: 1\r\n".to_owned()))
        .singlepart(part("application/octet-stream; name=\"encrypted.asc\"", Some("encrypted.asc"), encrypted));
    Ok(around.multipart(parts).map_err(MailError::Message)?.formatted())
}

/// The draft without anything that names something.
fn outer(draft: &Draft, outside: &Outside) -> Draft {
    let kept = draft.headers.iter().filter(|(name, _)| OUTSIDE.contains(&name.to_ascii_lowercase().as_str()));
    let list_id = outside.list_id.iter().map(|id| ("List-Id".to_owned(), id.clone()));
    Draft {
        subject: header::clean(&outside.subject),
        headers: kept.cloned().chain(list_id).collect(),
        text: String::new(),
        html: None,
        ..draft.clone()
    }
}

/// Each header field as it is written, folds and all, without its last line end. Those of MIME are no part of the
/// protected headers (RFC 9788 calls them structural).
fn fields(around: MessageBuilder) -> Result<Vec<String>, MailError> {
    let block = around.body(String::new()).map_err(MailError::Message)?.headers().to_string();
    let mut fields: Vec<String> = Vec::new();
    for line in block.split("\r\n").filter(|line| !line.is_empty()) {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => *field = format!("{field}\r\n{line}"),
            _ => fields.push(line.to_owned()),
        }
    }
    fields.retain(|field| !field.starts_with("Content-") && !field.starts_with("MIME-Version:"));
    Ok(fields)
}

/// Writes into the mail which headers stand outside, so that the reader's program can tell what is confidential and
/// does not give it away in an answer, and can tell what was changed on the way (RFC 9788 §2.2).
fn with_outer_headers(mut inside: Vec<u8>, outer: &[String]) -> Vec<u8> {
    let end = inside.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(inside.len());
    let written: Vec<u8> = outer.iter().flat_map(|field| format!("\r\nHP-Outer: {field}").into_bytes()).collect();
    inside.splice(end..end, written);
    inside
}

fn part(kind: &str, name: Option<&str>, text: String) -> SinglePart {
    let kind = ContentType::parse(kind).expect("a constant media type");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::SevenBit).expect("ASCII in short lines");
    let part = SinglePart::builder().content_type(kind);
    match name {
        Some(name) => part.header(ContentDisposition::inline_with_name(name)).body(body),
        None => part.body(body),
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};
    use pgp::composed::{Deserializable, Message, SignedSecretKey};
    use pgp::types::Password;

    use super::*;
    use crate::model::Mailbox;

    const PRIVATE: &str = include_str!("../../../tests/fixtures/openpgp/private.asc");

    fn key() -> KeyFile {
        KeyFile {
            path: "/etc/sahelwatch/keys/amina.asc".into(),
            armoured: include_str!("../../../tests/fixtures/openpgp/reader.asc").to_owned(),
        }
    }

    fn now() -> Timestamp {
        "2026-11-26T12:00:00Z".parse().unwrap()
    }

    fn draft() -> Draft {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Draft {
            from: Mailbox { name: Some("Sahelwatch".into()), address: "alerts@example.org".into() },
            to: Mailbox { name: Some("Bureau sécurité".into()), address: "reader@example.org".into() },
            reply_to: Some(Mailbox { name: None, address: "ops@example.org".into() }),
            subject: "[HIGH] Ménaka: attaque contre un convoi, هجوم على قافلة في منكا".into(),
            date: "2026-11-23T04:05:06Z".parse().unwrap(),
            message_id: "0019abc.0.00ff@sahelwatch.example.org".into(),
            headers: vec![
                header("In-Reply-To", "<story.0019abc@sahelwatch.example.org>"),
                header("References", "<story.0019abc@sahelwatch.example.org>"),
                header("List-Id", "\"Sahelwatch: menaka-attacks\" <menaka-attacks.sahelwatch.example.org>"),
                header("List-Unsubscribe", "<mailto:ops@example.org?subject=menaka-attacks>"),
                header("Precedence", "list"),
                header("Auto-Submitted", "auto-generated"),
                header("X-Sahelwatch-Watch", "menaka-attacks"),
                header("X-Sahelwatch-Places", "Menaka"),
                header("X-Sahelwatch-Lang", "fr"),
            ],
            text: "Une attaque à Ménaka.\n".into(),
            html: Some("<p>Une attaque à Ménaka</p>".into()),
        }
    }

    fn outside() -> Outside {
        Outside { subject: OBSCURED_SUBJECT.into(), list_id: Some("<alerts.sahelwatch.example.org>".into()) }
    }

    fn encrypted(draft: &Draft) -> String {
        String::from_utf8(assemble_encrypted(draft, &outside(), &key(), now()).unwrap()).unwrap()
    }

    fn decrypted(message: &str) -> String {
        let (secret, _) = SignedSecretKey::from_string(PRIVATE).unwrap();
        let start = message.find("-----BEGIN PGP MESSAGE-----").unwrap();
        let (message, _) = Message::from_armor(&message.as_bytes()[start..]).unwrap();
        let mut opened = message.decrypt(&Password::empty(), &secret).unwrap();
        assert!(!opened.is_compressed());
        opened.as_data_string().unwrap()
    }

    fn field_names(message: &str) -> Vec<&str> {
        let head = message.split("\r\n\r\n").next().unwrap();
        head.split("\r\n").filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect()
    }

    #[test]
    fn outside_stands_what_delivery_needs_and_no_more() {
        let message = encrypted(&draft());
        assert_eq!(
            field_names(&message),
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Reply-To",
                "In-Reply-To",
                "References",
                "Precedence",
                "Auto-Submitted",
                "List-Id",
                "MIME-Version",
                "Content-Type"
            ]
        );
        for telling in ["enaka", "naka", "convoi", "attaque", "HIGH", "attacks", "X-Sahelwatch"] {
            assert!(!message.contains(telling), "{telling}:\n{message}");
        }
        let read = MessageParser::new().parse(&message).unwrap();
        assert_eq!(read.subject(), Some("[...]"));
        assert!(message.is_ascii() && !message.replace("\r\n", "").contains(['\r', '\n']), "CRLF only");
    }

    #[test]
    fn the_two_parts_are_those_of_rfc_3156() {
        let message = encrypted(&draft());
        let read = MessageParser::new().parse(&message).unwrap();
        let kinds: Vec<String> = (read.parts.iter())
            .map(|part| {
                part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap())).unwrap()
            })
            .collect();
        assert_eq!(kinds, ["multipart/encrypted", "application/pgp-encrypted", "application/octet-stream"]);
        assert_eq!(read.content_type().unwrap().attribute("protocol"), Some("application/pgp-encrypted"));
        assert_eq!(read.parts[1].contents(), b"Version: 1\r\n");
        assert_eq!(read.parts[2].attachment_name(), Some("encrypted.asc"));
        assert!(read.parts[2].content_disposition().unwrap().is_inline());
    }

    #[test]
    fn inside_stands_the_whole_mail_with_its_real_headers() {
        let draft = draft();
        let inside = decrypted(&encrypted(&draft));
        let read = MessageParser::new().parse(&inside).unwrap();
        assert_eq!(read.subject(), Some(draft.subject.as_str()));
        assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Bureau sécurité"));
        assert_eq!(read.message_id(), Some(draft.message_id.as_str()));
        let unfolded = inside.replace("\r\n ", " ");
        for (name, value) in &draft.headers {
            assert!(unfolded.contains(&format!("\r\n{name}: {value}\r\n")), "{name}:\n{inside}");
        }
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), draft.text);
        let kind = read.content_type().unwrap();
        assert_eq!((kind.attribute("hp"), kind.attribute("protected-headers")), (Some("cipher"), Some("v1")));
    }

    /// RFC 9788 §2.2: each field outside is named once inside, as it stands there; what is not outside is not named.
    #[test]
    fn inside_tells_what_stands_outside() {
        let message = encrypted(&draft());
        let inside = decrypted(&message);
        let told: Vec<&str> =
            inside.split("\r\nHP-Outer: ").skip(1).map(|rest| rest.split("\r\n").next().unwrap()).collect();
        let outer = message.split("\r\nMIME-Version").next().unwrap();
        let stands: Vec<&str> = outer.split("\r\n").filter(|line| !line.starts_with(' ')).collect();
        assert_eq!(told, stands);
        assert!(told.contains(&"Subject: [...]") && told.contains(&"List-Id: <alerts.sahelwatch.example.org>"));
    }

    #[test]
    fn a_mail_of_text_alone_stays_one() {
        let inside = decrypted(&encrypted(&Draft { html: None, ..draft() }));
        let read = MessageParser::new().parse(&inside).unwrap();
        assert_eq!((read.parts.len(), read.content_type().unwrap().subtype()), (1, Some("plain")));
        assert_eq!(read.content_type().unwrap().attribute("hp"), Some("cipher"));
        assert_eq!(read.body_text(0).unwrap().trim_end(), "Une attaque à Ménaka.");
    }

    #[test]
    fn a_key_that_cannot_be_used_gives_no_message() {
        let expired = KeyFile {
            path: "/etc/sahelwatch/keys/amina.asc".into(),
            armoured: include_str!("../../../tests/fixtures/openpgp/expiring.asc").to_owned(),
        };
        let later = "2027-03-01T00:00:00Z".parse().unwrap();
        let error = assemble_encrypted(&draft(), &outside(), &expired, later).unwrap_err();
        assert_eq!(
            error.to_string(),
            "encrypt mail to reader@example.org with the key /etc/sahelwatch/keys/amina.asc: the key expired on \
             2027-01-01; ask its owner to extend it, or for the new one"
        );
    }

    #[test]
    fn no_text_adds_a_header_inside_or_outside() {
        let plain = encrypted(&draft());
        for payload in ["x\r\nBcc: y@example.com", "x\r\n\r\nbody", "=?utf-8?q?=0D=0ABcc:_x?=", &"é".repeat(3000), ""]
        {
            let mut draft = draft();
            draft.subject = payload.into();
            draft.headers[2].1 = payload.into();
            let outside = Outside { subject: payload.into(), list_id: Some(payload.into()) };
            let message = assemble_encrypted(&draft, &outside, &key(), now()).unwrap();
            let message = String::from_utf8(message).unwrap();
            let inside = decrypted(&message);
            assert_eq!(field_names(&message), field_names(&plain), "{payload:.50?}");
            assert_eq!(field_names(&inside), field_names(&decrypted(&plain)), "{payload:.50?}");
        }
    }
}
