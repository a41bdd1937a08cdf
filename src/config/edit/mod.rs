//! Edits of a configuration file by its text: a source is added, removed, switched off or on, and every other line
//! stays byte for byte as its author wrote it. Pure; knows `[[source]]` with `id`, `url` and `enabled`, and no other
//! key.
//!
//! The parser only tells where things stand; lines are cut and put in by hand. A writer that prints a parsed document
//! anew, as `toml_edit` does, makes LF of CRLF and takes all comments above a table for its own, the heading of a group
//! included. What came of an edit is parsed again and compared with what was meant, so that no strange spelling is ever
//! damaged: it is refused.

mod blocks;
mod id;
mod new_source;
#[cfg(test)]
mod tests;

use toml::{Table, Value};

pub use id::unused_id;
pub use new_source::NewSource;

use blocks::Block;

/// Why a text is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It cannot be read; with the line, from 1.
    #[error("line {line} is not TOML: {why}")]
    NotToml {
        /// Where, from 1.
        line: usize,
        /// The parser's words.
        why: String,
    },
    /// No source has this id.
    #[error("no source has the id `{0}`")]
    Unknown(String),
    /// The source is written in a way that cannot be edited without touching other things.
    #[error("line {line}: `{id}` is not a [[source]] of its own lines; edit it by hand")]
    Entangled {
        /// Its id.
        id: String,
        /// Where it begins, from 1.
        line: usize,
    },
}

/// A source as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id; empty when it has none.
    pub id: String,
    /// Its address as typed.
    pub url: Option<String>,
    /// Whether it is polled.
    pub enabled: bool,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The line of its `enabled`, from 1; None where it has none.
    pub enabled_line: Option<usize>,
    /// The last of its own lines, from 1: a further key goes below.
    pub last_line: usize,
}

/// The sources of a file, in its order.
///
/// # Errors
/// [`EditError::NotToml`].
pub fn sources(text: &str) -> Result<Vec<Written>, EditError> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
    let line_of = |byte: usize| ends.partition_point(|end| *end < byte) + 1;
    let written = |block: Block| Written {
        line: line_of(block.header.start),
        enabled_line: block.enabled.as_ref().map(|(_, span)| line_of(span.start)),
        last_line: line_of(block.own_end.saturating_sub(1)),
        enabled: block.enabled.is_none_or(|(enabled, _)| enabled),
        id: block.id,
        url: block.url,
    };
    Ok(blocks::read(text)?.into_iter().map(written).collect())
}

/// Adds a source at the end.
#[must_use]
pub fn append_source(text: &str, source: &NewSource) -> String {
    append_sources(text, std::slice::from_ref(source))
}

/// Adds sources at the end, each set apart by a blank line.
#[must_use]
pub fn append_sources(text: &str, sources: &[NewSource]) -> String {
    let newline = newline_of(text);
    let mut out = text.to_owned();
    for source in sources {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(newline);
        }
        if !out.is_empty() && !out.ends_with(&newline.repeat(2)) {
            out.push_str(newline);
        }
        for line in source.lines() {
            out.push_str(&line);
            out.push_str(newline);
        }
    }
    out
}

/// Removes a source, the comment lines directly above it included, and one of the blank lines that set it apart.
///
/// # Errors
/// [`EditError`].
pub fn remove_source(text: &str, id: &str) -> Result<String, EditError> {
    let (number, block) = find(text, id)?;
    let (start, end) = blocks::lines_of(text, &block);
    let out = [&text[..start], &text[end..]].concat();
    let meant = |sources: &mut Vec<Value>| drop(sources.remove(number));
    verified(text, out, meant, &block)
}

/// Switches a source off or on: changes its `enabled`, or adds it below its other keys. What switching off added,
/// switching on takes away.
///
/// # Errors
/// [`EditError`].
pub fn set_enabled(text: &str, id: &str, enabled: bool) -> Result<String, EditError> {
    let (number, block) = find(text, id)?;
    let out = match &block.enabled {
        Some((now, _)) if *now == enabled => return Ok(text.to_owned()),
        None if enabled => return Ok(text.to_owned()),
        Some((_, span)) => {
            let (start, end) = (blocks::line_start(text, span.start), blocks::line_end(text, span.end));
            match enabled && text[start..end].trim() == SWITCHED_OFF {
                true => [&text[..start], &text[end..]].concat(),
                false => [&text[..span.start], if enabled { "true" } else { "false" }, &text[span.end..]].concat(),
            }
        }
        None => {
            let end = blocks::line_end(text, block.own_end);
            let newline = newline_of(text);
            let before = if text[..end].ends_with('\n') { "" } else { newline };
            [&text[..end], before, SWITCHED_OFF, newline, &text[end..]].concat()
        }
    };
    let says_so = find(&out, id).is_ok_and(|(_, block)| block.enabled.is_some());
    let meant = |sources: &mut Vec<Value>| match sources.get_mut(number) {
        Some(Value::Table(source)) if says_so => drop(source.insert("enabled".to_owned(), Value::Boolean(enabled))),
        Some(Value::Table(source)) => drop(source.remove("enabled")),
        _ => {}
    };
    verified(text, out, meant, &block)
}

/// The line that switches a source off.
const SWITCHED_OFF: &str = "enabled = false";

fn find(text: &str, id: &str) -> Result<(usize, Block), EditError> {
    let mut blocks = blocks::read(text)?.into_iter().enumerate();
    let found = blocks.find(|(_, block)| block.id == id).ok_or_else(|| EditError::Unknown(id.to_owned()))?;
    if found.1.is_inline { Err(entangled(text, &found.1)) } else { Ok(found) }
}

/// Gives `out` where it means what `text` means after `meant`.
fn verified(text: &str, out: String, meant: impl FnOnce(&mut Vec<Value>), block: &Block) -> Result<String, EditError> {
    let mut expected: Table = text.parse().unwrap_or_default();
    if let Some(Value::Array(sources)) = expected.get_mut("source") {
        meant(sources);
        if sources.is_empty() {
            expected.remove("source");
        }
    }
    match out.parse::<Table>() {
        Ok(table) if table == expected => Ok(out),
        _ => Err(entangled(text, block)),
    }
}

fn entangled(text: &str, block: &Block) -> EditError {
    EditError::Entangled { id: block.id.clone(), line: line_of(text, block.header.start) }
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The line, from 1, of a byte.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}
