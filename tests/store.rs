//! The store's verbs over a real folder. What it does when it is damaged or kept out is in `damage.rs`; power cuts,
//! kills and full disks are in `power.rs`.

use std::fs;

use sahelwatch::identity::{Face, Known};
use sahelwatch::model::{Alert, AlertId, Delivery, ItemId, Notification, Outcome, Reason, StoredItem};
use sahelwatch::store::{PollCommit, Pruned, Raised, Stretch};

use crate::peers::sample::{Bed, alert, at, face, new_item, notification, poll, queue, source, watch};

const DAY: i64 = 86_400;

fn all(item: ItemId) -> Known {
    Known { by_entry: Some(item), by_link: Some(item), by_text: Some(item), by_title: Some(item) }
}

#[test]
fn a_poll_is_kept_with_all_it_brought() {
    let bed = Bed::new();
    let (item, face) = new_item(&bed.store, "rfi", at(0), "Attaque à Ménaka", &"Le texte. ".repeat(500));
    let raised = alert(item.id, "menaka", at(0));
    let committed =
        PollCommit { new_items: vec![(item.clone(), face)], alerts: vec![raised.clone()], ..poll("rfi", at(0)) };
    bed.store.commit(vec![committed.clone(), poll("quiet", at(0))]).unwrap();

    let bed = bed.reopen();
    let store = &bed.store;
    assert_eq!(store.item(item.id).unwrap().as_ref(), Some(&item));
    assert_eq!(store.record(item.id).unwrap().unwrap().history, [face.text]);
    assert_eq!(store.source_state(&source("rfi")).unwrap(), Some(committed.state.clone()));
    assert_eq!(store.source_state(&source("other")).unwrap(), None);
    let states = [(source("quiet"), poll("quiet", at(0)).state), (source("rfi"), committed.state)];
    assert_eq!(store.source_states().unwrap(), states);
    assert_eq!(store.due_alerts().unwrap(), [raised]);
    let stats = store.stats().unwrap();
    assert_eq!((stats.sources, stats.items, stats.due_alerts), (2, 1, 1));
}

#[test]
fn an_item_is_found_by_each_part_of_its_face() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let known = |from: &str, face: Face| bed.store.known(&source(from), &[face]).unwrap()[0];
    let one = face("one");
    assert_eq!(known("rfi", one), all(item));
    assert_eq!(known("rfi", face("two")), Known::default());
    assert_eq!(known("rfi", Face { text: one.text, ..face("two") }), Known { by_text: Some(item), ..Known::default() });
    // Entry ids and titles mean something within their source only, polled before or not.
    let elsewhere = Known { by_entry: None, by_title: None, ..all(item) };
    assert_eq!(known("never-polled", one), elsewhere);
    bed.store.commit(vec![poll("other", at(0))]).unwrap();
    assert_eq!(known("other", one), elsewhere);
    // Seen there as well, it is known there as well.
    bed.store.commit(vec![PollCommit { sightings: vec![(item, one)], ..poll("other", at(0)) }]).unwrap();
    assert_eq!(known("other", one), all(item));
}

#[test]
fn a_changed_item_keeps_its_number_and_every_text_it_had() {
    let bed = Bed::new();
    let mut item = bed.take_in("one", at(0));
    item.revision = 1;
    item.item.body = "another body".to_owned();
    let changed = Face { text: 5, ..face("one") };
    bed.store.commit(vec![PollCommit { changed_items: vec![(item.clone(), changed)], ..poll("rfi", at(9)) }]).unwrap();
    let record = bed.store.record(item.id).unwrap().unwrap();
    assert_eq!((record.stored, record.history), (item.clone(), vec![face("one").text, 5]));
    assert_eq!(bed.known("one").by_text, Some(item.id));
}

#[test]
fn items_are_listed_newest_first() {
    let bed = Bed::new();
    let ids: Vec<ItemId> = (0..5).map(|n| bed.take_in(&format!("item {n}"), at(n)).id).collect();
    let listed =
        |from, limit| -> Vec<ItemId> { bed.store.items(from, limit).unwrap().iter().map(|item| item.id).collect() };
    assert_eq!(listed(ItemId(u64::MAX), 2), [ids[4], ids[3]]);
    assert_eq!(listed(ids[2], 9), [ids[2], ids[1], ids[0]]);
}

