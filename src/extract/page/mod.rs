//! Web pages whose items are picked by CSS selectors. Knows nothing of whether a page that yields nothing is broken: it says
//! what it found, and `problems` says what it did not.

pub(super) mod link;
mod selector;
pub(super) mod text;

use std::collections::HashMap;

use scraper::{ElementRef, Html};
use url::Url;

use super::{Document, FeedHead, ParseError, Parsed, date, depth, encoding};
use crate::model::{Item, PrintedDate};
use link::Links;
use selector::Pick;
pub use selector::Template;

/// Most items taken from one page; front pages list under a hundred.
const MAX_ITEMS: usize = 2000;
/// Most items an item may stand in.
const MAX_NESTING: usize = 8;
/// Longest title kept, in characters.
const MAX_TITLE: usize = 1000;
/// Longest summary kept, in characters.
const MAX_SUMMARY: usize = 10_000;
/// Longest date kept, in characters.
const MAX_DATE: usize = 200;
/// Most bad items named; a page with more has one thing wrong with it, not many.
const MAX_NAMED: usize = 10;

/// Reads a page. A page on which the item selector matches nothing is read, has no items and says so.
///
/// # Errors
/// [`ParseError::Empty`], [`ParseError::TooDeep`] or [`ParseError::TooLarge`].
pub fn read(template: &Template, document: &Document<'_>) -> Result<Parsed, ParseError> {
    let page = encoding::decode(document.bytes, document.content_type);
    if page.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let html = depth::parse(&page)?;
    let root = html.root_element();
    let links = Links::of(root, document.url);
    let head = head(root, &links, document.url);
    let (items, problems) = items(template, &html, &links);
    Ok(Parsed { head, items, problems, complete: true, ..Parsed::default() })
}

pub(super) fn head(root: ElementRef<'_>, links: &Links, url: Option<&Url>) -> FeedHead {
    let title = named(root, "title").next().map(|title| text::plain(title, MAX_TITLE));
    let is_canonical = |link: &ElementRef<'_>| {
        link.attr("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("canonical")))
    };
    let canonical = named(root, "link").filter(is_canonical).find_map(|link| links.resolve(link.attr("href")?));
    FeedHead {
        title: title.unwrap_or_default(),
        link: canonical.or_else(|| url.cloned()).map(Url::into).unwrap_or_default(),
        language: language(root).unwrap_or_default(),
        hub: None,
    }
}

/// The items of a page in document order, and what was wrong with it.
pub(super) fn items(template: &Template, html: &Html, links: &Links) -> (Vec<Item>, Vec<String>) {
    let mut elements = html.select(&template.item);
    let found: Vec<ElementRef<'_>> = elements.by_ref().take(MAX_ITEMS).collect();
    let mut problems = Vec::new();
    if found.is_empty() {
        problems.push(format!("selector `{}` matched nothing", template.item_typed));
    }
    if elements.next().is_some() {
        problems.push(format!(
            "selector `{}` matched more than {MAX_ITEMS} items; the rest is left out",
            template.item_typed
        ));
    }
    let (shallow, nested) = without_deeply_nested(found);
    if nested > 0 {
        problems.push(format!("{nested} items stand in more than {MAX_NESTING} others; they are left out"));
    }
    let read: Vec<Item> = shallow.iter().map(|&element| item(template, element, links)).collect();
    problems.extend(barren(template, &read));
    let mut empty = 0;
    for (number, (item, &element)) in (1..).zip(read.iter().zip(&shallow)) {
        if is_empty(item) {
            empty += 1;
            if empty <= MAX_NAMED {
                problems.push(format!("item {number} has neither title nor link: \"{}\"", text::plain(element, 60)));
            }
        }
    }
    if empty > MAX_NAMED {
        problems.push(format!("and {} more items without title and link", empty - MAX_NAMED));
    }
    (each_link_once(read.into_iter().filter(|item| !is_empty(item))), problems)
}

fn is_empty(item: &Item) -> bool {
    item.title.is_empty() && item.link.is_none()
}

