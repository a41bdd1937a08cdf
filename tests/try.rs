//! `try`, run as its users run it, on bundled documents of every kind served over loopback. What it prints is kept in
//! `tests/golden/try`, with the server's address and the time it took left out; `UPDATE_GOLDEN=1` writes it anew; read
//! the difference before you keep it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::bed::program;
use crate::peers::http::{HttpPeer, Reply};

const HTML: &str = "text/html; charset=utf-8";

/// A configuration with two watches, and a site to try.
struct Bed {
    folder: tempfile::TempDir,
    site: HttpPeer,
}

/// A file of `tests/fixtures`.
fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let main = "version = 1\ninclude = [\"conf.d/*.toml\"]\n\
                    http = { contact = \"ops@example.org\", per_host_delay = \"0s\" }\n\
                    mail = { from = \"alerts@example.org\" }\n\
                    [[source]]\nid = \"known\"\nkind = \"feed\"\nurl = \"https://known.example/feed\"\n\
                    [[watch]]\nid = \"attacks\"\nto = [\"amina@example.org\"]\n\
                    any = [\"attaque*\", \"attack*\", \"convoi\", \"هجوم\"]\n\
                    [[watch]]\nid = \"markets\"\nany = [\"marché\", \"market\"]\nto = [\"amina@example.org\"]\n";
        let storage = format!("storage = {{ path = \"{}\" }}\n", folder.path().join("state").display());
        fs::write(folder.path().join("sahelwatch.toml"), main.replacen('\n', &format!("\n{storage}"), 1)).unwrap();
        Self { folder, site: HttpPeer::start() }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("sahelwatch.toml")
    }

    /// Serves a file, its `OUTLET` and these hosts replaced by the site.
    fn serve(&self, path: &str, kind: &str, file: &str) -> &Self {
        let mut body = fixture(file);
        if let Ok(text) = std::str::from_utf8(&body) {
            let base = self.site.url("").to_string();
            let base = base.trim_end_matches('/');
            let hosts = ["https://www.sawt-sahel.example", "https://sawt-sahel.example", "OUTLET"];
            body = hosts.iter().fold(text.to_owned(), |text, host| text.replace(host, base)).into_bytes();
        }
        self.site.on(path, [Reply::ok(body).header("Content-Type", kind)]);
        self
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        let site = self.site.url("").to_string();
        let site = site.trim_end_matches('/');
        let mut command = program();
        command.arg("-c").arg(self.config()).arg("try").arg("--allow-private");
        command.args(arguments.iter().map(|argument| argument.replace("SITE", site)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What is printed, with everything that differs from run to run left out, and the exit code.
    fn shown(&self, arguments: &[&str], input: &[u8]) -> String {
        let output = self.run(arguments, input);
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        let text = text.replace(&format!("127.0.0.1:{}", self.site.port()), "outlet.example");
        let text = text.replace(&self.folder.path().display().to_string(), "FOLDER");
        let without_time = |line: &str| match line.starts_with("answered").then(|| line.rsplit_once(" in ")).flatten() {
            Some((what, _)) => format!("{what} in TIME"),
            None => line.to_owned(),
        };
        let lines: Vec<String> = text.lines().map(without_time).collect();
        let typed = arguments.iter().map(|argument| argument.replace("SITE", "http://outlet.example"));
        let typed: Vec<String> =
            typed.map(|word| if word.contains(' ') { format!("'{word}'") } else { word }).collect();
        format!("$ sahelwatch try {}\n{}\nexit {}\n", typed.join(" "), lines.join("\n"), output.status.code().unwrap())
    }

    #[track_caller]
    fn check(&self, name: &str, arguments: &[&str], input: &[u8]) {
        let shown = self.shown(arguments, input);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/try").join(name).with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &shown).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == shown, "{name}.txt differs (UPDATE_GOLDEN=1 writes it anew)\n{shown}");
    }
}

#[test]
fn feeds_of_every_dialect() {
    let bed = Bed::new();
    let rss = Reply::ok(fixture("feeds/fr-sloppy-latin1.xml"));
    let rss = rss.header("ETag", "\"1\"").header("Cache-Control", "max-age=900").header("Content-Type", "text/xml");
    bed.site.on("/rss", [rss]);
    bed.check("rss", &["SITE/rss"], b"");
    bed.serve("/atom.xml", "application/atom+xml", "try/atom.xml");
    bed.site.on("/old", [Reply::redirect(302, "/atom.xml")]);
    bed.check("atom", &["SITE/old"], b"");
    bed.serve("/feed.json", "application/feed+json", "feeds/ha-json-feed.json");
    bed.check("json-feed", &["SITE/feed.json"], b"");
    bed.serve("/ar", "application/rss+xml", "feeds/ar-windows-1256.xml");
    bed.check("arabic", &["SITE/ar", "--watch", "markets"], b"");
    bed.serve("/empty", "application/rss+xml", "try/empty.xml");
    bed.check("empty-feed", &["SITE/empty"], b"");
}

#[test]
fn teasers_lead_to_their_article() {
    let bed = Bed::new();
    bed.serve("/feed/", "application/rss+xml", "try/teasers.xml");
    bed.serve("/2026/03/20/ansongo-un-convoi/", HTML, "articles/wordpress-fr.html");
    bed.check("teasers", &["SITE/feed/"], b"");
    bed.serve("/2026/03/20/ansongo-un-convoi/", HTML, "articles/paywall.html");
    bed.check("teasers-behind-a-paywall", &["SITE/feed/"], b"");
}

#[test]
fn pages() {
    let bed = Bed::new();
    bed.serve("/blog", HTML, "pages/wordpress-blog.html");
    bed.check("page-automatic", &["SITE/blog"], b"");
    bed.check("page-selectors", &["SITE/blog", "--item", "article", "--title", "h2 a", "--date", "time"], b"");
    bed.check("page-wrong-selectors", &["SITE/blog", "--item", "nav li", "--title", "a"], b"");
    bed.serve("/menu", HTML, "pages/navigation-only.html");
    bed.check("page-without-news", &["SITE/menu"], b"");
    bed.site.on("/robots.txt", [Reply::ok("User-agent: *\nDisallow: /blog\n")]);
    let refused = Bed { site: bed.site, ..Bed::new() };
    refused.check("page-refused-by-robots", &["SITE/blog", "--kind", "page"], b"");
}

#[test]
fn a_page_leads_to_its_feed() {
    let bed = Bed::new();
    bed.serve("/", HTML, "try/front.html").serve("/feed/", "application/rss+xml", "try/teasers.xml");
    bed.serve("/2026/03/20/ansongo-un-convoi/", HTML, "articles/wordpress-fr.html");
    bed.check("page-with-a-feed", &["SITE/"], b"");
    assert_eq!(bed.site.requests("/feed").len(), 0, "where the page names a feed, none is guessed");
}

#[test]
fn a_page_leads_to_its_sitemap_of_news() {
    let bed = Bed::new();
    bed.serve("/", HTML, "pages/shell.html").serve("/news.xml", "text/xml", "kinds/sitemap-news.xml");
    bed.site.on("/robots.txt", [Reply::ok(format!("Sitemap: {}\n", bed.site.url("/news.xml")))]);
    bed.check("page-with-a-sitemap", &["SITE/"], b"");
}

#[test]
fn other_kinds() {
    let bed = Bed::new();
    bed.serve("/news.xml", "text/xml", "kinds/sitemap-news.xml");
    bed.check("sitemap", &["SITE/news.xml"], b"");
    bed.serve("/api", "application/json", "kinds/wordpress-api.json");
    bed.check("json-unknown", &["SITE/api"], b"");
    let picks = ["--item", "$[*]", "--title", "$.title.rendered", "--link", "$.link", "--date", "$.date_gmt"];
    bed.check("json", &[&["SITE/api"], &picks[..]].concat(), b"");
    let channel = fixture("kinds/telegram-fr.html");
    bed.check("telegram", &["-", "--kind", "telegram", "--url", "https://t.me/s/voix_azawagh"], &channel);
    bed.check("telegram-unknown", &["-", "--kind", "telegram"], &fixture("kinds/telegram-unknown.html"));
    bed.check("exec-output", &["-", "--kind", "exec"], &fixture("kinds/program-output.ndjson"));
    bed.check("exec", &["--command", "/bin/echo", "{\"title\": \"Attaque à Ménaka\"}"], b"");
    bed.check("exec-failing", &["--command", "/bin/sh", "-c", "echo no token >&2; exit 3"], b"");
}

#[test]
fn what_keeps_us_out_is_said_with_what_to_do() {
    let bed = Bed::new();
    let challenge = Reply::ok(fixture("articles/challenge.html")).with_status(403).header("Content-Type", HTML);
    bed.site.on("/", [challenge.header("cf-mitigated", "challenge")]);
    bed.serve("/feed/", "application/rss+xml", "try/teasers.xml");
    bed.check("challenge", &["SITE/"], b"");
    for (name, page) in [("login", "login"), ("consent", "consent"), ("script", "shell")] {
        bed.serve(&format!("/{name}"), HTML, &format!("articles/{page}.html"));
        let bed = Bed { site: HttpPeer::start(), ..Bed::new() };
        bed.serve(&format!("/{name}"), HTML, &format!("articles/{page}.html"));
        bed.check(name, &[&format!("SITE/{name}")], b"");
    }
}

#[test]
fn a_page_at_a_feeds_address_is_not_taken_for_one() {
    let bed = Bed::new();
    bed.serve("/rss", HTML, "try/front.html").serve("/feed/", "application/rss+xml", "try/teasers.xml");
    bed.check("page-at-a-feeds-address", &["SITE/rss", "--kind", "feed"], b"");
    bed.check("missing", &["SITE/gone"], b"");
    bed.check("unreachable", &["http://127.0.0.1:9/feed", "--kind", "feed"], b"");
    bed.check("nothing-known", &["-"], b"Bonjour");
    bed.check("wrong-selector", &["SITE/rss", "--item", "li[", "--title", "a"], b"");
    bed.check("no-such-source", &["knwon"], b"");
}

#[test]
fn a_private_address_is_asked_for_only_when_told_to() {
    let bed = Bed::new();
    bed.serve("/rss", "text/xml", "try/atom.xml");
    let url = bed.site.url("/rss");
    let output = program().arg("-c").arg(bed.config()).args(["try", url.as_str()]).output().unwrap();
    assert_eq!((output.status.code(), bed.site.requests("/rss").len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("--allow-private"));
}

#[test]
fn without_a_configuration_it_works_and_says_what_it_lacks() {
    let bed = Bed::new();
    bed.serve("/atom.xml", "application/atom+xml", "try/atom.xml");
    fs::remove_file(bed.config()).unwrap();
    bed.check("without-configuration", &["SITE/atom.xml"], b"");
    let seen = bed.site.requests("/atom.xml");
    let agent = String::from_utf8_lossy(seen[0].header("user-agent").unwrap()).into_owned();
    assert!(agent.contains("(+no contact given)"), "{agent}");
    fs::write(bed.config(), "version = 1\n[http]\nproxy = nonsense\n").unwrap();
    let output = bed.run(&["SITE/atom.xml"], b"");
    assert_eq!(
        (output.status.code(), bed.site.requests("/atom.xml").len()),
        (Some(78), 1),
        "nothing goes past a proxy"
    );
}

#[test]
fn what_is_found_is_saved_with_all_that_stood_there() {
    let bed = Bed::new();
    bed.serve("/", HTML, "try/front.html").serve("/feed/", "application/rss+xml", "try/teasers.xml");
    bed.serve("/2026/03/20/ansongo-un-convoi/", HTML, "articles/wordpress-fr.html");
    let local = bed.folder.path().join("conf.d/90-local.toml");
    fs::create_dir_all(local.parent().unwrap()).unwrap();
    let there = "# Ours, do not touch.\n[[source]] # the radio\n\
                 id = \"radio\"\nkind = \"feed\"\nurl = \"https://radio.example/rss\"\n";
    fs::write(&local, there).unwrap();
    let output = bed.run(&["SITE/", "--save", "--id", "fleuve"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let saved = fs::read_to_string(&local).unwrap();
    assert!(saved.starts_with(there), "{saved}");
    let added = &saved[there.len()..];
    for line in ["id = \"fleuve\"", "kind = \"feed\"", "lang = \"fr\"", "full_text = true", "allow_private = true"] {
        assert!(added.contains(line), "{line} in {added}");
    }
    assert!(program().arg("-c").arg(bed.config()).arg("check").output().unwrap().status.success());
    let again = bed.run(&["SITE/", "--save"], b"");
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("`fleuve` polls this address already"));
    assert_eq!(fs::read_to_string(&local).unwrap(), saved);
}

#[test]
fn the_json_document_holds_what_the_text_says() {
    let bed = Bed::new();
    bed.serve("/atom.xml", "application/atom+xml", "try/atom.xml");
    let output = bed.run(&["SITE/atom.xml", "--json"], b"");
    let trial: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&trial["schema"], &trial["is"]["dialect"]), (&1.into(), &"Atom 1.0".into()));
    assert_eq!(trial["first"][0]["watches"][0]["watch"], "attacks");
    assert_eq!(trial["items"]["texts"], "full");
    assert!(trial["next"][0]["command"].as_str().unwrap().ends_with("--save"));
}
