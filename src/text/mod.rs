//! Text as matching sees it: folded, cut into words, with every word's place in the original kept.
//!
//! Keywords and documents pass through the same two steps, so a keyword finds what a reader would call the same word: case,
//! accents, Arabic hamza and ya forms, hooked letters and digits of other scripts are equal, and invisible characters are not
//! there. Nothing here knows of languages, queries or items.

pub mod arabic;
mod cut;
pub mod direction;
pub mod display;
pub mod exact;
pub mod fold;
pub mod hash;
pub mod inflect;
pub mod language;
pub mod latin;
pub mod lookalike;
pub mod token;
mod token_shapes;

pub use token::{Kind, Token, Tokens};

/// What holds for any text, of both steps together.
#[cfg(test)]
mod tests {
    use super::Tokens;

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_in_order_and_inside_its_bounds(text in "\\PC*") {
            let tokens = Tokens::of(&text);
            let mut last = 0;
            for token in tokens.words() {
                proptest::prop_assert!(token.start >= last && token.end > token.start);
                proptest::prop_assert!(text.is_char_boundary(token.start as usize) && text.is_char_boundary(token.end as usize));
                last = token.start;
            }
        }

        #[test]
        fn normal_forms_do_not_matter(text in "[a-zé-ÿأ-يٓ-ٟ '.-]{0,40}") {
            use unicode_normalization::UnicodeNormalization;
            let folded = |t: &str| Tokens::of(t).folded_words().map(str::to_owned).collect::<Vec<_>>();
            let plain = folded(&text);
            proptest::prop_assert_eq!(&plain, &folded(&text.nfc().collect::<String>()));
            proptest::prop_assert_eq!(&plain, &folded(&text.nfd().collect::<String>()));
            proptest::prop_assert_eq!(&plain, &folded(&text.nfkc().collect::<String>()));
        }
    }
}
