//! The time of day in a printed date, with its zone.

use super::names::{self, Meridiem};
use super::token::{Kind, Token};

/// A time of day as printed; whether such a time exists is for the calendar to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
    pub(super) nanosecond: i32,
    /// Seconds east of UTC; 0 when no zone is printed.
    pub(super) offset: i32,
}

/// Takes the first time of day out of the tokens, so that its numbers are not read as a date.
pub(super) fn take(tokens: &mut [Token]) -> Option<Clock> {
    for start in 0..tokens.len() {
        let mut cursor = Cursor { tokens, at: start };
        if let Some(clock) = clock(&mut cursor) {
            let end = cursor.at;
            tokens[start..end].iter_mut().for_each(|token| token.kind = Kind::Taken);
            return Some(clock);
        }
    }
    None
}

fn clock(cursor: &mut Cursor<'_>) -> Option<Clock> {
    if cursor.follows('+') {
        return None;
    }
    let compact = cursor.follows_t();
    let (hour, digits) = cursor.number()?;
    let mut clock = match digits {
        4 if compact => Clock { hour: small(hour / 100), minute: small(hour % 100), ..Clock::default() },
        6 if compact => Clock {
            hour: small(hour / 10_000),
            minute: small(hour / 100 % 100),
            second: small(hour % 100),
            ..Clock::default()
        },
        1 | 2 => {
            let hour = small(hour);
            if cursor.mark(':') {
                with_colons(cursor, hour)?
            } else if cursor.word(names::is_hour) {
                with_units(cursor, hour)
            } else {
                let meridiem = meridiem(cursor)?;
                return Some(Clock { hour: on_24(hour, meridiem), offset: zone(cursor), ..Clock::default() });
            }
        }
        _ => return None,
    };
    if let Some(meridiem) = meridiem(cursor) {
        clock.hour = on_24(clock.hour, meridiem);
    }
    clock.offset = zone(cursor);
    Some(clock)
}

/// `21:35`, `21:35:00`, `21:35:00.52`, after the first colon.
fn with_colons(cursor: &mut Cursor<'_>, hour: i8) -> Option<Clock> {
    let (minute, _) = cursor.number().filter(|&(_, digits)| digits <= 2)?;
    let mut clock = Clock { hour, minute: small(minute), ..Clock::default() };
    if cursor.mark(':') {
        let (second, _) = cursor.number().filter(|&(_, digits)| digits <= 2)?;
        // A leap second has no place in jiff's calendar, nor in anybody's news.
        clock.second = if second == 60 { 59 } else { small(second) };
        clock.nanosecond = fraction(cursor);
    }
    Some(clock)
}

/// The fraction of a second, as nanoseconds.
fn fraction(cursor: &mut Cursor<'_>) -> i32 {
    let [point, digits, ..] = cursor.rest() else { return 0 };
    let (Some((value, count @ 1..=9)), true) =
        (digits.number(), (point.is('.') || point.is(',')) && point.glued && digits.glued)
    else {
        return 0;
    };
    cursor.at += 2;
    let scale = 10_u64.pow(9 - u32::try_from(count).expect("count is at most 9"));
    i32::try_from(value * scale).unwrap_or(0)
}

/// `21h`, `21h35`, `21 h 35 min 10 s`, after the word for hour.
fn with_units(cursor: &mut Cursor<'_>, hour: i8) -> Clock {
    let mut clock = Clock { hour, ..Clock::default() };
    let before = cursor.at;
    let Some((minute, digits)) = cursor.number() else { return clock };
    let named = cursor.word(names::is_minute);
    // `21h 22 avril`: a number that begins a date is no minute.
    if digits > 2 || !(named || digits == 2 && !cursor.begins_date()) {
        cursor.at = before;
        return clock;
    }
    clock.minute = small(minute);
    let before = cursor.at;
    match cursor.number() {
        Some((second, 1 | 2)) if cursor.word(names::is_second) => clock.second = small(second),
        _ => cursor.at = before,
    }
    clock
}

