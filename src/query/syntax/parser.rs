//! Reads tokens into a tree: groups, AND and OR, NOT, NEAR, lists and fields. Each rule of the grammar is one function.
//!
//! Lucene, Lexis and Factiva bind AND and OR differently, so one level has either the one or the other
//! ([`super::mixed`]). A query that only excludes would match nearly every item and is refused, as Manticore does.

use std::ops::Range;

use super::field::Field;
use super::lexer::{Kind, Token, Word};
use super::problem::Problem;
use super::sides::{near_over, near_side, only_excludes, positive};
use super::tree::{TextField, Tree};
use super::{mixed, warn, words};
use crate::query::vocabulary::Vocabulary;

/// Most NEARs in one chain: each nests the tree one deeper.
const LONGEST_CHAIN: usize = 16;

/// How a part is joined to the part before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Join {
    /// It is the first.
    First,
    And(Range<usize>),
    Or(Range<usize>),
    /// Nothing stands between: means AND.
    Beside,
}

/// One part of a level.
pub(super) struct Part {
    pub(super) join: Join,
    /// From its NOT or minus on.
    pub(super) span: Range<usize>,
    pub(super) tree: Tree,
}

pub(super) struct Parser<'q> {
    pub(super) query: &'q str,
    pub(super) tokens: &'q [Token<'q>],
    pub(super) vocabulary: &'q Vocabulary,
    pub(super) warnings: Vec<Problem>,
    at: usize,
    /// The field around the part being read.
    field: Option<Field>,
}

impl<'q> Parser<'q> {
    pub(super) fn new(query: &'q str, tokens: &'q [Token<'q>], vocabulary: &'q Vocabulary) -> Self {
        Self { query, tokens, vocabulary, warnings: Vec::new(), at: 0, field: None }
    }

    /// The whole query.
    pub(super) fn whole(&mut self) -> Result<Tree, Problem> {
        let all = self.query.trim();
        let start = self.query.len() - self.query.trim_start().len();
        if self.tokens.is_empty() {
            return Err(Problem::new(start..start + all.len(), "the query is empty"));
        }
        let tree = self.level()?;
        match self.next() {
            None => {}
            Some(token) => return Err(stray(token.span.clone())),
        }
        positive(tree, start..start + all.len())
    }

    fn peek(&self) -> Option<&'q Kind<'q>> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next(&mut self) -> Option<&'q Token<'q>> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    /// Where the token before ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.query.len(), |token| token.span.end)
    }

