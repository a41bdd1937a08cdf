//! Loading configurations: what a good one means, and every class of problem with its place, caret and hint.
//!
//! `tests/golden/config/NAME.toml` holds the files of one configuration, each after a line `#### path`; `NAME.txt` is the
//! report people see. `UPDATE_GOLDEN=1` writes the reports anew; read the difference before you keep it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::{ProptestConfig, proptest};
use sahelwatch::cli::{check, init};
use sahelwatch::config::{self, Config, Environment, Loaded};
use sahelwatch::mail::{Tls, TransportSettings};
use sahelwatch::model::{FirstPoll, SourceKind};
use tempfile::TempDir;

/// A configuration in a folder of its own.
struct Bed {
    folder: TempDir,
    environment: Environment,
}

impl Bed {
    fn new(files: &[(&str, &str)]) -> Self {
        let bed = Self { folder: tempfile::tempdir().unwrap(), environment: Environment::default() };
        for (name, text) in files {
            bed.file(name, text);
        }
        bed
    }

    /// A main file that is complete, and more lines in it.
    fn with(lines: &str) -> Self {
        Self::new(&[("sahelwatch.toml", &format!("{HEAD}{lines}"))])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path
    }

    fn load(&self) -> Loaded {
        config::load(&self.path("sahelwatch.toml"), &self.environment)
    }

    #[track_caller]
    fn config(&self) -> Config {
        let loaded = self.load();
        loaded.config.unwrap_or_else(|| panic!("{}", loaded.report.render(false)))
    }

    /// The report, with the folder's own name left out.
    fn report(&self) -> String {
        let folder = self.folder.path().display().to_string();
        self.load().report.render(false).replace(&format!("{folder}/"), "").replace(&folder, "FOLDER")
    }
}

const HEAD: &str = r#"version = 1
http = { contact = "ops@example.org" }
mail = { from = "alerts@example.org" }
source = [{ id = "a", kind = "feed", url = "https://example.org/a" }]
watch = [{ id = "w", any = ["attaque"], to = ["amina@example.org"] }]
"#;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn check_golden(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/config");
    let input = fs::read_to_string(folder.join(name).with_extension("toml")).unwrap();
    let files: Vec<_> = input.split("#### ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    let report = Bed::new(&files).report();
    let expected = folder.join(name).with_extension("txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &report).unwrap();
    }
    assert_eq!(report, fs::read_to_string(expected).unwrap_or_default(), "see {name}.txt");
}

macro_rules! golden {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check_golden(stringify!($name));
        })*
    };
}

golden!(
    ten_mistakes_in_one_file,
    problems_of_several_files_in_one_run,
    a_syntax_error_hides_no_other_file,
    an_empty_file,
    unknown_keys,
    keys_of_versions_to_come,
    wrong_kinds,
    durations_and_sizes,
    sources,
    pages,
    selectors,
    watches,
    mailboxes,
    mail,
    mail_protection,
    mail_without_server,
    given_twice,
    inline_secrets,
    warnings,
    more_than_twenty,
);

#[test]
fn ten_mistakes_give_ten_problems() {
    let input = include_str!("golden/config/ten_mistakes_in_one_file.toml");
    let bed = Bed::new(&[("sahelwatch.toml", input.split_once('\n').unwrap().1)]);
    let loaded = bed.load();
    assert!(loaded.config.is_none() && loaded.report.has_errors());
    assert_eq!(loaded.report.problems.len(), 10, "{}", loaded.report.render(false));
}

