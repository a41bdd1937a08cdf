//! Whole letters against the files in `tests/golden/operator`, which `UPDATE_GOLDEN=1` writes anew, and what must hold
//! for every letter, whatever a source, a server or a configuration wrote.

use std::fmt::Write as _;
use std::path::Path;

use super::cases::*;
use super::fit::MAX_HTML;
use super::*;
use crate::alert::lint;
use crate::model::*;

const NIGHT: &str = "2026-11-21T22:05:00Z";
const NOON: &str = "2026-11-22T11:40:00Z";

/// One matter of every kind.
fn every_kind() -> Bulletin {
    use Health::{Blocked, Degraded, Failing, Moved, Overflowing, Silent};
    Bulletin {
        begun: vec![
            source("tribune-des-dunes", Moved, NIGHT),
            source("sahel-wire", Overflowing, NOON),
            source("radio-gourma", Silent, "2026-11-16T09:00:00Z"),
            source("al-waha", Degraded, NOON),
            source("sidwaya", Blocked, NIGHT),
            source("echo-du-liptako", Failing, NIGHT),
            matter(Subject::Floor("Arabic for Mali".into()), NOON),
            matter(Subject::Configuration, NOON),
            matter(Subject::Mail, "2026-11-22T15:10:00Z"),
        ],
        ..Bulletin::default()
    }
}

/// Something new, something changed, something over, and what was told before.
fn day() -> Bulletin {
    use Health::{Blocked, Degraded, Failing, Silent};
    Bulletin {
        begun: vec![source("al-waha", Degraded, NOON), source("sidwaya", Blocked, NIGHT)],
        changed: vec![(source("radio-gourma", Silent, NIGHT), source("radio-gourma", Failing, NOON))],
        ended: vec![missed(source("sada-alqawafil", Failing, NIGHT), NOON)],
        standing: vec![
            source("tribune-des-dunes", Silent, "2026-11-02T09:00:00Z"),
            source("echo-du-liptako", Blocked, "2026-11-20T17:00:00Z"),
        ],
        gaps: Vec::new(),
    }
}

fn network() -> Bulletin {
    Bulletin { begun: vec![matter(Subject::Network, "2026-11-22T13:05:00Z")], ..Bulletin::default() }
}

fn recovery() -> Bulletin {
    let gap = |id, health| missed(source(id, health, NIGHT), NOON);
    Bulletin {
        ended: vec![
            gap("sidwaya", Health::Blocked),
            over(source("al-waha", Health::Moved, NIGHT), NOON),
            gap("echo-du-liptako", Health::Failing),
        ],
        ..Bulletin::default()
    }
}

fn network_over() -> Bulletin {
    let network = matter(Subject::Network, "2026-11-22T13:05:00Z");
    let gap = Gap { from: time("2026-11-22T12:50:00Z"), to: time("2026-11-22T15:21:00Z") };
    let gaps = ["sahel-wire", "al-waha"].map(|id| (SourceId::new(id).unwrap(), gap)).to_vec();
    Bulletin { ended: vec![over(network, "2026-11-22T15:20:00Z")], gaps, ..Bulletin::default() }
}

fn life() -> SignOfLife {
    let id = |id| SourceId::new(id).unwrap();
    SignOfLife {
        sources: 63,
        live: 61,
        troubled: vec![(id("radio-gourma"), Health::Silent), (id("tribune-des-dunes"), Health::Silent)],
        items: 412,
        alerts: 0,
        sent: 3,
        queued: 0,
        gaps: vec![(id("sada-alqawafil"), Gap { from: time(NIGHT), to: time(NOON) })],
    }
}

fn letters() -> Vec<(&'static str, Letter)> {
    let told = |tongue, of: &Bulletin| bulletin(of, &Desk::new(tongue).setting());
    let mut discreet = Desk::new(Tongue::En);
    discreet.is_discreet = true;
    let quiet = SignOfLife { sources: 63, live: 63, ..SignOfLife::default() };
    vec![
        ("every-kind", told(Tongue::En, &every_kind())),
        ("day", told(Tongue::En, &day())),
        ("day-fr", told(Tongue::Fr, &day())),
        ("day-ar", told(Tongue::Ar, &day())),
        ("network", told(Tongue::En, &network())),
        ("network-over", told(Tongue::En, &network_over())),
        ("recovery", told(Tongue::En, &recovery())),
        ("discreet", bulletin(&recovery(), &discreet.setting())),
        ("life", sign_of_life(&life(), &Desk::new(Tongue::En).setting())),
        ("life-fr", sign_of_life(&life(), &Desk::new(Tongue::Fr).setting())),
        ("life-ar", sign_of_life(&life(), &Desk::new(Tongue::Ar).setting())),
        ("life-quiet", sign_of_life(&quiet, &Desk::new(Tongue::En).setting())),
        ("hostile", hostile_one()),
    ]
}

