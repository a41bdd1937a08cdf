//! Delivery through a real Postfix, to see that what our own peer takes is what the world takes. Needs root and Debian's packages
//! `postfix`, `sasl2-bin` and `libsasl2-modules`; without them the test says that it was skipped, and passes.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use sahelwatch::mail::{
    Draft, Login, RetryKind, Settings, SmtpSettings, Tls, Transport, TransportSettings, Verdict, assemble,
};
use sahelwatch::model::{Mailbox, Secret};
use tempfile::TempDir;

use crate::mail::formats::read_by_python;
use crate::peers::certificates::Authority;
use crate::trials;

const FROM: &str = "alerts@example.org";
const TO: &str = "desk@example.net";
const USER: &str = "sahelwatch";
const PASSWORD: &str = "correct horse";
const REALM: &str = "example.org";
/// `nobody`, who owns the delivered mail.
const NOBODY: u32 = 65534;

/// Seen failing with a line end too many handed over.
#[tokio::test]
async fn postfix_delivers_what_we_wrote() {
    let trial = trials::of("B12");
    if let Some(lacking) = lacking() {
        return trial.skipped(&lacking);
    }
    let postfix = Postfix::start();
    let draft = draft();
    let message = assemble(&draft).unwrap();

    let wrong = postfix.transport("wrong horse").send(FROM, TO, "1", &message).await;
    assert!(matches!(wrong, Verdict::Retry { kind: RetryKind::Login, .. }), "{wrong:?}\n{}", postfix.log());

    let transport = postfix.transport(PASSWORD);
    let (sent, transcript) = transport.send_traced(FROM, TO, "1", &message).await;
    let Verdict::Sent { answer } = &sent else { panic!("{sent:?}\n{transcript:#?}\n{}", postfix.log()) };
    assert!(answer.starts_with("250 2.0.0 Ok: queued as "), "{answer}");
    transport.close().await;

    let delivered = postfix.delivered();
    let with_lf = String::from_utf8(message).unwrap().replace("\r\n", "\n");
    assert!(delivered.ends_with(&with_lf), "only trace headers were added:\n{delivered}");
    let read = MessageParser::new().parse(&delivered).unwrap();
    assert_eq!(read.subject(), Some(draft.subject.as_str()));
    assert_eq!(read.message_id(), Some(draft.message_id.as_str()));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), draft.text);
    assert_eq!(Some(read.body_html(0).unwrap().replace("\r\n", "\n")), draft.html);
    if let Some(read) = read_by_python(delivered.as_bytes()) {
        assert_eq!(read["subject"], draft.subject);
        let with_lf = |part: &str| read[part].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!((with_lf("text"), Some(with_lf("html"))), (draft.text, draft.html));
    }
    trial.passed(1);
}

fn draft() -> Draft {
    let mailbox = |name: &str, address: &str| Mailbox { name: Some(name.to_owned()), address: address.to_owned() };
    Draft {
        from: mailbox("Sahelwatch", FROM),
        to: mailbox("Bureau de sécurité", TO),
        reply_to: None,
        subject: "[HIGH] Ménaka: هجوم على قافلة في منكا, au moins 40 morts".to_owned(),
        date: "2026-11-23T04:05:06Z".parse().unwrap(),
        message_id: "0019abc.0.00ff@sahelwatch.example.org".to_owned(),
        headers: vec![("Auto-Submitted".to_owned(), "auto-generated".to_owned())],
        text: "Une attaque à Ménaka.\n.\nFrom here on\nهجوم على قافلة في منكا\n".to_owned(),
        html: Some(format!("<p>{}</p>\n", "attaque à Ménaka هجوم ".repeat(200))),
    }
}

/// Why the test cannot run here, if so.
fn lacking() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("Postfix must be started by root".to_owned());
    }
    let programs = ["/usr/sbin/postfix", "/usr/sbin/saslpasswd2"];
    programs.iter().find(|program| !Path::new(program).exists()).map(|program| format!("{program} is not installed"))
}

