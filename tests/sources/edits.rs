//! What a source does to an item after it showed it (C15): it deletes it, or mends it without a word.

use jiff::Timestamp;

use crate::bed::{Bed, entry, everyday, headline_of};
use crate::peers::smtp::Step;
use crate::trials;

const TITLE: &str = "Attaque contre un convoi près de Kaya";

fn report(text: &str) -> String {
    entry("kaya", TITLE, text)
}

/// Seen failing with mails withdrawn once a source shows less than it did.
#[test]
fn an_alert_goes_out_although_its_item_is_deleted_at_the_source() {
    let trial = trials::of("C15");
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    bed.smtp.reply(Step::Greeting, "421 4.3.2 later").times(1);
    bed.serve(&[report("Douze personnes sont mortes dans l'attaque, selon le maire."), everyday(1)]);
    bed.run(&["run", "--once"]);
    assert_eq!(bed.status()["mail"]["queued"], 1);
    bed.serve(&[everyday(1)]);
    bed.once();
    bed.once();
    assert_eq!(bed.headlines(), [TITLE]);
    trial.passed(1);
}

/// Seen failing with texts that are not compared, and with texts that are not remembered.
#[test]
fn a_correction_made_without_a_word_is_one_update() {
    let trial = trials::of("C15");
    let bed = Bed::new();
    let hour = |n: i64| Timestamp::from_second(1_767_600_000 + 3600 * n).unwrap();
    bed.serve(&[everyday(1)]);
    bed.once_at(hour(0));
    let before = "Deux personnes sont mortes dans une attaque contre un convoi de vivres lundi soir, selon le maire.";
    let after = "Douze personnes sont mortes dans une attaque contre un convoi de vivres lundi soir, selon le maire.";
    bed.serve(&[report(before), everyday(1)]);
    bed.once_at(hour(1));
    // What belongs to a story that was told of waits a while for more. Caches of two ages take turns meanwhile, and each document is
    // another one, so that none is left unread.
    for n in 2..9 {
        let shown = if n % 3 == 1 { before } else { after };
        bed.serve(&[report(shown), everyday(n as usize)]);
        bed.once_at(hour(n));
    }
    let accepted = bed.smtp.accepted();
    let text = |n: usize| {
        let parsed = mail_parser::MessageParser::default().parse(&accepted[n].message).unwrap();
        parsed.body_text(0).unwrap().into_owned()
    };
    assert_eq!(accepted.len(), 2, "{:?}", bed.subjects());
    assert!(accepted.iter().all(|mail| headline_of(mail).contains(TITLE)), "{:?}", bed.subjects());
    assert!(text(0).contains("Deux personnes") && text(1).contains("Douze personnes"), "{}", text(1));
    trial.passed(1);
}
