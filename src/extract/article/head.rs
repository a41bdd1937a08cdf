//! What a page says of its article outside the text: JSON-LD, Open Graph and `article:*`, Dublin Core and the like, the
//! canonical link, `<html lang>`, `<h1>` and `<time>`; and the signs by which walls are known.

use scraper::{ElementRef, Html};
use url::Url;

use super::linked_data::{self, LinkedArticle};
use crate::extract::html;

/// Longest value that is kept, in characters; headlines have under 300.
const LONGEST: usize = 1000;

/// The rank of a `<time>` over the headline: of today's date, or of a line of latest news.
pub(super) const RANK_OVER: u8 = 5;

/// Most scripts of linked data that are read.
const MAX_SCRIPTS: usize = 20;

/// See the module. None and empty where a page says nothing.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) language: Option<String>,
    /// `<title>`.
    pub(super) title: Option<String>,
    /// `og:title` and the like.
    pub(super) headline: Option<String>,
    /// The first `<h1>`.
    pub(super) h1: Option<String>,
    /// The first heading that calls itself the headline: `entry-title`, `itemprop=headline`.
    pub(super) entry: Option<String>,
    pub(super) canonical: Option<String>,
    pub(super) site: Option<String>,
    pub(super) author: Option<String>,
    /// Dates as printed, each with its rank; best first.
    pub(super) dates: Vec<(u8, String)>,
    pub(super) linked: LinkedArticle,
    pub(super) signs: Signs,
    pub(super) base: Option<String>,
}

/// What a page is built of, as far as walls are known by it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Signs {
    /// A field for a password.
    pub(super) has_password: bool,
    /// The script or form of a service that checks browsers.
    pub(super) has_challenge: bool,
    /// An element that calls itself a paywall.
    pub(super) has_paywall: bool,
    /// Scripts, counted.
    pub(super) scripts: usize,
}

impl Head {
    /// Reads what a page says.
    pub(super) fn of(page: &Html) -> Self {
        let mut head = Self::default();
        let root = page.root_element();
        head.language = root.attr("lang").or_else(|| root.attr("xml:lang")).and_then(kept);
        let mut scripts = 0;
        for element in root.descendent_elements() {
            let value = element.value();
            match value.name() {
                "meta" => head.meta(element),
                "link" => head.link(element),
                "base" => head.base = head.base.take().or_else(|| element.attr("href").map(str::to_owned)),
                "title" if head.title.is_none() => head.title = kept(&element.text().collect::<String>()),
                "h1" if head.h1.is_none() => head.h1 = kept(&element.text().collect::<String>()),
                "h2" | "h3" | "h4" if head.entry.is_none() && is_headline(element) => {
                    head.entry = kept(&element.text().collect::<String>());
                }
                "time" => {
                    let is_over = head.h1.is_none() && head.entry.is_none();
                    let rank = match element.attr("pubdate") {
                        Some(_) => 3,
                        None if is_over => RANK_OVER,
                        None => 4,
                    };
                    head.date(element.attr("datetime"), rank);
                }
                "script" => {
                    head.signs.scripts += 1;
                    head.signs.has_challenge |= element.attr("src").is_some_and(is_challenge);
                    let is_data = element
                        .attr("type")
                        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"));
                    if is_data && scripts < MAX_SCRIPTS {
                        scripts += 1;
                        head.linked_data(element);
                    }
                }
                "input" => head.signs.has_password |= element.attr("type") == Some("password"),
                _ => {}
            }
            if element.attr("itemprop") == Some("datePublished") && value.name() != "meta" {
                head.date(element.attr("content").or_else(|| element.attr("datetime")), 2);
            }
            for name in [element.attr("class"), element.attr("id")].into_iter().flatten() {
                head.signs.has_challenge |= is_challenge(name);
                head.signs.has_paywall |= name.contains("paywall") || name.contains("premium-content");
            }
        }
        head
    }

