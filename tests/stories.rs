//! Whole runs on stories: many reports of one event are one mail, what is new about it is an update, and however much happens,
//! nobody is flooded and nothing is lost.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::bed::{Bed, attack, entry, everyday, feed};
use crate::peers::http::Reply;
use crate::peers::smtp::{Accepted, Step};

/// One attack in five outlets and three languages, each with its own words.
const REPORTS: [(&str, &str, &str); 5] = [
    ("/feed", "Attaque à Djibo : au moins 40 morts", "Des hommes armés ont attaqué la ville de Djibo dimanche."),
    ("/mali", "Burkina Faso : 40 morts dans une attaque à Djibo", "La localité a été visée par des assaillants."),
    (
        "/wire",
        "At least 40 killed in attack on Djibo, Burkina Faso",
        "Gunmen stormed the town on Sunday, officials said.",
    ),
    ("/post", "Burkina Faso: 40 dead as attackers hit Djibo", "The attack on the town of Djibo lasted for hours."),
    ("/sahra", "مقتل 40 شخصا في هجوم على جيبو في بوركينا فاسو", "قال مسؤولون إن مسلحين هاجموا مدينة جيبو يوم الأحد."),
];

/// A header of a mail, empty where it has none.
fn header(mail: &Accepted, name: &str) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    parsed.header_raw(name).unwrap_or_default().trim().to_owned()
}

fn reasons(bed: &Bed) -> Vec<String> {
    bed.smtp.accepted().iter().map(|mail| header(mail, "X-Sahelwatch-Reason")).collect()
}

/// Five outlets that were watched for long.
fn outlets(pace: &str) -> Bed {
    let mut bed = Bed::new().paced(pace);
    for (path, ..) in &REPORTS[1..] {
        bed = bed.source(&path[1..], "feed", path, "");
    }
    for (n, (path, ..)) in REPORTS.iter().enumerate() {
        bed.http.on(path, [Reply::feed(feed(&[everyday(n)]))]);
    }
    bed.once();
    bed
}

fn publish(bed: &Bed, reports: &[(&str, &str, &str)]) {
    for (path, title, text) in reports {
        bed.http.on(path, [Reply::feed(feed(&[entry(&format!("{path}-{title}"), title, text)]))]);
    }
}

/// Rounds until so many mails came; each takes its time, so that what waits for a second comes soon.
fn rounds_until(bed: &Bed, mails: usize) {
    for _ in 0..200 {
        if bed.smtp.accepted().len() >= mails {
            return;
        }
        bed.run(&["run", "--once"]);
    }
    panic!("only {} mails came: {:?}", bed.smtp.accepted().len(), bed.subjects());
}

#[test]
fn five_outlets_in_three_languages_are_one_mail_and_what_is_new_is_one_update() {
    let bed = outlets("");
    publish(&bed, &REPORTS);
    bed.once();
    assert_eq!(bed.subjects().len(), 1, "{:?}", bed.subjects());
    publish(
        &bed,
        &[("/feed", "Attaque de Djibo : le bilan passe à 55 morts", "Le bilan de l'attaque de Djibo s'alourdit.")],
    );
    bed.once();
    bed.once();
    assert_eq!(bed.subjects().len(), 1, "the first mail is too fresh");

    let bed = bed.paced("[defaults.watch]\ntiming = { update_every = \"1s\" }\n");
    rounds_until(&bed, 2);
    bed.once();
    let mails = bed.smtp.accepted();
    assert_eq!(reasons(&bed), ["new", "update"]);
    assert_eq!(bed.subjects()[1], format!("Re: {}", bed.subjects()[0]));
    assert_eq!(header(&mails[0], "References"), header(&mails[1], "References"));
    assert_ne!(header(&mails[0], "Message-ID"), header(&mails[1], "Message-ID"));
}

#[tokio::test]
async fn the_first_minutes_of_a_story_are_gathered_by_the_daemon() {
    let mut bed = outlets("[defaults.watch]\ntiming = { wait = \"3s\" }\n").alerting_at_once();
    for (n, (path, title, text)) in REPORTS.iter().enumerate() {
        let path = format!("{path}-new");
        bed.http.on(&path, [Reply::feed(feed(&[entry(&format!("new-{n}"), title, text)]))]);
        bed = bed.source(&format!("new-{n}"), "feed", &path, "");
    }
    let daemon = bed.daemon();
    bed.smtp.until_accepted(1).await;
    assert_eq!(daemon.stop(), Some(0));
    bed.once();
    let mails = bed.smtp.accepted();
    assert_eq!((mails.len(), header(&mails[0], "X-Sahelwatch-Source-Count").as_str()), (1, "5"));
}

