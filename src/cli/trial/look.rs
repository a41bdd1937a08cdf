//! Feeds and sitemaps behind a page: what it names, what robots.txt names, and where such things usually stand. Few are
//! asked for, through the client that polls use, and one at a time.

use url::Url;

use super::ask::{Door, Got};
use super::read;
use super::report::Found;
use crate::extract::discover::{self, Candidate, CandidateKind, How};
use crate::extract::{Document, Parsed, Reader};
use crate::model::SourceKind;

/// Most sitemaps that a robots.txt names; large sites list one a year.
const MOST_NAMED: usize = 3;
/// Most sitemaps of an index that are read; as many as a poll reads.
const FURTHER: usize = 3;

/// Something that could be polled.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) found: Found,
    pub(super) url: Url,
    pub(super) kind: SourceKind,
    /// None where nothing could be read.
    pub(super) parsed: Option<Parsed>,
    /// Whether a sitemap tells of news, with their headlines.
    is_news: bool,
}

/// What can be polled behind a page, in the order in which it was looked for. Guesses that lead nowhere are left out;
/// `most` addresses are asked for, robots.txt not counted.
pub(super) async fn look(door: &Door<'_>, page: &Document<'_>, most: usize) -> Vec<Seen> {
    let Some(url) = page.url else { return Vec::new() };
    let mut candidates = discover::discover(page);
    candidates.retain(|candidate| candidate.kind != CandidateKind::Comments);
    let (sitemaps, feeds): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| candidate.kind == CandidateKind::Sitemap);
    let mut seen = Vec::new();
    // A third is kept for sitemaps, which are looked for where no feed answers.
    let sitemaps_left = most / 3;
    let mut left = most - sitemaps_left;
    for candidate in feeds {
        let is_guess = matches!(candidate.how, How::System(_) | How::Common);
        if candidate.kind == CandidateKind::Telegram {
            seen.push(channel(candidate));
            continue;
        }
        // Where what the page names can be read, nothing is guessed.
        if left == 0 || (is_guess && has_items(&seen)) {
            continue;
        }
        left -= 1;
        seen.extend(probe(door, candidate, SourceKind::Feed).await);
    }
    if has_items(&seen) {
        return seen;
    }
    left += sitemaps_left;
    let in_robots = in_robots(door, url).await;
    let has_named = !in_robots.is_empty();
    for candidate in in_robots {
        left = left.saturating_sub(1);
        let named = probe(door, candidate, SourceKind::Sitemap).await;
        seen.extend(
            named.map(|seen| Seen { found: Found { how: "its robots.txt names".to_owned(), ..seen.found }, ..seen }),
        );
    }
    let others = sitemaps.into_iter().filter(|candidate| candidate.how == How::Declared || !has_named);
    for candidate in others.take(left) {
        seen.extend(probe(door, candidate, SourceKind::Sitemap).await);
    }
    seen
}

/// Whether a feed or sitemap with items is among them.
fn has_items(seen: &[Seen]) -> bool {
    seen.iter().any(|seen| seen.found.items > 0)
}

/// A channel that a page links to. Not asked: it is another site.
fn channel(candidate: Candidate) -> Seen {
    let found = Found {
        url: candidate.url.to_string(),
        kind: SourceKind::Telegram.as_str().to_owned(),
        how: candidate.how.to_string(),
        dialect: "a Telegram channel".to_owned(),
        title: candidate.title.unwrap_or_default(),
        items: 0,
        newest: None,
        problem: Some("not asked; try it by its address".to_owned()),
    };
    Seen { found, url: candidate.url, kind: SourceKind::Telegram, parsed: None, is_news: false }
}

