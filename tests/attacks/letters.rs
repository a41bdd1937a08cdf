//! One feed of three hundred hostile items (`payloads`) through the real program, and the mails it makes of them: what is in
//! their headers, their text, their HTML. How the HTML looks to a browser is in `rendered`, what a terminal gets in `terminal`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use mail_parser::{Message, MessageParser};

use super::payloads::{self, Aim, BIDI, Payload};
use crate::bed::{Bed, Ended, entry, headline};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::smtp::Accepted;
use crate::trials;

/// What came of the feed.
pub struct Run {
    pub payloads: Vec<Payload>,
    /// The mail on each payload, in their order.
    pub mails: Vec<Accepted>,
    /// Every mail there was.
    pub taken: usize,
    /// How often the server heard MAIL.
    pub begun: usize,
    /// What the program printed, and the command that made it do so.
    pub said: Vec<(String, Ended)>,
    /// What markup asks for where it is obeyed.
    pub trap: HttpPeer,
}

/// Made once; several tests look at it.
pub fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(made)
}

fn item(n: usize, payload: &Payload) -> String {
    let title = payload.printed(&format!("{} ", headline(n)), " fin");
    let (summary, author) = match payload.aim {
        // Once is enough for a megabyte.
        Aim::Size => (format!("Le bilan numéro {n} est de {} morts.", n + 3), "Agence".to_owned()),
        _ => (payload.printed(&format!("Le bilan numéro {n} est de {} morts : ", n + 3), "."), payload.printed("", "")),
    };
    format!(
        "<item><guid>{n}</guid><link>https://outlet.example/{n}</link><title>{title}</title>\
         <description>{summary}</description><author>{author}</author></item>"
    )
}

fn made() -> Run {
    let trap = HttpPeer::start();
    trap.on("/hit", [Reply::ok("")]);
    let payloads = payloads::all(trap.url("/hit").as_str());
    let mut bed = Bed::new().alerting_at_once();
    let items: Vec<String> = payloads.iter().enumerate().map(|(n, payload)| item(n, payload)).collect();
    bed.serve(&items);
    // Pages in the place of feeds, whose titles are told in errors.
    let told = payloads.iter().enumerate().filter(|(_, p)| matches!(p.aim, Aim::Order | Aim::Terminal | Aim::Header));
    for (n, payload) in told {
        let page = format!("<!doctype html><title>Portail {}</title><p>x", payload.text.replace('\0', "&#0;"));
        bed.http.on(&format!("/error{n}"), [Reply::ok(page).header("Content-Type", "text/html; charset=utf-8")]);
        bed = bed.source(&format!("error{n}"), "feed", &format!("/error{n}"), "");
    }
    let round = bed.run(&["run", "--once"]);
    let accepted = bed.smtp.accepted();
    let texts: Vec<String> = accepted.iter().map(|mail| text(&parsed(mail))).collect();
    let mails = (0..payloads.len()).map(|n| {
        let words = format!("numéro {n} ");
        let found = texts.iter().position(|text| text.contains(&words));
        accepted[found.unwrap_or_else(|| panic!("no mail on {n}: {:.200}", payloads[n].text))].clone()
    });
    let mails = mails.collect();
    let (taken, begun) = (accepted.len(), bed.smtp.count("MAIL"));
    let said = super::terminal::commands(&bed, round);
    Run { payloads, mails, taken, begun, said, trap }
}

pub fn parsed(mail: &Accepted) -> Message<'_> {
    MessageParser::default().parse(&mail.message).unwrap()
}

