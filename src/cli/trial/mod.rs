//! `try`: fetches or reads a source without storing anything, and says what it is, what the watches make of it and what
//! to do next.
//!
//! `target` reads what was typed, `ask` gets documents, `compose` makes a trial of them: `read` tells what a document
//! is, `look` what stands behind a page, `judge` what the watches say, `trouble` and `hints` what a person should know,
//! `offer` what comes of it. The trial itself is a value (`report`), shown by `told` or as JSON.

mod ask;
mod compose;
mod guess_json;
mod hints;
mod judge;
mod look;
mod offer;
mod read;
mod report;
mod target;
mod told;
mod trouble;

use std::path::Path;

use jiff::tz::TimeZone;
use url::Url;

use super::local::Local;
use super::{exit, run, setup, show};
use crate::config::edit;
use crate::config::{self, Config, Environment};
use crate::extract::Reader;
use crate::fetch::Client;
use crate::model::{Source, SourceId, SourceKind};
use ask::Door;
use compose::Asked;
use judge::Judge;
use offer::Offer;
use report::{Next, Trial};
use target::Target;

const EXAMPLES: &str = "\
Examples:
  sahelwatch try https://www.studiotamani.org/         what is there, and would it help?
  sahelwatch try https://example.org/feed --save       keep it as a source
  sahelwatch try example.org/news --item article --title 'h3 a'
  sahelwatch try @some_channel --watch attacks         which posts would it match?
  sahelwatch try page.html --url https://example.org/  a file that you saved
  sahelwatch try studiotamani                          a source you have: what is wrong?";

/// The kinds of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// RSS, Atom or JSON Feed
    Feed,
    /// A web page, by selectors or without
    Page,
    /// A sitemap, or an index of sitemaps
    Sitemap,
    /// JSON, by JSONPath queries
    Json,
    /// The preview page of a Telegram channel
    Telegram,
    /// What a program prints; a file or stdin holds its output, --command runs it
    Exec,
}

/// Options of `try`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// An address, a file, `-` for stdin, @channel, or the id of a source
    #[arg(value_name = "URL|FILE|-|ID", required_unless_present = "command")]
    what: Option<String>,
    /// What it is [default: found out]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// One item of a page (CSS) or of JSON (JSONPath), such as article or '$.data[*]'
    #[arg(long, value_name = "SELECTOR", allow_hyphen_values = true)]
    item: Option<String>,
    /// The headline inside an item, such as 'h3 a' or '$.title'
    #[arg(long, value_name = "SELECTOR")]
    title: Option<String>,
    /// The link inside an item
    #[arg(long, value_name = "SELECTOR")]
    link: Option<String>,
    /// The date inside an item
    #[arg(long, value_name = "SELECTOR")]
    date: Option<String>,
    /// The summary inside an item
    #[arg(long, value_name = "SELECTOR")]
    summary: Option<String>,
    /// The same as the configuration has it: item=article, 'title=h3 a'; also id and body; may be given several times
    #[arg(long, value_name = "PART=SELECTOR", value_parser = part)]
    select: Vec<(String, String)>,
    /// Where a file was found: the base of its links
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// Only this watch, whether it matches or not
    #[arg(long, value_name = "ID")]
    watch: Option<String>,
    /// Fetch and read the article behind the first item, whatever text stands with it
    #[arg(long)]
    articles: bool,
    /// Dial loopback and private addresses as well
    #[arg(long)]
    allow_private: bool,
    /// Add what is recommended to conf.d/90-local.toml, as `source add` would
    #[arg(long, conflicts_with = "json")]
    save: bool,
    /// The id to save it under [default: made of its host]
    #[arg(long, requires = "save")]
    id: Option<String>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    /// A program that prints a feed or JSON lines, and its arguments, in place of an address; the last option
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true, conflicts_with = "what")]
    command: Vec<String>,
}

