//! JSON lines in, JSON lines out: what the `lab` commands that judge texts have in common.

use std::io::{BufRead, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::exit;

/// Answers every line of stdin on stdout and returns the exit code. `shape` shows a line as expected, for messages.
pub(super) fn answer_stdin<L: DeserializeOwned, A: Serialize>(shape: &str, judge: impl FnMut(L) -> A) -> u8 {
    match answer(std::io::stdin().lock(), std::io::stdout().lock(), judge) {
        Ok(()) => exit::OK,
        Err(Failure::Line(number, error)) => {
            // The parser's own place, always in line 1 here, would contradict the number.
            let error = error.to_string();
            let reason = error.split(" at line ").next().unwrap_or_default();
            errln!("error: read line {number} of stdin: {reason}; expected {shape}");
            exit::USAGE
        }
        // Whoever read the answers has seen enough.
        Err(Failure::Pipe(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => exit::OK,
        Err(Failure::Pipe(error)) => {
            errln!("error: read stdin or write stdout: {error}");
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
fn answer<L: DeserializeOwned, A: Serialize>(
    input: impl BufRead,
    mut output: impl Write,
    mut judge: impl FnMut(L) -> A,
) -> Result<(), Failure> {
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(Failure::Pipe)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let asked = serde_json::from_slice(&line).map_err(|error| Failure::Line(index + 1, error))?;
        let mut answer = serde_json::to_vec(&judge(asked)).map_err(|error| Failure::Pipe(error.into()))?;
        answer.push(b'\n');
        output.write_all(&answer).and_then(|()| output.flush()).map_err(Failure::Pipe)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers to texts that are judged by their length, and the number of the line that is none.
    fn lines(input: &str) -> (String, Option<usize>) {
        #[derive(serde::Deserialize)]
        struct Line {
            text: String,
        }
        let mut output = Vec::new();
        let bad_line = match answer(input.as_bytes(), &mut output, |line: Line| line.text.len()) {
            Err(Failure::Line(number, _)) => Some(number),
            _ => None,
        };
        (String::from_utf8(output).unwrap_or_default(), bad_line)
    }

    #[test]
    fn every_line_has_its_answer() {
        assert_eq!(lines("{\"text\":\"abc\"}\n\n{\"text\":\"\",\"lang\":\"fr\"}\n"), ("3\n0\n".to_owned(), None));
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        assert_eq!(lines("{\"text\":\"\"}\n\n{\"body\":1}\n"), ("0\n".to_owned(), Some(3)));
        assert_eq!(lines("{\"text\":\"\u{FFFD}").1, Some(1));
    }
}
