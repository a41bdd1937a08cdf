//! S24, S25: after everything that can go wrong went wrong, no secret stands in anything the program said, logged, stored or
//! wrote, and no mail names another reader. Every secret here begins alike, so that one word finds them all.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::bed::{Bed, attack, everyday, feed, program};
use crate::peers::http::Reply;
use crate::peers::smtp::Offer;
use crate::trials;

/// What every secret begins with.
const SECRET: &str = "hunter-";
const READERS: [&str; 3] = ["amina@example.org", "jb@example.org", "fatou@example.org"];

/// What was said, and by what.
#[derive(Default)]
struct Said(Vec<(String, Vec<u8>)>);

impl Said {
    fn run(&mut self, bed: &Bed, arguments: &[&str]) {
        let mut command = program();
        command.arg("--config").arg(bed.config()).args(arguments).stdin(Stdio::null());
        // The most that can be logged, by every library.
        let output = command.env("SAHELWATCH_LOG", "trace").env("NO_COLOR", "1").output().unwrap();
        self.0.push((arguments.join(" "), [output.stdout, output.stderr].concat()));
    }

    fn file(&mut self, path: &Path) {
        self.0.push((path.display().to_string(), fs::read(path).unwrap()));
    }

    fn folder(&mut self, folder: &Path) {
        files(folder).iter().for_each(|path| self.file(path));
    }

    /// Who said something that holds this word.
    fn with(&self, word: &str) -> Vec<String> {
        let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        let found = self.0.iter().filter(|(_, bytes)| holds(bytes));
        found
            .map(|(who, bytes)| {
                let text = String::from_utf8_lossy(bytes);
                let line = text.lines().find(|line| line.contains(word)).unwrap_or_default();
                format!("{who}: {:.300}", line)
            })
            .collect()
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.is_file() => found.push(path),
            false => {}
        }
    }
    found
}

fn write_secret(bed: &Bed, name: &str, text: &str) {
    let path = bed.folder().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
}

/// A bed in which everything has a secret, and most of it goes wrong: the mail server wants another password, one source has
/// moved behind a login, one answers 500, one is not there.
fn troubled() -> Bed {
    let smtp = Offer::default().login("alerts", "another").start();
    let bed = Bed::with_smtp(smtp).alerting_at_once().to(&READERS);
    write_secret(&bed, "smtp-password", "hunter-smtp-7f3a\n");
    write_secret(&bed, "headers", "Authorization: Bearer hunter-feed-91bc\nCookie: session=hunter-cookie-44de\n");
    write_secret(&bed, "ping", &format!("{}\n", bed.http.url("/ping/hunter-ping-0c1d")));
    bed.http.on("/ping/hunter-ping-0c1d", [Reply::ok("OK")]);
    bed.serve(&[attack(1), everyday(1)]);
    let token = "?token=hunter-url-5c2e";
    let bed = bed
        .source("paid", "feed", &format!("/paid{token}"), "headers_file = \"headers\"")
        .source("moved", "feed", &format!("/moved{token}"), "headers_file = \"headers\"")
        .source("broken", "feed", &format!("/broken{token}"), "")
        .source("portal", "feed", &format!("/portal{token}"), "")
        .with(&format!(
            "[[source]]\nid = \"gone\"\nkind = \"feed\"\nurl = \"http://127.0.0.1:1/gone{token}\"\nallow_private = true\n\
             [[source]]\nid = \"nowhere\"\nkind = \"feed\"\nurl = \"https://{}.invalid/x{token}\"\n\
             [operator]\nping_file = \"ping\"\nping_every = \"1m\"\n\
             [[reader]]\nwho = [\"{}\"]\nkeyword = \"blue tamarin\"\n",
            "a".repeat(64),
            READERS[1],
        ));
    bed.http.on("/paid", [Reply::feed(feed(&[attack(2)]))]);
    let away =
        format!("http://user:hunter-userinfo-77aa@127.0.0.1:{}/away?sig=hunter-sig-3e9f#hunter-part", bed.http.port());
    bed.http.on("/moved", [Reply::redirect(302, away)]);
    bed.http.on("/away", [Reply::status(403)]);
    bed.http.on("/broken", [Reply::status(500)]);
    bed.http.on("/portal", [Reply::ok("<!doctype html><title>Connexion</title>").header("Content-Type", "text/html")]);
    let typed = bed.configured();
    let login =
        "tls = \"none\", username = \"alerts\", password_file = \"smtp-password\" }\nops_to = [\"ops@example.org\"]";
    assert!(typed.contains("tls = \"none\" }"));
    bed.rewrite(&typed.replace("tls = \"none\" }", login));
    bed
}

