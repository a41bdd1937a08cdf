//! One scripted reply: what it says, and how badly it is delivered.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

/// A reply in the making; `Reply::ok(body)` is the plain one.
pub struct Reply {
    /// None when the body is all that goes over the wire.
    status: Option<u16>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    delivery: Delivery,
    /// A request that echoes this entity tag gets 304.
    tag: Option<String>,
}

/// A reply whose bytes are put together, once and not at every request.
pub(super) struct Rendered {
    wire: Vec<u8>,
    unchanged: Option<(String, Vec<u8>)>,
    delivery: Delivery,
}

enum Delivery {
    Whole,
    /// So many bytes of head and body, then the connection is closed, reset, or left open in silence.
    Close(usize),
    Reset(usize),
    Stall(usize),
    /// So many bytes at once, the rest a byte at a time, each after this pause.
    Dribble(usize, Duration),
    /// The bytes as they are, then this for ever.
    Endless(&'static [u8]),
}

/// What becomes of the connection.
pub(super) enum Ending {
    KeepAlive,
    Close,
    Reset,
}

impl Reply {
    /// 200 with a body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// 200 with an RSS body and an entity tag made from it; 304 when the request echoes that tag.
    pub fn feed(body: impl Into<Vec<u8>>) -> Self {
        let reply = Self::ok(body);
        let mut hasher = DefaultHasher::new();
        reply.body.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let reply = reply.header("Content-Type", "application/rss+xml").header("ETag", &tag);
        Self { tag: Some(tag), ..reply }
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), headers: Vec::new(), body: Vec::new(), delivery: Delivery::Whole, tag: None }
    }

    /// The same with another status.
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    pub fn not_modified() -> Self {
        Self::status(304)
    }

    pub fn redirect(status: u16, location: impl AsRef<str>) -> Self {
        Self::status(status).header("Location", location.as_ref())
    }

    /// Adds a header; bytes that are no text are sent as they are.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Exactly these bytes instead of a reply, then the connection closes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { status: None, delivery: Delivery::Close(bytes.len()), ..Self::ok(bytes) }
    }

    /// A head that never ends.
    pub fn endless_headers() -> Self {
        Self {
            delivery: Delivery::Endless(b"X-More: and more and more and more and more\r\n"),
            ..Self::raw("HTTP/1.1 200 OK\r\n")
        }
    }

    /// Interim answers without end (RFC 9110 §15.2).
    pub fn endless_interim() -> Self {
        Self { delivery: Delivery::Endless(b"HTTP/1.1 103 Early Hints\r\n\r\n"), ..Self::raw("") }
    }

    /// A body that never ends.
    pub fn endless_body() -> Self {
        Self {
            delivery: Delivery::Endless(b"<item>and more and more and more</item>"),
            ..Self::raw("HTTP/1.1 200 OK\r\n\r\n")
        }
    }

    /// Closes the connection after `bytes` bytes of head and body; 0 is before the reply.
    pub fn close_after(self, bytes: usize) -> Self {
        Self { delivery: Delivery::Close(bytes), ..self }
    }

    /// Resets the connection after `bytes` bytes of head and body.
    pub fn reset_after(self, bytes: usize) -> Self {
        Self { delivery: Delivery::Reset(bytes), ..self }
    }

    /// Falls silent after `bytes` bytes of head and body, and keeps the connection.
    pub fn stall_after(self, bytes: usize) -> Self {
        Self { delivery: Delivery::Stall(bytes), ..self }
    }

    /// Sends a byte at a time after `bytes` bytes of head and body.
    pub fn dribble_after(self, bytes: usize, pause: Duration) -> Self {
        Self { delivery: Delivery::Dribble(bytes, pause), ..self }
    }

    /// Length of the head in bytes, to say where in the body a fault strikes.
    pub fn head_len(&self) -> usize {
        self.bytes(self.status.expect("a raw reply has no head"), b"").len()
    }

    pub(super) fn render(self) -> Rendered {
        let wire = self.status.map_or_else(|| self.body.clone(), |status| self.bytes(status, &self.body));
        let unchanged = self.tag.as_ref().map(|tag| (tag.clone(), self.bytes(304, b"")));
        Rendered { wire, unchanged, delivery: self.delivery }
    }

    fn bytes(&self, status: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let told = self.headers.iter().any(|(name, _)| {
            name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("Transfer-Encoding")
        });
        if !told && status != 304 {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        bytes
    }
}

impl Rendered {
    pub(super) async fn deliver<S: AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        echoed: Option<&[u8]>,
    ) -> io::Result<Ending> {
        let wire = match &self.unchanged {
            Some((tag, unchanged)) if echoed == Some(tag.as_bytes()) => unchanged,
            _ => &self.wire,
        };
        let upto = |bytes: usize| &wire[..bytes.min(wire.len())];
        match &self.delivery {
            Delivery::Whole => {
                stream.write_all(wire).await?;
                stream.flush().await?;
                Ok(Ending::KeepAlive)
            }
            Delivery::Close(bytes) => {
                stream.write_all(upto(*bytes)).await?;
                stream.shutdown().await?;
                Ok(Ending::Close)
            }
            Delivery::Reset(bytes) => {
                stream.write_all(upto(*bytes)).await?;
                stream.flush().await?;
                Ok(Ending::Reset)
            }
            Delivery::Stall(bytes) => {
                stream.write_all(upto(*bytes)).await?;
                stream.flush().await?;
                std::future::pending().await
            }
            Delivery::Dribble(bytes, pause) => {
                stream.write_all(upto(*bytes)).await?;
                for byte in &wire[upto(*bytes).len()..] {
                    tokio::time::sleep(*pause).await;
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                }
                Ok(Ending::KeepAlive)
            }
            Delivery::Endless(more) => {
                stream.write_all(wire).await?;
                let block = more.repeat(64);
                loop {
                    stream.write_all(&block).await?;
                }
            }
        }
    }
}
