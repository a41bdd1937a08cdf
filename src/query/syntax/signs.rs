//! The signs in and around a bare word: `word*`, `word~`, NEAR/n, and the signs of other tools, which are answered with
//! ours.

use std::ops::Range;

use super::field;
use super::lexer::{Word, is_space};
use super::problem::Problem;

/// Most words between the two sides of NEAR: beyond it they stand in one passage by chance only, and AND says what is
/// meant.
const MOST_WITHIN: u32 = 100;

/// A number in digits of the Latin, Arabic or Persian keyboard.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits: Option<String> = text
        .chars()
        .map(|c| match c {
            '0'..='9' => Some(c),
            '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
            '\u{6F0}'..='\u{6F9}' => char::from_digit(c as u32 - 0x6F0, 10),
            _ => None,
        })
        .collect();
    digits?.parse().ok()
}

/// Takes `*` and `~` off a word's end.
pub(super) fn endings<'q>(query: &str, raw: &'q str, span: &Range<usize>) -> Result<Word<'q>, Problem> {
    if let Some((word, slop)) = raw.rsplit_once('~')
        && !word.is_empty()
        && !slop.is_empty()
        && number(slop).is_some()
    {
        return Err(slop_of_word(query, word, span));
    }
    let (text, inflected) = raw.strip_suffix('~').map_or((raw, false), |text| (text, true));
    let (text, stem) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
    if inflected && stem || text.ends_with('~') {
        return Err(two_endings(span.clone()));
    }
    let text = text.trim_matches(is_space);
    Ok(Word { text, raw, quoted: false, exact: false, stem, inflected })
}

/// `*` and `~` on one word.
pub(super) fn two_endings(span: Range<usize>) -> Problem {
    Problem::new(span, "a word takes one wildcard `*` or one `~` at its end, and not both")
        .help("`word*` is any continuation, `word~` any inflected form.")
}

