//! The demo's web server: a handful of fixed documents on a loopback port, with entity tags. Speaks as much HTTP/1.1 as our own
//! fetcher asks for, and is not meant for anybody else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use xxhash_rust::xxh3::xxh3_64;

/// A document, and its later version if it has one.
struct Sample {
    path: &'static str,
    content_type: &'static str,
    now: &'static [u8],
    later: Option<&'static [u8]>,
}

macro_rules! sample {
    ($path:literal, $type:literal) => {
        Sample {
            path: concat!("/", $path),
            content_type: $type,
            now: include_bytes!(concat!("samples/", $path)),
            later: None,
        }
    };
    ($path:literal, $type:literal, later $later:literal) => {
        Sample { later: Some(include_bytes!(concat!("samples/", $later))), ..sample!($path, $type) }
    };
}

static SAMPLES: [Sample; 7] = [
    sample!("echo-du-liptako.xml", "application/rss+xml", later "echo-du-liptako.later.xml"),
    sample!("tribune-des-dunes.xml", "application/rss+xml"),
    sample!("sada-alqawafil.atom", "application/atom+xml", later "sada-alqawafil.later.atom"),
    sample!("muryar-kwari.xml", "text/xml", later "muryar-kwari.later.xml"),
    sample!("radio-faso-nord.xml", "application/rss+xml"),
    sample!("sahel-ledger.json", "application/feed+json", later "sahel-ledger.later.json"),
    sample!("minbar-alkuthban.html", "text/html; charset=utf-8"),
];

/// The running server; stops when dropped.
pub(super) struct Server {
    address: SocketAddr,
    round: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts on a free port of 127.0.0.1.
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let round = Arc::new(AtomicUsize::new(0));
        let published = round.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A reader that hangs up costs its own connection.
                tokio::spawn(answer(stream, published.clone()));
            }
        });
        Ok(Self { address, round, task })
    }

    /// Where it is, without a slash at the end.
    pub(super) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on the outlets print what they know in this round: what they knew first, or in any after it what they know later.
    pub(super) fn publish(&self, round: usize) {
        self.round.store(round, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers one request and closes.
async fn answer(mut stream: TcpStream, round: Arc<AtomicUsize>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    let request = lines.next_line().await?.unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut tag = String::new();
    while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("if-none-match")) {
            value.trim().clone_into(&mut tag);
        }
    }
    let Some(sample) = SAMPLES.iter().find(|sample| sample.path == path) else {
        return writer.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
    };
    let body = sample.later.filter(|_| round.load(Ordering::Relaxed) > 0).unwrap_or(sample.now);
    let own_tag = format!("\"{:016x}\"", xxh3_64(body));
    if tag == own_tag {
        let head = format!("HTTP/1.1 304 Not Modified\r\nETag: {own_tag}\r\nConnection: close\r\n\r\n");
        return writer.write_all(head.as_bytes()).await;
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nETag: {own_tag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        sample.content_type,
        body.len()
    );
    writer.write_all(head.as_bytes()).await?;
    writer.write_all(body).await
}