#[test]
fn a_small_configuration_gets_the_documented_defaults() {
    let mut bed = Bed::with("");
    let config = bed.config();
    assert_eq!(config.timezone.iana_name(), Some("UTC"));
    assert_eq!((config.keep_items, config.keep_bodies), (days(400), days(90)));
    assert_eq!((config.storage.path.as_path(), config.storage.cache), (Path::new("/var/lib/sahelwatch"), 64_000_000));
    assert_eq!((config.http.concurrency, config.http.per_host, config.http.max_body), (16, 2, 10_000_000));
    let http = &config.http;
    let times = [http.timeout, http.connect_timeout, http.read_timeout, http.per_host_delay];
    assert_eq!(times.map(|time| time.as_secs()), [30, 10, 15, 1]);
    assert_eq!(config.mail_expire, days(5));
    assert_eq!(config.mail.list_id, "example.org");
    assert_eq!(file_folder(&config), Path::new("/var/lib/sahelwatch/mail"));
    let source = &config.sources[0].source;
    assert_eq!((source.name.as_str(), source.tier, source.interval), ("a", 2, Duration::from_secs(900)));
    assert_eq!((&source.kind, source.first_poll, source.allow_private), (&SourceKind::Feed, FirstPoll::Skip, false));
    assert_eq!(config.watches[0].name, "w");

    bed.environment.state_directory = Some(PathBuf::from("/srv/state"));
    assert_eq!(file_folder(&bed.config()), Path::new("/srv/state/mail"));
}

#[test]
fn what_is_typed_is_what_is_meant() {
    let bed = Bed::with("");
    bed.file(
        "conf.d/10.toml",
        r#"
timezone = "Africa/Bamako"
storage = { path = "state", keep_items = "1000d", keep_bodies = "30d", cache = "16MiB" }
group = { desk = ["Amina <amina@example.org>", "jb@example.org"] }
defaults.source = { interval = "1h30m", on_first_run = "last:5" }

[[source]]
id = "page"
name = "صحراء ميديا"
kind = "page"
url = "http://127.0.0.1:4000/"
lang = "ar"
tier = 3
tags = ["MR"]
allow_private = true
select = { item = "article", title = "h3 a", link = "h3 a@href" }

[[source]]
id = "own"
kind = "feed"
url = "https://example.org/own"
interval = "5m"
on_first_run = "alert"

[[source]]
id = "asleep"
kind = "feed"
url = "https://example.org/asleep"
enabled = false

[[watch]]
id = "both"
severity = "high"
all = ["هجوم مسلح"]
none = ["football"]
to = ["JB@example.org", "@desk"]
"#,
    );
    let config = bed.config();
    assert_eq!(config.timezone.iana_name(), Some("Africa/Bamako"));
    assert_eq!((config.keep_items, config.storage.cache), (days(1000), 16 << 20));
    assert_eq!(config.storage.path, bed.path("conf.d/state"));
    let ids: Vec<_> = config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
    assert_eq!(ids, ["a", "page", "own"]);
    let [_, page, own] = &config.sources[..] else { panic!("three sources") };
    assert_eq!((page.source.interval, page.source.first_poll), (Duration::from_secs(5400), FirstPoll::Last(5)));
    let SourceKind::Page(selectors) = &page.source.kind else { panic!("a page") };
    assert_eq!((selectors.item.as_str(), selectors.link.as_deref()), ("article", Some("h3 a@href")));
    assert_eq!((own.source.interval, own.source.first_poll), (Duration::from_secs(300), FirstPoll::Alert));
    let watch = &config.watches[1];
    let to: Vec<_> = watch.to.iter().map(ToString::to_string).collect();
    assert_eq!(to, ["JB@example.org", "Amina <amina@example.org>"], "each address once");
    assert_eq!(watch.through, [None, Some("desk".to_owned())]);
}

#[test]
fn files_are_read_in_the_order_of_their_names_and_once() {
    let source = |id: &str| format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"https://example.org/{id}\"\n");
    let bed = Bed::with("include = [\"conf.d/*.toml\", \"*.toml\", \"conf.d/20.toml\"]\n");
    bed.file("conf.d/20.toml", &source("second"));
    bed.file("conf.d/10.toml", &source("first"));
    bed.file("conf.d/.30.toml", "an editor's copy");
    bed.file("conf.d/readme.md", "not configuration");
    let config = bed.config();
    let ids: Vec<_> = config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
    assert_eq!(ids, ["a", "first", "second"]);
    assert_eq!(config.files, ["sahelwatch.toml", "conf.d/10.toml", "conf.d/20.toml"].map(|name| bed.path(name)));
}

