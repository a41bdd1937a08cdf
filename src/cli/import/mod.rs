//! `import`: takes sources over from the lists of other programs into `conf.d/90-local.toml`, and says what it left out
//! and why.

mod candidate;
mod choose;
mod opml;
mod rss2email;
mod urlwatch;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use candidate::{Found, Skipped};

use super::exit;
use super::local::Local;
use super::show::counted;
use crate::config::edit;
use crate::extract::encoding;
use crate::text::display::terminal;

/// Largest list read, in bytes; an OPML file of ten thousand feeds has three million.
const MOST: u64 = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  sahelwatch import opml feeds.opml --dry-run    what would change?
  sahelwatch import opml -                       from stdin
  sahelwatch import urlwatch ~/.config/urlwatch/urls.yaml
  sahelwatch import rss2email ~/.config/rss2email.cfg

Addresses that are polled already are left out. Exit 1 when nothing is taken over.";

/// Whose list.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// Feeds of an OPML file, as feed readers export them; folders become tags
    Opml(List),
    /// Jobs of urlwatch (urls.yaml): feeds, and pages with a CSS filter
    Urlwatch(List),
    /// Feeds of rss2email 3 (rss2email.cfg)
    Rss2email(List),
}

/// A list, and what to do with it.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// The file; `-` for stdin
    file: PathBuf,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    let (Command::Opml(list) | Command::Urlwatch(list) | Command::Rss2email(list)) = command;
    let name = if list.file == Path::new("-") { "stdin".to_owned() } else { list.file.display().to_string() };
    let bytes = match bytes(&list.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            errln!("error: read {name}: {error}");
            return exit::IO;
        }
    };
    let text = || encoding::decode(&bytes, None);
    let found = match command {
        Command::Opml(_) => opml::read(&text()).ok_or_else(|| "this is not OPML: it has no outline".to_owned()),
        Command::Urlwatch(_) => urlwatch::read(&text()),
        Command::Rss2email(_) => rss2email::read(&bytes),
    };
    match found {
        Ok(found) => take_over(path, found, list.dry_run),
        Err(why) => {
            errln!("error: read {name}: {}", terminal(&why));
            exit::USAGE
        }
    }
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let input: Box<dyn Read> = if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    input.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST { Err(io::Error::other("it is larger than 16 MiB")) } else { Ok(bytes) }
}

fn take_over(path: &Path, found: Found, dry_run: bool) -> u8 {
    let local = match Local::open(path) {
        Ok(local) => local,
        Err(code) => return code,
    };
    let polled = |url: &url::Url| local.polled(url).map(|(_, source)| source.id.clone());
    let (sources, skipped) = choose::choose(found, polled, |id| local.is_taken(id));
    let report = report(sources.len(), &skipped, dry_run);
    if sources.is_empty() {
        err!("{report}");
        return exit::NEGATIVE;
    }
    let code = local.put(edit::append_sources(local.text(), &sources), dry_run);
    if code == exit::OK {
        err!("{report}");
    }
    code
}

/// What is left out and why, and a line that counts.
fn report(taken: usize, skipped: &[Skipped], dry_run: bool) -> String {
    let line = |skipped: &Skipped| format!("left out: {}: {}\n", terminal(&skipped.what), terminal(&skipped.why));
    let would = if dry_run { "would be taken over" } else { "taken over" };
    let lines: String = skipped.iter().map(line).collect();
    format!("{lines}{} {would}, {} left out\n", counted(taken, "source", "sources"), skipped.len())
}

/// Address, name and tags of each outline of a document, for the law that what is exported can be imported.
#[cfg(test)]
pub(super) fn opml_outlines(text: &str) -> Vec<(String, Option<String>, Vec<String>)> {
    let found = opml::read(text).unwrap_or_default();
    found.taken.into_iter().map(|candidate| (candidate.url, candidate.name, candidate.tags)).collect()
}
