//! Source text made safe to show: in mail, in a terminal, in a log. What is invisible, moves the cursor or reorders the words
//! around it goes; letters stay as they were printed. Knows nothing of HTML (templates escape) and is not for matching, which
//! folds more (`super::fold`).

use std::iter::Peekable;
use std::str::CharIndices;

use unicode_normalization::char::is_combining_mark;

/// Combining marks kept on one letter. Vocalised Arabic and Vietnamese stay within three; "zalgo" text piles up dozens, which
/// paint over the lines above.
const MAX_MARKS: u32 = 4;

/// The text on one line: controls and line ends become spaces, white space is folded and trimmed, invisible and bidirectional
/// controls are dropped.
#[must_use]
pub fn line(text: &str) -> String {
    chars(text).map(|(_, c)| c).collect()
}

/// Like [`line`], but paragraphs stay apart: line ends are kept, blank lines folded to one.
#[must_use]
pub fn block(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut blank = false;
    for text in text.replace("\r\n", "\n").split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line = line(text);
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !shown.is_empty() {
            shown.push_str(if blank { "\n\n" } else { "\n" });
        }
        shown.push_str(&line);
        blank = false;
    }
    shown
}

/// Like [`line`], but controls show as U+FFFD, so that somebody at a terminal sees that there was an escape sequence and
/// reads what it tried.
#[must_use]
pub fn terminal(text: &str) -> String {
    Shown::new(text, Control::Replaced).map(|(_, c)| c).collect()
}

/// At most `max_chars` characters of the text, ended at a word with `…` when something was left out. Give it safe text.
#[must_use]
pub fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let hard = text.char_indices().nth(max_chars.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let (kept, rest) = text.split_at(hard);
    let whole = if rest.starts_with(' ') { kept } else { last_words(kept) };
    // Marks and punctuation before the ellipsis belong to what was cut off.
    format!("{}…", whole.trim_end_matches([' ', ',', ';', ':', '.', '-', '–', '—', '«', '(', '،', '؛']))
}

/// The text without the word it breaks off in; a word longer than half of it is broken instead.
fn last_words(kept: &str) -> &str {
    match kept.rfind(' ') {
        Some(space) if space >= kept.len() / 2 => &kept[..space],
        _ => kept.trim_end_matches(is_combining_mark),
    }
}

/// The characters [`line`] shows, each with its byte offset in `text`; a folded space has that of the first
/// white space it stands for.
pub(crate) fn chars(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    Shown::new(text, Control::Space)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    Space,
    Replaced,
}

struct Shown<'a> {
    rest: Peekable<CharIndices<'a>>,
    control: Control,
    last: Option<char>,
    /// White space waiting to be shown once something follows it, and where it began.
    space: Option<usize>,
    marks: u32,
}

impl<'a> Shown<'a> {
    fn new(text: &'a str, control: Control) -> Self {
        Self { rest: text.char_indices().peekable(), control, last: None, space: None, marks: 0 }
    }

    /// Whether `c` is to be shown after what was shown last.
    fn keeps(&mut self, c: char, after: Option<char>) -> bool {
        if matches!(c, '\u{200C}' | '\u{200D}') {
            // Persian and Urdu spell with these two; elsewhere they only hide.
            let before = if self.space.is_some() { None } else { self.last };
            return before.is_some_and(is_arabic) && after.is_some_and(is_arabic);
        }
        if is_invisible(c) {
            return false;
        }
        if !is_combining_mark(c) {
            self.marks = 0;
            return true;
        }
        self.marks += 1;
        self.last.is_some() && self.marks <= MAX_MARKS
    }
}

