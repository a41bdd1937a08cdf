//! Whole letters against the files in `tests/golden/mail`, which `UPDATE_GOLDEN=1` writes anew, and what must hold for every
//! letter: the HTML that mail programs keep, the size, and that nothing a source or a configuration says becomes markup, a
//! header or an address.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::*;
use crate::model::*;

/// Everything an [`Occasion`] borrows.
struct Case {
    item: Item,
    source: Source,
    watches: Vec<Watch>,
    through: Option<&'static str>,
    first_subject: Option<&'static str>,
    zone: &'static str,
}

fn seen() -> Timestamp {
    "2026-11-22T14:09:10Z".parse().unwrap()
}

fn source(id: &str, name: &str, lang: &str, tier: u8) -> Source {
    Source {
        id: SourceId::new(id).unwrap(),
        name: name.to_owned(),
        kind: SourceKind::Feed,
        url: Url::parse("https://feeds.example/rss").unwrap(),
        lang: Some(lang.to_owned()),
        tier,
        tags: Vec::new(),
        interval: std::time::Duration::from_secs(900),
        first_poll: FirstPoll::Skip,
        allow_private: false,
    }
}

fn watch(id: &str, name: &str, severity: Severity, any: &[&str]) -> Watch {
    Watch {
        id: WatchId::new(id).unwrap(),
        name: name.to_owned(),
        severity,
        asks: Asks::Lists {
            any: any.iter().map(|term| (*term).to_owned()).collect(),
            all: Vec::new(),
            none: Vec::new(),
        },
        to: Vec::new(),
        through: Vec::new(),
        backfill: std::time::Duration::ZERO,
        tests: Vec::new(),
    }
}

fn date(printed: &str) -> Option<PrintedDate> {
    Some(PrintedDate { printed: printed.to_owned(), at: printed.parse().ok() })
}

/// The whole words around a place.
fn word(text: &str, at: usize, length: usize) -> (usize, usize) {
    let before = text[..at].trim_end_matches(char::is_alphabetic).len();
    let after = text[at + length..].trim_start_matches(char::is_alphabetic).len();
    (before, text.len() - after)
}

/// Every place where a term's letters occur; enough to mark them.
fn matches(watch: &Watch, item: &Item) -> Vec<Match> {
    let fields = [(Field::Title, &item.title), (Field::Summary, &item.summary), (Field::Body, &item.body)];
    let found = |term: &String| {
        let letters = term.trim_end_matches('*').to_lowercase();
        fields
            .iter()
            .flat_map(move |(field, text)| {
                let term: std::sync::Arc<str> = term.as_str().into();
                let places: Vec<_> = text
                    .to_lowercase()
                    .match_indices(&letters)
                    .map(|(at, found)| word(text, at, found.len()))
                    .collect();
                let bytes = |at: usize| u32::try_from(at).unwrap();
                places.into_iter().map(move |(start, end)| Match {
                    term: term.clone(),
                    field: *field,
                    start: bytes(start),
                    end: bytes(end),
                })
            })
            .collect::<Vec<_>>()
    };
    let Asks::Lists { any, .. } = &watch.asks else { return Vec::new() };
    any.iter().flat_map(found).collect()
}