/// Items inside items are read twice over, which hostile nesting must not multiply. Also counts what is left out.
fn without_deeply_nested(found: Vec<ElementRef<'_>>) -> (Vec<ElementRef<'_>>, usize) {
    let all = found.len();
    let mut nesting = HashMap::new();
    let mut shallow = found;
    shallow.retain(|element| {
        let around = element.ancestors().find_map(|node| nesting.get(&node.id()).copied()).unwrap_or(0);
        nesting.insert(element.id(), around + 1);
        around <= MAX_NESTING
    });
    let left_out = all - shallow.len();
    (shallow, left_out)
}

/// The same article is often linked twice: from its picture, without a title, and from its headline.
fn each_link_once(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut once: Vec<Item> = Vec::new();
    let mut by_link: HashMap<Url, usize> = HashMap::new();
    for item in items {
        match item.link.as_ref().and_then(|link| by_link.get(link)) {
            Some(&first) if once[first].title.is_empty() => once[first] = item,
            Some(_) => {}
            None => {
                by_link.extend(item.link.clone().map(|link| (link, once.len())));
                once.push(item);
            }
        }
    }
    once
}

/// Names the selectors that gave nothing in any item: the first sign of a redesign.
fn barren(template: &Template, items: &[Item]) -> Vec<String> {
    let all = |is_missing: fn(&Item) -> bool| !items.is_empty() && items.iter().all(is_missing);
    let picks = [
        (Some(&template.title), all(|item| item.title.is_empty())),
        (template.link.as_ref(), all(|item| item.link.is_none())),
        (template.date.as_ref(), all(|item| item.published.is_none())),
        (template.summary.as_ref(), all(|item| item.summary.is_empty())),
    ];
    let barren = picks.into_iter().filter_map(|(pick, is_barren)| pick.filter(|_| is_barren));
    barren
        .map(|pick| format!("selector `{}` ({}) gave nothing in any of {} items", pick.typed, pick.key, items.len()))
        .collect()
}

fn item(template: &Template, element: ElementRef<'_>, links: &Links) -> Item {
    let title = template.title.element(element);
    let link = match &template.link {
        Some(pick) => pick.element(element).and_then(|found| match &pick.attribute {
            Some(name) => links.resolve(found.attr(name)?),
            None => links.first(found),
        }),
        None => title.and_then(|title| links.around(title, element)).or_else(|| links.first(element)),
    };
    Item {
        link,
        title: title.and_then(|title| taken(&template.title, title, MAX_TITLE)).unwrap_or_default(),
        summary: picked(template.summary.as_ref(), element, MAX_SUMMARY).unwrap_or_default(),
        published: template.date.as_ref().and_then(|pick| published(pick, element)),
        lang: language(element),
        ..Item::default()
    }
}

fn picked(pick: Option<&Pick>, item: ElementRef<'_>, max: usize) -> Option<String> {
    let pick = pick?;
    taken(pick, pick.element(item)?, max)
}

/// The text or the attribute of a picked element.
fn taken(pick: &Pick, element: ElementRef<'_>, max: usize) -> Option<String> {
    match &pick.attribute {
        Some(name) => element.attr(name).map(|value| text::folded(value, max)),
        None => Some(text::plain(element, max)),
    }
}

/// The date of an item: the attribute asked for, else a `datetime` of the element or inside it, else its text.
fn published(pick: &Pick, item: ElementRef<'_>) -> Option<PrintedDate> {
    let element = pick.element(item)?;
    let attribute = match &pick.attribute {
        Some(_) => None,
        None => element.descendent_elements().find_map(|inside| inside.attr("datetime")),
    };
    let printed =
        attribute.map(|value| text::folded(value, MAX_DATE)).into_iter().chain(taken(pick, element, MAX_DATE));
    let dates: Vec<PrintedDate> = printed
        .filter(|printed| !printed.is_empty())
        .map(|printed| PrintedDate { at: date::read(&printed), printed })
        .collect();
    dates.iter().find(|date| date.at.is_some()).or(dates.last()).cloned()
}

