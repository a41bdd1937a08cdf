//! Following redirects: where the next hop goes, and whether the move is one to remember. Pure.

use url::Url;

use super::FetchError;
use super::place::Place;

/// Most redirects followed for one document.
pub(super) const MOST_HOPS: usize = 5;

/// Words in a path that ask for a login. A publisher does not move a feed behind one, a captive portal or an expired
/// subscription does.
const LOGIN: [&str; 4] = ["login", "logon", "signin", "sso"];

/// The way from the URL of a source to the document.
#[derive(Debug)]
pub(super) struct Trail {
    url: Url,
    hops: usize,
    /// Whether every hop so far was permanent and protected by TLS on both ends.
    permanent: bool,
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Astray {
    /// It was one too many.
    TooMany,
    /// It pointed nowhere.
    NoTarget,
}

impl Astray {
    /// As an error of the poll that was redirected from `at`.
    pub(super) fn error(self, at: Place) -> FetchError {
        match self {
            Self::TooMany => FetchError::TooManyRedirects { at },
            Self::NoTarget => FetchError::BadRedirect { at },
        }
    }
}

impl Trail {
    /// Begins at the URL of a source.
    pub(super) fn from(url: &Url) -> Self {
        Self { url: bare(url.clone()), hops: 0, permanent: true }
    }

    /// Where to ask now.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The target to remember, when every hop was 301 or 308 over TLS: without TLS anybody on the way can send a source elsewhere.
    pub(super) fn moved_to(&self) -> Option<Url> {
        (self.hops > 0 && self.permanent).then(|| self.url.clone())
    }

    /// Goes where an answer with status `code` and this `Location` points, relative to the URL that was asked.
    pub(super) fn follow(&mut self, code: u16, location: Option<&[u8]>) -> Result<(), Astray> {
        if self.hops == MOST_HOPS {
            return Err(Astray::TooMany);
        }
        // Some servers send the target in UTF-8 as it is.
        let location = String::from_utf8_lossy(location.ok_or(Astray::NoTarget)?);
        let target = bare(self.url.join(location.trim()).map_err(|_| Astray::NoTarget)?);
        self.permanent &= matches!(code, 301 | 308) && believable(&self.url, &target);
        self.hops += 1;
        self.url = target;
        Ok(())
    }
}

/// Whether a publisher would move a document there for good.
fn believable(from: &Url, to: &Url) -> bool {
    let path = to.path().to_ascii_lowercase();
    let tls = from.scheme() == "https" && to.scheme() == "https";
    let front_page = path == "/" && to.query().is_none() && from.path() != "/";
    tls && !front_page && !path.split(|c: char| !c.is_alphanumeric()).any(|word| LOGIN.contains(&word))
}

/// Without user name, password and fragment: none of them is sent, and none may end in a log.
fn bare(mut url: Url) -> Url {
    // Both fail only on URLs that cannot have a user, which are fine as they are.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(from: &str, hops: &[(u16, &str)]) -> Trail {
        let mut trail = Trail::from(&Url::parse(from).unwrap());
        for (code, location) in hops {
            trail.follow(*code, Some(location.as_bytes())).unwrap();
        }
        trail
    }

    #[test]
    fn a_target_is_relative_to_the_url_that_was_asked() {
        for (location, expected) in [
            ("/b", "https://a.example/b"),
            ("b?page=2", "https://a.example/feeds/b?page=2"),
            ("//b.example/feed", "https://b.example/feed"),
            (" https://b.example/feed ", "https://b.example/feed"),
            ("https://user:secret@b.example/feed#top", "https://b.example/feed"),
            ("/ménaka", "https://a.example/m%C3%A9naka"),
            ("file:///etc/passwd", "file:///etc/passwd"),
        ] {
            assert_eq!(
                walk("https://me:pw@a.example/feeds/a", &[(302, location)]).url().as_str(),
                expected,
                "{location}"
            );
        }
    }

    #[test]
    fn only_permanent_moves_over_tls_are_remembered() {
        let from = "https://a.example/feed";
        for (from, hops, expected) in [
            (from, &[][..], None),
            (from, &[(301, "/rss")], Some("https://a.example/rss")),
            (from, &[(308, "https://b.example/rss")], Some("https://b.example/rss")),
            (from, &[(301, "/a"), (308, "/b")], Some("https://a.example/b")),
            (from, &[(302, "/rss")], None),
            (from, &[(307, "/rss")], None),
            (from, &[(301, "/a"), (302, "/b")], None),
            (from, &[(302, "/a"), (301, "/b")], None),
            (from, &[(301, "http://a.example/rss")], None),
            (from, &[(301, "http://a.example/rss"), (301, "https://a.example/rss")], None),
            ("http://a.example/feed", &[(301, "https://a.example/feed")], None),
            (from, &[(301, "/")], None),
            (from, &[(301, "/?feed=rss2")], Some("https://a.example/?feed=rss2")),
            (from, &[(301, "/wp-login.php?redirect_to=feed")], None),
            (from, &[(301, "/account/SignIn")], None),
            (from, &[(301, "/association/rss")], Some("https://a.example/association/rss")),
            ("https://a.example/", &[(301, "https://b.example/")], Some("https://b.example/")),
        ] {
            let moved = walk(from, hops).moved_to();
            assert_eq!(moved.as_ref().map(Url::as_str), expected, "{from} {hops:?}");
        }
    }

    #[test]
    fn a_trail_ends() {
        let mut trail = walk("https://a.example/", &[(302, "/1"), (302, "/2"), (302, "/3"), (302, "/4"), (302, "/5")]);
        assert_eq!(trail.follow(302, Some(b"/6")), Err(Astray::TooMany));
        let mut trail = walk("https://a.example/", &[]);
        assert_eq!(trail.follow(302, None), Err(Astray::NoTarget));
        assert_eq!(trail.follow(302, Some(b"https://:0:0")), Err(Astray::NoTarget));
    }
}
