//! Sources that fail: told when it lasts, once, together, and when they are back; and the coverage floors they leave short.

use jiff::SignedDuration;

use super::vigil::{Vigil, only};
use crate::bed::{attack, everyday, headline};
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::trials;

/// C9 and P9: a failure is told after six hours, once for as long as it lasts; what was new meanwhile is not lost. Seen failing with a
/// week's wait and with none, told at each bulletin, and with a failure that forgets that the source was primed.
#[test]
fn a_feed_that_is_gone_for_days_is_told_once_and_alerts_when_it_is_back() {
    let trial = trials::of("C9");
    for (status, what) in [(404, "the server answered 404 Not Found"), (503, "the server answered 503")] {
        let mut vigil = Vigil::new().source("outlet", "feed", "").source("other", "feed", "");
        vigil.serve("outlet", &[attack(1)]);
        vigil.serve("other", &[everyday(1)]);
        vigil.hours(2);
        vigil.bed.http.on("/outlet", [Reply::status(status)]);
        vigil.hours(1);
        assert_eq!(vigil.state("outlet"), "failing");
        vigil.hours(6);
        assert_eq!(vigil.titles(), [""; 0], "{status}: most are back within six hours");
        vigil.hours(1);
        let letter = only(vigil.letters());
        assert_eq!((letter.reason.as_str(), letter.title.as_str()), ("ops", "outlet is failing"));
        letter.says(&[
            "outlet",
            "failing · since 5 Jan 02:00 UTC (7 h)",
            what,
            "What you can do: `sahelwatch try outlet` shows",
        ]);
        vigil.days(7);
        assert_eq!(vigil.titles(), [""; 0], "{status}: told once");
        let line = vigil.line("outlet");
        let at = |key: &str| line[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let last = vigil.now.checked_sub(SignedDuration::from_hours(6)).unwrap();
        let wait = at("next_poll").duration_since(last).as_hours();
        assert!((1..27).contains(&wait), "{status}: asked again within a day and a tenth: {wait} h");

        vigil.serve("outlet", &[attack(2), attack(1)]);
        vigil.rounds(3);
        assert_eq!((vigil.state("outlet").as_str(), vigil.state("other").as_str()), ("ok", "ok"));
        let letter = only(vigil.letters());
        assert_eq!((letter.title.as_str(), vigil.headlines()), ("outlet is well again", vec![headline(2)]));
        vigil.days(1);
        assert_eq!((vigil.titles(), vigil.headlines()), (vec![], vec![]));
    }
    trial.passed(2);
}

#[test]
fn three_intervals_are_waited_for_where_they_are_longer() {
    let mut vigil = Vigil::new().source("outlet", "feed", "interval = \"4h\"");
    vigil.bed.http.on("/outlet", [Reply::status(503)]);
    let step = SignedDuration::from_hours(4);
    (0..4).for_each(|_| drop(vigil.round_then(step)));
    assert_eq!(vigil.titles(), [""; 0], "twelve hours are over only now");
    vigil.round_then(step);
    assert_eq!(vigil.titles(), ["outlet is failing"]);
}

/// C1 and C4: what failed is named, and another source is not held up by it. Seen failing with a round that ends at the first
/// failure, with a name not told from a connection, and with the library's words on certificates.
#[test]
fn a_name_that_is_not_found_and_a_certificate_of_another_name_are_named() {
    let trial = trials::of("C1");
    let server = HttpPeer::start_tls(Certificate::WrongName);
    // No label is this long, so nobody is asked.
    let nowhere = format!("http://{}.invalid/feed", "a".repeat(64));
    let mut vigil = Vigil::new()
        .source_at("nowhere", "feed", &nowhere, "")
        .source_at("disguised", "feed", server.url("/feed").as_str(), "")
        .source("other", "feed", "")
        .trusting(&server);
    vigil.serve("other", &[everyday(1)]);
    vigil.hours(3);
    vigil.serve("other", &[attack(1), everyday(1)]);
    vigil.hours(1);
    assert_eq!(vigil.headlines(), [headline(1)]);
    for (id, what) in [("nowhere", "its name was not found"), ("disguised", "its certificate is for another name")] {
        assert_eq!(vigil.state(id), "failing");
        let evidence = vigil.evidence(id);
        assert!(evidence["what"].as_str().unwrap().contains(what), "{evidence}");
    }
    vigil.days(2);
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "2 sources went dark (disguised, nowhere)");
    letter.says(&["disguised", "its certificate is for another name", "nowhere", "its name was not found"]);
    trial.passed(1);
}

