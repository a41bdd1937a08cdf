//! The desk as a person at a terminal sees it: `stories`, `story`, `mute` and `mail preview`, on a store at rest and beside a
//! running daemon, which must say the same.

use serde_json::Value;

use crate::bed::{Bed, Ended, attack, entry, everyday, feed};
use crate::peers::http::Reply;

/// Everything at once, but a second mail on a story after an hour.
const PACE: &str = "[defaults.watch]\ntiming = { wait = \"0s\", update_every = \"1h\" }\n";

/// Two outlets that were watched for long.
fn watched(pace: &str) -> Bed {
    let bed = Bed::new().paced(pace).source("wire", "feed", "/wire", "lang = \"en\"\n");
    bed.serve(&[everyday(1)]);
    bed.http.on("/wire", [Reply::feed(feed(&[entry("ferry", "Ferry service resumes", "Boats sail again at noon.")]))]);
    bed.once();
    bed
}

/// One attack in two outlets and languages, and another one far away. Two mails are sent; the second report of the first waits.
fn lived(pace: &str) -> Bed {
    let bed = watched(pace);
    bed.serve(&[
        entry("djibo", "Attaque à Djibo : au moins 40 morts", "Des hommes armés ont attaqué la ville dimanche."),
        entry("menaka", "Mali : une attaque fait trois morts à Ménaka", "Des soldats ont été visés à Ménaka."),
    ]);
    bed.once();
    let wired = entry("djibo-en", "At least 55 killed in attack on Djibo, Burkina Faso", "Gunmen stormed the town.");
    bed.http.on("/wire", [Reply::feed(feed(&[wired]))]);
    bed.once();
    bed
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// Runs a command that changes nothing on the store at rest and beside a daemon; both must say the same.
#[track_caller]
fn both(bed: &Bed, arguments: &[&str], code: i32) -> Ended {
    let at_rest = bed.run(arguments);
    assert_eq!(at_rest.code, Some(code), "{at_rest:?}");
    let daemon = bed.daemon();
    let beside = bed.run(arguments);
    assert_eq!(daemon.stop(), Some(0));
    let timeless = |ended: &Ended| {
        let lines = ended.stdout.lines().chain(ended.stderr.lines());
        lines.filter(|line| !line.contains("since")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!((beside.code, timeless(&beside)), (at_rest.code, timeless(&at_rest)), "{beside:?}");
    beside
}

#[track_caller]
fn holds(ended: &Ended, parts: &[&str]) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    for part in parts {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}

/// The number of the item with this address.
fn item(bed: &Bed, key: &str) -> String {
    let life = json(&bed.run(&["explain", &format!("https://outlet.example/{key}"), "--json"]));
    life["id"].as_str().unwrap().to_owned()
}

/// The story that the item with this address is in.
fn story_of(bed: &Bed, key: &str) -> String {
    json(&bed.run(&["explain", &item(bed, key), "--json"]))["story"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn stories_are_listed_and_can_be_narrowed() {
    let bed = lived(PACE);
    let all = both(&bed, &["stories"], 0);
    holds(
        &all,
        &[
            "Attaque à Djibo : au moins 40 morts\n  ",
            " · Djibo, BF · 2 items, 2 sources · ",
            "40–55 killed",
            "· mailed ",
            "4 stories",
        ],
    );
    holds(&both(&bed, &["stories", "--country", "ml"], 0), &["Ménaka, ML", "1 story with"]);
    holds(&both(&bed, &["stories", "--source", "wire", "--watch", "attacks"], 0), &["Djibo", "1 story with"]);
    holds(&both(&bed, &["stories", "--mailed", "--limit", "1"], 0), &["there are more since", "--limit"]);
    holds(&both(&bed, &["stories", "--country", "TD"], 1), &["no story with a report first seen since"]);
    holds(&both(&bed, &["stories", "--watch", "atacks"], 2), &["did you mean `attacks`?"]);
    holds(&both(&bed, &["stories", "--source", "outlett"], 2), &["did you mean `outlet`?"]);
    holds(&both(&bed, &["stories", "--country", "Mali"], 2), &["write two letters"]);
    let document = json(&both(&bed, &["stories", "--mailed", "--json"], 0));
    assert_eq!((&document["schema"], &document["more"]), (&1.into(), &false.into()));
    let djibo = document["stories"].as_array().unwrap().iter().find(|story| story["items"] == 2).unwrap();
    assert_eq!(djibo["tolls"], serde_json::json!([{ "kind": "killed", "min": 40, "max": 55 }]));
    assert_eq!((&djibo["watches"], &djibo["mails"]), (&serde_json::json!(["attacks"]), &1.into()));
}

#[test]
fn a_story_is_shown_with_all_that_is_known_of_it() {
    let bed = lived(PACE);
    let story = story_of(&bed, "djibo");
    let shown = both(&bed, &["stories", "show", &item(&bed, "djibo-en")], 0);
    holds(
        &shown,
        &[
            &format!("story      {story}\n"),
            "places     Djibo, ",
            "reported   2 items, 2 independent sources, in ",
            "figures    40–55 killed, as reported, not verified",
            "https://outlet.example/djibo-en",
            "joined: the same place and type of event (0.",
            "opened the story",
            "killed     outlet  ‘au moins 40 morts’",
            "wire    ‘At least 55 killed’",
            "mail to amina@example.org: the first on its story",
            "amina@example.org\n    attacks: told ",
            "the last mail on its story is too fresh",
        ],
    );
    let document = json(&both(&bed, &["stories", "show", &item(&bed, "djibo-en")[..15], "--json"], 0));
    assert_eq!((&document["schema"], &document["story"]["id"]), (&1.into(), &story.as_str().into()));
    assert_eq!(document["items"][1]["joined"]["rule"], "place-and-event");
    assert_eq!(document["readers"][0]["state"], "told");
    let several = both(&bed, &["stories", "show", &story[..6]], 2);
    holds(&several, &["error: several stories begin with", &story, "Le marché numéro 1 rouvre"]);
    holds(&both(&bed, &["stories", "show", "0000000000000001"], 1), &["no item 0000000000000001 is stored"]);
    holds(&both(&bed, &["stories", "show", "attacks"], 2), &["`attacks` names no story or item"]);
}

#[test]
fn two_stories_become_one_for_good_and_later_items_follow() {
    let bed = watched(PACE);
    bed.serve(&[entry("djibo", "Attaque à Djibo : au moins 40 morts", "Des hommes armés ont attaqué la ville.")]);
    bed.once();
    bed.serve(&[entry(
        "aribinda",
        "Burkina : un convoi visé par une attaque près d'Aribinda",
        "Des civils sont morts.",
    )]);
    bed.once();
    let (djibo, aribinda) = (story_of(&bed, "djibo"), story_of(&bed, "aribinda"));
    assert_ne!(djibo, aribinda);
    let daemon = bed.daemon();
    let merged = bed.run(&["story", "merge", &aribinda, &djibo]);
    assert_eq!(merged.code, Some(0), "{merged:?}");
    holds(&merged, &[&format!("{aribinda} is part of the story {djibo} now, which has 2 items"), "story split"]);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(story_of(&bed, "aribinda"), djibo, "remembered over a restart");
    let wired =
        entry("aribinda-en", "Attack on convoy near Aribinda, Burkina Faso, leaves dead", "The attack was deadly.");
    bed.http.on("/wire", [Reply::feed(feed(&[wired]))]);
    bed.once();
    assert_eq!(story_of(&bed, "aribinda-en"), djibo, "later items follow");
    holds(&bed.run(&["explain", &aribinda]), &["a person said so", &djibo]);
    holds(&both(&bed, &["story", "merge", &aribinda, &djibo], 2), &["both are of the story"]);
}

#[test]
fn an_item_becomes_a_story_of_its_own_and_what_it_reports_is_told() {
    let bed = lived(PACE);
    let (djibo, wired) = (item(&bed, "djibo"), item(&bed, "djibo-en"));
    assert_eq!(bed.subjects().len(), 2);
    let split = bed.run(&["story", "split", &wired, "--json"]);
    let document = json(&split);
    let opened = document["story"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&document["schema"], &document["story"]["items"], &document["from"]["items"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_ne!(story_of(&bed, "djibo"), story_of(&bed, "djibo-en"));
    holds(&bed.run(&["explain", &wired]), &["story      its own", "a person said so"]);
    let daemon = bed.daemon();
    holds(&bed.run(&["story", "split", &opened]), &["is the only item of its story"]);
    let merged = bed.run(&["story", "merge", &opened, &djibo]);
    assert_eq!(merged.code, Some(0), "{merged:?}");
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(story_of(&bed, "djibo-en"), story_of(&bed, "djibo"));
}

#[test]
fn what_had_nothing_new_to_say_of_a_wrong_story_is_told_once_it_stands_alone() {
    let bed = watched("[defaults.watch]\ntiming = { wait = \"0s\", update_every = \"1s\" }\nupdates = [\"toll\"]\n");
    bed.serve(&[entry("djibo", "Attaque à Djibo : 40 morts", "Des hommes armés ont attaqué la ville de Djibo.")]);
    bed.once();
    let second = entry("djibo-2", "At least 20 killed in attack on Djibo, Burkina Faso", "Gunmen stormed the town.");
    bed.http.on("/wire", [Reply::feed(feed(&[second]))]);
    bed.once();
    assert_eq!(story_of(&bed, "djibo"), story_of(&bed, "djibo-2"));
    for _ in 0..3 {
        bed.once();
    }
    assert_eq!(bed.subjects().len(), 1);
    let split = bed.run(&["story", "split", &item(&bed, "djibo-2")]);
    holds(&split, &["1 alert not told before"]);
    bed.once();
    assert_eq!(bed.subjects().len(), 2, "{:?}", bed.run(&["explain", &item(&bed, "djibo-2")]));
    bed.once();
    assert_eq!(bed.subjects().len(), 2);
}

#[test]
fn a_mute_hides_and_says_so_until_it_ends() {
    let bed = watched(PACE);
    let quiet = bed.run(&["mute", "watch", "attacks", "--for", "12h", "--for-recipient", "Amina@example.org", "-q"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (Some(0), "m1\n"));
    holds(&quiet, &["warning: this hides alerts of high severity: attacks"]);
    bed.serve(&[attack(1)]);
    bed.once();
    assert_eq!(bed.subjects(), Vec::<String>::new());
    holds(
        &both(&bed, &["explain", &item(&bed, "attack-1")], 0),
        &["not told ", "hidden by the mute m1", "for amina@example.org"],
    );
    holds(&both(&bed, &["mute", "list"], 0), &["m1  watch attacks · for amina@example.org · until ", "hid 1 alert"]);
    assert_eq!(bed.status()["alerts"]["mutes"][0]["hidden"], 1);
    let daemon = bed.daemon();
    holds(&bed.run(&["mute", "rm", "m1"]), &["m1 is over: watch attacks · hid 1 alert"]);
    holds(&bed.run(&["mute", "list"]), &["nothing is muted"]);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(json(&both(&bed, &["mute", "list", "--all", "--json"], 0))["mutes"][0]["in_force"], false);
    bed.serve(&[attack(2)]);
    bed.once();
    assert_eq!(bed.subjects().len(), 1);
}

#[test]
fn a_mute_is_previewed_in_the_form_that_mails_print() {
    let bed = lived(PACE);
    let story = story_of(&bed, "djibo");
    let muted = bed.run(&["mute", "story", &story, "--for", "7d"]);
    assert_eq!(muted.code, Some(0), "{muted:?}");
    holds(
        &muted,
        &[
            &format!("m1  story {story} (Attaque à Djibo"),
            "for everybody · until ",
            "take it back: sahelwatch mute rm m1",
        ],
    );
    holds(&muted, &["it would have hidden 2 alerts of the last 30 days"]);
    let again = json(&bed.run(&["mute", "source", "wire", "--for", "ever", "--reason", "copies", "--json"]));
    assert_eq!((&again["mute"]["until"], &again["would_have_hidden"]), (&Value::Null, &1.into()));
    holds(&bed.run(&["stories"]), &["muted (m1)"]);
    for (arguments, told) in [
        (&["mute", "watch", "atacks"][..], "did you mean `attacks`?"),
        (&["mute", "source", "outlett"], "did you mean `outlet`?"),
        (&["mute", "story", "nonsense"], "names no story or item"),
        (&["mute", "watch", "attacks", "--for-recipient", "amin@example.org"], "did you mean `amina@example.org`?"),
        (&["mute", "watch", "attacks", "--for", "0s"], "above zero"),
    ] {
        let ended = bed.run(arguments);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        holds(&ended, &[told]);
    }
    holds(&both(&bed, &["mute", "rm", "m9"], 1), &["there is no mute m9"]);
}

/// The text part of the mail whose subject holds a word.
fn text_on(bed: &Bed, word: &str) -> String {
    let mails = bed.smtp.accepted();
    let mail = mails.iter().find(|mail| crate::bed::subject(mail).contains(word)).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    mail.body_text(0).unwrap().replace("\r\n", "\n")
}

/// Without the line that says when it was written.
fn timeless(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.contains("written") && !line.contains("after publication")).collect()
}

#[test]
fn a_preview_is_the_mail_that_comes_and_changes_nothing() {
    let bed = lived(PACE);
    let (djibo, menaka) = (story_of(&bed, "djibo"), story_of(&bed, "menaka"));
    let previewed = both(&bed, &["mail", "preview", &menaka], 0);
    holds(&previewed, &["Ménaka", "to amina@example.org · new · ", "; not sent"]);
    assert_eq!(timeless(&previewed.stdout), timeless(&text_on(&bed, "Ménaka")));
    let update = both(&bed, &["mail", "preview", &djibo, "--update", "--to", "Amina@example.org"], 0);
    holds(&update, &["55", "· update · Re: [HIGH] "]);
    let file = bed.folder().join("alert.eml");
    let path = file.to_str().unwrap();
    holds(&bed.run(&["mail", "preview", &djibo, "--format", "eml", "--out", path]), &["written to "]);
    assert!(std::fs::read_to_string(&file).unwrap().contains("X-Sahelwatch-Reason: new\r\n"));
    assert!(bed.run(&["mail", "preview", &djibo, "--format", "html"]).stdout.contains("<html"));
    holds(
        &both(&bed, &["mail", "preview", &menaka, "--update"], 1),
        &["no update would be sent: the story has one item"],
    );
    holds(&both(&bed, &["mail", "preview", &item(&bed, "day-1")], 1), &["nobody would be mailed: no watch alerted"]);
    holds(
        &both(&bed, &["mail", "preview", &djibo, "--to", "jb@example.org"], 2),
        &["there is no reader `jb@example.org`"],
    );
    holds(&both(&bed, &["mail", "preview", "morning"], 2), &["no digest is configured"]);
    assert_eq!(bed.subjects().len(), 2, "nothing was sent");
}

#[test]
fn a_digest_is_previewed_with_what_waits_for_it() {
    let digest = "[defaults.watch]\ndeliver = \"digest\"\n[[digest]]\nid = \"morning\"\nschedule = { at = [\"07:00\"] }\n\
                  to = [\"amina@example.org\"]\nwatches = [\"attacks\"]\n";
    let bed = watched(digest);
    holds(&both(&bed, &["mail", "preview", "morning"], 1), &["has nothing to tell amina@example.org now"]);
    bed.serve(&[entry("menaka", "Mali : une attaque fait trois morts à Ménaka", "Des soldats ont été visés.")]);
    bed.once();
    let previewed = bed.run(&["mail", "preview", "morning"]);
    holds(&previewed, &["Ménaka", "· digest · ", "; not sent"]);
    let status = bed.status();
    assert_eq!((&status["alerts"]["waiting"], &status["alerts"]["next_digest"]["waiting"]), (&1.into(), &1.into()));
    holds(&bed.run(&["status"]), &["1 · the time of its digest", "digest   morning in "]);
    holds(&bed.run(&["explain", &item(&bed, "menaka")]), &["waits until ", "for the digest morning"]);
    holds(&bed.run(&["mail", "preview", "mornin"]), &["did you mean `morning`?"]);
    assert_eq!(bed.subjects(), Vec::<String>::new());
}
