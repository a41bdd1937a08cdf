//! Secrets, which are never shown, and files, which no stranger may have changed.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;

use sahelwatch::cli::check;
use sahelwatch::mail::{Tls, TransportSettings};

use super::{Bed, set_mode};
use crate::trials;

const SMTP: &str = r#"version = 1
http = { contact = "ops@example.org" }
mail.from = "alerts@example.org"
mail.ops_to = ["ops@example.org"]
mail.transport = "smtp"
source = [{ id = "a", kind = "feed", url = "https://example.org/a" }]
watch = [{ id = "w", any = ["attaque"], to = ["amina@example.org"] }]
mail.smtp = { host = "smtp.example.org", username = "alerts", "#;

/// What is done to a file.
type Spoil = fn(&Path);

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
fn a_changed_password_is_a_changed_mail_setting() {
    let bed = smtp("password_file = \"secret\"");
    bed.file("secret", "hunter2");
    let old = bed.config();
    bed.file("secret", "hunter3");
    assert_eq!(bed.config().changes_from(&old), ["mail settings changed"]);
}

/// S28. Seen failing without each of the judgements of `config::guard` in turn: kind, size, mode, folder, text. Where opening waits for a
/// pipe's writer, it never ends.
#[test]
fn only_plain_files_that_no_stranger_can_change_are_read() {
    let trial = trials::of("S28");
    let spoil: [(&str, Spoil); 9] = [
        ("it is a folder, not a regular file", |path| {
            fs::remove_file(path).unwrap();
            symlink("/", path).unwrap();
        }),
        ("No such file", |path| {
            fs::remove_file(path).unwrap();
            symlink(path, path.with_extension("loop")).unwrap();
            symlink("nowhere", path).unwrap();
        }),
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
    trial.passed(spoil.len());
}

/// S28. The same of secrets: a FIFO would hold the program up for ever, a device never end, and a link lead anywhere. Seen failing
/// likewise.
#[test]
fn only_plain_files_that_no_stranger_can_change_hold_secrets() {
    let trial = trials::of("S28");
    let spoil: [(&str, Spoil); 8] = [
        ("it is a pipe, not a regular file", |path| {
            let mode = rustix::fs::Mode::from_raw_mode(0o600);
            rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
        }),
        ("it is a folder, not a regular file", |path| fs::create_dir(path).unwrap()),
        ("it is a device, not a regular file", |path| symlink("/dev/zero", path).unwrap()),
        ("it is a device, not a regular file", |path| symlink("/dev/random", path).unwrap()),
        ("No such device or address", |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        ("Too many levels of symbolic links", |path| symlink(path, path).unwrap()),
        ("it is larger than 1 MiB", |path| fs::write(path, "#".repeat((1 << 20) + 1)).unwrap()),
        ("everyone may write to it (mode 0622)", |path| {
            fs::write(path, "hunter2").unwrap();
            set_mode(path, 0o622);
        }),
    ];
    for (expected, spoil) in spoil {
        let bed = smtp("password_file = \"secret\"");
        spoil(&bed.path("secret"));
        let loaded = bed.load();
        assert!(loaded.config.is_none(), "{expected}");
        assert!(loaded.report.render(false).contains(expected), "{expected}: {}", loaded.report.render(false));
    }
    trial.passed(spoil.len());
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
    if chown(&path, Some(4242), None).is_ok() {
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