/// The declared language of an element: its own or the nearest around it (HTML §3.2.6.2).
pub(super) fn language(element: ElementRef<'_>) -> Option<String> {
    let around = element.ancestors().filter_map(ElementRef::wrap);
    let declared =
        std::iter::once(element).chain(around).find_map(|e| e.attr("lang").or_else(|| e.attr("xml:lang")))?;
    Some(text::folded(declared, MAX_DATE)).filter(|language| !language.is_empty())
}

fn named<'a>(root: ElementRef<'a>, name: &'static str) -> impl Iterator<Item = ElementRef<'a>> {
    root.descendent_elements().filter(move |element| element.value().name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageSelectors;

    const PAGE: &str = r##"<!doctype html><html lang="fr"><head><title> Sahara
        Média </title><link rel="canonical" href="/accueil"><meta charset="utf-8"></head><body>
        <article class="post"><a class="rubrique" href="/mali">Mali</a><a href="/a1?x=1&amp;y=2"><h3>Attaque
          à <b>Djibo</b></h3></a><time datetime="2025-04-22T21:35:00+01:00">hier</time><p>Au moins<br>40 morts</p></article>
        <article class="post"><h3><a href="https://autre.example/a2">Bamako</a></h3><time datetime="hier">22 avril 2025</time></article>
        <article class="post" lang="ar"><h3><a href="a3">هجوم مسلح</a></h3><time>الثلاثاء 22 أبريل 2025 - 21:35</time></article>
        <article class="post"><h3>Sans lien</h3><time>bientôt</time></article>
        <article class="post"><h3></h3><a href="javascript:alert(1)"></a><a href="mailto:x@y.z"></a><a href="#top"></a>Pub</article>
        </body></html>"##;

    fn selectors(item: &str, title: &str) -> PageSelectors {
        PageSelectors { item: item.to_owned(), title: title.to_owned(), ..PageSelectors::default() }
    }

    fn read_at(url: &str, selectors: &PageSelectors, page: &str) -> Parsed {
        let url = Url::parse(url).expect("an URL");
        let document =
            Document { bytes: page.as_bytes(), content_type: Some("text/html; charset=utf-8"), url: Some(&url) };
        read(&Template::compile(selectors).expect("good selectors"), &document).expect("a page")
    }

    fn links(parsed: &Parsed) -> Vec<&str> {
        parsed.items.iter().map(|item| item.link.as_ref().map_or("", Url::as_str)).collect()
    }

    #[test]
    fn items_as_printed() {
        let date = Some("time".to_owned());
        let all = PageSelectors { date, summary: Some("p".to_owned()), ..selectors("article.post", "h3") };
        let parsed = read_at("https://sahara.example/fr/", &all, PAGE);
        assert_eq!(parsed.head.title, "Sahara Média");
        assert_eq!(parsed.head.link, "https://sahara.example/accueil");
        assert_eq!(parsed.head.language, "fr");
        assert!(parsed.complete);
        let titles: Vec<&str> = parsed.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Attaque à Djibo", "Bamako", "هجوم مسلح", "Sans lien"]);
        assert_eq!(
            links(&parsed),
            ["https://sahara.example/a1?x=1&y=2", "https://autre.example/a2", "https://sahara.example/fr/a3", ""]
        );
        let dates: Vec<(String, String)> = (parsed.items.iter().filter_map(|item| item.published.clone()))
            .map(|date| (date.printed, date.at.map(|at| at.to_string()).unwrap_or_default()))
            .collect();
        let want = [
            ("2025-04-22T21:35:00+01:00", "2025-04-22T20:35:00Z"),
            ("22 avril 2025", "2025-04-22T00:00:00Z"),
            ("الثلاثاء 22 أبريل 2025 - 21:35", "2025-04-22T21:35:00Z"),
            ("bientôt", ""),
        ];
        assert_eq!(dates, want.map(|(printed, at)| (printed.to_owned(), at.to_owned())));
        assert_eq!(parsed.items[0].summary, "Au moins 40 morts");
        let languages: Vec<Option<&str>> = parsed.items.iter().map(|item| item.lang.as_deref()).collect();
        assert_eq!(languages, [Some("fr"), Some("fr"), Some("ar"), Some("fr")]);
        assert_eq!(parsed.problems, ["item 5 has neither title nor link: \"Pub\""]);
    }

    #[test]
    fn attributes_instead_of_texts() {
        let page = "<li data-t=' Attaque  à Djibo ' data-d=1745357707 title=x><i datetime=2020-01-01></i></li>";
        let date = Some("@data-d".to_owned());
        let parsed = read_at("http://h/", &PageSelectors { date, ..selectors("li", "@data-t") }, page);
        assert_eq!(parsed.items[0].title, "Attaque à Djibo");
        assert_eq!(parsed.items[0].published.as_ref().map(|date| date.printed.as_str()), Some("1745357707"));
    }

    #[test]
    fn the_same_link_twice_is_one_item() {
        let page =
            "<li><a href=1><img></a></li><li><a href=2>B</a></li><li><a href=1>A</a></li><li><a href=1>C</a></li>";
        let parsed = read_at("http://h/", &selectors("li", "a"), page);
        let items: Vec<_> =
            parsed.items.iter().zip(links(&parsed)).map(|(item, link)| (item.title.as_str(), link)).collect();
        assert_eq!(items, [("A", "http://h/1"), ("B", "http://h/2")]);
        assert_eq!(parsed.problems, [""; 0]);
    }

    #[test]
    fn what_was_not_found_is_said() {
        let page = "<ul><li><a href=1>A</a></li></ul>";
        let problems = |selectors: &PageSelectors, page: &str| read_at("http://h/", selectors, page).problems;
        assert_eq!(problems(&selectors("li.x", "a"), page), ["selector `li.x` matched nothing"]);
        let date = PageSelectors { date: Some("time".to_owned()), ..selectors("li", "a") };
        assert_eq!(problems(&date, page), ["selector `time` (date) gave nothing in any of 1 items"]);
        let empty = problems(&selectors("li", "a"), &"<li>x</li>".repeat(14));
        assert_eq!(empty.len(), 1 + MAX_NAMED + 1);
        assert_eq!(empty[0], "selector `a` (title) gave nothing in any of 14 items");
        assert_eq!(empty[11], "and 4 more items without title and link");
    }

    #[test]
    fn pages_without_end_are_cut() {
        let many: String = (0..MAX_ITEMS + 5).map(|n| format!("<li><a href={n}>{n}</a></li>")).collect();
        let parsed = read_at("http://h/", &selectors("li", "a"), &many);
        assert_eq!(
            (parsed.items.len(), parsed.items.last().map(|item| item.title.as_str())),
            (MAX_ITEMS, Some("1999"))
        );
        assert_eq!(parsed.problems, ["selector `li` matched more than 2000 items; the rest is left out"]);
        let long = format!("<li><a href=1>{}</a></li>", "é".repeat(MAX_TITLE + 5));
        assert_eq!(read_at("http://h/", &selectors("li", "a"), &long).items[0].title.chars().count(), MAX_TITLE);
        let nested = "<div class=i>".repeat(12) + "<a href=1>A</a>";
        let parsed = read_at("http://h/", &selectors(".i", "a"), &nested);
        assert_eq!(parsed.problems, ["3 items stand in more than 8 others; they are left out"]);
    }

    #[test]
    fn unreadable_pages() {
        let template = Template::compile(&selectors("li", "a")).expect("good selectors");
        let read =
            |page: &str| read(&template, &Document { bytes: page.as_bytes(), content_type: None, url: None }).err();
        assert_eq!(read(" \n"), Some(ParseError::Empty));
        assert_eq!(read(&"<div>".repeat(2000)), Some(ParseError::TooDeep));
        assert_eq!(read("no markup at all"), None);
    }
}
