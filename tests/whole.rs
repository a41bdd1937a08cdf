//! Whole runs: the real program, real sockets, a real store. What each promise looks like from outside.

use crate::bed::{Bed, attack, entry, everyday, feed, headline};
use crate::peers::http::Reply;
use crate::peers::smtp::Step;
use crate::trials;

#[test]
fn the_first_poll_primes_and_a_new_item_mails_once() {
    let bed = Bed::new();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0], "primed, not alerted");
    bed.serve(&[attack(2), attack(1), everyday(1), everyday(2)]);
    bed.once();
    bed.once();
    assert_eq!(bed.headlines(), [headline(2)]);
}

#[test]
fn an_unchanged_feed_is_asked_for_with_its_validators_and_answers_304() {
    let bed = Bed::new();
    bed.http.on("/feed", [Reply::feed(feed(&[attack(1)])).header("Last-Modified", "odd but theirs")]);
    bed.once();
    bed.once();
    let seen = bed.http.requests("/feed");
    assert_eq!(seen[0].header("If-None-Match"), None);
    assert!(seen[1].header("If-None-Match").is_some());
    assert_eq!(seen[1].header("If-Modified-Since"), Some(&b"odd but theirs"[..]));
    assert_eq!(seen[1].header("User-Agent").map(|agent| agent.ends_with(b"(+ops@example.org)")), Some(true));
}

#[test]
fn an_article_in_two_sources_is_one_mail() {
    let bed = Bed::new().source("paper", "feed", "/paper", "").source("agency", "feed", "/agency", "");
    for path in ["/feed", "/paper", "/agency"] {
        bed.http.on(path, [Reply::feed(feed(&[everyday(1)]))]);
    }
    bed.once();
    let same_address = entry("theirs-1", &headline(7), "Le bilan numéro 7 est de 10 morts selon des sources locales")
        .replace("https://outlet.example/theirs-1", "http://www.outlet.example/attack-7?utm_source=paper");
    let same_text = entry("theirs-2", &headline(7), "Le bilan numéro 7 est de 10 morts selon des sources locales");
    bed.serve(&[attack(7)]);
    bed.http.on("/paper", [Reply::feed(feed(&[same_address]))]);
    bed.http.on("/agency", [Reply::feed(feed(&[same_text]))]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(7)]);
}

#[test]
fn what_another_source_only_primed_is_news_from_a_source_watched_for_longer() {
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    let bed = bed.source("newcomer", "feed", "/newcomer", "");
    bed.http.on("/newcomer", [Reply::feed(feed(&[attack(3)]))]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0], "the newcomer's first poll primes");
    bed.serve(&[attack(3), everyday(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(3)]);
}

#[test]
fn a_changed_text_alerts_once_and_only_if_it_newly_matches() {
    let bed = Bed::new();
    let story = |text: &str| {
        entry(
            "s",
            "Des tirs entendus près de Kaya cette nuit",
            &format!("Des habitants ont entendu des tirs nourris pendant une heure. {text}"),
        )
    };
    bed.serve(&[story("")]);
    bed.once();
    for text in [
        "La mairie confirme une attaque.",
        "La mairie confirme une attaque : deux morts.",
        "",
        "La mairie confirme une attaque.",
    ] {
        bed.serve(&[story(text)]);
        bed.once();
    }
    assert_eq!(bed.headlines(), ["Des tirs entendus près de Kaya cette nuit"]);
}

#[test]
fn changed_ids_repeat_nothing_and_hide_nothing() {
    let bed = Bed::new();
    let (before, after): (Vec<_>, Vec<_>) =
        (1..9).map(|n| (attack(n), attack(n).replace("<guid>", "<guid>tag:new,"))).unzip();
    bed.serve(&before);
    bed.once();
    bed.serve(&[after, vec![attack(20)]].concat());
    bed.once();
    assert_eq!(bed.headlines(), [headline(20)]);
}

#[test]
fn ten_thousand_entries_that_grow_by_one_are_one_mail() {
    let bed = Bed::new();
    let mut entries: Vec<String> = (0..10_000).map(attack).collect();
    bed.serve(&entries);
    bed.once();
    entries.insert(0, attack(10_000));
    bed.serve(&entries);
    bed.once();
    assert_eq!(bed.headlines(), [headline(10000)]);
}

