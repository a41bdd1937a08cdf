//! The control socket: how a command talks to a running daemon, whose store nobody else can open. The socket lies in the state
//! folder, which only the daemon's user and root can enter.
//!
//! One question, as JSON; the end of sending ends it. The answer comes in lines of JSON: `{"progress":{"done":3,"of":256}}` as often
//! as it takes, twice a second while a question about the past is worked on, and at last `{"answer":…}`. Who goes away is noticed
//! at the next line, and the work for them stops. Between lines a copy of the store may come: `{"bytes":65536}`, and after the end of
//! that line so many bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::lookback::{Job, Request};
use super::{care, desk};
use crate::store::Kind;

/// Longest wait of a command for its answer, or for a word of progress; a reload waits for files and for a poll group.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time between two words of progress.
const BEAT: Duration = Duration::from_millis(500);

/// Longest question. A query may have 64 KiB (`syntax::LONGEST`), the lists of a watch more, and JSON writes some letters in six.
const LONGEST: u64 = 1 << 20;

/// Questions about the past worked on at a time; each takes both processors and may take a minute. Others wait.
const LOOKING_BACK: usize = 2;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// [`super::report::status`].
    Status,
    /// [`super::report::sources`].
    Sources,
    /// [`super::report::queue`].
    Queue,
    /// [`super::vitals::Vitals`], without asking the store.
    Vitals,
    /// Read the configuration again; the answer is [`Reloaded`].
    Reload,
    /// [`super::lookback::answer`].
    LookBack(Request),
    /// [`super::desk`]: stories and mutes.
    Desk(desk::Request),
    /// [`super::care`]: the store.
    Db(care::Request),
    /// A copy of the store; the answer is a [`crate::store::Copied`].
    Copy(Kind),
}

/// What became of a reload.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reloaded {
    /// It counts: what changed, line by line.
    Changed(Vec<String>),
    /// It is wrong, as `check` prints it; the old one stays.
    Refused(String),
}

/// The answer: a document, or what went wrong.
pub type Answer = Result<serde_json::Value, String>;

/// A line that the daemon sends.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Progress { done: u64, of: u64 },
    Bytes(u64),
    Answer(Answer),
}

/// A question on its way to the daemon.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) question: Question,
    pub(crate) job: Arc<Job>,
    /// Where a copy goes, piece by piece.
    pub(crate) bytes: Option<mpsc::Sender<Vec<u8>>>,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// Where the socket of a state folder is.
#[must_use]
pub fn socket(state: &Path) -> PathBuf {
    state.join("control.sock")
}

/// Asks the daemon of a state folder, and tells how far it is, as [`Job::progress`] does. None when no daemon listens there.
///
/// # Errors
/// What the daemon answered went wrong, or that it does not answer.
pub fn ask(state: &Path, question: &Question, progress: impl FnMut(u64, u64)) -> Option<Answer> {
    ask_within(PATIENCE, state, question, progress)
}

/// The same with this much time for the answer, or for a word of progress.
///
/// # Errors
/// See [`ask`].
pub fn ask_within(
    patience: Duration,
    state: &Path,
    question: &Question,
    progress: impl FnMut(u64, u64),
) -> Option<Answer> {
    talk(patience, state, question, progress, &mut std::io::sink())
}

/// Asks for a copy of the store, and writes it as it comes. Whether it came whole, it says itself. None when no daemon listens there.
///
/// # Errors
/// See [`ask`]; or that it cannot be written.
pub fn ask_for_copy(state: &Path, kind: Kind, to: &mut dyn Write) -> Option<Answer> {
    talk(PATIENCE, state, &Question::Copy(kind), |_, _| {}, to)
}

