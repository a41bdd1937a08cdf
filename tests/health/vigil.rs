//! A desk that is watched for days within seconds: rounds of the real program, in this process and at a time of their own,
//! against scripted servers. Everything that is mailed is told apart by whom it is for: readers get alerts, the operator gets
//! the rest, and no mail may be both.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sahelwatch::config::{self, Config, Environment};
use sahelwatch::daemon::report::Status;
use sahelwatch::daemon::{self, Conduct};
use sahelwatch::model::ConceptKind;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::bed::{Bed, feed, headline_of, subject};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::smtp::{Accepted, SmtpPeer};

pub const OPERATOR: &str = "ops@example.org";
pub const READER: &str = "amina@example.org";
/// The usual interval.
pub const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// A mail to the operator.
#[derive(Debug)]
pub struct Letter {
    /// The reason in its header.
    pub reason: String,
    /// What its subject says beside our name and its date.
    pub title: String,
    /// Its text on one line.
    pub text: String,
}

/// A desk, its sources and its clock.
pub struct Vigil {
    pub bed: Bed,
    /// When the next round is.
    pub now: Timestamp,
    http: String,
    settings: String,
    sources: String,
    configured: Option<(String, Config)>,
    runtime: Runtime,
    /// Mails looked at, by the operator and by the reader.
    seen: (usize, usize),
    /// New items and alerts of the last round.
    pub brought: (usize, usize),
}

