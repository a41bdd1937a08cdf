//! Everything sources are known to serve to break programs, to one daemon at once: its memory stays bounded, and what
//! is honest is told of meanwhile. What becomes of each document is tested beside the code that reads it.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bed::{Bed, attack, entry, feed};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::smtp::SmtpPeer;
use crate::trials;

/// What the unit and the promise allow, in KiB. A test build holds no more than a release one: what counts is
/// documents, not code.
const ALLOWED: u64 = 192 << 10;
/// Longest body that is read (`http.max_body`).
const LARGEST: usize = 10_000_000;

/// How long what is honest may take on a busy machine in a test build: a poll is given up after the ten seconds below, and none begins
/// twice in a minute.
const HONEST: Duration = Duration::from_secs(60);
/// How long a busy machine may take over all of it in a test build.
const PATIENCE: Duration = Duration::from_secs(300);

/// A document, of which no watch finds anything, the kind of source that is asked for it, and how that is configured.
struct Poison {
    kind: &'static str,
    more: &'static str,
    reply: Reply,
}

fn poison(kind: &'static str, more: &'static str, reply: Reply) -> Poison {
    Poison { kind, more, reply }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn coded(coding: &str, bytes: Vec<u8>) -> Reply {
    Reply::ok(bytes).header("Content-Encoding", coding).header("Content-Type", "text/xml")
}

/// As long as is read, less a little.
fn filled(before: &str, piece: &str, after: &str) -> String {
    let room = LARGEST - 1000 - before.len() - after.len();
    [before, &piece.repeat(room / piece.len()), after].concat()
}

fn compressed() -> Vec<Poison> {
    let zeros = vec![0; 64 << 20];
    let once = gzip(&zeros);
    let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    zstd.write_all(&zeros).unwrap();
    let honest = filled("<rss><channel>", "<item><title>Le marché</title></item>", "</channel></rss>");
    let brotli = {
        let mut coded = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 4, ..Default::default() };
        brotli::BrotliCompress(&mut &zeros[..], &mut coded, &parameters).unwrap();
        coded
    };
    vec![
        poison("feed", "", coded("gzip, gzip", gzip(&once))),
        poison("feed", "", coded("gzip", once)),
        poison("feed", "", coded("zstd", zstd.finish().unwrap())),
        poison("feed", "", coded("br", brotli)),
        poison("feed", "", coded("gzip", gzip(honest.as_bytes()))),
        poison("page", "", coded("gzip", gzip(filled("<body>", "<div>", "").as_bytes()))),
    ]
}

fn endless() -> Vec<Poison> {
    vec![
        poison("feed", "", Reply::endless_body()),
        poison("page", "", Reply::endless_body()),
        poison("feed", "", Reply::endless_headers()),
        poison("feed", "", Reply::endless_interim()),
        poison("feed", "", Reply::ok("").header("X-Long", "x".repeat(10 << 20))),
        poison(
            "feed",
            "",
            Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;".to_owned() + &"x".repeat(1 << 20)),
        ),
        poison("feed", "", Reply::ok(filled("<rss><channel>", "<item>", "")).with_status(503)),
    ]
}

