//! Whole runs on what the operator hears beside the sources: the daily sign of life, mail that does not leave, and the dead
//! man's switch.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use jiff::{SignedDuration, Timestamp};

use crate::bed::{attack, everyday, headline};
use crate::health::vigil::{OPERATOR, Vigil, only};
use crate::peers::http::Reply;
use crate::peers::smtp::Step;

const SIGN: &str = "[operator]\nsign_of_life = \"06:00\"\n";

#[test]
fn a_sign_of_life_comes_once_a_day_at_its_time_and_once_after_days_without() {
    let mut vigil = Vigil::new().settings(SIGN).source("outlet", "feed", "").source("gone", "feed", "");
    vigil.serve("outlet", &[everyday(1)]);
    vigil.bed.http.on("/gone", [Reply::status(404)]);
    vigil.hours(5);
    vigil.serve("outlet", &[attack(1), everyday(1)]);
    vigil.hours(1);
    assert_eq!(vigil.titles(), [""; 0]);
    vigil.hours(1);
    let letter = only(vigil.letters());
    assert_eq!(
        (letter.reason.as_str(), letter.title.as_str()),
        ("sign_of_life", "2 sources watched, 1 match, 1 failing")
    );
    letter.says(&["1 of 2", "gone (failing)", "2 new"]);
    vigil.hours(23);
    assert_eq!(vigil.titles(), ["gone is failing"]);
    vigil.hours(1);
    assert_eq!(vigil.titles(), ["2 sources watched, 0 matches, 1 failing"]);
    // Off for two days and a half.
    vigil.now = vigil.now.checked_add(SignedDuration::from_hours(60)).unwrap();
    vigil.hours(4);
    assert_eq!(vigil.titles(), ["2 sources watched, 0 matches, 1 failing"]);
    assert_eq!(vigil.headlines(), [headline(1)]);
}

#[test]
fn an_operator_with_a_key_gets_it_encrypted_under_a_neutral_subject() {
    let reader = format!("[[reader]]\nwho = [\"{OPERATOR}\"]\nopenpgp_key = \"ops.asc\"\n");
    let mut vigil = Vigil::new().settings(&format!("{SIGN}{reader}")).source("outlet", "feed", "");
    std::fs::write(vigil.bed.folder().join("ops.asc"), include_str!("fixtures/openpgp/reader.asc")).unwrap();
    vigil.serve("outlet", &[everyday(1)]);
    vigil.hours(7);
    let letter = only(vigil.letters());
    assert!(!letter.title.contains("source"), "{}", letter.title);
    let message = String::from_utf8(vigil.bed.smtp.accepted()[0].message.clone()).unwrap();
    assert!(message.contains("-----BEGIN PGP MESSAGE-----"), "{message}");
    assert!(!message.contains("outlet") && !message.contains("watched"), "{message}");
}

/// P11: readers get what may be new in one roundup, and no word of the damage. Seen failing with what was lost left out of the view.
#[test]
fn a_store_that_was_damaged_is_told_once() {
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    // When a store was lost is told by the clock of the machine.
    vigil.now = Timestamp::now();
    vigil.serve("outlet", &[everyday(1)]);
    vigil.rounds(2);
    std::fs::write(vigil.bed.state().join("store/format"), "").unwrap();
    vigil.hours(12);
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "the store was damaged and made anew");
    letter.says(&["made anew from 20", ".export", "What you can do:", "sahelwatch status"]);
    assert_eq!(vigil.headlines(), [""; 0]);
}

/// P9, and C15: what was queued goes out although it left its feed meanwhile.
#[test]
fn mail_that_does_not_leave_shows_at_once_and_is_told_when_it_can_be() {
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.serve("outlet", &[everyday(1)]);
    vigil.rounds(2);
    assert_eq!(vigil.bed.run(&["status"]).code, Some(0));
    vigil.bed.smtp.close_at(Step::Greeting);
    vigil.serve("outlet", &[attack(1), everyday(1)]);
    vigil.rounds(1);
    vigil.serve("outlet", &[everyday(1)]);
    vigil.hours(12);
    let ended = vigil.bed.run(&["status"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("mail     waits: "), "{ended:?}");
    vigil.relay_is_back();
    vigil.hours(4);
    assert_eq!(vigil.headlines(), [headline(1)]);
    let letters = vigil.letters();
    let titles: Vec<&str> = letters.iter().map(|letter| letter.title.as_str()).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert_eq!(titles[0], "no mail has left since 00:30");
    letters[0].says(&["-- New --", "What you can do:", "sahelwatch mail queue"]);
    assert!(titles[1].starts_with("no mail left 00:30–"), "{titles:?}");
    assert_eq!(vigil.bed.run(&["status"]).code, Some(0));
    vigil.days(1);
    assert_eq!((vigil.titles(), vigil.headlines()), (vec![], vec![]));
}

/// One reader's mailbox is full for a day, and others are told all the time: mail leaves.
#[test]
fn a_mailbox_that_is_full_is_not_mail_that_does_not_leave() {
    let full = "[[watch]]\nid = \"all\"\nany = [\"attaque*\"]\nto = [\"full@example.org\"]\n";
    let mut vigil = Vigil::new().settings(full).source("outlet", "feed", "");
    vigil.bed.smtp.reply(Step::Rcpt, "452 4.2.2 mailbox full").to("full@example.org");
    vigil.serve("outlet", &[everyday(1)]);
    vigil.rounds(1);
    vigil.serve("outlet", &[attack(1), everyday(1)]);
    vigil.rounds(1);
    vigil.serve("outlet", &[attack(2), attack(1), everyday(1)]);
    vigil.hours(3);
    vigil.days(1);
    assert_eq!((vigil.headlines().len(), vigil.titles()), (2, vec![]));
}

fn pinged(vigil: Vigil) -> Vigil {
    let url = vigil.bed.http.url("/ping/secret");
    vigil.bed.http.on("/ping/secret", [Reply::ok("OK")]);
    let file = vigil.bed.folder().join("ping");
    std::fs::write(&file, format!("{url}\n")).unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    vigil.settings("[operator]\nping_file = \"ping\"\nping_every = \"1m\"\n")
}

#[test]
fn the_dead_mans_switch_is_asked_while_mail_leaves_and_not_while_it_does_not() {
    let mut vigil = pinged(Vigil::new().source("outlet", "feed", ""));
    vigil.serve("outlet", &[everyday(1)]);
    vigil.rounds(1);
    let daemon = vigil.bed.daemon();
    vigil.bed.http.wait_for("/ping/secret", 1);
    assert_eq!(daemon.stop(), Some(0));

    vigil.bed.smtp.close_at(Step::Greeting);
    vigil.serve("outlet", &[attack(1), everyday(1)]);
    vigil.rounds(1);
    let asked = vigil.bed.http.requests("/ping/secret").len();
    let daemon = vigil.bed.daemon();
    // Each of these comes with a beat of every loop, ten seconds apart.
    daemon.hears("WATCHDOG=1");
    daemon.hears("WATCHDOG=1");
    assert!(daemon.log().contains("mail has not left for 15 min"), "{}", daemon.log());
    assert_eq!(vigil.bed.http.requests("/ping/secret").len(), asked);
    assert!(!daemon.log().contains("secret"), "its address is told to nobody");
    assert_eq!(daemon.stop(), Some(0));
}
