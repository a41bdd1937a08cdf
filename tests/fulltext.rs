//! Sources with full text in whole runs: a feed of teasers, the articles behind them, and what readers get of both. How a page
//! is read is tested in `extract::article`.

mod asking;
mod unread;

use serde_json::Value;

use crate::bed::Bed;
use crate::peers::http::{HttpPeer, Reply};

/// What no teaser says and the watch looks for.
const ATTACK: &str =
    "Une attaque contre un convoi a fait douze morts lundi, selon trois habitants joints par téléphone.";

/// The headline of what is there before anything is news.
const BEFORE: &str = "Un premier article de la veille";

/// A bed whose feed shows teasers, the articles of which are wanted, and which showed one already.
fn primed() -> Bed {
    let bed = Bed::new().with("full_text = true");
    teasers(&bed, &[BEFORE]);
    bed.once();
    bed
}

/// The path of the article with this headline.
fn path(title: &str) -> String {
    let slug: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("/a/{slug}")
}

fn teaser(server: &HttpPeer, title: &str, text: &str) -> String {
    let link = server.url(&path(title));
    format!(
        "<item><guid>{title}</guid><link>{link}</link><title>{title}</title><description>{text}</description></item>"
    )
}

/// Serves teasers with these headlines; of their articles they say nothing.
fn teasers(bed: &Bed, titles: &[&str]) {
    let entries: Vec<String> = titles.iter().map(|title| teaser(&bed.http, title, "Lire la suite…")).collect();
    bed.serve(&entries);
}

/// A page with an article of several paragraphs, the last of which is this.
fn article(title: &str, last: &str) -> Reply {
    page(&format!(
        "<!doctype html><html lang=fr><head><title>{title} - Le Journal</title></head><body><nav><a href=/>Accueil</a></nav>\
         <article><h1>{title}</h1>\
         <p>Le gouverneur de la région a reçu la presse dans la matinée pour faire le point de la situation des routes.</p>\
         <p>Il a rappelé que les véhicules de transport doivent attendre une escorte avant de quitter la ville voisine.</p>\
         <p>{last}</p></article></body></html>"
    ))
}

fn page(html: &str) -> Reply {
    Reply::ok(html).header("Content-Type", "text/html; charset=utf-8")
}

/// The life of the item with this headline.
#[track_caller]
fn life(bed: &Bed, title: &str) -> Value {
    bed.life(bed.http.url(&path(title)).as_str())
}

/// What `explain` says of the article.
#[track_caller]
fn said(bed: &Bed, title: &str) -> String {
    let ended = bed.run(&["explain", bed.http.url(&path(title)).as_str()]);
    let line = ended.stdout.lines().find_map(|line| line.strip_prefix("article    "));
    line.unwrap_or_else(|| panic!("nothing of an article: {ended:?}")).to_owned()
}

fn excerpt(bed: &Bed) -> String {
    let accepted = bed.smtp.accepted();
    let parsed = mail_parser::MessageParser::default().parse(&accepted[0].message).unwrap();
    parsed.body_text(0).unwrap().into_owned()
}

const PRESS: &str = "Point de presse du gouverneur à Djibo";

#[test]
fn what_only_the_article_says_alerts_once_with_its_words() {
    let bed = primed();
    bed.http.on(&path(PRESS), [article(PRESS, ATTACK)]);
    teasers(&bed, &[PRESS]);
    bed.once();
    bed.once();
    assert_eq!(bed.headlines(), [PRESS]);
    let mail = excerpt(&bed);
    let words = mail.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Une *attaque* contre un convoi a fait douze morts lundi, selon trois habitants"), "{mail}");
    let life = life(&bed, PRESS);
    assert_eq!(life["watches"][0]["alert"]["reason"], "full_text", "{life}");
    assert!(said(&bed, PRESS).starts_with("read "));
    assert_eq!(bed.http.requests(&path(PRESS)).len(), 1, "an article that was read is not fetched again");
}

