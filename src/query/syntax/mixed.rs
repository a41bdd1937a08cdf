//! AND and OR on one level: refused, with the query as Factiva and as Lexis would read it.
//!
//! Factiva binds NOT, then AND, then OR; Lexis binds OR before AND and AND NOT (both by their manuals). Whoever learnt
//! one of them writes queries that the other reads differently, so neither reading is taken silently.

use super::parser::{Join, Part};
use super::problem::Problem;
use super::tree::{Style, Tree};

/// Longest query that is shown in both readings.
const LONGEST_SHOWN: usize = 200;

/// Refuses a level whose parts are joined by both.
pub(super) fn refuse(query: &str, parts: &[Part]) -> Result<(), Problem> {
    let is_or = |part: &Part| matches!(part.join, Join::Or(_));
    let Some(first) = parts.get(1) else { return Ok(()) };
    let Some(other) = parts[1..].iter().find(|part| is_or(part) != is_or(first)) else { return Ok(()) };
    let start = match &other.join {
        Join::And(span) | Join::Or(span) => span.start,
        Join::First | Join::Beside => other.span.start,
    };
    let problem = Problem::new(start..other.span.end, "AND and OR are mixed without parentheses");
    let beside = parts.iter().any(|part| part.join == Join::Beside && !matches!(part.tree, Tree::Not(_)));
    let lone_not = |run: &&[Part]| matches!(run, [part] if matches!(part.tree, Tree::Not(_)));
    if parts.chunk_by(|_, next| !is_or(next)).any(|run| lone_not(&run)) {
        return Err(problem.help("Put the OR in parentheses and exclude from it: (a OR b) NOT c."));
    }
    if query.len() > LONGEST_SHOWN {
        let side = if beside { " Words side by side mean AND." } else { "" };
        return Err(problem.help(format!("Put parentheses around the words that belong together.{side}")));
    }
    let within = |level: &str| {
        let (from, to) = (parts[0].span.start, parts[parts.len() - 1].span.end);
        format!("{}{level}{}", &query[..from], &query[to..]).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (and_first, or_first) = (within(&and_first(query, parts)), within(&or_first(query, parts)));
    let help = if beside {
        format!(
            "Words side by side mean AND, so this is {and_first}; or {or_first}.\n\
             A phrase needs quotes. Write the one you mean."
        )
    } else {
        format!("Factiva would read it {and_first}; Lexis would read it {or_first}.\nWrite the one you mean.")
    };
    // Both readings are ready to paste; neither is offered as the better one, save where words side by side look like a
    // phrase.
    let suggestion = if beside { phrases(query, parts).map(|level| within(&level)) } else { None };
    Err(Problem { suggestion, ..problem.help(help) })
}

/// `a AND b OR c` as `(a AND b) OR c`.
fn and_first(query: &str, parts: &[Part]) -> String {
    let runs = parts.chunk_by(|_, next| !matches!(next.join, Join::Or(_)));
    let runs: Vec<String> = runs.map(|run| grouped(&anded(query, run), run.len())).collect();
    runs.join(" OR ")
}

/// `a AND b OR c` as `a AND (b OR c)`.
fn or_first(query: &str, parts: &[Part]) -> String {
    let mut out = String::new();
    for run in parts.chunk_by(|_, next| matches!(next.join, Join::Or(_))) {
        let negated = matches!(run[0].tree, Tree::Not(_));
        let texts: Vec<&str> = run.iter().map(|part| bare(query, part)).collect();
        let group = grouped(&texts.join(" OR "), run.len());
        out.push_str(match (out.is_empty(), negated) {
            (true, true) => "NOT ",
            (true, false) => "",
            (false, true) => " NOT ",
            (false, false) => " AND ",
        });
        out.push_str(&group);
    }
    out
}

/// Words side by side as the phrases they may have been meant to be, where all of them are plain words.
fn phrases(query: &str, parts: &[Part]) -> Option<String> {
    let mut runs = Vec::new();
    for run in parts.chunk_by(|_, next| !matches!(next.join, Join::Or(_))) {
        let plain = |part: &Part| match &part.tree {
            Tree::Term(term) => term.style == Style::Plain && !term.stem && query[part.span.clone()] == term.text,
            _ => false,
        };
        let sided = |part: &Part| matches!(part.join, Join::Beside);
        match run {
            [one] => runs.push(query[one.span.clone()].to_owned()),
            [first, rest @ ..] if plain(first) && rest.iter().all(|part| plain(part) && sided(part)) => {
                let words: Vec<&str> = run.iter().map(|part| &query[part.span.clone()]).collect();
                runs.push(format!("\"{}\"", words.join(" ")));
            }
            _ => return None,
        }
    }
    Some(runs.join(" OR "))
}

fn grouped(text: &str, parts: usize) -> String {
    if parts > 1 { format!("({text})") } else { text.to_owned() }
}

fn anded(query: &str, run: &[Part]) -> String {
    let mut out = String::new();
    for part in run {
        let negated = matches!(part.tree, Tree::Not(_));
        out.push_str(match (out.is_empty(), negated) {
            (true, true) => "NOT ",
            (true, false) => "",
            (false, true) => " NOT ",
            (false, false) => " AND ",
        });
        out.push_str(bare(query, part));
    }
    out
}

/// The part as typed, without its NOT or minus.
fn bare<'q>(query: &'q str, part: &Part) -> &'q str {
    let text = &query[part.span.clone()];
    if !matches!(part.tree, Tree::Not(_)) || text.starts_with(['(', '（']) {
        return text;
    }
    let text = text
        .strip_prefix("NOT")
        .unwrap_or_else(|| text.get(text.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""));
    text.trim_start()
}
