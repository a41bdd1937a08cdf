//! Encrypted mail opened by GnuPG, which is what many readers' programs run, to see that what our own library takes is
//! what the world takes. Needs Debian's package `gpg`; without it the test says that it was skipped, and passes.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use sahelwatch::mail::{Draft, OBSCURED_SUBJECT, Outside, assemble_encrypted, check_key};
use sahelwatch::model::{KeyFile, Mailbox};
use tempfile::TempDir;

const ADDRESS: &str = "reader@example.org";

#[test]
fn gnupg_opens_what_we_encrypted() {
    if Command::new("gpg").arg("--version").output().is_err() {
        eprintln!("SKIPPED gnupg_opens_what_we_encrypted: gpg is not installed");
        return;
    }
    for (primary, subkey) in [("ed25519", "cv25519"), ("rsa2048", "rsa2048"), ("nistp256", "nistp256")] {
        let gnupg = Gnupg::with_key(primary, subkey);
        let key = KeyFile { path: "reader.asc".into(), armoured: gnupg.exported() };
        let found = check_key(&key.armoured, Timestamp::now()).unwrap();
        assert_eq!(found.fingerprint, gnupg.fingerprint(), "{primary}");

        let draft = draft();
        let outside = Outside { subject: OBSCURED_SUBJECT.to_owned(), list_id: None };
        let message = assemble_encrypted(&draft, &outside, &key, Timestamp::now()).unwrap();
        let read = MessageParser::new().parse(&message).unwrap();
        assert_eq!(read.subject(), Some(OBSCURED_SUBJECT));
        let sealed = read.parts.last().unwrap();
        assert_eq!(sealed.attachment_name(), Some("encrypted.asc"));

        let opened = gnupg.decrypt(sealed.contents());
        let said = String::from_utf8_lossy(&opened.stderr);
        assert!(opened.status.success(), "{primary}: {said}");
        assert!(said.contains("GOODMDC") && said.contains("DECRYPTION_INFO 2 9"), "AES-256, checked: {said}");
        assert_inside(&draft, &opened.stdout);
    }
}

/// The mail inside is the one that would have gone out in the clear, with its own headers.
fn assert_inside(draft: &Draft, inside: &[u8]) {
    let read = MessageParser::new().parse(inside).unwrap();
    assert_eq!(read.subject(), Some(draft.subject.as_str()));
    assert_eq!(read.message_id(), Some(draft.message_id.as_str()));
    assert_eq!(read.header_raw("X-Sahelwatch-Watch").map(str::trim), Some("menaka"));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), draft.text);
    assert_eq!(read.body_html(0).map(|html| html.replace("\r\n", "\n")), draft.html);
    // From the first boundary on, byte for byte: only the header block differs.
    let clear = sahelwatch::mail::assemble(draft).unwrap();
    assert_eq!(body(inside), body(&clear));
}

fn body(message: &[u8]) -> &[u8] {
    let at = message.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    &message[at..]
}

fn draft() -> Draft {
    Draft {
        from: Mailbox { name: Some("Sahelwatch".to_owned()), address: "alerts@example.org".to_owned() },
        to: Mailbox { name: Some("Bureau de sécurité".to_owned()), address: ADDRESS.to_owned() },
        reply_to: None,
        subject: "[HIGH] Ménaka: هجوم على قافلة في منكا, au moins 40 morts".to_owned(),
        date: "2026-11-23T04:05:06Z".parse().unwrap(),
        message_id: "0019abc.0.00ff@sahelwatch.example.org".to_owned(),
        headers: vec![("X-Sahelwatch-Watch".to_owned(), "menaka".to_owned())],
        text: "Une attaque à Ménaka.\n.\nFrom here on\nهجوم على قافلة في منكا\n".to_owned(),
        html: Some(format!("<p>{}</p>\n", "attaque à Ménaka هجوم ".repeat(200))),
    }
}

/// A GnuPG of its own, with one key, in a folder that goes away with it.
struct Gnupg {
    home: TempDir,
}

impl Gnupg {
    fn with_key(primary: &str, subkey: &str) -> Self {
        // A short path: GnuPG's agent listens on a socket in it.
        let home = tempfile::Builder::new().prefix("gpg").tempdir_in("/tmp").unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let gnupg = Self { home };
        let name = format!("Test (sahelwatch test key) <{ADDRESS}>");
        gnupg.run(&["--quick-generate-key", &name, primary, "cert,sign", "never"]);
        gnupg.run(&["--quick-add-key", &gnupg.fingerprint(), subkey, "encr", "1y"]);
        gnupg
    }

    fn exported(&self) -> String {
        self.run(&["--armor", "--export", ADDRESS])
    }

    fn fingerprint(&self) -> String {
        let listed = self.run(&["--with-colons", "--list-keys", ADDRESS]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    fn decrypt(&self, message: &[u8]) -> Output {
        let mut child = self.command().args(["--status-fd", "2", "--decrypt"]).spawn().unwrap();
        child.stdin.take().unwrap().write_all(message).unwrap();
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn command(&self) -> Command {
        let mut gpg = in_home("gpg", self.home.path());
        gpg.args(["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]);
        gpg.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        gpg
    }
}

impl Drop for Gnupg {
    /// Its agent would outlive it.
    fn drop(&mut self) {
        drop(in_home("gpgconf", self.home.path()).args(["--kill", "gpg-agent"]).output());
    }
}

fn in_home(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--homedir").arg(home);
    command
}
