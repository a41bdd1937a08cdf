//! What is wrong with a configuration: findings while it is read, problems with file and line when it is reported. Knows
//! nothing of what the keys mean, nor of how a report looks (`render`).

use std::cell::{Cell, RefCell};
use std::fmt;
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// It can be used, but probably means something else than it says.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One thing that is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    #[serde(serialize_with = "as_text")]
    pub file: PathBuf,
    /// Its line, from 1; None when the whole file is meant, e.g. because it cannot be read.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong; one line, no full stop, no control characters.
    pub message: String,
    /// What to do about it; may have several lines.
    pub hint: Option<String>,
    /// Where to put the caret.
    #[serde(skip)]
    pub(super) place: Place,
    /// Where the other half of a contradiction stands.
    #[serde(skip)]
    pub(super) related: Option<Place>,
}

/// Everything found wrong, in the order of files and lines.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Errors and warnings.
    pub problems: Vec<Problem>,
    /// The files they stand in, for the snippets.
    pub(super) files: Vec<ConfigFile>,
}

impl Report {
    /// Whether the configuration cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
}

/// A file that was read, or tried.
#[derive(Clone)]
pub(super) struct ConfigFile {
    /// As opened.
    pub(super) path: PathBuf,
    /// Its text with secrets masked (`redact`), each character by one of as many bytes; empty when it could not be read.
    pub(super) text: String,
    /// First byte of every line: a file can have thousands of problems.
    line_starts: Vec<usize>,
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl ConfigFile {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let line_starts = iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        Self { path, text, line_starts }
    }

    /// Line and column, both from 1, of a byte.
    fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let before = self.text.get(self.line_starts[line - 1]..byte).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Index into the files read.
    pub(super) file: usize,
    /// Its bytes; None means the file as a whole.
    pub(super) span: Option<Range<usize>>,
}

impl Place {
    pub(super) fn new(file: usize, span: Range<usize>) -> Self {
        Self { file, span: Some(span) }
    }

    pub(super) fn whole_file(file: usize) -> Self {
        Self { file, span: None }
    }
}

/// A value as typed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

/// A problem before its line is counted.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    severity: Severity,
    place: Place,
    message: String,
    hint: Option<String>,
    first: Option<Place>,
}

impl Finding {
    pub(super) fn error(at: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, place: at.clone(), message: message.into(), hint: None, first: None }
    }

    pub(super) fn warning(at: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(at, message) }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names where the same thing was said first.
    pub(super) fn first_at(mut self, first: &Place) -> Self {
        self.first = Some(first.clone());
        self
    }
}

/// Gathers findings. Shared by everything that reads one configuration, so that one run reports all of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: RefCell<Vec<Finding>>,
    incomplete: Cell<bool>,
}

impl Findings {
    pub(super) fn push(&self, finding: Finding) {
        self.found.borrow_mut().push(finding);
    }

    /// Notes that a file could not be read, so that what seems to be missing may stand there.
    pub(super) fn set_incomplete(&self) {
        self.incomplete.set(true);
    }

    /// Keeps a finding that something is missing, unless it may stand in a file that could not be read.
    pub(super) fn push_absence(&self, finding: Finding) {
        if !self.incomplete.get() {
            self.push(finding);
        }
    }

    pub(super) fn into_report(self, files: Vec<ConfigFile>) -> Report {
        let mut problems: Vec<Problem> = self.found.into_inner().into_iter().map(|f| problem(f, &files)).collect();
        problems.sort_by_key(|p| (p.place.file, p.place.span.as_ref().map(|s| s.start), p.severity));
        Report { problems, files }
    }
}

fn problem(finding: Finding, files: &[ConfigFile]) -> Problem {
    let Finding { severity, place, message, hint, first } = finding;
    let at = |place: &Place| place.span.as_ref().map(|s| files[place.file].line_and_column(s.start));
    let mut message = message;
    if let Some(first) = &first {
        let line = at(first).map_or(String::new(), |(line, _)| format!(":{line}"));
        message.push_str(&format!(" (first at {}{line})", files[first.file].path.display()));
    }
    let (line, column) = at(&place).unzip();
    Problem {
        file: files[place.file].path.clone(),
        line,
        column,
        severity,
        message: printable(&message),
        hint: hint.map(|hint| hint.lines().map(printable).collect::<Vec<_>>().join("\n")),
        place,
        related: first,
    }
}

/// A path need not be UTF-8, but JSON is.
fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

/// Text that cannot steer a terminal: control and direction-changing characters are shown as U+FFFD.
fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}
