//! Stories to write mails on: made up, as are their outlets.

use url::Url;

pub(in crate::alert) use super::build::*;
use crate::model::*;

/// One attack in the first hour: three French outlets, one of them copied twice.
pub(in crate::alert) fn french() -> Case {
    let title = "Djibo : au moins 40 morts dans l’attaque d’un convoi de ravitaillement";
    let mut reports = vec![
        report(0, "echo-du-liptako", "fr", "14:05:30", title),
        report(1, "faso-journal", "fr", "14:07:00", title),
        report(
            2,
            "radio-sankore",
            "fr",
            "14:08:00",
            "Soum : un convoi civil tombe dans une embuscade, une quarantaine de morts",
        ),
        report(3, "le-reveil", "fr", "14:09:00", title),
    ];
    reports[0].places = vec![djibo()];
    reports[0].tolls = vec![dead(40, TollQualifier::AtLeast)];
    reports[2].places = vec![place("soum", "Soum", None, ("BF", "Burkina Faso"))];
    reports[2].tolls =
        vec![dead(40, TollQualifier::Approx), toll(TollKind::Wounded, 12, Some(12), TollQualifier::Exact)];
    for copy in [1, 3] {
        reports[copy].copy_of = Some(item(0));
        reports[copy].tolls = reports[0].tolls.clone();
    }
    Case {
        reader: reader(Tongue::En, "GMT0"),
        through: Some("security-desk"),
        reason: Reason::New,
        first_subject: None,
        item: Item {
            link: Url::parse("https://www.echo-du-liptako.example/actualites/djibo-attaque?id=48213&utm_source=rss").ok(),
            title: title.into(),
            summary: "Un convoi de ravitaillement est tombé dimanche matin dans une embuscade à une dizaine de kilomètres de Djibo, dans la province du Soum. Selon des sources sécuritaires, l’attaque a fait au moins 40 morts, dont des civils. « Ils ont ouvert le feu des deux côtés de la route », raconte un rescapé joint par téléphone. Le bilan reste provisoire.".into(),
            published: date("2026-11-22T14:05:30Z"),
            lang: Some("fr".into()),
            ..Item::default()
        },
        reports,
        news: Vec::new(),
        sources: vec![
            source("echo-du-liptako", "L’Écho du Liptako", "fr", 2),
            source("faso-journal", "Faso Journal", "fr", 2),
            source("radio-sankore", "Radio Sankoré", "fr", 1),
            source("le-reveil", "Le Réveil", "fr", 3),
        ],
        watches: vec![watch("bf-attaques", "Burkina Faso – attaques", Severity::High, &["attaque", "embuscade", "Djibo"])],
    }
}

/// One source, one watch, no place known to the lexicon but the country.
pub(in crate::alert) fn arabic() -> Case {
    let title = "اختطاف ثلاثة من عمال الإغاثة قرب ميناكا شمال شرقي مالي";
    let mut reports = vec![report(0, "sada-alqawafil", "ar", "13:40:00", title)];
    reports[0].places = vec![place("menaka", "Ménaka", None, ("ML", "Mali"))];
    reports[0].tolls = vec![toll(TollKind::Kidnapped, 3, Some(3), TollQualifier::Exact)];
    Case {
        reader: reader(Tongue::En, "WAT-1"),
        through: Some("مكتب الأمن"),
        item: Item {
            link: Url::parse("https://sada-alqawafil.example/news/اختطاف-عمال-إغاثة").ok(),
            title: title.into(),
            summary: "أفادت مصادر محلية باختطاف ثلاثة من عمال الإغاثة صباح اليوم قرب مدينة ميناكا، بعد أن اعترض مسلحون سيارتهم على الطريق المؤدي إلى المدينة. ولم تعلن أي جهة مسؤوليتها عن عملية اختطاف العمال حتى الآن، وقالت المنظمة التي يعملون معها إنها علّقت أنشطتها في المنطقة مؤقتا.".into(),
            published: date("2026-11-22T13:40:00Z"),
            ..Item::default()
        },
        reports,
        sources: vec![source("sada-alqawafil", "صدى القوافل", "ar", 1)],
        watches: vec![watch("khatf", "اختطاف العاملين في الإغاثة", Severity::Medium, &["اختطاف", "عمال الإغاثة"])],
        ..french()
    }
}

/// Four languages, copies, and figures that differ.
pub(in crate::alert) fn mixed() -> Case {
    let mut case = french();
    let ha = "An kashe mutane aƙalla 40 a harin da aka kai wa ayarin motoci kusa da Djibo";
    case.reports.extend([
        report(
            4,
            "sahara-siyasi",
            "ar",
            "14:20:00",
            "عشرات القتلى في هجوم على قافلة تموين قرب جيبو شمالي بوركينا فاسو",
        ),
        report(
            5,
            "sahel-courier",
            "en",
            "14:31:00",
            "At least 40 killed as gunmen ambush supply convoy near Djibo, sources say",
        ),
        report(6, "muryar-hausa", "ha", "14:40:00", ha),
        report(
            7,
            "akhbar-alsahil",
            "ar",
            "14:44:00",
            "عشرات القتلى في هجوم على قافلة تموين قرب جيبو شمالي بوركينا فاسو",
        ),
        report(
            8,
            "tribune-des-dunes",
            "fr",
            "14:52:00",
            "Attaque de Djibo : le bilan s’alourdit à 55 morts, selon une source locale",
        ),
    ]);
    case.sources.extend([
        source("sahara-siyasi", "الصحراء السياسي", "ar", 2),
        source("sahel-courier", "Sahel Courier", "en", 1),
        source("muryar-hausa", "Muryar Hausa", "ha", 2),
        source("akhbar-alsahil", "أخبار الساحل", "ar", 3),
        source("tribune-des-dunes", "La Tribune des Dunes – منبر الكثبان", "fr", 3),
    ]);
    case.reports[4].tolls = vec![dead(10, TollQualifier::Vague)];
    case.reports[5].tolls = vec![dead(40, TollQualifier::AtLeast)];
    case.reports[6].tolls = vec![dead(40, TollQualifier::AtLeast)];
    case.reports[7].copy_of = Some(item(4));
    case.reports[7].tolls = case.reports[4].tolls.clone();
    case.reports[8].tolls = vec![dead(55, TollQualifier::Exact)];
    case.watches.push(watch("hujum", "هجمات مسلحة", Severity::Medium, &["convoi"]));
    case
}