/// Configurations that are refused, each with a secret somebody typed.
fn refused(plain: &str, private_key: &Path) -> Vec<String> {
    let tables = [
        "[http]\nproxy = \"http://user:hunter-proxy-1b2c@127.0.0.1:1\"".to_owned(),
        "[[source]]\nid = \"x\"\nkind = \"feed\"\nurl = \"https://user:hunter-typed-url@example.org/feed\"".to_owned(),
        "[[source]]\nid = \"x\"\nkind = \"feed\"\nurl = \"https://example.org/feed\"\nheaders = { Cookie = \"hunter-typed-cookie\" }".to_owned(),
        "password = \"hunter-typed-password\"".to_owned(),
        "[operator]\nping = \"https://ping.example/hunter-typed-ping\"".to_owned(),
        "[[reader]]\nwho = [\"amina@example.org\"]\npassphrase = \"hunter-typed-passphrase\"".to_owned(),
        "[[reader]]\nwho = [\"amina@example.org\"]\nkeyword = \"hunter-typed-word\"\nlang = \"xx\"".to_owned(),
        "token = 'hunter-unclosed".to_owned(),
        format!("[[reader]]\nwho = [\"amina@example.org\"]\nopenpgp_key = {private_key:?}"),
    ];
    tables.iter().map(|table| format!("{plain}\n{table}\n")).collect()
}

