//! Hubs that tell of news (W3C WebSub), so that a source is polled within seconds instead of at its next turn. Polling goes on as
//! before: a hub that forgets us costs time, never news.
//!
//! `intake` is the ingest thread's part, which alone writes subscriptions; `lease` plans one over time; `question` reads what
//! hubs ask; `book` is what `asker`, which asks the hubs, and `listener`, which hears them, share.

mod asker;
mod book;
mod intake;
mod lease;
mod listener;
mod question;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

pub(crate) use book::Change;
pub(crate) use intake::{Offer, Told, forget_unless_reachable, write};

use super::Failure;
use super::health::Pulse;
use super::http;
use super::live::{self, SharedClient};
use super::scheduler::Notice;
use super::tasks::Task;
use crate::config::Web;
use crate::model::SourceId;
use crate::store::Store;
use asker::Asker;
use book::Book;

/// Where callbacks stand below the public address.
const PATH: &str = "websub/";

/// What asker and listener share.
#[derive(Debug)]
struct Shared {
    book: Mutex<Book>,
    /// Rung when the listener changed something.
    rung: Notify,
    notices: mpsc::UnboundedSender<Notice>,
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        // Whoever panicked left it whole: every change of it is one step.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn news(&self, source: SourceId) {
        self.notices.send(Notice::News(source)).unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
    }
}

/// The loop that asks and listens.
pub(crate) struct Hubs {
    web: Web,
    listener: TcpListener,
    shared: Arc<Shared>,
    asker: Asker,
}

impl Hubs {
    /// Opens the port, and takes up the subscriptions that the store remembers.
    ///
    /// # Errors
    /// [`Failure::Listen`], and the store's.
    pub(crate) fn open(
        web: Web,
        store: &Store,
        live: live::Shared,
        client: SharedClient,
        tasks: mpsc::Sender<Task>,
        notices: mpsc::UnboundedSender<Notice>,
    ) -> Result<Self, Failure> {
        let address: SocketAddr = web.listen;
        let listener = http::open(address).map_err(|error| Failure::Listen { address, error })?;
        let mut book = Book::default();
        for (source, standing) in store.standings()? {
            if let Some(lease) = standing.lease {
                book.begin(source, *lease);
            }
        }
        let shared = Arc::new(Shared { book: Mutex::new(book), rung: Notify::new(), notices });
        let asker = Asker::new(web.public_url.clone(), live, client, tasks, shared.clone());
        Ok(Self { web, listener, shared, asker })
    }

    /// Runs until stopped; questions under way are abandoned then, and asked again when their time comes.
    pub(crate) async fn run(self, told: mpsc::UnboundedReceiver<Told>, stop: CancellationToken, pulse: Pulse) {
        let Self { web, listener, shared, asker } = self;
        let listening = listener::serve(listener, shared, web.public_url, stop.clone());
        tokio::join!(listening, asker.run(told, stop, pulse));
    }
}
