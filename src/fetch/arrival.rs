//! A body on its way: it is kept as it comes over the wire, and decompressed when it is whole. Does not know who waits for it.
//!
//! A program that must live in 192 MiB cannot hold sixteen bodies of 10 MB and what is made of them: text of that size took 80 MB
//! while it was read. So a body is taken as a small one first, and those that turn out large come in one at a time. How large a
//! coded body is shows only when it is decompressed, and its decoder may want a window of 16 MiB; but a small one on the wire can be
//! opened twice.

use reqwest::Response;
use reqwest::header::HeaderMap;

use super::body::{Body, BodyError};

/// Longest small body, on the wire and decompressed. The front pages of newspapers, the largest honest documents that are
/// common, have 0.2 to 1 MB.
pub(super) const SMALL: usize = 1 << 20;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum Halt {
    /// It cannot be taken.
    Body(BodyError),
    /// It did not come.
    Broken(reqwest::Error),
}

impl From<BodyError> for Halt {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

/// An answer whose body is on its way.
#[derive(Debug)]
pub(super) struct Arrival {
    response: Response,
    wire: Vec<u8>,
}

impl Arrival {
    /// An answer of which only the head was read.
    pub(super) fn new(response: Response) -> Self {
        Self { response, wire: Vec::new() }
    }

    /// The head of the answer.
    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Its status.
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether it says itself that it is larger.
    pub(super) fn announces_more_than(&self, most: usize) -> bool {
        self.response.content_length().is_some_and(|length| length > most as u64)
    }

    /// Takes the body, of at most so many bytes. One that was too large may be taken again with more.
    ///
    /// # Errors
    /// [`Halt`]
    pub(super) async fn take(&mut self, most: usize) -> Result<Vec<u8>, Halt> {
        // What cannot be decompressed is not waited for.
        drop(self.opener(most)?);
        while self.wire.len() <= most {
            match self.response.chunk().await.map_err(Halt::Broken)? {
                Some(chunk) => self.wire.extend_from_slice(&chunk),
                None => {
                    let mut body = self.opener(most)?;
                    body.take(&self.wire)?;
                    return Ok(body.finish()?);
                }
            }
        }
        Err(Halt::Body(BodyError::TooLarge))
    }

    fn opener(&self, most: usize) -> Result<Body, BodyError> {
        Body::new(self.headers(), self.response.content_length(), most)
    }
}