/// Asks for a candidate. None for a guess at which nothing is.
async fn probe(door: &Door<'_>, candidate: Candidate, kind: SourceKind) -> Option<Seen> {
    let is_named = !matches!(candidate.how, How::System(_) | How::Common);
    let (read, at) = match door.feed(&candidate.url).await {
        Ok(got) => {
            let read = Reader::compile(&kind).ok()?.read(&got.document()).map_err(|error| error.to_string());
            (read, Some(got))
        }
        Err(error) => (Err(error.to_string()), None),
    };
    if read.is_err() && !is_named {
        return None;
    }
    let (parsed, problem) = match read {
        Ok(mut parsed) => {
            further(door, &mut parsed).await;
            (Some(parsed), None)
        }
        Err(problem) => (None, Some(problem)),
    };
    let dialect = at.as_ref().map(|got| read::dialect(&kind, &got.document())).unwrap_or_default();
    let items = parsed.as_ref().map(read::items).unwrap_or_default();
    let title = parsed.as_ref().map(|parsed| parsed.head.title.clone()).filter(|title| !title.is_empty());
    let found = Found {
        url: candidate.url.to_string(),
        kind: kind.as_str().to_owned(),
        how: candidate.how.to_string(),
        title: title.or(candidate.title).unwrap_or_default(),
        items: items.count,
        newest: items.newest,
        dialect,
        problem,
    };
    let is_news = at.as_ref().is_some_and(is_news);
    Some(Seen { found, url: candidate.url, kind, parsed, is_news })
}

fn is_news(got: &Got) -> bool {
    const NEWS: &[u8] = b"sitemap-news";
    got.bytes.windows(NEWS.len()).any(|window| window == NEWS)
}

/// The sitemaps that the robots.txt of a site names.
async fn in_robots(door: &Door<'_>, page: &Url) -> Vec<Candidate> {
    let Ok(robots) = discover::home_of(page).join("robots.txt") else { return Vec::new() };
    let Ok(got) = door.feed(&robots).await else { return Vec::new() };
    let named = discover::discover_in_robots(&String::from_utf8_lossy(&got.bytes)).into_iter().take(MOST_NAMED);
    let candidate = |url| Candidate { url, kind: CandidateKind::Sitemap, title: None, how: How::Declared };
    named.map(candidate).collect()
}

/// Reads the likeliest sitemaps of an index as well. One that fails costs its own items only.
pub(super) async fn further(door: &Door<'_>, parsed: &mut Parsed) {
    let urls: Vec<Url> = parsed.further.iter().take(FURTHER).cloned().collect();
    for url in urls {
        let read = match door.feed(&url).await {
            Ok(got) => Reader::Sitemap.read(&got.document()).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(more) => {
                parsed.items.extend(more.items);
                parsed.problems.extend(more.problems);
            }
            Err(problem) => parsed.problems.push(problem),
        }
    }
}

/// The best of them: feeds before sitemaps of news before other sitemaps; among equals the one with the freshest news,
/// where that is fresher by a month: a site that moved often leaves its old feed behind.
pub(super) fn best(seen: &[Seen]) -> Option<&Seen> {
    let rank = |seen: &Seen| match seen.kind {
        SourceKind::Feed => 0,
        _ if seen.is_news => 1,
        _ => 2,
    };
    let usable = seen.iter().filter(|seen| seen.found.items > 0);
    usable.reduce(|best, other| {
        let month = jiff::SignedDuration::from_hours(30 * 24);
        let fresher = match (best.found.newest, other.found.newest) {
            (Some(best), Some(other)) => other.duration_since(best) > month,
            _ => false,
        };
        if rank(other) < rank(best) || (rank(other) == rank(best) && fresher) { other } else { best }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, kind: SourceKind, items: usize, newest: Option<i64>, is_news: bool) -> Seen {
        let url: Url = format!("https://a.example/{name}").parse().expect("an address");
        let newest = newest.map(|day| jiff::Timestamp::from_second(day * 86_400).expect("a day"));
        let found = Found {
            url: url.to_string(),
            kind: kind.as_str().to_owned(),
            how: String::new(),
            dialect: String::new(),
            title: String::new(),
            items,
            newest,
            problem: None,
        };
        Seen { found, url, kind, parsed: None, is_news }
    }

    #[test]
    fn the_best_is_a_feed_that_lives() {
        let feed = |name, items, day| seen(name, SourceKind::Feed, items, day, false);
        let map = |name, news| seen(name, SourceKind::Sitemap, 9, None, news);
        for (all, expected) in [
            (vec![], None),
            (vec![feed("empty", 0, None)], None),
            (vec![feed("main", 9, Some(100)), feed("sport", 9, Some(110))], Some("main")),
            (vec![feed("left", 9, Some(100)), feed("new", 9, Some(200))], Some("new")),
            (vec![map("pages", false), map("news", true)], Some("news")),
            (vec![map("news", true), feed("feed", 9, None)], Some("feed")),
        ] {
            let path = best(&all).map(|seen| seen.url.path().trim_start_matches('/'));
            assert_eq!(path, expected, "{all:?}");
        }
    }
}
