//! `lab`: the pure parts on their own. JSON out, for trying a document by hand and for evaluating on public collections.

mod cluster;
mod extract;
mod language;
mod lines;
mod matching;
mod parse;
mod toll;

/// What `lab` can do.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Read a feed and print what was understood as one JSON document; exit 1 when it is none
    Parse(parse::Arguments),
    /// Read an article's page and print its text, title, language and date as one JSON document; exit 1 when it is none
    Extract(extract::Arguments),
    /// Try one query on JSON lines {"title", "body", "lang"?}: print {"match", "spans", "reason"} for each; exit 2 at a bad query
    Match(matching::Arguments),
    /// Read JSON lines {"text"} on stdin and print {"lang", "confidence"} for each; exit 2 at a line that is none
    Language,
    /// Read items in the order of time as JSON lines {"id", "published", "lang"?, "title", "text", "source"?} on stdin and print
    /// {"id", "story", "duplicate_of"} for each; exit 2 at a line that is none
    Cluster,
    /// Read texts as JSON lines ({"text", "lang"?}) on stdin and print the casualty figures of each as one line
    Toll,
}

pub(super) fn run(command: &Command) -> u8 {
    match command {
        Command::Parse(arguments) => parse::run(arguments),
        Command::Extract(arguments) => extract::run(arguments),
        Command::Match(arguments) => matching::run(arguments),
        Command::Language => language::run(),
        Command::Cluster => cluster::run(),
        Command::Toll => toll::run(),
    }
}
