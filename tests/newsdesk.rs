//! The store's part in stories: where items stand, who was told what, and what somebody does not want to hear of.

use sahelwatch::alert::recipient_hash;
use sahelwatch::model::*;
use sahelwatch::store::{Decisions, PollCommit};

use crate::peers::sample::{Bed, alert, at, notification, poll, watch};

const DAY: i64 = 86_400;

fn copy(story: ItemId, of: ItemId) -> Placement {
    Placement { story, copy_of: Some(of), link: Some(Link { rule: Rule::Copy, score: 1.0 }) }
}

fn by_hand(story: ItemId) -> Placement {
    Placement { story, copy_of: None, link: Some(Link { rule: Rule::ByHand, score: 1.0 }) }
}

/// Two items of which the second joins the first, and a third alone.
fn three(bed: &Bed) -> [ItemId; 3] {
    let [one, two, three] = ["one", "two", "three"].map(|title| bed.take_in(title, at(0)).id);
    bed.store.commit(vec![PollCommit { placements: vec![(two, copy(one, one))], ..poll("rfi", at(0)) }]).unwrap();
    [one, two, three]
}

fn waiting(item: ItemId, to: &str) -> Waiting {
    Waiting {
        alert: AlertId { item, watch: watch("w") },
        reader: Mailbox { name: None, address: to.to_owned() },
        through: None,
        digest: None,
        reason: Reason::New,
        raised: at(0),
        held: None,
    }
}

fn told(source: &str, killed: u32) -> Told {
    Told {
        sources: vec![SourceId::new(source).unwrap()],
        figures: vec![Figure { kind: TollKind::Killed, min: killed, max: killed }],
        ..Told::default()
    }
}

#[test]
fn an_item_is_alone_until_it_joins_a_story() {
    let bed = Bed::new();
    let [one, two, three] = three(&bed);
    let bed = bed.reopen();
    assert_eq!(bed.store.placement(two).unwrap(), copy(one, one));
    assert_eq!(bed.store.placement(three).unwrap(), Placement::alone(three));
    assert_eq!([one, three].map(|story| bed.store.story(story).unwrap()), [vec![one, two], vec![three]]);
}

#[test]
fn a_person_splits_and_merges_stories_and_who_was_told_of_one_knows_the_other() {
    let bed = Bed::new();
    let [one, two, three] = three(&bed);
    bed.store.move_items(&[(two, by_hand(two))]).unwrap();
    let stories = |bed: &Bed| [one, two, three].map(|story| bed.store.story(story).unwrap());
    assert_eq!(stories(&bed), [vec![one], vec![two], vec![three]]);
    let told_of = vec![(one, 7, told("rfi", 40)), (three, 7, told("afp", 55)), (three, 8, told("afp", 55))];
    bed.store.decide(Decisions { told: told_of, ..Decisions::default() }).unwrap();
    bed.store.move_items(&[(three, by_hand(one))]).unwrap();
    let bed = bed.reopen();
    assert_eq!(stories(&bed), [vec![one, three], vec![two], vec![]]);
    let known = bed.store.told(one, 7).unwrap().unwrap();
    assert_eq!(known.sources.len(), 2);
    assert_eq!(known.figures, [Figure { kind: TollKind::Killed, min: 40, max: 55 }]);
    assert_eq!(bed.store.told(one, 8).unwrap(), Some(told("afp", 55)));
}

#[test]
fn an_alert_waits_for_each_reader_until_its_fate_is_known() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let (amina, jb) = (waiting(item, "Amina@example.org"), waiting(item, "jb@example.org"));
    let raised = alert(item, "w", at(0));
    bed.store.commit(vec![PollCommit { alerts: vec![raised.clone()], ..poll("rfi", at(0)) }]).unwrap();
    bed.store.address(&[amina.clone(), jb.clone()], std::slice::from_ref(&raised.id)).unwrap();
    assert_eq!((bed.store.due_alerts().unwrap().len(), bed.store.stats().unwrap().waiting), (0, 2));

    let held = Held { why: Reason::QuietHours, since: at(1), until: Some(at(60)) };
    bed.store.decide(Decisions { held: vec![(jb.clone(), held)], ..Decisions::default() }).unwrap();
    let mail = notification(item, 0, at(1));
    let fate = Fate {
        alert: raised.id.clone(),
        reader: "amina@example.org".to_owned(),
        reason: Reason::New,
        at: at(1),
        mail: Some(mail.id.clone()),
        mute: None,
    };
    let recipient = recipient_hash("amina@example.org");
    let decisions = Decisions {
        notifications: vec![mail.clone()],
        told: vec![(item, recipient, Told { mails: vec![(mail.id.clone(), at(1))], ..Told::default() })],
        fates: vec![fate.clone()],
        ..Decisions::default()
    };
    bed.store.decide(decisions).unwrap();

    let bed = bed.reopen();
    let left = bed.store.waiting_on(item).unwrap();
    assert_eq!(left, [Waiting { held: Some(held), ..jb }], "case does not make another reader");
    assert_eq!(bed.store.fates_on(item).unwrap(), [fate]);
    assert_eq!(bed.store.tellings(item).unwrap(), [(mail.id.clone(), at(1))]);
    assert_eq!(bed.store.notification(&mail.id).unwrap(), Some(mail));
}

