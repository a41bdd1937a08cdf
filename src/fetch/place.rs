//! As much of a URL as people may read: user names, passwords and queries, where tokens live, are no part of it. Pure.

use std::fmt;

use url::Url;

/// Host and path of a URL, or its host alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// Longest path shown, in bytes: paths are ASCII once parsed.
    const LONGEST: usize = 200;

    pub(super) fn of(url: &Url) -> Self {
        let path = url.path();
        let (path, rest) = path.get(..Self::LONGEST).map_or((path, ""), |start| (start, "…"));
        Self(format!("{}{path}{rest}", Self::host(url)))
    }

    /// The host alone, of a URL whose path is a secret.
    pub(super) fn host(url: &Url) -> Self {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self(format!("{}{port}", url.host_str().unwrap_or_default()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_host_and_path_only() {
        let long = format!("https://example.org/{}", "a".repeat(300));
        for (url, host, place) in [
            ("https://user:secret@example.org/feed?token=secret#secret", "example.org", "example.org/feed"),
            ("http://example.org:8080/", "example.org:8080", "example.org:8080/"),
            ("http://[2001:db8::1]/a/b", "[2001:db8::1]", "[2001:db8::1]/a/b"),
            (&long, "example.org", &format!("example.org/{}…", "a".repeat(199))),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(
                (Place::host(&url).to_string(), Place::of(&url).to_string()),
                (host.to_owned(), place.to_owned())
            );
        }
    }
}
