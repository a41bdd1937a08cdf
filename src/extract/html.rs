//! HTML to plain text. Linear and without a tree, so depth is no matter here; where a tree is needed (pages), [`MAX_DEPTH`]
//! bounds it.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::markup::{Scanner, Token};
use crate::text::display;

/// Deepest nesting accepted.
pub const MAX_DEPTH: usize = 512;

/// The plain text of an HTML fragment: tags, comments, scripts and styles dropped, entities decoded (also those escaped
/// twice), white space folded, a new line for every block element. Anything unclosed is closed by the end.
#[must_use]
pub fn text(html: &str) -> String {
    let mut out = Folded::with_capacity(html.len());
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        match token {
            Token::Text(text) => out.push(&decoded(text)),
            Token::CData(text) => out.push(text),
            Token::Start(tag) => match effect(tag.name) {
                Effect::Hidden if tag.empty => {}
                Effect::Hidden => scanner.skip_raw(tag.name),
                gap => out.separate(gap),
            },
            Token::End(name) => match effect(name) {
                Effect::Hidden => {}
                gap => out.separate(gap),
            },
        }
    }
    out.text
}

/// Plain text as some sources print it: entities that were escaped once too often decoded, white space folded.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = Folded::with_capacity(text.len());
    out.push(&htmlize::unescape_attribute(text));
    out.text
}

/// `text` on one line.
#[must_use]
pub fn single_line(text: String) -> String {
    if text.contains('\n') { text.replace('\n', " ") } else { text }
}

/// Whether plain text is in truth HTML that was labelled as plain: it closes a tag, or breaks a line.
#[must_use]
pub(crate) fn looks_like_markup(text: &str) -> bool {
    text.contains("</") && text.contains('>') || text.contains("/>") && text.contains('<') || text.contains("<br>")
}

/// The raw inside of the first element of this name.
pub(crate) fn element<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        let Token::Start(tag) = token else { continue };
        if unprefixed(tag.name).eq_ignore_ascii_case(name) && !tag.empty {
            let from = scanner.position();
            scanner.skip_raw(tag.name);
            return Some(&html[from..scanner.position()]);
        }
    }
    None
}

/// The title of a page, where it has one.
pub(crate) fn title(html: &str) -> Option<String> {
    element(html, "title").map(|inside| excerpt(&display::line(&text(inside)))).filter(|title| !title.is_empty())
}

/// The beginning of a text, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARS: usize = 80;
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn unprefixed(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// What an element does to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    /// Nothing: `b`, `a`, `span`.
    None,
    /// It parts words.
    Space,
    /// It begins a new line (HTML §15.3.3).
    Line,
    /// Its content is no text of the document.
    Hidden,
}

fn effect(name: &str) -> Effect {
    // The longest name that matters has ten letters.
    let mut lower = [0_u8; 10];
    let Some(lower) = lower.get_mut(..name.len()) else { return Effect::None };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"script" | b"style" | b"title" | b"template" => Effect::Hidden,
        b"address" | b"article" | b"aside" | b"blockquote" | b"br" | b"caption" | b"center" | b"dd" | b"details"
        | b"dialog" | b"dir" | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer"
        | b"form" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hgroup" | b"hr" | b"legend"
        | b"li" | b"main" | b"menu" | b"nav" | b"ol" | b"p" | b"pre" | b"section" | b"summary" | b"table" | b"tr"
        | b"ul" => Effect::Line,
        b"td" | b"th" | b"img" | b"option" | b"video" | b"audio" | b"iframe" => Effect::Space,
        _ => Effect::None,
    }
}

/// Decodes entities twice at most: what is still one after the first pass was escaped once too often.
fn decoded(text: &str) -> Cow<'_, str> {
    match htmlize::unescape(text) {
        Cow::Owned(once) if once.contains('&') => Cow::Owned(htmlize::unescape_attribute(once).into_owned()),
        once => once,
    }
}