#[test]
fn a_stretch_of_time_is_walked_in_pages_from_either_end() {
    let bed = Bed::new();
    let ids: Vec<ItemId> = (0..7).map(|n| bed.take_in(&format!("item {n}"), at(n)).id).collect();
    let stretch = Stretch { from: ItemId::at(at(1)), before: ItemId::at(at(6)) };
    /// A page of items, and how to go on after its last one.
    type Page = (Vec<StoredItem>, fn(Stretch, ItemId) -> Stretch);
    let walk = |page: &dyn Fn(Stretch) -> Page| {
        let (mut rest, mut walked) = (stretch, Vec::new());
        loop {
            let (items, go_on) = page(rest);
            let Some(last) = items.last() else { return walked };
            rest = go_on(rest, last.id);
            assert!(items.iter().all(|item| item.item.summary.starts_with("summary of item")), "with their texts");
            walked.extend(items.iter().map(|item| item.id));
        }
    };
    let up = walk(&|rest| (bed.store.oldest_items(rest, 2).unwrap(), Stretch::above));
    assert_eq!(up, ids[1..6]);
    let down = walk(&|rest| (bed.store.newest_items(rest, 2).unwrap(), Stretch::below));
    assert_eq!(down, up.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(bed.store.inhabited(Stretch::ALL).unwrap(), Some(Stretch { from: ids[0], before: ids[6].next() }));
    let backwards = Stretch { from: stretch.before, before: stretch.from };
    assert_eq!(
        (bed.store.inhabited(backwards).unwrap(), bed.store.newest_items(backwards, 2).unwrap()),
        (None, Vec::new())
    );
}

#[test]
fn a_walk_goes_past_texts_that_were_pruned() {
    let bed = Bed::new();
    let old = bed.take_in("old", at(0)).id;
    let new = bed.take_in("new", at(10 * DAY)).id;
    bed.store.prune(at(-DAY), at(5 * DAY)).unwrap();
    let walked = bed.store.oldest_items(Stretch::ALL, 9).unwrap();
    let texts: Vec<_> =
        walked.iter().map(|item| (item.id, item.item.title.as_str(), item.item.summary.as_str())).collect();
    assert_eq!(texts, [(old, "old", ""), (new, "new", "summary of new")]);
}

#[test]
fn an_item_is_found_by_its_address_with_what_became_of_it() {
    let bed = Bed::new();
    let (item, other) = (bed.take_in("one", at(0)).id, bed.take_in("two", at(1)).id);
    assert_eq!(bed.store.item_at(face("one").link.unwrap()).unwrap(), Some(item));
    assert_eq!(bed.store.item_at(face("three").link.unwrap()).unwrap(), None);
    let alerts = [alert(item, "a", at(2)), alert(item, "b", at(2))];
    bed.store.commit(vec![PollCommit { alerts: alerts.to_vec(), ..poll("rfi", at(2)) }]).unwrap();
    let (sent, open) = (notification(item, 0, at(3)), notification(item, 1, at(4)));
    queue(&bed.store, vec![open.clone(), sent.clone()], &[alerts[0].id.clone()]);
    bed.store.settle(&sent.id, Outcome::Sent { at: at(5), answer: "250".to_owned() }).unwrap();
    let raised = bed.store.alerts_on(item).unwrap();
    assert_eq!(
        raised,
        [(false, &alerts[0]), (true, &alerts[1])].map(|(due, alert)| Raised { alert: alert.clone(), due })
    );
    let mails = bed.store.notifications_on(item).unwrap();
    let told: Vec<_> = mails.iter().map(|mail| (&mail.id, mail.delivery.outcome.is_some())).collect();
    assert_eq!(told, [(&sent.id, true), (&open.id, false)]);
    assert_eq!(
        (bed.store.alerts_on(other).unwrap(), bed.store.notifications_on(other).unwrap()),
        (Vec::new(), Vec::new())
    );
}

#[test]
fn watches_are_met_for_good_and_raise_what_they_missed_once() {
    let bed = Bed::new();
    assert_eq!(bed.store.met_watches().unwrap(), None);
    let item = bed.take_in("one", at(0)).id;
    let missed = Alert { reason: Reason::Backfilled, ..alert(item, "a", at(1)) };
    assert_eq!(bed.store.meet(&[watch("a")], vec![missed.clone()]).unwrap(), 1);
    queue(&bed.store, Vec::new(), std::slice::from_ref(&missed.id));
    assert_eq!(bed.store.meet(&[watch("b")], vec![missed.clone()]).unwrap(), 0, "it was raised before");
    let bed = bed.reopen();
    assert_eq!(bed.store.met_watches().unwrap(), Some([watch("a"), watch("b")].into()));
    assert_eq!((bed.store.due_alerts().unwrap(), bed.store.alert(&missed.id).unwrap()), (Vec::new(), Some(missed)));
}

#[test]
fn item_numbers_increase_although_the_clock_steps_back_and_the_program_restarts() {
    let bed = Bed::new();
    let first = bed.take_in("one", at(1000)).id;
    let second = bed.store.next_item_id(at(0));
    assert!(second > first, "{second} {first}");
    let bed = bed.reopen();
    assert!(bed.store.next_item_id(at(0)) > first);
    assert_eq!(bed.store.next_item_id(at(2000)), ItemId::at(at(2000)));
}

#[test]
fn a_watch_alerts_once_on_an_item_and_again_when_it_changes() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let first = alert(item, "w", at(0));
    let again = Alert { reason: Reason::Changed, ..alert(item, "w", at(5)) };
    let raise = |alert: &Alert| {
        bed.store.commit(vec![PollCommit { alerts: vec![alert.clone()], ..poll("rfi", at(0)) }]).unwrap()
    };
    raise(&first);
    raise(&Alert { matches: Vec::new(), ..first.clone() });
    assert_eq!(bed.store.due_alerts().unwrap(), std::slice::from_ref(&first));
    queue(&bed.store, Vec::new(), std::slice::from_ref(&first.id));
    raise(&first);
    assert_eq!(bed.store.due_alerts().unwrap(), []);
    assert_eq!(bed.store.alert(&first.id).unwrap(), Some(first));
    raise(&again);
    assert_eq!(bed.store.due_alerts().unwrap(), [again], "its item has changed");
    let alerted = |name| bed.store.alerted(&AlertId { item, watch: watch(name) }).unwrap();
    assert_eq!([alerted("w"), alerted("x")], [true, false]);
}

