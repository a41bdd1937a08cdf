//! Articles that cannot be read: what is said of them, and that the teasers' alerts do not suffer.

use jiff::{SignedDuration, Timestamp};

use super::{BEFORE, article, page, path, primed, said, teasers};
use crate::bed::{Bed, headline};
use crate::peers::http::Reply;

/// Teasers of attacks up to the `n`-th, which alert by their headlines, before what was there.
fn attacks(bed: &Bed, n: usize) -> Vec<String> {
    let titles: Vec<String> = (0..n).map(headline).collect();
    let listed: Vec<&str> = titles.iter().map(String::as_str).chain([BEFORE]).collect();
    teasers(bed, &listed);
    titles
}

#[test]
fn what_stands_in_an_articles_place_is_told_and_costs_no_alert() {
    let paywall = "<!doctype html><html lang=fr><title>Attaque</title><article><h1>Attaque</h1><p>Cet article est réservé à \
                   nos abonnés. Abonnez-vous pour lire la suite.</p></article></html>";
    let consent = "<!doctype html><html lang=fr><title>Avant de continuer</title><body><p>Avec votre accord, nos partenaires et \
                   nous utilisons des cookies pour stocker et accéder à des informations personnelles.</p>\
                   <button>Tout accepter</button></body></html>";
    let challenge = "<!doctype html><html><title>Just a moment...</title><body><p>Enable JavaScript and cookies to \
                     continue</p></body></html>";
    for (name, reply, begins, part) in [
        ("a paywall", page(paywall), "given up", "for subscribers only"),
        ("a consent wall", page(consent), "given up", "a consent wall stands where the article should be"),
        ("a missing page", Reply::status(404), "given up", "404"),
        ("a refusal", page(challenge).with_status(403), "given up", "403"),
        ("no text", page("<!doctype html><title>x</title><img src=a.jpg>"), "given up", "no running text"),
        ("a challenge", page(challenge), "not read yet; the next attempt is due", ""),
        ("a busy server", Reply::status(503), "not read yet; the next attempt is due", ""),
    ] {
        let bed = primed();
        let title = headline(0);
        bed.http.on(&path(&title), [reply]);
        attacks(&bed, 1);
        bed.once();
        let said = said(&bed, &title);
        assert!(said.starts_with(begins) && said.contains(part), "{name}: {said}");
        assert_eq!(bed.headlines(), [title.as_str()], "{name}");
        bed.once();
        assert_eq!((bed.http.requests(&path(&title)).len(), bed.subjects().len()), (1, 1), "{name}");
        assert_eq!(bed.stands("outlet")["state"], "ok", "{name}: one article says nothing of its source");
    }
}

#[test]
fn five_articles_in_a_row_that_cannot_be_read_degrade_their_source_until_one_can() {
    let bed = primed();
    attacks(&bed, 5);
    bed.once();
    let line = bed.stands("outlet");
    assert_eq!(line["state"], "degraded", "{line}");
    let why = line["evidence"]["what"].as_str().unwrap();
    assert!(why.contains('5') && why.contains("404"), "{why}");
    assert_eq!(bed.subjects().len(), 5);

    bed.http.on(&path(&headline(5)), [article(&headline(5), "Le convoi venait du nord.")]);
    attacks(&bed, 6);
    bed.once();
    let line = bed.stands("outlet");
    assert_eq!(line["state"], "ok", "{line}");
}

/// Tried two minutes, a quarter of an hour and an hour after; then given up, which counts like a refusal.
#[test]
fn a_challenge_is_tried_four_times_and_then_counts_against_its_source() {
    let bed = Bed::new().with("full_text = true");
    let start: Timestamp = "2026-03-05T08:00:00Z".parse().unwrap();
    attacks(&bed, 0);
    bed.once_at(start);
    let titles = attacks(&bed, 5);
    for title in &titles {
        bed.http.on(&path(title), [page("<!doctype html><title>Just a moment...</title><p>Checking your browser</p>")]);
    }
    let asked = || bed.http.requests(&path(&titles[0])).len();
    let mut tried = Vec::new();
    for minute in [15, 16, 18, 30, 34, 90, 95, 200] {
        bed.once_at(start + SignedDuration::from_mins(minute));
        tried.push((minute, asked()));
    }
    assert_eq!(tried, [(15, 1), (16, 1), (18, 2), (30, 2), (34, 3), (90, 3), (95, 4), (200, 4)]);
    let said = said(&bed, &titles[0]);
    assert!(said.starts_with("given up") && said.contains("a challenge page"), "{said}");
    assert_eq!(bed.stands("outlet")["state"], "degraded");
}

#[test]
fn an_article_that_robots_txt_keeps_us_from_is_not_fetched() {
    let bed = primed();
    let title = headline(0);
    bed.http.on("/robots.txt", [Reply::ok("User-agent: *\nDisallow: /a/\n")]);
    bed.http.on(&path(&title), [article(&title, "Le convoi venait du nord.")]);
    attacks(&bed, 1);
    bed.once();
    assert_eq!(bed.http.requests(&path(&title)).len(), 0);
    let said = said(&bed, &title);
    assert!(said.starts_with("given up") && said.contains("robots.txt"), "{said}");
    assert_eq!(bed.headlines(), [title.as_str()]);
}

#[test]
fn what_is_not_wanted_any_more_says_nothing_of_its_source() {
    let bed = Bed::new().with("full_text = true");
    let start: Timestamp = "2026-03-05T08:00:00Z".parse().unwrap();
    let after = |minutes| start + SignedDuration::from_mins(minutes);
    attacks(&bed, 0);
    bed.once_at(start);
    let titles = attacks(&bed, 5);
    titles.iter().for_each(|title| bed.http.on(&path(title), [Reply::status(503)]));
    bed.once_at(after(15));
    let wants = bed.configured();
    bed.rewrite(&wants.replace("full_text = true", ""));
    bed.once_at(after(30));
    let said = said(&bed, &titles[1]);
    assert!(said.contains("its source asks for no full text any more"), "{said}");
    bed.rewrite(&wants);
    attacks(&bed, 6);
    bed.once_at(after(45));
    assert_eq!(bed.stands("outlet")["state"], "ok");
}