/// Controls U+0080 to U+009F are letters and quotes of windows-1252 that went through ISO-8859-1: `l\u{92}armée`.
fn mended(text: &str) -> Cow<'_, str> {
    let misread = |c: char| ('\u{80}'..='\u{9F}').contains(&c);
    // All of them begin with this byte; a search for a byte is much faster than one for characters.
    if !text.as_bytes().contains(&0xC2) || !text.contains(misread) {
        return Cow::Borrowed(text);
    }
    let mend = |c: char| match u8::try_from(c) {
        Ok(byte) if misread(c) => WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(c),
        _ => c,
    };
    Cow::Owned(text.chars().map(mend).collect())
}

/// Text whose white space is folded while it is written.
struct Folded {
    text: String,
    /// What stands between the last word and the next.
    gap: Effect,
}

impl Folded {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), gap: Effect::None }
    }

    fn separate(&mut self, gap: Effect) {
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, text: &str) {
        let text = mended(text);
        let bytes = text.as_bytes();
        let (mut word, mut at) = (0, 0);
        while at < bytes.len() {
            // White space and controls begin with one of these bytes; no other place of a character has them.
            if !matches!(bytes[at], 0..=b' ' | 0x7F | 0xC2 | 0xE1..=0xE3) {
                at += 1;
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let next = at + c.len_utf8();
            if c.is_whitespace() || c.is_control() {
                self.word(&text[word..at]);
                self.separate(Effect::Space);
                word = next;
            }
            at = next;
        }
        self.word(&text[word..]);
    }

    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            match self.gap {
                Effect::Space => self.text.push(' '),
                Effect::Line => self.text.push('\n'),
                Effect::None | Effect::Hidden => {}
            }
        }
        self.text.push_str(word);
        self.gap = Effect::None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_become_plain_text() {
        for (html, expected) in [
            ("", ""),
            ("<p>Un</p><p>Deux <b>tr</b>ois</p>", "Un\nDeux trois"),
            ("a<br>b<br/>c<DIV>d</DIV> e", "a\nb\nc\nd\ne"),
            ("<ul><li>a<li>b</ul>", "a\nb"),
            ("<td>a</td><td>b</td>", "a b"),
            ("  a \n\t b\u{a0}\u{a0}c\u{3000}d ", "a b c d"),
            ("a<!-- <p>no</p> -->b", "ab"),
            ("a<script>if (1 < 2) { '<p>' }</SCRIPT>b<style>p{}</style>", "ab"),
            ("a<script>never closed", "a"),
            ("<b>never <i>closed", "never closed"),
            ("cut in a tag <a href='x", "cut in a tag"),
            ("1 < 2 <3 a<b", "1 < 2 <3 a"),
            ("<a title='>' href=x>t</a> <a title=it's>u</a>", "t u"),
            ("M&eacute;naka &amp;agrave; &amp;amp;lt; &lt;i&gt; &nope; R&D", "Ménaka à &lt; <i> &nope; R&D"),
            ("<![CDATA[a &amp; b]]>", "a &amp; b"),
            ("هجوم<br>في&nbsp;ميناكا", "هجوم\nفي ميناكا"),
            ("bell\u{7} \u{0}nul l\u{92}eau", "bell nul l’eau"),
        ] {
            assert_eq!(text(html), expected, "{html:?}");
        }
        assert_eq!(plain("1 < 2 &eacute;\n <b>"), "1 < 2 é <b>");
    }

    #[test]
    fn time_grows_with_length_only() {
        // Each of these is quadratic in a tokenizer that goes back, or compares attributes with each other.
        for part in ["<a ", "<a b=\"><a b='>", "<!--", "<![CDATA[", "<script></", "&", "<", "a1=2 <p x"] {
            let html = part.repeat(300_000);
            assert!(text(&html).len() <= html.len());
        }
        let attributes: String = (0..300_000).map(|i| format!(" a{i}")).collect();
        assert_eq!(text(&format!("<p{attributes}>x")), "x");
    }
}
