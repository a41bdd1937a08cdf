//! Whole letters against the files in `tests/golden/gathering`, which `UPDATE_GOLDEN=1` writes anew, and what must hold
//! for every letter: the HTML that mail programs keep, the size, and that nothing a source says becomes markup, a
//! header or an address.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use super::cases::*;
use super::*;
use crate::alert::lint;
use crate::model::*;
use TollKind::{Kidnapped, Wounded};
use TollQualifier::{AtLeast, Exact, Range, Vague};

static MORNING: LazyLock<DigestId> = LazyLock::new(|| DigestId::new("morning").unwrap());
static ATTACKS: LazyLock<WatchId> = LazyLock::new(|| WatchId::new("attaques").unwrap());

fn digest_of(stories: Vec<Story>) -> Mail {
    let kind = Gathered::Digest { id: &MORNING, name: "morning", since: time("2026-11-21T06:30:00Z") };
    let mut mail = Mail::new(kind, "2026-11-22T06:30:12Z", stories);
    let count = |code: &str, days: &[u32], mean| {
        let told = |story: &&Story| story.reports[0].places.iter().any(|place| place.country.as_deref() == Some(code));
        let today = u32::try_from(mail.stories.iter().filter(told).count()).unwrap();
        CountryCount { code: code.into(), name: code.into(), days: [days, &[today]].concat(), mean }
    };
    mail.counts = vec![
        count("BF", &[3, 4, 2, 5, 3, 4], 1.2),
        count("ML", &[6, 5, 7, 4, 9, 6], 5.9),
        count("NE", &[0, 1, 0, 2, 0, 1], 0.4),
        count("TD", &[3, 1, 1, 0, 1, 1], 0.7),
    ];
    mail
}

fn stories() -> Vec<Story> {
    use Severity::{High, Low, Medium};
    vec![
        story(
            "2026-11-21T14:09:00Z",
            0,
            "Djibo : au moins 40 morts dans l’attaque d’un convoi de ravitaillement",
            Some(DJIBO),
            High,
        )
        .tolls(&[toll(TollKind::Killed, 40, None, AtLeast)])
        .claimed("JNIM")
        .and(1, 20, &[dead(55), toll(Wounded, 30, Some(30), Exact)])
        .and(4, 25, &[toll(TollKind::Killed, 40, None, AtLeast)])
        .and(3, 30, &[toll(TollKind::Killed, 40, None, AtLeast)])
        .copied(),
        story("2026-11-21T13:40:00Z", 2, "اختطاف ثلاثة من عمال الإغاثة قرب ميناكا شمال شرقي مالي", Some(MENAKA), Medium)
            .tolls(&[toll(Kidnapped, 3, Some(3), Exact)])
            .and(3, 12, &[toll(Kidnapped, 3, Some(3), Exact)]),
        story(
            "2026-11-21T22:10:00Z",
            1,
            "Army outpost near Ayorou attacked for the second time in a week",
            Some(AYOROU),
            High,
        )
        .tolls(&[toll(TollKind::Killed, 10, Some(15), Range)])
        .known(&[
            News::Toll {
                from: Some(10),
                to: Figure { kind: TollKind::Killed, min: 15, max: 15 },
                source: source_id(6),
            },
            News::Source { source: source_id(6) },
        ])
        .and(6, 90, &[dead(15)]),
        story(
            "2026-11-21T18:00:00Z",
            4,
            "Fada N’Gourma : des dizaines de familles fuient après des tirs",
            Some(FADA),
            Medium,
        )
        .tolls(&[toll(TollKind::Displaced, 20, None, Vague)]),
        story("2026-11-22T02:15:00Z", 1, "Kidal: report of drone strike withdrawn", Some(KIDAL), Medium)
            .noticed(Notice::Withdrawal),
        story("2026-11-22T04:00:00Z", 5, "La route Abéché–Adré rouverte aux convois", Some(ABECHE), Low),
        story("2026-11-22T05:12:00Z", 6, "المنظمات الإنسانية تطالب بممرات آمنة في منطقة الساحل", None, Low),
    ]
}