    /// The address that stands for the page: its canonical link. None when it names the front page instead, as many
    /// templates do, or no web address.
    pub(super) fn canonical(&self, url: Option<&Url>) -> Option<Url> {
        let base = match (&self.base, url) {
            (Some(base), Some(url)) => url.join(base).ok(),
            (Some(base), None) => Url::parse(base).ok(),
            (None, url) => url.cloned(),
        };
        let href = self.canonical.as_deref()?;
        let found = match &base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        let is_front = |url: &Url| url.path() == "/" && url.query().is_none();
        (matches!(found.scheme(), "http" | "https") && (!is_front(&found) || url.is_some_and(is_front)))
            .then_some(found)
    }

    fn linked_data(&mut self, script: ElementRef<'_>) {
        if self.linked != LinkedArticle::default() {
            return;
        }
        if let Some(found) = linked_data::read(&script.text().collect::<String>()) {
            self.date(found.published.as_deref(), 0);
            self.linked = found;
        }
    }

    fn link(&mut self, element: ElementRef<'_>) {
        let is_canonical = element
            .attr("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("canonical")));
        if let Some(href) = element.attr("href").filter(|_| is_canonical) {
            self.canonical = Some(href.trim().to_owned());
        }
    }

    fn meta(&mut self, element: ElementRef<'_>) {
        let names = ["property", "name", "itemprop", "http-equiv"];
        let Some(name) = names.into_iter().find_map(|attribute| element.attr(attribute)) else { return };
        let Some(content) = element.attr("content").and_then(kept) else { return };
        let first = |place: &mut Option<String>| {
            place.get_or_insert(content.clone());
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "og:title" => self.headline = Some(content),
            "twitter:title" | "dc.title" | "dcterms.title" => first(&mut self.headline),
            "og:url" => first(&mut self.canonical),
            "og:site_name" => self.site = Some(content),
            "application-name" => first(&mut self.site),
            "author" | "article:author_name" | "dc.creator" | "byl" | "parsely-author" => first(&mut self.author),
            "content-language" | "og:locale" | "dc.language" | "language" => first(&mut self.language),
            "article:published_time" | "og:article:published_time" | "datepublished" => self.date(Some(&content), 1),
            "date" | "pubdate" | "publishdate" | "publish-date" | "publish_date" | "published_time" | "dc.date"
            | "dc.date.issued" | "dcterms.created" | "dcterms.date" | "parsely-pub-date" | "sailthru.date"
            | "article.published" | "publication_date" | "datecreated" => self.date(Some(&content), 2),
            _ => {}
        }
    }

    fn date(&mut self, printed: Option<&str>, rank: u8) {
        /// Most dates kept; lists of other articles carry one each.
        const MOST: usize = 8;
        let Some(printed) = printed.and_then(kept).filter(|_| self.dates.len() < MOST) else { return };
        let at = self.dates.partition_point(|&(other, _)| other <= rank);
        self.dates.insert(at, (rank, printed));
    }
}

/// Whether a heading calls itself the headline of the article.
fn is_headline(heading: ElementRef<'_>) -> bool {
    let is_name = |name: &str| matches!(name, "entry-title" | "post-title" | "article-title" | "headline");
    [heading.attr("class"), heading.attr("itemprop")].into_iter().flatten().flat_map(str::split_whitespace).any(is_name)
}

/// Names that the services which check browsers give to their scripts and forms.
fn is_challenge(name: &str) -> bool {
    [
        "cdn-cgi/challenge-platform",
        "cf-challenge",
        "challenge-form",
        "cf-browser-verification",
        "_Incapsula_Resource",
        "ddos-guard",
        "sucuri_cloudproxy",
        "px-captcha",
        "captcha-delivery",
    ]
    .iter()
    .any(|sign| name.contains(sign))
}

fn kept(raw: &str) -> Option<String> {
    let end = raw.char_indices().nth(LONGEST * 4).map_or(raw.len(), |(end, _)| end);
    let plain = html::plain(&raw[..end]);
    let end = plain.char_indices().nth(LONGEST).map_or(plain.len(), |(end, _)| end);
    Some(plain[..end].to_owned()).filter(|plain| !plain.is_empty())
}
