//! What a good configuration says about people: when they are told, by which way, and how they want to be.

use std::time::Duration;

use jiff::civil::{Time, time};
use sahelwatch::model::{Deliver, Pace, Profile, QuietHours, Rate, Severity, SubjectStyle, Timing, Tongue, UpdateOn};

use super::Bed;

const HOUR: Duration = Duration::from_secs(3600);
const PUBLIC_KEY: &str = include_str!("../fixtures/openpgp/reader.asc");

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[test]
fn people_of_whom_nothing_is_said_get_the_documented_defaults() {
    let config = Bed::with("").config();
    let watch = &config.watches[0];
    let throttle = Rate { count: 12, per: HOUR };
    assert_eq!(watch.timing, Timing { wait: minutes(1), update_every: minutes(30), throttle });
    assert_eq!((watch.deliver, &watch.updates[..]), (Deliver::Instant, &UpdateOn::ALL[..]));
    assert!(!watch.ignore_quiet_hours);
    let (per_source, overload) = (Rate { count: 5, per: HOUR }, Rate { count: 20, per: HOUR });
    assert_eq!(
        config.pace,
        Pace { per_source, overload, roundup: minutes(15), outage: minutes(15), ..Pace::default() }
    );
    assert_eq!(config.digests, []);
    assert_eq!(config.readers.keys().collect::<Vec<_>>(), ["amina@example.org"]);
    let reader = &config.readers["amina@example.org"];
    let how = (reader.lang, reader.profile, reader.subject, reader.quiet, &reader.openpgp);
    assert_eq!(how, (Tongue::En, Profile::Full, SubjectStyle::Full, None, &None));
    assert_eq!(reader.zone.iana_name(), Some("UTC"));
}

#[test]
fn a_watch_says_more_than_the_defaults_and_key_by_key() {
    let bed = Bed::with("");
    bed.file(
        "conf.d/10.toml",
        r#"
pace = { per_source = "1/min", overload = "1000/d", roundup = "1h", outage = "24h" }
defaults.watch = { timing = { wait = "0s", update_every = "7d" }, deliver = "both", updates = [] }

[[watch]]
id = "usual"
any = ["rapt"]
to = ["amina@example.org"]

[[watch]]
id = "own"
any = ["rapt"]
to = ["amina@example.org"]
deliver = "digest"
timing = { wait = "1h", throttle = "2/s" }
updates = ["place", "toll", "toll"]
ignore_quiet_hours = true

[[digest]]
id = "all"
to = ["amina@example.org"]
schedule = { at = ["07:00"] }
"#,
    );
    let config = bed.config();
    let [_, usual, own] = &config.watches[..] else { panic!("three watches") };
    let throttle = Rate { count: 12, per: HOUR };
    assert_eq!(usual.timing, Timing { wait: Duration::ZERO, update_every: 24 * 7 * HOUR, throttle });
    assert_eq!((usual.deliver, &usual.updates[..], usual.ignore_quiet_hours), (Deliver::Both, &[][..], false));
    let throttle = Rate { count: 2, per: Duration::from_secs(1) };
    assert_eq!(own.timing, Timing { wait: HOUR, update_every: 24 * 7 * HOUR, throttle });
    assert_eq!((own.deliver, own.ignore_quiet_hours), (Deliver::Digest, true));
    assert_eq!(own.updates, [UpdateOn::Toll, UpdateOn::Place], "each once, in their order");
    let (per_source, overload) = (Rate { count: 1, per: minutes(1) }, Rate { count: 1000, per: 24 * HOUR });
    assert_eq!(config.pace, Pace { per_source, overload, roundup: HOUR, outage: 24 * HOUR, ..Pace::default() });
}

#[test]
fn a_digest_has_its_times_people_and_watches() {
    let bed = Bed::with("timezone = \"Africa/Bamako\"\ngroup.desk = [\"JB <jb@example.org>\"]\n");
    bed.file(
        "conf.d/10.toml",
        r#"
watch = [{ id = "x", any = ["rapt"], to = ["@desk"] }, { id = "y", any = ["rapt"], to = ["@desk"] }]

[[digest]]
id = "plain"
schedule = { at = ["06:30"] }
to = ["@desk"]

[[digest]]
id = "full"
name = "Évening"
schedule = { at = ["18:00", "6:05"], days = "sun..thu" }
timezone = "Europe/Paris"
to = ["amina@example.org", "@desk"]
watches = ["*", "!x"]
max_stories = 200
send_empty = true

[[digest]]
id = "some"
schedule = { at = ["00:00"], days = "daily" }
to = ["@desk"]
watches = ["y", "w"]
"#,
    );
    let config = bed.config();
    let [plain, full, some] = &config.digests[..] else { panic!("three digests") };
    assert_eq!((plain.name.as_str(), plain.max_stories, plain.send_empty), ("plain", 40, false));
    assert_eq!((&plain.at[..], plain.days), (&[time(6, 30, 0, 0)][..], [true; 7]));
    assert_eq!(plain.zone.iana_name(), Some("Africa/Bamako"));
    let ids = |digest: usize| config.digests[digest].watches.iter().map(|id| id.as_str()).collect::<Vec<_>>();
    assert_eq!([ids(0), ids(1), ids(2)], [vec!["w", "x", "y"], vec!["w", "y"], vec!["w", "y"]]);
    assert_eq!((full.name.as_str(), full.max_stories, full.send_empty), ("Évening", 200, true));
    assert_eq!(full.at, [time(6, 5, 0, 0), time(18, 0, 0, 0)], "in order");
    assert_eq!(full.days, [true, true, true, true, false, false, true]);
    assert_eq!(full.zone.iana_name(), Some("Europe/Paris"));
    let to: Vec<_> = full.to.iter().map(ToString::to_string).collect();
    assert_eq!(to, ["amina@example.org", "JB <jb@example.org>"]);
    assert_eq!(full.through, [None, Some("desk".to_owned())]);
    assert_eq!(some.at, [Time::midnight()]);
}