impl Arguments {
    /// Everything that is picked, by part.
    fn parts(&self) -> Vec<(String, String)> {
        let named = [
            ("item", &self.item),
            ("title", &self.title),
            ("link", &self.link),
            ("date", &self.date),
            ("summary", &self.summary),
        ];
        let named = named.into_iter().filter_map(|(part, picked)| Some((part.to_owned(), picked.clone()?)));
        named.chain(self.select.iter().cloned()).collect()
    }
}

fn part(text: &str) -> Result<(String, String), String> {
    const PARTS: [&str; 7] = ["item", "title", "link", "id", "date", "summary", "body"];
    match text.split_once('=') {
        Some((part, picked)) if PARTS.contains(&part.trim()) && !picked.trim().is_empty() => {
            Ok((part.trim().to_owned(), picked.trim().to_owned()))
        }
        _ => Err(format!("write item=article or 'title=h3 a'; the parts are {}", PARTS.join(", "))),
    }
}

pub(super) fn run(path: &Path, arguments: &Arguments) -> u8 {
    // A configuration with an error may name a proxy past which nothing must go: then nothing is asked.
    let config = match path.exists().then(|| configuration(path)).transpose() {
        Ok(config) => config,
        Err(code) => return code,
    };
    if arguments.save && config.is_none() {
        errln!(
            "error: there is no configuration at {} to save it in; write one with `sahelwatch init`",
            path.display()
        );
        return exit::CONFIG;
    }
    let (trial, offer) = match tried(arguments, config.as_ref(), path) {
        Ok(done) => done,
        Err(code) => return code,
    };
    let code = verdict(&trial);
    if arguments.json {
        return show::json(&trial).max(code);
    }
    let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.timezone.clone());
    out!("{}", told::told(&trial, &zone));
    match offer {
        Some(offer) if arguments.save => save(path, arguments, &offer),
        None if arguments.save => {
            errln!("error: nothing was saved: there is nothing to poll here yet");
            code.max(exit::NEGATIVE)
        }
        _ => code,
    }
}

/// With the secrets of its sources where this account may read them: some are asked with a cookie.
fn configuration(path: &Path) -> Result<Config, u8> {
    match config::load(path, &Environment::of_process()).config {
        Some(config) => Ok(config),
        None => setup::configuration_without_secrets(path),
    }
}

/// 0 with an item at least, 69 when nobody answered, else 1.
fn verdict(trial: &Trial) -> u8 {
    match &trial.trouble {
        Some(trouble) if trouble.unreachable => exit::UNAVAILABLE,
        None if trial.items.is_some_and(|items| items.count > 0) => exit::OK,
        _ => exit::NEGATIVE,
    }
}

/// Tries it, and says what to do next.
fn tried(arguments: &Arguments, config: Option<&Config>, path: &Path) -> Result<(Trial, Option<Offer>), u8> {
    let wrong = |error: String| {
        errln!("error: {error}");
        exit::USAGE
    };
    let target = Target::of(arguments, config).map_err(wrong)?;
    let kind = target::kind(arguments, &target).map_err(wrong)?;
    if let Some(Err(bad)) = kind.as_ref().map(Reader::compile) {
        bad.iter().for_each(|bad| errln!("error: {}: {}", bad.key, bad.problem));
        return Err(exit::USAGE);
    }
    let judge = config.map(|config| Judge::of(config, arguments.watch.as_deref())).transpose().map_err(wrong)?;
    if judge.is_none() && arguments.watch.is_some() {
        return Err(wrong(format!("there is no configuration at {}, and so no watch", path.display())));
    }
    let settings = config.map_or_else(ask::without_configuration, |config| config.http.clone());
    let client = Client::new(&settings).map_err(|error| {
        errln!("error: {error}");
        exit::CONFIG
    })?;
    let runtime = run::runtime().map_err(|error| {
        errln!("error: start the runtime: {error}");
        exit::USAGE
    })?;
    let source = source(&target, arguments);
    let door = Door { client: &client, source: &source, respects_robots: settings.respect_robots };
    let asked = Asked { door, target: &target, kind, judge: judge.as_ref(), arguments };
    let (mut trial, offer) = runtime.block_on(compose::trial(asked));
    if config.is_none() {
        let none = "no configuration was found, so no watch was tried and publishers were not told whom to write to";
        trial.hints.push(format!("{} ({}).", capital(none), path.display()));
    }
    conclude(&mut trial, offer.as_ref(), arguments, config);
    Ok((trial, offer))
}

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

