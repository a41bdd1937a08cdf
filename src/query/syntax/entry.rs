//! The simple mode: entries of a watch's `any`, `all` and `none`, each one literal word or phrase unless it shows that
//! it is more.

use super::field::Field;
use super::lexer::{Word, is_quote};
use super::problem::Problem;
use super::tree::Tree;
use super::{LONGEST, Parsed, parse, signs, warn, words};
use crate::query::vocabulary::Vocabulary;

/// Reads one entry: `groupe armé*` is a phrase, `=AES` a word as written, `@jnim` a concept. With an operator in
/// capitals, quotes, parentheses or a field it is a query.
///
/// # Errors
/// [`Problem`], for people; its bytes are those of the entry.
pub fn entry(text: &str, vocabulary: &Vocabulary) -> Result<Parsed, Problem> {
    if text.len() > LONGEST || is_query(text) {
        return parse(text, vocabulary);
    }
    let typed = text.trim();
    let start = text.len() - text.trim_start().len();
    let span = start..start + typed.len();
    if typed.is_empty() {
        return Err(Problem::new(span, "an empty entry"));
    }
    if typed.starts_with('-') {
        return Err(Problem::new(span, "an exclusion among entries").help("What must not occur goes into `none`."));
    }
    let (exact, body) = typed.strip_prefix('=').map_or((false, typed), |body| (true, body));
    let word = signs::endings(text, body, &span)?;
    let term = words::term(text, &Word { exact, ..word }, span)?;
    let warnings = warn::term(text, &term, true, vocabulary);
    Ok(Parsed { tree: Tree::Term(term), warnings })
}

/// Whether an entry is more than a word or phrase.
fn is_query(text: &str) -> bool {
    let operator = |word: &str| {
        let upper = word.to_ascii_uppercase();
        let near =
            upper.strip_prefix('O').filter(|rest| rest.starts_with("NEAR")).unwrap_or(&upper).strip_prefix("NEAR");
        let near = near.is_some_and(|rest| {
            rest.starts_with(|c: char| c == '/' || c.is_ascii_digit()) || rest.is_empty() && word == upper
        });
        near || matches!(word, "AND" | "OR" | "NOT" | "&&" | "||" | "&" | "|")
    };
    let field = |word: &str| {
        let name = word.trim_start_matches('-').split_once(':').map(|(name, _)| name);
        name.is_some_and(|name| Field::of(name).is_some() || name.eq_ignore_ascii_case("concept"))
    };
    let list = text.split_whitespace().nth(1) == Some("OF") && text.starts_with(|c: char| c.is_numeric());
    let concept = text.trim_start().starts_with('@') && text.split_whitespace().count() == 1;
    list || concept
        || text.contains(|c: char| is_quote(c) || matches!(c, '(' | ')' | '（' | '）'))
        || text.split_whitespace().any(|word| operator(word) || field(word))
}

/// Joins the entries of a watch: one of `any`, all of `all`, none of `none`. `None` where nothing is wanted.
#[must_use]
pub fn watch(any: Vec<Tree>, all: Vec<Tree>, none: Vec<Tree>) -> Option<Tree> {
    let mut parts = Vec::new();
    for part in one_of(any).into_iter().chain(all) {
        match part {
            Tree::All(inner) => parts.extend(inner),
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.extend(one_of(none).map(|part| Tree::Not(Box::new(part))));
    if parts.len() == 1 { parts.pop() } else { Some(Tree::All(parts)) }
}

/// Any of these, without a level for a single one.
fn one_of(trees: Vec<Tree>) -> Option<Tree> {
    let mut parts = Vec::with_capacity(trees.len());
    for tree in trees {
        match tree {
            Tree::Any(inner) => parts.extend(inner),
            tree => parts.push(tree),
        }
    }
    if parts.len() > 1 { Some(Tree::Any(parts)) } else { parts.pop() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let known = Vocabulary::new(["jnim".to_owned()], []);
        entry(text, &known).map(|parsed| parsed.tree.to_string()).map_err(|problem| problem.message)
    }

    #[test]
    fn an_entry_is_a_literal_unless_it_shows_more() {
        for (text, understood) in [
            ("groupe armé*", "\"groupe armé\"*"),
            ("'yan bindiga", "\"'yan bindiga\""),
            ("Côte d'Ivoire", "\"Côte d'Ivoire\""),
            ("=AES", "=AES"),
            ("@jnim", "@jnim"),
            ("attaque~", "attaque~"),
            ("Mali et Niger", "\"Mali et Niger\""),
            ("بوركينا فاسو", "\"بوركينا فاسو\""),
            ("Kaya OR Dori", "Kaya OR Dori"),
            ("title:Kaya", "title:Kaya"),
            ("\"Boko Haram\" football", "\"Boko Haram\" AND football"),
            ("2 OF (a, b)", "2 OF (a, b)"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(understood), "{text}");
        }
        for (text, part) in [
            ("Kaya, Dori", "`,`"),
            ("-football", "exclusion"),
            ("NOT x", "NOT"),
            ("a && b", "AND"),
            ("ka*", "wildcard"),
        ] {
            let message = read(text).expect_err("refused");
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn entries_join_into_one_tree() {
        let trees = |texts: &[&str]| -> Vec<Tree> {
            texts.iter().map(|text| entry(text, &Vocabulary::default()).expect("a good entry").tree).collect()
        };
        for (any, all, none, understood) in [
            (
                &["un", "deux OR trois"][..],
                &["quatre cinq"][..],
                &["six", "sept"][..],
                Some("(un OR deux OR trois) AND \"quatre cinq\" NOT (six OR sept)"),
            ),
            (&["un"], &[], &["six"], Some("un NOT six")),
            (&[], &["un", "deux AND trois"], &[], Some("un AND deux AND trois")),
            (&["un"], &[], &[], Some("un")),
            (&[], &[], &["six"], None),
        ] {
            let tree = watch(trees(any), trees(all), trees(none));
            assert_eq!(tree.map(|tree| tree.to_string()).as_deref(), understood);
        }
    }
}
