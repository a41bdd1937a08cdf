//! The only door to html5ever's tree builder: parses a page slice by slice and stops as soon as the tree grows as no honest
//! page does. Does not know what is looked for in the tree.
//!
//! html5ever takes time quadratic in the nesting, because most tags walk the stack of open elements: 20,000 nested `<div>` cost
//! 12 s and more, and 200,000, which are 1.5 KB gzipped, a hundred times that. Counting tags beforehand cannot tell the
//! nesting: `<p>` and `<li>` close themselves, misplaced end tags close nothing, and unclosed `<b>` are opened anew in every
//! paragraph. So the tree itself is measured, between slices too short to do harm. 1 MB of the worst found costs 0.3 s of
//! an optimised build; on 181 honest pages the measuring adds 5 %.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

use super::ParseError;

/// Deepest nesting accepted; browsers flatten what goes deeper (whatwg/html#3732).
pub const MAX_DEPTH: usize = 512;

/// Most nodes accepted, about 40 MB of tree: ten times what the longest front pages have.
pub const MAX_NODES: usize = 250_000;

/// Most attributes accepted on one element; html5ever compares each with all before it. Honest elements have under a hundred.
const MAX_ATTRIBUTES: usize = 4096;

/// Most steps along the stack of open elements, as tags times depth: 250,000 elements, opened and closed, at a depth of 60.
/// Even tags that change nothing, such as stray end tags, walk that stack.
const MAX_STEPS: usize = 30_000_000;

/// Bytes between two measurements. In the worst case a slice of 340 `<p>` opens [`MAX_DEPTH`] formatting elements in each.
const SLICE: usize = 1024;

/// Parses a page.
///
/// # Errors
/// [`ParseError::TooDeep`] beyond [`MAX_DEPTH`], [`ParseError::TooLarge`] beyond [`MAX_NODES`] and the like.
pub(crate) fn parse(page: &str) -> Result<Html, ParseError> {
    if has_overlong_tag(page.as_bytes()) {
        return Err(ParseError::TooLarge);
    }
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let (mut measured, mut deepest, mut steps) = (0, 0, 0);
    let mut rest = page;
    while !rest.is_empty() {
        let end = (SLICE..rest.len()).find(|&end| rest.is_char_boundary(end)).unwrap_or(rest.len());
        let (slice, after) = rest.split_at(end);
        rest = after;
        parser.process(StrTendril::from(slice));
        let mut html = parser.tokenizer.sink.sink.0.borrow_mut();
        html.errors.clear();
        let nodes = html.tree.nodes().len();
        deepest = depth(&html, nodes - measured).max(deepest);
        measured = nodes;
        steps += deepest * slice.bytes().filter(|&byte| byte == b'<').count();
        if deepest > MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        if nodes > MAX_NODES || steps > MAX_STEPS {
            return Err(ParseError::TooLarge);
        }
    }
    Ok(parser.finish())
}

/// How deep the deepest of the newest nodes lies, counted no further than just beyond [`MAX_DEPTH`].
fn depth(html: &Html, newest: usize) -> usize {
    let mut deepest = 0;
    let mut passed = None;
    for node in html.tree.nodes().rev().take(newest) {
        let parent = node.parent().map(|parent| parent.id());
        // Siblings and parents of a measured node need no walk of their own.
        if passed.is_none() || (passed != parent && passed != Some(node.id())) {
            deepest = node.ancestors().take(MAX_DEPTH + 1).count().max(deepest);
        }
        passed = parent;
    }
    deepest
}

/// Whether an element has more than [`MAX_ATTRIBUTES`]. Repeated `<html>` and `<body>` tags add theirs to the first. What looks
/// like a tag in a script counts too, but there the next `>` is never that far.
fn has_overlong_tag(page: &[u8]) -> bool {
    let mut at = 0;
    let mut added = 0;
    while at < page.len() {
        let (before, name_at) = (page[at], at + 1);
        at = name_at;
        if before != b'<' || !page.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let attributes = attributes(page, &mut at);
        if page
            .get(name_at..name_at + 4)
            .is_some_and(|name| [b"html", b"body"].iter().any(|n| name.eq_ignore_ascii_case(*n)))
        {
            added += attributes;
        }
        if attributes > MAX_ATTRIBUTES || added > MAX_ATTRIBUTES {
            return true;
        }
    }
    false
}

/// Counts the attributes of the tag whose name begins at `at`, and moves `at` to its end (HTML §13.2.5.32 to .39).
fn attributes(page: &[u8], at: &mut usize) -> usize {
    let space = |byte: u8| byte.is_ascii_whitespace();
    let name = |byte: u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'=');
    let mut count = 0;
    skip(page, at, name);
    while !matches!(skip(page, at, |byte| byte.is_ascii_whitespace() || byte == b'/'), None | Some(b'>')) {
        count += 1;
        // A leading `=` belongs to the name.
        *at += 1;
        skip(page, at, name);
        if skip(page, at, space) != Some(b'=') {
            continue;
        }
        *at += 1;
        match skip(page, at, space) {
            Some(quote @ (b'"' | b'\'')) => {
                *at += 1;
                if skip(page, at, |byte| byte != quote).is_some() {
                    *at += 1;
                }
            }
            _ => {
                skip(page, at, |byte| !byte.is_ascii_whitespace() && byte != b'>');
            }
        }
    }
    count
}