fn digest() -> Mail {
    let mut mail = digest_of(stories());
    mail.sent = vec![
        ("Ménaka : un véhicule d’ONG détourné", "fr", url::Url::parse("https://www.radio-gourma.example/1").unwrap()),
        ("هجوم على دورية قرب تيلابيري", "ar", url::Url::parse("https://www.al-waha.example/2").unwrap()),
    ];
    mail.ailing = vec![
        Ailing { name: "Radio Gourma", since: time("2026-11-20T09:00:00Z"), is_silent: false },
        Ailing { name: "الواحة الإخبارية", since: time("2026-11-01T09:00:00Z"), is_silent: true },
    ];
    mail
}

/// Forty stories, each with a headline longer than is shown and five sources that disagree.
fn arabic(n: i64) -> Vec<Story> {
    let title = "مقتل وإصابة العشرات في هجوم شنه مسلحون على قافلة إمدادات كانت متجهة إلى المدينة المحاصرة، \
                 ومصادر محلية تتحدث عن مفقودين بينهم نساء وأطفال، والسلطات تعلن حظر التجول في الإقليم حتى إشعار آخر \
                 وتعد بتحقيق عاجل في ما جرى";
    let places = [DJIBO, MENAKA, AYOROU, FADA, KIDAL];
    let severities = [Severity::High, Severity::Medium];
    (0..n)
        .map(|i| {
            let at = usize::try_from(i).unwrap();
            let seen = time("2026-11-21T07:00:00Z") + jiff::SignedDuration::from_mins(i);
            let story =
                story(&seen.to_string(), 2, &format!("{title} ({i})"), Some(places[at % 5]), severities[at % 2]);
            (0..4).fold(story.tolls(&[dead(20)]), |story, other: usize| {
                story.and(
                    [0, 1, 3, 6][other],
                    3 + i64::try_from(other).unwrap(),
                    &[dead(21 + u32::try_from(other).unwrap())],
                )
            })
        })
        .collect()
}

fn roundup(why: Reason, watch: bool) -> Mail {
    let watch = watch.then(|| (&*ATTACKS, "Sahel – attaques"));
    let every = std::time::Duration::from_secs(900);
    let kind = Gathered::Roundup { why, watch, since: time("2026-11-21T14:05:00Z"), every };
    Mail::new(kind, "2026-11-22T06:30:12Z", stories())
}

fn mails() -> Vec<(&'static str, Mail)> {
    use Profile::{Full, Plain};
    use SubjectStyle::Neutral;
    let held = Gathered::Held { since: time("2026-11-21T22:00:00Z") };
    let outage = Gathered::Outage { from: time("2026-11-21T14:05:00Z"), until: time("2026-11-22T06:20:00Z") };
    let on = |kind| Mail::new(kind, "2026-11-22T06:30:12Z", stories());
    let mut empty = digest_of(Vec::new());
    empty.ailing = digest().ailing;
    let mut short = on(held).to(Tongue::Fr, Plain, SubjectStyle::Full);
    short.stories.extend(arabic(6));
    vec![
        ("digest", digest()),
        ("digest-fr", digest().to(Tongue::Fr, Full, SubjectStyle::Full)),
        ("digest-ar", digest().to(Tongue::Ar, Full, SubjectStyle::Full)),
        ("digest-forty-arabic", digest_of(arabic(40)).to(Tongue::Ar, Full, SubjectStyle::Full)),
        ("digest-empty", empty),
        ("digest-neutral", digest().to(Tongue::Fr, Full, Neutral)),
        ("roundup", roundup(Reason::Throttled, true)),
        ("roundup-overload", roundup(Reason::Overload, false).to(Tongue::Fr, Full, SubjectStyle::Full)),
        ("roundup-neutral", roundup(Reason::SourceThrottled, false).to(Tongue::Ar, Full, Neutral)),
        ("held", on(held)),
        ("outage", on(outage)),
        ("held-plain", short),
    ]
}

