//! What the daemon answers who asks over the control socket, from the store and the configuration in force. Who may ask, and how it
//! is said on the wire, is for `control`.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::live::Live;
use super::lookback::{self, Job};
use super::tasks::Task;
use super::{care, control, desk, report};
use crate::store::Store;

/// Lets the ingest thread correct stories, whose index it owns.
pub(super) async fn corrected(
    tasks: &mpsc::WeakSender<Task>,
    correction: desk::correct::Correction,
) -> control::Answer {
    let stopping = || "the daemon is stopping: `sahelwatch stories show` tells whether it was done".to_owned();
    let (answer, answered) = tokio::sync::oneshot::channel();
    let tasks = tasks.upgrade().ok_or_else(stopping)?;
    tasks.send(Task::Correct(correction, answer)).await.map_err(|_| stopping())?;
    drop(tasks);
    answered.await.map_err(|_| stopping())
}

/// Looks up what was asked; what changes anything besides, the application does itself.
pub(super) fn look_up(
    store: &Store,
    live: &Live,
    question: &control::Question,
    job: &Job,
    daemon: report::Daemon,
) -> control::Answer {
    let config = &live.config;
    let document = match question {
        control::Question::Desk(request) => desk::answer(store, live, request, job),
        control::Question::Sources => report::sources(store, config).map(|lines| serde_json::json!(lines)),
        control::Question::Queue => report::queue(store).map(|lines| serde_json::json!(lines)),
        control::Question::Db(request) => care::answer(store, config, *request, job),
        control::Question::LookBack(request) => lookback::answer(store, config, request, job),
        control::Question::Status
        | control::Question::Reload
        | control::Question::Vitals
        | control::Question::Copy(_) => {
            report::status(store, config, Some(daemon), Timestamp::now()).map(|status| serde_json::json!(status))
        }
    };
    document.map_err(|error| error.to_string())
}