/// The source that is asked for: as configured, or as one would be whose address was typed.
fn source(target: &Target, arguments: &Arguments) -> Source {
    let id = SourceId::new("new").unwrap_or_else(|error| unreachable!("a constant id: {error}"));
    let nowhere = || Url::parse("exec:program").unwrap_or_else(|error| unreachable!("a constant address: {error}"));
    let url = match target {
        Target::Configured(plan) => {
            let allow_private = plan.source.allow_private || arguments.allow_private;
            return Source { allow_private, ..plan.source.clone() };
        }
        Target::Web(url) => url.clone(),
        Target::File(_) | Target::Stdin | Target::Program(_) => arguments.url.clone().unwrap_or_else(nowhere),
    };
    Source { allow_private: arguments.allow_private, ..Source::new(id, SourceKind::Feed, url) }
}

/// Adds how it would stand in the configuration and the command that puts it there.
fn conclude(trial: &mut Trial, offer: Option<&Offer>, arguments: &Arguments, config: Option<&Config>) {
    let Some(offer) = offer else { return };
    let sources = config.map(|config| config.sources.as_slice()).unwrap_or_default();
    trial.configured =
        sources.iter().find(|plan| offer.url.as_ref() == Some(&plan.source.url)).map(|plan| plan.source.id.to_string());
    if let Some(id) = &trial.configured {
        trial.hints.push(format!("The configuration polls this address already: {id}."));
        return;
    }
    let taken = |id: &str| sources.iter().any(|plan| plan.source.id.as_str() == id);
    let id = arguments.id.clone().unwrap_or_else(|| offer.id(taken));
    let text = edit::append_source("", &offer.source(id));
    trial.source = Some(text.trim().to_owned());
    if arguments.save {
        return;
    }
    let command = offer.command();
    if config.is_none() {
        let to = "to use it, write a configuration first".to_owned();
        trial.next.insert(0, Next { to, command: "sahelwatch init".to_owned() });
        trial.next.insert(1, Next { to: "then save it".to_owned(), command });
        return;
    }
    trial.next.insert(0, Next { to: "to save it as a source".to_owned(), command });
}

fn save(path: &Path, arguments: &Arguments, offer: &Offer) -> u8 {
    let local = match Local::open(path) {
        Ok(local) => local,
        Err(code) => return code,
    };
    if let Some((file, there)) = offer.url.as_ref().and_then(|url| local.polled(url)) {
        errln!("error: `{}` polls this address already ({}, line {})", there.id, file.display(), there.line);
        return exit::NEGATIVE;
    }
    if let Some((file, there)) = arguments.id.as_deref().and_then(|id| local.source(id)) {
        errln!("error: `{}` is taken ({}, line {}); give another --id", there.id, file.display(), there.line);
        return exit::NEGATIVE;
    }
    let id = arguments.id.clone().unwrap_or_else(|| offer.id(|id| local.is_taken(id)));
    outln!("");
    local.put(edit::append_source(local.text(), &offer.source(id)), false)
}

/// An address for people: without user name, password and query, where tokens live.
fn url_shown(url: &Url) -> String {
    let mut shown = url.clone();
    let had_query = shown.query().is_some();
    shown.set_query(None);
    shown.set_fragment(None);
    // Refused only where there is none.
    let _refused = (shown.set_username(""), shown.set_password(None));
    format!("{shown}{}", if had_query { "?…" } else { "" })
}