#[test]
fn what_fails_together_is_one_mail_and_a_source_that_comes_and_goes_is_told_once_a_day() {
    let ids = ["anp", "cridem", "djibo", "gourma", "sidwaya", "wire"];
    let mut vigil = ids.iter().fold(Vigil::new(), |vigil, id| vigil.source(id, "feed", ""));
    let serve = |vigil: &Vigil, ids: &[&str]| ids.iter().for_each(|id| vigil.serve(id, &[everyday(1)]));
    let break_down = |vigil: &Vigil, ids: &[&str]| {
        ids.iter().for_each(|id| vigil.bed.http.on(&format!("/{id}"), [Reply::status(500)]));
    };
    serve(&vigil, &ids);
    vigil.hours(1);
    break_down(&vigil, &ids[..5]);
    vigil.hours(8);
    assert_eq!(vigil.titles(), ["5 sources went dark (anp, cridem, djibo, gourma, …)"]);
    serve(&vigil, &ids);
    vigil.hours(2);
    assert_eq!(vigil.titles(), ["all well again (anp, cridem, djibo, gourma, sidwaya)"]);
    break_down(&vigil, &ids[..1]);
    // Told at eight; until then tomorrow it is not told again.
    vigil.hours(21);
    assert_eq!(vigil.titles(), [""; 0]);
    vigil.hours(2);
    assert_eq!(vigil.titles(), ["anp is failing"]);
    assert_eq!(vigil.headlines(), [""; 0]);
}

#[test]
fn a_floor_that_falls_short_is_told_and_told_when_it_holds() {
    let floor = "[[coverage]]\nname = \"Mali in French\"\nat_least = 2\nlang = \"fr\"\ntags = [\"mali\"]\n";
    let of_mali = "lang = \"fr-ML\"\ntags = [\"mali\"]";
    let mut vigil = Vigil::new()
        .settings(floor)
        .source("essor", "feed", of_mali)
        .source("studio", "feed", of_mali)
        .source("dakar", "feed", "lang = \"fr\"\ntags = [\"senegal\"]");
    let ids = ["essor", "studio", "dakar"];
    ids.iter().for_each(|id| vigil.serve(id, &[everyday(1)]));
    vigil.hours(2);
    assert_eq!(vigil.bed.status()["short"].as_array().unwrap().len(), 0);
    vigil.bed.http.on("/studio", [Reply::status(403)]);
    vigil.hours(1);
    let short = vigil.bed.status()["short"][0].clone();
    assert_eq!((&short["name"], &short["live"]), (&"Mali in French".into(), &1.into()), "{short}");
    assert_eq!((&short["down"][0], short["down"].as_array().unwrap().len()), (&"studio".into(), 1));
    vigil.hours(7);
    vigil.days(1);
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "too few sources for Mali in French, and 1 more");
    letter.says(&["Mali in French", "1 of at least 2 live sources; not live: studio (blocked)"]);
    letter.says(&["studio", "blocked", "the server answered 403 Forbidden"]);
    vigil.serve("studio", &[everyday(1)]);
    vigil.hours(3);
    let letter = only(vigil.letters());
    letter.says(&["-- Over --", "Mali in French", "studio"]);
    assert_eq!(vigil.bed.status()["short"].as_array().unwrap().len(), 0);
    assert_eq!(vigil.headlines(), [""; 0]);
}
