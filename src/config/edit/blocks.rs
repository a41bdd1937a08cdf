//! Where each `[[source]]` of a file begins and ends, with the comments that are its own.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{EditError, line_of};

/// A source in the text; all numbers are bytes.
pub(super) struct Block {
    /// `[[source]]`, or where it is inline its whole table.
    pub(super) header: Range<usize>,
    /// Whether it stands in a list in brackets.
    pub(super) is_inline: bool,
    pub(super) id: String,
    pub(super) url: Option<String>,
    /// `enabled`, and where its value stands.
    pub(super) enabled: Option<(bool, Range<usize>)>,
    /// The end of the last key of its own, before tables such as `[source.select]`.
    pub(super) own_end: usize,
    /// The end of all that is its.
    pub(super) end: usize,
}

/// The sources of a text, in its order.
pub(super) fn read(text: &str) -> Result<Vec<Block>, EditError> {
    let table = DeTable::parse(text).map_err(|error| EditError::NotToml {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        why: error.message().replace('\n', ", "),
    })?;
    let sources = table.get_ref().iter().find(|(key, _)| key.get_ref() == "source").map(|(_, value)| value.get_ref());
    let Some(DeValue::Array(list)) = sources else { return Ok(Vec::new()) };
    Ok(list.iter().filter_map(|source| block(text, source)).collect())
}

fn block(text: &str, source: &Spanned<DeValue<'_>>) -> Option<Block> {
    let DeValue::Table(table) = source.get_ref() else { return None };
    let header = source.span();
    let value = |name: &str| table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
    let string = |name: &str| match value(name).map(Spanned::get_ref) {
        Some(DeValue::String(given)) => Some(given.to_string()),
        _ => None,
    };
    let enabled = value("enabled").and_then(|value| match value.get_ref() {
        DeValue::Boolean(flag) => Some((*flag, value.span())),
        _ => None,
    });
    // A table with a header of its own begins with the bracket, before its key.
    let own = table.iter().filter(|(key, value)| value.span().start >= key.span().start);
    let own_end = own.map(|(key, value)| key.span().end.max(extent(value))).fold(header.end, usize::max);
    Some(Block {
        is_inline: !text[header.start..].starts_with("[["),
        id: string("id").unwrap_or_default(),
        url: string("url"),
        enabled,
        own_end,
        end: extent(source),
        header,
    })
}

/// The last byte of a value and of all that is in it. Nesting is bounded by the parser.
fn extent(value: &Spanned<DeValue<'_>>) -> usize {
    let inner = match value.get_ref() {
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| key.span().end.max(extent(value))).max().unwrap_or_default()
        }
        DeValue::Array(list) => list.iter().map(extent).max().unwrap_or_default(),
        _ => 0,
    };
    inner.max(value.span().end)
}

/// First byte of the line of a byte.
pub(super) fn line_start(text: &str, byte: usize) -> usize {
    text[..byte].rfind('\n').map_or(0, |end| end + 1)
}

/// First byte of the line after that of a byte.
pub(super) fn line_end(text: &str, byte: usize) -> usize {
    text[byte..].find('\n').map_or(text.len(), |end| byte + end + 1)
}

/// The lines that go when a block goes: its own; the comments directly above, up to a heading such as `# ---- Mali`,
/// which is of a group; the comments directly below that lead to no other table; and one blank line.
pub(super) fn lines_of(text: &str, block: &Block) -> (usize, usize) {
    let mut start = line_start(text, block.header.start);
    while let Some(above) = line_above(text, start).filter(|above| is_comment(&text[*above..start])) {
        if is_heading(&text[above..start]) {
            break;
        }
        start = above;
    }
    let mut end = line_end(text, block.end);
    let below = comments_from(text, end);
    if below == text.len() || is_blank(line_at(text, below)) {
        end = below;
    }
    match line_above(text, start) {
        // The blank line below goes; where nothing follows, the one above.
        _ if end < text.len() && is_blank(line_at(text, end)) => end = line_end(text, end),
        Some(above) if end == text.len() && is_blank(&text[above..start]) => start = above,
        _ => {}
    }
    (start, end)
}

fn line_above(text: &str, start: usize) -> Option<usize> {
    start.checked_sub(1).map(|newline| line_start(text, newline))
}

fn line_at(text: &str, start: usize) -> &str {
    &text[start..line_end(text, start)]
}

/// The end of the comment lines from `start` on.
fn comments_from(text: &str, mut start: usize) -> usize {
    while start < text.len() && is_comment(line_at(text, start)) {
        start = line_end(text, start);
    }
    start
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_heading(line: &str) -> bool {
    line.trim_start_matches(['#', ' ', '\t']).starts_with("---")
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}
