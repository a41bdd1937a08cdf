//! The main file and what it includes: finds, reads and merges them. Knows `version` and `include`, and no other key.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use glob::{GlobError, MatchOptions, Pattern};

use super::fields::{Fields, Texts};
use super::guard::{self, Refused, Trusted};
use super::problem::{ConfigFile, Finding, Findings, Place, Typed};
use super::redact;
use super::tree::{self, Entry, Table};

/// The version of the schema this program reads.
const VERSION: i64 = 1;
/// What is included when `include` is absent.
const DEFAULT_INCLUDE: &str = "conf.d/*.toml";
/// Index of the main file among those read.
const MAIN: usize = 0;
/// Keys that stand in the main file only.
const MAIN_ONLY: [&str; 2] = ["version", "include"];

/// Hidden files are left out: editors keep their unsaved copies beside the original as `.#name.toml`.
const GLOBBING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// All files as one.
pub(super) struct Gathered {
    /// In reading order, the main file first.
    pub(super) files: Vec<ConfigFile>,
    pub(super) table: Table,
    draft: Option<Draft>,
}

/// A file as it would be after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it stands, or is to stand.
    pub path: PathBuf,
    /// What would stand in it.
    pub text: String,
}

/// Reads the main file and its includes, the draft in place of the file it is of. Whatever cannot be read is a finding and is left
/// out.
pub(super) fn gather(main: &Path, draft: Option<&Draft>, findings: &Findings) -> Gathered {
    let mut gathered = Gathered { files: Vec::new(), table: Table::new(), draft: draft.cloned() };
    let mut judged = BTreeSet::new();
    let mut table = gathered.read(main, &mut judged, findings).unwrap_or_default();
    let head = MAIN_ONLY.into_iter().filter_map(|key| table.remove_entry(key)).collect();
    gathered.table = table;
    let mut seen = BTreeSet::from([identity(main)]);
    for path in includes(main, head, draft, findings) {
        if seen.insert(identity(&path)) {
            gathered.include(&path, &mut judged, findings);
        }
    }
    gathered
}

impl Gathered {
    fn include(&mut self, path: &Path, judged: &mut BTreeSet<PathBuf>, findings: &Findings) {
        let Some(mut table) = self.read(path, judged, findings) else { return };
        for key in MAIN_ONLY {
            if let Some(Entry { key: at, .. }) = table.remove(key) {
                let message = format!("`{key}` stands in an included file");
                findings.push(Finding::error(&at, message).hint("it belongs in the main file"));
            }
        }
        tree::merge(&mut self.table, table, "", findings);
    }

    /// A file that is yet to be is read as well; of one that is there, who may change it counts as ever.
    fn text_of(&self, path: &Path) -> Result<Trusted, Refused> {
        match self.draft.as_ref().filter(|draft| identity(&draft.path) == identity(path)) {
            None => guard::read(path),
            Some(Draft { text, .. }) if text.len() as u64 > guard::MAX_SIZE => Err(Refused::TooLarge),
            Some(Draft { text, .. }) => match guard::read(path) {
                Ok(there) => Ok(Trusted { text: text.clone(), ..there }),
                Err(Refused::Io(cause)) if cause.kind() == io::ErrorKind::NotFound => {
                    Ok(Trusted { text: text.clone(), mode: 0 })
                }
                Err(refused) => Err(refused),
            },
        }
    }

    /// Reads one file. Of a file with a syntax error only the head is used, to find the other files: the parser's guess at the
    /// rest would report mistakes no one made.
    fn read(&mut self, path: &Path, judged: &mut BTreeSet<PathBuf>, findings: &Findings) -> Option<Table> {
        let file = self.files.len();
        let read = self.text_of(path);
        let text = read.as_ref().map(|trusted| redact::redact(&trusted.text)).unwrap_or_default();
        self.files.push(ConfigFile::new(path.to_owned(), text));
        if judged.insert(folder_of(path).to_owned()) {
            report_folder(file, folder_of(path), findings);
        }
        let trusted = match read {
            Ok(trusted) => trusted,
            Err(refused) => {
                findings.set_incomplete();
                findings.push(unreadable(file, path, &refused));
                return None;
            }
        };
        let mut parsed = tree::parse(file, &trusted.text, findings);
        if parsed.broken {
            findings.set_incomplete();
            parsed.table.retain(|key, _| MAIN_ONLY.contains(&key.as_str()));
        }
        Some(parsed.table)
    }
}

