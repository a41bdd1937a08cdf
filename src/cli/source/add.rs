//! `source add`: the options of a new source.

use url::{Host, Url};

use super::super::exit;
use super::super::local::Local;
use crate::config::edit::{self, NewSource, unused_id};

/// Options of `source add`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Where it is polled
    #[arg(required_unless_present = "command")]
    url: Option<String>,
    /// Its id, under which it is remembered [default: made of its host]
    #[arg(long)]
    id: Option<String>,
    /// Its name as shown in mail [default: its id]
    #[arg(long)]
    name: Option<String>,
    /// feed, page, sitemap, json, telegram or exec [default: as the address and the other options suggest, else feed]
    #[arg(long, value_name = "WORD")]
    kind: Option<String>,
    /// Its language, such as fr or ar
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// A word to group it by; may be given several times
    #[arg(long = "tag", value_name = "WORD")]
    tags: Vec<String>,
    /// 1 trusted to 3 unverified
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    tier: Option<u8>,
    /// Whose voice it is: state, private, agency, ngo or international
    #[arg(long, value_name = "WORD")]
    owner: Option<String>,
    /// Fetch and read the article behind each new item
    #[arg(long)]
    full_text: bool,
    /// What to take from a page (CSS) or from JSON (JSONPath), as in item=article or 'title=h3 a'; may be given several
    /// times
    #[arg(long, value_name = "PART=SELECTOR", value_parser = part)]
    select: Vec<(String, String)>,
    /// Time between two polls, such as 30m
    #[arg(long, value_name = "TIME")]
    interval: Option<String>,
    /// For people
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// A program that prints a feed or JSON lines, and its arguments, in place of an address
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true)]
    #[arg(conflicts_with = "url", requires = "id")]
    command: Vec<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn part(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((part, selector)) if !part.trim().is_empty() && !selector.trim().is_empty() => {
            Ok((part.trim().to_owned(), selector.trim().to_owned()))
        }
        _ => Err("write a part and its selector, as in item=article or 'title=h3 a'".to_owned()),
    }
}

pub(super) fn run(local: &Local, arguments: &Arguments) -> u8 {
    let url = match arguments.url.as_deref().map(|typed| Url::parse(typed.trim())).transpose() {
        Ok(url) => url,
        Err(error) => {
            errln!("error: the address cannot be read: {error}; write all of it, with https://");
            return exit::USAGE;
        }
    };
    if let Some((file, there)) = url.as_ref().and_then(|url| local.polled(url)) {
        let off = if there.enabled { "" } else { ", switched off" };
        errln!("error: `{}` polls this address already ({}, line {}{off})", there.id, file.display(), there.line);
        return exit::NEGATIVE;
    }
    if let Some((file, there)) = arguments.id.as_deref().and_then(|id| local.source(id)) {
        errln!("error: `{}` is taken ({}, line {}); give another --id", there.id, file.display(), there.line);
        return exit::NEGATIVE;
    }
    let source = new_source(arguments, url.as_ref(), |id| local.is_taken(id));
    local.put(edit::append_source(local.text(), &source), arguments.dry_run)
}

fn new_source(arguments: &Arguments, url: Option<&Url>, is_taken: impl Fn(&str) -> bool) -> NewSource {
    let given = arguments;
    NewSource {
        id: given.id.clone().unwrap_or_else(|| unused_id(given.name.as_deref(), url, is_taken)),
        name: given.name.clone(),
        kind: given.kind.clone().unwrap_or_else(|| kind(given, url).to_owned()),
        url: given.url.as_deref().map(|url| url.trim().to_owned()),
        command: given.command.clone(),
        lang: given.lang.clone(),
        tier: given.tier,
        tags: given.tags.clone(),
        owner: given.owner.clone(),
        select: given.select.clone(),
        full_text: given.full_text,
        allow_private: false,
        interval: given.interval.clone(),
        note: given.note.clone(),
    }
}

/// The kind that what is given makes likely. JSONPath begins with `$` (RFC 9535).
fn kind(given: &Arguments, url: Option<&Url>) -> &'static str {
    let channel = matches!(url.and_then(Url::host), Some(Host::Domain("t.me" | "telegram.me")));
    let paths = given.select.iter().any(|(part, selector)| part == "item" && selector.starts_with('$'));
    match () {
        () if !given.command.is_empty() => "exec",
        () if paths => "json",
        () if !given.select.is_empty() => "page",
        () if channel => "telegram",
        () => "feed",
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn added(line: &[&str]) -> NewSource {
        let line = Line::try_parse_from([&["add"], line].concat()).unwrap_or_else(|error| panic!("{error}"));
        let url = line.arguments.url.as_deref().map(|url| Url::parse(url).unwrap());
        new_source(&line.arguments, url.as_ref(), |_| false)
    }

    #[test]
    fn id_and_kind_come_from_what_is_given() {
        for (line, id, kind) in [
            (&["https://www.studiotamani.org/feed/"] as &[&str], "studiotamani", "feed"),
            (&["https://a.example/", "--select", "item=li", "--select", "title=a"], "a", "page"),
            (&["https://a.example/v1", "--select", "item=$.data[*]"], "a", "json"),
            (&["https://t.me/s/kanal"], "kanal", "telegram"),
            (&["https://a.example/", "--id", "x", "--kind", "sitemap"], "x", "sitemap"),
            (&["--id", "x", "--command", "/bin/echo", "-n"], "x", "exec"),
        ] {
            let source = added(line);
            assert_eq!((source.id.as_str(), source.kind.as_str()), (id, kind), "{line:?}");
        }
        assert_eq!(added(&["--id", "x", "--command", "/bin/echo", "-n"]).command, ["/bin/echo", "-n"]);
    }

    #[test]
    fn options_that_make_no_sense_are_refused() {
        for line in
            [&[] as &[&str], &["--id", "x"], &["https://a.example/", "--select", "li"], &["--command", "/bin/x"]]
        {
            assert!(Line::try_parse_from([&["add"], line].concat()).is_err(), "{line:?}");
        }
    }
}
