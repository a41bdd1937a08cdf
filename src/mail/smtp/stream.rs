//! A TCP stream that hands out plain text byte by byte, and not without end. Knows nothing of SMTP but that TLS may begin in the middle of it.
//!
//! lettre reads through a buffer and keeps that buffer across STARTTLS. Whatever someone on the line appends to the answer
//! `220 go ahead`, unencrypted, would be taken for answers given inside TLS, down to a `250` for a mail the server never saw
//! (nostarttls.secvuln.info, "response injection"). One byte at a time, the buffer never holds more than the answer it waits for,
//! and the rest breaks the handshake.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// First byte of a TLS client's first record (RFC 8446 §5.1); no SMTP command starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// Longest answer in clear, in bytes (Postfix `smtp_response_limit` is of this order). lettre has a limit too, but looks at it
/// at the end of a line, and anyone on the line can see to it that there is none.
const MAX_ANSWER: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Unbuffered {
    stream: TcpStream,
    encrypted: bool,
    /// Bytes read since the last command.
    answered: usize,
}

impl Unbuffered {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, encrypted: false, answered: 0 }
    }
}

impl AsyncRead for Unbuffered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.encrypted {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        if self.answered >= MAX_ANSWER {
            return Poll::Ready(Err(io::Error::other("the answer is too long")));
        }
        let mut byte = [0; 1];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
        self.answered += one.filled().len();
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Unbuffered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.answered = 0;
        self.encrypted |= buf.first() == Some(&TLS_HANDSHAKE);
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Unbuffered {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