fn unreadable(file: usize, path: &Path, refused: &Refused) -> Finding {
    let finding = Finding::error(&Place::whole_file(file), format!("cannot read the configuration: {refused}"));
    match refused {
        Refused::Io(cause) if cause.kind() == io::ErrorKind::NotFound && file > MAIN => {
            finding.hint("remove it from `include`, or put it there")
        }
        Refused::Io(cause) if cause.kind() == io::ErrorKind::NotFound => {
            finding.hint(format!("`sahelwatch init {}` writes a first one", folder_of(path).display()))
        }
        other => match other.hint(path) {
            Some(hint) => finding.hint(hint),
            None => finding,
        },
    }
}

fn report_folder(file: usize, folder: &Path, findings: &Findings) {
    // A folder that cannot be looked at is told of by the file in it that cannot be read.
    if let Err(refused @ Refused::Writable { .. }) = guard::judge_folder(folder) {
        let message = format!("cannot trust the folder {}: {refused}", folder.display());
        let finding = Finding::error(&Place::whole_file(file), message);
        findings.push(finding.hint(refused.hint(folder).unwrap_or_default()));
    }
}

/// The files to include, in order: by pattern, then by name. Checks the version on the way.
fn includes(main: &Path, head: Table, draft: Option<&Draft>, findings: &Findings) -> Vec<PathBuf> {
    let (version, patterns) = head_of(&mut Fields::top(head, findings));
    check_version(version, findings);
    let default = || vec![Typed { value: DEFAULT_INCLUDE.to_owned(), at: Place::whole_file(MAIN) }];
    let patterns = patterns.map_or_else(default, |list| list.value);
    let folder = folder_of(main);
    let to_be = draft.map(|draft| draft.path.as_path()).filter(|path| !path.exists());
    patterns.iter().flat_map(|pattern| matching(folder, pattern, to_be, findings)).collect()
}

/// The version and what is included, as typed.
pub(super) fn head_of(fields: &mut Fields<'_>) -> (Option<Typed<i64>>, Option<Typed<Texts>>) {
    fields.require(&["version"], &format!("begin the file with: version = {VERSION}"));
    (fields.whole("version"), fields.texts("include"))
}

fn check_version(version: Option<Typed<i64>>, findings: &Findings) {
    if let Some(Typed { value, at }) = version.filter(|version| version.value != VERSION) {
        let message = format!("version {value} of the configuration is not known to this program");
        findings.push(Finding::error(&at, message).hint(format!("it reads version {VERSION}")));
    }
}

/// The files of one pattern, that among them which is yet to be.
fn matching(folder: &Path, pattern: &Typed<String>, to_be: Option<&Path>, findings: &Findings) -> Vec<PathBuf> {
    let is_literal = !pattern.value.contains(['*', '?', '[']);
    if is_literal {
        return vec![folder.join(&pattern.value)];
    }
    let full = Path::new(&Pattern::escape(&folder.to_string_lossy())).join(&pattern.value);
    let listed = |path: Result<PathBuf, GlobError>| path.map_err(|error| report_unlisted(&error, findings)).ok();
    match glob::glob_with(&full.to_string_lossy(), GLOBBING) {
        Ok(paths) => {
            let is_meant = |path: &&Path| {
                Pattern::new(&full.to_string_lossy()).is_ok_and(|full| full.matches_path_with(path, GLOBBING))
            };
            let mut paths: Vec<PathBuf> = paths.filter_map(listed).collect();
            if let Some(path) = to_be.filter(is_meant) {
                paths.push(path.to_owned());
                paths.sort();
            }
            paths
        }
        Err(error) => {
            findings.push(Finding::error(&pattern.at, format!("`include` holds a bad pattern: {}", error.msg)));
            Vec::new()
        }
    }
}

/// A folder that cannot be listed may hold sources and watches: never the same as one that holds none.
fn report_unlisted(error: &GlobError, findings: &Findings) {
    findings.set_incomplete();
    let message = format!("cannot list {} for `include`: {}", error.path().display(), error.error());
    findings.push(Finding::error(&Place::whole_file(MAIN), message).hint("let the user this runs as read it"));
}

/// The folder a file stands in; `.` for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The same for two spellings of one file.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
