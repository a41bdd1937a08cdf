//! The bed whole runs lie in: a configuration in a temporary folder, scripted web and mail servers, and the real program as a
//! process of its own, so that it can be killed like one.

mod daemon;
mod moments;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use sahelwatch::model::{Concept, ConceptKind};

pub use daemon::Daemon;

use crate::peers::http::{HttpPeer, Reply};
use crate::peers::smtp::{Accepted, SmtpPeer};

/// Every alert is a mail of its own, at once.
const AT_ONCE: &str = "[defaults.watch]\ntiming = { wait = \"0s\", throttle = \"1000/h\" }\n\
                       [pace]\nper_source = \"1000/h\"\noverload = \"1000/h\"\n";

/// How long a test waits for the daemon before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// The systemd unit that is shipped.
const UNIT: &str = include_str!("../deploy/systemd/sahelwatch.service");

/// The program under test, in the environment that the unit gives it.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sahelwatch"));
    let settings = UNIT.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(str::split_whitespace);
    command.envs(settings.filter_map(|setting| setting.split_once('=')));
    command
}

/// One entry of an RSS feed, with the id and the address made of `key`.
pub fn entry(key: &str, title: &str, text: &str) -> String {
    format!(
        "<item><guid>{key}</guid><link>https://outlet.example/{key}</link><title>{title}</title>\
         <description>{text}</description></item>"
    )
}

/// An RSS feed of entries.
pub fn feed(entries: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Outlet</title>\
         <link>https://outlet.example/</link>{}</channel></rss>",
        entries.concat()
    )
}

/// The headline of [`attack`].
pub fn headline(n: usize) -> String {
    format!("Attaque numéro {n} à {}", town(n))
}

/// The `n`-th town of the lexicon, from Djibo on: attacks on two towns are two stories.
fn town(n: usize) -> &'static str {
    static TOWNS: OnceLock<Vec<String>> = OnceLock::new();
    let towns = TOWNS.get_or_init(|| {
        let lexicon = sahelwatch::lexicon::shipped();
        // A camp or an airport lies in its town.
        let apart = |place: &&Concept| {
            let of_place = |id: &str| lexicon.iter().any(|other| other.id == id && other.kind == ConceptKind::Place);
            place.kind == ConceptKind::Place
                && !place.parent.iter().any(|parent| of_place(parent))
                && !lexicon.iter().any(|other| other.parent.contains(&place.id))
        };
        let one_word = |name: &&String| name.bytes().all(|b| b.is_ascii_alphabetic());
        let places = lexicon.iter().filter(apart);
        let names = places.filter_map(|place| place.strong.values().flatten().find(one_word).cloned());
        ["Djibo".to_owned()].into_iter().chain(names.filter(|name| name != "Djibo")).collect()
    });
    &towns[n % towns.len()]
}

/// An attack in the `n`-th place, which the default watch matches.
pub fn attack(n: usize) -> String {
    entry(
        &format!("attack-{n}"),
        &headline(n),
        &format!("Le bilan numéro {n} est de {} morts selon des sources locales", n + 3),
    )
}

/// Everyday news, which no watch matches.
pub fn everyday(n: usize) -> String {
    entry(
        &format!("day-{n}"),
        &format!("Le marché numéro {n} rouvre"),
        &format!("Les commerçants de la place {n} se réjouissent"),
    )
}