const SMTP: &str = r#"version = 1
http = { contact = "ops@example.org" }
mail.from = "alerts@example.org"
mail.transport = "smtp"
source = [{ id = "a", kind = "feed", url = "https://example.org/a" }]
watch = [{ id = "w", any = ["attaque"], to = ["amina@example.org"] }]
mail.smtp = { host = "smtp.example.org", username = "alerts", "#;

/// Mail by SMTP, with these further keys in `smtp`.
fn smtp(keys: &str) -> Bed {
    Bed::new(&[("sahelwatch.toml", &format!("{SMTP}{keys} }}\n"))])
}

#[test]
fn a_secret_comes_from_a_file_or_a_credential_and_is_never_shown() {
    let mut credential = smtp("tls = \"implicit\", password_credential = \"smtp\"");
    set_mode(&credential.file("credentials/smtp", "hunter2\r\n"), 0o440);
    credential.environment.credentials_directory = Some(credential.path("credentials"));
    assert_eq!(credential.report(), "", "systemd's own modes are not judged");
    let file = smtp("tls = \"implicit\", password_file = \"secret\"");
    set_mode(&file.file("secret", "hunter2\n"), 0o644);
    for bed in [credential, file] {
        let loaded = bed.load();
        let config = loaded.config.as_ref().unwrap();
        let TransportSettings::Smtp(settings) = &config.mail.transport else { panic!("smtp") };
        let login = settings.login.as_ref().unwrap();
        assert_eq!((login.username.as_str(), login.password.expose()), ("alerts", "hunter2"));
        assert_eq!((settings.port, settings.tls), (465, Tls::Implicit));
        let report = loaded.report.render(true) + &check::as_json(&loaded).stdout;
        for shown in [format!("{loaded:?}"), format!("{config:#?}"), report] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn a_secret_typed_into_the_configuration_is_never_shown() {
    for typed in
        ["password = \"hunter2\"", "password = hunter2", "password = 'hunter2", "password = { x = \"hunter2\" "]
    {
        let loaded = smtp(typed).load();
        assert!(loaded.config.is_none());
        for shown in [format!("{loaded:?}"), loaded.report.render(true), check::as_json(&loaded).stdout] {
            assert!(!shown.contains("hunter2"), "{typed}: {shown}");
        }
    }
}

#[test]
fn a_secret_that_cannot_be_had_says_why() {
    let file = "password_file = \"secret\"";
    let by_credential = |name: &str| format!("password_credential = \"{name}\"");
    let cases = [
        (file.to_owned(), None, "cannot read the secret in secret: No such file"),
        (file.to_owned(), Some(("", 0o600)), "the secret in secret is empty"),
        (file.to_owned(), Some(("\n", 0o600)), "the secret in secret is empty"),
        (file.to_owned(), Some(("hunter2", 0o602)), "everyone may write to it (mode 0602)"),
        (file.to_owned(), Some(("hunter2", 0o640)), "others can read the secret in secret (mode 0640)"),
        (by_credential("smtp"), None, "$CREDENTIALS_DIRECTORY is not set"),
        (by_credential("../smtp"), None, "`../smtp` is not the name of a credential"),
        (by_credential("/etc/shadow"), None, "`/etc/shadow` is not the name of a credential"),
    ];
    for (keys, secret, expected) in cases {
        let bed = smtp(&keys);
        if let Some((text, mode)) = secret {
            set_mode(&bed.file("secret", text), mode);
        }
        let report = bed.report();
        assert!(report.contains(expected), "{report}");
    }
}

#[test]
fn only_plain_files_that_no_stranger_can_change_are_read() {
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 7] = [
        ("it is a pipe, not a regular file", |path| {
            fs::remove_file(path).unwrap();
            let mode = rustix::fs::Mode::from_raw_mode(0o600);
            rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
        }),
        ("it is a folder, not a regular file", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
        ("it is a device, not a regular file", |path| {
            fs::remove_file(path).unwrap();
            symlink("/dev/null", path).unwrap();
        }),
        ("it is larger than 1 MiB", |path| fs::write(path, "#".repeat((1 << 20) + 1)).unwrap()),
        ("everyone may write to it (mode 0666)", |path| set_mode(path, 0o666)),
        ("cannot trust the folder", |path| set_mode(path.parent().unwrap(), 0o777)),
        ("it is not UTF-8 text", |path| fs::write(path, b"\xff\xfe").unwrap()),
    ];
    for (expected, spoil) in spoil {
        let bed = Bed::with("");
        let path = bed.file("conf.d/10.toml", "");
        bed.config();
        spoil(&path);
        let loaded = bed.load();
        assert!(loaded.config.is_none(), "{expected}");
        assert!(loaded.report.render(false).contains(expected), "{}", loaded.report.render(false));
    }
}

#[test]
fn a_link_to_a_trusted_file_is_followed() {
    let bed = Bed::with("");
    let target = bed.file("elsewhere", "timezone = \"Africa/Niamey\"\n");
    fs::create_dir(bed.path("conf.d")).unwrap();
    symlink(target, bed.path("conf.d/10.toml")).unwrap();
    assert_eq!(bed.config().timezone.iana_name(), Some("Africa/Niamey"));
}

#[test]
fn the_owner_of_a_file_must_be_root_or_this_user() {
    let bed = Bed::with("");
    let path = bed.file("conf.d/10.toml", "");
    // Only root can give a file away; elsewhere the rule cannot be shown.
    if std::os::unix::fs::chown(&path, Some(4242), None).is_ok() {
        assert!(bed.report().contains("it belongs to user 4242"), "{}", bed.report());
    }
}

#[test]
fn a_folder_that_cannot_be_listed_is_not_an_empty_one() {
    let bed = Bed::with("");
    let folder = bed.file("conf.d/10.toml", "").parent().unwrap().to_owned();
    set_mode(&folder, 0o000);
    // Root reads everything; there the rule cannot be shown.
    if fs::read_dir(&folder).is_err() {
        assert!(bed.report().contains("error: cannot list conf.d for `include`"), "{}", bed.report());
    }
    set_mode(&folder, 0o700);
}

#[test]
fn a_reload_says_what_changed() {
    let lines = r#"
watch = [{ id = "w", any = ["attaque"], to = ["a@example.org"] }, { id = "x", any = ["rapt"], to = ["a@example.org"] }]
http = { contact = "ops@example.org" }
mail = { from = "alerts@example.org" }
"#;
    let load = |source: &str| Bed::new(&[("sahelwatch.toml", &format!("version = 1{lines}{source}"))]).config();
    let source = |id: &str, rest: &str| {
        format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"https://example.org/{id}\"\n{rest}")
    };
    let old = load(&[source("kept", ""), source("gone", "")].concat());
    assert_eq!(old.changes_from(&old), Vec::<String>::new());

    let mut new = load(&[source("kept", "tier = 1\n"), source("b", ""), source("a", "")].concat());
    new.watches[0].any.push("embuscade".to_owned());
    new.watches[1].none.push("football".to_owned());
    new.mail.reply_to = Some(new.mail.from.clone());
    new.storage.path = PathBuf::from("/srv/other");
    new.http.concurrency = 4;
    assert_eq!(
        new.changes_from(&old),
        [
            "+2 sources: a, b",
            "~1 source: kept",
            "-1 source: gone",
            "~2 watches: w, x",
            "mail settings changed",
            "http settings changed",
            "storage path changed: takes effect after a restart",
        ]
    );
}

#[test]
fn a_changed_password_is_a_changed_mail_setting() {
    let bed = smtp("password_file = \"secret\"");
    bed.file("secret", "hunter2");
    let old = bed.config();
    bed.file("secret", "hunter3");
    assert_eq!(bed.config().changes_from(&old), ["mail settings changed"]);
}

#[test]
fn check_speaks_to_people_and_to_programs() {
    let good = Bed::with("").load();
    let outcome = check::for_people(&good, false, false);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("ok: 1 source, 1 watch, 1 recipient\n", 0));
    assert_eq!(check::for_people(&good, true, false).stdout, "");
    assert_eq!(check::as_json(&good).stdout, "{\"schema\":1,\"ok\":true,\"problems\":[]}\n");

    let bed = Bed::with("timezon = \"UTC\"\n");
    let bad = bed.load();
    let outcome = check::for_people(&bad, true, false);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 78));
    assert!(outcome.stderr.contains("did you mean `timezone`?") && !outcome.stderr.contains('\u{1b}'));
    assert!(check::for_people(&bad, true, true).stderr.contains('\u{1b}'), "color on request");
    let expected = format!(
        "{{\"schema\":1,\"ok\":false,\"problems\":[{{\"file\":\"{}\",\"line\":6,\"column\":1,\"severity\":\"error\",\
         \"message\":\"unknown key `timezon`\",\"hint\":\"did you mean `timezone`?\"}}]}}\n",
        bed.path("sahelwatch.toml").display()
    );
    assert_eq!(check::as_json(&bad).stdout, expected);
    assert_eq!(check::as_json(&bad).code, 78);

    let nameless = config::load(Path::new(OsStr::from_bytes(b"\xff.toml")), &Environment::default());
    assert!(check::as_json(&nameless).stdout.contains("\u{fffd}.toml"));
}