#[test]
fn a_notification_is_frozen_postponed_and_settled_once() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let first = notification(item, 0, at(1));
    queue(&bed.store, vec![first.clone(), notification(item, 1, at(1))], &[]);
    // What is frozen stays as it is.
    queue(&bed.store, vec![Notification { message: b"other".to_vec(), ..first.clone() }], &[]);
    assert_eq!(bed.store.notification(&first.id).unwrap(), Some(first.clone()));
    let later = Delivery { attempts: 1, next_attempt: at(60), last_error: Some("450 later".to_owned()), outcome: None };
    bed.store.postpone(&first.id, later.clone()).unwrap();

    let bed = bed.reopen();
    let open = bed.store.open_notifications().unwrap();
    let fresh = Delivery { attempts: 0, next_attempt: at(1), last_error: None, outcome: None };
    assert_eq!(
        open.iter().map(|entry| (entry.id.seq, entry.delivery.clone())).collect::<Vec<_>>(),
        [(0, later), (1, fresh)]
    );
    assert_eq!(open[0].to, first.to);

    let sent = Outcome::Sent { at: at(70), answer: "250 ok".to_owned() };
    bed.store.settle(&first.id, sent.clone()).unwrap();
    bed.store.settle(&first.id, Outcome::Withdrawn { at: at(80) }).unwrap();
    queue(&bed.store, vec![first.clone()], &[]);
    bed.store.postpone(&first.id, open[1].delivery.clone()).unwrap();
    assert_eq!(bed.store.notification(&first.id).unwrap(), None);
    assert_eq!(bed.store.open_notifications().unwrap().len(), 1);
    bed.store.settle(&open[1].id, Outcome::Withdrawn { at: at(90) }).unwrap();

    let bed = bed.reopen();
    let ledger = bed.store.ledger(9).unwrap();
    assert_eq!(ledger.iter().map(|entry| entry.id.seq).collect::<Vec<_>>(), [1, 0], "latest first");
    assert_eq!(ledger[1].delivery.outcome, Some(sent));
    assert_eq!(bed.store.ledger(1).unwrap(), ledger[..1]);
    assert_eq!(bed.store.mails_on(item, 7).unwrap(), 2);
    assert_eq!(bed.store.mails_on(item, 8).unwrap(), 0);
    let stats = bed.store.stats().unwrap();
    assert_eq!((stats.open_notifications, stats.settled_notifications), (0, 2));
}