/// `pm`, `p.m.`, `م`.
fn meridiem(cursor: &mut Cursor<'_>) -> Option<Meridiem> {
    if let [first, point, m, ..] = cursor.rest()
        && (first.word() == Some("a") || first.word() == Some("p"))
        && point.is('.')
        && m.word() == Some("m")
    {
        let half = if first.word() == Some("a") { Meridiem::Am } else { Meridiem::Pm };
        cursor.at += 3;
        cursor.mark('.');
        return Some(half);
    }
    let half = cursor.rest().first()?.word().and_then(names::meridiem)?;
    cursor.at += 1;
    Some(half)
}

fn on_24(hour: i8, half: Meridiem) -> i8 {
    match half {
        Meridiem::Am if hour == 12 => 0,
        Meridiem::Pm if hour < 12 => hour + 12,
        _ => hour,
    }
}

/// The zone after a time, in seconds east of UTC: `+0100`, `-03:00`, `UTC+1`, `EST`. UTC when there is none.
fn zone(cursor: &mut Cursor<'_>) -> i32 {
    cursor.mark('(');
    let Some(hours) = cursor.rest().first().and_then(Token::word).and_then(names::zone_hours) else {
        return offset(cursor).unwrap_or(0);
    };
    cursor.at += 1;
    match cursor.rest().first() {
        Some(sign) if hours == 0 && sign.glued => offset(cursor).unwrap_or(0),
        _ => hours * 3600,
    }
}

/// A sign with a number right behind it, unless that number begins a date.
fn offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    let [sign, digits, rest @ ..] = cursor.rest() else { return None };
    let (value, count) = digits.number().filter(|_| digits.glued && (sign.is('+') || sign.is('-')))?;
    let mut after = Cursor { tokens: rest, at: 0 };
    let (hours, minutes) = match count {
        3 | 4 => (value / 100, value % 100),
        1 | 2 if after.mark(':') => (value, after.number()?.0),
        1 | 2 if !after.begins_date() => (value, 0),
        _ => return None,
    };
    let seconds = i32::try_from(hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60))).ok()?;
    let seconds = if sign.is('-') { -seconds } else { seconds };
    cursor.at += 2 + after.at;
    Some(seconds)
}

/// Too large stays too large: `i8::MAX` is no hour, minute or second.
fn small(value: u64) -> i8 {
    i8::try_from(value).unwrap_or(i8::MAX)
}

/// A place in the tokens.
struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [Token] {
        &self.tokens[self.at..]
    }

    fn number(&mut self) -> Option<(u64, usize)> {
        let number = self.rest().first()?.number()?;
        self.at += 1;
        Some(number)
    }

    fn mark(&mut self, mark: char) -> bool {
        let found = self.rest().first().is_some_and(|token| token.is(mark));
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, accept: fn(&str) -> bool) -> bool {
        let found = self.rest().first().and_then(Token::word).is_some_and(accept);
        self.at += usize::from(found);
        found
    }

    /// Whether the number just read is followed by what makes it a day: `/04`, `-04`, `avril`, `er mai`.
    fn begins_date(&self) -> bool {
        let word = |at: usize| self.rest().get(at).and_then(Token::word);
        let marked = self.rest().first().is_some_and(|token| token.is('/') || token.is('-') || token.is('.'));
        marked || word(0).is_some_and(|first| names::month(first, word(1)).is_some() || names::is_filler(first))
    }

    /// Whether this mark stands right before.
    fn follows(&self, mark: char) -> bool {
        self.at > 0 && self.tokens[self.at].glued && self.tokens[self.at - 1].is(mark)
    }

    /// Whether the `T` of ISO 8601 stands right before.
    fn follows_t(&self) -> bool {
        self.at > 0 && self.tokens[self.at].glued && self.tokens[self.at - 1].word() == Some("t")
    }
}
