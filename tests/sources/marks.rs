//! Feeds whose ids and addresses lie (C11), for fifty polls each: nothing is told twice, and nothing that is new is missed.

use crate::bed::feed;
use crate::health::vigil::Vigil;
use crate::peers::http::Reply;
use crate::trials;

/// Articles a feed shows.
const WINDOW: usize = 10;
const POLLS: usize = 50;

/// How a feed marks its `n`-th article at a poll: its id and the end of its address.
type Marks = fn(usize, usize) -> (String, String);

const FEEDS: [(&str, Marks); 7] = [
    ("renamed", |poll, n| (if poll < 25 { format!("id-{n}") } else { format!("tag:new,{n}") }, n.to_string())),
    ("restless", |poll, n| (format!("{n}-{poll}"), n.to_string())),
    ("one-id", |_, n| ("feed".to_owned(), n.to_string())),
    ("reused", |_, n| (format!("place-{}", n % WINDOW), n.to_string())),
    ("reused-link", |_, n| (format!("id-{n}"), format!("place-{}", n % WINDOW))),
    ("one-link", |_, n| (format!("id-{n}"), "news".to_owned())),
    ("moving", |poll, n| {
        if poll < 25 {
            (format!("id-{n}"), n.to_string())
        } else {
            (format!("https://new/{n}"), format!("archives/{n}"))
        }
    }),
];

/// Places and people, so that no two articles say the same.
const TOWNS: [&str; 12] =
    ["Djibo", "Dori", "Kaya", "Gao", "Kidal", "Ménaka", "Mopti", "Ségou", "Tillabéri", "Diffa", "Bankass", "Ansongo"];
const WHO: [&str; 7] = ["un marché", "un convoi", "une école", "un poste", "un village", "un puits", "un pont"];

/// The `n`-th article of a feed, which the watch matches.
fn article(feed: usize, marks: Marks, poll: usize, n: usize) -> String {
    let (id, path) = marks(poll, n);
    let number = feed * 1000 + n;
    let (town, who) = (TOWNS[number % TOWNS.len()], WHO[number % WHO.len()]);
    format!(
        "<item><guid isPermaLink=\"false\">{id}</guid><link>https://outlet-{feed}.example/{path}</link>\
         <title>Attaque {number} contre {who} à {town}</title><description>Le correspondant {number} compte {} blessés et \
         {} disparus près de {who} de {town}, où {} familles sont parties</description></item>",
        number * 7,
        number * 11,
        number * 13
    )
}

/// Seen failing where an id that is known, or an address, is believed whatever the text says, and where a text is believed no more.
#[test]
fn lying_marks_bring_nothing_twice_and_hide_nothing() {
    let trial = trials::of("C11");
    let mut vigil = FEEDS.iter().fold(Vigil::new(), |vigil, (id, _)| vigil.source(id, "feed", ""));
    for poll in 0..POLLS {
        for (number, (id, marks)) in FEEDS.iter().enumerate() {
            let shown: Vec<String> = (poll..poll + WINDOW).rev().map(|n| article(number, *marks, poll, n)).collect();
            vigil.bed.http.on(&format!("/{id}"), [Reply::feed(feed(&shown))]);
        }
        vigil.rounds(1);
        let expected = if poll == 0 { (FEEDS.len() * WINDOW, 0) } else { (FEEDS.len(), FEEDS.len()) };
        assert_eq!(vigil.brought, expected, "new items and alerts of poll {poll}");
    }
    trial.passed(FEEDS.len() * POLLS);
}
