//! "Did you mean …": the nearest of the names that would have been right.

/// The candidate nearest to `given`, when it is near enough to be a slip of the finger: at most a third of its letters
/// differ, neighbours swapped counting once.
pub(crate) fn nearest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let given = given.to_lowercase().replace('-', "_");
    let distance = |candidate: &str| strsim::damerau_levenshtein(&given, &candidate.to_lowercase().replace('-', "_"));
    let most = (given.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A hint that names the nearest candidate, or else all of them.
pub(crate) fn hint(given: &str, what: &str, candidates: &[&str]) -> String {
    match nearest(given, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{what}: {}", candidates.join(", ")),
    }
}

/// What `given` looks like as an id (`model::SourceId`); empty when nothing is left of it.
pub(crate) fn slug(given: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let words: String = given.chars().map(plain).collect();
    words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_slug() {
        for (given, expected) in [("RFI Afrique", "rfi-afrique"), ("-a__b-", "a-b"), ("صحراء", "")] {
            assert_eq!(slug(given), expected);
        }
    }

    #[test]
    fn a_slip_finds_its_key_and_a_strange_word_finds_none() {
        let keys = ["interval", "id", "on_first_run", "url"];
        for (given, expected) in [
            ("intervall", Some("interval")),
            ("Interval", Some("interval")),
            ("on-first-run", Some("on_first_run")),
            ("ulr", Some("url")),
            ("password", None),
            ("x", None),
        ] {
            assert_eq!(nearest(given, keys), expected, "{given}");
        }
    }
}
