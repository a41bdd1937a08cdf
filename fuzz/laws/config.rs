//! Any text as a configuration: it is used or refused, and every problem says in one line what is wrong at a place in the file.

use std::path::PathBuf;
use std::sync::LazyLock;

use sahelwatch::config::{Draft, Environment, load_with};

/// Never there, so that the text stands alone.
static PATH: LazyLock<PathBuf> = LazyLock::new(|| std::env::temp_dir().join("sahelwatch-nowhere/sahelwatch.toml"));

pub(crate) fn holds(text: &str) {
    // Patterns of files to include are looked up on the disk, which says nothing of the text and may take long.
    if text.contains("include") && text.contains('*') {
        return;
    }
    let draft = Draft { path: PATH.clone(), text: text.to_owned() };
    let loaded = load_with(&PATH, &Environment::default(), Some(&draft));
    let report = &loaded.report;
    assert_eq!(loaded.config.is_none(), report.has_errors(), "used although refused, or the reverse");
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in report.problems.iter().filter(|problem| problem.file == *PATH) {
        assert!(!problem.message.is_empty() && !problem.message.contains(char::is_control), "{problem:?}");
        let Some(line) = problem.line else { continue };
        let there = lines.get(line - 1).unwrap_or_else(|| panic!("no such line: {problem:?}"));
        let column = problem.column.unwrap_or(1);
        assert!((1..=there.chars().count() + 1).contains(&column), "{problem:?} in {there:?}");
    }
    for color in [false, true] {
        let rendered = report.render(color);
        assert_eq!(rendered.is_empty(), report.problems.is_empty(), "{report:?}");
        let is_odd = |c: char| c.is_control() && c != '\n' && !(color && c == '\u{1b}');
        assert!(!rendered.contains(is_odd), "{rendered:?}");
    }
}
