//! Links of documents made absolute, and hosts compared. Knows nothing of where a document keeps its links.

use url::Url;

/// An address a reader can follow: absolute, http or https.
pub(super) fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let url = Url::options().base_url(base).parse(href.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// A host without `www.`: sites mix both forms of their own.
#[must_use]
pub fn bare_host(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether an address is only half of one.
pub(super) fn is_relative(href: &str) -> bool {
    matches!(Url::parse(href.trim()), Err(url::ParseError::RelativeUrlWithoutBase))
}
