//! The selectors of a page source, compiled once: `h3 a`, `h3 a@href`, `@data-url`. Knows nothing of pages.

use scraper::{ElementRef, Selector};

use super::super::BadPick;
use crate::model::PageSelectors;

/// Compiled selectors: how the items of a page are found, and what is taken from each.
#[derive(Debug, Clone)]
pub struct Template {
    pub(super) item: Selector,
    pub(super) title: Pick,
    pub(super) link: Option<Pick>,
    pub(super) date: Option<Pick>,
    pub(super) summary: Option<Pick>,
    /// The item selector as typed.
    pub(super) item_typed: String,
}

impl Template {
    /// Compiles the selectors of a source.
    ///
    /// # Errors
    /// Every bad selector, in the order of the keys.
    pub fn compile(selectors: &PageSelectors) -> Result<Self, Vec<BadPick>> {
        let mut bad = Vec::new();
        let item = item(&selectors.item).map_err(|problem| bad.push(BadPick { key: "item", problem })).ok();
        let mut pick = |key, typed: Option<&String>| {
            let compiled = Pick::compile(key, typed?);
            compiled.map_err(|problem| bad.push(BadPick { key, problem })).ok()
        };
        let title = pick("title", Some(&selectors.title));
        let link = pick("link", selectors.link.as_ref());
        let date = pick("date", selectors.date.as_ref());
        let summary = pick("summary", selectors.summary.as_ref());
        match (item, title) {
            (Some(item), Some(title)) if bad.is_empty() => {
                Ok(Self { item, title, link, date, summary, item_typed: selectors.item.clone() })
            }
            _ => Err(bad),
        }
    }
}

/// An element of an item, or an attribute of one.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    /// Its key in the configuration.
    pub(super) key: &'static str,
    /// As typed.
    pub(super) typed: String,
    /// None for the item element itself.
    selector: Option<Selector>,
    /// None for the element's text.
    pub(super) attribute: Option<String>,
}

impl Pick {
    fn compile(key: &'static str, typed: &str) -> Result<Self, String> {
        let (selector, attribute) = match last_at(typed)? {
            Some(at) => (&typed[..at], Some(attribute(&typed[at + 1..])?)),
            None => (typed, None),
        };
        let selector = match (selector.trim(), &attribute) {
            ("", Some(_)) => None,
            (selector, _) => Some(compile(selector)?),
        };
        Ok(Self { key, typed: typed.to_owned(), selector, attribute })
    }

    /// The first element in the item that is meant.
    pub(super) fn element<'a>(&self, item: ElementRef<'a>) -> Option<ElementRef<'a>> {
        match &self.selector {
            Some(selector) => item.select(selector).next(),
            None => Some(item),
        }
    }
}

fn item(typed: &str) -> Result<Selector, String> {
    match last_at(typed)? {
        Some(at) => Err(format!("an item is an element, so `{}` has no place here", &typed[at..])),
        None => compile(typed.trim()),
    }
}

fn attribute(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("`@` without an attribute; write one behind it, such as `a@href`".to_owned());
    }
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    if !name.chars().all(plain) {
        return Err(format!("`{name}` is not an attribute; `@attribute` stands once, at the end"));
    }
    // html5ever lowers the names of attributes.
    Ok(name.to_ascii_lowercase())
}

/// Where the last `@` stands outside of brackets and quotes, which must be balanced: a CSS parser closes them silently.
fn last_at(typed: &str) -> Result<Option<usize>, String> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut found = None;
    let mut escaped = false;
    for (at, c) in typed.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote.is_some() => quote = quote.filter(|&opened| opened != c),
            '[' | '(' => open.push(c),
            ']' | ')' if open.pop() != Some(if c == ']' { '[' } else { '(' }) => {
                return Err(format!("unbalanced bracket: `{c}` closes nothing"));
            }
            '@' if open.is_empty() => found = Some(at),
            _ => {}
        }
    }
    match (quote, open.last()) {
        (Some(quote), _) => Err(format!("unbalanced quote: {quote} is never closed")),
        (None, Some(bracket)) => Err(format!("unbalanced bracket: `{bracket}` is never closed")),
        (None, None) => Ok(found),
    }
}

fn compile(selector: &str) -> Result<Selector, String> {
    Selector::parse(selector)
        .map_err(|error| problem(selector).unwrap_or_else(|| format!("not a CSS selector ({error:?})")))
}

/// Pseudo-classes that scraper understands.
const PSEUDO_CLASSES: [&str; 17] = [
    "root",
    "empty",
    "scope",
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "nth-last-of-type",
    "not",
    "is",
    "where",
    "has",
];

