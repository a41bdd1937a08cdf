//! `check` and `init`, and the sample configuration that `init` writes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sahelwatch::cli::{check, init};
use sahelwatch::config::{self, Environment};
use sahelwatch::mail::TransportSettings;
use sahelwatch::model::Tongue;

use super::Bed;

#[test]
fn check_speaks_to_people_and_to_programs() {
    let good = Bed::with("").load();
    let outcome = check::for_people(&good, false, false);
    let told = "w (medium): attaque\nok: 1 source, 1 watch, 1 recipient, ";
    assert!(outcome.stdout.starts_with(told) && outcome.stdout.ends_with(", 0 tests pass\n"), "{}", outcome.stdout);
    assert_eq!((outcome.code, check::for_people(&good, true, false).stdout.as_str()), (0, ""));
    assert_eq!(
        check::as_json(&good).stdout,
        "{\"schema\":1,\"ok\":true,\"problems\":[],\"tests\":{\"passed\":0,\"failures\":[]}}\n"
    );

    let bed = Bed::with("timezon = \"UTC\"\n");
    let bad = bed.load();
    let outcome = check::for_people(&bad, true, false);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 78));
    assert!(outcome.stderr.contains("did you mean `timezone`?") && !outcome.stderr.contains('\u{1b}'));
    assert!(check::for_people(&bad, true, true).stderr.contains('\u{1b}'), "color on request");
    let expected = format!(
        "{{\"schema\":1,\"ok\":false,\"problems\":[{{\"file\":\"{}\",\"line\":6,\"column\":1,\"severity\":\"error\",\
         \"message\":\"unknown key `timezon`\",\"hint\":\"did you mean `timezone`?\"}}],\"tests\":null}}\n",
        bed.path("sahelwatch.toml").display()
    );
    assert_eq!(check::as_json(&bad).stdout, expected);
    assert_eq!(check::as_json(&bad).code, 78);

    let nameless = config::load(Path::new(OsStr::from_bytes(b"\xff.toml")), &Environment::default());
    assert!(check::as_json(&nameless).stdout.contains("\u{fffd}.toml"));
}

#[test]
fn a_watch_that_fails_its_own_example_is_told_of() {
    let test = r#"test = [{ text = "Djibo", expect = "match" }, { text = "Dori", expect = "no-match" }]"#;
    let watch = format!("[[watch]]\nid = \"x\"\nquery = 'Dori -Djibo'\nto = [\"a@example.org\"]\n{test}\n");
    let bed = Bed::with("");
    bed.file("conf.d/10.toml", &watch);
    let outcome = check::for_people(&bed.load(), true, false);
    assert_eq!(outcome.code, 1);
    assert_eq!(
        outcome.stderr,
        "watch `x`: expected match, but it does not\n    text  Djibo\n    why   nothing matches Dori\n\
         watch `x`: expected no-match, but it matches\n    text  Dori\n    why   Dori (summary)\n"
    );
    let failures = check::as_json(&bed.load());
    assert!(failures.code == 1 && failures.stdout.contains("\"why\":\"nothing matches Dori\""), "{failures:?}");
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
    let stdout = check::for_people(&loaded, false, false).stdout;
    assert!(
        stdout.contains("\nok: 25 sources, 4 watches, 3 recipients, ") && stdout.ends_with(", 17 tests pass\n"),
        "{stdout}"
    );

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
    let uncommented = include_str!("../../config/sahelwatch.toml").lines().map(|line| {
        let setting = line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = "));
        setting.filter(|rest| toml::from_str::<toml::Table>(rest).is_ok()).unwrap_or(line)
    });
    let text = uncommented.collect::<Vec<_>>().join("\n").replace("transport = \"file\"", "transport = \"smtp\"");
    let text = text.replace("/etc/ssl/our-authority.pem", "authority.pem").replace("ports = []", "ports = [8000]");
    bed.file("sahelwatch.toml", &text);
    bed.file("credentials/smtp-password", "hunter2");
    bed.file("authority.pem", "");
    bed.file("keys/amina.asc", include_str!("../fixtures/openpgp/reader.asc"));
    for name in ["10-sources.toml", "20-watches.toml"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/conf.d").join(name);
        bed.file(&format!("conf.d/{name}"), &fs::read_to_string(sample).unwrap());
    }
    assert_eq!(bed.report(), "");
    let config = bed.config();
    let TransportSettings::Smtp(smtp) = &config.mail.transport else { panic!("smtp") };
    assert_eq!(smtp.host, "smtp.example.org");
    assert_eq!((config.digests.len(), config.digests[0].watches.len()), (1, 3));
    let amina = &config.readers["amina@example.org"];
    assert_eq!((amina.lang, amina.quiet, amina.openpgp.is_some()), (Tongue::Fr, None, true));
    assert!(config.readers["jb@example.org"].quiet.is_some());
}