/// Moves `at` over the bytes that `over` accepts; the byte it stops at.
fn skip(page: &[u8], at: &mut usize, over: impl Fn(u8) -> bool) -> Option<u8> {
    *at += page[*at..].iter().take_while(|&&byte| over(byte)).count();
    page.get(*at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many repeats as make a page of 1 MB.
    fn megabyte(piece: &str) -> String {
        piece.repeat(1_000_000 / piece.len())
    }

    #[test]
    fn honest_pages_pass() {
        let pages = [
            "<p>word ".repeat(5000),
            "<ul>".to_owned() + &"<li>word".repeat(5000),
            "<table>".to_owned() + &"<tr><td>word<td>word".repeat(5000),
            "<select>".to_owned() + &"<option>word".repeat(5000),
            "<p><b>word<br><font color=red>word".repeat(5000),
            "<a href=x>word".repeat(5000),
            "<div>".repeat(400),
            format!("<script>{}</script>", "document.write('<div>');".repeat(5000)),
            format!("<!-- {} -->", "<div class=\"a b\">".repeat(5000)),
            format!("<div data-page='{}'>", "{\"text\": \"a <b> c\"} ".repeat(20_000)),
            format!("<img src=\"data:image/png;base64,{}\">", "iVBORw0KGgo/=".repeat(50_000)),
        ];
        for page in pages {
            assert_eq!(parse(&page).err(), None, "{:.40}…", page);
        }
    }

    #[test]
    fn deep_pages_are_refused() {
        let nested = [
            "<div>",
            "<b><i>",
            "<a><div>",
            "<table><tr><td>",
            "<svg><g>",
            "<math><mi>",
            "<template>",
            "<ruby><rt>",
            "<ul><li>",
            // misplaced end tags that close nothing
            "<span><div></span>",
            // a shallow node at the end of every slice
            "<div><div><div><div></body><!---->",
        ];
        for piece in nested {
            assert_eq!(parse(&megabyte(piece)).err(), Some(ParseError::TooDeep), "{piece}");
        }
        let distinct: String = (0..1000).map(|n| format!("<p><font size={n}>")).collect();
        assert_eq!(parse(&distinct).err(), Some(ParseError::TooDeep));
    }

    #[test]
    fn costly_pages_are_refused() {
        let open = "<span>".repeat(500);
        let fonts: String = (0..400).map(|n| format!("<font size={n}>")).collect();
        let pages = [
            megabyte("<br>"),
            // every paragraph opens all the fonts anew
            fonts + &megabyte("<p>x"),
            // every tag walks the stack
            format!("{open}{}", megabyte("<hr>")),
            format!("{open}{}", megabyte("</x>")),
            format!("{open}{}", megabyte("</p>")),
            // every attribute is compared with all before it
            format!("<div {}>", (0..5000).map(|n| format!("a{n} ")).collect::<String>()),
            format!("<div {}>", (0..5000).map(|n| format!("a{n}='>'")).collect::<String>()),
            format!("<div/{}>", (0..5000).map(|n| format!("a{n}/")).collect::<String>()),
            (0..5000).map(|n| format!("<BODY a{n}>")).collect(),
        ];
        for page in pages {
            assert_eq!(parse(&page).err(), Some(ParseError::TooLarge), "{:.40}…", page);
        }
    }

    #[test]
    fn attributes_are_counted_as_html5ever_counts_them() {
        let tags = [
            ("<a>", 0),
            ("<a/>", 0),
            ("<a href=x/y title>", 2),
            ("<a href = 'x y' title=\"a > b\"lang=fr>", 3),
            ("<a = =x b=>", 2),
            ("<a/b/c/>", 2),
            ("<a x='", 1),
        ];
        for (tag, want) in tags {
            let mut at = 1;
            assert_eq!((attributes(tag.as_bytes(), &mut at), tag.len() - at <= 1), (want, true), "{tag}");
            let html = Html::parse_fragment(tag);
            let read = html.root_element().child_elements().next().map(|element| element.value().attrs().count());
            assert!(read.is_none() || read == Some(want), "{tag}: {read:?}");
        }
    }

    #[test]
    fn slices_change_nothing() {
        let page = "<p title=\"هجوم مسلح\">é\r\n&eacute;<!-- ﷽ --><script>if (a<b) {}</script>\u{1F600}".repeat(100);
        assert_eq!(parse(&page).map(|html| html.html()), Ok(Html::parse_document(&page).html()));
    }
}
