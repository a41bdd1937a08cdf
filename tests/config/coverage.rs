//! Sources of every kind, how they are asked, and who is told when they go dark.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use jiff::civil::time;
use sahelwatch::cli::check;
use sahelwatch::config::{Config, Web};
use sahelwatch::model::{
    Access, Floor, JsonPaths, Operator, Owner, Program, Proxy, Source, SourceId, SourceKind, Tongue, UrlFilter,
};
use url::Url;

use super::{Bed, HEAD, set_mode};

/// A complete main file, a source `a`, and more lines, which may add further ones.
fn with_sources(lines: &str) -> Bed {
    let inline = HEAD.lines().find(|line| line.starts_with("source = ")).unwrap();
    let own = "[[source]]\nid = \"a\"\nkind = \"feed\"\nurl = \"https://example.org/a\"";
    Bed::new(&[("sahelwatch.toml", &format!("{}\n{own}\n{lines}", HEAD.replace(inline, "")))])
}

/// With a source `x` that has these keys.
fn with_source(keys: &str) -> Bed {
    with_sources(&format!("[[source]]\nid = \"x\"\n{keys}\n"))
}

#[track_caller]
fn source(bed: &Bed) -> Source {
    bed.config().sources[1].source.clone()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[test]
fn a_source_is_of_one_of_six_kinds() {
    let feed = "url = \"https://example.org/x\"";
    let paths = JsonPaths {
        item: "$.data[*]".to_owned(),
        title: "$.title".to_owned(),
        body: Some("$.body".to_owned()),
        ..JsonPaths::default()
    };
    for (keys, kind, address) in [
        (format!("kind = \"page\"\n{feed}"), SourceKind::Links, "https://example.org/x"),
        (format!("kind = \"sitemap\"\n{feed}"), SourceKind::Sitemap, "https://example.org/x"),
        (
            format!(
                "kind = \"json\"\n{feed}\nselect = {{ item = \"$.data[*]\", title = \"$.title\", body = \"$.body\" }}"
            ),
            SourceKind::Json(Box::new(paths)),
            "https://example.org/x",
        ),
        ("kind = \"telegram\"\nurl = \"@kidal_info\"".to_owned(), SourceKind::Telegram, "https://t.me/s/kidal_info"),
    ] {
        let source = source(&with_source(&keys));
        assert_eq!((source.kind, source.url), (kind, url(address)), "{keys}");
    }
}

#[test]
fn a_program_is_run_as_typed_and_known_by_an_address() {
    let bed = with_source("kind = \"exec\"\ncommand = [\"PROGRAM\", \"--lang=fr ar\", \"a&b\"]\ntimeout = \"2m\"");
    let path = bed.file("our feed", "#!/bin/sh\n").display().to_string();
    set_mode(&bed.path("our feed"), 0o700);
    let text = fs::read_to_string(bed.path("sahelwatch.toml")).unwrap().replace("PROGRAM", &path);
    bed.file("sahelwatch.toml", &text);
    let source = source(&bed);
    let command = vec![path.clone(), "--lang=fr ar".to_owned(), "a&b".to_owned()];
    assert_eq!(source.kind, SourceKind::Exec(Box::new(Program { command, timeout: minutes(2) })));
    let expected = format!("exec:{}?--lang%3Dfr+ar&a%26b", path.replace(' ', "%20"));
    assert_eq!(source.url.as_str(), expected);

    bed.file(
        "sahelwatch.toml",
        &format!("{text}{}", text[text.rfind("[[source]]").unwrap()..].replace("\"x\"", "\"y\"")),
    );
    assert!(bed.report().contains("warning: another source runs the same command"), "{}", bed.report());
}

#[test]
fn only_a_program_that_no_stranger_can_change_is_run() {
    let program = || {
        let bed = with_source("kind = \"exec\"\ncommand = [\"PROGRAM\"]");
        let path = bed.file("bin/our-feed", "#!/bin/sh\n");
        set_mode(&path, 0o755);
        let text = fs::read_to_string(bed.path("sahelwatch.toml")).unwrap();
        bed.file("sahelwatch.toml", &text.replace("PROGRAM", &path.display().to_string()));
        (bed, path)
    };
    for (mode, expected) in [
        (0o700, ""),
        (0o720, "its group or everyone may write to it (mode 0720)"),
        (0o702, "its group or everyone may write to it (mode 0702)"),
        (0o600, "this user may not execute it (mode 0600)"),
    ] {
        let (bed, path) = program();
        set_mode(&path, mode);
        let report = bed.report();
        assert!(report.contains(expected) && report.is_empty() == expected.is_empty(), "{mode:o}: {report}");
    }
    let (bed, path) = program();
    set_mode(path.parent().unwrap(), 0o777);
    assert!(bed.report().contains("everyone may write to it (mode 0777)"), "{}", bed.report());
    let (bed, path) = program();
    let elsewhere = bed.file("elsewhere", "#!/bin/sh\n");
    fs::remove_file(&path).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert!(bed.report().contains("this user may not execute it"), "what a link leads to is judged: {}", bed.report());
    let (mut bed, path) = program();
    fs::remove_file(path).unwrap();
    assert!(bed.report().contains("No such file"), "{}", bed.report());
    bed.environment.leaves_secrets = true;
    assert_eq!(bed.report(), "", "who only looks on need not see it");
}

#[test]
fn what_is_said_for_all_sources_may_be_said_otherwise_for_one() {
    let feed = "kind = \"feed\"\nurl = \"https://example.org/x\"\n";
    let own = "full_text = false\nstale_after = \"1h\"\nheal = \"propose\"\ninterval = \"1m\"\n";
    let bed = with_source(&format!("{feed}{own}"));
    bed.file(
        "conf.d/10.toml",
        "defaults.source = { full_text = true, stale_after = \"36h\", heal = \"apply\", interval = \"2h\" }\n",
    );
    let of = |source: &Source| (source.full_text, source.stale_after, source.heal, source.interval);
    assert_eq!(of(&bed.config().sources[0].source), (true, Some(minutes(36 * 60)), true, minutes(120)));
    assert_eq!(of(&source(&bed)), (false, Some(minutes(60)), false, minutes(1)));
    assert_eq!(of(&Bed::with("").config().sources[0].source), (false, None, false, minutes(15)));
}

#[test]
fn what_is_known_of_a_source_and_how_it_is_asked_is_typed() {
    let keys = r#"kind = "feed"
url = "https://example.org/x"
owner = "ngo"
url_include = ["/mali/", "/niger/"]
url_exclude = ["/sport/"]
user_agent = "Mozilla/5.0 (example.org)"
proxy = "socks5h://127.0.0.1:9050"
robots = false
"#;
    let found = source(&with_source(keys));
    assert_eq!(found.owner, Some(Owner::Ngo));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(*found.filter, UrlFilter { include: texts(&["/mali/", "/niger/"]), exclude: texts(&["/sport/"]) });
    let access = Access {
        user_agent: Some("Mozilla/5.0 (example.org)".to_owned()),
        proxy: Proxy::Through(url("socks5h://127.0.0.1:9050")),
        headers: Vec::new(),
        robots: Some(false),
    };
    assert_eq!(*found.access, access);
    let direct = keys.replace("socks5h://127.0.0.1:9050", "direct");
    assert_eq!(source(&with_source(&direct)).access.proxy, Proxy::Direct);

    let bed = Bed::with("");
    assert_eq!((bed.config().http.proxy, bed.config().http.respect_robots), (None, true));
    bed.file("conf.d/10.toml", "http.proxy = \"http://proxy.example.org:3128\"\nhttp.respect_robots = false\n");
    let http = bed.config().http;
    assert_eq!((http.proxy, http.respect_robots), (Some(url("http://proxy.example.org:3128")), false));
}

#[test]
fn headers_are_secret_and_come_from_a_file_or_a_credential() {
    let of = |key: &str| {
        let mut bed = with_source(&format!("kind = \"feed\"\nurl = \"https://example.org/x\"\n{key} = \"headers\""));
        bed.file("headers", "Cookie: session=hunter2\nX-Key: hunter3\n");
        bed.environment.credentials_directory = Some(bed.folder.path().to_owned());
        bed
    };
    for key in ["headers_file", "headers_credential"] {
        let mut bed = of(key);
        let loaded = bed.load();
        let source = source(&bed);
        let headers: Vec<_> =
            source.access.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(headers, [("Cookie", "session=hunter2"), ("X-Key", "hunter3")]);
        assert!(!["hunter2", "hunter3"].iter().any(|secret| format!("{loaded:?}").contains(secret)));
        bed.environment.leaves_secrets = true;
        assert_eq!(self::source(&bed).access.headers, [], "left unread");
    }
    let bed = of("headers_file");
    let old = bed.config();
    bed.file("headers", "Cookie: session=other");
    assert_eq!(bed.config().changes_from(&old), ["~1 source: x"]);
    for text in ["hunter2", "Host: hunter2", "Cookie: hunter2\u{e9}", "hunter2: ", "hunter2\u{e9}: a"] {
        bed.file("headers", text);
        let loaded = bed.load();
        assert!(loaded.config.is_none(), "{text}");
        for shown in [format!("{loaded:?}"), loaded.report.render(true), check::as_json(&loaded).stdout] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn headers_that_reach_nobody_or_everybody_are_warned_of() {
    for (keys, expected) in [
        ("kind = \"feed\"\nurl = \"http://example.org/x\"", "warning: the headers go unprotected"),
        ("kind = \"exec\"\ncommand = [\"/bin/sh\"]", "warning: the headers are sent to nobody"),
        ("kind = \"feed\"\nurl = \"http://127.0.0.1/x\"", ""),
    ] {
        let bed = with_source(&format!("{keys}\nheaders_file = \"headers\""));
        bed.file("headers", "Cookie: a=b");
        let report = bed.report();
        assert!(report.starts_with(expected) && report.is_empty() == expected.is_empty(), "{report}");
    }
}

#[test]
fn who_runs_this_is_told_and_pinged() {
    let bed = Bed::with("group.crew = [\"Awa <awa@example.org>\", \"ops@example.org\"]\n");
    assert_eq!(bed.load().report.problems.len(), 1, "a group that nobody names");
    let operator = |to: &[&str]| {
        let to = to.iter().map(|text| sahelwatch::config::mailbox::parse(text).unwrap()).collect();
        Operator { to, ..Operator::default() }
    };
    assert_eq!(bed.config().operator, operator(&["ops@example.org"]));

    let text = fs::read_to_string(bed.path("sahelwatch.toml")).unwrap();
    bed.file("sahelwatch.toml", &text.replace("[\"ops@example.org\"]", "[\"@crew\", \"OPS@example.org\"]"));
    bed.file(
        "conf.d/10.toml",
        "mail.lang = \"fr\"\n[operator]\nsign_of_life = \"06:30\"\nping_file = \"ping\"\nping_every = \"10m\"\n",
    );
    bed.file("conf.d/ping", "https://ping.example.org/hunter2\n");
    let loaded = bed.load();
    assert_eq!(bed.report(), "");
    let config = bed.config();
    let Operator { to, lang, sign_of_life, ping } = &config.operator;
    assert_eq!(to, &operator(&["Awa <awa@example.org>", "ops@example.org"]).to);
    assert_eq!((*lang, *sign_of_life), (Tongue::Fr, Some(time(6, 30, 0, 0))));
    let ping = ping.as_ref().unwrap();
    assert_eq!((ping.url.expose(), ping.every), ("https://ping.example.org/hunter2", minutes(10)));
    assert!(!format!("{loaded:?}").contains("hunter2"));

    bed.file("conf.d/20.toml", "operator.lang = \"ar\"\n");
    assert_eq!(bed.config().operator.lang, Tongue::Ar);
    assert_eq!(bed.config().changes_from(&config), ["operator settings changed"]);
    for text in
        ["http://ping.example.org/hunter2", "hunter2", "https://amina:hunter2@ping.example.org/", "ftp://hunter2"]
    {
        bed.file("conf.d/ping", text);
        let report = bed.report();
        assert!(report.contains("does not hold the address") && !report.contains("hunter2"), "{report}");
    }
    bed.file("conf.d/ping", "http://127.0.0.1:8000/");
    assert_eq!(bed.report(), "", "what stays on this machine needs no TLS");
}

#[test]
fn that_nobody_is_told_may_be_a_choice() {
    let bed = Bed::with("");
    let text = fs::read_to_string(bed.path("sahelwatch.toml")).unwrap();
    bed.file("sahelwatch.toml", &text.replace("[\"ops@example.org\"]", "[]"));
    assert_eq!((bed.report().as_str(), bed.config().operator), ("", Operator::default()));
}

const FLOORS: &str = r#"
[[source]]
id = "x"
kind = "feed"
url = "https://example.org/x"
lang = "ar-MR"
tags = ["ML", "MR"]
owner = "state"
tier = 1
[[coverage]]
name = "Mali in Arabic"
at_least = 1
lang = "ar"
tags = ["ML"]
owner = "state"
tier = 2
[[coverage]]
name = "all"
at_least = 2
"#;

#[test]
fn a_floor_says_which_sources_count() {
    let config = with_sources(FLOORS).config();
    let [arabic, all] = &config.floors[..] else { panic!("two floors") };
    let expected = Floor {
        name: "Mali in Arabic".to_owned(),
        at_least: 1,
        lang: Some("ar".to_owned()),
        tags: vec!["ML".to_owned()],
        owner: Some(Owner::State),
        tier: Some(2),
    };
    assert_eq!(*arabic, expected);
    let counting = |floor: &Floor| config.sources.iter().filter(|plan| floor.counts(&plan.source)).count();
    assert_eq!((counting(arabic), counting(all)), (1, 2));
    let source = &config.sources[1].source;
    type Spoil = fn(&mut Source);
    let spoil: [Spoil; 5] = [
        |source| source.lang = Some("arz".to_owned()),
        |source| source.lang = None,
        |source| source.tags = vec!["MR".to_owned()],
        |source| source.owner = None,
        |source| source.tier = 3,
    ];
    for (number, spoil) in spoil.into_iter().enumerate() {
        let mut other = source.clone();
        spoil(&mut other);
        assert!(!arabic.counts(&other) && all.counts(&other), "{number}");
    }
}

#[test]
fn a_floor_is_not_judged_by_sources_that_could_not_be_read() {
    let bed = with_sources(FLOORS);
    bed.file("conf.d/10.toml", "[[coverage]]\nname = \"Chad\"\nat_least = 1\ntags = [\"TD\"]\n");
    assert!(bed.report().contains("error: no source is tagged `TD`"), "{}", bed.report());
    bed.file("conf.d/20.toml", "[[source]]\nid = \"td\"\nkind = \"fed\"\nurl = \"https://example.org/td\"\n");
    assert!(!bed.report().contains("no source"), "{}", bed.report());
    bed.file("conf.d/20.toml", "[[source]\n");
    assert!(!bed.report().contains("no source"), "{}", bed.report());
}

#[test]
fn a_listener_stays_among_friends() {
    let web = |keys: &str| Bed::with(&format!("[web]\n{keys}\n"));
    let found = |keys: &str| web(keys).config().web;
    assert_eq!(Bed::with("").config().web, None);
    for (keys, listen, public_url) in [
        ("public_url = \"https://watch.example.org\"", "127.0.0.1:8080", "https://watch.example.org/"),
        ("listen = \"[::1]:80\"\npublic_url = \"https://example.org/sahel\"", "[::1]:80", "https://example.org/sahel/"),
        ("listen = \"10.0.0.7:80\"\npublic_url = \"http://localhost:8080/\"", "10.0.0.7:80", "http://localhost:8080/"),
    ] {
        let expected = Web { listen: listen.parse().unwrap(), public_url: url(public_url) };
        assert_eq!(found(keys), Some(expected), "{keys}");
    }
    let good = "public_url = \"https://watch.example.org/\"";
    for (keys, expected) in [
        ("listen = \"8080\"", "error: `listen` cannot be `8080`"),
        ("listen = \"localhost:8080\"", "error: `listen` cannot be `localhost:8080`"),
        ("listen = \"93.184.216.34:80\"", "error: `listen` would open a plain HTTP port to strangers"),
        ("listen = \"[::]:80\"", "error: `listen` would open a plain HTTP port to strangers"),
        ("public_url = \"watch.example.org\"", "error: `public_url` cannot be read"),
        ("public_url = \"https://watch.example.org/?a=b\"", "error: `public_url` has a query or a fragment"),
        ("public_url = \"https://amina:hunter2@example.org/\"", "error: `public_url` contains a user name or password"),
        ("", "error: `public_url` is missing in [web]"),
    ] {
        let keys = if keys.starts_with("listen") { format!("{keys}\n{good}") } else { keys.to_owned() };
        let report = web(&keys).report();
        assert!(report.starts_with(expected) && !report.contains("hunter2"), "{report}");
    }
}

#[test]
fn a_reload_says_what_changed_of_floors_and_listener() {
    let load = |lines: &str| -> Config { with_sources(lines).config() };
    let old = load(FLOORS);
    let web = "[web]\npublic_url = \"https://watch.example.org/\"\n";
    let new = load(&format!("{}{web}", FLOORS.replace("\"all\"", "\"everything\"").replace("tier = 2", "tier = 1")));
    assert_eq!(
        new.changes_from(&old),
        [
            "+1 coverage floor: everything",
            "~1 coverage floor: Mali in Arabic",
            "-1 coverage floor: all",
            "web settings changed: take effect after a restart"
        ]
    );
    assert_eq!(old.sources[1].source.id, SourceId::new("x").unwrap());
}
