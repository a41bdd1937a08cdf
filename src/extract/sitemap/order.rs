//! The order of what a sitemap lists: the newest first, although most list the oldest first. Knows nothing of markup.

use std::cmp::Reverse;

use jiff::Timestamp;
use url::Url;

/// Something listed, with the date given for it.
#[derive(Debug, Clone)]
pub(super) struct Dated<T> {
    pub(super) at: Option<Timestamp>,
    pub(super) what: T,
}

/// The newest `most`, the newest first; `found` is in document order. What has no date comes last, and among equals the
/// last listed is taken for the newest unless the dates in the list fall: makers of sitemaps without dates, such as
/// WordPress before 6.5, list by number.
pub(super) fn newest_first<T>(mut found: Vec<Dated<T>>, most: usize) -> Vec<T> {
    if !falls(found.iter().filter_map(|dated| dated.at)) {
        found.reverse();
    }
    found.sort_by_key(|dated| Reverse(dated.at));
    found.truncate(most);
    found.into_iter().map(|dated| dated.what).collect()
}

/// Whether dates go down more often than up.
fn falls(mut dates: impl Iterator<Item = Timestamp>) -> bool {
    let Some(mut before) = dates.next() else { return false };
    let (mut up, mut down) = (0_usize, 0_usize);
    for date in dates {
        up += usize::from(date > before);
        down += usize::from(date < before);
        before = date;
    }
    down > up
}

/// What a sitemap of an index likely lists, by its name; the likeliest to hold news first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likely {
    News,
    Posts,
    Unknown,
    /// Pages that list pages, or pictures. Their date is that of the newest post, so dates alone would let them in
    /// first.
    Aside,
}

/// The sitemaps of an index, those first that are likeliest to hold news: no lists of categories, the newest, the news
/// by name, and the last listed, since they are numbered as they fill.
pub(super) fn likeliest_first(mut found: Vec<Dated<Url>>, most: usize) -> Vec<Url> {
    found.reverse();
    found.sort_by_cached_key(|dated| {
        let likely = likely(&dated.what);
        (likely == Likely::Aside, Reverse(dated.at), likely)
    });
    found.truncate(most);
    found.into_iter().map(|dated| dated.what).collect()
}

/// By the words that Yoast, Rank Math, WordPress, Joomla, Drupal and hand-made sitemaps use in their names.
fn likely(url: &Url) -> Likely {
    let path = url.path().to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    let aside = ["category", "categories", "taxonom", "post_tag", "author", "users", "image", "video"];
    if name.starts_with("page") || name.starts_with("tag") || aside.iter().any(|word| name.contains(word)) {
        Likely::Aside
    } else if has(&["news", "actualite", "akhbar"]) {
        Likely::News
    } else if has(&["post", "article", "story", "stories"]) {
        Likely::Posts
    } else {
        Likely::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(listed: &[(&'static str, i64)]) -> Vec<Dated<&'static str>> {
        let at = |day: i64| (day > 0).then(|| Timestamp::from_second(day * 86_400).ok()).flatten();
        listed.iter().map(|&(what, day)| Dated { at: at(day), what }).collect()
    }

    #[test]
    fn the_newest_come_first_whatever_the_order() {
        for (listed, want) in [
            (&[("a", 1), ("b", 2), ("c", 3)][..], "cb"),
            (&[("a", 3), ("b", 2), ("c", 1)], "ab"),
            (&[("a", 0), ("b", 2), ("c", 1)], "bc"),
            (&[("a", 0), ("b", 0), ("c", 0)], "cb"),
            (&[("a", 3), ("b", 3), ("c", 1)], "ab"),
            (&[("a", 1), ("b", 3), ("c", 3)], "cb"),
            (&[("a", 1)], "a"),
        ] {
            assert_eq!(newest_first(dated(listed), 2).concat(), want, "{listed:?}");
        }
    }

    #[test]
    fn an_index_names_the_likeliest_first() {
        let order = |names: &[(&'static str, i64)]| {
            let urls = dated(names).into_iter().map(|Dated { at, what }| {
                let what = Url::parse(&format!("https://x.example/{what}.xml")).expect("an URL");
                Dated { at, what }
            });
            let sorted = likeliest_first(urls.collect(), 3);
            sorted.iter().map(|url| url.path().trim_matches('/').replace(".xml", "")).collect::<Vec<_>>().join(" ")
        };
        let yoast = [("post-sitemap", 3), ("post-sitemap2", 9), ("page-sitemap", 9), ("category-sitemap", 9)];
        assert_eq!(order(&yoast), "post-sitemap2 post-sitemap category-sitemap");
        let core = [("wp-sitemap-posts-post-1", 0), ("wp-sitemap-posts-post-2", 0), ("wp-sitemap-users-1", 0)];
        assert_eq!(order(&core), "wp-sitemap-posts-post-2 wp-sitemap-posts-post-1 wp-sitemap-users-1");
        assert_eq!(order(&[("news", 0), ("a", 0), ("b", 0), ("c", 0)]), "news c b");
        assert_eq!(order(&[("2025-12", 2), ("2026-01", 3), ("2025-11", 1)]), "2026-01 2025-12 2025-11");
    }
}
