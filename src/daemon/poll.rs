//! The first half of the sentence: a due source is fetched politely and its bytes are parsed into items, each with the face by
//! which it will be identified. Decides nothing and writes nothing: a poll that is dropped half-way has not happened.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use url::Url;

use crate::config::SourcePlan;
use crate::extract::{self, ParseError, Parsed, Signs};
use crate::fetch::{ACCEPT_FEED, ACCEPT_PAGE, Client, Document, FetchError, Fetched, Hints, Hold, Request};
use crate::identity::{Face, face};
use crate::model::{Hub, Item, Program, SourceKind, SourceState, UrlFilter, Validators};
use crate::program::{self, ProgramError};
use crate::store::PART;

/// Longest time one document may take to be read; honest ones take milliseconds.
const READ_TIME: Duration = Duration::from_secs(5);
/// Most sitemaps of an index that are read in one poll: those that changed last.
const FURTHER: usize = 3;
/// Most bytes a program may print.
const MOST_PRINTED: u64 = 10 << 20;
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
    pub(crate) took: Duration,
    pub(crate) answer: Result<Answer, PollError>,
}

/// A poll that went well.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The server says nothing changed.
    Unchanged {
        /// When to ask again.
        hints: Hints,
        /// Where permanent redirects led.
        moved_to: Option<Url>,
    },
    /// A document was read.
    Read(Box<Reading>),
}

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) parsed: Parsed,
    /// One for each item, with the words behind its text hash.
    pub(crate) faces: Vec<(Face, usize)>,
    /// What the items look like as a whole.
    pub(crate) signs: Signs,
    /// The hub that tells of its news.
    pub(crate) hub: Option<Hub>,
    pub(crate) validators: Validators,
    pub(crate) hints: Hints,
    pub(crate) moved_to: Option<Url>,
    /// Bytes of the body; what its items hold takes about as much.
    pub(crate) weight: usize,
    /// Given back when the ingest thread takes the poll over.
    pub(crate) hold: Hold,
}

/// Why a poll brought nothing. The source's validators and seen items stay as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The program that prints it failed.
    #[error(transparent)]
    Program(#[from] ProgramError),
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

impl Polled {
    /// Whether it shows more entries than one commit should bring.
    pub(crate) fn is_long(&self) -> bool {
        matches!(&self.answer, Ok(Answer::Read(reading)) if reading.parsed.items.len() > PART)
    }

    /// Gives the place of its document back, but that of a large one which is long in memory, too; returns what the poll still takes
    /// there, in bytes.
    pub(crate) fn release(&mut self) -> usize {
        let is_long = self.is_long();
        let Ok(Answer::Read(reading)) = &mut self.answer else { return 0 };
        if is_long {
            reading.hold.let_others_in()
        } else {
            reading.hold = Hold::default()
        }
        reading.weight.max(reading.parsed.items.len() * size_of::<(Item, Face)>())
    }
}

impl Reading {
    /// Takes the items of a further document of the same source.
    fn add(&mut self, more: Self) {
        self.parsed.items.extend(more.parsed.items);
        self.parsed.problems.extend(more.parsed.problems);
        self.parsed.complete &= more.parsed.complete;
        self.faces.extend(more.faces);
        self.signs += more.signs;
        self.weight += more.weight;
        self.hold = more.hold;
    }
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

/// Polls a source.
pub(crate) async fn poll(client: &Client, job: Job) -> Polled {
    let began = Instant::now();
    let answer = match &job.plan.source.kind {
        SourceKind::Exec(program) => run(client, &job, program).await,
        _ => ask(client, &job).await,
    };
    Polled { job, at: Timestamp::now(), took: began.elapsed(), answer }
}

/// Asks the server of a source.
async fn ask(client: &Client, job: &Job) -> Result<Answer, PollError> {
    let none = Validators::default();
    let validators = if job.remembers_this_address() { &job.state.validators } else { &none };
    match client.fetch(&request(job, job.address(), validators)).await? {
        Fetched::Unchanged { hints, moved_to } => Ok(Answer::Unchanged { hints, moved_to }),
        Fetched::Document(document) => {
            let mut reading = read(job.plan.clone(), document).await?;
            if !reading.parsed.further.is_empty() {
                // Boxed since few polls come here, and each would carry its 2 kB along.
                Box::pin(read_further(client, job, &mut reading)).await?;
            }
            Ok(Answer::Read(Box::new(reading)))
        }
    }
}

fn request<'a>(job: &'a Job, url: &'a Url, validators: &'a Validators) -> Request<'a> {
    let source = &job.plan.source;
    Request::in_the_way_of(source, url, validators, accept(&source.kind), source.kind.is_page())
}

