//! S7: answers that are small on the wire and huge once they are decompressed. What a server without end costs (S8) is tried in
//! `fetch::failures`.

use std::fmt::Write as _;
use std::io::Read;
use std::time::{Duration, Instant};

use sahelwatch::fetch::{FetchError, Fetched};

use super::{ask, client};
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

/// Set for the process that meets the bombs, to where they lie.
const TARGET: &str = "SAHELWATCH_BOMBS";
const CAP: usize = 10 << 20;
/// What a bomb may cost beside the largest document there may be: the largest window of its coding, which is 16 MiB for brotli
/// (RFC 7932 §9.1) and 8 MiB for zstd (RFC 9659 §3), and what stands around it: 28.8 MB in all were measured for brotli.
const EXTRA: usize = 20 << 20;
/// Zeros packed into a bomb.
const ZEROS: u64 = 24 << 20;

fn zeros(bytes: u64) -> impl Read {
    std::io::repeat(0).take(bytes)
}

fn gzip(mut from: impl Read) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut from, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

fn br(mut from: impl Read, window: i32, large: bool) -> Vec<u8> {
    let mut params = brotli::enc::BrotliEncoderInitParams();
    (params.quality, params.lgwin, params.large_window) = (5, window, large);
    let mut coded = Vec::new();
    brotli::BrotliCompress(&mut from, &mut coded, &params).unwrap();
    coded
}

fn zstandard(mut from: impl Read, window: u32) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(window).unwrap();
    std::io::copy(&mut from, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// Each with the coding it claims.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let (once, brotli) = (gzip(zeros(ZEROS)), br(zeros(ZEROS), 24, false));
    vec![
        ("gzip", once.clone()),
        ("", once.clone()),
        // A kilobyte that is a bomb inside: one layer is undone, and what lies below is no feed.
        ("gzip", gzip(&gzip(&once[..])[..])),
        ("gzip, gzip, br", br(&gzip(&once[..])[..], 22, false)),
        ("gzip", gzip(&b""[..]).repeat(600_000)),
        ("br", brotli),
        ("br", br(zeros(ZEROS), 28, true)),
        ("zstd", zstandard(zeros(4 * ZEROS), 23)),
    ]
}

/// A line of this process's status, in bytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// S7: every bomb is refused, or is a small document, within a second and with no more memory than that. The process that meets
/// them did not make them, so that its memory tells of nothing else. Seen failing with `Capped` grown past its cap.
#[tokio::test]
async fn bombs_cost_next_to_nothing() {
    if let Ok(target) = std::env::var(TARGET) {
        return meet(&target).await;
    }
    let trial = trials::of("S7");
    let (server, bombs) = (HttpPeer::start(), bombs());
    server.on("/honest", [Reply::ok(vec![b'a'; 100_000])]);
    for (n, (coding, bomb)) in bombs.iter().enumerate() {
        server.on(&format!("/{n}"), [Reply::ok(bomb.clone()).header("Content-Encoding", coding)]);
    }
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "attacks::answers::bombs_cost_next_to_nothing", "--nocapture"]);
    let output = again.env(TARGET, format!("{} {}", server.url("/"), bombs.len())).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    said.lines().filter(|line| line.starts_with("bomb ")).for_each(|line| println!("{line}"));
    trial.passed(bombs.len());
}

async fn meet(target: &str) {
    let (base, count) = target.split_once(' ').unwrap();
    let base: url::Url = base.parse().unwrap();
    let client = client(vec![base.port().unwrap()]);
    ask(&client, &base.join("honest").unwrap(), true).await.unwrap();
    let before = memory("VmRSS");
    let mut told = String::new();
    let mut worst = (0, Duration::ZERO);
    for n in 0..count.parse().unwrap() {
        // Begins a new peak (proc(5)).
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let start = Instant::now();
        let answer = ask(&client, &base.join(&n.to_string()).unwrap(), true).await;
        let (time, extra) = (start.elapsed(), memory("VmHWM").saturating_sub(before));
        let refused = matches!(&answer, Err(FetchError::TooLarge { .. } | FetchError::Decode { .. }));
        let small = matches!(&answer, Ok(Fetched::Document(document)) if document.bytes.len() < 200_000);
        assert!(refused || small, "bomb {n}: {answer:?}");
        writeln!(told, "bomb {n}: {} kB, {time:?}", extra >> 10).unwrap();
        worst = (worst.0.max(extra), worst.1.max(time));
    }
    println!("{told}");
    assert!(worst.0 <= CAP + EXTRA, "{told}");
    assert!(worst.1 < Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 }), "{told}");
}
