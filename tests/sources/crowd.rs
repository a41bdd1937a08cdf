//! Many sources at once: broken ones among them (C2), all of them due together, and a program that is started again and again (C17).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::apart;
use crate::bed::{Bed, attack, everyday, feed};
use crate::peers::http::{HttpPeer, Reply, Seen};
use crate::peers::smtp::SmtpPeer;
use crate::trials;

/// A bed whose server is reached at every loopback address, so that sources can be at hosts of their own.
fn spread_out() -> Bed {
    let bed = Bed::with_peers(SmtpPeer::start(), HttpPeer::start_on("0.0.0.0:0")).alerting_at_once();
    bed.serve(&[everyday(1)]);
    bed
}

/// A source on a host by its address.
fn at(bed: Bed, id: &str, host: &str) -> Bed {
    let url = format!("http://{host}:{}/{id}", bed.http.port());
    bed.with(&format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n"))
}

/// The timeouts are shorter than the usual ones: 5 s for a document in place of 30. Seen failing with one queue for all hosts.
#[tokio::test]
async fn twenty_broken_hosts_hold_up_none_of_the_eighty_others() {
    if !apart::is_inside("sources::crowd::twenty_broken_hosts_hold_up_none_of_the_eighty_others", "C2") {
        return;
    }
    let trial = trials::of("C2");
    apart::drop_packets("ip daddr 127.0.9.0/24");
    let mut bed = spread_out().asking("timeout = \"5s\", connect_timeout = \"5s\", read_timeout = \"4s\"");
    let whole = || Reply::feed(feed(&[attack(90), attack(91)]));
    let half = whole().head_len() + 100;
    let mut broken = Vec::new();
    for n in 1..=5 {
        for (kind, host, reply) in [
            ("dropped", 9, whole()),
            ("reset", 3, whole().reset_after(half)),
            ("trickling", 4, whole().dribble_after(half, Duration::from_secs(1))),
        ] {
            let id = format!("{kind}-{n}");
            bed.http.on(&format!("/{id}"), [reply]);
            bed = at(bed, &id, &format!("127.0.{host}.{n}"));
            broken.push(id);
        }
        // Nobody listens at this port.
        let id = format!("refused-{n}");
        bed = bed.with(&format!(
            "[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"http://127.0.8.{n}:9/\"\nallow_private = true\n"
        ));
        broken.push(id);
    }
    for n in 0..80 {
        bed.http.on(&format!("/well-{n}"), [Reply::feed(feed(&[attack(n)]))]);
        bed = at(bed, &format!("well-{n}"), &format!("127.0.1.{}", n + 1));
    }
    let daemon = bed.daemon();
    let began = Instant::now();
    bed.smtp.until_accepted(80).await;
    let took = began.elapsed();
    // A tenth of a second each is what first polls are spread over; then the bound of one document, and the time 80 mails take here.
    assert!(took < Duration::from_secs(10 + 5 + 20), "{took:?}");
    let asked =
        bed.http.all_requests().into_iter().filter(|seen| seen.path().starts_with("/well")).map(|seen| seen.at - began);
    let last = asked.max().unwrap();
    assert!(last < Duration::from_secs(10 + 4), "the last of them was asked after {last:?}");
    let failing = loop {
        let status = bed.status();
        let failing: Vec<String> =
            status["failing"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect();
        if failing.len() == broken.len() {
            break failing;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{failing:?}");
    };
    assert!(broken.iter().all(|id| failing.contains(id)), "{failing:?}");
    assert_eq!(daemon.stop(), Some(0));
    trial.passed(100);
}

fn host_of(seen: &Seen) -> String {
    String::from_utf8_lossy(seen.header("Host").unwrap_or_default()).into_owned()
}

/// Requests at one host under way now, and the most there were.
type UnderWay = Arc<Mutex<HashMap<String, (usize, usize)>>>;

/// Seen failing with any number at a host, with no second between two, and with nothing spread at a start.
#[test]
fn sources_that_are_due_together_take_turns_at_their_hosts() {
    if !apart::is_inside("sources::crowd::sources_that_are_due_together_take_turns_at_their_hosts", "C17") {
        return;
    }
    let trial = trials::of("C17");
    let sources = trials::count(100, 500);
    let mut bed = spread_out();
    let under_way = UnderWay::default();
    for n in 0..sources {
        let path = format!("/s-{n}");
        // Slow enough that a third would come before the first is done.
        let reply = Reply::feed(feed(&[everyday(n)]));
        let all_but_five = reply.head_len() + feed(&[everyday(n)]).len() - 5;
        bed.http.on(&path, [reply.dribble_after(all_but_five, Duration::from_millis(500))]);
        let counted = under_way.clone();
        bed.http.on_hit(&path, move |seen| {
            let mut counted = counted.lock().unwrap();
            let (now, most) = counted.entry(host_of(seen)).or_default();
            *now += 1;
            *most = (*now).max(*most);
        });
        let counted = under_way.clone();
        bed.http.on_answered(&path, move |seen| {
            counted.lock().unwrap().entry(host_of(seen)).or_default().0 -= 1;
        });
        bed = at(bed, &format!("s-{n}"), &format!("127.0.1.{}", n / 4 + 1));
    }
    bed.rewrite(&bed.configured().replace("per_host_delay = \"0s\"", "per_host_delay = \"1s\", concurrency = 256"));
    let began = Instant::now();
    let daemon = bed.daemon();
    let started = Instant::now();
    while bed.http.all_requests().len() < sources + 1 {
        assert!(began.elapsed() < Duration::from_secs(180), "{}", bed.http.all_requests().len());
        std::thread::yield_now();
    }
    assert_eq!(daemon.stop(), Some(0));
    let mut starts: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
    let requests = bed.http.all_requests();
    requests.iter().for_each(|seen| starts.entry(host_of(seen)).or_default().push(seen.at));
    for (host, starts) in &starts {
        let most = under_way.lock().unwrap().get(host).map_or(0, |(_, most)| *most);
        assert!(most <= 2, "{host}: {most} at once");
        for pair in starts.windows(2) {
            // The first may be late on its way to the server: by 28 ms on a machine with seven times as much to do as it could.
            assert!(pair[1] - pair[0] >= Duration::from_millis(900), "{host}: {:?}", pair[1] - pair[0]);
        }
    }
    assert_eq!(requests.len(), sources + 1, "one request each");
    // Jitter: each quarter of the time in which they are spread has a quarter of them, give or take a fifth: five times as much as
    // chance would (a binomial share of a hundred strays by 4.3). What comes later waited for its host.
    let spread = Duration::from_millis(100 * sources as u64).min(Duration::from_secs(60));
    let quarter = |at: &Instant| (at.saturating_duration_since(started).as_millis() * 4 / spread.as_millis()).min(3);
    let quarters: Vec<u128> = starts.values().flatten().map(quarter).collect();
    for which in 0..4 {
        let share = quarters.iter().filter(|quarter| **quarter == which).count();
        assert!(share.abs_diff(quarters.len() / 4) <= sources / 5 + 2, "{share} in quarter {which} of {quarters:?}");
    }
    trial.passed(sources);
}

/// Seen failing with polls abandoned at a stop, and with what was planned forgotten at a start.
#[test]
fn a_program_started_again_and_again_asks_each_source_once() {
    if !apart::is_inside("sources::crowd::a_program_started_again_and_again_asks_each_source_once", "C17") {
        return;
    }
    let trial = trials::of("C17");
    let restarts = trials::count(8, 20);
    let sources = 100;
    let mut bed = spread_out();
    for n in 0..sources {
        // Slow enough that some are under way at each stop.
        let (reply, length) = (Reply::feed(feed(&[everyday(n)])), feed(&[everyday(n)]).len());
        let all_but_five = reply.head_len() + length - 5;
        bed.http.on(&format!("/s-{n}"), [reply.dribble_after(all_but_five, Duration::from_millis(100))]);
        bed = at(bed, &format!("s-{n}"), &format!("127.0.1.{}", n + 1));
    }
    let wait_for = |requests: usize| {
        let began = Instant::now();
        while bed.http.all_requests().len() < requests {
            assert!(began.elapsed() < Duration::from_secs(60), "{requests}");
            std::thread::yield_now();
        }
    };
    for restart in 1..=restarts {
        let daemon = bed.daemon();
        wait_for((sources + 1) * restart / restarts);
        assert_eq!(daemon.stop(), Some(0));
    }
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    bed.http.all_requests().iter().for_each(|seen| *asked.entry(seen.path().to_owned()).or_default() += 1);
    let again: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert_eq!((again.len(), asked.len()), (0, sources + 1), "{again:?}");
    trial.passed(restarts);
}