/// An index of sitemaps names others, of which the newest are read as well. One that fails costs its own items only.
///
/// # Errors
/// The first failure when all of them fail: nothing was read then, and an empty document would pass for a source that was primed,
/// of which everything is news later.
async fn read_further(client: &Client, job: &Job, reading: &mut Reading) -> Result<(), PollError> {
    let none = Validators::default();
    let (mut first, mut any) = (None, !reading.parsed.items.is_empty());
    let further: Vec<Url> = reading.parsed.further.drain(..).take(FURTHER).collect();
    // What an index says of itself tells nothing of whether the sitemaps it names have changed.
    reading.validators = Validators::default();
    for url in further {
        // Who waits for a place while holding one could wait for ever.
        reading.hold = Hold::default();
        let document = match client.fetch(&request(job, &url, &none)).await {
            Ok(Fetched::Document(document)) => read(job.plan.clone(), document).await,
            Ok(Fetched::Unchanged { .. }) => continue,
            Err(error) => Err(error.into()),
        };
        match document {
            Ok(more) => {
                any = true;
                reading.add(more);
            }
            Err(error) => {
                reading.parsed.complete = false;
                reading.parsed.problems.push(error.to_string());
                first = first.or(Some(error));
            }
        }
    }
    first.filter(|_| !any).map_or(Ok(()), Err)
}

/// Runs the program of a source and reads what it prints. It waits for a place like a document that is fetched.
async fn run(client: &Client, job: &Job, program: &Program) -> Result<Answer, PollError> {
    let hold = client.hold().await;
    let bytes = program::run(program, MOST_PRINTED).await?;
    let hold = client.widen(hold, bytes.len()).await;
    let url = job.plan.source.url.clone();
    let document = Document::printed(bytes, url, hold);
    Ok(Answer::Read(Box::new(read(job.plan.clone(), document).await?)))
}

fn accept(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => ACCEPT_FEED,
        SourceKind::Sitemap => "application/xml, text/xml;q=0.9, */*;q=0.5",
        SourceKind::Json(_) => "application/json, */*;q=0.5",
        // A program is not asked over HTTP.
        SourceKind::Page(_) | SourceKind::Links | SourceKind::Telegram | SourceKind::Exec(_) => ACCEPT_PAGE,
    }
}

/// Reads a document beside the runtime, since parsing is synchronous and a hostile document may be slow.
async fn read(plan: Arc<SourcePlan>, document: Document) -> Result<Reading, PollError> {
    let reading = tokio::task::spawn_blocking(move || {
        let found = extract::Document {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: Some(&document.url),
        };
        let mut parsed = plan.reader.read(&found)?;
        sift(&mut parsed, &plan.source.filter);
        let faces = parsed.items.iter().map(face).collect();
        let signs = extract::signs(&parsed);
        let Document { bytes, validators, hints, moved_to, hold, hub, .. } = document;
        let hub = parsed.head.hub.take().or(hub);
        let weight = bytes.len();
        Ok(Reading { parsed, faces, signs, hub, validators, hints, moved_to, weight, hold })
    });
    match tokio::time::timeout(READ_TIME, reading).await {
        Ok(Ok(reading)) => reading,
        Ok(Err(failed)) => Err(PollError::Reader(failed.to_string())),
        Err(_) => Err(PollError::Slow),
    }
}

/// Leaves out items whose address the source does not want.
fn sift(parsed: &mut Parsed, filter: &UrlFilter) {
    if *filter != UrlFilter::default() {
        parsed.items.retain(|item| item.link.as_ref().is_none_or(|link| filter.admits(link.as_str())));
    }
}