#[test]
fn what_waited_while_no_mail_could_leave_comes_together() {
    let pace = "[defaults.watch]\ntiming = { wait = \"0s\" }\n[pace]\noutage = \"1s\"\n";
    let bed = outlets(pace);
    bed.smtp.close_at(Step::Greeting).times(40);
    bed.serve(&[attack(0)]);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(2) {
        bed.run(&["run", "--once"]);
    }
    bed.serve(&(1..=5).map(attack).collect::<Vec<_>>());
    bed.run(&["run", "--once"]);
    assert_eq!(bed.status()["mail"]["queued"], 1, "nothing is written that would only lie there");
    rounds_until(&bed, 2);
    bed.once();
    assert_eq!(reasons(&bed), ["new", "outage"]);
    assert_eq!(bed.status()["alerts"]["waiting"], 0);
}

#[test]
fn a_copy_under_another_headline_is_no_mail_and_no_update() {
    let bed = outlets("[defaults.watch]\ntiming = { wait = \"0s\", update_every = \"1s\" }\n");
    let text = (0..120).map(|n| format!("mot{} ", n * 7 % 97)).collect::<String>();
    publish(&bed, &[("/feed", "Attaque à Djibo : au moins 40 morts", &text)]);
    bed.once();
    let framed = format!("Lire aussi nos dossiers de la semaine. {text} Abonnez-vous à notre lettre.");
    publish(&bed, &[("/mali", "AFP : nuit de terreur, une attaque de plus", &framed)]);
    for _ in 0..8 {
        bed.once();
    }
    assert_eq!(reasons(&bed), ["new"]);
}

#[test]
fn a_copy_tells_those_whom_a_mute_kept_from_its_original() {
    let bed = outlets("[defaults.watch]\ntiming = { wait = \"0s\", update_every = \"1s\" }\n");
    let muted = bed.run(&["mute", "source", "outlet", "--for", "1h"]);
    assert_eq!(muted.code, Some(0), "{muted:?}");
    let text = (0..120).map(|n| format!("mot{} ", n * 7 % 97)).collect::<String>();
    publish(&bed, &[("/feed", "Attaque à Djibo : au moins 40 morts", &text)]);
    bed.once();
    assert_eq!(bed.subjects().len(), 0, "its source is muted");
    publish(&bed, &[("/mali", "Attaque à Djibo : au moins 40 morts", &format!("{text} Abonnez-vous à notre lettre."))]);
    bed.once();
    assert_eq!(reasons(&bed), ["new"], "another source prints it");
}

#[test]
fn a_story_goes_on_after_a_restart_and_an_unrelated_event_is_its_own() {
    let bed = outlets("");
    publish(&bed, &REPORTS[..1]);
    bed.once();
    publish(&bed, &[("/wire", "Three killed in ambush near Menaka, Mali", "Soldiers were ambushed on the road.")]);
    publish(&bed, &REPORTS[4..]);
    bed.once();
    assert_eq!(reasons(&bed), ["new"], "the ambush has no word of the watch, and the report in Arabic is too soon");
    publish(
        &bed,
        &[("/mali", "Mali : une attaque fait trois morts à Ménaka", "Des soldats sont tombés dans une embuscade.")],
    );
    bed.once();
    assert_eq!(reasons(&bed), ["new", "new"]);
}

#[test]
fn five_hundred_at_once_are_five_mails_and_one_roundup_with_everything() {
    let bed = outlets("[defaults.watch]\ntiming = { wait = \"0s\" }\n[pace]\nroundup = \"1s\"\n");
    bed.serve(&(0..500).map(attack).collect::<Vec<_>>());
    bed.once();
    rounds_until(&bed, 6);
    bed.once();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    reasons(&bed).into_iter().for_each(|reason| *count.entry(reason).or_default() += 1);
    assert_eq!(count, [("new".to_owned(), 5), ("roundup".to_owned(), 1)].into());
    assert_eq!(bed.status()["alerts"]["waiting"], 0);
}

/// Quiet hours of the default reader that began and end so many hours from now.
fn quiet(from: i64, until: i64) -> String {
    let hour = |hours: i64| {
        let at = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        at.strftime("%H:%M").to_string()
    };
    format!(
        "[defaults.watch]\ntiming = {{ wait = \"0s\" }}\n[[reader]]\nwho = [\"amina@example.org\"]\ntimezone = \"UTC\"\n\
         quiet_hours = {{ from = \"{}\", until = \"{}\", severity_below = \"high\" }}\n\
         [[watch]]\nid = \"kidnaps\"\nseverity = \"low\"\nany = [\"enlèvement\"]\nto = [\"@desk\"]\n",
        hour(from),
        hour(until)
    )
}

#[test]
fn quiet_hours_hold_what_is_not_urgent_and_lose_nothing() {
    let bed = outlets(&quiet(-1, 1));
    bed.serve(&[
        entry("a", "Enlèvement d'un commerçant à Gao", "Il a été enlevé devant sa boutique."),
        entry("b", "Enlèvement d'un enseignant à Dori", "Des inconnus l'ont emmené de nuit."),
        attack(3),
    ]);
    bed.once();
    bed.once();
    assert_eq!(bed.headlines(), [crate::bed::headline(3)]);
    let bed = bed.paced(&quiet(2, 3));
    bed.once();
    bed.once();
    assert_eq!(reasons(&bed), ["new", "held"]);
    assert_eq!(bed.status()["alerts"]["waiting"], 0);
}
