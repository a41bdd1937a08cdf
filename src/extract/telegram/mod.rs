//! Public preview pages of Telegram channels (`t.me/s/NAME`), which show the latest twenty posts or so without an
//! account. Knows nothing of fetching, nor of the posts before those shown.
//!
//! The class names are those Telegram's page has had since 2018 and every public reader of it relies on. A quoted post
//! stands inside the post that answers it, in the same classes but one, and is not part of it.

mod address;
mod title;

pub use address::address;
use scraper::{ElementRef, Html};
use url::Url;

use super::{Document, FeedHead, ParseError, Parsed, date, depth, encoding, html, page};
use crate::model::{Item, PrintedDate};

/// Most posts read, the latest; a page shows twenty.
const MAX_POSTS: usize = 200;
/// Longest name or title of a link preview kept, in characters.
const MAX_LINE: usize = 300;
/// Longest description of a link preview kept, in characters.
const MAX_PREVIEW: usize = 2_000;

/// A post.
const MESSAGE: &str = "tgme_widget_message";

/// Reads a page; the latest post comes first.
///
/// # Errors
/// [`ParseError::NoChannel`] where Telegram knows no public channel, [`ParseError::PageForFeed`] for a page that is not
/// Telegram's, [`ParseError::Empty`], [`ParseError::TooDeep`] or [`ParseError::TooLarge`].
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let text = encoding::decode(document.bytes, document.content_type);
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let page = depth::parse(&text)?;
    let root = page.root_element();
    let messages = outermost(root, |element| has(element, MESSAGE), |_| false);
    if messages.is_empty() {
        check_channel(&page, &text)?;
    }
    let head = head(root, document.url);
    let mut items = Vec::new();
    let (mut wordless, mut nameless) = (0, 0);
    for &message in messages.iter().rev().take(MAX_POSTS) {
        match post(message) {
            Post::Item(item) => items.push(*item),
            Post::Service => {}
            Post::Wordless => wordless += 1,
            Post::Nameless => nameless += 1,
        }
    }
    let counted = [(wordless, "posts have no text, only pictures or the like"), (nameless, "posts have no number")];
    let problems =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    Ok(Parsed { head, items, problems, complete: true, ..Parsed::default() })
}

/// Tells a channel without posts from no channel, and both from another page.
fn check_channel(page: &Html, text: &str) -> Result<(), ParseError> {
    let shows = |prefix: &str| {
        let mut elements = page.root_element().descendent_elements();
        elements.any(|element| element.value().classes().any(|class| class.starts_with(prefix)))
    };
    // The head of a channel stands on its preview alone; all pages about names have a `tgme_page`.
    if shows("tgme_channel_info") {
        Ok(())
    } else if shows("tgme_page") {
        Err(ParseError::NoChannel)
    } else {
        Err(ParseError::PageForFeed { title: html::title(text), wall: None })
    }
}

fn head(root: ElementRef<'_>, url: Option<&Url>) -> FeedHead {
    let mut elements = root.descendent_elements();
    let title = elements.find(|element| has(element, "tgme_channel_info_header_title"));
    let title = title.map(|element| page::text::plain(element, MAX_LINE)).unwrap_or_default();
    FeedHead { title, link: url.map(Url::to_string).unwrap_or_default(), ..FeedHead::default() }
}

/// What a message turns out to be.
enum Post {
    Item(Box<Item>),
    /// Said by Telegram itself: a pin, or a new picture of the channel.
    Service,
    /// Pictures or films without a caption.
    Wordless,
    /// Without the number it goes by.
    Nameless,
}

fn post(message: ElementRef<'_>) -> Post {
    if has(&message, "service_message") {
        return Post::Service;
    }
    let id = message.attr("data-post").unwrap_or_default();
    let Some(link) = post_address(id) else { return Post::Nameless };
    let part = |class: &str| first(message, class);
    let lines = |class: &str| part(class).map(|element| html::text(&element.inner_html())).unwrap_or_default();
    let body = match lines("js-message_text") {
        // A poll has no text but its question.
        empty if empty.is_empty() => lines("tgme_widget_message_poll_question"),
        text => text,
    };
    let line = |class: &str, max| part(class).map(|element| page::text::plain(element, max));
    let preview = [line("link_preview_title", MAX_LINE), line("link_preview_description", MAX_PREVIEW)];
    let summary = preview.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    if body.is_empty() && summary.is_empty() {
        return Post::Wordless;
    }
    let names = ["tgme_widget_message_forwarded_from_name", "tgme_widget_message_from_author"];
    Post::Item(Box::new(Item {
        entry_id: Some(id.to_owned()),
        link: Some(link),
        title: title::of(if body.is_empty() { &summary } else { &body }),
        summary,
        body,
        authors: names.into_iter().filter_map(|class| line(class, MAX_LINE)).filter(|name| !name.is_empty()).collect(),
        published: part("tgme_widget_message_date").and_then(published),
        ..Item::default()
    }))
}

/// `channel/123` as the address of that post.
fn post_address(id: &str) -> Option<Url> {
    let (name, number) = id.split_once('/')?;
    if !address::is_name(name) || number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Url::parse(&format!("https://t.me/{id}")).ok()
}

fn published(link: ElementRef<'_>) -> Option<PrintedDate> {
    let printed = link.descendent_elements().find_map(|time| time.attr("datetime"))?.trim().to_owned();
    Some(PrintedDate { at: date::read(&printed), printed })
}

/// The first element of a class that belongs to the post itself.
fn first<'a>(message: ElementRef<'a>, class: &str) -> Option<ElementRef<'a>> {
    let quoted = |element: &ElementRef<'_>| has(element, "tgme_widget_message_reply");
    outermost(message, |element| has(element, class), quoted).into_iter().next()
}

/// The wanted elements inside another, in document order. What stands in a wanted or passed over element is not looked
/// at, so that nesting costs no more than length.
fn outermost<'a>(
    root: ElementRef<'a>,
    is_wanted: impl Fn(&ElementRef<'a>) -> bool,
    is_passed_over: impl Fn(&ElementRef<'a>) -> bool,
) -> Vec<ElementRef<'a>> {
    let mut found = Vec::new();
    let mut open = vec![root.child_elements()];
    while let Some(children) = open.last_mut() {
        match children.next() {
            None => drop(open.pop()),
            Some(element) if is_passed_over(&element) => {}
            Some(element) if is_wanted(&element) => found.push(element),
            Some(element) => open.push(element.child_elements()),
        }
    }
    found
}

fn has(element: &ElementRef<'_>, class: &str) -> bool {
    element.value().classes().any(|own| own == class)
}

#[cfg(test)]
mod tests;
