//! JSON text to values and values to texts, within bounds. Knows nothing of where in a document what stands.

use serde_json::Value;

use super::super::{ParseError, date, depth, html};
use crate::model::PrintedDate;

/// Parses a document. serde_json refuses what nests deeper than 128.
///
/// # Errors
/// [`ParseError::TooLarge`], or [`ParseError::Unlike`] JSON.
pub(in crate::extract) fn parse(text: &str) -> Result<Value, ParseError> {
    bounded(text)?;
    serde_json::from_str(text)
        .map_err(|error| ParseError::Unlike { expected: "JSON", why: format!("it breaks off or is wrong: {error}") })
}

/// Refuses what holds too many values. An object of one member takes 650 bytes for the eight of its text, so they are counted before
/// any is made.
///
/// # Errors
/// [`ParseError::TooLarge`].
pub(in crate::extract) fn bounded(text: &str) -> Result<(), ParseError> {
    if values(text.as_bytes()) > depth::MAX_NODES { Err(ParseError::TooLarge) } else { Ok(()) }
}

/// How many values a text holds, or a few more.
fn values(json: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (1, false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// A document of one value a line, read line by line: the number of each line that is not blank, and its value or what
/// it is instead.
pub(in crate::extract) struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    /// Values that may still come.
    left: usize,
}

impl<'a> Lines<'a> {
    pub(in crate::extract) fn of(text: &'a str) -> Self {
        Self { lines: text.lines().enumerate(), left: depth::MAX_NODES }
    }
}

impl Iterator for Lines<'_> {
    type Item = (usize, Result<Value, String>);

    fn next(&mut self) -> Option<Self::Item> {
        let (index, line) = self.lines.by_ref().find(|(_, line)| !line.trim().is_empty())?;
        let Some(left) = self.left.checked_sub(values(line.as_bytes())) else {
            self.left = 0;
            return Some((index + 1, Err("left out, since too much stands before it".to_owned())));
        };
        self.left = left;
        let value = serde_json::from_str(line.trim());
        Some((index + 1, value.map_err(|_| format!("no JSON: {}", html::excerpt(line.trim())))))
    }
}

/// The text of a string or number as it stands. None for an empty one and for all else.
pub(in crate::extract) fn printed(value: &Value) -> Option<String> {
    let printed = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(printed).filter(|printed| !printed.is_empty())
}

/// The text of a string or number without markup. None for an empty one and for all else.
pub(in crate::extract) fn text(value: &Value) -> Option<String> {
    printed(value).map(|printed| html::text(&printed)).filter(|text| !text.is_empty())
}

/// A date as [`printed`]; numbers are seconds or milliseconds since 1970.
pub(in crate::extract) fn date(printed: String) -> PrintedDate {
    PrintedDate { at: date::read(&printed), printed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_counted_before_they_are_made() {
        for (text, want) in [("1", 1), ("[1,2]", 3), (r#"{"a,[":"b\",{,","c":[]}"#, 4), (r#""\\",1"#, 2)] {
            assert_eq!(values(text.as_bytes()), want, "{text}");
        }
        let many = format!("[{}0]", "0,".repeat(depth::MAX_NODES));
        assert_eq!(parse(&many), Err(ParseError::TooLarge));
        assert!(matches!(parse(&"[".repeat(200_000)), Err(ParseError::Unlike { .. })));
        let nested = "[".repeat(100) + &"]".repeat(100);
        assert!(parse(&nested).is_ok());
    }

    #[test]
    fn lines_share_one_bound() {
        let line = format!("[{}0]\n", "0,".repeat(depth::MAX_NODES / 3));
        let read: Vec<bool> = Lines::of(&(line.repeat(3) + "\n1")).map(|(_, line)| line.is_ok()).collect();
        assert_eq!(read, [true, true, false, false]);
        let numbered: Vec<_> = Lines::of("\n1\n\n x").collect();
        assert_eq!(numbered, [(2, Ok(json!(1))), (4, Err("no JSON: x".to_owned()))]);
    }

    #[test]
    fn texts_and_dates_of_values() {
        assert_eq!(
            text(&json!(" <p>Attaque &agrave; <b>Ménaka</b></p><p>Bilan")).as_deref(),
            Some("Attaque à Ménaka\nBilan")
        );
        assert_eq!(text(&json!(12)).as_deref(), Some("12"));
        for none in [json!(null), json!(""), json!(" "), json!(true), json!([]), json!({"a": 1})] {
            assert_eq!(printed(&none), None, "{none}");
        }
        for number in [json!(1_745_357_707), json!(1_745_357_707_000_i64), json!(1_745_357_707.0)] {
            let date = printed(&number).map(date).and_then(|date| date.at);
            assert_eq!(date.map(|at| at.to_string()).as_deref(), Some("2025-04-22T21:35:07Z"), "{number}");
        }
    }
}