/// Seen failing with portals not known, or read as empty feeds; and with a failure that forgets validators, or that a source was primed.
#[test]
fn a_page_where_a_feed_should_be_forgets_nothing() {
    let trial = trials::of("C5");
    let bed = Bed::new();
    bed.serve(&[attack(1)]);
    bed.once();
    bed.http.on(
        "/feed",
        [Reply::ok("<!doctype html><title>Portail captif</title><p>attaque").header("Content-Type", "text/html")],
    );
    for _ in 0..3 {
        bed.run(&["run", "--once"]);
    }
    let failing = &bed.status()["failing"][0];
    assert_eq!(failing["failures"], 3);
    assert!(
        failing["last_error"]
            .as_str()
            .unwrap()
            .contains("the login page of a network stands where a feed should be (\"Portail captif\")")
    );
    bed.serve(&[attack(2), attack(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(2)]);
    assert!(
        bed.http.requests("/feed")[1..].iter().all(|seen| seen.header("If-None-Match").is_some()),
        "validators stayed"
    );
    trial.passed(3);
}

/// Seen failing with the validators of a part kept.
#[test]
fn a_feed_that_breaks_off_gives_what_came_before_and_no_validators() {
    let trial = trials::of("C14");
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    let whole = feed(&[attack(1), attack(2), attack(3)]);
    let cut = whole.find("<title>Attaque numéro 3").unwrap();
    bed.http.on("/feed", [Reply::feed(&whole.as_bytes()[..cut])]);
    bed.once();
    bed.serve(&[attack(1), attack(2), attack(3)]);
    bed.once();
    assert_eq!(bed.http.requests("/feed")[2].header("If-None-Match"), None, "a 304 would hide what the break cut off");
    let mut subjects = bed.headlines();
    subjects.sort();
    assert_eq!(subjects, [1, 2, 3].map(headline));
    trial.passed(1);
}

#[test]
fn a_page_source_alerts_on_a_new_headline() {
    let select = "select = { item = \"article\", title = \"h2\", link = \"a@href\", date = \"time@datetime\" }";
    let bed = Bed::new().source("page", "page", "/page", select);
    let page = |titles: &[&str]| {
        let items: String =
            titles.iter().map(|t| format!("<article><h2>{t}</h2><a href='/n/{}'>…</a></article>", t.len())).collect();
        Reply::ok(format!("<!doctype html><html lang=ar><body>{items}"))
            .header("Content-Type", "text/html; charset=utf-8")
    };
    bed.serve(&[everyday(1)]);
    bed.http.on("/page", [page(&["افتتاح السوق"])]);
    bed.once();
    bed.http.on("/page", [page(&["هجوم مسلح قرب جيبو", "افتتاح السوق"])]);
    bed.once();
    assert_eq!(bed.headlines(), ["هجوم مسلح قرب جيبو"]);
}

#[test]
fn mail_that_is_put_off_is_sent_later_and_once() {
    let steps = [
        (Step::Greeting, "421 4.3.2 too many connections"),
        (Step::Mail, "451 4.3.0 try again later"),
        (Step::Rcpt, "450 4.7.1 greylisted"),
        (Step::Data, "452 4.3.1 out of space"),
        (Step::Dot, "451 4.3.0 not now"),
    ];
    for (step, answer) in steps {
        let bed = Bed::new().alerting_at_once();
        bed.serve(&[attack(1)]);
        bed.smtp.reply(step, answer).once();
        let ended = bed.run(&["run", "--once"]);
        assert_eq!((ended.code, bed.subjects().len()), (Some(1), 0), "{step:?}: {ended:?}");
        let mail = &bed.status()["mail"];
        assert_eq!(mail["queued"], 1, "{step:?}");
        assert!(mail["last_error"].as_str().unwrap().contains(&answer[..3]), "{step:?}: {mail}");
        bed.once();
        bed.once();
        assert_eq!(bed.subjects().len(), 1, "{step:?}");
    }
}

#[test]
fn a_recipient_that_is_refused_holds_up_nobody() {
    let bed = Bed::new().alerting_at_once().to(&["gone@example.org", "amina@example.org"]);
    bed.serve(&[attack(1)]);
    bed.smtp.reply(Step::Rcpt, "550 5.1.1 no such user").to("gone@example.org");
    bed.run(&["run", "--once"]);
    bed.run(&["run", "--once"]);
    let accepted = bed.smtp.accepted();
    assert_eq!(accepted.iter().flat_map(|mail| &mail.to).collect::<Vec<_>>(), ["amina@example.org"]);
    let status = bed.status();
    assert_eq!((&status["mail"]["queued"], &status["mail"]["lost_today"]), (&0.into(), &1.into()));
}

#[test]
fn a_server_that_is_down_keeps_the_mail_waiting() {
    let bed = Bed::new().alerting_at_once();
    bed.serve(&[attack(1), attack(2)]);
    bed.smtp.close_at(Step::Greeting).times(1);
    assert_eq!(bed.run(&["run", "--once"]).code, Some(1));
    bed.once();
    assert_eq!(bed.subjects().len(), 2);
}

#[test]
fn a_mail_whose_outcome_is_unknown_is_repeated_once_byte_for_byte() {
    let bed = Bed::new().alerting_at_once();
    bed.serve(&[attack(1)]);
    bed.smtp.close_at(Step::Accepted).once();
    bed.run(&["run", "--once"]);
    bed.once();
    bed.once();
    let accepted = bed.smtp.accepted();
    assert_eq!(accepted.len(), 2);
    assert_eq!(accepted[0].message, accepted[1].message);
}

#[test]
fn nothing_in_a_feed_can_add_a_header_or_an_element() {
    let bed = Bed::new().alerting_at_once();
    let title =
        "Attaque&#13;&#10;Bcc: spy@example.org &#8238;&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;img src=x&amp;gt;";
    bed.serve(&[entry("x", title, "&lt;a href='javascript:alert(1)'&gt;x&lt;/a&gt;")]);
    bed.once();
    let mail = &bed.smtp.accepted()[0];
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    assert!(parsed.bcc().is_none());
    let (subject, html) = (parsed.subject().unwrap(), parsed.body_html(0).unwrap());
    assert!(!subject.contains(['\r', '\n', '\u{202E}']), "{subject:?}");
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("javascript:"), "{html}");
}

