//! Links of a page: made absolute, and found where people put them around a title.

use scraper::ElementRef;
use url::Url;

/// Makes links absolute.
pub(in crate::extract) struct Links {
    base: Option<Url>,
}

impl Links {
    /// The base of a page: its first `<base href>` (HTML §4.2.3), itself relative to where the page was found.
    pub(in crate::extract) fn of(root: ElementRef<'_>, url: Option<&Url>) -> Self {
        let page = Self { base: url.cloned() };
        let base = super::named(root, "base").find_map(|base| base.attr("href")).and_then(|href| page.resolve(href));
        Self { base: base.or(page.base) }
    }

    /// The address a link leads to. None for what is no article: other schemes, and places in this page.
    pub(in crate::extract) fn resolve(&self, href: &str) -> Option<Url> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let url = match &self.base {
            Some(base) => base.join(href),
            None => Url::parse(href),
        };
        url.ok().filter(|url| matches!(url.scheme(), "http" | "https"))
    }

    /// The first link of an element: its own or one inside it.
    pub(super) fn first(&self, element: ElementRef<'_>) -> Option<Url> {
        element.descendent_elements().find_map(|inside| self.own(inside))
    }

    /// The link a title carries: inside it, or around it within the item.
    pub(super) fn around(&self, title: ElementRef<'_>, item: ElementRef<'_>) -> Option<Url> {
        let mut around = title.ancestors().take_while(|node| node.id() != item.id()).filter_map(ElementRef::wrap);
        self.first(title).or_else(|| around.find_map(|element| self.own(element)))
    }

    fn own(&self, element: ElementRef<'_>) -> Option<Url> {
        (element.value().name() == "a").then(|| self.resolve(element.attr("href")?)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Document, page};
    use crate::model::PageSelectors;

    fn links(page: &str, url: Option<&Url>, item: &str, title: &str, link: Option<&str>) -> Vec<String> {
        let selectors = PageSelectors {
            item: item.into(),
            title: title.into(),
            link: link.map(str::to_owned),
            ..PageSelectors::default()
        };
        let template = page::Template::compile(&selectors).expect("good selectors");
        let document = Document { bytes: page.as_bytes(), content_type: None, url };
        let parsed = page::read(&template, &document).expect("a page");
        parsed.items.into_iter().map(|item| item.link.map(String::from).unwrap_or_default()).collect()
    }

    #[test]
    fn where_a_link_is_found() {
        let table = [
            // (page, item, title, link, want)
            ("<li><a href=1>x</a><h3>T<a href=2>y</a></h3></li>", "li", "h3", None, "http://h/p/2"),
            ("<li><a href=1>x</a><h3>T</h3></li>", "li", "h3", None, "http://h/p/1"),
            ("<li><a href=1>x</a><a href=2><h3>T</h3></a></li>", "li", "h3", None, "http://h/p/2"),
            ("<a class=i href=1><h3>T</h3></a>", "a.i", "h3", None, "http://h/p/1"),
            ("<li><a href='javascript:x'>x</a><a href=2>T</a></li>", "li", "a + a", None, "http://h/p/2"),
            ("<li><a href='ftp://h/x'>T</a></li>", "li", "a", None, ""),
            ("<li><h3>T</h3><b><a href=3>x</a></b></li>", "li", "h3", Some("b"), "http://h/p/3"),
            ("<li><h3>T</h3><a href=1>x</a><b data-u=' /4 '></b></li>", "li", "h3", Some("b@data-u"), "http://h/4"),
            ("<li data-u=//o.example/5><h3>T</h3></li>", "li", "h3", Some("@data-u"), "http://o.example/5"),
            ("<base href=/b/><base href=/c/><li><a href=6>T</a></li>", "li", "a", None, "http://h/b/6"),
            ("<base href='javascript:0'><li><a href=7>T</a></li>", "li", "a", None, "http://h/p/7"),
        ];
        let found_at = Url::parse("http://h/p/").expect("an URL");
        for (page, item, title, link, want) in table {
            assert_eq!(links(page, Some(&found_at), item, title, link), [want], "{page}");
        }
        let unknown = "<li><a href=/1>T</a><a href=http://h/2>U</a></li>";
        assert_eq!(links(unknown, None, "li", "a", None), ["http://h/2"]);
    }
}
