//! The attacks of the security matrix (S1–S28), tried on the real program: hostile servers, feeds, configurations and files. How
//! each defence works is tested beside its code; here is that it stands in the way.

mod addresses;
mod answers;
mod documents;
mod evasion;
mod flood;
mod letters;
mod mailbox;
mod net;
mod payloads;
mod rendered;
mod secrets;
mod terminal;

use std::time::Duration;

use sahelwatch::fetch::{Client, FetchError, Fetched, Request, Settings};
use sahelwatch::model::{Access, Validators};
use url::Url;

/// How a source is asked for here: quickly, and without asking for robots.txt.
fn client(ports: Vec<u16>) -> Client {
    let seconds = Duration::from_secs;
    Client::new(&Settings {
        contact: "desk@example.org".to_owned(),
        connect_timeout: seconds(10),
        read_timeout: seconds(10),
        timeout: seconds(20),
        max_body: 10 << 20,
        concurrency: 16,
        per_host: 4,
        per_host_delay: Duration::ZERO,
        ports,
        ca_file: None,
        proxy: None,
        respect_robots: false,
    })
    .unwrap()
}

async fn ask(client: &Client, url: &Url, allow_private: bool) -> Result<Fetched, FetchError> {
    let (validators, access) = (Validators::default(), Access::default());
    let accept = "application/rss+xml, */*;q=0.5";
    let request =
        Request { url, home: url, validators: &validators, allow_private, accept, access: &access, robots: false };
    client.fetch(&request).await
}
