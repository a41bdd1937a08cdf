//! A headline for a post, which has none: its first line, or the first sentence of that. Knows nothing of Telegram's
//! page.

use crate::text::display;

/// Longest title, in characters.
const MAX_TITLE: usize = 120;
/// Shortest sentence that stands alone, in characters; less is a cry (`Urgent !`).
const MIN_SENTENCE: usize = 30;
/// Fewest letters of the last word of a sentence; fewer before a full stop are an abbreviation (`M. Diallo`, `Dr.
/// Sow`).
const MIN_LAST_WORD: usize = 3;

/// The title of a post with this text, lines parted by `\n`.
pub(super) fn of(text: &str) -> String {
    let line =
        text.lines().find(|line| says_something(line)).or_else(|| text.lines().next()).unwrap_or_default().trim();
    if line.chars().count() <= MAX_TITLE {
        return line.to_owned();
    }
    match first_sentence(line) {
        Some(sentence) => sentence.to_owned(),
        None => display::cut(line, MAX_TITLE),
    }
}

/// Whether a line has a word beside hashtags, signs and emoji.
fn says_something(line: &str) -> bool {
    let mut words = line.split_whitespace().filter(|word| !word.starts_with(['#', '@']));
    words.any(|word| word.chars().any(char::is_alphabetic))
}

/// The first sentence, where it is neither too short nor too long.
fn first_sentence(line: &str) -> Option<&str> {
    let ends = line.char_indices().enumerate().take(MAX_TITLE).skip(MIN_SENTENCE - 1);
    ends.filter(|(_, (_, c))| matches!(c, '.' | '!' | '?' | '؟' | '۔' | '…')).find_map(|(_, (at, c))| {
        let (sentence, rest) = line.split_at(at + c.len_utf8());
        let last_word = line[..at].chars().rev().take_while(|c| c.is_alphanumeric()).take(MIN_LAST_WORD).count();
        let abbreviated = c == '.' && last_word < MIN_LAST_WORD;
        (rest.starts_with(char::is_whitespace) && !abbreviated).then_some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_or_sentence() {
        let long = "Un convoi militaire a été attaqué lundi près de Ménaka, selon M. Diallo. Le bilan n'est pas connu, \
                    mais plusieurs témoins parlent de victimes parmi les civils.";
        let endless = "mot ".repeat(100);
        for (text, want) in [
            ("🔴 Alerte à Djibo\nDes tirs sont entendus.", "🔴 Alerte à Djibo"),
            ("🔴🔴\n#Mali #Gao\nUn convoi attaqué", "Un convoi attaqué"),
            ("#Mali #Gao", "#Mali #Gao"),
            (long, "Un convoi militaire a été attaqué lundi près de Ménaka, selon M. Diallo."),
            (endless.as_str(), &(["mot"; 29].join(" ") + " mot…")[..]),
            ("", ""),
        ] {
            assert_eq!(of(text), want, "{text}");
        }
        let arabic = format!("هجوم مسلح على قرية قرب مدينة ميناكا مساء أمس؟ {}", "كلمة ".repeat(40));
        assert_eq!(of(&arabic), "هجوم مسلح على قرية قرب مدينة ميناكا مساء أمس؟");
        assert!(of(&"س".repeat(500)).chars().count() <= MAX_TITLE);
    }
}
