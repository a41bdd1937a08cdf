//! `check` and `init`, and the sample configuration that `init` writes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Output, Stdio};

use sahelwatch::cli::{check, init};
use sahelwatch::config::{self, Environment};
use sahelwatch::mail::TransportSettings;
use sahelwatch::model::Tongue;

use super::Bed;
use crate::bed::program;

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
    let told = init::run(Some(&folder), false).unwrap();
    for expected in ["wrote", "check", "run --once", "mail test"] {
        assert!(told.contains(expected), "{told}");
    }
    let loaded = config::load(&folder.join("sahelwatch.toml"), &Environment::default());
    assert_eq!(loaded.report.render(false), "");
    let stdout = check::for_people(&loaded, false, false).stdout;
    assert!(
        stdout.contains("\nok: 84 sources, 21 watches, 3 recipients, ") && stdout.ends_with(", 185 tests pass\n"),
        "{stdout}"
    );

    fs::remove_file(folder.join("sahelwatch.toml")).unwrap();
    fs::write(folder.join("conf.d/20-region.toml"), "# mine").unwrap();
    let error = init::run(Some(&folder), false).unwrap_err().to_string();
    assert!(error.contains("20-region.toml: the file is there already"), "{error}");
    assert_eq!(fs::read_to_string(folder.join("conf.d/20-region.toml")).unwrap(), "# mine");
    assert!(!folder.join("sahelwatch.toml").exists(), "nothing at all is written");

    let folder = bed.path("small");
    let told = init::run(Some(&folder), true).unwrap();
    assert_eq!(told.matches("wrote").count(), 4, "{told}");
    let loaded = config::load(&folder.join("sahelwatch.toml"), &Environment::default());
    assert_eq!((loaded.report.render(false).as_str(), loaded.config.unwrap().watches.len()), ("", 21));
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
    let text = text.replace("/usr/local/bin/our-feed", "/bin/sh");
    bed.file("sahelwatch.toml", &text);
    bed.file("smtp-password", "hunter2");
    bed.file("example-headers", "Cookie: a=b");
    bed.file("ping", "https://ping.example.org/hunter2");
    bed.file("authority.pem", "");
    bed.file("keys/amina.asc", include_str!("../fixtures/openpgp/reader.asc"));
    for name in ["10-mali.toml", "40-watches-countries.toml", "41-watches-themes.toml"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/conf.d").join(name);
        bed.file(&format!("conf.d/{name}"), &fs::read_to_string(sample).unwrap());
    }
    assert_eq!(bed.report(), "");
    let config = bed.config();
    let TransportSettings::Smtp(smtp) = &config.mail.transport else { panic!("smtp") };
    assert_eq!(smtp.host, "smtp.example.org");
    assert_eq!((config.digests.len(), config.digests[0].watches.len()), (1, 20));
    let kinds: BTreeSet<&str> = config.sources.iter().map(|plan| plan.source.kind.as_str()).collect();
    assert_eq!(kinds.len(), 6, "one of each: {kinds:?}");
    assert!(config.web.is_some() && config.operator.ping.is_some() && config.floors[0].tags == ["ML"]);
    let amina = &config.readers["amina@example.org"];
    assert_eq!((amina.lang, amina.quiet, amina.openpgp.is_some()), (Tongue::Fr, None, true));
    assert!(config.readers["jb@example.org"].quiet.is_some());
}

/// Runs `test`, which says one line, with its stdout where the caller wants it.
fn test_into(bed: &Bed, stdout: Stdio) -> Output {
    let mut command = program();
    command.arg("--config").arg(bed.path("sahelwatch.toml")).arg("test");
    command.stdout(stdout).stderr(Stdio::piped()).output().unwrap()
}

#[test]
fn a_reader_that_went_away_ends_no_command_in_a_panic() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = test_into(&Bed::with(""), writer.into());
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_result_that_cannot_be_written_is_told_of() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = test_into(&Bed::with(""), full.into());
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74), "{told}");
    assert!(
        told.starts_with("error: write the result: ") && told.ends_with("; what was written is not complete\n"),
        "{told}"
    );
}
