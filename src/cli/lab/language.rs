//! `lab language`: the language of each text on stdin, one JSON document per line.

use serde::{Deserialize, Serialize};

use super::lines::answer_stdin;
use crate::text::language;

/// One line of input. Other fields are let through, so that lines of other `lab` commands can be given.
#[derive(Deserialize)]
struct Line {
    text: String,
}

#[derive(Serialize)]
struct Answer {
    lang: &'static str,
    confidence: f32,
}

pub(super) fn run() -> u8 {
    answer_stdin("{\"text\": \"...\"}", |Line { text }| {
        let found = language::detect(&text);
        Answer { lang: found.lang, confidence: found.confidence }
    })
}
