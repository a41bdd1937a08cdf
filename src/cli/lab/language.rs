//! `lab language`: the language of each text on stdin, one JSON document per line.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::super::exit;
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
    match answer(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => exit::OK,
        Err(Failure::Line(number, error)) => {
            // The parser's own place, always in line 1 here, would contradict the number.
            let error = error.to_string();
            let reason = error.split(" at line ").next().unwrap_or_default();
            eprintln!("error: read line {number} of stdin: {reason}; expected {{\"text\": \"...\"}}");
            exit::USAGE
        }
        // Whoever read the answers has seen enough.
        Err(Failure::Pipe(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => exit::OK,
        Err(Failure::Pipe(error)) => {
            eprintln!("error: read stdin or write stdout: {error}");
            exit::IO
        }
    }
}

#[derive(Debug)]
enum Failure {
    /// The line with this number, from 1, is no such document.
    Line(usize, serde_json::Error),
    Pipe(std::io::Error),
}

/// Answers line by line, so that another program can ask and wait. Empty lines have no answer.
fn answer(input: impl BufRead, mut output: impl Write) -> Result<(), Failure> {
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(Failure::Pipe)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let Line { text } = serde_json::from_slice(&line).map_err(|error| Failure::Line(index + 1, error))?;
        let found = language::detect(&text);
        let answer = Answer { lang: found.lang, confidence: found.confidence };
        serde_json::to_writer(&mut output, &answer).map_err(|error| Failure::Pipe(error.into()))?;
        output.write_all(b"\n").and_then(|()| output.flush()).map_err(Failure::Pipe)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &str) -> (String, Option<usize>) {
        let mut output = Vec::new();
        let bad_line = match answer(input.as_bytes(), &mut output) {
            Err(Failure::Line(number, _)) => Some(number),
            _ => None,
        };
        (String::from_utf8(output).unwrap_or_default(), bad_line)
    }

    #[test]
    fn every_line_has_its_answer() {
        let (output, bad_line) =
            lines("{\"text\":\"An kashe sojoji a harin\"}\n\n{\"text\":\"2024\",\"lang\":\"fr\"}\n");
        assert!(output.starts_with("{\"lang\":\"ha\",\"confidence\":0."), "{output}");
        assert!(output.ends_with("\n{\"lang\":\"und\",\"confidence\":0.0}\n"), "{output}");
        assert_eq!(bad_line, None);
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        let (output, bad_line) = lines("{\"text\":\"\"}\n\n{\"body\":1}\n");
        assert_eq!(output.lines().count(), 1);
        assert_eq!(bad_line, Some(3));
        assert_eq!(lines("{\"text\":\"\u{FFFD}").1, Some(1));
    }
}
