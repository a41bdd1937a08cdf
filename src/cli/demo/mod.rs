//! `demo`: the real thing on invented sources. Bundled documents in four languages are served on loopback and go through the same
//! fetching, parsing, store, matching and mailing as any other source; only the outlets, and the news, are made up.

mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use mail_parser::MessageParser;

use self::server::Server;
use super::{exit, logging, run};
use crate::config::{self, Config, Environment};
use crate::daemon::{self, Failure, Round};

/// The configuration; `{base}` is where the server is.
const CONFIGURATION: &str = include_str!("samples/sahelwatch.toml");

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where everything goes; what an earlier demo left there is replaced
    #[arg(long, value_name = "DIR", default_value = "sahelwatch-demo")]
    out: PathBuf,
}

/// Why the demo could not be shown.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("{action} {}: {cause}", .path.display())]
    Io { action: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("serve the samples on this machine: {0}")]
    Serve(std::io::Error),
    #[error("the bundled configuration is wrong, please report this:\n{0}")]
    Configuration(String),
    #[error(transparent)]
    Run(#[from] Failure),
}

pub(super) fn run(options: &Arguments) -> u8 {
    logging::start_quietly();
    let shown = run::runtime().map_err(DemoError::Serve).and_then(|runtime| runtime.block_on(show(&options.out)));
    match shown {
        Ok(()) => exit::OK,
        Err(error) => {
            eprintln!("error: {error}");
            if let DemoError::Run(failure) = &error { exit::of(failure) } else { exit::IO }
        }
    }
}

async fn show(out: &Path) -> Result<(), DemoError> {
    println!("demo: offline, invented outlets and events; everything goes under {}", out.display());
    let server = Server::start().await.map_err(DemoError::Serve)?;
    let config = prepare(out, &server.base())?;
    println!("  {}", cast(&config));
    let first = round(&config, "in the morning").await?;
    server.publish_later_versions();
    let second = round(&config, "later that day").await?;
    let mails = mails(&out.join("mail"))?;
    println!("  {} mails written, one per person and article\n", first.sent + second.sent);
    if let Some((path, text)) = mails.iter().max_by_key(|(path, _)| path.file_name()) {
        println!("the newest, {}:\n", path.display());
        text.lines().for_each(|line| println!("    {line}"));
    }
    println!("\nopen the others with any mail program: {}/*.eml", out.join("mail").display());
    println!(
        "next: sahelwatch init DIR, put your addresses into it, and try `sahelwatch -c DIR/sahelwatch.toml run --dry-run`"
    );
    Ok(())
}

/// Makes room and writes the configuration, so that it can be read and changed afterwards.
fn prepare(out: &Path, base: &str) -> Result<Config, DemoError> {
    let io = |action, path: &Path| {
        let path = path.to_owned();
        move |cause| DemoError::Io { action, path, cause }
    };
    std::fs::create_dir_all(out).map_err(io("make", out))?;
    for old in ["state", "mail"].map(|name| out.join(name)) {
        if old.exists() {
            std::fs::remove_dir_all(&old).map_err(io("clear", &old))?;
        }
    }
    let path = out.join("sahelwatch.toml");
    std::fs::write(&path, CONFIGURATION.replace("{base}", base)).map_err(io("write", &path))?;
    let loaded = config::load(&path, &Environment::default());
    let mut config = loaded.config.ok_or_else(|| DemoError::Configuration(loaded.report.render(false)))?;
    config.storage.path = out.join("state");
    config.mail.transport = crate::mail::TransportSettings::File { folder: out.join("mail") };
    Ok(config)
}

/// `6 sources (ar 2, en 1, fr 2, ha 1), 3 watches`.
fn cast(config: &Config) -> String {
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in &config.sources {
        *languages.entry(plan.source.lang.as_deref().unwrap_or("und")).or_default() += 1;
    }
    let languages: Vec<String> = languages.iter().map(|(lang, count)| format!("{lang} {count}")).collect();
    format!("{} sources ({}), {} watches", config.sources.len(), languages.join(", "), config.watches.len())
}

/// One round of all sources, with a progress bar where somebody watches.
async fn round(config: &Config, when: &str) -> Result<Round, DemoError> {
    let bar = ProgressBar::new(config.sources.len() as u64);
    bar.set_style(
        ProgressStyle::with_template("  {bar:24} {pos}/{len} sources").unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let round = daemon::once(config.clone(), |progress| bar.inc(progress.polled.len() as u64)).await?;
    bar.finish_and_clear();
    let sources = round.status.sources;
    println!(
        "  {when}: {} of {} sources read, {} new items, {} alerts",
        sources.ok, sources.configured, round.new_items, round.alerts
    );
    for line in &round.status.failing {
        eprintln!("  warning: {}: {}", line.id, line.last_error.as_deref().unwrap_or("failed"));
    }
    Ok(round)
}

/// Every mail in a folder, with its text part.
fn mails(folder: &Path) -> Result<Vec<(PathBuf, String)>, DemoError> {
    let io = |cause| DemoError::Io { action: "read", path: folder.to_owned(), cause };
    let mut mails = Vec::new();
    for file in std::fs::read_dir(folder).map_err(io)? {
        let path = file.map_err(io)?.path();
        let bytes = std::fs::read(&path).map_err(io)?;
        if let Some(mail) = MessageParser::default().parse(&bytes) {
            let subject = mail.subject().unwrap_or_default();
            let text = mail.body_text(0).unwrap_or_default();
            mails.push((path, format!("{subject}\n\n{text}")));
        }
    }
    Ok(mails)
}
