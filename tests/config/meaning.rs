//! What a good configuration means: defaults, values, the order of files, what a reload changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sahelwatch::config::Config;
use sahelwatch::mail::TransportSettings;
use sahelwatch::model::{Asks, FirstPoll, SourceKind};

use super::Bed;

#[test]
fn a_small_configuration_gets_the_documented_defaults() {
    let mut bed = Bed::with("");
    let config = bed.config();
    assert_eq!(config.timezone.iana_name(), Some("UTC"));
    assert_eq!((config.keep_items, config.keep_bodies), (days(400), days(90)));
    assert_eq!((config.storage.path.as_path(), config.storage.cache), (Path::new("/var/lib/sahelwatch"), 16_000_000));
    assert_eq!((config.http.concurrency, config.http.per_host, config.http.max_body), (16, 2, 10_000_000));
    let http = &config.http;
    let times = [http.timeout, http.connect_timeout, http.read_timeout, http.per_host_delay];
    assert_eq!(times.map(|time| time.as_secs()), [30, 10, 15, 1]);
    assert_eq!(config.mail_expire, days(5));
    assert_eq!(config.mail.list_id, "example.org");
    assert_eq!(file_folder(&config), Path::new("/var/lib/sahelwatch/mail"));
    let source = &config.sources[0].source;
    assert_eq!((&*source.name, source.tier, source.interval), ("a", 2, Duration::from_secs(900)));
    assert_eq!((&source.kind, source.first_poll, source.allow_private), (&SourceKind::Feed, FirstPoll::Skip, false));
    assert_eq!(config.watches[0].name, "w");

    bed.environment.user_state = Some(PathBuf::from("/home/amina/.local/state"));
    assert_eq!(file_folder(&bed.config()), Path::new("/home/amina/.local/state/sahelwatch/mail"));
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
    new.watches[0].asks = Asks::Query("attaque OR embuscade".to_owned());
    new.watches[1].backfill = days(1);
    new.lexicon = std::sync::Arc::new(Vec::new());
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
            "lexicon changed",
            "mail settings changed",
            "http settings changed",
            "storage path changed: takes effect after a restart",
        ]
    );
}

fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

fn file_folder(config: &Config) -> &Path {
    let TransportSettings::File { folder } = &config.mail.transport else { panic!("the file transport") };
    folder
}
