//! Standing queries: the terms of all watches in one table, looked up once per item. Pure; knows nothing of recipients or mail.
//!
//! A term is a word or a phrase of whole words; `attaque*` is any word that begins so. Both the term and the text are folded
//! ([`crate::text`]), so `Ménaka` finds `MENAKA` and `إلى` finds `الى`.

mod eval;
mod plan;
pub mod syntax;
mod term;
pub mod vocabulary;

pub use eval::Hit;
pub use plan::{Plan, Standing};
pub use term::{BadTerm, Term};