    /// Parts up to the end, a closing parenthesis or a comma, joined by AND or by OR.
    fn level(&mut self) -> Result<Tree, Problem> {
        let mut parts: Vec<Part> = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            let join = match token.kind {
                Kind::Close | Kind::Comma => break,
                Kind::And | Kind::Or => {
                    self.at += 1;
                    self.sides(token, !parts.is_empty())?;
                    if token.kind == Kind::And { Join::And(token.span.clone()) } else { Join::Or(token.span.clone()) }
                }
                _ if parts.is_empty() => Join::First,
                _ => Join::Beside,
            };
            parts.push(self.part(join)?);
        }
        if parts.is_empty() {
            let place = self.tokens.get(self.at).map_or(self.query.len()..self.query.len(), |token| token.span.clone());
            return Err(stray(place));
        }
        mixed::refuse(self.query, &parts)?;
        self.warnings.extend(warn::duplicates(&parts));
        join(parts)
    }

    /// Refuses an operator that has nothing on one of its sides.
    fn sides(&self, operator: &Token<'_>, left: bool) -> Result<(), Problem> {
        let name = &self.query[operator.span.clone()];
        let missing = |side: &str| {
            Problem::new(operator.span.clone(), format!("{name} has nothing on its {side}")).help(format!(
                "Put a word on both sides, or quotes around \"{}\" to search for the word.",
                name.to_lowercase()
            ))
        };
        match self.peek() {
            _ if !left => Err(missing("left")),
            None | Some(Kind::Close | Kind::Comma) => Err(missing("right")),
            Some(Kind::And | Kind::Or) => {
                let both = operator.span.start..self.tokens[self.at].span.end;
                Err(Problem::new(both, "two operators follow each other").help("Keep the one you mean."))
            }
            Some(_) => Ok(()),
        }
    }

    /// One part, with NOT or a minus before it or not.
    fn part(&mut self, join: Join) -> Result<Part, Problem> {
        let Some(token) = self.tokens.get(self.at) else { return Err(stray(self.query.len()..self.query.len())) };
        let negated = matches!(token.kind, Kind::Not | Kind::Minus);
        if negated {
            self.at += 1;
            self.negation(token)?;
        }
        let tree = self.near()?;
        let span = token.span.start..self.end();
        let tree = if negated { Tree::Not(Box::new(positive(tree, span.clone())?)) } else { tree };
        Ok(Part { join, span, tree })
    }

    fn negation(&self, token: &Token<'_>) -> Result<(), Problem> {
        let span = token.span.clone();
        match self.peek() {
            None | Some(Kind::Close | Kind::Comma | Kind::And | Kind::Or) => {
                Err(Problem::new(span, "NOT has nothing after it").help("Say what to exclude: NOT football."))
            }
            Some(Kind::Not | Kind::Minus) => {
                Err(Problem::new(span.start..self.tokens[self.at].span.end, "NOT stands twice")
                    .help("Keep one of them, or none."))
            }
            Some(_) => Ok(()),
        }
    }

    /// Atoms joined by NEAR, from left to right.
    fn near(&mut self) -> Result<Tree, Problem> {
        let start = self.tokens.get(self.at).map_or(self.query.len(), |token| token.span.start);
        if let Some(Token { kind: Kind::Near { .. }, span }) = self.tokens.get(self.at) {
            return Err(Problem::new(span.clone(), "NEAR has nothing on its left")
                .help("Put a word on both sides: a NEAR/5 b."));
        }
        let mut left = self.atom()?;
        let mut chain = 0;
        while let Some((within, ordered, negated)) = self.proximity()? {
            let left_span = start..self.tokens[self.at].span.start;
            let operator = self.tokens[self.at].span.start..self.tokens[self.at + usize::from(negated)].span.end;
            self.at += 1 + usize::from(negated);
            chain += 1;
            if chain > LONGEST_CHAIN {
                return Err(Problem::new(operator, format!("more than {LONGEST_CHAIN} NEARs follow each other")));
            }
            near_side(&left, trimmed(self.query, left_span), &operator)?;
            let right_start = match self.tokens.get(self.at) {
                None | Some(Token { kind: Kind::Close | Kind::Comma | Kind::And | Kind::Or, .. }) => {
                    let help = "Put a word on both sides: a NEAR/5 b.";
                    return Err(Problem::new(operator, "NEAR has nothing on its right").help(help));
                }
                Some(Token { kind: Kind::Not | Kind::Minus, span }) => return Err(near_over(span.clone())),
                Some(token) => token.span.start,
            };
            let right = self.atom()?;
            near_side(&right, right_start..self.end(), &operator)?;
            let (one, two) = (Box::new(left), Box::new(right));
            left = if negated {
                Tree::NotNear { wanted: one, other: two, within }
            } else {
                Tree::Near { left: one, right: two, within, ordered }
            };
        }
        Ok(left)
    }

    /// The NEAR or NOT NEAR that comes next: its distance, whether ordered, whether negated.
    fn proximity(&self) -> Result<Option<(u32, bool, bool)>, Problem> {
        match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Kind::Near { within, ordered }), _) => Ok(Some((*within, *ordered, false))),
            (Some(Kind::Not), Some(Token { kind: Kind::Near { within, ordered: false }, .. })) => {
                Ok(Some((*within, false, true)))
            }
            (Some(Kind::Not), Some(Token { kind: Kind::Near { within, .. }, span })) => Err(Problem::new(
                span.clone(),
                "NOT ONEAR is not known; exclusion looks to both sides",
            )
            .replacing(self.query, span.clone(), &format!("NEAR/{within}"))),
            _ => Ok(None),
        }
    }

    /// A word, phrase, concept, field, group or list.
    fn atom(&mut self) -> Result<Tree, Problem> {
        let Some(token) = self.next() else { return Err(stray(self.query.len()..self.query.len())) };
        let span = token.span.clone();
        match &token.kind {
            Kind::Word(word) => self.word(word, span),
            Kind::Concept(id) => self.concept(id, span),
            Kind::Field(field) => self.in_field(*field, span),
            Kind::Open => self.group(span),
            Kind::Of(n) => self.list(*n, span),
            _ => Err(stray(span)),
        }
    }

    fn word(&mut self, word: &Word<'_>, span: Range<usize>) -> Result<Tree, Problem> {
        if let Some(field) = self.field.filter(|field| !field.is_text()) {
            return field.facet(self.query, word.raw, span).map(Tree::Facet);
        }
        let term = words::term(self.query, word, span)?;
        self.warnings.extend(warn::term(self.query, &term, word.quoted, self.vocabulary));
        Ok(Tree::Term(term))
    }

    fn concept(&mut self, id: &str, span: Range<usize>) -> Result<Tree, Problem> {
        if let Some(field) = self.field.filter(|field| !field.is_text()) {
            let message = format!("a concept is looked for in texts and not in {}:", field.name());
            return Err(Problem::new(span, message).help(format!("For example {}.", field.example())));
        }
        if self.vocabulary.has(id) {
            return Ok(Tree::Concept { id: id.to_owned(), span });
        }
        let problem = Problem::new(span.clone(), format!("there is no concept `{id}`"));
        if self.vocabulary.is_empty() {
            return Err(problem.help("There is no lexicon to take concepts from."));
        }
        let near = self.vocabulary.nearest(id);
        Err(match near[..] {
            [] => problem.help(format!("A handle is written in quotes: \"@{id}\".")),
            [first, ..] => {
                let offers: Vec<String> = near.iter().map(|id| format!("@{id}")).collect();
                let help = format!("Did you mean {}? A handle is written in quotes: \"@{id}\".", offers.join(" or "));
                problem.help(help).replacing(self.query, span, &format!("@{first}"))
            }
        })
    }

    fn in_field(&mut self, field: Field, span: Range<usize>) -> Result<Tree, Problem> {
        if let Some(outer) = self.field {
            let message = format!("{}: stands inside {}:", field.name(), outer.name());
            return Err(Problem::new(span, message).help("Join them with AND, each with its own words."));
        }
        let bad = match self.tokens.get(self.at).filter(|token| token.span.start == span.end) {
            Some(Token {
                kind: Kind::Word(_) | Kind::Concept(_) | Kind::Open | Kind::Of(_) | Kind::Field(_), ..
            }) => None,
            Some(token) => Some(token.span.clone()),
            None => Some(span.clone()),
        };
        if let Some(bad) = bad {
            let message = format!("a word, phrase or group stands right after `{}:`", field.name());
            return Err(Problem::new(bad, message).help(format!("For example {}.", field.example())));
        }
        self.field = Some(field);
        let tree = self.atom();
        self.field = None;
        self.no_comma(field)?;
        let tree = positive(tree?, span.start..self.end())?;
        Ok(match field {
            Field::Text(text) => in_text(text, tree),
            _ => tree,
        })
    }

    /// `killed:>=1,000` would be read as two members of a list.
    fn no_comma(&self, field: Field) -> Result<(), Problem> {
        let Some(Token { kind: Kind::Comma, span }) = self.tokens.get(self.at) else { return Ok(()) };
        let digit = self.query[span.end..].starts_with(char::is_numeric);
        if !matches!(field, Field::Toll(_)) || span.start != self.end() || !digit {
            return Ok(());
        }
        Err(Problem::new(span.clone(), "a number has no commas inside").replacing(self.query, span.clone(), ""))
    }

    /// A group, after its opening parenthesis.
    fn group(&mut self, open: Range<usize>) -> Result<Tree, Problem> {
        if self.peek() == Some(&Kind::Close) {
            let empty = open.start..self.tokens[self.at].span.end;
            return Err(Problem::new(empty, "an empty group: nothing stands between the parentheses"));
        }
        let tree = self.level()?;
        match self.next() {
            Some(Token { kind: Kind::Close, .. }) => Ok(tree),
            Some(token) => Err(stray(token.span.clone())),
            None => Err(stray(open)),
        }
    }

    /// `n OF (a, b, c)`, after `n OF`.
    fn list(&mut self, n: usize, span: Range<usize>) -> Result<Tree, Problem> {
        let example = "Write 2 OF (a, b, c) for at least two of these.";
        if self.peek() != Some(&Kind::Open) {
            return Err(Problem::new(span, "OF needs a list in parentheses after it").help(example));
        }
        self.at += 1;
        let mut of = Vec::new();
        loop {
            if matches!(self.peek(), None | Some(Kind::Close | Kind::Comma)) {
                let end = self.next().map_or(self.query.len(), |token| token.span.end);
                return Err(Problem::new(end.saturating_sub(1).max(span.end)..end, "a member of the list is empty")
                    .help(example));
            }
            let start = self.tokens[self.at].span.start;
            let tree = self.level()?;
            of.push(positive(tree, start..self.end())?);
            match self.next() {
                Some(Token { kind: Kind::Comma, .. }) => {}
                _ => break,
            }
        }
        let whole = span.start..self.end();
        if of.len() < 2 {
            return Err(Problem::new(whole, "OF needs two or more members with commas between them").help(example));
        }
        if n == 0 || n > of.len() {
            let message = format!("OF counts from 1 to the number of members, here {}", of.len());
            return Err(Problem::new(span, message).help(example));
        }
        Ok(Tree::AtLeast { n, of })
    }
}

