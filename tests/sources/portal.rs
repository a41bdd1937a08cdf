//! A portal's page in place of a feed (C5): what is remembered of the source outlives it, its permanent redirect included.

use crate::bed::{attack, everyday, feed, headline};
use crate::health::vigil::Vigil;
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::trials;

/// A feed that is being moved for good when our network's portal steps in for three polls: the count goes on where it stood.
/// Seen failing with the redirect forgotten at a page that is no feed.
#[test]
fn a_portal_takes_nothing_from_what_was_learnt() {
    let trial = trials::of("C5");
    let server = HttpPeer::start_tls(Certificate::Good);
    let mut vigil = Vigil::new().source_at("outlet", "feed", server.url("/old").as_str(), "").trusting(&server);
    server.on("/new", [Reply::feed(feed(&[attack(1), everyday(1)]))]);
    server.on("/old", [Reply::redirect(301, "/new")]);
    vigil.rounds(2);

    let portal = "<!doctype html><title>Portail captif</title><form><input type=password></form>attaque";
    server.on("/old", [Reply::ok(portal).header("Content-Type", "text/html").header("ETag", "\"portal\"")]);
    vigil.rounds(3);
    assert_eq!(vigil.state("outlet"), "failing");

    server.on("/old", [Reply::redirect(308, "/new")]);
    server.on("/new", [Reply::feed(feed(&[attack(2), attack(1), everyday(1)]))]);
    vigil.rounds(1);
    let last = server.requests("/new").pop().unwrap();
    assert_ne!(last.header("If-None-Match"), Some(&b"\"portal\""[..]), "the page's validators are not the feed's");
    assert!(last.header("If-None-Match").is_some(), "the feed's own are kept");
    vigil.rounds(1);
    assert_eq!(
        (vigil.state("outlet").as_str(), server.requests("/old").len()),
        ("moved", 6),
        "the third time it was said"
    );
    assert_eq!(vigil.headlines(), [headline(2)]);
    trial.passed(3);
}

/// C6: where a redirect leads that no publisher means to stay, though it is called permanent and said again and again.
/// Seen failing with every permanent redirect believed.
#[test]
fn a_redirect_to_a_login_or_a_front_page_is_never_remembered() {
    for target in ["/login?next=/old", "/", "/account/signin"] {
        let trial = trials::of("C6");
        let server = HttpPeer::start_tls(Certificate::Good);
        let mut vigil = Vigil::new().source_at("outlet", "feed", server.url("/old").as_str(), "").trusting(&server);
        server.on("/old", [Reply::redirect(301, target)]);
        server.on(target.split('?').next().unwrap(), [Reply::ok(feed(&[everyday(1)]))]);
        vigil.rounds(5);
        assert_eq!(server.requests("/old").len(), 5, "{target}");
        trial.passed(5);
    }
}

/// A feed that moved and has nothing new says so with 304 behind its redirect. Seen failing where only documents counted, and with
/// two redirects for three.
#[test]
fn a_quiet_feed_that_moved_is_polled_there_too() {
    let trial = trials::of("C6");
    let server = HttpPeer::start_tls(Certificate::Good);
    let mut vigil = Vigil::new().source_at("outlet", "feed", server.url("/old").as_str(), "").trusting(&server);
    server.on("/new", [Reply::feed(feed(&[everyday(1)]))]);
    server.on("/old", [Reply::redirect(301, "/new")]);
    vigil.rounds(4);
    assert_eq!((server.requests("/old").len(), vigil.state("outlet").as_str()), (3, "moved"));
    trial.passed(4);
}
