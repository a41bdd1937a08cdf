//! The bare floor: one thread, reqwest and feed-rs over the same feeds, and nothing kept but the validators.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};

use crate::process;

/// Requests under way at a time, as many as the program is configured to.
const CONCURRENCY: usize = 64;

/// Processor time of whole rounds.
pub(crate) struct Floor {
    pub(crate) first: Duration,
    pub(crate) unchanged: Duration,
}

struct Client {
    http: reqwest::Client,
    urls: Vec<String>,
    next: Cell<usize>,
    etags: RefCell<HashMap<usize, HeaderValue>>,
}

pub(crate) fn measure(urls: Vec<String>) -> Floor {
    // Fails only when there is one already.
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Rc::new(Client {
        http: reqwest::Client::builder().no_proxy().build().expect("a client"),
        urls,
        next: Cell::new(0),
        etags: RefCell::default(),
    });
    let round = || {
        let before = process::cpu_of_this_thread();
        client.next.set(0);
        let tasks = tokio::task::LocalSet::new();
        for _ in 0..CONCURRENCY {
            tasks.spawn_local(work(client.clone()));
        }
        runtime.block_on(tasks);
        process::cpu_of_this_thread() - before
    };
    Floor { first: round(), unchanged: round() }
}

async fn work(client: Rc<Client>) {
    loop {
        let number = client.next.replace(client.next.get() + 1);
        let Some(url) = client.urls.get(number) else { return };
        let mut request = client.http.get(url);
        if let Some(etag) = client.etags.borrow().get(&number) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let answer = request.send().await.expect("the server answers");
        if answer.status() == 304 {
            continue;
        }
        let etag = answer.headers().get(ETAG).cloned().expect("every feed has one");
        let body = answer.bytes().await.expect("a whole body");
        feed_rs::parser::parse(&*body).expect("a good feed");
        client.etags.borrow_mut().insert(number, etag);
    }
}
