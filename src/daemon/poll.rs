//! The first half of the sentence: a due source is fetched politely and its bytes are parsed into items, each with the face by
//! which it will be identified. Decides nothing and writes nothing: a poll that is dropped half-way has not happened.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, error::SendError};
use url::Url;

use super::ingesting::Task;
use crate::config::SourcePlan;
use crate::extract::{self, ParseError, Parsed};
use crate::fetch::{Client, FetchError, Fetched, Hints, Request};
use crate::identity::{Face, face};
use crate::model::{SourceKind, SourceState, Validators};

/// Longest time one document may take to be read; honest ones take milliseconds.
const READ_TIME: Duration = Duration::from_secs(5);
/// Polls in a row that must name the same new address before it is used: a captive portal answers 301 for a day.
pub(crate) const MOVED_AFTER: u32 = 3;

/// A source that is due, with what is remembered of it.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) plan: Arc<SourcePlan>,
    pub(crate) state: SourceState,
}

/// What came of a poll.
#[derive(Debug)]
pub(crate) struct Polled {
    pub(crate) job: Job,
    pub(crate) at: Timestamp,
    pub(crate) answer: Result<Answer, PollError>,
}

/// A poll that went well.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The server says nothing changed.
    Unchanged(Hints),
    /// A document was read.
    Read(Box<Reading>),
}

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) parsed: Parsed,
    /// One for each item, with the words behind its text hash.
    pub(crate) faces: Vec<(Face, usize)>,
    pub(crate) validators: Validators,
    pub(crate) hints: Hints,
    pub(crate) moved_to: Option<Url>,
}

/// Why a poll brought nothing. The source's validators and seen items stay as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was fetched could not be read.
    #[error("read the answer: {0}")]
    Parse(#[from] ParseError),
    /// Reading took too long.
    #[error("read the answer: gave up after {} s", READ_TIME.as_secs())]
    Slow,
    /// Reading panicked: a bug of ours, which costs this poll only.
    #[error("read the answer: the reader failed on it ({0}); please report the source")]
    Reader(String),
}

impl Job {
    /// Where to poll: the configured address, or the one it moved to for good.
    pub(crate) fn address(&self) -> &Url {
        let configured = &self.plan.source.url;
        let remembered =
            self.state.moved.as_ref().filter(|moved| moved.polls >= MOVED_AFTER && self.remembers_this_address());
        remembered.map_or(configured, |moved| &moved.url)
    }

    /// Whether what is remembered was learned at the configured address; after an edit it no longer counts.
    pub(crate) fn remembers_this_address(&self) -> bool {
        self.state.url.as_ref().is_none_or(|url| *url == self.plan.source.url)
    }
}

/// Polls a source and hands the answer in. Waits for room in the queue before it reads what was fetched: a document that is read
/// takes several times its bytes, and without that bound all sources would wait with theirs for a slow disk.
///
/// # Errors
/// Nobody takes answers any more.
pub(crate) async fn poll(client: &Client, job: Job, tasks: &mpsc::Sender<Task>) -> Result<(), SendError<()>> {
    let fetched = fetch(client, &job).await;
    let room = tasks.reserve().await?;
    let answer = match fetched {
        Ok(Fetched::Unchanged { hints }) => Ok(Answer::Unchanged(hints)),
        Ok(Fetched::Document(document)) => read(job.plan.clone(), document).await,
        Err(error) => Err(error.into()),
    };
    room.send(Task::Poll(Box::new(Polled { job, at: Timestamp::now(), answer })));
    Ok(())
}

async fn fetch(client: &Client, job: &Job) -> Result<Fetched, FetchError> {
    let source = &job.plan.source;
    let none = Validators::default();
    let request = Request {
        url: job.address(),
        validators: if job.remembers_this_address() { &job.state.validators } else { &none },
        allow_private: source.allow_private,
        accept: accept(&source.kind),
    };
    client.fetch(&request).await
}

fn accept(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => {
            "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
        }
        SourceKind::Page(_) => "text/html, application/xhtml+xml, */*;q=0.5",
    }
}

/// Reads a document beside the runtime, since parsing is synchronous and a hostile document may be slow.
async fn read(plan: Arc<SourcePlan>, document: crate::fetch::Document) -> Result<Answer, PollError> {
    let reading = tokio::task::spawn_blocking(move || {
        let found = extract::Document {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: Some(&document.url),
        };
        let parsed = plan.reader.read(&found)?;
        let faces = parsed.items.iter().map(face).collect();
        let (validators, hints, moved_to) = (document.validators, document.hints, document.moved_to);
        Ok(Answer::Read(Box::new(Reading { parsed, faces, validators, hints, moved_to })))
    });
    match tokio::time::timeout(READ_TIME, reading).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(failed)) => Err(PollError::Reader(failed.to_string())),
        Err(_) => Err(PollError::Slow),
    }
}
