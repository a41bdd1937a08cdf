//! `lab toll`: the casualty figures of texts, one JSON document per line in and out.

use serde::{Deserialize, Serialize};

use super::lines::answer_stdin;
use crate::extract::toll::tolls;
use crate::model::Toll;

/// A line of input.
#[derive(Debug, Deserialize)]
struct Given {
    text: String,
    lang: Option<String>,
}

/// A line of output.
#[derive(Debug, Serialize)]
struct Understood {
    tolls: Vec<Toll>,
}

pub(super) fn run() -> u8 {
    answer_stdin("{\"text\": \"...\", \"lang\": \"fr\"}", |given: Given| Understood {
        tolls: tolls(&given.text, given.lang.as_deref()),
    })
}
