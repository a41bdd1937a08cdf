//! The one file that commands edit: `conf.d/90-local.toml` beside the main file. An edit is judged with the whole
//! configuration before it is made, shown or written whole, and a running daemon is asked to read it.

mod write;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};
use url::Url;

use super::{exit, reload, setup};
use crate::config::edit::{self, Written};
use crate::config::{self, Config, Draft, Environment};

/// Relative to the folder of the main file; late in the order of names, so that it is read after the files people
/// write.
const FILE: &str = "conf.d/90-local.toml";

/// What a new file begins with.
const HEAD: &str = "\
# Sources added by `sahelwatch source add` and `sahelwatch import`, which edit this file and no other.
# Edit it as you like: comments and order stay.
";

/// The configuration as it is, and the text of the file that may be edited.
pub(super) struct Local {
    main: PathBuf,
    path: PathBuf,
    /// What stands in it; None where it is yet to be written.
    there: Option<String>,
    config: Config,
    /// Every source, switched off or on, with the file it stands in.
    written: Vec<(PathBuf, Written)>,
    /// Where each id and each address is in `written`.
    ids: BTreeMap<String, usize>,
    urls: BTreeMap<Url, usize>,
}

impl Local {
    /// Reads the configuration of a main file. A wrong one is not edited: what an edit does to it could not be told.
    pub(super) fn open(main: &Path) -> Result<Self, u8> {
        let config = setup::configuration_without_secrets(main)?;
        let mut written = Vec::new();
        for file in &config.files {
            let sources = edit::sources(&read(file)?).map_err(|error| {
                errln!("error: {}, {error}", file.display());
                exit::CONFIG
            })?;
            written.extend(sources.into_iter().map(|source| (file.clone(), source)));
        }
        let path = main.parent().unwrap_or(Path::new("")).join(FILE);
        let there = if path.exists() { Some(read(&path)?) } else { None };
        let numbered = || written.iter().enumerate();
        let ids = numbered().map(|(at, (_, source))| (source.id.clone(), at)).collect();
        let url = |source: &Written| Url::parse(source.url.as_deref()?.trim()).ok().map(without_fragment);
        let urls = numbered().filter_map(|(at, (_, source))| Some((url(source)?, at))).collect();
        Ok(Self { main: main.to_owned(), path, there, config, written, ids, urls })
    }

    /// The text to edit.
    pub(super) fn text(&self) -> &str {
        self.there.as_deref().unwrap_or(HEAD)
    }

    /// Whether a source has this id.
    pub(super) fn is_taken(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    /// The source with this id, and its file.
    pub(super) fn source(&self, id: &str) -> Option<&(PathBuf, Written)> {
        self.ids.get(id).map(|at| &self.written[*at])
    }

    /// The ids of all sources.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(String::as_str)
    }

    /// The source that polls an address already.
    pub(super) fn polled(&self, url: &Url) -> Option<&(PathBuf, Written)> {
        self.urls.get(&without_fragment(url.clone())).map(|at| &self.written[*at])
    }

    /// Whether a file is the one that may be edited.
    pub(super) fn is_ours(&self, file: &Path) -> bool {
        same_file(file, &self.path)
    }

    /// Makes `text` what stands in the file, or with `dry_run` shows what would change. Returns the exit code.
    pub(super) fn put(&self, text: String, dry_run: bool) -> u8 {
        let draft = Draft { path: self.path.clone(), text };
        let environment = Environment { leaves_secrets: true, ..Environment::of_process() };
        let mut loaded = config::load_with(&self.main, &environment, Some(&draft));
        let Some(config) = loaded.config else {
            err!("{}", loaded.report.render(setup::colors(&std::io::stderr())));
            errln!("nothing was changed: the configuration would be wrong");
            return exit::CONFIG;
        };
        if !config.files.iter().any(|file| same_file(file, &self.path)) {
            let (main, path) = (self.main.display(), self.path.display());
            errln!(
                "error: {main} does not include {path}, the one file that is edited; add \"{FILE}\" to its `include`"
            );
            return exit::CONFIG;
        }
        // Of an old mistake elsewhere `check` tells.
        loaded.report.problems.retain(|problem| same_file(&problem.file, &self.path));
        err!("{}", loaded.report.render(setup::colors(&std::io::stderr())));
        if dry_run {
            out!("{}", self.difference(&draft.text));
            return exit::OK;
        }
        if self.there.as_ref() == Some(&draft.text) {
            outln!("nothing to change in {}", self.path.display());
            return exit::OK;
        }
        if let Err(error) = write::replace(&self.path, &draft.text, &self.main) {
            errln!("error: write {}: {error}; nothing was changed", self.path.display());
            return exit::IO;
        }
        let changes = config.changes_from(&self.config);
        outln!("wrote {}{}", self.path.display(), changes.iter().map(|line| format!("; {line}")).collect::<String>());
        told_daemon(&config)
    }

    /// The edit as a unified diff, coloured on a terminal.
    fn difference(&self, text: &str) -> String {
        let stdout = std::io::stdout();
        let painted = stdout.is_terminal() && setup::colors(&stdout);
        difference(self.there.as_deref().unwrap_or_default(), text, &self.path.display().to_string(), painted)
    }
}

/// Asks the running daemon to read the configuration. Where none runs, it will at its start.
fn told_daemon(config: &Config) -> u8 {
    reload::tell(config).unwrap_or_else(|| {
        outln!("no daemon runs here; `sahelwatch run` will read it");
        exit::OK
    })
}

fn difference(before: &str, after: &str, name: &str, painted: bool) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut out = format!("--- {name}\n+++ {name}\n");
    for hunk in diff.unified_diff().iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let (color, sign) = match change.tag() {
                ChangeTag::Delete => ("\u{1b}[31m", '-'),
                ChangeTag::Insert => ("\u{1b}[32m", '+'),
                ChangeTag::Equal => ("", ' '),
            };
            let (on, off) = if painted && !color.is_empty() { (color, "\u{1b}[0m") } else { ("", "") };
            out.push_str(&format!("{on}{sign}{}{off}\n", change.value().trim_end_matches(['\r', '\n'])));
        }
    }
    out
}

fn read(path: &Path) -> Result<String, u8> {
    std::fs::read_to_string(path).map_err(|error| {
        errln!("error: read {}: {error}", path.display());
        exit::IO
    })
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Whether two spellings mean one file, which may be yet to be written.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    a == b || whole(a) == whole(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_lines_and_colours_them_on_request() {
        let shown = difference("a\nb\n", "a\nc\n", "x.toml", false);
        assert_eq!(shown, "--- x.toml\n+++ x.toml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert!(difference("a\n", "b\n", "x", true).contains("\u{1b}[31m-a\u{1b}[0m\n\u{1b}[32m+b\u{1b}[0m\n"));
    }
}