#[test]
fn letters_are_as_the_golden_files_show() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/gathering");
    for (name, mail) in mails() {
        let letter = mail.letter();
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

/// Every kind of mail with words that want to be more than words.
fn hostile() -> Vec<(&'static str, Mail)> {
    let trap = "\u{202e}attaque\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\"><img src=x \
                onerror=alert(1)> {{7*7}}\u{0}";
    let stories = || {
        let mut story = story("2026-11-21T14:09:00Z", 1, trap, Some((trap, trap, trap)), Severity::High)
            .claimed(trap)
            .tolls(&[dead(3)])
            .known(&[News::Claim { by: trap.into(), source: source_id(1) }]);
        story.lead.item.link = url::Url::parse("javascript:alert(1)//https://a.example/").ok();
        story.reports[0].lang = "fr\"><script>".into();
        story.watches[0].name = trap.into();
        let long = "\"&' ".repeat(5_000);
        let mut other = story.clone();
        other.lead.item.title = long.clone();
        other.lead.item.link = url::Url::parse(&format!("https://a.example/?{}", "&'".repeat(400))).ok();
        other.reports[0].claimed_by = vec![long.clone(); 9];
        other.watches[0].name = long;
        other.watches[0].id = WatchId::new(&"w".repeat(64)).unwrap();
        vec![story, other]
    };
    let mut mails = vec![
        ("digest", Gathered::Digest { id: &MORNING, name: trap, since: time("2026-11-22T00:30:00Z") }),
        (
            "roundup",
            Gathered::Roundup {
                why: Reason::Throttled,
                watch: Some((&ATTACKS, trap)),
                since: time("2026-11-21T14:05:00Z"),
                every: std::time::Duration::MAX,
            },
        ),
        ("held", Gathered::Held { since: jiff::Timestamp::MAX }),
        ("outage", Gathered::Outage { from: jiff::Timestamp::MIN, until: jiff::Timestamp::MAX }),
    ]
    .into_iter()
    .map(|(name, kind)| (name, Mail::new(kind, "2026-11-22T06:30:12Z", stories())))
    .collect::<Vec<_>>();
    for (_, mail) in &mut mails {
        mail.through = Some(trap);
        mail.also = usize::MAX;
        mail.ailing = vec![Ailing { name: trap, since: jiff::Timestamp::MIN, is_silent: false }; 40];
        mail.sent = vec![(trap, trap, url::Url::parse("data:text/html,<script>").unwrap())];
        mail.counts =
            vec![CountryCount { code: trap.into(), name: trap.into(), days: vec![u32::MAX; 90], mean: 1e300 }];
    }
    mails
}

#[test]
fn the_html_is_what_mail_programs_keep_and_nothing_a_source_wrote() {
    for (name, mail) in mails().into_iter().chain(hostile()) {
        let Some(html) = mail.letter().html else { continue };
        lint::check(name, &html, 80_000);
    }
}

#[test]
fn headers_and_subject_are_ours_alone() {
    for (name, mail) in mails().into_iter().chain(hostile()) {
        let letter = mail.letter();
        assert!(letter.subject.chars().count() <= 78, "{name}: {}", letter.subject);
        assert_eq!(letter.subject, crate::text::display::line(&letter.subject), "{name}");
        for (header, value) in letter.headers {
            assert!(value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()), "{name}: {header}: {value}");
            assert!(header.len() + value.len() < 990, "{name}: {header}: {value}");
            assert!(!["References", "In-Reply-To"].contains(&header.as_str()), "{name}: a conversation of its own");
        }
    }
}

#[test]
fn a_neutral_envelope_tells_nothing() {
    let telling = ["attaques", "morning", "djibo", "jnim", "bf", "enlevements", "attaque"];
    for (name, mail) in mails() {
        let mut mail = mail.to(Tongue::Fr, Profile::Full, SubjectStyle::Neutral);
        // An encrypted mail is as discreet without being asked.
        if name.starts_with("roundup") {
            mail.reader.subject = SubjectStyle::Full;
            mail.reader.openpgp =
                Some(std::sync::Arc::new(KeyFile { path: "amina.asc".into(), armoured: String::new() }));
        }
        let letter = mail.letter();
        let headers: String = letter.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        let html = letter.html.unwrap();
        let preheader = html.split("mso-hide:all\">").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap();
        for open in [&letter.subject, &letter.message_id, &headers, preheader] {
            let words = open.to_lowercase();
            let mut words = words.split(|c: char| !c.is_alphanumeric());
            assert_eq!(words.find(|word| telling.contains(word)), None, "{name}: {open}");
        }
        assert!(letter.title != letter.subject && html.contains("<h1"), "{name}: the body tells it");
    }
}