fn talk(
    patience: Duration,
    state: &Path,
    question: &Question,
    mut progress: impl FnMut(u64, u64),
    to: &mut dyn Write,
) -> Option<Answer> {
    let stream = std::os::unix::net::UnixStream::connect(socket(state)).ok()?;
    let mut talk = || -> std::io::Result<Answer> {
        stream.set_read_timeout(Some(patience))?;
        (&stream).write_all(&serde_json::to_vec(question)?)?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let (mut from, mut line) = (BufReader::new(&stream), String::new());
        while from.read_line(&mut line)? > 0 {
            match serde_json::from_str(&line)? {
                Line::Progress { done, of } => progress(done, of),
                Line::Bytes(length) => copy(&mut from, length, to)?,
                Line::Answer(answer) => return Ok(answer),
            }
            line.clear();
        }
        Err(gone())
    };
    Some(talk().unwrap_or_else(|error| Err(format!("ask the daemon: {error}; is it busy or stopping?"))))
}

/// Writes on so many bytes of a copy.
fn copy(from: &mut impl Read, length: u64, to: &mut dyn Write) -> std::io::Result<()> {
    let written = std::io::copy(&mut from.take(length), to);
    let written = written.map_err(|error| std::io::Error::new(error.kind(), format!("write the copy: {error}")))?;
    if written < length { Err(gone()) } else { Ok(()) }
}

fn gone() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it went away")
}

/// Listens in a state folder until dropped; questions go to `calls`.
pub(crate) async fn serve(state: PathBuf, calls: mpsc::Sender<Call>) {
    let path = socket(&state);
    let listener = match listen(&path) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "no control socket: `status` will not work beside the daemon");
            return;
        }
    };
    let places = Arc::new(Semaphore::new(LOOKING_BACK));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, calls.clone(), places.clone()))),
            Err(error) => {
                tracing::debug!(%error, "control socket");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// The lock of the store says that no other daemon runs here, so a socket file that exists is a leftover.
fn listen(path: &Path) -> std::io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// A client that went away, or takes too long to ask, has no use for an error.
async fn answer(mut stream: UnixStream, calls: mpsc::Sender<Call>, places: Arc<Semaphore>) -> std::io::Result<()> {
    let mut question = Vec::new();
    tokio::time::timeout(PATIENCE, (&mut stream).take(LONGEST).read_to_end(&mut question)).await??;
    let answer = match serde_json::from_slice(&question) {
        Ok(question @ Question::LookBack(_)) => at_length(&mut stream, question, calls, Some(&places)).await?,
        // A mute must not wait until two people have looked back far enough.
        Ok(question @ (Question::Desk(_) | Question::Db(_) | Question::Copy(_))) => {
            at_length(&mut stream, question, calls, None).await?
        }
        Ok(question) => tokio::time::timeout(PATIENCE, put(question, &calls, Arc::default(), None)).await?,
        Err(error) => Err(format!("not a question this version knows: {error}")),
    };
    say(&mut stream, &Line::Answer(answer)).await?;
    stream.shutdown().await
}

/// Puts a question to the daemon.
async fn put(
    question: Question,
    calls: &mpsc::Sender<Call>,
    job: Arc<Job>,
    bytes: Option<mpsc::Sender<Vec<u8>>>,
) -> Answer {
    let (sender, receiver) = oneshot::channel();
    let gone = || Err("the daemon is stopping, or failed at this question; its log says which".to_owned());
    match calls.send(Call { question, job, bytes, answer: sender }).await {
        Ok(()) => receiver.await.unwrap_or_else(|_| gone()),
        Err(_) => gone(),
    }
}

/// The same for what takes long, with words of progress. However this ends, the work ends with it.
async fn at_length(
    stream: &mut UnixStream,
    question: Question,
    calls: mpsc::Sender<Call>,
    places: Option<&Semaphore>,
) -> std::io::Result<Answer> {
    let waited_for = Waited(Arc::default());
    // Few, so that a copy is made no faster than it is taken.
    let (sender, mut pieces) = mpsc::channel::<Vec<u8>>(4);
    let bytes = matches!(question, Question::Copy(_)).then_some(sender);
    let mut is_copied = bytes.is_none();
    let answer = async {
        let _place = match places {
            Some(places) => places.acquire().await.ok(),
            None => None,
        };
        put(question, &calls, waited_for.0.clone(), bytes).await
    };
    tokio::pin!(answer);
    let (mut beat, mut found) = (tokio::time::interval(BEAT), None);
    loop {
        // It may be there before the last piece is.
        if is_copied && let Some(answer) = found.take() {
            return Ok(answer);
        }
        tokio::select! {
            biased;
            piece = pieces.recv(), if !is_copied => match piece {
                // Who takes nothing for so long takes nothing more.
                Some(piece) => tokio::time::timeout(PATIENCE, hand_over(stream, &piece)).await??,
                None => is_copied = true,
            },
            answer = &mut answer, if found.is_none() => found = Some(answer),
            () = calls.closed() => return Ok(Err("the daemon is stopping".to_owned())),
            _ = beat.tick() => {
                let (done, of) = waited_for.0.progress();
                say(stream, &Line::Progress { done, of }).await?;
            }
        }
    }
}

async fn hand_over(stream: &mut UnixStream, piece: &[u8]) -> std::io::Result<()> {
    say(stream, &Line::Bytes(piece.len() as u64)).await?;
    stream.write_all(piece).await
}

/// Drops the job when nobody waits for it any more.
struct Waited(Arc<Job>);

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.drop_it();
    }
}

