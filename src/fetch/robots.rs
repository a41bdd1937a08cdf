//! Whether a site wants a program to ask for one of its pages, by its robots.txt (RFC 9309). Pure but for `ask`, which gets the
//! file; `cache` keeps what it said.
//!
//! The file is read by `robotxt` 0.7 (MIT, October 2026), which follows the RFC where the better-known ports do not: groups are
//! merged, the longest rule wins, octets are compared decoded. `texting_robots` and `robotstxt` have rested for years, and the
//! first takes `/shark/fish` for `/fish*$` (its issue 3).

mod ask;
mod cache;

use std::sync::Arc;
use std::time::Duration;

use robotxt::Robots;
use url::Url;

pub(super) use self::cache::Cache;
use super::FetchError;

/// The name we go by in robots.txt (RFC 9309 §2.2.1), whatever a source's `user_agent` says: it is the program that is admitted.
const PRODUCT: &str = "sahelwatch";

/// The longest `Crawl-delay` that is kept. It is no part of the RFC, but the publishers of small sites mean it; a longer one would
/// keep the articles of one feed waiting for hours.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// What came of asking for a robots.txt.
#[derive(Debug)]
enum Found {
    /// The site said something, if only that it has none.
    Rules(Rules),
    /// It could not be asked, or could not answer.
    Unreachable(FetchError),
}

/// What a site's robots.txt says to us.
#[derive(Debug)]
enum Rules {
    /// Nothing: everything may be asked for. Most sites say no more, and it takes no memory to know.
    None,
    /// This.
    Some(Box<Robots>),
}

impl Rules {
    /// Reads a file, or the beginning of one that is too long.
    fn read(file: &[u8]) -> Self {
        let robots = Robots::parse(file, PRODUCT);
        match robots.always() == Some(true) && robots.crawl_delay().is_none() {
            true => Self::None,
            false => Self::Some(Box::new(robots)),
        }
    }

    fn allow(&self, url: &Url) -> bool {
        match self {
            Self::None => true,
            Self::Some(robots) => robots.is_url_allowed(url),
        }
    }

    /// How long the site wants us to wait between two questions.
    fn delay(&self) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Some(robots) => robots.crawl_delay().unwrap_or_default().min(LONGEST_DELAY),
        }
    }

    /// About how many bytes it takes in memory.
    fn weight(&self) -> usize {
        let Self::Some(robots) = self else { return 0 };
        let rules: usize = robots.rules().iter().map(|rule| rule.pattern().len() + size_of_val(rule)).sum();
        let sitemaps: usize = robots.sitemaps().iter().map(|url| url.as_str().len() + size_of_val(url)).sum();
        size_of::<Robots>() + rules + sitemaps
    }
}

/// One site, seen from one side: what it says may differ by the way it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Site {
    /// Scheme, host and port (RFC 9309 §2.3): each has a file of its own.
    origin: String,
    proxy: Option<Url>,
}

impl Site {
    fn of(url: &Url, proxy: Option<&Url>) -> Self {
        Self { origin: url.origin().ascii_serialization(), proxy: proxy.cloned() }
    }
}

/// Whether `url` may be asked for, and how long to wait after that.
fn verdict(url: &Url, found: Result<Arc<Rules>, Arc<FetchError>>) -> Result<Duration, FetchError> {
    let at = super::Place::of(url);
    match found {
        Ok(rules) if rules.allow(url) => Ok(rules.delay()),
        Ok(_) => Err(FetchError::Robots { at }),
        Err(source) => Err(FetchError::NoRobots { at, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(file: &str, path: &str) -> bool {
        Rules::read(file.as_bytes()).allow(&Url::parse("https://example.org").unwrap().join(path).unwrap())
    }

    #[test]
    fn a_site_is_obeyed_as_the_rfc_says() {
        let ours = "User-agent: *\nDisallow: /\n\nUser-agent: other\nuser-agent: SahelWatch\nDisallow: /private\n";
        let twice = "User-agent: sahelwatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: sahelwatch\nDisallow: /b\n";
        let longest = "User-agent: *\nDisallow: /news\nAllow: /news/public\nDisallow: /news/public/draft\n";
        let wild = "User-agent: *\nDisallow: /*.php$\nDisallow: /*?print=\nDisallow: /a*b*c\n";
        let octets = "User-agent: *\nDisallow: /ménaka\nDisallow: /%7euser\nDisallow: /a%2Fb\n";
        for (file, path, allowed) in [
            ("", "/", true),
            ("<!DOCTYPE html><title>Not found</title>", "/", true),
            ("User-agent: *\nDisallow:\n", "/any", true),
            ("User-agent: *\nDisallow: /\n", "/any", false),
            ("User-agent: *\nDisallow: /\n", "/robots.txt", true),
            ("User-agent: other\nDisallow: /\n", "/any", true),
            ("User-agent: sahelwatchers\nDisallow: /\n", "/any", true),
            ("Disallow: /\n", "/any", true),
            ("\u{feff}User-agent: *\r\nDisallow: / # all of it\r\n", "/any", false),
            ("User-agent: *\nSitemap: https://example.org/s.xml\nDisallow: /\n", "/any", false),
            // A group of our own takes the place of the one for all, and groups with one name are one.
            (ours, "/news", true),
            (ours, "/private/x", false),
            (twice, "/a", false),
            (twice, "/b", false),
            (twice, "/c", true),
            // The longest rule decides, and allowing wins between two as long.
            (longest, "/news/today", false),
            (longest, "/news/public/a", true),
            (longest, "/news/public/draft/a", false),
            ("User-agent: *\nDisallow: /page\nAllow: /page\n", "/page", true),
            (wild, "/index.php", false),
            (wild, "/index.php?id=1", true),
            (wild, "/news?print=1", false),
            (wild, "/axxbyyc", false),
            (wild, "/axxcyyb", true),
            (wild, "/NEWS.PHP", true),
            // Octets are compared decoded, but an encoded slash is no slash.
            (octets, "/m%C3%A9naka/1", false),
            (octets, "/m%c3%a9naka/1", false),
            (octets, "/~user", false),
            (octets, "/a%2fb", false),
            (octets, "/a/b", true),
        ] {
            assert_eq!(allows(file, path), allowed, "{path} by {file:?}");
        }
    }

    #[test]
    fn a_delay_is_kept_within_reason() {
        for (file, seconds) in [
            ("", 0.0),
            ("User-agent: *\nCrawl-delay: 5\n", 5.0),
            ("User-agent: *\nCrawl-delay: 0.5\nDisallow: /x\n", 0.5),
            ("User-agent: *\nCrawl-delay: 86400\n", 30.0),
            ("User-agent: *\nCrawl-delay: -5\n", 0.0),
            ("User-agent: *\nCrawl-delay: soon\n", 0.0),
            ("User-agent: other\nCrawl-delay: 5\n", 0.0),
        ] {
            assert_eq!(Rules::read(file.as_bytes()).delay(), Duration::from_secs_f64(seconds), "{file:?}");
        }
    }

    /// Whoever writes the file must not be able to make us work for long.
    #[test]
    fn a_hostile_file_costs_little() {
        let many = format!("User-agent: *\n{}", "Disallow: /*a*a*a*a*a*a*b\n".repeat(20_000));
        let one = format!("User-agent: *\nDisallow: /{}\n", "*a".repeat(250_000));
        let start = std::time::Instant::now();
        for file in [many, one] {
            assert!(allows(&file, &format!("/{}", "a".repeat(2000))));
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
