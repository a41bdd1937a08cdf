//! Addresses as a mail shows them: the publisher's own, without what follows the reader about, and mailto for the rest. No
//! redirector, no address of ours.

use url::Url;

use super::line::Line;
use crate::text::direction::Direction;
use crate::text::display;

/// Longest host shown, in characters (RFC 1035 allows 253).
const MAX_HOST: usize = 253;

/// Query parameters that only tell the publisher where a reader came from.
const TRACKERS: [&str; 9] = ["fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "xtor", "igshid", "at_medium"];

/// A link to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it goes: http or https, without user name, password and tracking parameters.
    pub(crate) href: String,
    /// The host, shown beside it: in ASCII and, where it has other letters, with them too, so that a look-alike shows.
    pub(crate) host: Line,
}

impl Link {
    /// The link for an article's address; none when it could not be opened safely or, with its `&` escaped, is longer than
    /// `max` bytes: an address is whole or not there.
    pub(crate) fn to(address: &Url, max: usize) -> Option<Self> {
        let mut clean = address.clone();
        let ascii = address.host_str().filter(|_| matches!(address.scheme(), "http" | "https"))?;
        clean.set_username("").and_then(|()| clean.set_password(None)).ok()?;
        if let Some(query) = address.query() {
            let kept: Vec<_> = query.split('&').filter(|pair| !is_tracker(pair)).collect();
            clean.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
        }
        let href = String::from(clean);
        let escaped = href.len() + 4 * href.matches(['&', '\'']).count();
        (escaped <= max).then(|| Self { host: host(ascii), href })
    }
}

fn is_tracker(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || TRACKERS.contains(&name.as_str())
}

fn host(ascii: &str) -> Line {
    let shown = Line::foreign(ascii, MAX_HOST, Direction::Ltr);
    let (unicode, _) = idna::domain_to_unicode(ascii);
    if unicode == ascii {
        return shown;
    }
    Line::fill(
        "{ascii} ({unicode})",
        &[("ascii", shown), ("unicode", Line::foreign(&unicode, MAX_HOST, Direction::Ltr))],
    )
}

/// A `mailto:` address with a subject (RFC 6068).
pub(crate) fn mailto(address: &str, subject: &str) -> String {
    format!("mailto:{}?subject={}", percent(address, b"-._~@"), percent(&display::line(subject), b"-._~"))
}

fn percent(text: &str, plain: &[u8]) -> String {
    text.bytes()
        .map(|b| match b {
            _ if b.is_ascii_alphanumeric() || plain.contains(&b) => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_publishers_without_what_tracks() {
        let table = [
            ("https://a.example/x?id=1&utm_source=rss&b=c%20d#top", Some("https://a.example/x?id=1&b=c%20d#top")),
            ("https://a.example/x?UTM_Medium=x&fbclid=1", Some("https://a.example/x")),
            ("https://bank.example@evil.example/", Some("https://evil.example/")),
            ("http://user:pass@a.example:8080/x", Some("http://a.example:8080/x")),
            ("javascript:alert(1)", None),
            ("data:text/html,<script>", None),
            ("ftp://a.example/", None),
        ];
        for (given, href) in table {
            let link = Url::parse(given).ok().and_then(|url| Link::to(&url, 3_000));
            assert_eq!(link.as_ref().map(|link| link.href.as_str()), href, "{given}");
        }
        let long = Url::parse(&format!("https://a.example/{}", "x".repeat(3_000))).unwrap();
        assert_eq!(Link::to(&long, 3_000), None);
    }

    #[test]
    fn the_host_shown_is_the_one_dialled() {
        let table = [
            ("https://radio.example/x", "radio.example"),
            ("https://bank.example@evil.example/", "evil.example"),
            ("https://\u{430}pple.example/", "xn--pple-43d.example (\u{430}pple.example)"),
            ("https://صحراء.example/", "xn--ggblrqs.example (\u{2068}صحراء.example\u{2069})"),
        ];
        for (given, host) in table {
            assert_eq!(Link::to(&Url::parse(given).unwrap(), 3_000).unwrap().host.to_string(), host);
        }
    }

    #[test]
    fn a_mailto_is_ascii_and_whole() {
        assert_eq!(
            mailto("desk+sahel@example.org", "not relevant é\r\n&cc=x"),
            "mailto:desk%2Bsahel@example.org?subject=not%20relevant%20%C3%A9%20%26cc%3Dx"
        );
    }
}