/// The toll rises, somebody claims it, one more source reports, and another one corrects itself.
pub(in crate::alert) fn update() -> Case {
    let mut case = mixed();
    case.reason = Reason::Changed;
    case.first_subject = Some(french().letter().subject);
    case.reports[4].places = vec![djibo(), place("arbinda", "Arbinda", Some("Soum"), ("BF", "Burkina Faso"))];
    case.reports[8].claimed_by = vec!["JNIM".to_owned()];
    case.reports[2].notice = Some(Notice::Correction);
    case.news = vec![
        News::Source { source: id("sahara-siyasi") },
        News::Source { source: id("tribune-des-dunes") },
        News::Toll {
            from: Some(40),
            to: Figure { kind: TollKind::Killed, min: 55, max: 55 },
            source: id("tribune-des-dunes"),
        },
        News::Claim { by: "JNIM".to_owned(), source: id("tribune-des-dunes") },
        News::Correction { item: item(2), source: id("radio-sankore"), notice: Notice::Correction },
        News::Place {
            place: place("arbinda", "Arbinda", Some("Soum"), ("BF", "Burkina Faso")),
            source: id("sahara-siyasi"),
        },
    ];
    case
}

/// Everything somebody else may write, written to do harm.
pub(in crate::alert) fn hostile() -> Case {
    let trap = "\u{202e}attaque\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\"><img src=x onerror=alert(1)>\u{2028}\u{0}";
    let zalgo = format!("Z{}algo ", "\u{301}\u{302}\u{303}\u{30f}".repeat(500));
    let mut reports =
        vec![report(0, "piege", trap, "14:05:00", trap), report(1, "piege-2", "\u{202e}", "14:06:00", &zalgo)];
    let evil = place("a\r\nBcc: all@evil.example", trap, Some(trap), ("x\r\n", trap));
    for report in &mut reports {
        report.places = vec![evil.clone()];
        report.claimed_by = vec![trap.to_owned()];
        report.link = Url::parse("javascript:alert(1)//https://echo.example/").ok();
        report.tolls = vec![toll(TollKind::Killed, u32::MAX, Some(0), TollQualifier::Range)];
    }
    Case {
        item: Item {
            link: Url::parse("javascript:alert(1)//https://echo.example/").ok(),
            title: format!("{trap} {zalgo}{}", "attaque ".repeat(130_000)),
            summary: format!(
                "{zalgo}{trap} <a href='javascript:alert(1)'>attaque</a> &amp; <style>*{{display:none}}</style> ${{7*7}} {{{{7*7}}}}"
            ),
            published: date(trap),
            lang: Some("fr\"><script>".into()),
            authors: vec![trap.to_owned()],
            ..Item::default()
        },
        reports,
        news: vec![
            News::Claim { by: trap.to_owned(), source: id("piege") },
            News::Place { place: evil, source: id("piege") },
            News::Source { source: id("gone") },
        ],
        sources: vec![source("piege", trap, trap, 9), source("piege-2", "هجوم <svg onload=alert(1)>", "ar", 0)],
        watches: vec![
            watch("piege-1", trap, Severity::High, &["attaque", "<img src=x onerror=alert(1)>", "\u{202e}"]),
            watch("piege-2", &format!("هجوم <svg onload=alert(1)> {zalgo}"), Severity::Low, &["algo"]),
        ],
        through: Some("desk\r\nBcc: all@evil.example"),
        ..french()
    }
}

/// Every case with a golden file.
pub(in crate::alert) fn cases() -> Vec<(&'static str, Case)> {
    let with = |case: Case, change: &dyn Fn(&mut Case)| {
        let mut case = case;
        change(&mut case);
        case
    };
    vec![
        ("french", french()),
        ("arabic", arabic()),
        ("mixed", mixed()),
        ("update", update()),
        ("held", with(arabic(), &|case| case.reason = Reason::Held)),
        ("plain", with(update(), &|case| case.reader.profile = Profile::Plain)),
        ("neutral", with(update(), &|case| case.reader.subject = SubjectStyle::Neutral)),
        ("reader-fr", with(update(), &|case| case.reader = reader(Tongue::Fr, "CET-1"))),
        ("reader-ar", with(update(), &|case| case.reader = reader(Tongue::Ar, "WAT-1"))),
        ("hostile", hostile()),
    ]
}