impl Vigil {
    /// A desk on a Monday at midnight, with one watch and no source.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self {
            bed: Bed::new(),
            now: "2026-01-05T00:00:00Z".parse().unwrap(),
            http: String::new(),
            settings: String::new(),
            sources: String::new(),
            configured: None,
            runtime,
            seen: (0, 0),
            brought: (0, 0),
        }
    }

    /// Adds a source that is asked for at `/id`; `more` is further TOML.
    pub fn source(self, id: &str, kind: &str, more: &str) -> Self {
        let url = self.bed.http.url(&format!("/{id}"));
        self.source_at(id, kind, url.as_str(), more)
    }

    /// The same anywhere.
    pub fn source_at(mut self, id: &str, kind: &str, url: &str, more: &str) -> Self {
        writeln!(
            self.sources,
            "[[source]]\nid = \"{id}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nallow_private = true\n{more}"
        )
        .unwrap();
        self
    }

    /// Adds to `[http]`.
    pub fn http(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.http);
        self
    }

    /// Believes a server that has a certificate of its own authority.
    pub fn trusting(self, server: &HttpPeer) -> Self {
        let file = self.bed.folder().join("ca.pem");
        std::fs::write(&file, server.authority()).unwrap();
        self.http(&format!("ca_file = {file:?}"))
    }

    /// Adds tables of their own.
    pub fn settings(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.settings);
        self
    }

    /// Edits what was typed of the sources.
    pub fn edit(&mut self, before: &str, after: &str) {
        assert!(self.sources.contains(before), "{}", self.sources);
        self.sources = self.sources.replace(before, after);
    }

    /// Scripts what stands at `/id`.
    pub fn serve(&self, id: &str, entries: &[String]) {
        self.bed.http.on(&format!("/{id}"), [Reply::feed(feed(entries))]);
    }

    fn typed(&self) -> String {
        format!(
            "version = 1\nstorage = {{ path = {:?} }}\ntimezone = \"UTC\"\ngroup.desk = [\"{READER}\"]\n\
             [http]\ncontact = \"{OPERATOR}\"\nper_host_delay = \"0s\"\n{}\n\
             [defaults.watch]\ntiming = {{ wait = \"0s\" }}\n\
             [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\nops_to = [\"{OPERATOR}\"]\n\
             transport = \"smtp\"\nsmtp = {{ host = \"127.0.0.1\", port = {}, tls = \"none\" }}\n{}\n{}\n\
             [[watch]]\nid = \"attacks\"\nseverity = \"high\"\nany = [\"attaque*\"]\nto = [\"@desk\"]\n",
            self.bed.folder().join("state"),
            self.http,
            self.bed.smtp.port(),
            self.settings,
            self.sources,
        )
    }

    /// One round; the next one is `step` later.
    #[track_caller]
    pub fn round_then(&mut self, step: SignedDuration) -> Status {
        let config = self.configured();
        let conduct = Conduct { still: Some(self.now) };
        self.now = self.now.checked_add(step).unwrap();
        let round = self.runtime.block_on(daemon::once(config, conduct, |_| {})).unwrap();
        self.brought = (round.new_items, round.alerts);
        round.status
    }

    /// The configuration in force; read again when what is typed changed. Of the lexicon there are a
    /// few towns: all of it would take most of a round, some thousand times.
    fn configured(&mut self) -> Config {
        let typed = self.typed();
        match &self.configured {
            Some((before, config)) if *before == typed => config.clone(),
            _ => {
                self.bed.rewrite(&typed);
                let loaded = config::load(&self.bed.config(), &Environment::of_process());
                let Some(mut config) = loaded.config else { panic!("{}", loaded.report.render(false)) };
                let towns = config.lexicon.iter().filter(|concept| concept.kind == ConceptKind::Place);
                config.lexicon = Arc::new(towns.take(200).cloned().collect());
                self.configured = Some((typed, config.clone()));
                config
            }
        }
    }

    /// Rounds a quarter of an hour apart.
    #[track_caller]
    pub fn rounds(&mut self, rounds: usize) {
        (0..rounds).for_each(|_| drop(self.round_then(QUARTER)));
    }

    /// Rounds six hours apart, where only time is to pass.
    #[track_caller]
    pub fn days(&mut self, days: usize) {
        (0..4 * days).for_each(|_| drop(self.round_then(SignedDuration::from_hours(6))));
    }

    /// Rounds an hour apart.
    #[track_caller]
    pub fn hours(&mut self, hours: usize) {
        (0..hours).for_each(|_| drop(self.round_then(SignedDuration::from_hours(1))));
    }

    /// How every source stands, as `sources --json` says.
    pub fn lines(&self) -> Vec<Value> {
        let ended = self.bed.run(&["sources", "--json"]);
        let document: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|e| panic!("{e}: {ended:?}"));
        document["sources"].as_array().unwrap().clone()
    }

    /// How one source stands.
    pub fn line(&self, id: &str) -> Value {
        self.lines().into_iter().find(|line| line["id"] == id).unwrap()
    }

    /// The state of one source, in `sources` and in `status` alike.
    #[track_caller]
    pub fn state(&self, id: &str) -> String {
        let word = self.line(id)["state"].as_str().unwrap().to_owned();
        let status = self.bed.status();
        let named = |list: &str| status[list].as_array().unwrap().iter().any(|line| line["id"] == id);
        let expected = match word.as_str() {
            "failing" | "blocked" => (true, false),
            "degraded" | "silent" | "overflowing" | "moved" => (false, true),
            _ => (false, false),
        };
        assert_eq!((named("failing"), named("troubled")), expected, "{word}: {status}");
        word
    }

    /// What a source's state is shown by.
    pub fn evidence(&self, id: &str) -> Value {
        self.line(id)["evidence"].clone()
    }

    /// Mail goes out over another relay from now on. What the one before took is forgotten.
    pub fn relay_is_back(&mut self) {
        self.bed.smtp = SmtpPeer::start();
        self.seen = (0, 0);
    }

    /// What the operator was sent since this was asked last.
    pub fn letters(&mut self) -> Vec<Letter> {
        let mails: Vec<Letter> = self.mails_to(OPERATOR).iter().map(letter).collect();
        let from = std::mem::replace(&mut self.seen.0, mails.len());
        mails.into_iter().skip(from).collect()
    }

    /// The titles of it.
    pub fn titles(&mut self) -> Vec<String> {
        self.letters().into_iter().map(|letter| letter.title).collect()
    }

    /// The headlines the reader was sent since this was asked last.
    pub fn headlines(&mut self) -> Vec<String> {
        let mails: Vec<String> = self.mails_to(READER).iter().map(headline_of).collect();
        let from = std::mem::replace(&mut self.seen.1, mails.len());
        mails.into_iter().skip(from).collect()
    }

    fn mails_to(&self, address: &str) -> Vec<Accepted> {
        let accepted = self.bed.smtp.accepted();
        for mail in &accepted {
            let reason = header(mail, "X-Sahelwatch-Reason");
            // What is encrypted does not say why it comes.
            let is_for_ops = matches!(reason.as_str(), "ops" | "sign_of_life") || reason.is_empty();
            assert_eq!(mail.to == [OPERATOR], is_for_ops, "{}", subject(mail));
        }
        accepted.into_iter().filter(|mail| mail.to == [address]).collect()
    }
}

impl Letter {
    /// Whether its text has all of these, in this order.
    #[track_caller]
    pub fn says(&self, parts: &[&str]) {
        let mut rest = self.text.as_str();
        for part in parts {
            let Some(at) = rest.find(part) else { panic!("no `{part}` (in this place) in:\n{}", self.text) };
            rest = &rest[at + part.len()..];
        }
    }
}

fn letter(mail: &Accepted) -> Letter {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    let subject = parsed.subject().unwrap();
    let title = subject.strip_prefix("Sahelwatch: ").unwrap_or(subject);
    let title = title.rsplit_once(" · ").map_or(title, |(title, _)| title).to_owned();
    let text = parsed.body_text(0).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    Letter { reason: header(mail, "X-Sahelwatch-Reason"), title, text }
}

/// A header of a mail, empty where it has none.
fn header(mail: &Accepted, name: &str) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    parsed.header_raw(name).unwrap_or_default().trim().to_owned()
}

/// The one letter of a time in which only one was to come.
#[track_caller]
pub fn only(letters: Vec<Letter>) -> Letter {
    let titles: Vec<&str> = letters.iter().map(|letter| letter.title.as_str()).collect();
    assert_eq!(titles.len(), 1, "{titles:?}");
    letters.into_iter().next().unwrap()
}
