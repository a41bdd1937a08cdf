//! Stored items to stdout, page by page: the daemon is asked for each, or the store where none runs. Who stops reading
//! stops the export.

use std::io::{self, Write};

use jiff::SignedDuration;

use super::super::past::{self, ago, count, how_long};
use super::super::{exit, out, setup};
use crate::config::Config;
use crate::daemon::control::{self, Question};
use crate::daemon::lookback::listing::{self, Line, Listing, Page};
use crate::daemon::lookback::{Request, nearest};
use crate::model::ItemId;
use crate::text::display;

/// The columns of CSV, which are the fields of [`Line`] but `schema`.
const COLUMNS: [&str; 11] =
    ["id", "first_seen", "published", "source", "title", "link", "summary", "lang", "story", "reason", "watches"];

/// How items are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    Jsonl,
    Csv,
}

/// Which items.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// How far back, by when items were first seen [default: all that is stored]
    #[arg(long, value_name = "TIME", value_parser = how_long)]
    since: Option<SignedDuration>,
    /// Only items on which this watch alerted
    #[arg(long, value_name = "ID")]
    watch: Option<String>,
    /// Only items of this source; `rfi*` for all that begin so
    #[arg(long, value_name = "ID")]
    source: Option<String>,
}

pub(super) fn run(config: &Config, arguments: &Arguments, form: Form) -> u8 {
    if let Some(watch) = &arguments.watch {
        warn_of_unknown(config, watch);
    }
    let ask = Listing {
        from: arguments.since.map_or(ItemId(0), |length| ItemId::at(ago(length))),
        watch: arguments.watch.clone(),
        source: arguments.source.clone(),
    };
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let mut head = if form == Form::Csv { row(&COLUMNS.map(str::to_owned)) } else { Vec::new() };
    let mut written = 0_u64;
    let told = each_page(config, ask, |page| {
        written += page.items.len() as u64;
        let put = stdout.write_all(&std::mem::take(&mut head));
        let put = put.and_then(|()| page.items.iter().try_for_each(|line| write(&mut stdout, line, form)));
        out::note(put.and_then(|()| stdout.flush()))
    });
    match told {
        Err(code) => {
            if written > 0 {
                errln!("the export is not complete: it ends after {}", count(written, "item"));
            }
            code
        }
        Ok(()) if written == 0 => {
            errln!("no stored item is of this kind");
            exit::NEGATIVE
        }
        Ok(()) => exit::OK,
    }
}

/// A watch may have left the configuration while its alerts are kept, so that an unknown one is only pointed out.
fn warn_of_unknown(config: &Config, watch: &str) {
    let ids = || config.watches.iter().map(|watch| watch.id.as_str());
    if !ids().any(|id| id == watch) {
        let meant = nearest(watch, ids()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        errln!("warning: no watch `{watch}` is configured{meant}");
    }
}

/// Reads pages until the last, or until `take` wants no more.
fn each_page(config: &Config, mut ask: Listing, mut take: impl FnMut(Page) -> bool) -> Result<(), u8> {
    let mut is_first = true;
    loop {
        let question = Question::LookBack(Request::Listing(ask.clone()));
        let page: Page = match control::ask(&config.storage.path, &question, |_, _| {}) {
            Some(Ok(answer)) => past::understood(answer)?,
            Some(Err(error)) => {
                errln!("error: {error}");
                return Err(exit::UNAVAILABLE);
            }
            None if is_first => {
                return setup::rested(config, |store| {
                    loop {
                        let page = listing::page(store, config, &ask)?;
                        let next = page.next;
                        match (take(page), next) {
                            (true, Some(from)) => ask.from = from,
                            _ => return Ok(()),
                        }
                    }
                });
            }
            None => {
                errln!("error: the daemon went away");
                return Err(exit::UNAVAILABLE);
            }
        };
        is_first = false;
        let next = page.next;
        match (take(page), next) {
            (true, Some(from)) => ask.from = from,
            _ => return Ok(()),
        }
    }
}

fn write(out: &mut impl Write, line: &Line, form: Form) -> io::Result<()> {
    match form {
        Form::Jsonl => {
            serde_json::to_writer(&mut *out, line)?;
            out.write_all(b"\n")
        }
        Form::Csv => out.write_all(&row(&cells(line))),
    }
}

fn cells(line: &Line) -> [String; 11] {
    let watches: Vec<&str> = line.watches.iter().map(|watch| watch.as_str()).collect();
    [
        line.id.clone(),
        line.first_seen.to_string(),
        line.published.map(|at| at.to_string()).unwrap_or_default(),
        line.source.to_string(),
        // People look at it in a spreadsheet, where what is invisible or reorders words misleads; JSON lines are for programs.
        display::line(&line.title),
        line.link.clone().unwrap_or_default(),
        display::block(&line.summary),
        line.lang.clone(),
        line.story.clone(),
        line.reason.clone(),
        watches.join(" "),
    ]
}

/// A row with its end.
fn row(cells: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells = cells.iter().map(|cell| harmless(cell));
    writer.write_record(cells).and_then(|()| Ok(writer.flush()?)).expect("memory takes a row");
    writer.into_inner().expect("it was flushed")
}

/// A spreadsheet takes what begins with one of these for a formula, which may run programs or send cells away (OWASP,
/// "CSV Injection").
fn harmless(cell: &str) -> String {
    let apostrophe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{apostrophe}{cell}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{SourceId, WatchId};

    fn line() -> Line {
        Line {
            schema: 1,
            id: "0001".into(),
            first_seen: Timestamp::UNIX_EPOCH,
            published: None,
            source: SourceId::new("rfi").unwrap(),
            title: "=cmd|'/c calc'!A1".into(),
            link: Some("https://a.example/?a=1,2".into()),
            summary: "Au moins \"40\" morts,\nplus".into(),
            lang: "fr".into(),
            story: "0001".into(),
            reason: "new".into(),
            watches: vec![WatchId::new("a").unwrap(), WatchId::new("b").unwrap()],
        }
    }

    fn written(form: Form) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes, &line(), form).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_row_holds_no_formula() {
        assert_eq!(
            written(Form::Csv),
            "0001,1970-01-01T00:00:00Z,,rfi,'=cmd|'/c calc'!A1,\"https://a.example/?a=1,2\",\
             \"Au moins \"\"40\"\" morts,\nplus\",fr,0001,new,a b\n"
        );
        for (cell, expected) in
            [("-1", "'-1"), ("@a", "'@a"), ("+1", "'+1"), ("\t=1", "'\t=1"), ("a=1", "a=1"), ("", "")]
        {
            assert_eq!(harmless(cell), expected);
        }
    }

    #[test]
    fn columns_are_the_fields_in_their_order() {
        let json = written(Form::Jsonl);
        let keys: Vec<String> = json
            .split(",\"")
            .map(|part| part.split('"').next().unwrap().to_owned())
            .filter(|key| COLUMNS.contains(&key.as_str()))
            .collect();
        assert_eq!(keys, COLUMNS);
        assert!(json.starts_with("{\"schema\":1,\"id\":") && json.ends_with("\"watches\":[\"a\",\"b\"]}\n"), "{json}");
    }
}
