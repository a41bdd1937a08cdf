//! S27: a feed that pours out thousands of items that match, so that what others report drowns, or readers mute everything.

use jiff::SignedDuration;

use crate::bed::{attack, everyday, headline};
use crate::health::vigil::{READER, Vigil};
use crate::trials;

/// A feed holds so many at once; the next poll finds others.
const ROUNDS: usize = 6;

/// For an hour every poll finds new items by the hundred, each of which matches. Seen failing with `Quotas::has_source` that always
/// has a place.
#[test]
fn a_source_that_floods_drowns_nobody() {
    let trial = trials::of("S27");
    let each = trials::count(100, 840);
    let mut vigil = Vigil::new().source("flood", "feed", "").source("quiet", "feed", "");
    vigil.serve("flood", &[everyday(1)]);
    vigil.serve("quiet", &[everyday(2)]);
    vigil.rounds(1);
    // The towns of the two differ, or else what they tell would be one story.
    let mut poured = 0;
    for round in 0..ROUNDS {
        let items: Vec<String> = (0..each).map(|n| attack(1000 + round * each + n)).collect();
        poured += items.len();
        vigil.serve("flood", &items);
        if round == 3 {
            let news = attack(1).replace("Attaque", "Embuscade meurtrière et attaque");
            vigil.serve("quiet", &[news, everyday(2)]);
        }
        vigil.round_then(SignedDuration::from_mins(10));
    }
    let mails: Vec<_> = vigil.bed.smtp.accepted().into_iter().filter(|mail| mail.to == [READER]).collect();
    let about_quiet = |mail: &&crate::peers::smtp::Accepted| {
        let mail = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        mail.body_text(0).unwrap().replace(['*', '\n', '\r'], "").contains("Embuscade")
            || mail.subject().unwrap().contains("Embuscade")
    };
    assert!(mails.iter().any(|mail| about_quiet(&mail)), "{} is told of", headline(1));
    let flood = mails.iter().filter(|mail| !about_quiet(mail)).count();
    assert!((1..=6).contains(&flood), "{flood} mails in an hour");
    vigil.hours(1);
    let letters = vigil.letters();
    let told = letters.iter().find(|letter| letter.title.contains("flood"));
    let Some(told) = told else { panic!("the operator is told which source: {letters:?}") };
    told.says(&["Matching items of flood", "matched within an hour", "sahelwatch mute source flood"]);
    assert!(letters.iter().all(|letter| !letter.text.contains("Matching items of quiet")), "{letters:?}");
    trial.passed(poured);
}
