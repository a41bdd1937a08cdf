//! `lab match`: one query against texts, without configuration or store.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::exit;
use super::lines::answer_stdin;
use crate::model::{Concept, Field, Item};
use crate::query::{Plan, Subject, syntax};
use crate::{extract, lexicon};

/// Options of `lab match`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The query
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// A lexicon file, or a folder of them, instead of the shipped lexicon
    #[arg(long, value_name = "PATH")]
    lexicon: Option<PathBuf>,
}

/// One line of input.
#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    lang: Option<String>,
}

/// One line of output.
#[derive(Serialize)]
struct Verdict {
    r#match: bool,
    spans: Vec<Span>,
    reason: String,
}

/// Where a term occurs: bytes of the field.
#[derive(Serialize)]
struct Span {
    field: &'static str,
    start: u32,
    end: u32,
    term: String,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let concepts = match &arguments.lexicon {
        None => lexicon::shipped(),
        Some(path) => match read_lexicon(path) {
            Ok(concepts) => concepts,
            Err(error) => {
                errln!("error: {error}");
                return exit::USAGE;
            }
        },
    };
    let parsed = match syntax::parse(&arguments.query, &lexicon::vocabulary(&concepts)) {
        Ok(parsed) => parsed,
        Err(problem) => {
            errln!("{}", problem.render(&arguments.query));
            return exit::USAGE;
        }
    };
    let concepts = lexicon::needed(concepts, &parsed.tree);
    let plan = Plan::compile(vec![parsed.tree], &concepts);
    answer_stdin("{\"title\": \"...\", \"body\": \"...\"}", |text| judge(&plan, text))
}

fn judge(plan: &Plan, text: Text) -> Verdict {
    let item = Item { title: text.title, body: text.body, lang: text.lang, ..Item::default() };
    let lang = extract::language_of(&item, None);
    let scan = plan.scan(Subject { item: &item, source: "", lang: &lang });
    let matches = scan.hit(0);
    let spans = matches.iter().flatten().map(|found| Span {
        field: if found.field == Field::Title { "title" } else { "body" },
        start: found.start,
        end: found.end,
        term: found.term.to_string(),
    });
    Verdict { r#match: matches.is_some(), spans: spans.collect(), reason: scan.explain(0).reason() }
}

/// A file, or every `.toml` of a folder in the order of their names.
fn read_lexicon(path: &Path) -> Result<Vec<Concept>, String> {
    let told = |path: &Path, error: &dyn std::fmt::Display| format!("read the lexicon {}: {error}", path.display());
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(|error| told(path, &error))?;
        files = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
    }
    let mut concepts = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| told(&file, &error))?;
        concepts.extend(lexicon::parse(&text).map_err(|error| told(&file, &error))?);
    }
    Ok(concepts)
}