/// `"a b"~5`, as Lucene writes it.
pub(super) fn slop(query: &str, span: Range<usize>) -> Problem {
    let rest = &query[span.end..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let span = span.start..span.end + digits;
    let distance = &query[span.end - digits..span.end];
    Problem::new(span, "distance is not written `~n` here")
        .help(format!("Write the two words with NEAR: a NEAR/{distance} b."))
}

fn slop_of_word(query: &str, word: &str, span: &Range<usize>) -> Problem {
    Problem::new(span.clone(), "`~n` for words of similar spelling is not known here")
        .help("`word~` finds the inflected forms of a word; spellings of names come from @concepts.")
        .replacing(query, span.clone(), &format!("{word}~"))
}

/// Reads `NEAR/n` or `ONEAR/n`; `None` where the word is no such operator.
pub(super) fn near(query: &str, raw: &str, span: &Range<usize>) -> Result<Option<(u32, bool)>, Problem> {
    let upper = raw.to_ascii_uppercase();
    let Some((name, rest)) = ["ONEAR", "NEAR"].iter().find_map(|name| Some((*name, upper.strip_prefix(name)?))) else {
        return other_near(query, &upper, span).map_or(Ok(None), Err);
    };
    let ordered = name == "ONEAR";
    if !rest.is_empty()
        && !rest.starts_with(|c: char| c == '/' || c == '~' || c == ':' || number(&c.to_string()).is_some())
    {
        return Ok(None);
    }
    let bare_word = rest.is_empty() && raw != upper;
    if bare_word {
        return Ok(None);
    }
    if let Some(problem) = spaced(query, name, rest, span) {
        return Err(problem);
    }
    let digits = rest.trim_start_matches(['/', '~', ':']);
    if rest.is_empty() || digits.is_empty() {
        let help = format!("Say how many words may stand between: {name}/5.");
        let message = format!("{name} needs a number right after it");
        return Err(Problem::new(span.clone(), message).help(help).replacing(
            query,
            span.clone(),
            &format!("{name}/5"),
        ));
    }
    if let Some(ordered) = digits.strip_suffix('F').and_then(number) {
        let help = "Order is asked for with ONEAR.";
        return Err(bad_near(span, raw).help(help).replacing(query, span.clone(), &format!("ONEAR/{ordered}")));
    }
    let too_long = digits.chars().all(|c| c.is_ascii_digit()).then_some(u32::MAX);
    let Some(within) = number(digits).or(too_long) else {
        return Err(bad_near(span, raw).help(format!("Write {name}/5, with a whole number up to {MOST_WITHIN}.")));
    };
    if raw != upper || !rest.starts_with('/') {
        return Err(written_otherwise(query, raw, name, within, span));
    }
    match within {
        0 => Err(Problem::new(span.clone(), format!("{name}/0 leaves no word between"))
            .help("Write the words side by side as a phrase, \"a b\", or NEAR/1 for one word between them.")),
        1..=MOST_WITHIN => Ok(Some((within, ordered))),
        _ => Err(Problem::new(span.clone(), format!("{name} reaches over at most {MOST_WITHIN} words"))
            .help("Write AND where the distance does not matter.")),
    }
}

fn bad_near(span: &Range<usize>, raw: &str) -> Problem {
    Problem::new(span.clone(), format!("`{raw}` is not a NEAR with a number"))
}

/// `near/5`, `NEAR5`, `NEAR:5`.
fn written_otherwise(query: &str, raw: &str, name: &str, within: u32, span: &Range<usize>) -> Problem {
    let problem =
        Problem::new(span.clone(), format!("`{raw}` is written {name}/{within}, in capitals and with a slash"));
    let problem = if raw.contains(['/', ':', '~']) {
        problem
    } else {
        problem.help("The number counts the words between; Factiva's near5 is NEAR/4.")
    };
    problem.replacing(query, span.clone(), &format!("{name}/{within}"))
}

/// `NEAR 5`, `NEAR /5`, `NEAR/ 5`.
fn spaced(query: &str, name: &str, rest: &str, span: &Range<usize>) -> Option<Problem> {
    if !rest.is_empty() && rest != "/" {
        return None;
    }
    let after = query[span.end..].trim_start_matches(is_space);
    let digits_at = after.strip_prefix('/').unwrap_or(after).trim_start_matches(is_space);
    let length = digits_at.find(|c: char| number(&c.to_string()).is_none()).unwrap_or(digits_at.len());
    let within = number(&digits_at[..length])?;
    let whole = span.start..query.len() - digits_at.len() + length;
    let message = format!("{name} and its number are written without a space: {name}/{within}");
    Some(Problem::new(whole.clone(), message).replacing(query, whole, &format!("{name}/{within}")))
}

/// The proximity operators of Factiva and Lexis.
fn other_near(query: &str, upper: &str, span: &Range<usize>) -> Option<Problem> {
    let (ours, rest, between) = [("W/", "NEAR", 0), ("PRE/", "ONEAR", 0), ("ADJ/", "ONEAR", 1), ("ADJ", "ONEAR", 1)]
        .iter()
        .find_map(|(theirs, ours, less)| Some((*ours, upper.strip_prefix(theirs)?, *less)))?;
    let within = number(rest)?.saturating_sub(between).max(1);
    let message = format!("`{}` is not known here; the operator is {ours}/{within}", &query[span.clone()]);
    Some(Problem::new(span.clone(), message).replacing(query, span.clone(), &format!("{ours}/{within}")))
}

/// Signs that other tools understand and that would be silently lost here.
pub(super) fn foreign(query: &str, raw: &str, span: &Range<usize>) -> Result<(), Problem> {
    let problem = |message: &str| Problem::new(span.clone(), message);
    for (signs, operator) in [(["&&", "&"], "AND"), (["||", "|"], "OR")] {
        let found = signs.iter().find_map(|sign| raw.find(sign).map(|at| (*sign, at)));
        if let Some((sign, at)) = found.filter(|(sign, _)| sign.len() == 2 || raw.len() == 1 || *sign == "|") {
            let at = span.start + at;
            let part = at..at + sign.len();
            let message = format!("`{sign}` is not known here; the operator is {operator}");
            let spaced = spaced_out(query, &part, operator);
            return Err(Problem::new(part.clone(), message).replacing(query, part, &spaced));
        }
    }
    if let Some(rest) = raw.strip_prefix('!') {
        let gap = span.start..query.len() - query[span.end - rest.len()..].trim_start_matches(is_space).len();
        return Err(problem("`!` is not known here; the operator is NOT").replacing(query, gap, "NOT "));
    }
    if let Some(rest) = raw.strip_suffix('!') {
        return Err(problem("`!` is no wildcard here; any ending is written with `*`").replacing(
            query,
            span.clone(),
            &format!("{rest}*"),
        ));
    }
    if let Some(rest) = raw.strip_prefix('+') {
        return Err(problem("`+` is not known here; every word must occur unless OR stands between").replacing(
            query,
            span.clone(),
            rest,
        ));
    }
    if raw.contains(['[', ']', '{', '}']) {
        return Err(problem("groups are written with round parentheses: (a OR b)"));
    }
    if raw.contains('?') {
        return Err(problem("`?` is no wildcard here; only `word*` is, for any ending"));
    }
    if let Some((word, weight)) = raw.split_once('^')
        && number(weight).is_some()
    {
        return Err(problem("weights (`word^2`) are not known here").replacing(query, span.clone(), word));
    }
    Ok(())
}

/// The operator with spaces where none stand around the place.
fn spaced_out(query: &str, part: &Range<usize>, operator: &str) -> String {
    let before = if query[..part.start].ends_with(is_space) || part.start == 0 { "" } else { " " };
    let after = if query[part.end..].starts_with(is_space) || part.end == query.len() { "" } else { " " };
    format!("{before}{operator}{after}")
}

/// A colon after what is no field.
pub(super) fn colon(query: &str, name: &str, value: &str, span: Range<usize>) -> Problem {
    let word = &query[span.clone()];
    if value.starts_with("//") || name.is_empty() || value.is_empty() || !name.chars().all(char::is_alphabetic) {
        let problem = Problem::new(span.clone(), format!("`{word}` has a colon, which only ends the name of a field"));
        if value.starts_with("//") {
            return problem
                .help("An address is no word of the text. Write url: before it for items of that address.")
                .replacing(query, span, &format!("url:{word}"));
        }
        let parts: Vec<&str> = word.split(':').filter(|part| !part.is_empty()).collect();
        let problem = problem
            .help("A colon parts words in texts too, so leave it out, or look for its two sides near each other.");
        return match parts[..] {
            [one] => problem.replacing(query, span, one),
            [one, two] => problem.replacing(query, span, &format!("({one} ONEAR/1 {two})")),
            _ => problem,
        };
    }
    field::unknown(query, name, span.start..span.start + name.len())
}
