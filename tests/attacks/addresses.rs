//! Attacks by address: a feed that would have us talk to machines inside, by whatever spelling, name, redirect or proxy.

use std::fmt::Write as _;
use std::net::IpAddr;

use sahelwatch::fetch::{FetchError, Fetched};
use url::Url;

use super::net::{PUBLIC, World, inside, name_server, not_found, ok, redirect};
use super::{ask, client};
use crate::bed::{Bed, everyday, feed, program};
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

/// One or more of every range that is not the public internet, its first and last addresses among them.
const REFUSED: [&str; 60] = [
    "127.0.0.1",
    "127.0.0.0",
    "127.255.255.255",
    "127.53.53.53",
    "10.0.0.0",
    "10.1.2.3",
    "10.255.255.255",
    "172.16.0.0",
    "172.20.1.1",
    "172.31.255.255",
    "192.168.0.0",
    "192.168.1.1",
    "192.168.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "0.0.0.0",
    "0.0.0.1",
    "0.255.255.255",
    "192.0.0.0",
    "192.0.0.170",
    "192.0.0.255",
    "198.18.0.0",
    "198.19.255.255",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "fc00::",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "ff02::1",
    "ff0e::1",
    "::ffff:0.0.0.0",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:c0a8:101::1",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1:0:0:f7f7:f7f7",
    "2001:0:808:808:0:0:80ff:fffe",
    "2001:0:808:808:0:0:5601:5601",
    "2001:db8::1",
];

