//! `demo`: the real thing on invented sources. Bundled documents in four languages are served on loopback and go through the same
//! fetching, parsing, store, matching and mailing as any other source; only the outlets, and the news, are made up. Its clock stands
//! still in every round, so that it comes out the same every time.

mod browser;
mod mails;
mod server;
mod told;

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use self::mails::{Kind, Mail};
use self::server::Server;
use self::told::Act;
use super::{desk, exit, logging, run};
use crate::config::{self, Config, Environment};
use crate::daemon::desk::Request;
use crate::daemon::desk::card::{Ask, Found};
use crate::daemon::{self, Conduct, Failure};

/// The configuration; `{base}` is where the server is.
const CONFIGURATION: &str = include_str!("samples/sahelwatch.toml");
/// The moments at which the outlets are read: after the first reports, when the toll has risen, and when the digest is due.
const ROUNDS: [&str; 3] = ["2026-11-22T14:00:00Z", "2026-11-22T16:30:00Z", "2026-11-23T06:30:00Z"];
/// The name of the configuration in the folder.
const FILE: &str = "sahelwatch.toml";
/// What a demo leaves in its folder beside the configuration.
const LEFT: [&str; 2] = ["state", "mail"];

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where everything goes; what an earlier demo left there is replaced
    #[arg(long, value_name = "DIR", default_value = "sahelwatch-demo")]
    out: PathBuf,
    /// Show the update, as HTML, in the web browser
    #[arg(long)]
    open: bool,
}

/// Why the demo could not be shown.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("{action} {}: {cause}", .path.display())]
    Io { action: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("{} holds something that is no demo's: give another folder with --out", .0.display())]
    Occupied(PathBuf),
    #[error("serve the samples on this machine: {0}")]
    Serve(std::io::Error),
    #[error("the bundled configuration is wrong, please report this:\n{0}")]
    Configuration(String),
    #[error(transparent)]
    Run(#[from] Failure),
    #[error("{0}")]
    Open(String),
    /// Told already.
    #[error("the stories cannot be listed")]
    Stories(u8),
}

impl DemoError {
    fn code(&self) -> u8 {
        match self {
            Self::Run(failure) => exit::of(failure),
            Self::Stories(code) => *code,
            Self::Occupied(_) | Self::Open(_) => exit::USAGE,
            Self::Io { .. } | Self::Serve(_) | Self::Configuration(_) => exit::IO,
        }
    }
}

pub(super) fn run(options: &Arguments) -> u8 {
    logging::start_quietly();
    match run::runtime().map_err(DemoError::Serve).and_then(|runtime| show(&runtime, options)) {
        Ok(()) => exit::OK,
        Err(error) => {
            errln!("error: {error}");
            error.code()
        }
    }
}

fn show(runtime: &Runtime, options: &Arguments) -> Result<(), DemoError> {
    let out = &options.out;
    outln!("demo: offline, invented outlets and events; everything goes under {}\n", out.display());
    let server = runtime.block_on(Server::start()).map_err(DemoError::Serve)?;
    let config = prepare(out, &server.base())?;
    outln!("  {}\n", told::cast(&config));
    let mut mails: Vec<Mail> = Vec::new();
    for (number, at) in (0..).zip(ROUNDS) {
        let at: Timestamp = at.parse().expect("a constant of this file is a timestamp");
        server.publish(number);
        let mut act = round(runtime, &config, at)?;
        let known: Vec<PathBuf> = mails.iter().map(|mail| mail.path.clone()).collect();
        let new: Vec<Mail> = mails::read(out)?.into_iter().filter(|mail| !known.contains(&mail.path)).collect();
        act.mails = new.iter().map(|mail| mail.kind).collect();
        outln!("  {}", told::act(&act));
        mails.extend(new);
    }
    outln!("\n{}", told::list(&mails));
    let copies = mails::write_copies(out, &mails)?;
    if let Some(update) = mails::best(&mails, Kind::Update) {
        outln!("\nthe update, as {} reads it:\n\n{}", update.to, told::indented(&update.text));
        outln!("\n{}", told::next(out, &update.story, &copies));
    }
    if options.open {
        browser::open(&out.join("update.html")).map_err(DemoError::Open)?;
    }
    Ok(())
}

/// Makes room and writes the configuration, so that it can be read, changed and used afterwards.
fn prepare(out: &Path, base: &str) -> Result<Config, DemoError> {
    let path = out.join(FILE);
    if !is_free(out, &path) {
        return Err(DemoError::Occupied(out.to_owned()));
    }
    std::fs::create_dir_all(out).map_err(failed("make", out))?;
    for old in LEFT.map(|name| out.join(name)) {
        if old.exists() {
            std::fs::remove_dir_all(&old).map_err(failed("clear", &old))?;
        }
    }
    std::fs::write(&path, CONFIGURATION.replace("{base}", base)).map_err(failed("write", &path))?;
    let loaded = config::load(&path, &Environment::default());
    loaded.config.ok_or_else(|| DemoError::Configuration(loaded.report.render(false)))
}

/// Whether nothing in the folder is lost when a demo clears it: a demo was here, or nothing that is called like what one leaves.
fn is_free(out: &Path, path: &Path) -> bool {
    let first = CONFIGURATION.lines().next().unwrap_or_default();
    match std::fs::read_to_string(path) {
        Ok(text) => text.lines().next() == Some(first),
        Err(_) => !path.exists() && !LEFT.iter().any(|name| out.join(name).exists()),
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> DemoError + use<> {
    let path = path.to_owned();
    move |cause| DemoError::Io { action, path, cause }
}

/// One round of all sources, with a progress bar where somebody watches.
fn round(runtime: &Runtime, config: &Config, at: Timestamp) -> Result<Act, DemoError> {
    let bar = ProgressBar::new(config.sources.len() as u64);
    let style = ProgressStyle::with_template("  {bar:24} {pos}/{len} sources");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let progress = |progress: daemon::Progress| bar.inc(progress.polled.len() as u64);
    let round = runtime.block_on(daemon::once(config.clone(), Conduct { still: Some(at) }, progress))?;
    bar.finish_and_clear();
    for line in &round.status.failing {
        errln!("  warning: {}: {}", line.id, line.last_error.as_deref().unwrap_or("failed"));
    }
    let ask = Ask { since: at, watch: None, source: None, country: None, mailed: false, limit: usize::MAX };
    let found: Found = desk::ask(config, Request::Stories(ask)).map_err(DemoError::Stories)?;
    Ok(Act {
        at,
        items: round.new_items,
        copies: round.copies,
        stories: found.stories.iter().filter(|story| story.opened == at).count(),
        mails: Vec::new(),
    })
}