async fn say(stream: &mut UnixStream, line: &Line) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(line)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::lookback::Target;
    use crate::model::ItemId;

    /// Asks a served folder something, and gives the client and what reached the daemon.
    async fn asked(folder: &Path, question: Question) -> (UnixStream, Call, mpsc::Receiver<Call>) {
        let (calls, mut queue) = mpsc::channel(1);
        tokio::spawn(serve(folder.to_owned(), calls));
        let mut client = loop {
            match UnixStream::connect(socket(folder)).await {
                Ok(client) => break client,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        client.write_all(&serde_json::to_vec(&question).expect("a document")).await.expect("it listens");
        client.shutdown().await.expect("it listens");
        let call = queue.recv().await.expect("it was asked");
        assert_eq!(call.question, question);
        (client, call, queue)
    }

    /// What takes long.
    fn life() -> Question {
        Question::LookBack(Request::Life(Target::Item(ItemId(7))))
    }

    #[tokio::test]
    async fn who_goes_away_stops_the_work() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (client, mut call, _queue) = asked(folder.path(), life()).await;
        assert!(!call.job.is_dropped());
        drop(client);
        call.answer.closed().await;
        assert!(call.job.is_dropped());
    }

    #[tokio::test]
    async fn the_end_of_the_daemon_stops_the_work_and_is_told() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (mut client, mut call, queue) = asked(folder.path(), life()).await;
        drop(queue);
        call.answer.closed().await;
        assert!(call.job.is_dropped());
        let mut said = String::new();
        client.read_to_string(&mut said).await.expect("it answers");
        let last = said.lines().last().expect("it answers");
        assert_eq!(last, r#"{"answer":{"Err":"the daemon is stopping"}}"#);
    }

    /// Seen failing where the answer was told as soon as it was there: the file was empty then, and said to be no copy.
    #[tokio::test]
    async fn a_copy_comes_whole_before_its_answer() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (mut client, call, _queue) = asked(folder.path(), Question::Copy(Kind::Backup)).await;
        let pieces = call.bytes.expect("a copy has somewhere to go");
        call.answer.send(Ok(serde_json::json!("done"))).expect("it is waited for");
        tokio::task::yield_now().await;
        pieces.send(b"rows".to_vec()).await.expect("it is waited for");
        drop(pieces);
        let mut said = String::new();
        client.read_to_string(&mut said).await.expect("it answers");
        assert!(said.ends_with("{\"bytes\":4}\nrows{\"answer\":{\"Ok\":\"done\"}}\n"), "{said}");
    }
}
