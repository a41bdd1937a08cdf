//! Dates as feeds and pages print them: RFC 3339 and its W3C-DTF parts, RFC 822 as people write it, and the words of French,
//! Arabic, English and Hausa pages. Does not know the present: `hier` and `2 hours ago` are no dates here.
//!
//! A date is cut into tokens, the time of day is taken out of them, and the rest is read as a calendar date. Unknown words
//! (`Publié le`, weekdays, right or wrong) are passed over.

mod clock;
mod names;
mod token;

use clock::Clock;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use token::{Kind, Token, tokens};

/// Reads a printed date. A missing time is midnight, a missing zone UTC, a missing day or month the first. Where day and month
/// could be either (`03/04/2025`) the day comes first, as French and Arabic write it. None when no date is found or when the
/// date found does not exist (`30 février`).
#[must_use]
pub fn read(printed: &str) -> Option<Timestamp> {
    let mut tokens = tokens(printed);
    if let Some(instant) = epoch(&tokens) {
        return Some(instant);
    }
    let clock = clock::take(&mut tokens).unwrap_or_default();
    let day = numeric(&tokens).or_else(|| named(&tokens)).or_else(|| bare(&tokens))?;
    instant(day, clock)
}

/// Year, month and day as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: u64,
    month: u64,
    day: u64,
}

fn instant(day: Day, clock: Clock) -> Option<Timestamp> {
    let date =
        Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()?;
    let time = Time::new(clock.hour, clock.minute, clock.second, clock.nanosecond).ok()?;
    Offset::from_seconds(clock.offset).ok()?.to_timestamp(date.to_datetime(time)).ok()
}

/// Seconds (9 or 10 digits: 1973 to 2286) or milliseconds since 1970, standing alone; a fraction is passed over.
fn epoch(tokens: &[Token]) -> Option<Timestamp> {
    let number = match tokens {
        [number] => number,
        [number, point, fraction] if point.is('.') && fraction.number().is_some() => number,
        _ => return None,
    };
    let (value, digits) = number.number()?;
    let value = i64::try_from(value).ok()?;
    match digits {
        9 | 10 => Timestamp::from_second(value).ok(),
        12 | 13 => Timestamp::from_millisecond(value).ok(),
        _ => None,
    }
}

/// `2025-04-22`, `22/04/2025`, `22.04.25`; `04/22/2025` where only the American order makes sense.
fn numeric(tokens: &[Token]) -> Option<Day> {
    tokens.windows(5).find_map(|window| {
        let [first, mark, second, again, third] = window else { return None };
        if mark.kind != again.kind || !['-', '/', '.'].iter().any(|&sign| mark.is(sign)) {
            return None;
        }
        let (first, second, third) = (first.number()?, second.number()?, third.number()?);
        match (first.1, second.1, third.1) {
            (4, 1 | 2, 1 | 2) => Some(Day { year: first.0, month: second.0, day: third.0 }),
            (1 | 2, 1 | 2, 2 | 4) if second.0 > 12 && first.0 <= 12 => {
                Some(Day { year: full_year(third), month: first.0, day: second.0 })
            }
            (1 | 2, 1 | 2, 2 | 4) => Some(Day { year: full_year(third), month: second.0, day: first.0 }),
            _ => None,
        }
    })
}

/// `22 avril 2025`, `April 22, 2025`, `22-Apr-25`, `Apr 22 … 2025`, `2025 April 22`, `avril 2025`.
fn named(tokens: &[Token]) -> Option<Day> {
    let (at, month) = month(tokens)?;
    let before = tokens[..at].iter().rev().find(|token| !may_stand_between(token)).and_then(Token::number);
    let mut after = tokens[at..].iter().filter_map(Token::number);
    let (year, day) = match before {
        Some((year, 4)) => (year, after.next().map_or(1, |(day, _)| day)),
        Some((day, 1 | 2)) => (full_year(after.next().filter(is_year)?), day),
        _ => match after.next()? {
            (year, 4) => (year, 1),
            (day, _) => (full_year(after.next().filter(is_year)?), day),
        },
    };
    Some(Day { year, month, day })
}

/// Where a month is named, and its number.
fn month(tokens: &[Token]) -> Option<(usize, u64)> {
    let named = |at: usize| {
        let next = tokens.get(at + 1).and_then(Token::word);
        Some((at, u64::try_from(names::month(tokens[at].word()?, next)?).ok()?))
    };
    let doubtful = |&(at, _): &(usize, u64)| tokens[at].word().is_some_and(names::may_be_weekday);
    let months = || (0..tokens.len()).filter_map(named);
    months().find(|month| !doubtful(month)).or_else(|| months().next())
}

fn may_stand_between(token: &Token) -> bool {
    match &token.kind {
        Kind::Mark(mark) => matches!(mark, '-' | '/' | '.'),
        Kind::Word(word) => names::is_filler(word),
        Kind::Number { .. } | Kind::Taken => false,
    }
}

