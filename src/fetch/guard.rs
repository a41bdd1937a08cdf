//! Which addresses, ports and schemes are not dialled, so that a hostile feed cannot make us talk to machines inside.
//! Pure: it judges, it neither resolves nor connects (`resolver` does, and asks here about every address it hands out).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// Ports a document may be found at without being configured.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// Longest URL asked for, in bytes: what every server should take (RFC 9110 §4.1). Ten times as long, one of a hostile feed could
/// be compared with the rules of a hostile robots.txt for most of a second (20,000 patterns of six stars: 0.7 s).
const LONGEST: usize = 8000;

/// IPv4 ranges that are not the public internet (IANA special-purpose address registry).
const REFUSED_V4: [(Ipv4Net, &str); 15] = [
    (v4(0, 0, 0, 0, 8), "an address of this network"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "an address shared behind a provider"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), "an address reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "an address for documentation"),
    (v4(192, 88, 99, 0, 24), "an address reserved for protocols"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address for benchmarks"),
    (v4(198, 51, 100, 0, 24), "an address for documentation"),
    (v4(203, 0, 113, 0, 24), "an address for documentation"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(240, 0, 0, 0, 4), "a reserved address"),
];

/// IPv6 ranges with a name of their own; what else lies outside `GLOBAL_V6` is refused as reserved.
const REFUSED_V6: [(Ipv6Net, &str); 9] = [
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "the unspecified address"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "a loopback address"),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "a private address"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "a site-local address"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "a multicast address"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "an address reserved for protocols"),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "an address for documentation"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "an address for documentation"),
];

/// The only IPv6 space given out to the public internet (RFC 4291 §2.4, IANA).
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const MAPPED: Ipv6Net = v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96);
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);
const TEREDO: Ipv6Net = v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(s: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]), prefix)
}

/// Why something is not dialled, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refusal(pub(super) String);

/// What kind of address `ip` is when it is not one of the public internet, e.g. `a loopback address`. An IPv4 address inside an
/// IPv6 one is judged too, since a gateway on the way would dial it.
pub(super) fn refused(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => refused_v4(ip),
        IpAddr::V6(ip) => refused_v6(ip),
    }
}

fn refused_v4(ip: Ipv4Addr) -> Option<&'static str> {
    REFUSED_V4.iter().find(|(net, _)| net.contains(&ip)).map(|(_, what)| *what)
}

fn refused_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let octets = ip.octets();
    let embedded = |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    if MAPPED.contains(&ip) || NAT64.contains(&ip) {
        return refused_v4(embedded(12));
    }
    if SIX_TO_FOUR.contains(&ip) {
        return refused_v4(embedded(2));
    }
    if TEREDO.contains(&ip) {
        // The server in clear, the client with every bit turned (RFC 4380 §4).
        return refused_v4(embedded(4)).or_else(|| refused_v4(Ipv4Addr::from_bits(!embedded(12).to_bits())));
    }
    let named = REFUSED_V6.iter().find(|(net, _)| net.contains(&ip)).map(|(_, what)| *what);
    named.or_else(|| (!GLOBAL_V6.contains(&ip)).then_some("a reserved address"))
}

/// Ports that may be dialled for one source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports<'a> {
    /// Of the configuration.
    pub(super) configured: &'a [u16],
    /// Of the source's own URL: whoever wrote it meant it.
    pub(super) own: Option<u16>,
}

/// Judges a URL before it is dialled: scheme, length, port, and its host when that is an address. Names are judged once resolved.
pub(super) fn check(url: &Url, ports: Ports<'_>, allow_private: bool) -> Result<(), Refusal> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal(format!("scheme {}: is not dialled, only http and https are", url.scheme())));
    }
    if url.as_str().len() > LONGEST {
        return Err(Refusal(format!("an address of more than {LONGEST} bytes is not asked for")));
    }
    let port = url.port_or_known_default();
    let known = port.is_some_and(|port| PORTS.contains(&port) || ports.configured.contains(&port));
    if !known && port != ports.own {
        let port = port.unwrap_or_default();
        return Err(Refusal(format!("port {port} is not dialled unless it is listed in ports")));
    }
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(Refusal("it names no host".to_owned())),
    };
    match refused(ip) {
        Some(what) if !allow_private => Err(not_dialled(ip, what)),
        _ => Ok(()),
    }
}