#[test]
fn an_entry_for_an_address_wins_over_one_for_its_group_key_by_key() {
    let bed = Bed::with("timezone = \"Africa/Bamako\"\n");
    bed.file("conf.d/keys/amina.asc", PUBLIC_KEY);
    bed.file(
        "conf.d/10.toml",
        r#"
mail.lang = "fr"
quiet_hours = { from = "22:00", until = "06:00", mode = "hold" }
group = { desk = ["Amina@example.org", "jb@example.org"], field = ["jb@example.org", "zara@example.org"] }

[[watch]]
id = "told"
any = ["rapt"]
to = ["@desk", "chief@example.org"]

[[digest]]
id = "morning"
schedule = { at = ["06:30"] }
to = ["@field", "Chief <CHIEF@example.org>"]

[[reader]]
who = ["@desk"]
lang = "ar"
subject = "neutral"
quiet_hours = { from = "13:00", until = "14:30", severity_below = "medium" }

[[reader]]
who = ["@field"]
profile = "plain"
subject = "neutral"

[[reader]]
who = ["amina@example.org"]
lang = "en"
timezone = "Europe/Paris"
quiet_hours = false
openpgp_key = "keys/amina.asc"
"#,
    );
    let config = bed.config();
    let addresses: Vec<&String> = config.readers.keys().collect();
    assert_eq!(addresses, ["amina@example.org", "chief@example.org", "jb@example.org", "zara@example.org"]);
    let how = |address: &str| {
        let reader = &config.readers[address];
        let zone = reader.zone.iana_name().unwrap().to_owned();
        (reader.lang, reader.profile, reader.subject, zone, reader.quiet)
    };
    let global = QuietHours { from: time(22, 0, 0, 0), until: time(6, 0, 0, 0), severity_below: Severity::High };
    let noon = QuietHours { from: time(13, 0, 0, 0), until: time(14, 30, 0, 0), severity_below: Severity::Medium };
    let bamako = || "Africa/Bamako".to_owned();
    use {Profile::Full, Profile::Plain, SubjectStyle::Neutral};
    assert_eq!(how("amina@example.org"), (Tongue::En, Full, Neutral, "Europe/Paris".to_owned(), None));
    assert_eq!(how("jb@example.org"), (Tongue::Ar, Plain, Neutral, bamako(), Some(noon)), "of both groups");
    assert_eq!(how("zara@example.org"), (Tongue::Fr, Plain, Neutral, bamako(), Some(global)));
    assert_eq!(how("chief@example.org"), (Tongue::Fr, Full, SubjectStyle::Full, bamako(), Some(global)));
    let key = config.readers["amina@example.org"].openpgp.as_ref();
    assert_eq!(key.map(|key| key.armoured.as_str()), Some(PUBLIC_KEY));
    assert_eq!(config.readers["chief@example.org"].mailbox.to_string(), "Chief <chief@example.org>");
    assert_eq!(config.readers["jb@example.org"].openpgp, None);
}

#[test]
fn a_key_that_others_may_change_or_that_is_private_is_not_used() {
    let entry = "reader = [{ who = [\"amina@example.org\"], openpgp_key = \"amina.asc\" }]\n";
    let bed = Bed::with(entry);
    super::set_mode(&bed.file("amina.asc", PUBLIC_KEY), 0o644);
    assert_eq!(bed.report(), "", "a public key is no secret");
    super::set_mode(&bed.path("amina.asc"), 0o602);
    assert!(bed.report().contains("everyone may write to it (mode 0602)"), "{}", bed.report());
    let private = PUBLIC_KEY.replace("PUBLIC", "PRIVATE").replace("mDMEaVW5", "hunter2");
    for both in [private.clone(), format!("{PUBLIC_KEY}{private}"), format!("{private}{PUBLIC_KEY}")] {
        bed.file("amina.asc", &both);
        let loaded = bed.load();
        assert!(loaded.config.is_none());
        assert!(bed.report().contains("private key"), "{}", bed.report());
        assert!(!format!("{loaded:?}{}", bed.report()).contains("hunter2"));
    }
}

#[test]
fn a_reload_says_what_changed_for_people() {
    let digest = |id: &str, rest: &str| {
        format!("[[digest]]\nid = \"{id}\"\nschedule = {{ at = [\"06:30\"] }}\nto = [\"jb@example.org\"]\n{rest}")
    };
    let load = |lines: String| Bed::with(&lines).config();
    let old = load([digest("kept", ""), digest("gone", "")].concat());
    assert_eq!(old.changes_from(&old), Vec::<String>::new());
    let new = load([digest("kept", "max_stories = 5\n"), digest("b", ""), digest("a", "")].concat());
    assert_eq!(new.changes_from(&old), ["+2 digests: a, b", "~1 digest: kept", "-1 digest: gone"]);
    let some = [digest("kept", ""), digest("gone", "")].concat();
    let plain = "pace = { outage = \"1h\" }\nreader = [{ who = [\"jb@example.org\"], profile = \"plain\" }]\n";
    assert_eq!(load(format!("{plain}{some}")).changes_from(&old), ["reader settings changed", "pace changed"]);
    let told = some.replace("jb@example.org", "zara@example.org");
    assert_eq!(load(told).changes_from(&old), ["~2 digests: gone, kept"]);
}
