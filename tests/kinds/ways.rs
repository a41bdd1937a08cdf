//! How sources are asked: whether a site wants that, and through which proxy.

use super::{quiet, why};
use crate::bed::{Bed, attack, headline};
use crate::peers::http::Reply;
use crate::peers::proxy::{ProxyPeer, Target};

#[test]
fn a_page_that_robots_txt_keeps_us_from_is_not_asked_for() {
    let bed = quiet().source("front", "page", "/front", "");
    bed.http.on("/robots.txt", [Reply::ok("User-agent: *\nDisallow: /front\n")]);
    bed.http.on("/front", [Reply::ok("<!doctype html><p>…")]);
    bed.run(&["run", "--once"]);
    let line = bed.stands("front");
    assert_eq!(line["state"], "blocked", "{line}");
    assert!(why(&line).contains("robots.txt"), "{line}");
    assert_eq!(bed.http.requests("/front").len(), 0);
    assert_eq!(bed.stands("outlet")["state"], "ok", "a feed is made for programs");

    let bed = bed.source("wanted", "page", "/front?all", "robots = false");
    bed.run(&["run", "--once"]);
    assert_eq!(bed.http.requests("/front").len(), 1, "who asked the publisher may say so");
}

#[test]
fn every_source_goes_through_the_proxy_of_all_but_who_goes_straight() {
    let proxy = ProxyPeer::start();
    let bed = Bed::new().alerting_at_once().asking(&format!("proxy = \"{}\"", proxy.url("http")));
    bed.serve(&[attack(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(1)]);
    let us = Target::Address([127, 0, 0, 1].into(), bed.http.port());
    assert_eq!(proxy.asked(), [us]);
    let bed = bed.source("straight", "feed", "/straight", "proxy = \"direct\"");
    bed.http.on("/straight", [Reply::feed(crate::bed::feed(&[attack(2)]))]);
    bed.once();
    assert_eq!((proxy.asked().len(), bed.http.requests("/straight").len()), (2, 1));
}