/// The text part on one line, without marks.
fn text(mail: &Message<'_>) -> String {
    mail.body_text(0).unwrap().replace('*', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of all headers, the parts' too.
fn names(mail: &Message<'_>) -> Vec<String> {
    mail.parts.iter().flat_map(|part| &part.headers).map(|header| header.name().to_owned()).collect()
}

fn with(aim: Aim) -> impl Iterator<Item = (&'static Payload, &'static Accepted)> {
    let run = run();
    run.payloads.iter().zip(&run.mails).filter(move |(payload, _)| payload.aim == aim)
}

/// S14, S13: nothing in any mail is fetched by whoever opens it, and links lead to the web or to the desk. Fails where a
/// template takes an image, or `Link::to` takes every scheme.
#[test]
fn nothing_in_a_mail_is_fetched() {
    let trial = trials::of("S14");
    let run = run();
    for mail in &run.mails {
        let parsed = parsed(mail);
        let html = scraper::Html::parse_document(&parsed.body_html(0).unwrap());
        for element in html.tree.nodes().filter_map(|node| node.value().as_element()) {
            for (name, value) in element.attrs() {
                let fetches =
                    matches!(name, "src" | "srcset" | "background" | "data" | "poster" | "action" | "xlink:href");
                assert!(!fetches && !value.contains("url("), "<{} {name}={value}>", element.name());
                let schemes = ["http://", "https://", "mailto:"];
                let leads = name != "href" || (element.name() == "a" && schemes.iter().any(|s| value.starts_with(s)));
                assert!(leads, "<{} {name}={value}>", element.name());
            }
            if let "link" | "img" | "iframe" | "script" | "base" | "form" | "svg" | "object" | "embed" = element.name()
            {
                panic!("<{}> in {}", element.name(), parsed.subject().unwrap());
            }
        }
        let style = scraper::Selector::parse("style").unwrap();
        let style: String = html.select(&style).flat_map(|style| style.text()).collect();
        assert!(!style.contains("@import") && !style.contains("url(") && !style.contains("@font-face"), "{style}");
    }
    trial.passed(run.mails.len());
}

/// S16: header lines in a title, a summary and an author leave the headers as they are. Seen failing where neither `header::clean` nor
/// lettre's encoding takes line ends away.
#[test]
fn no_text_of_a_feed_adds_a_header() {
    let trial = trials::of("S16");
    let run = run();
    let golden = names(&parsed(&run.mails[0]));
    let mut tried = 0;
    for (payload, mail) in with(Aim::Header) {
        let parsed = parsed(mail);
        assert_eq!(names(&parsed), golden, "{:?}", payload.text);
        assert_eq!(mail.to, ["amina@example.org"], "{:?}", payload.text);
        let subject = parsed.subject().unwrap();
        assert!(!subject.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')), "{subject:?}");
        tried += 3;
    }
    assert!(tried >= 120, "{tried}");
    trial.passed(tried);
}

/// A typed name in quotes before an address: without them hardly any sign may stand in it.
fn mailbox(typed: &str, address: &str) -> String {
    format!("\"\\\"{}\\\" <{address}>\"", &typed[1..typed.len() - 1])
}

/// S16: the same in the names of sources, watches, senders and readers: either `check` refuses them, or the mail has the headers of
/// any other. Three defences stand here: `check`, `header::clean` and lettre's encoding. Seen failing without any of the three.
#[test]
fn no_text_of_a_configuration_adds_a_header() {
    let trial = trials::of("S16");
    let golden = names(&parsed(&run().mails[0]));
    let (mut tried, mut mailed) = (0, 0);
    let payloads = payloads::headers();
    let every = payloads.len() / trials::count(8, payloads.len());
    for payload in payloads.iter().step_by(every) {
        let bed = Bed::new().alerting_at_once();
        let typed = serde_json::to_string(&format!("Name {}", payload.text)).unwrap();
        let plain = bed.configured();
        for (before, after) in [
            ("id = \"outlet\"\n", format!("id = \"outlet\"\nname = {typed}\n")),
            ("id = \"attacks\"\n", format!("id = \"attacks\"\nname = {typed}\n")),
            ("\"Sahelwatch <alerts@example.org>\"", typed.replacen("Name", "alerts@example.org", 1)),
            ("\"Sahelwatch <alerts@example.org>\"", mailbox(&typed, "alerts@example.org")),
            ("[\"amina@example.org\"]", format!("[{}]", typed.replacen("Name", "amina@example.org", 1))),
            ("[\"amina@example.org\"]", format!("[{}]", mailbox(&typed, "amina@example.org"))),
        ] {
            assert!(plain.contains(before));
            bed.rewrite(&plain.replace(before, &after));
            tried += 1;
            if sahelwatch::config::load(&bed.config(), &Default::default()).config.is_none() {
                continue;
            }
            bed.serve(&[entry(&tried.to_string(), &headline(tried), "Deux morts")]);
            let earlier = bed.smtp.accepted().len();
            bed.run(&["run", "--once"]);
            let mails = bed.smtp.accepted().split_off(earlier);
            assert!(!mails.is_empty(), "{after}");
            for mail in mails {
                assert_eq!(names(&parsed(&mail)), golden, "{after}");
                assert_eq!(mail.to, ["amina@example.org"], "{after}");
                mailed += 1;
            }
        }
    }
    assert!(mailed > 0, "check refuses all of it");
    trial.passed(tried);
}

/// S17: ends of mails in titles and summaries end nothing. Three defences stand here: signs become spaces, a source's words are
/// indented, bodies are coded; breaking one of them lets nothing through. Seen failing without any of the three. The last, at the wire,
/// is tried in `mail`.
#[test]
fn no_text_of_a_feed_ends_a_mail() {
    let trial = trials::of("S17");
    let run = run();
    assert_eq!(run.begun, run.taken, "one MAIL for each mail");
    let smuggled: Vec<_> = with(Aim::Smuggle).collect();
    for (payload, mail) in &smuggled {
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("alerts@example.org", ["amina@example.org".to_owned()].as_slice())
        );
        assert!(!mail.message.windows(5).any(|window| window == b"\r\n.\r\n"), "{:?}", payload.text);
        let lone = |at: usize, byte: u8| match byte {
            b'\n' => at == 0 || mail.message[at - 1] != b'\r',
            b'\r' => mail.message.get(at + 1) != Some(&b'\n'),
            byte => byte == 0,
        };
        assert!(!mail.message.iter().enumerate().any(|(at, byte)| lone(at, *byte)), "{:?}", payload.text);
        assert!(text(&parsed(mail)).contains("RCPT TO:<desk@example.org>"), "the words are there: {:?}", payload.text);
    }
    trial.passed(smuggled.len());
}

/// S18: in subject, text and HTML no control of a source is left, the word it was put into is whole, and our words stand in
/// their order. Fails where `display::line` lets one of the twelve pass.
#[test]
fn no_bidi_control_of_a_source_is_left() {
    let trial = trials::of("S18");
    let mut tried = 0;
    for (payload, mail) in with(Aim::Order) {
        let parsed = parsed(mail);
        let html = scraper::Html::parse_document(&parsed.body_html(0).unwrap());
        let html: String = html.root_element().text().collect();
        let subject = parsed.subject().unwrap().to_owned();
        for (part, words) in [("subject", &subject), ("text", &text(&parsed)), ("html", &html)] {
            assert!(!words.contains(BIDI), "{part} of {:?}: {words:?}", payload.text);
            let cut = part == "subject" && words.ends_with('…');
            assert!(words.contains("trap") || cut, "{part} of {:?}: {words:?}", payload.text);
            tried += 1;
        }
    }
    // Logs and what a terminal shows.
    // JSON lines are for programs, and as printed.
    for (command, ended) in run().said.iter().filter(|(command, _)| command != "export jsonl") {
        let ours = ['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
        let left = |c: char| BIDI.contains(&c) && !ours.contains(&c);
        assert!(!ended.stdout.contains(left) && !ended.stderr.contains(left), "{command}: {ended:?}");
        // What isolates a source's words is ours, and always closed on its line.
        for line in ended.stdout.lines().chain(ended.stderr.lines()) {
            let opened = line.matches(&ours[..3]).count();
            assert_eq!(opened, line.matches('\u{2069}').count(), "{command}: {line:?}");
            assert!(!line.contains("tr\u{2069}ap") && !line.contains("tr\u{2068}ap"), "{command}: {line:?}");
        }
        tried += 1;
    }
    trial.passed(tried);
}

/// S21: a title of a megabyte is a mail of a hundred kilobytes at most. Seen failing with nothing cut, with marks without number,
/// and with any number of recipients.
#[test]
fn giants_are_cut() {
    let trial = trials::of("S21");
    let mut tried = 0;
    for (payload, mail) in with(Aim::Size) {
        assert!(mail.message.len() <= 100_000, "{:.20}: {} bytes", payload.text, mail.message.len());
        let parsed = parsed(mail);
        assert!(parsed.subject().unwrap().chars().count() <= 300);
        let words = text(&parsed);
        let piled =
            words.split(|c: char| !unicode_normalization::char::is_combining_mark(c)).map(|m| m.chars().count());
        assert!(piled.max() <= Some(4), "{:.20}", payload.text);
        tried += 1;
    }
    // Who is told is bounded as well.
    let many: Vec<String> = (0..10_000).map(|n| format!("reader{n}@example.org")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let ended = Bed::new().to(&many).run(&["check"]);
    assert_eq!(ended.code, Some(78), "{:.300}", ended.stderr);
    assert!((ended.stdout + &ended.stderr).contains("has 10000 recipients"));
    trial.passed(tried + 1);
}

/// S15: beside a link stands the host it leads to, in ASCII and as people read it; what a link cannot lead to is no link. Fails
/// where `Link::to` keeps the user name.
#[test]
fn a_link_says_where_it_leads() {
    let trial = trials::of("S15");
    let table = [
        ("https://radio.example/x", Some("radio.example")),
        ("https://bank.example@evil.example/", Some("evil.example")),
        ("https://bank.example:443@evil.example/login", Some("evil.example")),
        ("https://bank.example%2F@evil.example/", Some("evil.example")),
        ("https://evil.example\\@bank.example/", Some("evil.example")),
        ("https://\u{430}pple.example/", Some("xn--pple-43d.example (\u{430}pple.example)")),
        ("https://xn--pple-43d.example/", Some("xn--pple-43d.example (\u{430}pple.example)")),
        ("https://раураl.example/", Some("xn--l-7sba6dbr.example (раураl.example)")),
        ("https://ραypal.example/", Some("xn--ypal-zld9g.example (ραypal.example)")),
        ("https://bank.example.evil.example/", Some("bank.example.evil.example")),
        ("https://bank.example\u{3002}evil.example/", Some("bank.example.evil.example")),
        ("https://BANK.example./", Some("bank.example.")),
        ("http://3232235777/", Some("192.168.1.1")),
        ("https://a.example/https://bank.example/", Some("a.example")),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://a.example/", None),
        ("mailto:a@evil.example", None),
    ];
    let bed = Bed::new().alerting_at_once();
    let items = table.iter().enumerate().map(|(n, (link, _))| {
        let item = entry(&n.to_string(), &headline(n), &format!("Le bilan numéro {n} est de {} morts", n + 3));
        item.replace(&format!("https://outlet.example/{n}"), link)
    });
    bed.serve(&items.collect::<Vec<_>>());
    bed.once();
    let accepted = bed.smtp.accepted();
    let mails: Vec<(String, String)> =
        accepted.iter().map(|mail| (text(&parsed(mail)), parsed(mail).body_html(0).unwrap().into_owned())).collect();
    for (n, (link, host)) in table.iter().enumerate() {
        let (_, html) = mails.iter().find(|(text, _)| text.contains(&format!("numéro {n} "))).unwrap();
        let html = scraper::Html::parse_document(html);
        let headline = scraper::Selector::parse("h1 a").unwrap();
        let links: Vec<String> = html.select(&headline).map(|a| a.attr("href").unwrap().to_owned()).collect();
        let shown: String = html.root_element().text().collect();
        match host {
            Some(host) => {
                assert!(shown.contains(host), "{link}: no {host} in {shown}");
                assert_eq!(links.len(), 1, "{link}");
                let leads = url::Url::parse(&links[0]).unwrap();
                assert!(leads.username().is_empty() && leads.password().is_none(), "{link}: {links:?}");
            }
            None => assert!(links.is_empty() && shown.contains("no address"), "{link}: {links:?} {shown}"),
        }
    }
    trial.passed(table.len());
}

/// S13: no element, attribute or style of any mail is a source's: all are those of the harmless mail. Fails where a template
/// takes a text as `safe`.
#[test]
fn no_markup_of_a_source_is_markup() {
    let trial = trials::of("S13");
    let run = run();
    let shape = |mail: &Accepted| {
        let html = parsed(mail).body_html(0).unwrap().into_owned();
        let html = scraper::Html::parse_document(&html);
        let elements = html.tree.nodes().filter_map(|node| node.value().as_element());
        let all: Vec<String> = elements
            .flat_map(|element| {
                let of = element.name().to_owned();
                let attribute = |(name, value): (&str, &str)| match name {
                    "href" | "lang" => format!("{} {name}", element.name()),
                    _ => format!("{} {name}={value}", element.name()),
                };
                [of].into_iter().chain(element.attrs().map(attribute)).collect::<Vec<_>>()
            })
            .collect();
        let count = all.iter().filter(|name| !name.contains(' ') && *name != "b").count();
        (count, all.into_iter().collect::<BTreeSet<_>>())
    };
    let (elements, golden) = shape(&run.mails[0]);
    let mut tried = 0;
    for (payload, mail) in with(Aim::Markup) {
        let (count, shape) = shape(mail);
        let foreign: Vec<&String> = shape.difference(&golden).collect();
        assert!(foreign.is_empty(), "{}: {foreign:?}", payload.text);
        // A line more or less is ours: a place, an excerpt that says the same as the headline.
        assert!(count.abs_diff(elements) <= 6, "{}: {count} elements, not {elements}", payload.text);
        tried += 1;
    }
    assert!(tried >= 200, "{tried}");
    assert_eq!(run.trap.connections(), 0, "nothing was fetched while reading the feed");
    trial.passed(tried);
}