#[test]
fn retry_after_is_obeyed_over_a_restart() {
    let trial = trials::of("C8");
    let bed = Bed::new();
    bed.http.on("/feed", [Reply::status(429).header("Retry-After", "3600"), Reply::feed(feed(&[attack(1)]))]);
    bed.run(&["run", "--once"]);
    bed.run(&["run", "--once"]);
    assert_eq!(bed.http.requests("/feed").len(), 1, "seen failing with the wish not kept");
    trial.passed(1);
}

#[test]
fn a_dry_run_writes_mail_and_remembers_nothing() {
    let bed = Bed::new();
    bed.serve(&[attack(1), everyday(1)]);
    let out = bed.folder().join("dry");
    let ended = bed.run(&["run", "--dry-run", "--out", out.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let names: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".eml")).count(), 1, "{names:?}");
    assert_eq!((names.len(), bed.subjects().len()), (1, 0));
    bed.once();
    assert_eq!(bed.status()["items"], 2, "the real run starts from nothing");
}

#[test]
fn a_source_that_is_gone_is_polled_more_slowly_and_alerts_when_it_is_back() {
    let bed = Bed::new();
    bed.serve(&[attack(1)]);
    bed.once();
    bed.http.on("/feed", [Reply::status(404)]);
    for _ in 0..6 {
        bed.run(&["run", "--once"]);
    }
    let failing = &bed.status()["failing"][0];
    assert_eq!(failing["failures"], 6);
    assert!(failing["last_error"].as_str().unwrap().contains("404"), "{failing}");
    bed.serve(&[attack(2), attack(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(2)]);
}

#[test]
fn private_addresses_are_refused_unless_the_source_allows_them() {
    let bed = Bed::new();
    bed.rewrite(&bed.configured().replace("allow_private = true", ""));
    bed.serve(&[attack(1)]);
    bed.run(&["run", "--once"]);
    assert_eq!(bed.http.connections(), 0);
    let status = bed.status();
    assert!(status["failing"][0]["last_error"].as_str().unwrap().contains("allow_private"), "{status}");
}

/// Overwrites a piece of the engine's file, as a failing disk would.
fn spoil(bed: &Bed) {
    let path = bed.folder().join("state/store/engine/db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[..middle].iter_mut().step_by(61).for_each(|byte| *byte ^= 0x10);
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn a_damaged_store_is_set_aside_loudly_and_polling_goes_on() {
    let bed = Bed::new();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    spoil(&bed);
    let ended = bed.once();
    assert!(ended.stderr.contains("the store was damaged and set aside"), "{ended:?}");
    let ended = bed.run(&["status"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("DAMAGED") && ended.stdout.contains("state/store.damaged-"), "{ended:?}");
    bed.serve(&[attack(2), attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(2)]);
    let aside = bed.status()["set_aside"][0].as_str().unwrap().to_owned();
    std::fs::remove_dir_all(aside).unwrap();
    assert_eq!(bed.run(&["status"]).code, Some(0), "told until somebody has looked after it");
}

#[test]
fn a_store_of_a_newer_version_is_refused_with_both_versions_named() {
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    let format = bed.folder().join("state/store/format");
    std::fs::write(&format, "sahelwatch store 9\n").unwrap();
    for arguments in [&["run", "--once"][..], &["run"], &["status"]] {
        let ended = bed.run(arguments);
        assert_eq!(ended.code, Some(74), "{ended:?}");
        assert!(ended.stderr.contains("it has format 9, this version knows formats up to 5"), "{ended:?}");
    }
    // What the version before wrote is read, and kept from it from then on.
    std::fs::write(&format, "sahelwatch store 1\n").unwrap();
    bed.once();
    assert_eq!(bed.status()["items"], 1);
    assert_eq!(std::fs::read_to_string(&format).unwrap(), "sahelwatch store 5\n");
}

#[test]
fn a_page_is_primed_by_the_first_poll_that_shows_it_and_not_by_its_challenge() {
    let bed = Bed::new().source("paper", "page", "/news", "select = { item = \"h3\", title = \"a\" }\n");
    bed.serve(&[everyday(1)]);
    let page = |numbers: &[usize]| {
        let item = |n: &usize| format!("<h3><a href='/attack-{n}'>{}</a></h3>", headline(*n));
        let items: String = numbers.iter().map(item).collect();
        Reply::ok(format!("<!doctype html><title>Une</title>{items}")).header("Content-Type", "text/html")
    };
    let challenge = "<!doctype html><title>Just a moment...</title><p>Checking your browser";
    bed.http.on("/news", [Reply::ok(challenge).header("Content-Type", "text/html")]);
    bed.once();
    bed.http.on("/news", [page(&[2, 1])]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0], "primed, not alerted");
    bed.http.on("/news", [page(&[3, 2, 1])]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(3)]);
}

#[test]
fn an_article_is_read_for_the_source_that_asks_although_another_was_first() {
    let bed = Bed::new().source("paper", "feed", "/paper", "full_text = true\n");
    let (title, link) = ("Point de presse du gouverneur à Djibo", bed.http.url("/article"));
    let item = format!("<item><guid>1</guid><link>{link}</link><title>{title}</title></item>");
    bed.serve(&[everyday(1)]);
    bed.http.on("/paper", [Reply::feed(feed(&[everyday(1)]))]);
    bed.once();
    let paragraph =
        "<p>Une attaque contre un convoi a fait douze morts lundi, selon trois habitants joints par téléphone.</p>";
    let page = format!(
        "<!doctype html><html lang=fr><title>{title}</title><article><h1>{title}</h1>{}</article>",
        paragraph.repeat(3)
    );
    bed.http.on("/article", [Reply::ok(page).header("Content-Type", "text/html")]);
    bed.serve(std::slice::from_ref(&item));
    bed.once();
    assert_eq!((bed.headlines(), bed.http.requests("/article").len()), (vec![], 0), "its source asks for no article");
    bed.http.on("/paper", [Reply::feed(feed(&[item]))]);
    bed.once();
    bed.once();
    assert_eq!((bed.headlines(), bed.http.requests("/article").len()), (vec![title.to_owned()], 1));
}
