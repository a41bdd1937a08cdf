//! Coverage floors: whether enough live sources of a kind are watched, and by which ones a floor falls short.

use crate::model::{Floor, Source, Standing};

/// How a floor stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage<'a> {
    /// The floor.
    pub floor: &'a Floor,
    /// Sources that count towards it and are live.
    pub live: usize,
    /// Sources that count towards it and are not.
    pub down: Vec<(&'a Source, &'a Standing)>,
}

impl Coverage<'_> {
    /// Whether there are too few live sources.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.live < self.floor.at_least
    }

    /// How it stands, for people: `1 of at least 3 live sources; not live: radio-a (silent), radio-b (failing)`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{} of at least {} live sources", self.live, self.floor.at_least);
        if self.live + self.down.len() < self.floor.at_least {
            text.push_str(&format!("; {} of its kind are configured", self.live + self.down.len()));
        }
        if !self.down.is_empty() {
            let down: Vec<String> = self
                .down
                .iter()
                .map(|(source, standing)| format!("{} ({})", source.id, standing.health.as_str()))
                .collect();
            text.push_str(&format!("; not live: {}", down.join(", ")));
        }
        text
    }
}

/// How a floor stands. `is_down` says of a source that is not live whether that counts already: one failed poll is no
/// hole in the coverage.
#[must_use]
pub fn coverage<'a>(
    floor: &'a Floor,
    sources: &[(&'a Source, &'a Standing)],
    is_down: impl Fn(&Source, &Standing) -> bool,
) -> Coverage<'a> {
    let mut coverage = Coverage { floor, live: 0, down: Vec::new() };
    for (source, standing) in sources.iter().filter(|(source, _)| floor.counts(source)) {
        if !standing.health.is_live() && is_down(source, standing) {
            coverage.down.push((source, standing));
        } else {
            coverage.live += 1;
        }
    }
    coverage
}
