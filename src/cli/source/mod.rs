//! `source`: adds, removes, and switches off and on. Edits `conf.d/90-local.toml` only; of a source that stands
//! elsewhere it says which line of which file to change.

mod add;

use std::path::Path;

use super::exit;
use super::local::Local;
use crate::config::edit::{self, EditError, Written};
use crate::daemon::lookback::nearest;

const EXAMPLES: &str = "\
Examples:
  sahelwatch source add https://www.studiotamani.org/feed/ --lang fr --tag ML
  sahelwatch source add https://example.org/news --select item=article --select 'title=h3 a'
  sahelwatch source disable studiotamani --dry-run    what would change?
  sahelwatch source rm studiotamani";

/// What can be done to a source.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// Add a source to conf.d/90-local.toml; it is checked first, and a running daemon reads it at once
    Add(Box<add::Arguments>),
    /// Remove a source, the comments directly above it included; what was seen of it stays remembered
    Rm(One),
    /// Poll a source again
    Enable(One),
    /// Keep a source, but do not poll it
    Disable(One),
}

/// One source.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// Its id
    id: String,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is done to a source that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Remove,
    Enable,
    Disable,
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    let local = match Local::open(path) {
        Ok(local) => local,
        Err(code) => return code,
    };
    match command {
        Command::Add(arguments) => add::run(&local, arguments),
        Command::Rm(one) => change(&local, one, Change::Remove),
        Command::Enable(one) => change(&local, one, Change::Enable),
        Command::Disable(one) => change(&local, one, Change::Disable),
    }
}

fn change(local: &Local, one: &One, change: Change) -> u8 {
    let Some((file, written)) = local.source(&one.id) else {
        let meant = nearest(&one.id, local.ids()).map(|near| format!("; did you mean `{near}`?"));
        errln!("error: no source `{}` is configured{}", one.id, meant.unwrap_or_default());
        return exit::NEGATIVE;
    };
    let is_there = match change {
        Change::Remove => false,
        Change::Enable => written.enabled,
        Change::Disable => !written.enabled,
    };
    if is_there {
        outln!("nothing to change: `{}` is {}", one.id, if written.enabled { "polled" } else { "switched off" });
        return exit::OK;
    }
    if !local.is_ours(file) {
        errln!("error: {}", elsewhere(&file.display().to_string(), written, change));
        return exit::NEGATIVE;
    }
    match edited(local.text(), &one.id, change) {
        Ok(text) => local.put(text, one.dry_run),
        Err(error) => {
            errln!("error: {}, {error}", file.display());
            exit::NEGATIVE
        }
    }
}

fn edited(text: &str, id: &str, change: Change) -> Result<String, EditError> {
    match change {
        Change::Remove => edit::remove_source(text, id),
        Change::Enable => edit::set_enabled(text, id, true),
        Change::Disable => edit::set_enabled(text, id, false),
    }
}

/// What a person has to do, where we do not.
fn elsewhere(file: &str, written: &Written, change: Change) -> String {
    let Written { id, line, enabled_line, last_line, .. } = written;
    let what = match (change, enabled_line) {
        (Change::Remove, _) => "remove its [[source]] there".to_owned(),
        (Change::Enable, Some(line)) => format!("write `enabled = true` in line {line}"),
        (Change::Disable, Some(line)) => format!("write `enabled = false` in line {line}"),
        (_, None) => format!("add a line `enabled = false` after line {last_line}"),
    };
    format!(
        "`{id}` stands in {file}, line {line}, a file that is yours alone to edit: {what}, then `sahelwatch reload`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_which_line_to_change() {
        let mut written =
            Written { id: "rfi".into(), url: None, enabled: true, line: 12, enabled_line: None, last_line: 17 };
        let told = |written: &Written, change| elsewhere("conf.d/10.toml", written, change);
        assert!(told(&written, Change::Remove).starts_with("`rfi` stands in conf.d/10.toml, line 12, "));
        assert!(told(&written, Change::Disable).contains("add a line `enabled = false` after line 17"));
        written.enabled_line = Some(15);
        assert!(told(&written, Change::Disable).contains("write `enabled = false` in line 15"));
        assert!(told(&written, Change::Enable).contains("write `enabled = true` in line 15"));
    }
}