/// The daemon under everything that is logged, asked to read a bad configuration, looked at from outside, and killed.
fn daemon(bed: &Bed, bad: &str, said: &mut Said) {
    let log = bed.folder().join("daemon.log");
    let mut command: Command = program();
    command.arg("--config").arg(bed.config()).arg("run").stdin(Stdio::null()).stdout(Stdio::null());
    command.env("SAHELWATCH_LOG", "trace").env("NO_COLOR", "1").stderr(fs::File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    let asked = bed.http.requests("/ping/hunter-ping-0c1d").len();
    bed.http.wait_for("/ping/hunter-ping-0c1d", asked + 1);
    let good = bed.configured();
    bed.rewrite(bad);
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    said.run(bed, &["reload"]);
    for file in ["cmdline", "environ", "status"] {
        let bytes = fs::read(format!("/proc/{}/{file}", child.id())).unwrap();
        said.0.push((format!("/proc/PID/{file}"), bytes));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bed.rewrite(&good);
    said.file(&log);
}

/// S24. Fails where `Place` shows a query; failed while `sources --json` showed whole addresses.
#[test]
fn no_secret_is_said_logged_stored_or_written() {
    let trial = trials::of("S24");
    let bed = troubled();
    let mut said = Said::default();
    said.run(&bed, &["check"]);
    said.run(&bed, &["run", "--once"]);
    daemon(&bed, &refused(&bed.configured(), Path::new("none"))[0], &mut said);
    said.run(&bed, &["run", "--once"]);
    let item = serde_json::from_str::<serde_json::Value>(&bed.run(&["search", "attaque", "--json"]).stdout).unwrap();
    let item = item["hits"][0]["id"].as_str().or(item["hits"][0]["item"].as_str()).unwrap().to_owned();
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["sources"],
        &["sources", "--json"],
        &["mail", "queue"],
        &["mail", "queue", "--json"],
        &["mail", "test", "amina@example.org"],
        &["explain", &item],
        &["explain", &item, "--json"],
        &["stories", "--json"],
        &["search", "attaque"],
        &["export", "jsonl"],
        &["export", "csv"],
        &["try", "paid"],
        &["try", "moved"],
        &["try", "portal"],
        &["try", "gone"],
        &["check", "--json"],
        &["run", "--dry-run", "--out", bed.folder().join("dry").to_str().unwrap()],
    ] {
        said.run(&bed, arguments);
    }
    // For another feed reader, which asks for the same addresses.
    said.run(&bed, &["export", "opml"]);
    let opml = said.0.pop().unwrap();

    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/openpgp/private.asc");
    let private = fs::read_to_string(&key).unwrap();
    let good = bed.configured();
    for typed in refused(&good, &key) {
        bed.rewrite(&typed);
        [&["check"][..], &["check", "--json"], &["run", "--once"], &["status"]]
            .iter()
            .for_each(|arguments| said.run(&bed, arguments));
    }
    bed.rewrite(&good);
    let mut state = Said::default();
    state.folder(&bed.folder().join("state"));
    // Where a source is polled is remembered, for its own user alone (S25); its other secrets are not.
    for secret in ["smtp", "feed", "cookie", "ping", "proxy", "userinfo", "sig", "typed"] {
        assert_eq!(state.with(&format!("{SECRET}{secret}")), [""; 0]);
    }
    said.folder(&bed.folder().join("dry"));
    bed.smtp.accepted().into_iter().for_each(|mail| said.0.push(("a mail".to_owned(), mail.message)));

    assert_eq!(said.with(SECRET), [""; 0]);
    let material = private.lines().filter(|line| line.len() > 40 && !line.contains(' ') && !line.starts_with('-'));
    for line in material {
        assert_eq!(said.with(line), [""; 0]);
    }
    let only_addresses = Said(vec![opml]).with(SECRET);
    assert!(
        only_addresses.iter().all(|line| line.contains("hunter-url-") && !line.contains("hunter-feed")),
        "{only_addresses:?}"
    );
    // They were all used, so they were there to be said.
    assert_eq!(bed.http.requests("/paid")[0].header("Authorization"), Some(&b"Bearer hunter-feed-91bc"[..]));
    assert!(bed.smtp.count("AUTH") >= 1);
    let unit = include_str!("../../deploy/systemd/sahelwatch.service");
    assert!(unit.lines().any(|line| line == "LimitCORE=0"), "no core holds them either");
    trial.passed(said.0.len() + state.0.len());
}

/// S25: state that nobody else can read, mails that name nobody else, requests that say nothing of who looks for what. Seen failing
/// without the umask, with a state folder of mode 755, with a header that names all readers, and with a watch in `User-Agent`.
#[test]
fn who_watches_what_is_nobody_elses_business() {
    let trial = trials::of("S25");
    let bed = Bed::new().alerting_at_once().to(&READERS).with("[[reader]]\nwho = [\"@desk\"]\nlang = \"fr\"");
    bed.serve(&[attack(1), attack(2), everyday(1)]);
    bed.once();
    let daemon = bed.daemon();
    assert_eq!(daemon.stop(), Some(0));
    bed.run(&["search", "attaque"]);
    bed.run(&["run", "--dry-run", "--out", bed.folder().join("dry").to_str().unwrap()]);
    let mut tried = 0;
    let state = bed.folder().join("state");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    for path in files(&state).into_iter().chain(files(&bed.folder().join("dry"))) {
        assert_eq!(mode(&path) & 0o077, 0, "{}: {:o}", path.display(), mode(&path));
        tried += 1;
    }
    let accepted = bed.smtp.accepted();
    assert_eq!(accepted.len(), 2 * READERS.len());
    for mail in &accepted {
        assert_eq!(mail.to.len(), 1);
        let parsed = super::letters::parsed(mail);
        let text = String::from_utf8_lossy(&mail.message).into_owned()
            + &parsed.body_text(0).unwrap()
            + &parsed.body_html(0).unwrap();
        for other in READERS.iter().filter(|reader| mail.to != [**reader]) {
            assert!(!text.contains(other.split('@').next().unwrap()), "{other} in a mail to {:?}", mail.to);
            tried += 1;
        }
    }
    for seen in bed.http.all_requests() {
        let said = ["User-Agent", "Accept", "Referer", "Cookie", "From", "If-None-Match", "Accept-Language", "Host"];
        let said: Vec<u8> = said.iter().filter_map(|name| seen.header(name)).flatten().copied().collect();
        let said = format!("{} {}", seen.target, String::from_utf8_lossy(&said));
        for word in ["attaque", "attacks", "desk", "amina", "embuscade", "هجوم"] {
            assert!(!said.contains(word), "{said}");
            tried += 1;
        }
    }
    trial.passed(tried);
}