/// What people get wrong most, in their words.
fn problem(selector: &str) -> Option<String> {
    if selector.is_empty() {
        return Some("empty; write a CSS selector such as `h3 a`".to_owned());
    }
    if selector.contains("::") {
        return Some("pseudo-elements (`::`) select nothing in a page; use `@attribute` for an attribute".to_owned());
    }
    let pseudo = selector
        .split(':')
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or(""));
    for name in pseudo.filter(|name| !name.is_empty()) {
        if !PSEUDO_CLASSES.contains(&name.to_ascii_lowercase().as_str()) {
            return Some(format!(
                "unknown pseudo-class `:{name}`; known are {}",
                PSEUDO_CLASSES.map(|known| format!("`:{known}`")).join(", ")
            ));
        }
    }
    let edge = |c: char| matches!(c, '>' | '+' | '~' | ',');
    if selector.starts_with(edge) || selector.ends_with(edge) {
        return Some("a combinator (`>`, `+`, `~`) or comma needs a selector on both sides".to_owned());
    }
    if selector.ends_with('.') || selector.ends_with('#') || selector.contains("..") {
        return Some("`.` and `#` need a class or id right behind them".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selectors(item: &str, title: &str) -> PageSelectors {
        PageSelectors { item: item.to_owned(), title: title.to_owned(), ..PageSelectors::default() }
    }

    #[test]
    fn bad_selectors_say_what_is_wrong() {
        let table = [
            ("", "empty; write a CSS selector such as `h3 a`"),
            ("  ", "empty; write a CSS selector such as `h3 a`"),
            (".x[", "unbalanced bracket: `[` is never closed"),
            ("a[href", "unbalanced bracket: `[` is never closed"),
            ("a]", "unbalanced bracket: `]` closes nothing"),
            ("p:not(.a]", "unbalanced bracket: `]` closes nothing"),
            ("a[href=\"x]", "unbalanced quote: \" is never closed"),
            ("a@", "`@` without an attribute; write one behind it, such as `a@href`"),
            ("@", "`@` without an attribute; write one behind it, such as `a@href`"),
            ("a@href b", "`href b` is not an attribute; `@attribute` stands once, at the end"),
            ("h3::text", "pseudo-elements (`::`) select nothing in a page; use `@attribute` for an attribute"),
            ("h3 >", "a combinator (`>`, `+`, `~`) or comma needs a selector on both sides"),
            ("h3.", "`.` and `#` need a class or id right behind them"),
        ];
        for (typed, want) in table {
            let bad = Template::compile(&selectors("li", typed)).expect_err(typed);
            assert_eq!(bad, [BadPick { key: "title", problem: want.to_owned() }], "{typed}");
        }
        let bad = Template::compile(&selectors("li:contains('x')", "a")).expect_err("unknown pseudo-class");
        assert!(bad[0].problem.starts_with("unknown pseudo-class `:contains`; known are `:root`"), "{bad:?}");
        let bad = Template::compile(&selectors("li", "1a")).expect_err("starts with a digit");
        assert!(bad[0].problem.starts_with("not a CSS selector ("), "{bad:?}");
    }

    #[test]
    fn every_bad_selector_is_reported() {
        let all = PageSelectors {
            item: "li@id".to_owned(),
            title: "[".to_owned(),
            link: Some("a@".to_owned()),
            date: Some(":nope".to_owned()),
            summary: Some(String::new()),
        };
        let bad = Template::compile(&all).expect_err("all are bad");
        assert_eq!(bad.iter().map(|bad| bad.key).collect::<Vec<_>>(), ["item", "title", "link", "date", "summary"]);
        assert_eq!(bad[0].problem, "an item is an element, so `@id` has no place here");
    }

    #[test]
    fn known_selectors_compile_and_cross_threads() {
        fn crosses<T: Send + Sync>(_: &T) {}
        let good = [
            "h3 a",
            "h3 a@href",
            "@data-url",
            "a[href*='@']@HREF",
            "a[title=\"]\"]",
            "div > p:nth-child(2n+1)",
            "li:has(> a)",
        ];
        for typed in good {
            crosses(&Template::compile(&selectors("article.post, li:not(.ad)", typed)).expect(typed));
        }
        for name in PSEUDO_CLASSES {
            let argument = match name {
                "not" | "is" | "where" | "has" => "(a)",
                _ if name.starts_with("nth") => "(1)",
                _ => "",
            };
            Template::compile(&selectors("li", &format!("a:{name}{argument}"))).expect(name);
        }
    }
}