/// A Postfix of our own: configuration, queue, users and mail in one temporary folder. Stops when dropped.
struct Postfix {
    folder: TempDir,
    port: u16,
    ca_file: PathBuf,
}

impl Postfix {
    fn start() -> Self {
        // In memory where there is such a folder: Postfix syncs every file of its queue, and a busy disk takes seconds for each.
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        // Postfix drops its rights and must still find its files.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = free_port();
        let authority = Authority::new();
        let ca_file = authority.write(folder.path());
        let postfix = Self { folder, port, ca_file };
        postfix.configure(&authority);
        postfix.add_user();
        postfix.run("start");
        postfix
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, authority: &Authority) {
        for name in ["conf", "conf/sasl", "queue", "data", "mail"] {
            fs::create_dir(self.path(name)).unwrap();
        }
        chown(self.path("data"), Some(id_of("postfix")), None).unwrap();
        chown(self.path("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        let certificate = authority.issue("localhost");
        fs::write(self.path("cert.pem"), certificate.pem).unwrap();
        fs::write(self.path("key.pem"), certificate.key_pem).unwrap();
        fs::set_permissions(self.path("key.pem"), fs::Permissions::from_mode(0o600)).unwrap();
        let folder = self.folder.path().display();
        fs::write(self.path("conf/main.cf"), main_cf(&folder.to_string())).unwrap();
        fs::write(self.path("conf/master.cf"), master_cf(self.port)).unwrap();
        // Where Debian's build looks, whatever `cyrus_sasl_config_path` says; others are told below.
        let sasl = format!(
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: {folder}/sasldb2\n"
        );
        fs::write(self.path("conf/sasl/smtpd.conf"), sasl).unwrap();
    }

    fn add_user(&self) {
        let database = self.path("sasldb2");
        let mut child = Command::new("/usr/sbin/saslpasswd2")
            .args(["-p", "-c", "-u", REALM, "-f"])
            .arg(&database)
            .arg(USER)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "saslpasswd2 failed");
        chown(&database, Some(id_of("postfix")), None).unwrap();
    }

    fn run(&self, verb: &str) {
        let output = Command::new("/usr/sbin/postfix").arg("-c").arg(self.path("conf")).arg(verb).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "postfix {verb}: {said}\n{}", self.log());
    }

    fn transport(&self, password: &str) -> Transport {
        let login = Login { username: USER.to_owned(), password: Secret::new(password.to_owned()) };
        let relay = SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            tls: Tls::Starttls,
            login: Some(login),
            ca_file: Some(self.ca_file.clone()),
        };
        Transport::new(&Settings {
            from: Mailbox { name: None, address: FROM.to_owned() },
            reply_to: None,
            list_id: "sahelwatch.example.org".to_owned(),
            transport: TransportSettings::Smtp(relay),
        })
        .unwrap()
    }

    /// The one mail delivered, once it is there.
    fn delivered(&self) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let mut found = fs::read_dir(self.path("mail/desk/new")).into_iter().flatten();
            if let Some(entry) = found.next() {
                return fs::read_to_string(entry.unwrap().path()).unwrap();
            }
            assert!(Instant::now() < deadline, "nothing delivered within 60 s:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Ends the master named in this queue's own pid file, and no other.
        let stop = Command::new("/usr/sbin/postfix").arg("-c").arg(self.path("conf")).arg("stop").output();
        drop(stop);
    }
}

/// A port that nobody has, from below those which the system gives to the other tests meanwhile.
fn free_port() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    (first..30_000).find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).expect("a free port")
}

fn id_of(user: &str) -> u32 {
    let output = Command::new("id").args(["-u", user]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn main_cf(folder: &str) -> String {
    format!(
        "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
virtual_mailbox_domains = example.net
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {TO}=desk/ }}
virtual_uid_maps = static:{NOBODY}
virtual_gid_maps = static:{NOBODY}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = {REALM}
cyrus_sasl_config_path = {folder}/conf/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"
    )
}

/// The services a mail passes on its way in; none is chrooted.
fn master_cf(port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
