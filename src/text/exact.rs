//! A word as printed, for `=word`: case, accents, hooks and hamza kept; only what nobody sees or means is taken away. Knows single
//! words; which word of a text is compared is decided by its folded form ([`super::token`]).

use unicode_normalization::UnicodeNormalization;

use super::fold::{is_dropped_before_normalising, is_unseen};

/// The form in which two printed words are compared: compatibility forms composed (NFKC), marks of vocalisation, tatweel and
/// controls dropped, and the dots or asterisks inside a dotted or masked word.
#[must_use]
pub fn form(printed: &str) -> String {
    let printed = printed.chars().filter(|c| !is_dropped_before_normalising(*c) && !matches!(c, '.' | '*' | '٭' | '•'));
    // Composed first: a hamza above its carrier is one letter then, and no mark to drop.
    printed.nfkc().filter(|c| !is_unseen(*c)).nfc().collect()
}

/// Whether a printed word has this form.
#[must_use]
pub fn is(printed: &str, wanted: &str) -> bool {
    // Most words are printed in their form already; taking them apart costs a hundred times as much.
    printed == wanted || (!printed.is_ascii() || printed.contains('.')) && form(printed) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_as_printed() {
        for (printed, wanted, same) in [
            ("AES", "AES", true),
            ("aes", "AES", false),
            ("A.E.S", "AES", true),
            ("ＡＥＳ", "AES", true),
            ("Aïr", "Aïr", true),
            ("Ai\u{308}r", "Aïr", true),
            ("Air", "Aïr", false),
            ("ɗoki", "doki", false),
            ("مَالـي", "مالي", true),
            ("مالى", "مالي", false),
            ("ا\u{654}زواد", "أزواد", true),
            ("ازواد", "أزواد", false),
            ("د*اع*ش", "داعش", true),
            ("Mali\u{200F}", "Mali", true),
        ] {
            assert_eq!(is(printed, &form(wanted)), same, "{printed} as {wanted}");
        }
    }
}
