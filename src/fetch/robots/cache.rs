//! What sites said in their robots.txt, so that each is asked once a day. Knows the times the RFC sets; the asking is handed in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Found, Rules, Site};
use crate::fetch::FetchError;

/// How long an answer holds (RFC 9309 §2.4: not more than 24 hours, unless the site is out of reach).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// After this long out of reach a site that never said anything is taken for one without robots.txt (RFC 9309 §2.3.1.4: "for
/// example, 30 days").
const GIVEN_UP: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a failure answers for those who ask right after it. Each would otherwise wait for a timeout of its own.
const FAILED: Duration = Duration::from_secs(60);

/// Most sites remembered, and most bytes of what they said. A feed may name articles at any number of hosts.
const MOST_SITES: usize = 4096;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What every site said.
#[derive(Debug, Default)]
pub(in crate::fetch) struct Cache {
    sites: Mutex<HashMap<Site, Arc<Entry>>>,
    /// Counts up with every use of an entry.
    uses: AtomicU64,
}

#[derive(Debug, Default)]
struct Entry {
    /// Held while the site is asked: whoever comes meanwhile waits for the same answer.
    said: tokio::sync::Mutex<Said>,
    used: AtomicU64,
    weight: AtomicUsize,
}

#[derive(Debug, Default)]
struct Said {
    rules: Option<(Arc<Rules>, Instant)>,
    failing: Option<Failing>,
}

#[derive(Debug)]
struct Failing {
    since: Instant,
    last: Instant,
    error: Arc<FetchError>,
}

impl Cache {
    /// What a site says, as remembered or as `ask` finds it.
    pub(super) async fn rules(
        &self,
        site: Site,
        ask: impl Future<Output = Found>,
    ) -> Result<Arc<Rules>, Arc<FetchError>> {
        let entry = self.entry(site);
        let mut said = entry.said.lock().await;
        if !said.answers(Instant::now()) {
            let found = ask.await;
            entry.weight.store(said.take(found, Instant::now()), Ordering::Relaxed);
            self.shrink();
        }
        said.answer(Instant::now())
    }

    fn entry(&self, site: Site) -> Arc<Entry> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = sites.entry(site).or_default().clone();
        entry.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        entry
    }

    /// Forgets the less recently used half once there is too much, so that a sweep costs a constant per site on average.
    fn shrink(&self) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let weight = |entry: &Entry| entry.weight.load(Ordering::Relaxed);
        while sites.len() > MOST_SITES || sites.values().map(|entry| weight(entry)).sum::<usize>() > MOST_BYTES {
            let mut uses: Vec<u64> = sites.values().map(|entry| entry.used.load(Ordering::Relaxed)).collect();
            let middle = uses.len() / 2;
            let median = *uses.select_nth_unstable(middle).1;
            // The newest stays unless it is alone, and then it is below the limit: one file is 500 KiB at most.
            sites.retain(|_, entry| entry.used.load(Ordering::Relaxed) > median);
        }
    }
}

impl Said {
    /// Whether the site need not be asked now.
    fn answers(&self, now: Instant) -> bool {
        let fresh = self.rules.as_ref().is_some_and(|(_, at)| now.duration_since(*at) < FRESH);
        fresh || self.failing.as_ref().is_some_and(|failing| now.duration_since(failing.last) < FAILED)
    }

    /// Remembers what was found; returns what the entry weighs now, in bytes.
    fn take(&mut self, found: Found, now: Instant) -> usize {
        match found {
            Found::Rules(rules) => *self = Self { rules: Some((Arc::new(rules), now)), failing: None },
            Found::Unreachable(error) => {
                let since = self.failing.as_ref().map_or(now, |failing| failing.since);
                self.failing = Some(Failing { since, last: now, error: Arc::new(error) });
            }
        }
        self.rules.as_ref().map_or(0, |(rules, _)| rules.weight())
    }

