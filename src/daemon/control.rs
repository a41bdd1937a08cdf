//! The control socket: how a command talks to a running daemon, whose store nobody else can open. One question, one answer, both
//! JSON; the socket lies in the state folder, which only the daemon's user and root can enter.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

/// Longest wait of a command for its answer; a reload waits for files and for a poll group.
const PATIENCE: Duration = Duration::from_secs(30);

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// [`super::report::status`].
    Status,
    /// [`super::report::sources`].
    Sources,
    /// [`super::report::queue`].
    Queue,
    /// Read the configuration again; the answer is what changed, line by line.
    Reload,
}

/// The answer: a document, or what went wrong.
pub type Answer = Result<serde_json::Value, String>;

/// A question on its way to the daemon.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) question: Question,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// Where the socket of a state folder is.
#[must_use]
pub fn socket(state: &Path) -> PathBuf {
    state.join("control.sock")
}

/// Asks the daemon of a state folder. None when no daemon listens there.
///
/// # Errors
/// What the daemon answered went wrong, or that it does not answer.
pub fn ask(state: &Path, question: Question) -> Option<Answer> {
    let mut stream = std::os::unix::net::UnixStream::connect(socket(state)).ok()?;
    let mut talk = || -> std::io::Result<Answer> {
        stream.set_read_timeout(Some(PATIENCE))?;
        serde_json::to_writer(&stream, &question)?;
        stream.flush()?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    };
    Some(talk().unwrap_or_else(|error| Err(format!("ask the daemon: {error}; is it busy or stopping?"))))
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
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(tokio::time::timeout(PATIENCE, answer(stream, calls.clone())))),
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

async fn answer(mut stream: UnixStream, calls: mpsc::Sender<Call>) -> std::io::Result<()> {
    let mut question = Vec::new();
    (&mut stream).take(1024).read_to_end(&mut question).await?;
    let answer = match serde_json::from_slice(&question) {
        Ok(question) => {
            let (sender, receiver) = oneshot::channel();
            match calls.send(Call { question, answer: sender }).await {
                Ok(()) => receiver.await.unwrap_or_else(|_| Err("the daemon is stopping".to_owned())),
                Err(_) => Err("the daemon is stopping".to_owned()),
            }
        }
        Err(error) => Err(format!("not a question this version knows: {error}")),
    };
    stream.write_all(&serde_json::to_vec(&answer)?).await?;
    stream.shutdown().await
}