/// The same in a URL.
fn literal(address: &str) -> String {
    match address.parse().unwrap() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// A name for each of them.
fn hosts() -> String {
    let names = REFUSED.iter().enumerate().map(|(n, address)| format!("{address} inside{n}.example\n"));
    format!("127.0.0.1 localhost\n::1 localhost\n{PUBLIC} outlet.example\n{}", names.collect::<String>())
}

/// A world in which the public address sends everybody on: `/to/N` to the N-th of these places.
fn world(places: Vec<String>) -> World {
    World::start(move |path| match path.strip_prefix("/to/").and_then(|n| places.get(n.parse::<usize>().ok()?)) {
        Some(place) => redirect(place),
        None if path == "/robots.txt" => not_found(),
        None => ok(&feed(&[everyday(1)])),
    })
}

fn source(id: &str, url: &str, more: &str) -> String {
    format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = {url:?}\n{more}\n")
}

/// Runs one round on these sources and gives what the program says of each.
fn round(sources: &str) -> Vec<serde_json::Value> {
    let bed = Bed::new().with(sources);
    bed.run(&["run", "--once"]);
    let ended = bed.run(&["sources", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    said["sources"].as_array().unwrap().iter().filter(|line| line["id"] != "outlet").cloned().collect()
}

/// S1: sixty addresses, each as an address, behind a name, and behind a redirect. That the listener would have noticed is shown
/// by the last part, in which the same addresses are allowed. Fails where `guard::check` lets addresses pass.
#[test]
fn nothing_inside_is_dialled() {
    if !inside("attacks::addresses::nothing_inside_is_dialled", &["S1"], &hosts()) {
        return;
    }
    let trial = trials::of("S1");
    let world = world(REFUSED.iter().map(|address| format!("http://{}/feed", literal(address))).collect());
    let mut sources = String::new();
    for (n, address) in REFUSED.iter().enumerate() {
        let at = literal(address);
        for (way, url) in [
            ("literal", format!("http://{at}/feed")),
            ("name", format!("http://inside{n}.example/feed")),
            ("redirect", format!("http://{PUBLIC}/to/{n}")),
        ] {
            write!(sources, "{}", source(&format!("{way}-{n}"), &url, "")).unwrap();
        }
    }
    let lines = round(&sources);
    assert_eq!(lines.len(), 3 * REFUSED.len());
    for line in &lines {
        let error = line["last_error"].as_str().unwrap_or_default();
        assert!(error.contains("which is dialled only for a source with allow_private = true"), "{line}");
    }
    assert_eq!(world.breaches(), []);
    assert!(world.dialled().iter().filter(|dialled| dialled.path.starts_with("/to/")).count() >= REFUSED.len());

    let allowed = REFUSED.iter().enumerate();
    let allowed: String = allowed
        .map(|(n, address)| {
            source(&format!("allowed-{n}"), &format!("http://{}/feed", literal(address)), "allow_private = true")
        })
        .collect();
    round(&allowed);
    assert!(world.breaches().len() >= 45, "the listener sees what is dialled: {}", world.breaches().len());
    trial.passed(lines.len());
}

/// Spellings of loopback and of the unspecified address, and one of the public one among them.
const SPELLINGS: [&str; 32] = [
    "http://2130706433/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://example.org@127.0.0.1/",
    "http://example.org:80@127.0.0.1:80/",
    "http://example.org%40@127.0.0.1/",
    "http://8.8.8.8\\@127.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http:127.0.0.1",
    "http:\\\\127.0.0.1",
    "http:///127.0.0.1/",
    "//127.0.0.1/",
    "\\\\127.0.0.1/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://ⓛocalhost/",
];

/// S2: whatever a redirect or a configuration calls it, it is judged by its address. Fails where `guard::check` judges
/// nothing.
#[test]
fn odd_spellings_are_seen_through() {
    if !inside("attacks::addresses::odd_spellings_are_seen_through", &["S2"], &hosts()) {
        return;
    }
    let trial = trials::of("S2");
    let world = world(SPELLINGS.iter().map(|spelling| (*spelling).to_owned()).collect());
    let configured = SPELLINGS.iter().enumerate().filter(|(_, spelling)| {
        let url = Url::parse(spelling);
        url.is_ok_and(|url| url.username().is_empty() && url.host_str() != Some(PUBLIC))
    });
    let mut sources: String = configured.map(|(n, spelling)| source(&format!("typed-{n}"), spelling, "")).collect();
    for n in 0..SPELLINGS.len() {
        sources += &source(&format!("sent-{n}"), &format!("http://{PUBLIC}/to/{n}"), "");
    }
    let lines = round(&sources);
    assert!(lines.len() > SPELLINGS.len() + 15, "{}", lines.len());
    assert_eq!(world.breaches(), []);
    trial.passed(lines.len());
}

/// S3: a name that answers with a public address and, when asked again, with loopback; one that has both at once; one that
/// has loopback first. Fails where `resolver` hands out what it
/// finds unjudged.
#[tokio::test]
async fn a_name_that_changes_its_answer_gains_nothing() {
    let test = "attacks::addresses::a_name_that_changes_its_answer_gains_nothing";
    if !inside(test, &["S3"], "127.0.0.1 localhost\n") {
        return;
    }
    let trial = trials::of("S3");
    let world = world(vec!["http://rebind.example/feed".to_owned()]);
    let [public, loopback, loopback6] = [PUBLIC, "127.0.0.1", "::1"].map(|ip| ip.parse::<IpAddr>().unwrap());
    name_server(move |name, v6, times| match (name, v6) {
        ("rebind.example", false) => vec![if times % 2 == 0 { public } else { loopback }],
        ("mixed.example", false) => vec![public, loopback],
        ("mixed.example", true) => vec![loopback6],
        ("inside.example", false) => vec![loopback],
        ("inside.example", true) => vec![loopback6],
        _ => Vec::new(),
    });
    let (rounds, kept) = (trials::count(20, 200), client(Vec::new()));
    let (mut answered, mut refused) = (0, 0);
    for n in 0..rounds {
        // A client of its own has no connection to take again.
        let fresh = client(Vec::new());
        let redirected = format!("http://{PUBLIC}/to/0");
        for url in ["http://rebind.example/feed", "http://mixed.example/feed", "http://inside.example/", &redirected] {
            let url = Url::parse(url).unwrap();
            match ask(if n % 2 == 0 { &kept } else { &fresh }, &url, false).await {
                Ok(Fetched::Document(_)) => answered += 1,
                Err(FetchError::Refused { .. }) => refused += 1,
                other => panic!("{url}: {other:?}"),
            }
        }
    }
    assert_eq!(world.breaches(), []);
    // Both happened: the public answers were dialled, the others were not.
    assert!(answered >= rounds && refused >= rounds, "{answered} answered, {refused} refused");
    trial.passed(answered + refused);
}

/// S4: redirects to other schemes and ports. Fails where `guard::check` judges nothing.
#[tokio::test]
async fn redirects_lead_to_the_web_alone() {
    let trial = trials::of("S4");
    let (server, client) = (HttpPeer::start(), client(Vec::new()));
    let listener = HttpPeer::start();
    let mut places = vec![
        "file:///etc/passwd".to_owned(),
        "file://127.0.0.1/etc/passwd".to_owned(),
        "ftp://127.0.0.1/feed".to_owned(),
        "gopher://127.0.0.1:70/_GET".to_owned(),
        "data:application/rss+xml,<rss version='2.0'/>".to_owned(),
        "javascript:alert(1)".to_owned(),
        "about:blank".to_owned(),
        "ws://127.0.0.1/".to_owned(),
        "dict://127.0.0.1:11211/stats".to_owned(),
        "jar:http://127.0.0.1!/feed".to_owned(),
        "unix:/run/docker.sock".to_owned(),
        listener.url("/feed").to_string(),
    ];
    places.extend(
        [22, 23, 25, 110, 143, 389, 3306, 5432, 6379, 9200, 11211, 27017, 1]
            .map(|port: u16| format!("http://127.0.0.1:{port}/")),
    );
    for place in &places {
        server.on("/feed", [Reply::redirect(302, place)]);
        let error = ask(&client, &server.url("/feed"), true).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{place}: {error:?}");
        let why = error.to_string();
        assert!(why.contains("only http and https are") || why.contains("unless it is listed in ports"), "{why}");
    }
    assert_eq!(listener.connections(), 0);
    trial.passed(places.len());
}

/// S5: proxies of the environment, in all their spellings. Fails where `connect::builder` leaves out `no_proxy`.
#[test]
fn the_environments_proxies_are_not_asked() {
    let trial = trials::of("S5");
    let (bed, proxy) = (Bed::new(), HttpPeer::start());
    bed.serve(&[everyday(1)]);
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "ftp_proxy"];
    for name in names {
        let mut run = program();
        run.arg("--config").arg(bed.config()).args(["run", "--once"]).env(name, proxy.url("").as_str());
        assert!(run.output().unwrap().status.success(), "{name}");
    }
    assert_eq!((proxy.connections(), bed.http.requests("/feed").len()), (0, names.len()));
    trial.passed(names.len());
}
