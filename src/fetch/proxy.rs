//! Which way a question goes: straight, or through which proxy, and which names are not handed to one. Pure.
//!
//! Past a proxy we look up no name: it would leave by a way its user chose to avoid, Tor's above all. So the addresses behind a
//! name cannot be judged there, and the names that mean this machine or this network are refused as such.

use std::borrow::Cow;

use url::{Host, Url};

use super::guard::Refusal;
use super::place::Place;
use crate::model::Proxy;

/// Schemes of proxies we can use. `socks5` leaves the lookup to us in curl's reading and is taken for `socks5h` here.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Names that are never public: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), ICANN 2024-07-29 (internal), and
/// what routers call their network.
const LOCAL: [&str; 6] = ["localhost", "local", "internal", "home.arpa", "lan", "localdomain"];

/// The proxy a source goes through, of its own and the one for all.
pub(super) fn of<'a>(own: &'a Proxy, of_all: Option<&'a Url>) -> Option<&'a Url> {
    match own {
        Proxy::Default => of_all,
        Proxy::Direct => None,
        Proxy::Through(proxy) => Some(proxy),
    }
}

/// A proxy's URL as it is dialled: names are left to it, and it is told no user name and no password. None when it is no proxy.
pub(super) fn dialled(proxy: &Url) -> Option<Url> {
    if !SCHEMES.contains(&proxy.scheme()) || proxy.host_str().is_none_or(str::is_empty) {
        return None;
    }
    let text = match proxy.as_str().strip_prefix("socks5:") {
        Some(rest) => Cow::Owned(format!("socks5h:{rest}")),
        None => Cow::Borrowed(proxy.as_str()),
    };
    let mut proxy = Url::parse(&text).ok()?;
    proxy.set_username("").ok()?;
    proxy.set_password(None).ok()?;
    Some(proxy)
}

/// A proxy's scheme, host and port, for people.
pub(super) fn shown(proxy: &Url) -> String {
    format!("{}://{}", proxy.scheme(), Place::host(proxy))
}

/// Judges the name in a URL by which way it would go. Addresses are judged by `guard`.
pub(super) fn check(url: &Url, proxied: bool, allow_private: bool) -> Result<(), Refusal> {
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    let name = name.trim_end_matches('.');
    // RFC 7686 §2: whoever cannot reach such a name must not look it up either, which would tell the resolver of it.
    if !proxied && within(name, "onion") {
        return Err(Refusal("a .onion address is only reachable through Tor: set proxy for this source".to_owned()));
    }
    let local = !name.contains('.') || LOCAL.iter().any(|zone| within(name, zone));
    if proxied && local && !allow_private {
        let what = "is a name of a private network, which is asked for only for a source with allow_private = true";
        return Err(Refusal(format!("{name} {what}")));
    }
    Ok(())
}

fn within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_source_has_the_last_word_on_its_way() {
        let (all, own) = (url("http://proxy.example:3128"), url("socks5://127.0.0.1:9050"));
        let through = Proxy::Through(own.clone());
        for (source, of_all, expected) in [
            (&Proxy::Default, None, None),
            (&Proxy::Default, Some(&all), Some(&all)),
            (&Proxy::Direct, Some(&all), None),
            (&through, Some(&all), Some(&own)),
            (&through, None, Some(&own)),
        ] {
            assert_eq!(of(source, of_all), expected, "{source:?} {of_all:?}");
        }
    }

    #[test]
    fn names_are_always_left_to_the_proxy() {
        for (typed, expected) in [
            ("socks5://127.0.0.1:9050", Some("socks5h://127.0.0.1:9050")),
            ("socks5h://127.0.0.1:9050", Some("socks5h://127.0.0.1:9050")),
            ("SOCKS5://[::1]:9050", Some("socks5h://[::1]:9050")),
            ("socks5://me:secret@tor.example", Some("socks5h://tor.example")),
            ("http://me:secret@proxy.example:3128", Some("http://proxy.example:3128/")),
            ("https://proxy.example", Some("https://proxy.example/")),
            ("socks4://127.0.0.1:9050", None),
            ("ftp://proxy.example", None),
            ("socks5:", None),
            ("socks5:127.0.0.1:9050", None),
        ] {
            assert_eq!(dialled(&url(typed)).as_ref().map(Url::as_str), expected, "{typed}");
        }
    }

    #[test]
    fn names_of_private_networks_are_not_handed_to_a_proxy() {
        for (host, local) in [
            ("example.org", false),
            ("localhost.example.org", false),
            ("mylocal.example", false),
            ("notlocal", true),
            ("localhost", true),
            ("LOCALHOST.", true),
            ("feeds.localhost", true),
            ("printer.local", true),
            ("news.internal", true),
            ("nas.home.arpa", true),
            ("router.lan", true),
            ("intranet", true),
            ("abcdefghijklmnop.onion", false),
            // An address: not judged here.
            ("127.0.0.1", false),
        ] {
            let url = url(&format!("http://{host}/feed"));
            assert_eq!(check(&url, true, false).is_err(), local, "{host}");
            assert_eq!(check(&url, true, true), Ok(()), "{host}");
            // Straight, the resolver's guard sees the address.
            assert_eq!(check(&url, false, false).is_err(), host.ends_with(".onion"), "{host}");
        }
        let refusal = check(&url("http://feeds.local/feed"), true, false).unwrap_err().to_string();
        assert_eq!(
            refusal,
            "feeds.local is a name of a private network, which is asked for only for a source with allow_private = true"
        );
    }

    #[test]
    fn onions_are_not_looked_up() {
        for allow_private in [false, true] {
            let refusal = check(&url("http://abc.onion/feed"), false, allow_private).unwrap_err().to_string();
            assert_eq!(refusal, "a .onion address is only reachable through Tor: set proxy for this source");
        }
    }
}