#[test]
fn letters_are_as_the_golden_files_show() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/operator");
    for (name, letter) in letters() {
        let mut headers = format!("Subject: {}\nMessage-ID: {}\n", letter.subject, letter.message_id);
        for (name, value) in &letter.headers {
            writeln!(headers, "{name}: {value}").unwrap();
        }
        let html = letter.html.map(|html| ("html", html));
        for (ending, text) in [("headers", headers), ("txt", letter.text)].into_iter().chain(html) {
            let path = folder.join(format!("{name}.{ending}"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(golden == text, "{} differs (UPDATE_GOLDEN=1 writes it anew)\n{text}", path.display());
        }
    }
}

const TRAP: &str = "\u{202e}feed\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\"><img src=x \
                    onerror=alert(1)> {{7*7}}\u{0}\u{1b}[2J هجوم";

/// Matters of which every word wants to be more than a word.
fn hostile(words: &str, n: usize) -> (Bulletin, Desk) {
    let mut desk = Desk::new(Tongue::En);
    desk.host = "<b>host\r\nX: y";
    for source in &mut desk.sources {
        (source.name, source.lang) = (words.into(), Some("fr\"><script>".to_owned()));
    }
    let trap = |subject| Matter {
        subject,
        health: Health::Blocked,
        since: Timestamp::MIN,
        what: words.to_owned(),
        sample: Some(words.to_owned()),
        advice: Some(words.to_owned()),
    };
    let one = || trap(Subject::Source(SourceId::new("sidwaya").unwrap()));
    let told = Bulletin {
        begun: [trap(Subject::Floor(words.to_owned())), trap(Subject::Network)]
            .into_iter()
            .chain(vec![one(); n])
            .collect(),
        changed: vec![(one(), one()); n],
        ended: vec![
            Recovery {
                matter: one(),
                at: Timestamp::MAX,
                gap: Some(Gap { from: Timestamp::MAX, to: Timestamp::MIN })
            };
            n
        ],
        standing: vec![one(); n],
        gaps: vec![(SourceId::new("sidwaya").unwrap(), Gap { from: Timestamp::MIN, to: Timestamp::MAX }); n],
    };
    (told, desk)
}

fn hostile_one() -> Letter {
    let (told, desk) = hostile(TRAP, 1);
    bulletin(&told, &desk.setting())
}

/// What must hold for every letter.
fn check(name: &str, letter: &Letter) {
    let html = letter.html.as_deref().unwrap();
    lint::check(name, html, MAX_HTML);
    for line in [&letter.subject, &letter.title] {
        assert!(line.chars().count() <= 78, "{name}: {line}");
        assert_eq!(*line, crate::text::display::line(line), "{name}");
    }
    for (header, value) in &letter.headers {
        assert!(value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()), "{name}: {header}: {value}");
        assert!(!["References", "In-Reply-To"].contains(&header.as_str()), "{name}: a conversation of its own");
    }
    for line in letter.text.lines() {
        let columns = line.chars().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).count();
        let isolates = line.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count();
        assert!(!line.trim_start().contains(' ') || columns <= 72 + 2 * isolates, "{name}: {line}");
        assert_eq!(isolates, line.matches('\u{2069}').count(), "{name}: {line}");
        assert!(!line.chars().any(char::is_control), "{name}: {line}");
    }
}

#[test]
fn a_letter_is_safe_and_small_whatever_it_tells() {
    for (name, letter) in letters() {
        check(name, &letter);
    }
    let page = format!("{TRAP}{}", "\"&' <p>خبر ".repeat(100_000));
    for (words, n) in [(TRAP, 500), ("\"&'<>".repeat(500).as_str(), 60), (page.as_str(), 2)] {
        let (told, mut desk) = hostile(words, n);
        for tongue in [Tongue::En, Tongue::Fr, Tongue::Ar] {
            desk.tongue = tongue;
            check("hostile", &bulletin(&told, &desk.setting()));
        }
    }
}

#[test]
fn forty_matters_are_told_in_full_and_the_rest_is_counted() {
    let begun = vec![source("sidwaya", Health::Blocked, NIGHT); 200];
    let letter = bulletin(&Bulletin { begun, ..Bulletin::default() }, &Desk::new(Tongue::En).setting());
    let html = letter.html.as_deref().unwrap();
    assert_eq!(html.matches("<h3").count(), 40);
    assert!(letter.text.contains("And 160 more that are not shown."), "{}", letter.text);
    check("many", &letter);
}

#[test]
fn a_sign_of_life_is_five_lines_however_much_is_dark() {
    let id = SourceId::new("al-waha").unwrap();
    let gap = Gap { from: time(NIGHT), to: time(NOON) };
    let dark = SignOfLife {
        troubled: vec![(id.clone(), Health::Failing); 5_000],
        gaps: vec![(id, gap); 5_000],
        sources: usize::MAX,
        ..life()
    };
    let letter = sign_of_life(&dark, &Desk::new(Tongue::Ar).setting());
    check("dark", &letter);
    assert_eq!(letter.html.unwrap().matches("margin:6px 0 0;font-size:17px").count(), 5);
}

#[test]
fn an_encrypted_bulletin_names_nothing_outside_its_body() {
    let mut desk = Desk::new(Tongue::Fr);
    desk.is_discreet = true;
    let letter = bulletin(&day(), &desk.setting());
    let headers: String = letter.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let html = letter.html.unwrap();
    let body = html.find("<h1").unwrap();
    for source in &desk.sources {
        for open in [&letter.subject, &headers, &html[..body]] {
            assert!(!open.contains(source.id.as_str()) && !open.contains(&*source.name), "{open}");
        }
    }
    assert!(letter.title != letter.subject && html[body..].contains("sidwaya"), "the body tells it");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn any_words_make_a_safe_letter(
        words in "\\PC{0,500}|[\u{0}-\u{2fff}]{0,200}|[{}\"<>&\u{202e}\\n]{0,300}",
        tongue in proptest::sample::select(vec![Tongue::En, Tongue::Fr, Tongue::Ar]),
        n in 0_usize..50,
    ) {
        let (told, mut desk) = hostile(&words, n);
        desk.tongue = tongue;
        check("any", &bulletin(&told, &desk.setting()));
    }
}