/// `20250422`, wherever it stands; `2025` and `2025-04` only alone, since a year is found in many a sentence.
fn bare(tokens: &[Token]) -> Option<Day> {
    match tokens {
        [year] if year.number()?.1 == 4 => Some(Day { year: year.number()?.0, month: 1, day: 1 }),
        [year, dash, month] if year.number()?.1 == 4 && dash.is('-') && month.number()?.1 == 2 => {
            Some(Day { year: year.number()?.0, month: month.number()?.0, day: 1 })
        }
        _ => tokens.iter().filter_map(Token::number).find(|&(_, digits)| digits == 8).map(|(value, _)| Day {
            year: value / 10_000,
            month: value / 100 % 100,
            day: value % 100,
        }),
    }
}

fn is_year(&(_, digits): &(u64, usize)) -> bool {
    matches!(digits, 2 | 4)
}

/// Years of two digits: up to 49 in this century (RFC 5322 §4.3).
fn full_year((value, digits): (u64, usize)) -> u64 {
    match (digits, value) {
        (2, 0..=49) => 2000 + value,
        (2, _) => 1900 + value,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(printed, as RFC 3339)`; an empty instant is None.
    const TABLE: &[(&str, &str)] = &[
        // RFC 3339 and W3C-DTF
        ("2025-04-22T21:35:07Z", "2025-04-22T21:35:07Z"),
        ("2025-04-22t21:35:07.52+01:00", "2025-04-22T20:35:07.52Z"),
        ("2025-04-22T21:35:07.123456789Z", "2025-04-22T21:35:07.123456789Z"),
        ("2025-04-22T21:35-03:00", "2025-04-23T00:35:00Z"),
        ("2025-04-22 21:35:07", "2025-04-22T21:35:07Z"),
        ("2025-04-22T21:35:60Z", "2025-04-22T21:35:59Z"),
        ("2017-06-13T03:18:00+00:0", "2017-06-13T03:18:00Z"),
        ("20250422T213507Z", "2025-04-22T21:35:07Z"),
        ("20250422T2135+0100", "2025-04-22T20:35:00Z"),
        ("20250422", "2025-04-22T00:00:00Z"),
        ("2025-04-22", "2025-04-22T00:00:00Z"),
        ("2025-04-22+01:00", "2025-04-22T00:00:00Z"),
        ("2025-04", "2025-04-01T00:00:00Z"),
        ("2025", "2025-01-01T00:00:00Z"),
        // RFC 822, 2822, 850, asctime, and what feeds make of them
        ("Tue, 22 Apr 2025 21:35:07 GMT", "2025-04-22T21:35:07Z"),
        ("Mon, 22 Apr 2025 21:35:07 +0100", "2025-04-22T20:35:07Z"),
        ("  Tue,22 Apr 2025   21:35:07 -0330 ", "2025-04-23T01:05:07Z"),
        ("22 Apr 25 21:35 Z", "2025-04-22T21:35:00Z"),
        ("22 Apr 99 21:35 UT", "1999-04-22T21:35:00Z"),
        ("Tue, 22 April 2025 21:35:07 EST", "2025-04-23T02:35:07Z"),
        ("Tue 22 Apr 2025 21:35:07 WAT", "2025-04-22T20:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 CET", "2025-04-22T20:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 CEST", "2025-04-22T19:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 A", "2025-04-22T21:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 +0100 (CET)", "2025-04-22T20:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 UTC+1", "2025-04-22T20:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 GMT+01:00", "2025-04-22T20:35:07Z"),
        ("Tue, 22 Apr 2025 21:35:07 Nowhere", "2025-04-22T21:35:07Z"),
        ("Tue, 22 Apr 2025 21:35", "2025-04-22T21:35:00Z"),
        ("Tue, 22 Apr 2025", "2025-04-22T00:00:00Z"),
        ("Tuesday, 22-Apr-25 21:35:07 GMT", "2025-04-22T21:35:07Z"),
        ("Tue Apr 22 21:35:07 2025", "2025-04-22T21:35:07Z"),
        ("Tue Apr  2 21:35:07 EDT 2025", "2025-04-03T01:35:07Z"),
        ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33Z"),
        // French
        ("mardi 22 avril 2025 à 21h35min", "2025-04-22T21:35:00Z"),
        ("Publié le mardi 22 avril 2025 à 21 h 35 min 07 s", "2025-04-22T21:35:07Z"),
        ("22 avril 2025", "2025-04-22T00:00:00Z"),
        ("22/04/2025 21:35", "2025-04-22T21:35:00Z"),
        ("22/04/2025 - 21:35", "2025-04-22T21:35:00Z"),
        ("21h 22 avril 2025", "2025-04-22T21:00:00Z"),
        ("21:35 -22/04/2025", "2025-04-22T21:35:00Z"),
        ("le 22.04.25, 9h05", "2025-04-22T09:05:00Z"),
        ("1er mai 2025", "2025-05-01T00:00:00Z"),
        ("1ᵉʳ août 2025", "2025-08-01T00:00:00Z"),
        ("mar. 22 avr. 2025", "2025-04-22T00:00:00Z"),
        ("22 mar. 2025", "2025-03-22T00:00:00Z"),
        ("12 févr. 2025 à 21:35 TU", "2025-02-12T21:35:00Z"),
        ("3 JANV. 2025", "2025-01-03T00:00:00Z"),
        ("14 juil. 2025 | 12 commentaires", "2025-07-14T00:00:00Z"),
        ("5 décembre 2024, mis à jour le 6 décembre 2024 à 10h", "2024-12-05T10:00:00Z"),
        ("septembre 2024", "2024-09-01T00:00:00Z"),
        // Arabic: both kinds of digits, all calendars
        ("الثلاثاء 22 أبريل 2025 - 21:35", "2025-04-22T21:35:00Z"),
        ("الثلاثاء، ٢٢ أبريل ٢٠٢٥", "2025-04-22T00:00:00Z"),
        ("۲۲/۰۴/۲۰۲۵", "2025-04-22T00:00:00Z"),
        ("22 نيسان/أبريل 2025", "2025-04-22T00:00:00Z"),
        ("15 يناير 2025 09:35 م", "2025-01-15T21:35:00Z"),
        ("15 كانون الثاني 2025", "2025-01-15T00:00:00Z"),
        ("15 جانفي 2025م", "2025-01-15T00:00:00Z"),
        ("15 تشرين الأول 2025", "2025-10-15T00:00:00Z"),
        ("15 كانون الأول 2025", "2025-12-15T00:00:00Z"),
        ("15 سبتمبر 2025", "2025-09-15T00:00:00Z"),
        ("15 أيلول 2025", "2025-09-15T00:00:00Z"),
        ("15 شتنبر 2025 9:35 صباحًا", "2025-09-15T09:35:00Z"),
        ("15 آب 2025", "2025-08-15T00:00:00Z"),
        ("15 غشت 2025", "2025-08-15T00:00:00Z"),
        ("15 أغسطـــس 2025", "2025-08-15T00:00:00Z"),
        // English
        ("April 22, 2025 9:35 pm", "2025-04-22T21:35:00Z"),
        ("Posted on Apr 22nd, 2025 at 12:05 a.m. EST", "2025-04-22T05:05:00Z"),
        ("22nd of April 2025, 9pm", "2025-04-22T21:00:00Z"),
        ("21:35 April 22, 2025", "2025-04-22T21:35:00Z"),
        ("2025 April 22", "2025-04-22T00:00:00Z"),
        ("04/22/2025", "2025-04-22T00:00:00Z"),
        ("03/04/2025", "2025-04-03T00:00:00Z"),
        // Hausa
        ("Talata 22 Afrilu 2025", "2025-04-22T00:00:00Z"),
        ("2 ga Janairu 2025", "2025-01-02T00:00:00Z"),
        ("1 Satumba, 2025", "2025-09-01T00:00:00Z"),
        // epoch
        ("1745357707", "2025-04-22T21:35:07Z"),
        ("1745357707.25", "2025-04-22T21:35:07Z"),
        ("1745357707520", "2025-04-22T21:35:07.52Z"),
        // impossible, or no date at all
        ("30 février 2025", ""),
        ("2025-13-01", ""),
        ("22 avril 2025 25:10", ""),
        ("2025-04-22T21:35:07+99:00", ""),
        ("29/02/2023", ""),
        ("99999999999999999999999999", ""),
        ("22 avril", ""),
        ("il y a 3 heures", ""),
        ("21:35", ""),
        ("mai", ""),
        ("12 morts et 2025 déplacés", ""),
        ("", ""),
        ("\u{0}\u{FFFD}:::---///", ""),
    ];

    #[test]
    fn printed_dates() {
        let wrong: Vec<String> = TABLE
            .iter()
            .map(|&(printed, want)| (printed, want, read(printed).map(|t| t.to_string()).unwrap_or_default()))
            .filter(|(_, want, got)| want != got)
            .map(|(printed, want, got)| format!("{printed:?}: want {want:?}, got {got:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_month_of_every_calendar() {
        let calendars = [
            "January February March April May June July August September October November December",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "Janairu Fabrairu Maris Afrilu Mayu Yuni Yuli Agusta Satumba Oktoba Nuwamba Disamba",
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
            "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
            "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
            "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
            "يناير فبراير مارس إبريل مايو يونيو يوليو أغشت شتمبر أكتوبر نوفمبر دجمبر",
        ];
        for calendar in calendars {
            for (number, name) in (1..).zip(calendar.split(' ')) {
                let printed = format!("7 {} 2025", name.replace('_', " "));
                let want = Date::new(2025, number, 7).ok();
                assert_eq!(read(&printed).map(|t| Offset::UTC.to_datetime(t).date()), want, "{printed}");
            }
        }
    }

    #[test]
    fn a_paragraph_is_read_no_further_than_a_date_is_long() {
        let long = format!("{} 22 avril 2025", "mot ".repeat(100_000));
        assert_eq!(read(&long), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(printed in "\\PC{0,60}", dateish in "[0-9٠-٩ :/.,+TZhpm\\-]{0,40}") {
            let _ = (read(&printed), read(&dateish));
        }
    }
}
