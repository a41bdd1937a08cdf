//! Further request headers as they stand in a secret file: one `Name: value` a line. Problems name the line and, where it is one
//! of ours, the header; never what else is in it.

use crate::model::Secret;

/// Most of all lines together, in bytes; nginx and Apache refuse requests with more than 8 kB of headers.
const MOST: usize = 8000;

/// Headers that are ours to say: to whom a request goes and where it ends (RFC 9112 §3.2, §6), what concerns one connection
/// (RFC 9110 §7.6.1), which codings can be read, which part is wanted, and what was there before. Wrong ones would make an answer
/// unreadable, or an item be taken for known.
const OURS: [&str; 18] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Why a line is no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadHeader {
    #[error("line {0} is not `Name: value`")]
    NotAHeader(usize),
    #[error("the name in line {0} has a character that a header's name cannot have")]
    Name(usize),
    #[error("the value in line {0} is empty")]
    Empty(usize),
    #[error("the value in line {0} has a character beyond printable ASCII")]
    Value(usize),
    #[error("line {0} sets `{1}`, which this program says itself")]
    Ours(usize, &'static str),
    #[error("line {0} sets `User-Agent`, which has a key of its own: `user_agent`")]
    UserAgent(usize),
    #[error("line {0} sets a header that line {1} sets already")]
    Twice(usize, usize),
    #[error("the headers are larger than 8 kB, which servers refuse")]
    TooLarge,
}

/// Reads headers, in their order. Empty lines count for nothing.
pub(super) fn read(text: &str) -> Result<Vec<(String, Secret)>, BadHeader> {
    if text.len() > MOST {
        return Err(BadHeader::TooLarge);
    }
    let mut headers: Vec<(String, Secret)> = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = header(number, line)?;
        if let Some(first) = headers.iter().position(|(other, _)| other.eq_ignore_ascii_case(name)) {
            return Err(BadHeader::Twice(number, lines[first]));
        }
        headers.push((name.to_owned(), Secret::new(value.to_owned())));
        lines.push(number);
    }
    Ok(headers)
}

fn header(number: usize, line: &str) -> Result<(&str, &str), BadHeader> {
    let (name, value) = line.split_once(':').ok_or(BadHeader::NotAHeader(number))?;
    let value = value.trim_matches([' ', '\t']);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(BadHeader::Name(number));
    }
    if let Some(ours) = OURS.iter().find(|ours| name.eq_ignore_ascii_case(ours)) {
        return Err(BadHeader::Ours(number, ours));
    }
    match () {
        () if name.eq_ignore_ascii_case("user-agent") => Err(BadHeader::UserAgent(number)),
        () if value.is_empty() => Err(BadHeader::Empty(number)),
        () if !is_value(value) => Err(BadHeader::Value(number)),
        () => Ok((name, value)),
    }
}

/// A character of a token (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a text can be the value of a header: what is printable in ASCII, spaces and tabs (RFC 9110 §5.5).
pub(super) fn is_value(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_text_smuggles_in_a_line_or_shows_itself(text in "((Cookie|X-A|Host|[a-z]{0,3})(: ?|:|)([a-z]|\r|\n|\t|\\PC){0,9}\r?\n?)*") {
            match read(&text) {
                Ok(headers) => for (name, value) in headers {
                    assert!(name.bytes().all(is_token) && is_value(value.expose()), "{name}");
                },
                Err(problem) => assert!(problem.to_string().is_ascii(), "{problem}"),
            }
        }
    }

    #[test]
    fn headers_stand_one_a_line() {
        let read = read("Cookie: a=b; c=d\r\n\nX-Api-Key:k:1 \t\nAccept-Language: fr").unwrap();
        let shown: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(shown, [("Cookie", "a=b; c=d"), ("X-Api-Key", "k:1"), ("Accept-Language", "fr")]);
        assert!(super::read("").is_ok_and(|headers| headers.is_empty()));
    }

    #[test]
    fn what_is_no_header_or_not_theirs_to_say_is_refused() {
        for (text, problem) in [
            ("Cookie", BadHeader::NotAHeader(1)),
            ("X-A: 1\n\n: b", BadHeader::Name(3)),
            ("My Cookie: a", BadHeader::Name(1)),
            (" folded: a", BadHeader::Name(1)),
            ("Cookie: ", BadHeader::Empty(1)),
            ("Cookie: é", BadHeader::Value(1)),
            ("Cookie: a\rHost: b", BadHeader::Value(1)),
            ("hOST: example.org", BadHeader::Ours(1, "host")),
            ("If-None-Match: \"a\"", BadHeader::Ours(1, "if-none-match")),
            ("User-Agent: x", BadHeader::UserAgent(1)),
            ("Cookie: a\nX-B: b\ncookie: c", BadHeader::Twice(3, 1)),
        ] {
            assert_eq!(read(text).map(|_| ()), Err(problem), "{text}");
        }
        let long = format!("Cookie: {}", "a".repeat(MOST));
        assert_eq!(read(&long).map(|_| ()), Err(BadHeader::TooLarge));
    }
}