/// A bed whose first poll counts as news, for daemons: they poll at once then, and not again for a quarter of an hour.
fn at_once(titles: &[&str]) -> Bed {
    let bed = Bed::new().with("full_text = true").alerting_at_once();
    teasers(&bed, titles);
    bed
}

#[tokio::test]
async fn what_the_teaser_says_alerts_at_once_and_not_again_with_the_article() {
    const TITLE: &str = "Attaque contre un convoi près de Djibo";
    let bed = at_once(&[TITLE]);
    // The mail does not wait for the article, which does not come for now.
    bed.http.on(&path(TITLE), [article(TITLE, ATTACK).stall_after(400)]);
    let daemon = bed.daemon();
    bed.smtp.until_accepted(1).await;
    bed.http.wait_for(&path(TITLE), 1);
    assert_eq!(daemon.stop(), Some(0));
    let raised = life(&bed, TITLE)["watches"][0]["alert"].clone();
    assert_eq!(raised["reason"], "new", "{raised}");
    bed.http.on(&path(TITLE), [article(TITLE, ATTACK)]);
    bed.once();
    bed.once();
    assert!(said(&bed, TITLE).starts_with("read "));
    assert_eq!(bed.headlines(), [TITLE]);
    assert_eq!(life(&bed, TITLE)["watches"][0]["alert"], raised);
}

#[test]
fn what_was_primed_has_no_article_fetched() {
    let bed = primed();
    bed.once();
    assert!(bed.http.all_requests().iter().all(|seen| seen.path() == "/feed"), "{:?}", bed.http.all_requests());
}

#[tokio::test]
async fn a_wish_survives_a_restart() {
    let bed = at_once(&[PRESS]);
    bed.http.on(&path(PRESS), [article(PRESS, ATTACK).stall_after(0), article(PRESS, ATTACK)]);
    let daemon = bed.daemon();
    bed.http.wait_for(&path(PRESS), 1);
    assert_eq!((daemon.stop(), bed.subjects().len()), (Some(0), 0));
    assert!(said(&bed, PRESS).starts_with("not read yet"));
    let daemon = bed.daemon();
    bed.smtp.until_accepted(1).await;
    assert_eq!((daemon.stop(), bed.headlines()), (Some(0), vec![PRESS.to_owned()]));
    assert_eq!(bed.http.requests("/feed").len(), 1, "it was not the feed that told again");
}

#[test]
fn a_changed_teaser_wants_its_article_again_and_keeps_its_text_meanwhile() {
    let bed = primed();
    bed.http.on(&path(PRESS), [article(PRESS, "Le marché a rouvert.")]);
    teasers(&bed, &[PRESS]);
    bed.once();
    assert!(said(&bed, PRESS).starts_with("read "));
    let whole = life(&bed, PRESS)["text_bytes"].clone();
    // The article cannot be had for now.
    bed.http.on(&path(PRESS), [Reply::status(503)]);
    bed.serve(&[teaser(&bed.http, PRESS, "Mis à jour : des précisions sur la situation des routes. Lire la suite…")]);
    bed.once();
    let changed = life(&bed, PRESS);
    assert_eq!(changed["revision"], 1, "{changed}");
    assert!(changed["text_bytes"].as_u64() > whole.as_u64(), "{changed}");
    assert!(said(&bed, PRESS).starts_with("not read yet"));
    assert_eq!(bed.subjects(), [""; 0]);
}

/// What an article said and says no more must not go on matching: it may have been withdrawn.
#[test]
fn the_text_of_a_changed_article_is_the_new_one_though_it_be_shorter() {
    let bed = primed();
    bed.http.on(&path(PRESS), [article(PRESS, ATTACK)]);
    teasers(&bed, &[PRESS]);
    bed.once();
    assert_eq!(bed.headlines(), [PRESS]);
    bed.http.on(&path(PRESS), [article(PRESS, "Rien à signaler.")]);
    bed.serve(&[teaser(&bed.http, PRESS, "Rectifié : une première version parlait de morts. Lire la suite…")]);
    bed.once();
    let life = life(&bed, PRESS);
    assert_eq!(life["watches"][0]["matches"], false, "{life}");
}
