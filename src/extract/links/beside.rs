//! What stands beside the news of a front page: menus, footers, side columns, lists of the most read, tags. Told by
//! element names, roles, the words of classes and ids, and the words over a list.

use super::flat::Flat;
use super::words::{is_most_read, is_title_like};
use crate::extract::article::words::{self, Hint};

/// How sure it is that an element stands beside the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Within,
    /// A class says so; but themes name whole pages so, too: `content-sidebar-wrap`.
    Seems,
    Beside,
}

/// Marks the parts that stand beside the news.
pub(super) fn mark(flat: &mut Flat<'_>) {
    let long = long_links_before(flat);
    let all = long.last().copied().unwrap_or(0);
    for at in 1..flat.parts.len() {
        let part = &flat.parts[at];
        let inside = long[part.end] - long[at];
        let is_beside = flat.parts[part.parent].is_beside
            || match standing(flat, at) {
                Standing::Within => false,
                // What holds most of the long links of a page is the page.
                Standing::Seems => inside * 2 < all || inside == 0,
                Standing::Beside => true,
            };
        flat.parts[at].is_beside = is_beside;
    }
    mark_most_read(flat);
}

/// How many links that read like headlines stand before each part.
fn long_links_before(flat: &Flat<'_>) -> Vec<usize> {
    let mut before = Vec::with_capacity(flat.parts.len() + 1);
    let mut count = 0;
    for part in &flat.parts {
        before.push(count);
        count += usize::from(part.name() == "a" && is_title_like(flat.text[part.from..part.to].trim()));
    }
    before.push(count);
    before
}

fn standing(flat: &Flat<'_>, at: usize) -> Standing {
    let part = &flat.parts[at];
    let value = part.element.value();
    let name = part.name();
    if matches!(name, "nav" | "footer" | "aside" | "menu" | "form") {
        return Standing::Beside;
    }
    if name == "header"
        && !flat.around(at).any(|around| matches!(flat.parts[around].name(), "article" | "li" | "section" | "main"))
    {
        return Standing::Seems;
    }
    if matches!(name, "html" | "body" | "main" | "article" | "h1" | "h2" | "h3" | "h4" | "a") {
        return Standing::Within;
    }
    let hint = words::hint(value);
    let names = [value.attr("class"), value.attr("id")].into_iter().flatten().flat_map(str::split_ascii_whitespace);
    let is_named = names.take(MOST_NAMES).flat_map(words::words).any(|word| BESIDE.contains(&word.as_str()));
    match hint {
        // A list in a menu is one, however long its links.
        Hint::Aside if matches!(name, "ul" | "ol") => Standing::Beside,
        Hint::Aside => Standing::Seems,
        _ if is_named => Standing::Seems,
        _ => Standing::Within,
    }
}

/// A list under "most read" holds old news. It ends with what holds both, or at the next heading that is no link.
fn mark_most_read(flat: &mut Flat<'_>) {
    let over: Vec<usize> = (0..flat.parts.len()).filter(|&at| is_over_most_read(flat, at)).collect();
    for at in over {
        // One that stands in the list of another is marked with it, so that no part is marked twice over.
        if flat.parts[at].is_beside {
            continue;
        }
        let end = flat.parts[at].end;
        let container = flat.around(at).find(|&around| flat.parts[around].end > end);
        let Some(container) = container else { continue };
        let level = flat.parts[at].level();
        let until = (end..flat.parts[container].end)
            .find(|&next| {
                level.is_some()
                    && flat.parts[next].level().is_some_and(|next| Some(next) <= level)
                    && !has_link(flat, next)
            })
            .unwrap_or(flat.parts[container].end);
        for part in &mut flat.parts[end..until] {
            part.is_beside = true;
        }
    }
}

fn has_link(flat: &Flat<'_>, at: usize) -> bool {
    flat.parts[at..flat.parts[at].end].iter().any(|part| part.name() == "a")
        || flat.around(at).take(2).any(|around| flat.parts[around].name() == "a")
}

fn is_over_most_read(flat: &Flat<'_>, at: usize) -> bool {
    let part = &flat.parts[at];
    let is_heading = part.level().is_some()
        || (matches!(part.name(), "div" | "span" | "p" | "strong" | "b" | "td" | "th" | "a")
            && part.to - part.from < LONGEST_HEADING);
    is_heading && !part.is_beside && is_most_read(flat.text[part.from..part.to].trim())
}

/// Bytes of the longest words that stand over a list.
const LONGEST_HEADING: usize = 60;
/// Most class names of an element that are looked at.
const MOST_NAMES: usize = 40;

/// Words of classes and ids, beside those that [`words::hint`] knows.
const BESIDE: [&str; 28] = [
    "popular",
    "populaires",
    "trending",
    "mostread",
    "lus",
    "tagcloud",
    "tags",
    "share",
    "social",
    "lang",
    "langues",
    "language",
    "languages",
    "topbar",
    "breadcrumb",
    "submenu",
    "dropdown",
    "megamenu",
    "copyright",
    "partners",
    "partenaires",
    "liens",
    "blogroll",
    "archive",
    "archives",
    "calendar",
    "login",
    "filinfo",
];
