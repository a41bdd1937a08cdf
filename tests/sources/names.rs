//! Names that cannot be looked up (C1), and addresses of both families (C3): over a real resolver, against a name server of ours.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use sahelwatch::fetch::{Client, Fetched, Request};
use sahelwatch::model::{Access, Validators};

use super::apart::{self, Answer, Names};
use crate::bed::{Bed, attack, everyday, feed, headline};
use crate::fetch::settings;
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

/// Seen failing where all that are well are three: then it is taken for an outage of our own.
#[tokio::test]
async fn a_name_that_cannot_be_looked_up_costs_its_source_alone() {
    if !apart::is_inside("sources::names::a_name_that_cannot_be_looked_up_costs_its_source_alone", "C1") {
        return;
    }
    let trial = trials::of("C1");
    let names = Names::start();
    let faults = [
        ("servfail", Answer::ServerFails, "its name was not found"),
        ("silent", Answer::Silence, "timed out while connecting"),
        ("nobody", Answer::NoSuchName, "its name was not found"),
        ("circle", Answer::Circle, "its name was not found"),
    ];
    let mut bed = Bed::new().alerting_at_once().asking("connect_timeout = \"3s\"");
    let port = bed.http.port();
    // Enough of them that nobody takes this for a fault of our own network.
    let well = ["well", "well-2", "well-3", "well-4"];
    well.iter().for_each(|id| names.are(&format!("{id}.test"), &["127.0.0.1"]));
    for id in faults.iter().map(|(id, ..)| *id).chain(well) {
        let url = format!("http://{id}.test:{port}/{id}");
        bed = bed.with(&format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n"));
    }
    for (n, (id, answer, _)) in faults.iter().enumerate() {
        names.set(&format!("{id}.test"), answer.clone());
        bed.http.on(&format!("/{id}"), [Reply::feed(feed(&[attack(n)]))]);
    }
    well.iter().for_each(|id| bed.http.on(&format!("/{id}"), [Reply::feed(feed(&[everyday(1)]))]));
    bed.http.on("/well", [Reply::feed(feed(&[attack(10)]))]);
    bed.serve(&[attack(11)]);

    let daemon = bed.daemon();
    let began = Instant::now();
    bed.smtp.until_accepted(2).await;
    // Their polls are spread over half a second; the silent name is waited for longer than that.
    assert!(began.elapsed() < Duration::from_millis(2500), "the others waited: {:?}", began.elapsed());
    while bed.stands("silent")["last_error"].is_null() {
        assert!(began.elapsed() < Duration::from_secs(30));
    }
    let stopping = Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(
        stopping.elapsed() < Duration::from_secs(8),
        "a resolver under way held up the stop: {:?}",
        stopping.elapsed()
    );
    bed.run(&["run", "--once"]);
    for (id, _, why) in &faults {
        let line = bed.stands(id);
        assert_eq!(line["state"], "failing", "{id}: {line}");
        assert!(line["last_error"].as_str().unwrap().contains(why), "{id}: {line}");
        let at = |key: &str| line[key].as_str().unwrap().parse::<Timestamp>().unwrap();
        let wait = at("next_poll").duration_since(Timestamp::now()).as_mins();
        assert!((28..=33).contains(&wait), "{id} failed twice, and is asked again in {wait} minutes");
    }
    for (id, ..) in &faults {
        names.are(&format!("{id}.test"), &["127.0.0.1"]);
    }
    bed.once();
    let mut found = bed.headlines();
    found.sort();
    let mut expected = [10, 11, 0, 1, 2, 3].map(headline);
    expected.sort();
    assert_eq!(found, expected, "each recovered at its next poll");
    assert!(faults.iter().all(|(id, ..)| bed.stands(id)["state"] == "ok"));
    trial.passed(faults.len());
}

/// A host of the open net; in a network apart nothing leads to whoever has these addresses.
const FOUR: &str = "93.184.215.14";
const SIX: &str = "2606:2800:21f:cb07::1";
/// The same, but what is sent there is lost.
const LOST: &str = "2606:2800:21f:cb07::2";
/// No route leads here.
const NOWHERE: &str = "2a00:1450:4001::1";

fn client() -> Client {
    Client::new(&settings()).unwrap()
}

/// Asks once, and says what came of it in words.
async fn ask(client: &Client, url: &str, allow_private: bool) -> Result<(), String> {
    let (url, none, access) = (url.parse().unwrap(), Validators::default(), Access::default());
    let request = Request {
        url: &url,
        home: &url,
        validators: &none,
        allow_private,
        accept: "*/*",
        access: &access,
        robots: false,
    };
    match client.fetch(&request).await {
        Ok(Fetched::Document(_)) => Ok(()),
        Ok(Fetched::Unchanged { .. }) => Err("unchanged".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn with_both_families() -> Names {
    apart::set_up(&[
        &format!("ip address add {FOUR}/32 dev lo"),
        &format!("ip -6 address add {SIX}/128 dev lo nodad"),
        &format!("ip -6 address add {LOST}/128 dev lo nodad"),
    ]);
    Names::start()
}

/// Seen failing with a resolver that hands out IPv6 addresses alone where there are any.
#[tokio::test]
async fn the_family_of_addresses_that_works_is_found_at_once() {
    if !apart::is_inside("sources::names::the_family_of_addresses_that_works_is_found_at_once", "C3") {
        return;
    }
    let trial = trials::of("C3");
    let names = with_both_families();
    apart::drop_packets(&format!("ip6 daddr {LOST}"));
    let (four, six) = (HttpPeer::start_on("0.0.0.0:0"), HttpPeer::start_on("[::]:0"));
    for peer in [&four, &six] {
        peer.on("/feed", [Reply::ok("<rss version='2.0'><channel><title>t</title></channel></rss>")]);
    }
    names.are("six-only.test", &[SIX]);
    names.are("six-lost.test", &[LOST, FOUR]);
    names.are("six-unreachable.test", &[NOWHERE, FOUR]);
    names.are("both.test", &[SIX, FOUR]);
    let mut trials = 0;
    for (name, peer) in
        [("six-only.test", &six), ("six-lost.test", &four), ("six-unreachable.test", &four), ("both.test", &six)]
    {
        let url = format!("http://{name}:{}/feed", peer.port());
        for allow_private in [false, true] {
            // A client of its own, so that no connection is there already.
            let (client, began) = (client(), Instant::now());
            assert_eq!(ask(&client, &url, allow_private).await, Ok(()), "{name} {allow_private}");
            assert!(began.elapsed() < Duration::from_secs(2), "{name} {allow_private}: {:?}", began.elapsed());
            trials += 1;
        }
    }
    trial.passed(trials);
}

/// C6: a host of the open net sends us to what only we can reach, by address and by name. Nobody there hears of it. Seen failing
/// with redirects that are not judged.
#[tokio::test]
async fn a_redirect_from_the_open_net_into_ours_is_refused() {
    if !apart::is_inside("sources::names::a_redirect_from_the_open_net_into_ours_is_refused", "C6") {
        return;
    }
    let trial = trials::of("C6");
    let names = with_both_families();
    let (open, inner) = (HttpPeer::start_on("93.184.215.14:8080"), HttpPeer::start_on("127.0.0.1:8080"));
    names.are("open.test", &[FOUR]);
    names.are("inner.test", &["127.0.0.1"]);
    names.are("half.test", &["127.0.0.1", "::1"]);
    let client = client();
    let mut trials = 0;
    for (status, target) in
        [(301, "127.0.0.1"), (302, "inner.test"), (308, "half.test"), (307, "[::1]"), (302, "[::ffff:127.0.0.1]")]
    {
        open.on("/feed", [Reply::redirect(status, format!("http://{target}:8080/feed"))]);
        let why = ask(&client, "http://open.test:8080/feed", false).await.unwrap_err();
        assert!(why.contains("which is dialled only for a source with allow_private = true"), "{target}: {why}");
        trials += 1;
    }
    assert_eq!((open.all_requests().len(), inner.connections()), (trials, 0));
    trial.passed(trials);
}