fn in_text(field: TextField, tree: Tree) -> Tree {
    Tree::In(field, Box::new(tree))
}

/// A comma or the like where nothing can stand.
fn stray(span: Range<usize>) -> Problem {
    Problem::new(span, "a comma only separates the members of a list: 2 OF (a, b, c)")
        .help("Write OR for any of several words, AND for all of them; OF is written in capitals.")
}

/// Span without the spaces at its end.
fn trimmed(query: &str, span: Range<usize>) -> Range<usize> {
    span.start..span.start + query[span.clone()].trim_end().len()
}

/// The tree of a level whose joins agree.
fn join(parts: Vec<Part>) -> Result<Tree, Problem> {
    let any = parts.iter().any(|part| matches!(part.join, Join::Or(_)));
    let mut trees = Vec::with_capacity(parts.len());
    for part in parts {
        let excludes = any && only_excludes(&part.tree);
        match part.tree {
            _ if excludes => {
                return Err(Problem::new(part.span, "NOT cannot stand beside OR: it would match nearly every item")
                    .help("Put the OR in parentheses and exclude from it: (a OR b) NOT c."));
            }
            Tree::Any(inner) if any => trees.extend(inner),
            Tree::All(inner) if !any => trees.extend(inner),
            tree => trees.push(tree),
        }
    }
    match trees.len() {
        1 => Ok(trees.swap_remove(0)),
        _ if any => Ok(Tree::Any(trees)),
        _ => Ok(Tree::All(trees)),
    }
}
