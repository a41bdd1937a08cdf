//! Queries as the configuration holds them: read to be checked, their problems put at the place in the file.

use super::Context;
use crate::config::problem::{Finding, Place, Typed};
use crate::query::Vocabulary;
use crate::query::syntax::{self, Parsed, Problem};

/// Checks a query.
pub(super) fn check(typed: &Typed<String>, vocabulary: &Vocabulary, context: &Context<'_>) {
    tell(typed, syntax::parse(&typed.value, vocabulary), context);
}

/// Checks one entry of a watch's lists.
pub(super) fn check_entry(typed: &Typed<String>, vocabulary: &Vocabulary, context: &Context<'_>) {
    tell(typed, syntax::entry(&typed.value, vocabulary), context);
}

fn tell(typed: &Typed<String>, read: Result<Parsed, Problem>, context: &Context<'_>) {
    let (error, warnings) = match read {
        Ok(parsed) => (None, parsed.warnings),
        Err(problem) => (Some(problem), Vec::new()),
    };
    let push = |finding: Finding, problem: &Problem| {
        let hint = hint(problem);
        context.findings.push(if hint.is_empty() { finding } else { finding.hint(hint) });
    };
    if let Some(problem) = error {
        push(Finding::error(&place(typed, &problem, context), &*problem.message), &problem);
    }
    for problem in warnings {
        push(Finding::warning(&place(typed, &problem, context), &*problem.message), &problem);
    }
}

/// What to know and what to write; empty when the message says all.
fn hint(problem: &Problem) -> String {
    let suggestion = problem.suggestion.as_ref().map(|query| format!("write: {query}"));
    problem.help.iter().cloned().chain(suggestion).collect::<Vec<_>>().join("\n")
}

/// The part of the query that is meant. Where the text stands in the file with escapes its bytes cannot be found, and the
/// whole text is meant.
fn place(typed: &Typed<String>, problem: &Problem, context: &Context<'_>) -> Place {
    let Some(span) = &typed.at.span else { return typed.at.clone() };
    let written = context.files[typed.at.file].text.get(span.clone()).unwrap_or_default();
    match written.find(&typed.value) {
        Some(quotes) => {
            let start = span.start + quotes;
            Place::new(typed.at.file, start + problem.span.start..start + problem.span.end)
        }
        None => typed.at.clone(),
    }
}
