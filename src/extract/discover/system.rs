//! Content systems: how the one that made a page is known, and where each keeps its feeds by its documentation.

use std::collections::BTreeMap;

use scraper::Html;

/// A content system, known by what it writes into its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// wordpress.org
    WordPress,
    /// spip.net
    Spip,
    /// joomla.org
    Joomla,
    /// drupal.org
    Drupal,
    /// blogger.com
    Blogger,
    /// ghost.org
    Ghost,
    /// medium.com
    Medium,
    /// wix.com
    Wix,
    /// squarespace.com
    Squarespace,
    /// gohugo.io
    Hugo,
}

/// Which system made a page.
pub(super) fn system(html: &Html) -> Option<System> {
    let mut points: BTreeMap<System, usize> = BTreeMap::new();
    for element in html.root_element().descendent_elements() {
        let value = element.value();
        let is_generator =
            value.name() == "meta" && value.attr("name").is_some_and(|name| name.eq_ignore_ascii_case("generator"));
        if let Some(system) = value.attr("content").filter(|_| is_generator).and_then(by_generator) {
            return Some(system);
        }
        let Some(address) = value.attr("src").or_else(|| value.attr("href")) else { continue };
        for (mark, system) in MARKS {
            if address.contains(mark) {
                *points.entry(system).or_default() += 1;
            }
        }
    }
    // A stray link to another site of the system is no sign of it.
    points.into_iter().max_by_key(|&(_, points)| points).filter(|&(_, points)| points >= 2).map(|(system, _)| system)
}

fn by_generator(content: &str) -> Option<System> {
    let content = content.to_ascii_lowercase();
    GENERATORS.iter().find(|(name, _)| content.contains(name)).map(|&(_, system)| system)
}

/// Where a system keeps its feeds, by its documentation.
pub(super) fn paths(system: System) -> &'static [&'static str] {
    match system {
        System::WordPress => &["/feed/", "/?feed=rss2"],
        System::Spip => &["/spip.php?page=backend"],
        System::Joomla => {
            &["/index.php?format=feed&type=rss", "/?format=feed&type=rss", "/index.php?format=feed&type=atom"]
        }
        System::Drupal => &["/rss.xml", "/feed", "/rss"],
        System::Blogger => &["/feeds/posts/default", "/feeds/posts/default?alt=rss"],
        System::Ghost => &["/rss/"],
        System::Medium => &["/feed"],
        System::Wix => &["/blog-feed.xml"],
        System::Squarespace => &["/?format=rss", "/blog?format=rss"],
        System::Hugo => &["/index.xml"],
    }
}

const GENERATORS: [(&str, System); 10] = [
    ("wordpress", System::WordPress),
    ("spip", System::Spip),
    ("joomla", System::Joomla),
    ("drupal", System::Drupal),
    ("blogger", System::Blogger),
    ("ghost", System::Ghost),
    ("medium", System::Medium),
    ("wix.com", System::Wix),
    ("squarespace", System::Squarespace),
    ("hugo", System::Hugo),
];

/// Parts of addresses of scripts, styles and pictures that a system writes.
const MARKS: [(&str, System); 11] = [
    ("/wp-content/", System::WordPress),
    ("/wp-includes/", System::WordPress),
    ("spip.php", System::Spip),
    ("squelettes", System::Spip),
    ("/media/jui/", System::Joomla),
    ("option=com_content", System::Joomla),
    ("/sites/default/files/", System::Drupal),
    ("/core/misc/drupal", System::Drupal),
    ("blogger.com/", System::Blogger),
    ("static.wixstatic.com", System::Wix),
    ("static1.squarespace.com", System::Squarespace),
];

pub(super) const FEED_TYPES: [&str; 7] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "text/rss+xml",
    "application/rss",
    "text/xml",
];

/// File names of feeds.
pub(super) const FEED_NAMES: [&str; 16] = [
    "feed",
    "feeds",
    "rss",
    "atom",
    "rss2",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.rdf",
    "backend.php",
    "backend.php3",
    "rss.php",
    "feed.php",
    "feed.json",
    "rss2.xml",
    "blog-feed.xml",
];

/// Where many sites have a feed, most first.
pub(super) const COMMON_FEEDS: [&str; 12] = [
    "/feed/",
    "/rss.xml",
    "/rss",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/spip.php?page=backend",
    "/index.php?format=feed&type=rss",
    "/feeds/posts/default",
    "/rss/",
    "/?feed=rss2",
    "/feed.json",
];

/// Where many sites have a sitemap; those of news first, for they hold what is new only.
pub(super) const COMMON_SITEMAPS: [&str; 5] =
    ["/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml"];
