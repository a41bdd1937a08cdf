//! HTML to plain text. Linear and without a tree, so depth is no matter here; where a tree is needed (pages), [`MAX_DEPTH`]
//! bounds it.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::markup::{Scanner, Token};

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
            Token::Start(tag) if HIDDEN.iter().any(|name| name.eq_ignore_ascii_case(tag.name)) => {
                if !tag.empty {
                    scanner.skip_raw(tag.name);
                }
            }
            Token::Start(tag) => out.separate(gap(tag.name)),
            Token::End(name) => out.separate(gap(name)),
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
    element(html, "title").map(|inside| excerpt(&single_line(text(inside)))).filter(|title| !title.is_empty())
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

/// Elements whose content is no text of the document.
const HIDDEN: [&str; 4] = ["script", "style", "title", "template"];

/// What stands between two words when nothing but a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

/// Elements that begin a new line (HTML §15.3.3), and those that at least part words.
fn gap(name: &str) -> Gap {
    const LINES: [&str; 41] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tr",
        "ul",
    ];
    const SPACES: [&str; 5] = ["td", "th", "img", "option", "video"];
    // The longest name that matters has ten letters; shorter than any allocation.
    let mut lower = [0_u8; 10];
    let Some(buffer) = lower.get_mut(..name.len()) else { return Gap::None };
    buffer.copy_from_slice(name.as_bytes());
    buffer.make_ascii_lowercase();
    let is = |known: &&str| known.as_bytes() == &*buffer;
    if LINES.iter().any(is) {
        Gap::Line
    } else if SPACES.iter().any(is) {
        Gap::Space
    } else {
        Gap::None
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
    if !text.contains(misread) {
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
    gap: Gap,
}

impl Folded {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), gap: Gap::None }
    }

    fn separate(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, text: &str) {
        let text = mended(text);
        let white = |c: char| c.is_whitespace() || c.is_control();
        for word in text.split(white) {
            if !word.is_empty() {
                match self.gap {
                    _ if self.text.is_empty() => {}
                    Gap::None => {}
                    Gap::Space => self.text.push(' '),
                    Gap::Line => self.text.push('\n'),
                }
                self.text.push_str(word);
                self.gap = Gap::None;
            }
            self.separate(Gap::Space);
        }
        // The last piece of a split is followed by nothing.
        if !text.ends_with(white) && self.gap == Gap::Space && !text.is_empty() {
            self.gap = Gap::None;
        }
    }
}