    /// An old answer is better than none, and none at all means no, until the site was out of reach for long.
    fn answer(&self, now: Instant) -> Result<Arc<Rules>, Arc<FetchError>> {
        match (&self.rules, &self.failing) {
            (Some((rules, _)), _) => Ok(rules.clone()),
            (None, Some(failing)) if now.duration_since(failing.since) < GIVEN_UP => Err(failing.error.clone()),
            _ => Ok(Arc::new(Rules::None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::time::advance;
    use url::Url;

    use super::*;
    use crate::fetch::Place;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn site(host: &str) -> Site {
        Site::of(&Url::parse(&format!("https://{host}/page")).unwrap(), None)
    }

    fn rules(file: &str) -> Found {
        Found::Rules(Rules::read(file.as_bytes()))
    }

    fn unreachable() -> Found {
        let at = Place::of(&Url::parse("https://example.org/robots.txt").unwrap());
        Found::Unreachable(FetchError::Timeout { at, during: "while connecting" })
    }

    /// Asks about a page; whether it is allowed, and whether the site was asked.
    async fn ask(cache: &Cache, host: &str, found: Found) -> (Option<bool>, bool) {
        let asked = AtomicUsize::new(0);
        let answer = cache.rules(site(host), async {
            asked.fetch_add(1, Ordering::Relaxed);
            found
        });
        let allowed = answer.await.ok().map(|rules| rules.allow(&Url::parse("https://example.org/page").unwrap()));
        (allowed, asked.into_inner() == 1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_site_is_asked_once_a_day() {
        let cache = Cache::default();
        let none = "User-agent: *\nDisallow: /";
        assert_eq!(ask(&cache, "a.example", rules(none)).await, (Some(false), true));
        assert_eq!(ask(&cache, "a.example:8443", rules("")).await, (Some(true), true));
        advance(23 * HOUR).await;
        assert_eq!(ask(&cache, "a.example", rules("")).await, (Some(false), false));
        advance(HOUR).await;
        assert_eq!(ask(&cache, "a.example", rules("")).await, (Some(true), true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_site_out_of_reach_means_no_until_it_was_for_long() {
        let cache = Cache::default();
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (None, true));
        // Those who come at once share the failure, whoever comes later asks again.
        assert_eq!(ask(&cache, "a.example", rules("")).await, (None, false));
        advance(MINUTE).await;
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (None, true));
        advance(29 * 24 * HOUR).await;
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (None, true));
        advance(24 * HOUR).await;
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (Some(true), true));
        // It speaks again, and is believed at once.
        advance(MINUTE).await;
        assert_eq!(ask(&cache, "a.example", rules("User-agent: *\nDisallow: /")).await, (Some(false), true));
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_answer_holds_while_the_site_is_out_of_reach() {
        let cache = Cache::default();
        assert_eq!(ask(&cache, "a.example", rules("User-agent: *\nDisallow: /")).await, (Some(false), true));
        advance(25 * HOUR).await;
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (Some(false), true));
        assert_eq!(ask(&cache, "a.example", unreachable()).await, (Some(false), false));
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_at_once_share_one_question() {
        let cache = Arc::new(Cache::default());
        let asked = Arc::new(AtomicUsize::new(0));
        let mut tasks = Vec::new();
        for _ in 0..20 {
            let (cache, asked) = (cache.clone(), asked.clone());
            tasks.push(tokio::spawn(async move {
                let found = cache.rules(site("a.example"), async {
                    asked.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(MINUTE).await;
                    rules("")
                });
                found.await.is_ok()
            }));
        }
        for task in tasks {
            assert!(task.await.unwrap());
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_the_sites_in_use_are_kept() {
        let cache = Cache::default();
        let long = format!("User-agent: *\nDisallow: /{}", "x".repeat(400 * 1024));
        for host in 0..5000 {
            let file = if host < 30 { long.as_str() } else { "" };
            ask(&cache, &format!("{host}.example"), rules(file)).await;
            let (_, asked) = ask(&cache, "used.example", rules("")).await;
            assert_eq!(asked, host == 0, "{host}");
            if host < 30 || host % 100 == 0 {
                let sites = cache.sites.lock().unwrap();
                let weight: usize = sites.values().map(|entry| entry.weight.load(Ordering::Relaxed)).sum();
                assert!(sites.len() <= MOST_SITES && weight <= MOST_BYTES, "{} sites, {weight} bytes", sites.len());
            }
        }
    }
}