#[test]
fn init_writes_the_sample_and_overwrites_nothing() {
    let bed = Bed::new(&[]);
    let folder = bed.path("new");
    let told = init::run(Some(&folder)).unwrap();
    for expected in ["wrote", "check", "run --once", "mail test"] {
        assert!(told.contains(expected), "{told}");
    }
    let loaded = config::load(&folder.join("sahelwatch.toml"), &Environment::default());
    assert_eq!(loaded.report.render(false), "");
    assert_eq!(check::for_people(&loaded, false, false).stdout, "ok: 25 sources, 3 watches, 3 recipients\n");

    fs::remove_file(folder.join("sahelwatch.toml")).unwrap();
    fs::write(folder.join("conf.d/10-sources.toml"), "# mine").unwrap();
    let error = init::run(Some(&folder)).unwrap_err().to_string();
    assert!(error.contains("10-sources.toml: the file is there already"), "{error}");
    assert_eq!(fs::read_to_string(folder.join("conf.d/10-sources.toml")).unwrap(), "# mine");
    assert!(!folder.join("sahelwatch.toml").exists(), "nothing at all is written");
}

#[test]
fn the_commented_settings_of_the_sample_are_settings_too() {
    let bed = Bed::new(&[]);
    let uncommented = include_str!("../config/sahelwatch.toml").lines().map(|line| {
        let setting = line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = "));
        setting.filter(|rest| toml::from_str::<toml::Table>(rest).is_ok()).unwrap_or(line)
    });
    let text = uncommented.collect::<Vec<_>>().join("\n").replace("transport = \"file\"", "transport = \"smtp\"");
    let text = text.replace("/etc/ssl/our-authority.pem", "authority.pem").replace("ports = []", "ports = [8000]");
    bed.file("sahelwatch.toml", &text);
    bed.file("credentials/smtp-password", "hunter2");
    bed.file("authority.pem", "");
    for name in ["10-sources.toml", "20-watches.toml"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/conf.d").join(name);
        bed.file(&format!("conf.d/{name}"), &fs::read_to_string(sample).unwrap());
    }
    assert_eq!(bed.report(), "");
    let TransportSettings::Smtp(smtp) = bed.config().mail.transport else { panic!("smtp") };
    assert_eq!(smtp.host, "smtp.example.org");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_loading_panic(at in 0..2000_usize, cut in 0..40_usize, typed in "([\\[\\]{}=\"'.#\n]|[a-z]|\\PC)*") {
        let good = include_str!("golden/config/watches.toml").replace("#### sahelwatch.toml\n", "");
        let (before, rest): (String, String) = (good.chars().take(at).collect(), good.chars().skip(at + cut).collect());
        let bed = Bed::new(&[("sahelwatch.toml", &format!("{before}{typed}{rest}"))]);
        let loaded = bed.load();
        let code = if loaded.report.has_errors() { 78 } else { 0 };
        assert_eq!([check::for_people(&loaded, false, true).code, check::as_json(&loaded).code], [code, code]);
    }
}

fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

fn file_folder(config: &Config) -> &Path {
    let TransportSettings::File { folder } = &config.mail.transport else { panic!("the file transport") };
    folder
}