impl Case {
    fn letter(&self) -> Letter {
        let id = ItemId::at(seen());
        let update = self.first_subject.is_some();
        let reason = if update { Reason::Changed } else { Reason::New };
        let raised: Timestamp = if update { "2026-11-22T16:30:00Z".parse().unwrap() } else { seen() };
        let stored = StoredItem {
            id,
            source: self.source.id.clone(),
            first_seen: seen(),
            revision: u32::from(update),
            reason,
            item: self.item.clone(),
        };
        let alerts: Vec<_> = self
            .watches
            .iter()
            .map(|watch| Alert {
                id: AlertId { item: id, watch: watch.id.clone() },
                reason,
                raised,
                matches: matches(watch, &self.item),
            })
            .collect();
        compose(&Occasion {
            id: &NotificationId { item: id, seq: update.into(), recipient: recipient_hash("amina@example.org") },
            to: &Mailbox { name: Some("Amina".to_owned()), address: "amina@example.org".to_owned() },
            through: self.through,
            reason,
            first_subject: self.first_subject,
            item: &stored,
            source: &self.source,
            alerts: &self.watches.iter().zip(&alerts).collect::<Vec<_>>(),
            now: raised + jiff::SignedDuration::from_secs(12),
            zone: &TimeZone::posix(self.zone).unwrap(),
            list_id: "sahelwatch.example.org",
            reply_to: Some("desk@example.org"),
            from_address: "alerts@example.org",
            host: "watch-1",
            version: "0.1.0",
        })
    }
}

fn french() -> Case {
    Case {
        item: Item {
            link: Url::parse("https://www.echo-du-liptako.example/actualites/djibo-attaque?id=48213&utm_source=rss&utm_medium=feed").ok(),
            title: "Djibo : au moins 40 morts dans l’attaque d’un convoi de ravitaillement".into(),
            summary: "Un convoi de ravitaillement est tombé dimanche matin dans une embuscade à une dizaine de kilomètres de Djibo, dans la province du Soum. Selon des sources sécuritaires, l’attaque a fait au moins 40 morts, dont des civils. « Ils ont ouvert le feu des deux côtés de la route », raconte un rescapé joint par téléphone. Le bilan reste provisoire.".into(),
            published: date("2026-11-22T14:05:30Z"),
            lang: Some("fr".into()),
            ..Item::default()
        },
        source: source("echo-du-liptako", "L’Écho du Liptako", "fr", 2),
        watches: vec![watch("bf-attaques", "Burkina Faso – attaques", Severity::High, &["attaque", "embuscade", "Djibo"])],
        through: Some("security-desk"),
        first_subject: None,
        zone: "GMT0",
    }
}

fn arabic() -> Case {
    Case {
        item: Item {
            link: Url::parse("https://sada-alqawafil.example/news/اختطاف-عمال-إغاثة").ok(),
            title: "اختطاف ثلاثة من عمال الإغاثة قرب ميناكا شمال شرقي مالي".into(),
            summary: "أفادت مصادر محلية باختطاف ثلاثة من عمال الإغاثة صباح اليوم قرب مدينة ميناكا، بعد أن اعترض مسلحون سيارتهم على الطريق المؤدي إلى المدينة. ولم تعلن أي جهة مسؤوليتها عن عملية اختطاف العمال حتى الآن، وقالت المنظمة التي يعملون معها إنها علّقت أنشطتها في المنطقة مؤقتا.".into(),
            published: date("2026-11-22T13:40:00Z"),
            ..Item::default()
        },
        source: source("sada-alqawafil", "صدى القوافل", "ar", 1),
        watches: vec![watch("khatf", "اختطاف العاملين في الإغاثة", Severity::Medium, &["اختطاف", "عمال الإغاثة"])],
        through: Some("مكتب الأمن"),
        first_subject: None,
        zone: "WAT-1",
    }
}

fn mixed() -> Case {
    Case {
        item: Item {
            link: Url::parse("https://www.tribune-des-dunes.example/menaka-humanitaires.html").ok(),
            title: "Ménaka : trois humanitaires enlevés, « صدى القوافل » diffuse le témoignage d’un chauffeur".into(),
            summary: "Trois travailleurs humanitaires ont été enlevés dimanche près de Ménaka. Dans un entretien en arabe, le chauffeur parle d’un enlèvement préparé : « كانت عملية اختطاف منظمة », dit-il. L’ONG a suspendu ses activités.".into(),
            published: date("dimanche 22 novembre, à la mi-journée"),
            lang: Some("fr".into()),
            ..Item::default()
        },
        source: source("tribune-des-dunes", "La Tribune des Dunes – منبر الكثبان", "fr", 3),
        watches: vec![
            watch("enlevements", "Mali – enlèvements", Severity::High, &["enlev*", "enlèvement", "humanitaires"]),
            watch("khatf", "اختطاف العاملين في الإغاثة", Severity::Medium, &["اختطاف"]),
        ],
        through: None,
        first_subject: None,
        zone: "CET-1",
    }
}

