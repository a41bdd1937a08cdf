//! The web: a small HTTP/1.1 server on loopback that answers `/7` with feed number 7, `/none7` with a feed that shows nothing, or with
//! 304 when it is asked conditionally; `/slow7` after a time, as servers that are far away do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::text;

/// A feed that shows nothing.
const NONE: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Outlet</title>\
                    <link>https://outlet.example/</link></channel></rss>";

/// How long servers that are far away take: from Europe to West Africa and back, with what the server does meanwhile.
const FAR: Duration = Duration::from_millis(300);

/// The server; it lives as long as the process.
pub(crate) struct Feeds {
    address: SocketAddr,
    answers: Arc<Answers>,
}

#[derive(Default)]
struct Answers {
    documents: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Feeds {
    pub(crate) fn start() -> Self {
        let answers = Arc::new(Answers::default());
        let (tell, address) = std::sync::mpsc::channel();
        let counted = answers.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                tell.send(listener.local_addr().expect("an address")).expect("the bench waits");
                while let Ok((stream, _)) = listener.accept().await {
                    let answers = counted.clone();
                    // A client that goes away in the middle is its own business.
                    tokio::spawn(async move { serve(stream, &answers).await.ok() });
                }
            });
        });
        Self { address: address.recv().expect("the server starts"), answers }
    }

    pub(crate) fn url(&self, number: usize) -> String {
        format!("http://{}/{number}", self.address)
    }

    /// A feed without an item.
    pub(crate) fn url_of_none(&self, number: usize) -> String {
        format!("http://{}/none{number}", self.address)
    }

    /// The same feed from a server that is far away.
    pub(crate) fn url_far(&self, number: usize) -> String {
        format!("http://{}/slow{number}", self.address)
    }

    /// Feeds sent so far.
    pub(crate) fn documents(&self) -> usize {
        self.answers.documents.load(Ordering::Relaxed)
    }

    /// 304s sent so far.
    pub(crate) fn unchanged(&self) -> usize {
        self.answers.unchanged.load(Ordering::Relaxed)
    }
}

async fn serve(mut stream: TcpStream, answers: &Answers) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(2048);
    loop {
        while !buffer.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let question = String::from_utf8_lossy(&buffer).into_owned();
        buffer.clear();
        if question.starts_with("GET /slow") {
            tokio::time::sleep(FAR).await;
        }
        let answer = answer(&question, answers);
        stream.write_all(&answer).await?;
    }
}

fn answer(request: &str, answers: &Answers) -> Vec<u8> {
    let path = request.split(' ').nth(1).and_then(|path| path.strip_prefix('/')).unwrap_or_default();
    let number = path.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok();
    let Some(number) = number else { return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec() };
    let asked =
        request.lines().any(|line| line.get(..14).is_some_and(|name| name.eq_ignore_ascii_case("if-none-match:")));
    if asked {
        answers.unchanged.fetch_add(1, Ordering::Relaxed);
        return b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_vec();
    }
    answers.documents.fetch_add(1, Ordering::Relaxed);
    let body = if path.starts_with("none") { NONE.to_owned() } else { text::feed(number) };
    format!(
        "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