#[test]
fn what_is_raised_again_goes_on_waiting() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let first = waiting(item, "amina@example.org");
    let held = Held { why: Reason::Throttled, since: at(1), until: Some(at(900)) };
    bed.store.address(std::slice::from_ref(&first), &[]).unwrap();
    bed.store.decide(Decisions { held: vec![(first.clone(), held)], ..Decisions::default() }).unwrap();
    bed.store.address(&[Waiting { reason: Reason::Changed, raised: at(300), ..first.clone() }], &[]).unwrap();
    let waits = bed.store.waiting_on(item).unwrap();
    assert_eq!(waits, [Waiting { reason: Reason::Changed, held: Some(held), ..first }]);
}

#[test]
fn what_waits_for_a_reader_keeps_its_item_and_the_rest_of_a_story_goes_with_it() {
    let bed = Bed::new();
    let [one, two, three] = three(&bed);
    bed.store.address(&[waiting(three, "amina@example.org")], &[]).unwrap();
    bed.store.decide(Decisions { told: vec![(one, 7, told("rfi", 1))], ..Decisions::default() }).unwrap();
    bed.store.prune(at(400 * DAY), at(400 * DAY)).unwrap();
    let bed = bed.reopen();
    let kept = [one, two, three].map(|item| bed.store.item(item).unwrap().is_some());
    assert_eq!(kept, [false, false, true]);
    assert_eq!((bed.store.told(one, 7).unwrap(), bed.store.placement(two).unwrap()), (None, Placement::alone(two)));
}

#[test]
fn a_roundup_is_forgotten_by_age_and_its_number_is_given_to_no_item() {
    let bed = Bed::new();
    let number = bed.store.next_item_id(at(0));
    let mail = notification(number, 0, at(0));
    bed.store.decide(Decisions { notifications: vec![mail.clone()], ..Decisions::default() }).unwrap();
    let bed = bed.reopen();
    assert!(bed.store.next_item_id(at(-DAY)) > number);
    bed.store.settle(&mail.id, Outcome::Sent { at: at(1), answer: String::new() }).unwrap();
    bed.store.prune(at(-DAY), at(-DAY)).unwrap();
    assert_eq!(bed.store.ledger(9).unwrap().len(), 1);
    bed.store.prune(at(DAY), at(DAY)).unwrap();
    assert_eq!(bed.store.ledger(9).unwrap(), []);
}

#[test]
fn a_mute_has_a_number_counts_what_it_hid_and_stays_in_the_list_when_it_is_over() {
    let bed = Bed::new();
    let mute = |what| Mute {
        id: MuteId(0),
        what,
        reader: None,
        since: at(0),
        until: Some(at(60)),
        reason: String::new(),
        hidden: 0,
    };
    let first = bed.store.mute(mute(Muted::Watch(watch("w")))).unwrap();
    let second = bed.store.mute(mute(Muted::Story(ItemId(5)))).unwrap();
    assert_eq!((first, second), (MuteId(1), MuteId(2)));
    bed.store.decide(Decisions { hidden: [(first, 3)].into(), ..Decisions::default() }).unwrap();
    assert!(bed.store.unmute(second, at(30)).unwrap());
    assert!(!bed.store.unmute(MuteId(9), at(30)).unwrap());
    let bed = bed.reopen();
    let mutes = bed.store.mutes().unwrap();
    assert_eq!(
        mutes.iter().map(|mute| (mute.hidden, mute.until)).collect::<Vec<_>>(),
        [(3, Some(at(60))), (0, Some(at(30)))]
    );
}

#[test]
fn a_digest_remembers_four_weeks_of_runs() {
    let bed = Bed::new();
    let id = DigestId::new("morning").unwrap();
    let mut runs = DigestRuns::default();
    for n in 0..40 {
        runs.ran(at(n), [("BF".to_owned(), if n < 30 { 0 } else { 14 })].into());
    }
    bed.store.decide(Decisions { digests: vec![(id.clone(), runs)], ..Decisions::default() }).unwrap();
    let bed = bed.reopen();
    let kept = bed.store.digests().unwrap().remove(&id).unwrap();
    assert_eq!((kept.last, kept.counts.len(), kept.mean("BF"), kept.mean("ML")), (at(39), 28, Some(5.0), Some(0.0)));
}