fn update() -> Case {
    let mut case = french();
    case.item.title = "Djibo : le bilan de l’attaque du convoi monte à 55 morts".into();
    case.first_subject = Some("[HIGH] Djibo : au moins 40 morts dans l’attaque d’un convoi de ravitaillement");
    case
}

fn hostile() -> Case {
    let trap = "\u{202e}attaque\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\"><img src=x onerror=alert(1)>\u{2028}\u{0}";
    let zalgo = format!("Z{}algo ", "\u{301}\u{302}\u{303}\u{30f}".repeat(500));
    let mut case = Case {
        item: Item {
            link: Url::parse("javascript:alert(1)//https://echo.example/").ok(),
            title: format!("{trap} {zalgo}{}", "attaque ".repeat(130_000)),
            summary: format!(
                "{zalgo}{trap} <a href='javascript:alert(1)'>attaque</a> &amp; <style>*{{display:none}}</style> ${{7*7}} {{{{7*7}}}}"
            ),
            published: date(trap),
            lang: Some("fr\"><script>".into()),
            ..Item::default()
        },
        source: source("piege", trap, trap, 9),
        watches: vec![
            watch("piege-1", trap, Severity::High, &["attaque", "<img src=x onerror=alert(1)>", "\u{202e}"]),
            watch("piege-2", &format!("هجوم <svg onload=alert(1)> {zalgo}"), Severity::Low, &["algo"]),
        ],
        through: Some("desk\r\nBcc: all@evil.example"),
        first_subject: None,
        zone: "GMT0",
    };
    case.item.authors = vec![trap.to_owned()];
    case
}

fn letters() -> Vec<(&'static str, Letter)> {
    [("french", french()), ("arabic", arabic()), ("mixed", mixed()), ("update", update()), ("hostile", hostile())]
        .map(|(name, case)| (name, case.letter()))
        .into()
}

#[test]
fn letters_are_as_the_golden_files_show() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mail");
    for (name, letter) in letters() {
        let mut headers = format!("Subject: {}\nMessage-ID: {}\n", letter.subject, letter.message_id);
        for (name, value) in &letter.headers {
            writeln!(headers, "{name}: {value}").unwrap();
        }
        for (ending, text) in [("headers", headers), ("txt", letter.text), ("html", letter.html)] {
            let path = folder.join(format!("{name}.{ending}"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(golden == text, "{} differs (UPDATE_GOLDEN=1 writes it anew)\n{text}", path.display());
        }
    }
}

/// The tags of a letter's HTML: whatever stands between `<` and `>`. Text is escaped, so that it holds neither.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect()
}

/// The attributes of a tag; the templates quote every value.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    rest.split("\" ")
        .filter_map(|pair| pair.trim_end_matches('"').split_once("=\""))
        .map(|(k, v)| (k.trim(), v))
        .collect()
}

