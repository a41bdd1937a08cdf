//! Standing queries: text to tree, all trees and the lexicon in one table, a document looked up once, the queries evaluated on
//! what was found. Pure; knows nothing of recipients or mail.
//!
//! In the order of reading: `syntax` reads a query, `forms` says in which forms each of its words is accepted, `plan` compiles
//! all of them over `table`, `scan` looks a document up, `concepts` finds what it speaks of, `eval` says which queries match.

#[cfg(test)]
mod cases;
mod concepts;
mod eval;
mod explain;
mod forms;
mod literal;
mod node;
mod plan;
mod scan;
mod stems;
pub mod syntax;
mod table;
mod vocabulary;
mod watch;

pub use concepts::Entry;
pub use explain::{Clause, Place};
pub use forms::{Accepts, Spelling, spellings};
pub use literal::literal;
pub use plan::Plan;
pub use scan::{Mention, Scan, Subject};
pub use vocabulary::Vocabulary;
pub use watch::asked;
