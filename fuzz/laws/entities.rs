//! Any text read for its entities, as the text of HTML and as text that was escaped once too often: what comes is folded, has no
//! control characters, is not longer than what entities can make, and writing every character as an entity changes nothing.

use std::fmt::Write as _;

use sahelwatch::extract::html;

/// Most bytes that one byte of an entity can become: `&nGt` of HTML is five with its semicolon and stands for two characters of
/// three bytes each; a byte of windows-1252 (`&#128;`) never comes near it.
const GROWTH: usize = 2;

pub(crate) fn holds(text: &str) {
    let (read, plain) = (html::text(text), html::plain(text));
    for decoded in [&read, &plain] {
        assert!(decoded.len() <= GROWTH * text.len(), "{text:?} grew to {decoded:?}");
        is_folded(decoded);
    }
    let mut escaped = String::with_capacity(8 * plain.len());
    for c in plain.chars() {
        write!(escaped, "&#{};", u32::from(c)).expect("a string takes everything");
    }
    assert_eq!(html::plain(&escaped), plain, "of {text:?}");
    if !plain.contains('&') {
        assert_eq!(html::text(&escaped), plain, "of {text:?}");
    }
}

fn is_folded(text: &str) {
    assert_eq!(text.trim(), text);
    assert!(!text.contains("  ") && !text.contains("\n\n"), "{text:?}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}
