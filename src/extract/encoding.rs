//! Bytes to text: which character encoding a document is in, and its text in it. Feeds and pages alike; knows nothing of either
//! beyond where they write their encoding down.
//!
//! What counts, in order: a byte order mark; UTF-16 seen by its zero bytes; the `Content-Type` header; the document's own
//! declaration (RFC 7303 §3.2, Encoding Standard §4.2). Declarations lie often, and valid UTF-8 beyond ASCII is hardly ever
//! anything else, so UTF-8 wins over a declared single-byte encoding, and where the bytes contradict every declaration,
//! `chardetng` guesses. Decoding never fails: what cannot be read becomes U+FFFD.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a document its declaration is looked for. HTML asks for 1024 bytes (HTML §4.2.5.4); a page with a long
/// comment on top still counts here.
const DECLARATION_WITHIN: usize = 2048;

/// The text of a document, without a byte order mark. `content_type` is the `Content-Type` header as sent.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    decoded(bytes, content_type).0
}

/// The name of the encoding that [`decode`] reads a document in (Encoding Standard §4.2): `UTF-8`, `windows-1256`.
#[must_use]
pub fn name(bytes: &[u8], content_type: Option<&str>) -> &'static str {
    decoded(bytes, content_type).1.name()
}

fn decoded(bytes: &[u8], content_type: Option<&str>) -> (String, &'static Encoding) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return text(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return text(encoding, bytes);
    }
    let declared =
        content_type.and_then(charset).or_else(|| declaration(&bytes[..bytes.len().min(DECLARATION_WITHIN)]));
    let multibyte = declared.filter(|encoding| *encoding != UTF_8 && !encoding.is_single_byte());
    if let Some(encoding) = multibyte
        && let Some(whole) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return (whole.into_owned(), encoding);
    }
    if let Ok(utf8) = std::str::from_utf8(bytes) {
        return (utf8.to_owned(), UTF_8);
    }
    match declared {
        Some(encoding) if encoding.is_single_byte() => text(encoding, bytes),
        _ if mostly_utf8(bytes) => text(UTF_8, bytes),
        _ => text(guess(bytes), bytes),
    }
}

fn text(encoding: &'static Encoding, bytes: &[u8]) -> (String, &'static Encoding) {
    (encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding)
}

/// UTF-16 without a mark: markup and JSON begin with two ASCII characters, so every other byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.get(..4)? {
        [0, a, 0, b] if *a != 0 && *b != 0 => Some(UTF_16BE),
        [a, 0, b, 0] if *a != 0 && *b != 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// The encoding a `Content-Type` names (RFC 9110 §8.3.1): quoted or not, in any case.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    content_type
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .and_then(|(_, label)| for_label(label.trim().trim_matches(['"', '\'']).as_bytes()))
}

/// The encoding an XML declaration or an HTML `meta` names. A document that can be read this far byte by byte is not UTF-16,
/// whatever it says (Encoding Standard, HTML §13.2.3.2).
fn declaration(head: &[u8]) -> Option<&'static Encoding> {
    let start = head.trim_ascii_start();
    if start.starts_with(b"<?xml") {
        let end = find(start, b"?>")?;
        return label_after(&start[..end], b"encoding");
    }
    let meta = find(head, b"<meta")?;
    label_after(&head[meta..], b"charset")
}

/// The label in `name = "label"`, the quotes optional.
fn label_after(head: &[u8], name: &[u8]) -> Option<&'static Encoding> {
    let rest = head[find(head, name)? + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| b"\"'>;/? \t\r\n".contains(b)).unwrap_or(rest.len());
    for_label(&rest[..end])
}

fn for_label(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label).map(|encoding| match encoding {
        utf16 if utf16 == UTF_16BE || utf16 == UTF_16LE => UTF_8,
        other => other,
    })
}

/// Where `needle` begins, ASCII letters in any case.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

