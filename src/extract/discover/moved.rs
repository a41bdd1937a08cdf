//! Where a feed that no longer answers may stand now: the same address otherwise written, the common places of its host,
//! its home page. Knows nothing of what the site says.

use std::collections::HashSet;

use url::Url;

use super::system::COMMON_FEEDS;
use super::{MOST, is_web};

/// Where a feed that no longer answers may be found now, likeliest first: the same address otherwise written, the common
/// places of its host, its home page.
#[must_use]
pub fn variants(url: &Url) -> Vec<Url> {
    let mut found = Vec::new();
    let secure = with_scheme(url, "https");
    let other_host = with_other_host(url);
    found.extend(secure.clone());
    found.extend(other_host.as_ref().and_then(|other| with_scheme(other, "https")));
    found.extend(other_host);
    found.extend(with_other_slash(secure.as_ref().unwrap_or(url)));
    let home = home_of(secure.as_ref().unwrap_or(url));
    found.extend(COMMON_FEEDS.iter().filter_map(|path| home.join(path).ok()));
    found.truncate(MOST - 1);
    found.push(home);
    let mut known = HashSet::from([url.clone()]);
    found.retain(|variant| is_web(variant) && known.insert(variant.clone()));
    found
}

/// The front page of a site: its host without path and query. User names and passwords go with them.
#[must_use]
pub fn home_of(url: &Url) -> Url {
    let mut home = url.clone();
    if home.cannot_be_a_base() {
        return home;
    }
    home.set_path("/");
    home.set_query(None);
    home.set_fragment(None);
    // Only addresses without a host refuse this, and they have none to lose.
    let _refused = (home.set_username(""), home.set_password(None));
    home
}

fn with_scheme(url: &Url, scheme: &str) -> Option<Url> {
    let mut other = url.clone();
    (url.scheme() != scheme && url.port().is_none() && other.set_scheme(scheme).is_ok()).then_some(other)
}

fn with_other_host(url: &Url) -> Option<Url> {
    let host = url.domain()?;
    let other = match host.strip_prefix("www.") {
        Some(bare) => bare.to_owned(),
        None if host.contains('.') => format!("www.{host}"),
        None => return None,
    };
    let mut moved = url.clone();
    moved.set_host(Some(&other)).ok()?;
    Some(moved)
}

fn with_other_slash(url: &Url) -> Option<Url> {
    let mut other = url.clone();
    let path = match url.path().strip_suffix('/') {
        Some("") => return None,
        Some(bare) => bare.to_owned(),
        // A name with an extension is a file, which no slash follows.
        None if url.path().rsplit('/').next().is_some_and(|name| name.contains('.')) => return None,
        None => format!("{}/", url.path()),
    };
    other.set_path(&path);
    Some(other)
}
