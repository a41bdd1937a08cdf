//! `check` and `init`, and the sample configuration that `init` writes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sahelwatch::cli::{check, init};
use sahelwatch::config::{self, Environment};
use sahelwatch::mail::TransportSettings;

use super::Bed;

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
    let uncommented = include_str!("../../config/sahelwatch.toml").lines().map(|line| {
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
