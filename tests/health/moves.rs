//! Sources that are found elsewhere: by what their server says, and by looking for them.

use super::vigil::{Vigil, only};
use crate::bed::{attack, everyday, feed, headline};
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::trials;

/// C6: three permanent redirects over TLS are believed, fewer and others are not. Seen failing with one or two of them believed, and
/// with a 302 taken for permanent.
#[test]
fn a_feed_that_moved_for_good_is_polled_there_and_told_once() {
    let trial = trials::of("C6");
    let server = HttpPeer::start_tls(Certificate::Good);
    let mut vigil = Vigil::new().source_at("outlet", "feed", server.url("/old").as_str(), "").trusting(&server);
    server.on("/new", [Reply::ok(feed(&[everyday(1)]))]);
    // A portal says so twice, and another redirect is for a time.
    let redirect = |status| Reply::redirect(status, "/new");
    server.on("/old", [redirect(301), redirect(301), redirect(302), redirect(301), redirect(308), redirect(301)]);
    vigil.rounds(6);
    assert_eq!((vigil.state("outlet").as_str(), server.requests("/old").len()), ("ok", 6));
    server.on("/new", [Reply::feed(feed(&[attack(1), everyday(1)]))]);
    vigil.rounds(1);
    assert_eq!((vigil.state("outlet").as_str(), server.requests("/old").len()), ("moved", 6));
    let what = format!("it is polled at {} now", server.url("/new"));
    assert_eq!(vigil.evidence("outlet")["what"], what.as_str());
    vigil.days(1);
    let letter = only(vigil.letters());
    assert_eq!((letter.title.as_str(), vigil.headlines()), ("outlet has moved", vec![headline(1)]));
    letter.says(&["What you can do: set the `url` of this source to its new address"]);
    vigil.edit("/old", "/new");
    vigil.hours(3);
    assert_eq!((vigil.state("outlet").as_str(), vigil.titles()), ("ok", vec!["outlet is well again".to_owned()]));
    assert_eq!(vigil.headlines(), [""; 0]);
    trial.passed(7);
}

/// A desk whose feed is gone since three polls, and whose home page names another one with something new.
fn lost(more: &str) -> Vigil {
    let mut vigil = Vigil::new().source("outlet", "feed", more);
    vigil.serve("outlet", &[everyday(1)]);
    vigil.rounds(2);
    let http = &vigil.bed.http;
    http.on("/outlet", [Reply::status(404)]);
    let home = "<!doctype html><head><link rel=alternate type='application/rss+xml' href='/new/feed'></head><body>Une";
    http.on("/", [Reply::ok(home).header("Content-Type", "text/html")]);
    http.on("/new/feed", [Reply::feed(feed(&[attack(1), everyday(1)]))]);
    vigil.rounds(3);
    assert_eq!((vigil.state("outlet").as_str(), &vigil.line("outlet")["proposal"]), ("failing", &().into()));
    vigil
}

/// Waits until the daemon shows what it found.
fn found(vigil: &Vigil) -> serde_json::Value {
    let began = std::time::Instant::now();
    loop {
        let proposal = vigil.line("outlet")["proposal"].clone();
        if !proposal.is_null() {
            return proposal;
        }
        assert!(began.elapsed().as_secs() < 30, "nothing was found: {:?}", vigil.bed.http.all_requests());
    }
}

#[test]
fn a_feed_that_is_found_elsewhere_is_proposed_and_not_used_unasked() {
    let mut vigil = lost("");
    let daemon = vigil.bed.daemon();
    let proposal = found(&vigil);
    assert_eq!(proposal[0], vigil.bed.http.url("/new/feed").as_str());
    assert!(proposal[1].as_str().unwrap().ends_with("with articles it had shown before"), "{proposal}");
    assert_eq!(daemon.stop(), Some(0));
    let asked = vigil.bed.http.requests("/new/feed").len();
    vigil.hours(8);
    assert_eq!((vigil.state("outlet").as_str(), vigil.bed.http.requests("/new/feed").len()), ("failing", asked));
    let letter = only(vigil.letters());
    assert_eq!((letter.title.as_str(), vigil.headlines()), ("outlet is failing", vec![]));
    let advice = format!("a feed was found at {} (", vigil.bed.http.url("/new/feed"));
    letter.says(&[&advice, "set it as `url`, or `heal = \"apply\"`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_found_elsewhere_is_polled_there_where_that_is_wished() {
    let vigil = tokio::task::spawn_blocking(|| lost("heal = \"apply\"")).await.unwrap();
    let daemon = vigil.bed.daemon();
    vigil.bed.smtp.until_accepted(1).await;
    let mut vigil = tokio::task::spawn_blocking(move || {
        assert_eq!(daemon.stop(), Some(0));
        vigil
    })
    .await
    .unwrap();
    assert_eq!(vigil.headlines(), [headline(1)]);
    assert_eq!(vigil.state("outlet"), "moved");
    let what = format!("it is polled at {} now", vigil.bed.http.url("/new/feed"));
    assert_eq!(vigil.evidence("outlet")["what"], what.as_str());
    tokio::task::spawn_blocking(move || drop(vigil)).await.unwrap();
}