#[test]
fn pruning_goes_by_age_alone() {
    let bed = Bed::new();
    let old = bed.take_in("old", at(0));
    let still_seen = bed.take_in("still seen", at(0));
    let waiting = bed.take_in("waiting", at(0));
    let middle = bed.take_in("middle", at(50 * DAY));
    let raised = vec![alert(waiting.id, "w", at(0)), alert(old.id, "w", at(0))];
    let seen = vec![(still_seen.id, face("still seen"))];
    bed.store.commit(vec![PollCommit { alerts: raised, sightings: seen, ..poll("rfi", at(60 * DAY)) }]).unwrap();
    let mail = notification(old.id, 0, at(0));
    let name = mail.id.clone();
    queue(&bed.store, vec![mail], &[AlertId { item: old.id, watch: watch("w") }]);
    bed.store.settle(&name, Outcome::Sent { at: at(1), answer: String::new() }).unwrap();

    let pruned = bed.store.prune(at(40 * DAY), at(55 * DAY)).unwrap();
    // Four ways to find it each, of `old` and of `waiting`.
    assert_eq!(pruned, Pruned { texts: 3, identities: 8, items: 1 });
    let bed = bed.reopen();
    assert_eq!(bed.store.item(old.id).unwrap(), None);
    assert_eq!((bed.known("old"), bed.store.mails_on(old.id, 7).unwrap()), (Known::default(), 0));
    assert!(!bed.store.alerted(&AlertId { item: old.id, watch: watch("w") }).unwrap());
    assert_eq!(bed.known("still seen"), all(still_seen.id));
    assert_eq!(bed.store.item(waiting.id).unwrap(), Some(waiting));
    for kept in [still_seen, middle] {
        let mut without_texts = kept.clone();
        without_texts.item.summary.clear();
        without_texts.item.body.clear();
        assert_eq!(bed.store.item(kept.id).unwrap(), Some(without_texts));
    }
    assert_eq!(bed.store.prune(at(40 * DAY), at(55 * DAY)).unwrap(), Pruned::default());
}

#[test]
fn long_texts_never_become_files_beside_the_synced_one() {
    let bed = Bed::new();
    for n in 0..15 {
        let noise: String = std::iter::repeat_with(|| fastrand::char(..)).take(300_000).collect();
        let (mut item, face) = new_item(&bed.store, "rfi", at(n), &format!("{n}"), &noise);
        item.item.title = noise[..].chars().take(20_000).collect();
        bed.store.commit(vec![PollCommit { new_items: vec![(item.clone(), face)], ..poll("rfi", at(n)) }]).unwrap();
        let mail = Notification { message: noise.into_bytes(), ..notification(item.id, 0, at(n)) };
        queue(&bed.store, vec![mail.clone()], &[]);
        assert_eq!(bed.store.item(item.id).unwrap(), Some(item));
        assert_eq!(bed.store.notification(&mail.id).unwrap(), Some(mail));
    }
    bed.store.prune(at(DAY), at(DAY)).unwrap();
    let bed = bed.reopen();
    let blobs = bed.folder.path().join("store/engine/blobs");
    assert_eq!(fs::read_dir(blobs).unwrap().count(), 0);
}