#[test]
fn the_text_is_narrow_and_its_foreign_lines_are_isolated() {
    for (name, mail) in mails().into_iter().chain(hostile()) {
        for line in mail.letter().text.lines() {
            let address = ["http", "mailto:"].iter().any(|start| line.starts_with(start));
            let columns = line.chars().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).count();
            let (open, close) = (['\u{2066}', '\u{2067}', '\u{2068}'], '\u{2069}');
            let isolates = line.matches(open).count();
            assert!(address || !line.contains(' ') || columns <= 72 + 2 * isolates, "{name}: {line}");
            assert_eq!(isolates, line.matches(close).count(), "{name}: {line}");
        }
    }
}

#[test]
fn both_parts_tell_of_the_same_stories() {
    for (name, mail) in mails() {
        let letter = mail.letter();
        let Some(html) = letter.html else { continue };
        let addresses = |text: &str| text.matches("https://www.").count();
        assert_eq!(addresses(&html), addresses(&letter.text), "{name}");
        assert!(addresses(&html) >= mail.stories.len(), "{name}");
    }
}

#[test]
fn a_letter_stays_small_whatever_it_tells() {
    let long_links = |n| {
        let mut stories = arabic(n);
        for story in &mut stories {
            story.lead.item.link = url::Url::parse(&format!("https://www.a.example/{}", "خبر".repeat(50))).ok();
        }
        stories
    };
    for (name, stories, full) in [("500", arabic(500), 40), ("long links", long_links(500), 20)] {
        let mail = digest_of(stories).to(Tongue::Ar, Profile::Full, SubjectStyle::Full);
        let html = mail.letter().html.unwrap();
        assert!((60_000..=80_000).contains(&html.len()), "{name}: {} bytes", html.len());
        let shown = html.matches("<h3").count();
        assert!((full..=40).contains(&shown), "{name}: {shown} stories in full");
        assert!(html.contains("غير معروض"), "{name}: the rest is counted");
    }
    for (name, mail) in hostile() {
        let letter = mail.letter();
        assert!(letter.html.unwrap().len() <= 80_000, "{name}");
        let plain = mail.to(Tongue::Ar, Profile::Plain, SubjectStyle::Full).letter();
        assert!(plain.html.is_none());
        assert_plain(name, &plain.text);
    }
    for (name, mail) in mails() {
        for tongue in [Tongue::En, Tongue::Fr, Tongue::Ar] {
            let plain = mail.clone().to(tongue, Profile::Plain, SubjectStyle::Full);
            assert_plain(name, &plain.letter().text);
        }
    }
}

/// Two kilobytes once encoded (`limits::MAX_PLAIN`).
fn assert_plain(name: &str, text: &str) {
    let sent = crate::alert::limits::as_sent(text);
    assert!(sent <= crate::alert::limits::MAX_PLAIN, "{name}: {sent} bytes\n{text}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn any_words_make_a_safe_and_small_mail(
        title in "\\PC{0,300}|[\u{0}-\u{2fff}]{0,60}",
        name in "\\PC{0,60}|[{}\"<>&\u{202e}\\n]{0,40}",
        tongue in proptest::sample::select(vec![Tongue::En, Tongue::Fr, Tongue::Ar]),
        zone in proptest::sample::select(vec!["GMT0", "WAT-1", "<+0530>-5:30", "CET-1CEST,M3.5.0,M10.5.0/3"]),
        n in 0_usize..30,
        kind in 0_usize..4,
    ) {
        let (_, mut mail) = hostile().swap_remove(kind);
        let mut one = mail.stories.swap_remove(0);
        one.lead.item.title = title;
        one.reports[0].places[0].name = name.clone();
        one.watches[0].name = name;
        mail.stories = vec![one; n];
        mail.reader.zone = jiff::tz::TimeZone::posix(zone).unwrap();
        let mail = mail.to(tongue, Profile::Full, SubjectStyle::Full);
        let letter = mail.letter();
        lint::check("any", &letter.html.unwrap(), 80_000);
        proptest::prop_assert!(letter.subject.chars().count() <= 78, "{}", letter.subject);
        proptest::prop_assert_eq!(&letter.subject, &crate::text::display::line(&letter.subject));
        assert_plain("any", &mail.to(tongue, Profile::Plain, SubjectStyle::Neutral).letter().text);
    }
}
