//! A watch that is met for the first time looks back: once, for what it missed, and never twice to one reader.

use sahelwatch::identity::face;
use sahelwatch::model::{Item, Reason, SourceId, StoredItem};
use sahelwatch::store::{PollCommit, Settings, Store};

use crate::bed::{Bed, attack, everyday, headline, headline_of};

/// A bed with a primed attack and a primed market.
fn primed() -> Bed {
    let bed = Bed::new();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0]);
    bed
}

/// Adds a watch.
fn add_watch(bed: &Bed, id: &str, any: &str, to: &str, more: &str) {
    let watch = format!("\n[[watch]]\nid = \"{id}\"\nseverity = \"low\"\nany = [\"{any}\"]\nto = [\"{to}\"]\n{more}\n");
    bed.rewrite(&(bed.configured() + &watch));
}

#[test]
fn a_new_watch_looks_back_once() {
    let bed = primed();
    add_watch(&bed, "markets", "marché", "jb@example.org", "backfill = \"24h\"");
    bed.once();
    assert_eq!(bed.headlines(), ["Le marché numéro 1 rouvre"]);
    let mail = String::from_utf8(bed.smtp.accepted()[0].message.clone()).unwrap();
    assert!(mail.contains("X-Sahelwatch-Reason: backfill") && mail.contains("EARLIER"), "{mail}");
    bed.once();
    let daemon = bed.daemon();
    bed.run(&["reload"]);
    assert_eq!(daemon.stop(), Some(0));
    bed.once();
    assert_eq!(bed.subjects().len(), 1, "neither a restart nor a reload looks back again");
    let life = bed.run(&["explain", "https://outlet.example/day-1"]);
    assert!(life.stdout.contains("(backfill): told in 1 mail"), "{life:?}");
}

#[test]
fn a_watch_without_backfill_and_one_that_was_met_do_not_look_back() {
    let bed = primed();
    add_watch(&bed, "markets", "marché", "jb@example.org", "");
    bed.once();
    bed.rewrite(&bed.configured().replace("id = \"markets\"", "id = \"markets\"\nbackfill = \"24h\""));
    bed.once();
    bed.rewrite(&bed.configured().replace("id = \"attacks\"", "id = \"attacks\"\nbackfill = \"24h\""));
    bed.once();
    assert_eq!(bed.subjects(), [""; 0]);
}

#[test]
fn it_looks_back_no_further_than_asked() {
    let bed = primed();
    add_watch(&bed, "markets", "marché", "jb@example.org", "backfill = \"1ms\"");
    bed.once();
    assert_eq!(bed.subjects(), [""; 0]);
}

#[tokio::test]
async fn a_reload_makes_a_new_watch_look_back() {
    let bed = primed();
    let daemon = bed.daemon();
    add_watch(&bed, "markets", "marché", "jb@example.org", "backfill = \"24h\"");
    assert_eq!(bed.run(&["reload"]).code, Some(0));
    bed.smtp.until_accepted(1).await;
    assert_eq!(bed.run(&["reload"]).code, Some(0));
    assert_eq!(daemon.stop(), Some(0));
    bed.once();
    assert_eq!(bed.headlines(), ["Le marché numéro 1 rouvre"]);
}

#[test]
fn who_was_mailed_about_an_item_is_not_mailed_again() {
    let bed = primed();
    bed.serve(&[attack(2), attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(2)]);
    let both = "amina@example.org\", \"jb@example.org";
    add_watch(&bed, "tolls", "bilan", both, "backfill = \"24h\"");
    bed.once();
    let mut mails: Vec<(String, String)> =
        bed.smtp.accepted().iter().skip(1).map(|mail| (mail.to[0].clone(), headline_of(mail))).collect();
    mails.sort();
    let (first, second) = (headline(1), headline(2));
    let expected = [("amina@example.org", &first), ("jb@example.org", &first), ("jb@example.org", &second)];
    assert_eq!(mails, expected.map(|(to, subject)| (to.to_owned(), subject.to_owned())));
}

/// As a version without backfill left it: items, and no word of any watch.
#[test]
fn an_upgrade_does_not_mail_the_past() {
    let bed = Bed::new();
    let state = bed.folder().join("state");
    let store =
        Store::open(&Settings { path: state, cache: 16 << 20, patience: std::time::Duration::MAX }).unwrap().store;
    let (now, source) = (jiff::Timestamp::now(), SourceId::new("outlet").unwrap());
    let item = Item { title: "Attaque à Djibo".to_owned(), ..Item::default() };
    let stored = StoredItem {
        id: store.next_item_id(now),
        source: source.clone(),
        first_seen: now,
        revision: 0,
        reason: Reason::Primed,
        item,
    };
    let commit = PollCommit { new_items: vec![(stored.clone(), face(&stored.item).0)], ..PollCommit::new(source) };
    store.commit(vec![commit]).unwrap();
    drop(store);
    bed.rewrite(&bed.configured().replace("id = \"attacks\"", "id = \"attacks\"\nbackfill = \"24h\""));
    bed.serve(&[everyday(1)]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0]);
    add_watch(&bed, "djibo", "Djibo", "jb@example.org", "backfill = \"24h\"");
    bed.once();
    assert_eq!(bed.headlines(), ["Attaque à Djibo"], "one that is added later does look back");
}