/// A configuration, its servers and its folder.
pub struct Bed {
    pub http: HttpPeer,
    pub smtp: SmtpPeer,
    asking: String,
    operator: String,
    folder: tempfile::TempDir,
    state: PathBuf,
    sources: String,
    recipients: Vec<String>,
    first: &'static str,
    pace: String,
    environment: Vec<(&'static str, OsString)>,
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Bed {
    /// A bed with one feed at `/feed`, and one watch whose alerts go to amina@example.org by SMTP. The first poll only primes.
    pub fn new() -> Self {
        Self::with_smtp(SmtpPeer::start())
    }

    /// Tells this person of what is wrong with the program and its sources.
    pub fn with_operator(mut self, address: &str) -> Self {
        self.operator = format!("ops_to = [{address:?}]\n");
        self.write();
        self
    }

    pub fn with_smtp(smtp: SmtpPeer) -> Self {
        Self::with_peers(smtp, HttpPeer::start())
    }

    pub fn with_peers(smtp: SmtpPeer, http: HttpPeer) -> Self {
        // In memory where possible: a kill looks the same there, and no test waits until a busy disk has synced. Power is cut
        // elsewhere (`outage`).
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let state = folder.path().join("state");
        let recipients = vec!["amina@example.org".to_owned()];
        let bed = Self {
            http,
            smtp,
            asking: String::new(),
            operator: String::new(),
            folder,
            state,
            sources: String::new(),
            recipients,
            first: "skip",
            pace: AT_ONCE.to_owned(),
            environment: Vec::new(),
        };
        bed.source("outlet", "feed", "/feed", "")
    }

    /// Adds a source; `more` is further TOML.
    pub fn source(mut self, id: &str, kind: &str, path: &str, more: &str) -> Self {
        let url = self.http.url(path);
        writeln!(
            self.sources,
            "[[source]]\nid = \"{id}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nallow_private = true\n{more}"
        )
        .unwrap();
        self.write();
        self
    }

    /// Adds TOML, such as a source without an address of the web.
    pub fn with(mut self, toml: &str) -> Self {
        writeln!(self.sources, "{toml}").unwrap();
        self.write();
        self
    }

    /// Adds a key to `[http]`.
    pub fn asking(mut self, toml: &str) -> Self {
        write!(self.asking, ", {toml}").unwrap();
        self.write();
        self
    }

    /// Sends to these instead.
    pub fn to(mut self, recipients: &[&str]) -> Self {
        self.recipients = recipients.iter().map(|r| (*r).to_owned()).collect();
        self.write();
        self
    }

    /// The first poll alerts on what it finds.
    pub fn alerting_at_once(mut self) -> Self {
        self.first = "alert";
        self.write();
        self
    }

    /// Sets `[defaults.watch]`, `[pace]` and what else is about when mail comes.
    pub fn paced(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.pace);
        self.write();
        self
    }

    /// Keeps the state elsewhere, e.g. on a disk that will be cut off.
    pub fn state_in(mut self, folder: &Path) -> Self {
        self.state = folder.to_owned();
        self.write();
        self
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("sahelwatch.toml")
    }

    /// Where the state is kept.
    pub fn state(&self) -> &Path {
        &self.state
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration; called by whatever changes it.
    fn write(&self) {
        let text = format!(
            "version = 1\nstorage = {{ path = {:?} }}\nhttp = {{ contact = \"ops@example.org\", per_host_delay = \"0s\"{} }}\n\
             group.desk = {:?}\n[defaults.source]\non_first_run = \"{}\"\n{}\n\
             [mail]\n{}from = \"Sahelwatch <alerts@example.org>\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"smtp\"\n\
             smtp = {{ host = \"127.0.0.1\", port = {}, tls = \"none\" }}\n{}\n\
             [[watch]]\nid = \"attacks\"\nseverity = \"high\"\nany = [\"attaque*\", \"هجوم\", \"embuscade\"]\nto = [\"@desk\"]\n",
            self.state,
            self.asking,
            self.recipients,
            self.first,
            self.pace,
            self.operator,
            self.smtp.port(),
            self.sources,
        );
        self.rewrite(&text);
    }

    /// Puts any text in the configuration's place.
    pub fn rewrite(&self, text: &str) {
        std::fs::write(self.config(), text).unwrap();
    }

    pub fn configured(&self) -> String {
        std::fs::read_to_string(self.config()).unwrap()
    }

    /// Scripts the default feed from now on.
    pub fn serve(&self, entries: &[String]) {
        self.http.on("/feed", [Reply::feed(feed(entries))]);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.set_up(program(), arguments)
    }

    fn set_up(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.arg("--config").arg(self.config()).args(arguments).stdin(Stdio::null());
        command
            .env_remove("NOTIFY_SOCKET")
            .env_remove("JOURNAL_STREAM")
            .env_remove("SAHELWATCH_LOG")
            .env("NO_COLOR", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    /// One round, which must go well.
    #[track_caller]
    pub fn once(&self) -> Ended {
        let ended = self.run(&["run", "--once"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended
    }

    /// Starts one round and does not wait for it.
    pub fn start_once(&self) -> Child {
        self.command(&["run", "--once"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Starts one round under another program, which takes ours as the end of its arguments and may speak on its standard output.
    pub fn start_once_under(&self, mut other: Command) -> Child {
        other.arg(program().get_program());
        self.set_up(other, &["run", "--once"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Starts the daemon and waits until it says that it is ready.
    pub fn daemon(&self) -> Daemon {
        let daemon = self.start_daemon();
        daemon.hears("READY=1");
        daemon
    }

    pub fn start_daemon(&self) -> Daemon {
        self.start_daemon_with::<&str>(&[])
    }

    /// Starts the daemon with more in its environment.
    pub fn start_daemon_with<V: AsRef<std::ffi::OsStr>>(&self, environment: &[(&str, V)]) -> Daemon {
        let socket = self.folder.path().join("notify.sock");
        // Left by the daemon before this one.
        std::fs::remove_file(&socket).ok();
        let notices = UnixDatagram::bind(&socket).unwrap();
        let log = self.folder.path().join("log");
        let stderr = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = self.command(&["run"]);
        command.env("NOTIFY_SOCKET", &socket).envs(environment.iter().map(|(key, value)| (key, value)));
        let child = command.stdout(Stdio::null()).stderr(stderr).spawn().unwrap();
        Daemon::new(child, notices, log)
    }

    /// The subjects of all mail taken so far, in order.
    pub fn subjects(&self) -> Vec<String> {
        self.smtp.accepted().iter().map(subject).collect()
    }

    /// The same without severity and place.
    pub fn headlines(&self) -> Vec<String> {
        self.smtp.accepted().iter().map(headline_of).collect()
    }

    pub fn status(&self) -> serde_json::Value {
        let ended = self.run(&["status", "--json"]);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
    }
}

/// What the subject of a mail says beside severity and place.
pub fn headline_of(mail: &Accepted) -> String {
    let subject = subject(mail);
    let rest = subject.split_once("] ").map_or(subject.as_str(), |(_, rest)| rest);
    rest.split_once("): ").map_or(rest, |(_, headline)| headline).to_owned()
}

/// The decoded subject of a mail.
pub fn subject(mail: &Accepted) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    parsed.subject().unwrap().to_owned()
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
