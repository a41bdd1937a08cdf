//! Making foreign text fit for a header. Knows which characters are dangerous, not which header they stand in.
//!
//! lettre wraps non-ASCII text in encoded words (RFC 2047), which hide a line break or a reversing override from the wire but
//! not from the reader's program, which decodes them. So the text is cleaned before lettre sees it.

/// Longest word left in one piece, in bytes. A line must stay within 998 (RFC 5322 §2.1.1) and breaks only at spaces.
const MAX_WORD: usize = 900;

/// Cleans a header value: control characters and line separators become spaces, bidi controls and invisible characters go,
/// runs of white space become one space, and nothing in it reads as an encoded word.
pub(super) fn clean(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let visible = chars.iter().enumerate().filter(|&(at, &c)| !is_invisible(c) || joins_arabic(&chars, at));
    let spaced: String = visible.map(|(_, &c)| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    let words: Vec<String> = spaced.split(' ').filter(|word| !word.is_empty()).map(break_up).collect();
    // A literal `=?utf-8?q?=0D=0A…?=` passes lettre as plain ASCII and is decoded by the reader.
    words.join(" ").replace("=?", "= ?")
}

/// Cleans the value of a header that must stay ASCII because encoded words are not allowed in it (`List-Unsubscribe`).
pub(super) fn clean_ascii(text: &str) -> String {
    clean(text).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// Characters that show nothing, or change the order in which the rest is read.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether the character is a joiner that Arabic or Persian spelling needs (ZWNJ, ZWJ between two Arabic letters).
fn joins_arabic(chars: &[char], at: usize) -> bool {
    let arabic = |at: Option<usize>| {
        at.and_then(|at| chars.get(at)).is_some_and(|c| matches!(c, '\u{0620}'..='\u{06FF}' | '\u{0750}'..='\u{077F}'))
    };
    matches!(chars[at], '\u{200C}' | '\u{200D}') && arabic(at.checked_sub(1)) && arabic(at.checked_add(1))
}

/// Puts a space into a word too long for a line.
fn break_up(word: &str) -> String {
    let mut broken = String::with_capacity(word.len());
    let mut room = MAX_WORD;
    for c in word.chars() {
        if c.len_utf8() > room {
            broken.push(' ');
            room = MAX_WORD;
        }
        room -= c.len_utf8();
        broken.push(c);
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_value_is_one_line_of_visible_text() {
        for (given, cleaned) in [
            ("Alert\r\nBcc: x@example.org", "Alert Bcc: x@example.org"),
            ("a\0b\u{85}c\u{2028}d\u{2029}e\u{9b}f\u{7f}g", "a b c d e f g"),
            ("\u{202e}txet desrever\u{202c}", "txet desrever"),
            ("Mé\u{ad}na\u{200b}ka\u{feff}", "Ménaka"),
            ("tag\u{e0041}s and \u{3164}fillers", "tags and fillers"),
            ("  many \t  spaces ", "many spaces"),
            ("=?utf-8?q?=0D=0ABcc:_x?=", "= ?utf-8?q?=0D=0ABcc:_x?="),
            ("=\u{200b}?utf-8?q?x?=", "= ?utf-8?q?x?="),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("a\u{200d}b \u{200c}م", "ab م"),
        ] {
            assert_eq!(clean(given), cleaned, "{given:?}");
        }
    }

    /// S18: every character of the property `Bidi_Control`.
    #[test]
    fn no_bidi_control_is_left() {
        let controls = ['\u{061C}', '\u{200E}', '\u{200F}'].into_iter();
        for control in controls.chain('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(clean(&format!("a{control}b \u{628}{control}\u{628}")), "ab \u{628}\u{628}", "{control:?}");
        }
    }

    #[test]
    fn a_word_fits_in_a_line() {
        let broken = clean(&"a".repeat(2000));
        assert!(broken.split(' ').all(|word| word.len() <= MAX_WORD));
        assert_eq!(broken.replace(' ', "").len(), 2000);
    }
}