/// Whether more characters beyond ASCII read well as UTF-8 than badly: then the bad ones are damage, not another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        // Each character beyond ASCII has exactly one byte of the form 11xxxxxx.
        good += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{EUC_KR, GBK, KOI8_R, WINDOWS_1252, WINDOWS_1256};

    fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn what_is_said_is_believed_where_the_bytes_allow_it() {
        let french = "<?xml version='1.0'?><t>Attaque à Ménaka</t>";
        let declared = "<?xml version='1.0' encoding='ISO-8859-1'?><t>Attaque à Ménaka</t>";
        let arabic = "<?xml version=\"1.0\" encoding=\"windows-1256\"?><t>هجوم في ميناكا</t>";
        let html = "<!doctype html><meta http-equiv=Content-Type content='text/html; charset=windows-1256'><p>هجوم";
        let korean = "<?xml version=\"1.0\" encoding=\"utf-8\"?><t>한글 소식</t>";
        let table: [(&str, Vec<u8>, Option<&str>); 11] = [
            (french, encode(french, WINDOWS_1252), Some("application/rss+xml; Charset=\"iso-8859-1\"")),
            (declared, encode(declared, WINDOWS_1252), None),
            (declared, encode(declared, WINDOWS_1252), Some("text/xml; charset=nonsense")),
            (arabic, encode(arabic, WINDOWS_1256), None),
            (arabic, encode(arabic, WINDOWS_1256), Some("text/xml; charset=windows-1256")),
            (html, encode(html, WINDOWS_1256), Some("text/html")),
            (korean, encode(korean, EUC_KR), Some("text/xml; charset=euc-kr")),
            (french, [b"\xEF\xBB\xBF".to_vec(), french.into()].concat(), Some("text/xml; charset=iso-8859-1")),
            (french, [b"\xFF\xFE".to_vec(), utf16(french, u16::to_le_bytes)].concat(), None),
            (french, [b"\xFE\xFF".to_vec(), utf16(french, u16::to_be_bytes)].concat(), Some("text/xml; charset=utf-8")),
            (declared, utf16(declared, u16::to_be_bytes), None),
        ];
        for (expected, bytes, header) in table {
            assert_eq!(decode(&bytes, header), expected, "{header:?}");
        }
    }

    #[test]
    fn content_decides_where_what_is_said_is_wrong_or_missing() {
        let declared = "<?xml version='1.0' encoding='ISO-8859-1'?><t>Attaque à Ménaka</t>";
        assert_eq!(decode(declared.as_bytes(), Some("text/xml; charset=iso-8859-1")), declared, "UTF-8 after all");
        let utf16_in_name_only = "<?xml version='1.0' encoding='utf-16'?><t>Ménaka</t>";
        assert_eq!(decode(utf16_in_name_only.as_bytes(), None), utf16_in_name_only);
        for (text, encoding) in [
            ("<t>Навеянное, единственное, вот что сегодня можно уверенно сказать</t>", KOI8_R),
            ("<t>هجوم مسلح على قرية في منطقة ميناكا شمال مالي يوم الثلاثاء</t>", WINDOWS_1256),
            ("<t>不归移民漫画系列：专业工作者的新闻</t>", GBK),
            ("<t>L'armée malienne a annoncé une opération à Ménaka après l'attaque</t>", WINDOWS_1252),
        ] {
            assert_eq!(decode(&encode(text, encoding), Some("text/xml; charset=utf-8")), text, "{}", encoding.name());
            // Ukrainian KOI8 differs in letters that no Russian text has.
            let named = name(&encode(text, encoding), Some("text/xml; charset=utf-8")).replace("KOI8-U", "KOI8-R");
            assert_eq!(named, encoding.name());
        }
    }

    #[test]
    fn damaged_utf8_costs_the_damaged_characters() {
        let mut bytes = "Attaque à Ménaka, près de là".as_bytes().to_vec();
        bytes.push(0xE9);
        assert_eq!(decode(&bytes, None), "Attaque à Ménaka, près de là\u{FFFD}");
        assert_eq!(decode(b"", None), "");
    }
}
