//! What may stand where: the sides of NEAR need a place in the text, and a part must want something.

use std::ops::Range;

use super::field::Field;
use super::problem::Problem;
use super::tree::Tree;

/// NEAR over what has no single place.
pub(super) fn near_over(span: Range<usize>) -> Problem {
    Problem::new(span, "NEAR joins words, phrases, concepts and OR groups, and cannot stand over AND or NOT")
        .help("Write the words one by one: a NEAR/5 b AND a NEAR/5 c; for exclusion, a NOT NEAR/5 b.")
}

/// Refuses as a side of NEAR what has no single place in a text.
pub(super) fn near_side(tree: &Tree, span: Range<usize>, operator: &Range<usize>) -> Result<(), Problem> {
    match tree {
        Tree::Term(_) | Tree::Concept { .. } => Ok(()),
        Tree::Near { left, right, .. } => {
            near_side(left, span.clone(), operator)?;
            near_side(right, span, operator)
        }
        Tree::Any(parts) => parts.iter().try_for_each(|part| near_side(part, span.clone(), operator)),
        Tree::In(field, _) => {
            let name = Field::Text(*field).name();
            Err(Problem::new(span, "a field cannot stand on one side of NEAR")
                .help(format!("Put it before a group: {name}:(a NEAR/5 b).")))
        }
        Tree::Facet(_) => {
            Err(Problem::new(span, "NEAR joins words of the text, and this asks about the item")
                .help("Join it with AND."))
        }
        Tree::NotNear { .. } => Err(Problem::new(operator.clone(), "NOT NEAR ends a chain of NEARs")
            .help("Name all that must not stand near in one group: a NOT NEAR/5 (b OR c).")),
        Tree::All(_) | Tree::Not(_) | Tree::AtLeast { .. } => Err(near_over(span)),
    }
}

pub(super) fn only_excludes(tree: &Tree) -> bool {
    match tree {
        Tree::Not(_) => true,
        Tree::All(parts) => parts.iter().all(|part| matches!(part, Tree::Not(_))),
        _ => false,
    }
}

/// Refuses a part that only excludes.
pub(super) fn positive(tree: Tree, span: Range<usize>) -> Result<Tree, Problem> {
    if !only_excludes(&tree) {
        return Ok(tree);
    }
    Err(Problem::new(span, "NOT alone only excludes, and would match nearly every item")
        .help("Say what is wanted as well: convoi NOT football."))
}
