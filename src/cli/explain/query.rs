//! A query as it was understood, in lines for people.

use jiff::tz::TimeZone;

use super::super::past::{Marks, count, number};
use crate::daemon::lookback::understood::{Name, Term, Understood, Word};
use crate::text::display::terminal;

pub(super) fn told(understood: &Understood, zone: &TimeZone) -> String {
    let mut lines = vec![format!("understood  {}", terminal(&understood.query))];
    for term in &understood.terms {
        lines.push(String::new());
        lines.extend(told_term(term));
    }
    if let Some(found) = &understood.found {
        lines.push(format!(
            "\nthe whole query: {} of {}, first seen since {}",
            number(found.items),
            count(found.looked_at, "item"),
            found.since.strftime("%Y-%m-%d")
        ));
        let marks = Marks::for_stdout();
        lines.extend(found.samples.iter().map(|hit| format!("\n{}", marks.hit(hit, zone))));
    }
    lines.join("\n") + "\n"
}

fn told_term(term: &Term) -> Vec<String> {
    let items = match term.items {
        None => String::new(),
        Some(0) => "   in no item".to_owned(),
        Some(items) => format!("   in {}", count(items, "item")),
    };
    let mut lines = vec![format!("{}{items}", terminal(&term.term))];
    lines.extend(term.accepts.iter().map(|words| format!("  {}", told_words(words))));
    lines.extend(term.names.iter().map(told_name));
    lines
}

fn told_name(name: &Name) -> String {
    let forms: Vec<String> = name.accepts.iter().map(|words| told_words(words)).collect();
    let weak = if name.weak { ", with context" } else { "" };
    format!("  {} ({}{weak}): {}", terminal(&name.name), terminal(&name.lang), forms.join("; or "))
}

/// The words of a phrase follow each other.
fn told_words(words: &[Word]) -> String {
    words.iter().map(told_word).collect::<Vec<_>>().join(" + ")
}

fn told_word(word: &Word) -> String {
    let list = |forms: &[String]| forms.iter().map(|form| terminal(form)).collect::<Vec<_>>().join(" ");
    match word {
        Word::OneOf(forms) => match forms.as_slice() {
            [form] => terminal(form),
            forms => format!("[{}]", list(forms)),
        },
        Word::BeginsWith(forms) => format!("begins with [{}]", list(forms)),
        Word::Exactly(printed) => format!("exactly {}", terminal(printed)),
        Word::Stem(stems) => format!("inflected, by its stems [{}]", list(stems)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_term_are_told() {
        let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (word, expected) in [
            (Word::OneOf(words(&["gao"])), "gao"),
            (Word::OneOf(words(&["mine", "mines"])), "[mine mines]"),
            (Word::BeginsWith(words(&["attaqu"])), "begins with [attaqu]"),
            (Word::Exactly("Aïr".to_owned()), "exactly Aïr"),
            (Word::Stem(words(&["tu"])), "inflected, by its stems [tu]"),
        ] {
            assert_eq!(told_words(&[word]), expected);
        }
    }
}
