//! Configuration: TOML files to everything the rest of the program is built from, or a list of all that is wrong with them.
//!
//! Two levels, as in ripgrep: what was typed (`tree`, `fields`, `raw`), each value with its place, and what it means
//! ([`Config`], made by `compile`). One run gathers every problem ([`Report`]); a configuration with an error is never used in
//! part. Nothing below this module reads configuration.

mod changes;
mod clock;
mod compile;
pub mod edit;
mod fields;
mod files;
mod guard;
mod headers;
pub mod mailbox;
mod problem;
mod raw;
mod redact;
mod reference;
mod render;
mod schema;
pub(crate) mod suggest;
mod tree;
mod units;

use std::collections::BTreeMap;
use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

use crate::extract::Reader;
use crate::model::{Concept, Digest, Floor, Operator, Pace, Reader as Person, Source, Watch};
use crate::query::Plan;
use crate::{fetch, lexicon, mail, query, store};

pub use files::Draft;
pub use problem::{Problem, Report, Severity};
pub use reference::{Entry, KeyDefault, Section, reference};

/// Where a package puts the configuration.
const SYSTEM_PATH: &str = "/etc/sahelwatch/sahelwatch.toml";

/// What the configuration means: checked, compiled, complete.
#[derive(Debug, Clone)]
pub struct Config {
    /// Zone of the times shown in mail.
    pub timezone: TimeZone,
    /// How long an item is remembered.
    pub keep_items: Duration,
    /// How long its full text is kept.
    pub keep_bodies: Duration,
    /// Bytes that all rows of the store may take; None where nothing is forgotten by size.
    pub max_size: Option<u64>,
    /// Free bytes of the state's disk below which the operator is told; None for a figure that fits the disk.
    pub low_space: Option<u64>,
    /// How to fetch.
    pub http: fetch::Settings,
    /// Where and how to keep.
    pub storage: store::Settings,
    /// How to mail.
    pub mail: mail::Settings,
    /// How long a notification is tried before it is given up.
    pub mail_expire: Duration,
    /// The enabled sources, in the order of the files.
    pub sources: Vec<Arc<SourcePlan>>,
    /// The watches, in the order of the files.
    pub watches: Vec<Watch>,
    /// Everybody who is told, by address in lower case.
    pub readers: BTreeMap<String, Person>,
    /// The digests, in the order of the files.
    pub digests: Vec<Digest>,
    /// Bounds on what one reader gets.
    pub pace: Pace,
    /// Who runs this, and how they are told.
    pub operator: Operator,
    /// How many live sources of a kind there must be, in the order of the files.
    pub floors: Vec<Floor>,
    /// Where others reach us; None when they do not.
    pub web: Option<Web>,
    /// Where health and metrics are served; None where they are not.
    pub metrics: Option<Metrics>,
    /// The shipped lexicon with this configuration's changes.
    pub lexicon: Arc<Vec<Concept>>,
    /// Every file read, the main file first.
    pub files: Vec<PathBuf>,
}

impl Config {
    /// All watches compiled over the lexicon, in their order.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let vocabulary = lexicon::vocabulary(&self.lexicon);
        let asked = |watch: &Watch| query::asked(&watch.asks, &vocabulary);
        let queries = self.watches.iter().map(|watch| {
            asked(watch)
                .unwrap_or_else(|problem| unreachable!("loading refuses what cannot be read: {}", problem.message))
        });
        Plan::compile(queries.collect(), &self.lexicon)
    }
}

/// A source and what it takes to read it.
#[derive(Debug, Clone)]
pub struct SourcePlan {
    /// As configured.
    pub source: Source,
    /// Its compiled reader.
    pub reader: Reader,
}

/// A listener for what hubs tell us (W3C WebSub).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// Where it listens: on this machine, or on a private network on which a proxy stands.
    pub listen: SocketAddr,
    /// The address under which others reach it, such as `https://watch.example.org/`.
    pub public_url: Url,
}

/// A listener for whoever monitors this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// Where it listens: on this machine, unless the configuration says otherwise in so many words.
    pub listen: SocketAddr,
    /// Names under which it is asked, beside `localhost` and addresses.
    pub hosts: Vec<String>,
}

/// What is read from outside the files. A value, so that tests need not touch the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Where systemd lets the service keep its state (`$STATE_DIRECTORY`).
    pub state_directory: Option<PathBuf>,
    /// Where a person who is not root keeps their state (XDG base directories): `$XDG_STATE_HOME`, else `~/.local/state`.
    pub user_state: Option<PathBuf>,
    /// Where systemd puts the service's credentials (`$CREDENTIALS_DIRECTORY`).
    pub credentials_directory: Option<PathBuf>,
    /// Whether secrets stay unread: for who only looks on, e.g. `status` beside a service that alone may read them.
    pub leaves_secrets: bool,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let folder = |name| env::var_os(name).filter(|value| !value.is_empty());
        // systemd joins several state directories with colons; ours has one.
        let first = |folders| env::split_paths(&folders).next();
        Self {
            state_directory: folder("STATE_DIRECTORY").and_then(first),
            user_state: if rustix::process::geteuid().is_root() {
                None
            } else {
                let home = || env::home_dir().map(|home| home.join(".local/state"));
                folder("XDG_STATE_HOME").map(PathBuf::from).or_else(home)
            },
            credentials_directory: folder("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            leaves_secrets: false,
        }
    }
}

/// What came of loading.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration; None when the report has errors.
    pub config: Option<Config>,
    /// Everything found wrong, warnings included.
    pub report: Report,
}

/// Loads the main file at `path` and what it includes. Reads files, asks no network.
#[must_use]
pub fn load(path: &Path, environment: &Environment) -> Loaded {
    load_with(path, environment, None)
}

/// The same with one file as it would be after an edit, so that an edit can be judged before it is made. Whether the file is one
/// of those included shows in [`Config::files`].
#[must_use]
pub fn load_with(path: &Path, environment: &Environment, draft: Option<&Draft>) -> Loaded {
    let findings = problem::Findings::default();
    let files::Gathered { files, table, .. } = files::gather(path, draft, &findings);
    let raw = raw::Raw::read(fields::Fields::top(table, &findings));
    let config = compile::compile(&raw, &compile::Context { findings: &findings, files: &files, environment });
    let report = findings.into_report(files);
    Loaded { config: config.filter(|_| !report.has_errors()), report }
}

/// Where a configuration keeps its state. Compiles nothing, and reports nothing: as far as a file cannot be read, it says nothing of it.
#[must_use]
pub fn state_folder(path: &Path, environment: &Environment) -> PathBuf {
    let findings = problem::Findings::default();
    let files::Gathered { files, table, .. } = files::gather(path, None, &findings);
    let raw = raw::Raw::read(fields::Fields::top(table, &findings));
    compile::state_folder(&raw, &compile::Context { findings: &findings, files: &files, environment })
}

/// The main file when none is named: the system's when it exists or for root, else the user's own.
#[must_use]
pub fn default_path() -> PathBuf {
    let system = PathBuf::from(SYSTEM_PATH);
    if system.exists() || rustix::process::geteuid().is_root() {
        return system;
    }
    match env::home_dir() {
        Some(home) => home.join(".config/sahelwatch/sahelwatch.toml"),
        None => system,
    }
}