/// The addresses of a name that may be dialled; a refusal when there were some and none may.
pub(super) fn vetted(mut found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refusal> {
    let bad = found.iter().find_map(|address| Some((address.ip(), refused(address.ip())?)));
    found.retain(|address| refused(address.ip()).is_none());
    match bad {
        Some((ip, what)) if found.is_empty() => Err(not_dialled(ip, what)),
        _ => Ok(found),
    }
}

fn not_dialled(ip: IpAddr, what: &str) -> Refusal {
    Refusal(format!("{ip} is {what}, which is dialled only for a source with allow_private = true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Ports<'_> = Ports { configured: &[], own: None };

    /// Addresses that are refused, by what they are called.
    const REFUSED: &[(&str, &[&str])] = &[
        ("an address of this network", &["0.0.0.0", "0.0.0.1", "0.255.255.255", "::ffff:0.0.0.0"]),
        (
            "a private address",
            &[
                "10.0.0.0",
                "10.1.2.3",
                "10.255.255.255",
                "172.16.0.0",
                "172.20.1.1",
                "172.31.255.255",
                "192.168.0.0",
                "192.168.255.255",
                "fc00::",
                "fd00::1",
                "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "::ffff:10.0.0.1",
                "::ffff:192.168.1.1",
                "64:ff9b::10.0.0.1",
                "2002:a00:1::",
                "2002:c0a8:101::1",
                // Teredo: a private server, and a private client (192.168.0.1 with its bits turned).
                "2001:0:a00:1:0:0:f7f7:f7f7",
                "2001:0:808:808:0:0:3f57:fffe",
            ],
        ),
        ("an address shared behind a provider", &["100.64.0.0", "100.127.255.255", "64:ff9b::100.64.0.1"]),
        (
            "a loopback address",
            &[
                "127.0.0.0",
                "127.0.0.1",
                "127.255.255.255",
                "::1",
                "::ffff:127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
            ],
        ),
        (
            "a link-local address",
            &["169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::1", "febf::1", "::ffff:169.254.169.254"],
        ),
        ("an address reserved for protocols", &["192.0.0.1", "192.88.99.1", "2001:2::1", "2001:20::1"]),
        (
            "an address for documentation",
            &["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1", "3fff:fff::1"],
        ),
        ("an address for benchmarks", &["198.18.0.0", "198.19.255.255"]),
        ("a multicast address", &["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"]),
        (
            "a reserved address",
            &["240.0.0.1", "255.255.255.255", "::2", "::127.0.0.1", "100::1", "64:ff9b:1::1", "4000::1"],
        ),
        ("a site-local address", &["fec0::1", "feff::1"]),
        ("the unspecified address", &["::"]),
    ];

    /// Public neighbours of the ranges above.
    const PUBLIC: &[&str] = &[
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2a00:1450::1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2001:0:808:808:0:0:f7f7:f7f7",
    ];

    #[test]
    fn addresses_are_judged_by_their_range() {
        for (what, addresses) in REFUSED {
            for address in *addresses {
                assert_eq!(refused(address.parse().unwrap()), Some(*what), "{address}");
            }
        }
        for address in PUBLIC {
            assert_eq!(refused(address.parse().unwrap()), None, "{address}");
        }
        let judged = PUBLIC.len() + REFUSED.iter().map(|(_, addresses)| addresses.len()).sum::<usize>();
        assert!(judged >= 60, "{judged}");
    }

    #[test]
    fn literal_hosts_are_judged_before_they_are_dialled() {
        let literal = |address: &str| match address.parse().unwrap() {
            IpAddr::V4(ip) => format!("http://{ip}/feed"),
            IpAddr::V6(ip) => format!("http://[{ip}]/feed"),
        };
        for address in REFUSED.iter().flat_map(|(_, addresses)| *addresses) {
            let url = Url::parse(&literal(address)).unwrap();
            assert!(check(&url, NONE, false).is_err(), "{url}");
            assert_eq!(check(&url, NONE, true), Ok(()), "{url}");
        }
        for address in PUBLIC {
            assert_eq!(check(&Url::parse(&literal(address)).unwrap(), NONE, false), Ok(()), "{address}");
        }
    }

    #[test]
    fn odd_spellings_are_judged_by_the_address_they_mean() {
        for spelling in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://017700000001/",
            "http://0x7f000001/",
            "http://127.0.0.1./",
            "http://127.0.0.1.:80/",
            "http://[::]/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://example.org@127.0.0.1/",
            "http://example.org:80@127.0.0.1:80/",
            "http://8.8.8.8\\@127.0.0.1/",
            "http://①②⑦.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://%31%32%37.0.0.1/",
            "http:127.0.0.1",
            "http:\\\\127.0.0.1",
        ] {
            let Ok(url) = Url::parse(spelling) else { continue };
            let judged = check(&url, NONE, false);
            // The backslash is a slash to browsers and to us: that one names 8.8.8.8 and a path.
            let public = url.host_str() == Some("8.8.8.8");
            assert_eq!(judged.is_ok(), public, "{spelling} is {url}: {judged:?}");
        }
    }

    #[test]
    fn only_web_schemes_and_web_ports_are_dialled() {
        let own = Ports { configured: &[8000], own: Some(4711) };
        for (url, dialled) in [
            ("http://example.org/", true),
            ("https://example.org/", true),
            ("https://example.org:8443/", true),
            ("http://example.org:8080/", true),
            ("http://example.org:8000/", true),
            ("http://example.org:4711/", true),
            ("http://example.org:22/", false),
            ("http://example.org:25/", false),
            ("http://example.org:6379/", false),
            ("file:///etc/passwd", false),
            ("ftp://example.org/", false),
            ("gopher://example.org/", false),
            ("data:text/xml,<rss/>", false),
        ] {
            assert_eq!(check(&Url::parse(url).unwrap(), own, true).is_ok(), dialled, "{url}");
        }
    }

    #[test]
    fn a_url_without_end_is_not_asked_for() {
        let url = |length: usize| Url::parse(&format!("http://example.org/{}", "a".repeat(length - 19))).unwrap();
        assert_eq!(check(&url(LONGEST), NONE, true), Ok(()));
        assert!(check(&url(LONGEST + 1), NONE, true).is_err());
    }

    #[test]
    fn a_name_yields_only_its_public_addresses() {
        let sockets = |ips: &[&str]| -> Vec<SocketAddr> {
            ips.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect()
        };
        assert_eq!(vetted(sockets(&["8.8.8.8", "::1", "127.0.0.1"])), Ok(sockets(&["8.8.8.8"])));
        assert_eq!(vetted(Vec::new()), Ok(Vec::new()));
        let refusal = vetted(sockets(&["127.0.0.1", "::1"])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "127.0.0.1 is a loopback address, which is dialled only for a source with allow_private = true"
        );
    }
}