impl Iterator for Shown<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(&(at, c)) = self.rest.peek() {
            let control = c.is_control() && !c.is_whitespace();
            if c.is_whitespace() || (control && self.control == Control::Space) {
                self.space = self.space.or(Some(at));
                self.rest.next();
                continue;
            }
            let shown = if control { char::REPLACEMENT_CHARACTER } else { c };
            let after = self.rest.clone().nth(1).map(|(_, c)| c);
            if !self.keeps(shown, after) {
                self.rest.next();
                continue;
            }
            if let Some(began) = self.space.take().filter(|_| self.last.is_some()) {
                self.marks = 0;
                self.last = Some(' ');
                return Some((began, ' '));
            }
            self.rest.next();
            self.last = Some(shown);
            return Some((at, shown));
        }
        None
    }
}

/// Characters that show nothing, or reorder what stands beside them: Bidi_Control, tags, joiners, fillers, annotation and
/// shorthand controls (most of Unicode's Default_Ignorable_Code_Point; variation selectors count as combining marks).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Letters of the Arabic script.
fn is_arabic(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{0870}'..='\u{08FF}' | '\u{FB50}'..='\u{FEFE}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unicode `PropList.txt`, Bidi_Control: all twelve.
    const BIDI_CONTROLS: [char; 12] = [
        '\u{061C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}',
    ];

    #[test]
    fn no_bidirectional_control_is_shown_anywhere() {
        for control in BIDI_CONTROLS {
            let text = format!("{control}trap{control} هجوم{control}");
            for shown in [line(&text), block(&text), terminal(&text)] {
                assert_eq!(shown, "trap هجوم", "U+{:04X}", u32::from(control));
            }
        }
    }

    #[test]
    fn what_is_invisible_goes_and_what_ends_a_line_becomes_a_space() {
        let table = [
            ("a\r\nBcc: x@example.org", "a Bcc: x@example.org"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{0}e\u{1b}[31mf\u{9b}g\u{7f}", "a b c d e [31mf g"),
            ("  two \t\u{a0}\u{3000} words \n", "two words"),
            ("soft\u{ad}hyphen zero\u{200b}width \u{feff}bom", "softhyphen zerowidth bom"),
            ("tag\u{e0041}\u{e007f} filler\u{3164}\u{115f}\u{1160}\u{ffa0}s", "tag fillers"),
            ("admin\u{200d}istrateur a\u{200c}b", "administrateur ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("ال\u{200d} \u{200d}هجوم", "ال هجوم"),
            ("مُحَمَّد Việt", "مُحَمَّد Việt"),
            ("z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}a", "z\u{301}\u{302}\u{303}\u{304}a"),
            ("\u{301}\u{301}a", "a"),
            ("<script>alert('1')</script>", "<script>alert('1')</script>"),
            ("", ""),
        ];
        for (text, shown) in table {
            assert_eq!(line(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_block_keeps_its_paragraphs() {
        assert_eq!(block("\n one \r\ntwo\u{2029}\n\n\n three\u{202e} \n"), "one\ntwo\n\nthree");
    }

    #[test]
    fn a_terminal_shows_that_there_was_a_control() {
        assert_eq!(terminal("a\u{1b}]8;;http://x\u{7}b\u{9b}31m\r\nc"), "a\u{fffd}]8;;http://x\u{fffd}b\u{fffd}31m c");
    }

    #[test]
    fn a_cut_ends_at_a_word() {
        let table = [
            ("short", 10, "short"),
            ("exactly ten", 11, "exactly ten"),
            ("Djibo : au moins 40 morts", 12, "Djibo : au…"),
            ("Djibo : au moins 40 morts", 11, "Djibo : au…"),
            ("Djibo, au moins", 8, "Djibo…"),
            ("Donaudampfschifffahrt", 6, "Donau…"),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", 6, "e\u{301}e\u{301}e…"),
            ("هجوم مسلح قرب جيبو", 12, "هجوم مسلح…"),
        ];
        for (text, max, shown) in table {
            assert_eq!(cut(text, max), shown, "{text:?}");
            assert!(cut(text, max).chars().count() <= max);
        }
    }

    #[test]
    fn offsets_are_those_of_the_text_given() {
        let shown: Vec<_> = chars(" é\u{202e}\nx").collect();
        assert_eq!(shown, [(1, 'é'), (6, ' '), (7, 'x')]);
    }
}
