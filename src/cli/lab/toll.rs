//! `lab toll`: the casualty figures of texts, one JSON document per line in and out.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::super::exit;
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
    match answer(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => exit::OK,
        Err(Failure::Line { number, error }) => {
            eprintln!("error: line {number} of stdin: {error}; give one {{\"text\": …, \"lang\": …}} per line");
            exit::USAGE
        }
        Err(Failure::Io(error)) => {
            eprintln!("error: read texts or write tolls: {error}");
            exit::IO
        }
    }
}

/// Why no more lines were answered.
#[derive(Debug)]
enum Failure {
    /// A line that is no text; counted from 1.
    Line {
        number: usize,
        error: serde_json::Error,
    },
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Answers every line until one is wrong. Each answer is written before the next line is read, so that a script can talk
/// with it.
fn answer(input: impl BufRead, mut output: impl Write) -> Result<(), Failure> {
    for (at, line) in input.lines().enumerate() {
        let line = line?;
        let given: Given = serde_json::from_str(&line).map_err(|error| Failure::Line { number: at + 1, error })?;
        let understood = Understood { tolls: tolls(&given.text, given.lang.as_deref()) };
        serde_json::to_writer(&mut output, &understood).map_err(io::Error::from)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_answered_until_one_is_wrong() {
        let input =
            "{\"text\":\"25 to 30 fighters killed\",\"lang\":\"en\"}\n{\"text\":\"مقتل جنديين\"}\n{\"txt\":\"\"}\n";
        let mut output = Vec::new();
        let failure = answer(input.as_bytes(), &mut output).unwrap_err();
        assert!(matches!(failure, Failure::Line { number: 3, .. }), "{failure:?}");
        assert_eq!(
            String::from_utf8(output).unwrap(),
            concat!(
                r#"{"tolls":[{"kind":"killed","min":25,"max":30,"qualifier":"range","start":0,"end":24}]}"#,
                "\n",
                r#"{"tolls":[{"kind":"killed","min":2,"max":2,"qualifier":"exact","start":0,"end":21}]}"#,
                "\n"
            )
        );
    }
}