fn documents() -> Vec<Poison> {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!(
        "<!DOCTYPE rss [<!ENTITY l0 \"{}\">{laughs}]><rss><channel><item><title>&l9;</title></item></channel></rss>",
        "ha".repeat(5000)
    );
    let many: Vec<String> =
        (0..10_000).map(|n| entry(&n.to_string(), &format!("Le marché {n}"), &"mot ".repeat(220))).collect();
    let json = "select = { item = \"$..x\", title = \"$.t\", link = \"$.l\" }";
    let html = |body: String| Reply::ok(body).header("Content-Type", "text/html");
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}=''")).collect();
    vec![
        poison("feed", "", Reply::ok(laughs)),
        poison("feed", "", Reply::ok(feed(&many))),
        poison("feed", "", Reply::ok(feed(&[entry("1", &"é".repeat(4 << 20), "text")]))),
        poison("feed", "", Reply::ok(feed(&[entry("1", "Le marché", &"e\u{301}".repeat(3 << 20))]))),
        poison(
            "feed",
            "",
            Reply::ok(filled("<rss><channel>", "<item><title>Le marché</title></item>", "</channel></rss>")),
        ),
        poison("feed", "", Reply::ok(filled("<rss><channel>", "<a>", ""))),
        poison("feed", "", Reply::ok(filled("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":", "[", ""))),
        poison("feed", "", Reply::ok(filled("{\"items\":[", "0,", "0]}"))),
        poison("json", json, Reply::ok(filled("", "{\"x\":", ""))),
        poison("json", json, Reply::ok(filled("[", "{\"x\":{\"t\":\"a\",\"l\":\"/a\"}},", "{}]"))),
        poison("sitemap", "", Reply::ok(filled("<urlset>", "<url><loc>http://127.0.0.1/a</loc></url>", "</urlset>"))),
        poison("page", "", html(filled("<body>", "<div>", ""))),
        poison("page", "", html(filled("<body>", "<b><p>", ""))),
        poison("page", "", html(filled("<body>", "<article><a href=/a>Le marché</a></article>", ""))),
        poison("page", "", html(format!("<body><p{attributes}>"))),
        poison("page", "", html(filled("<body><a href='/a' title='", "x", "'>Le marché</a>"))),
        poison("page", "", html(filled("<body><p>", "&amp;lt;", ""))),
    ]
}

/// A line of the daemon's `/proc/…/status`, in KiB.
fn resident(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t']).trim_end_matches(" kB").parse().unwrap()
}

/// Sources that were not polled to the end; all of them while the daemon is too busy to say.
fn unread(bed: &Bed) -> usize {
    let said: serde_json::Value = serde_json::from_str(&bed.run(&["sources", "--json"]).stdout).unwrap_or_default();
    let sources = said["sources"].as_array();
    sources.map_or(usize::MAX, |all| all.iter().filter(|source| source["state"] == "waiting").count())
}

/// What the unit sets for the allocator.
fn as_the_unit_does() -> Vec<(&'static str, String)> {
    let unit = include_str!("../../deploy/systemd/sahelwatch.service");
    let set = unit.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(str::split_whitespace);
    set.map(|word| word.split_once('=').unwrap()).map(|(name, value)| (name, value.to_owned())).collect()
}

/// Seen failing, at 446 MB, while sixteen large bodies were held at a time and feeds had any number of entries.
#[tokio::test]
async fn whatever_sources_serve_it_lives_in_192_mebibytes() {
    let trial = trials::of("A10");
    // As many at a time as can be had of one server.
    let mut bed = Bed::with_peers(SmtpPeer::start(), HttpPeer::start_on("0.0.0.0:0"))
        .alerting_at_once()
        .asking("per_host = 16, timeout = \"10s\", respect_robots = false");
    let all: Vec<Poison> = [compressed(), endless(), documents()].into_iter().flatten().collect();
    let count = all.len();
    for (n, Poison { kind, more, reply }) in all.into_iter().enumerate() {
        let path = format!("/poison-{n}");
        bed.http.on(&path, [reply]);
        // At a host of their own: those of one host take turns, the honest with them.
        let url = format!("http://127.0.1.1:{}{path}", bed.http.port());
        bed = bed.with(&format!(
            "[[source]]\nid = \"poison-{n}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nallow_private = true\n\
             interval = \"1h\"\n{more}"
        ));
    }
    bed.serve(&[attack(1)]);
    let daemon = bed.start_daemon_with(&as_the_unit_does());
    daemon.hears("READY=1");
    let process = daemon.child.id();
    let began = Instant::now();
    let is_told = || bed.headlines().contains(&crate::bed::headline(1));
    while !is_told() {
        assert!(began.elapsed() < HONEST, "what is honest was not told of: {}", daemon.log());
        daemon.listen(Duration::from_millis(200));
    }
    let began = Instant::now();
    while unread(&bed) > 0 {
        assert!(began.elapsed() < PATIENCE, "{} of {count} were not read: {}", unread(&bed), daemon.log());
        daemon.listen(Duration::from_millis(200));
    }
    let highest = resident(process, "VmHWM");
    eprintln!("VmHWM {highest} KiB, of which the program's own pages {} KiB", resident(process, "RssFile"));
    assert!(highest <= ALLOWED, "it took {highest} KiB");
    assert_eq!(daemon.stop(), Some(0));
    trial.passed(count);
}
