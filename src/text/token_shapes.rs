//! The shapes in running text that are more than runs of letters: addresses, handles, hashtags, dotted capitals. Each function
//! looks at the text from one place on and says how far the shape reaches. An accent set apart from its letter (NFD) changes no
//! shape.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::is_arabic_as_printed;

/// Length of a web address or `@handle` that starts here; None when there is none.
pub(super) fn address_end(rest: &str) -> Option<usize> {
    if let Some(name) = rest.strip_prefix('@') {
        let len = name
            .find(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '.' | '-')))
            .unwrap_or(name.len());
        let len = name[..len].trim_end_matches(['.', '-']).len();
        return (len > 0).then_some(len + 1);
    }
    let starts = |prefix: &str| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if !(starts("http://") || starts("https://") || starts("www.")) {
        return None;
    }
    let stops = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”' | '،' | '؛')
    };
    let len = rest.find(stops).unwrap_or(rest.len());
    // Closing marks belong to the sentence around the address.
    Some(rest[..len].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '’', '؟', '…']).len())
}

/// The characters of a text with their bytes, each with the marks that follow it.
fn unmarked(text: &str) -> impl Iterator<Item = (Range<usize>, char)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, c) = chars.next()?;
        let mut end = start + c.len_utf8();
        while let Some((i, mark)) = chars.next_if(|(_, next)| is_combining_mark(*next)) {
            end = i + mark.len_utf8();
        }
        Some((start..end, c))
    })
}

/// Where the local part of a mail address begins that reaches up to `at`.
pub(super) fn local_part_start(text: &str, at: usize) -> usize {
    let local = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '_' | '%' | '+' | '-');
    let start =
        text[..at].rfind(|c: char| !local(c)).map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
    start + (text[start..at].len() - text[start..at].trim_start_matches(|c| c == '.' || is_combining_mark(c)).len())
}

/// `J.N.I.M.`: length up to the last letter, and up to the dot behind it if there is one. None unless two or more single
/// capitals follow each other this way.
pub(super) fn dotted_capitals(rest: &str) -> Option<(usize, usize)> {
    let mut chars = unmarked(rest).peekable();
    let (mut count, mut letters) = (0, 0);
    while let Some((range, c)) = chars.next() {
        if !c.is_uppercase() || chars.peek().is_some_and(|(_, next)| next.is_alphanumeric()) {
            break;
        }
        count += 1;
        letters = range.end;
        if chars.next_if(|(_, next)| *next == '.').is_none() {
            break;
        }
    }
    // `J.D@ong.example` is the beginning of a mail address.
    let address = rest[letters..].starts_with('@');
    (count >= 2 && !address).then(|| (letters, letters + usize::from(rest[letters..].starts_with('.'))))
}

/// Whether an asterisk or dot of a censored Arabic word starts here: writers put one between the letters of `د*اع*ش` so that the
/// platforms' filters do not find it.
pub(super) fn is_mask(rest: &str) -> bool {
    rest.starts_with(['*', '٭', '•', '∗']) && unmarked(rest).nth(1).is_some_and(|(_, next)| is_arabic_as_printed(next))
}

/// `د.ا.ع.ش`: the same lengths as of [`dotted_capitals`], for three or more single Arabic letters set apart by one kind of sign.
pub(super) fn spelt_letters(rest: &str) -> Option<(usize, usize)> {
    let mut chars = unmarked(rest).peekable();
    let (mut count, mut letters, mut sign) = (0, 0, None);
    while let Some((range, _)) = chars.next_if(|(_, c)| is_arabic_as_printed(*c)) {
        if chars.peek().is_some_and(|(_, next)| is_arabic_as_printed(*next)) {
            break;
        }
        count += 1;
        letters = range.end;
        let mut is_sign = |c: char| matches!(c, '.' | '-' | '_' | '/' | '*') && *sign.get_or_insert(c) == c;
        if chars.next_if(|(_, next)| is_sign(*next)).is_none() {
            break;
        }
    }
    (count >= 3).then_some((letters, letters))
}

/// The words of a hashtag's body: cut at `_`, before a capital that starts a word, and where a word meets a number. None when no
/// letter or digit stands here.
pub(super) fn hashtag_parts(body: &str) -> Option<Vec<Range<usize>>> {
    let in_tag = |c: char| c.is_alphanumeric() || c == '_' || is_combining_mark(c);
    let len = body.find(|c: char| !in_tag(c)).unwrap_or(body.len());
    let chars: Vec<(usize, char)> = body[..len].char_indices().filter(|(_, c)| !is_combining_mark(*c)).collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for (n, &(i, c)) in chars.iter().enumerate() {
        let before = n.checked_sub(1).map(|p| chars[p].1);
        let after = chars.get(n + 1).map(|next| next.1);
        if c == '_' || before.is_some_and(|b| b != '_' && word_starts(b, c, after)) {
            parts.push(start..i);
            start = if c == '_' { i + 1 } else { i };
        }
    }
    parts.push(start..len);
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then_some(parts)
}

fn word_starts(before: char, c: char, after: Option<char>) -> bool {
    let capital_after_small = c.is_uppercase() && !before.is_uppercase();
    let last_capital_of_acronym = c.is_uppercase() && after.is_some_and(char::is_lowercase);
    let number_after_small = c.is_numeric() && before.is_lowercase();
    capital_after_small || last_capital_of_acronym || number_after_small
}
