//! Any text read for casualty figures, in each language and in none: every figure stands inside the text, and its bounds are in
//! order.

use sahelwatch::extract::toll::tolls;

pub(crate) fn holds(text: &str) {
    for lang in [None, Some("en"), Some("fr"), Some("ar"), Some("ha")] {
        for toll in tolls(text, lang) {
            let words = text.get(toll.start as usize..toll.end as usize);
            assert!(words.is_some_and(|words| !words.is_empty()), "{toll:?}");
            assert!(toll.max.is_none_or(|max| toll.min <= max), "{toll:?}");
        }
    }
}
