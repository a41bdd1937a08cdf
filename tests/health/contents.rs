//! Sources that answer, but not with what they used to bring: a redesigned page, a challenge, teasers, a rush.

use super::vigil::{Vigil, only};
use crate::bed::{attack, entry, everyday, feed, headline};
use crate::peers::http::Reply;
use crate::trials;

const SELECT: &str = "select = { item = \"article\", title = \"h2\", link = \"a@href\" }\n";

fn html(body: &str) -> Reply {
    Reply::ok(format!("<!doctype html><html lang=fr><title>Le Journal</title><body>{body}"))
        .header("Content-Type", "text/html; charset=utf-8")
}

/// A front page whose `n`-th article stands below a folder.
fn page(folder: &str, headlines: impl IntoIterator<Item = usize>) -> Reply {
    let article = |n| format!("<article><h2>{}</h2><a href='/{folder}/{n}-a-lire-ici'>…</a></article>", headline(n));
    html(&headlines.into_iter().map(article).collect::<String>())
}

fn menu() -> Reply {
    let entries = [("Accueil", "/"), ("Politique", "/politique"), ("Sport", "/sport"), ("Contact", "/contact")];
    let entry = |(name, path): (&str, &str)| format!("<article><h2>{name}</h2><a href='{path}'>…</a></article>");
    html(&entries.map(entry).concat())
}

/// Seen failing with one poll believed, without each of the three doubts, told at each bulletin, and with new addresses taken for news.
#[test]
fn a_redesigned_page_is_degraded_told_once_and_repaired_without_a_flood() {
    let trial = trials::of("C10");
    let redesigns = [
        ("nothing matches", html("<main><h1>Bienvenue</h1></main>"), "it shows no items; it usually shows 40"),
        ("a twentieth", page("2026", [1, 2]), "it shows 2 items; it usually shows 40"),
        ("a menu", menu(), "4 of 4 items look like the links of a menu"),
    ];
    for (name, redesigned, what) in redesigns {
        let mut vigil = Vigil::new().source("journal", "page", SELECT);
        let path = "/journal";
        vigil.bed.http.on(path, [page("2026", 0..40)]);
        vigil.rounds(4);
        vigil.bed.http.on(path, [redesigned]);
        vigil.rounds(2);
        assert_eq!(vigil.state("journal"), "ok", "{name}: twice may be chance");
        vigil.rounds(1);
        assert_eq!(vigil.state("journal"), "degraded", "{name}");
        assert_eq!(vigil.evidence("journal")["what"], what, "{name}");
        vigil.rounds(1);
        let letter = only(vigil.letters());
        assert_eq!((letter.reason.as_str(), letter.title.as_str()), ("ops", "journal is degraded"), "{name}");
        letter.says(&["-- New --", "journal", "degraded", what, "What you can do: `sahelwatch try journal`"]);
        vigil.days(2);
        assert_eq!(vigil.titles(), [""; 0], "{name}: told once");

        // Repaired: the same articles at new addresses, and one that is new.
        vigil.bed.http.on(path, [page("archives", 0..40)]);
        vigil.rounds(4);
        assert_eq!((vigil.state("journal").as_str(), vigil.headlines().len()), ("ok", 0), "{name}");
        let letter = only(vigil.letters());
        assert_eq!(letter.title, "journal is well again", "{name}");
        vigil.bed.http.on(path, [page("archives", (0..41).rev())]);
        vigil.rounds(2);
        assert_eq!((vigil.headlines(), vigil.titles()), (vec![headline(40)], vec![]), "{name}");
    }
    trial.passed(3);
}

/// C5: the page of a challenge for three polls. Seen failing with such pages not known, or read as empty feeds; and with a failure that
/// forgets validators, or that the source was primed.
#[test]
fn a_challenge_blocks_and_forgets_nothing() {
    let trial = trials::of("C5");
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.serve("outlet", &[attack(1), everyday(1)]);
    vigil.rounds(3);
    let challenge = Reply::ok("<!doctype html><title>Just a moment...</title><p>attaque: checking your browser")
        .header("Content-Type", "text/html");
    vigil.bed.http.on("/outlet", [challenge]);
    vigil.rounds(3);
    assert_eq!(vigil.state("outlet"), "blocked");
    let evidence = vigil.evidence("outlet");
    assert_eq!((&evidence["status"], &evidence["sample"]), (&200.into(), &"Just a moment...".into()), "{evidence}");
    assert_eq!(
        evidence["what"],
        "read the answer: a challenge page stands where a feed should be (\"Just a moment...\")"
    );
    vigil.serve("outlet", &[attack(2), attack(1), everyday(1)]);
    vigil.rounds(3);
    assert_eq!((vigil.state("outlet").as_str(), vigil.headlines()), ("ok", vec![headline(2)]));
    let asked = vigil.bed.http.requests("/outlet");
    assert!(asked[1..].iter().all(|seen| seen.header("If-None-Match").is_some()), "validators stayed");
    vigil.days(1);
    assert_eq!((vigil.titles(), vigil.headlines()), (vec![], vec![]), "it was over before it was worth a mail");
    trial.passed(3);
}

#[test]
fn a_feed_of_teasers_is_degraded_until_its_articles_are_read() {
    let teaser =
        |n: usize| entry(&format!("t-{n}"), &headline(n), &format!("Le matin du {n}, des habitants ont vu […]"));
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    // Without validators, so that it is read each time.
    vigil.bed.http.on("/outlet", [Reply::ok(feed(&[teaser(1), teaser(2), teaser(3)]))]);
    vigil.rounds(2);
    assert_eq!(vigil.state("outlet"), "ok");
    vigil.rounds(1);
    assert_eq!(vigil.state("outlet"), "degraded");
    assert_eq!(vigil.evidence("outlet")["what"], "3 of 3 items are cut off");
    vigil.hours(12);
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "outlet is degraded");
    letter.says(&["3 of 3 items are cut off", headline(1).as_str(), "What you can do: set `full_text = true`"]);
    vigil.edit("id = \"outlet\"", "id = \"outlet\"\nfull_text = true");
    vigil.rounds(1);
    assert_eq!(vigil.state("outlet"), "ok", "the same document is read otherwise now");
    vigil.hours(12);
    assert_eq!((vigil.titles(), vigil.headlines()), (vec!["outlet is well again".to_owned()], vec![]));
}

#[test]
fn forty_new_articles_in_a_feed_of_twenty_overflow_it() {
    let shown = |from: usize| (from..from + 20).map(everyday).collect::<Vec<_>>();
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.serve("outlet", &shown(0));
    vigil.rounds(3);
    vigil.serve("outlet", &shown(40));
    vigil.rounds(1);
    assert_eq!(vigil.state("outlet"), "overflowing");
    vigil.hours(20);
    assert_eq!(vigil.state("outlet"), "overflowing", "for a day");
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "outlet is overflowing");
    letter.says(&["all 20 items it shows are new", "What you can do: poll it more often: `interval = \"7m\"`"]);
    let gap = vigil.line("outlet")["gap"].clone();
    assert_eq!((&gap["from"], &gap["to"]), (&"2026-01-05T00:30:00Z".into(), &"2026-01-05T00:45:00Z".into()));
    vigil.hours(8);
    assert_eq!(vigil.state("outlet"), "ok");
    assert_eq!((vigil.titles(), vigil.headlines()), (vec!["outlet is well again".to_owned()], vec![]));
}
