//! What attempts tell the send loop of the relay.

use super::*;
use crate::config::{self, Environment};
use crate::daemon::app;
use crate::daemon::live::Live;
use crate::model::{Delivery, ItemId, Mailbox, NotificationId, Reason, Severity};

const CONFIG: &str = "version = 1\nstorage = { path = \"STATE\" }\nhttp = { contact = \"ops@example.org\" }\n\
                      [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
                      [[source]]\nid = \"rfi\"\nkind = \"feed\"\nurl = \"https://rfi.example/feed\"\n\
                      [[watch]]\nid = \"attacks\"\nany = [\"attack\"]\nto = [\"amina@example.org\"]\n";

fn outbox(folder: &std::path::Path) -> Outbox {
    let path = folder.join("sahelwatch.toml");
    std::fs::write(&path, CONFIG.replace("STATE", &folder.join("state").to_string_lossy())).expect("it can be written");
    let config = config::load(&path, &Environment::default()).config.expect("a good configuration");
    let store = Store::open(&config.storage).expect("a new store").store;
    let (transport, from) = app::transport(&config).expect("a transport");
    let live = Shared::new(arc_swap::ArcSwap::from_pointee(Live::new(config)));
    Outbox::open(store, live, Arc::new(Courier::new(transport, from))).expect("the store answers")
}

/// An attempt, and what it says of the relay.
fn attempt(relay_usable: Option<bool>) -> Attempt {
    let queued = Timestamp::now();
    let entry = OutboxEntry {
        id: NotificationId { thread: ItemId(1), seq: 0, recipient: 7 },
        to: Mailbox { name: None, address: "amina@example.org".to_owned() },
        reason: Reason::New,
        watches: Vec::new(),
        severity: Severity::High,
        subject: String::new(),
        queued,
        delivery: Delivery { attempts: 0, next_attempt: queued, last_error: None, outcome: None },
    };
    let mut attempt = Attempt::new(entry, false);
    attempt.relay_usable = relay_usable;
    attempt
}

#[test]
fn a_mail_that_was_not_tried_says_nothing_of_the_relay() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut outbox = outbox(folder.path());
    let is_held = |outbox: &Outbox| (outbox.door.hold.is_some(), outbox.door.stuck_since.is_some());
    outbox.mind_the_relay(&attempt(Some(false)));
    assert_eq!(is_held(&outbox), (true, true));
    // One whose time is over ends without being tried.
    outbox.mind_the_relay(&attempt(None));
    assert_eq!(is_held(&outbox), (true, true));
    outbox.mind_the_relay(&attempt(Some(true)));
    assert_eq!(is_held(&outbox), (false, false));
}