#[test]
fn the_html_is_what_mail_programs_keep_and_nothing_a_source_wrote() {
    const TAGS: [&str; 17] = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "p", "h1", "h2", "a",
        "b", "span",
    ];
    const FORBIDDEN: [&str; 12] = [
        "url(",
        "var(",
        "rgb(",
        "rem;",
        "rem\"",
        "margin-inline",
        "padding-inline",
        "display:grid",
        "display:flex",
        "@import",
        "src=",
        "{{",
    ];
    for (name, letter) in letters() {
        let template = tags(&letter.html);
        for tag in &template {
            let word = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            assert!(TAGS.contains(&word), "{name}: <{tag}>");
            for (key, value) in attributes(tag) {
                assert!(!key.starts_with("on"), "{name}: <{tag}>");
                assert!(key != "dir" || !["a", "td", "table"].contains(&word), "{name}: dir on <{tag}>");
                assert!(
                    key != "href" || ["http://", "https://", "mailto:"].iter().any(|s| value.starts_with(s)),
                    "{name}: {value}"
                );
                assert!(
                    key != "style" || !value.contains("padding:") || ["td", "body"].contains(&word),
                    "{name}: <{tag}>"
                );
            }
        }
        let markup = template.join("\n");
        for forbidden in FORBIDDEN {
            assert!(!markup.contains(forbidden), "{name}: {forbidden}");
        }
        let style = letter.html.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
        assert!(style.len() <= 2_048, "{name}: {} bytes of style", style.len());
        assert!(letter.html.len() <= 20_000, "{name}: {} bytes", letter.html.len());
    }
}

#[test]
fn headers_and_subject_are_ours_alone() {
    for (name, letter) in letters() {
        assert!(letter.subject.chars().count() <= 4 + 78, "{name}: {}", letter.subject);
        assert_eq!(letter.subject, crate::text::display::line(&letter.subject), "{name}");
        let names: Vec<_> = letter.headers.iter().map(|(header, _)| header.as_str()).collect();
        let golden: Vec<_> = french().letter().headers.iter().map(|(header, _)| header.clone()).collect();
        assert_eq!(names, golden, "{name}");
        for (header, value) in letter.headers {
            assert!(value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()), "{name}: {header}: {value}");
        }
    }
}

#[test]
fn the_text_is_narrow_and_its_foreign_lines_are_isolated() {
    for (name, letter) in letters() {
        for line in letter.text.lines() {
            let url = line.starts_with("http") || line.starts_with("mailto:");
            let columns = line.chars().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).count();
            assert!(url || columns <= 72 + 2, "{name}: {line}");
            let (open, close) = (['\u{2066}', '\u{2067}', '\u{2068}'], '\u{2069}');
            assert_eq!(line.matches(open).count(), line.matches(close).count(), "{name}: {line}");
        }
    }
}

#[test]
fn an_update_threads_with_the_first_mail() {
    let (first, update) = (french().letter(), update().letter());
    assert_eq!(update.subject, format!("Re: {}", first.subject));
    let reference = |letter: &Letter| letter.headers.iter().find(|(name, _)| name == "References").cloned();
    assert_eq!(reference(&first), reference(&update));
    assert_ne!(first.message_id, update.message_id);
}

#[test]
fn a_letter_stays_small_whatever_it_tells() {
    let worst = "\"&' ".repeat(5_000);
    let marks = format!("{} {worst}", "x&".repeat(8));
    let terms: Vec<_> =
        ["x".to_owned()].into_iter().chain((0..60).map(|n| format!("{}{n}", "&".repeat(100)))).collect();
    let terms: Vec<_> = terms.iter().map(String::as_str).collect();
    let ids: Vec<_> = (0..100).map(|n| format!("{}{n:02}", "w".repeat(62))).collect();
    let mut case = hostile();
    case.source.name = worst.clone();
    case.watches = ids.iter().map(|id| watch(id, &worst, Severity::High, &terms)).collect();
    case.item.link = Url::parse(&format!("https://{}.example/?{}", "a".repeat(60), "&".repeat(580))).ok();
    case.item.title = marks.clone();
    case.item.summary = marks.clone();
    case.item.body = terms.join(" ");
    let letter = case.letter();
    assert!(letter.html.contains("href=\"https://aaa"), "the link fits");
    assert!((10_000..=20_000).contains(&letter.html.len()), "{} bytes of HTML", letter.html.len());
    assert!(letter.text.len() <= 20_000, "{} bytes of text", letter.text.len());
}
