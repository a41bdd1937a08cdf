//! Numbers made of words: `vingt et un`, `خمسة وعشرين`, `one hundred and five`, `ɗari biyu da hamsin`, `two dozen`,
//! and the ones that articles and duals say. Leaves every number behind as one unit; what it counts is not known
//! here.

use super::sense::{Count, Numeral, Persons, Role, Sense};
use super::unit::{Gap, Unit};
use crate::text::Tokens;

/// Makes one [`Sense::Count`] of each number of a sentence.
pub(super) fn compose(units: &mut Vec<Unit>, tokens: &Tokens) {
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let parser = Parser { units, tokens, at };
        let previous = out.last().copied();
        let (sense, len) = parser.read(previous.as_ref()).unwrap_or((unit.sense, 1));
        let last = units[at + len - 1].last;
        out.push(Unit { last, sense, ..*unit });
        at += len;
    }
    *units = out;
}

struct Parser<'a> {
    units: &'a [Unit],
    tokens: &'a Tokens,
    at: usize,
}

impl Parser<'_> {
    fn sense(&self, ahead: usize) -> Sense {
        self.units
            .get(self.at + ahead)
            .filter(|unit| ahead == 0 || unit.adjoins())
            .map_or(Sense::Plain, |unit| unit.sense)
    }

    /// The number that starts here, and how many units it takes. None when none does.
    fn read(&self, previous: Option<&Unit>) -> Option<(Sense, usize)> {
        match self.sense(0) {
            Sense::Digits(digits) => Some(self.digits(digits)),
            Sense::Number(_) => self.words(),
            Sense::About(value) => Some((Sense::Count(Count::about(value)), 1)),
            Sense::Vague(value) => Some(self.vague(value)),
            Sense::Article => self.article(),
            Sense::Other => Some(self.other(previous)),
            Sense::Indefinite => Some(self.indefinite(previous)),
            Sense::Person(Persons::Two) => Some(self.dual(previous)),
            _ => None,
        }
    }

    fn digits(&self, digits: super::sense::Digits) -> (Sense, usize) {
        let (thousandths, len, about) = match self.sense(1) {
            Sense::Number(Numeral::Times(times)) => (digits.thousandths.saturating_mul(times.into()), 2, false),
            Sense::Vague(times @ (1000 | 1_000_000)) => (digits.thousandths.saturating_mul(times.into()), 2, false),
            Sense::About(times) => (digits.thousandths.saturating_mul(times.into()), 2, true),
            _ => (digits.thousandths, 1, false),
        };
        let Some(value) = whole(thousandths) else { return (Sense::Plain, len) };
        let mut count = if about { Count::about(value) } else { Count::exact(value) };
        if digits.open {
            count = count.qualified(crate::model::TollQualifier::AtLeast);
        }
        if digits.year && len == 1 {
            count.role = Role::Year;
        }
        if value == 0 {
            count.role = Role::Blank;
        }
        (Sense::Count(count), len)
    }

    fn words(&self) -> Option<(Sense, usize)> {
        let (value, len) = self.compose();
        if len == 1 && self.sense(0) == Sense::Number(Numeral::One) {
            return match self.sense(1) {
                Sense::About(about) => Some((Sense::Count(Count::about(about)), 2)),
                _ => self.one_person(true).then_some((Sense::Count(Count::exact(1)), 1)),
            };
        }
        Some(match self.sense(len) {
            Sense::About(times) => (Sense::Count(Count::about(value.saturating_mul(times))), len + 1),
            Sense::Vague(times) if value < 100 => {
                let count = Count::exact(value.saturating_mul(times));
                (Sense::Count(if times >= 1000 { count } else { Count::about(count.min) }), len + 1)
            }
            _ => (Sense::Count(Count::exact(value)), len),
        })
    }

    /// The value of the number words from here on, and how many units they take.
    fn compose(&self) -> (u32, usize) {
        let mut sum = Sum::default();
        let mut len = 0;
        loop {
            let joint = if len > 0 { self.joint(len) } else { Joint::None };
            let skip = usize::from(matches!(joint, Joint::And | Joint::Et | Joint::Da));
            let next = match self.sense(len + skip) {
                Sense::Number(numeral) => Operand::Word(numeral),
                Sense::Digits(digits) if sum.awaits_factor() => match whole(digits.thousandths) {
                    Some(value) => Operand::Value(value),
                    None => break,
                },
                _ => break,
            };
            if !sum.take(next, joint) {
                break;
            }
            len += skip + 1;
        }
        (sum.value(), len.max(1))
    }

    /// What joins the number word `ahead` to the one before it.
    fn joint(&self, ahead: usize) -> Joint {
        let Some(unit) = self.units.get(self.at + ahead) else { return Joint::None };
        if unit.sense != Sense::And {
            return if unit.conjoined { Joint::Waw } else { Joint::None };
        }
        match self.tokens.folded(&self.tokens.words()[unit.first]) {
            "and" => Joint::And,
            "et" => Joint::Et,
            "da" => Joint::Da,
            _ => Joint::None,
        }
    }

    /// `dozens`, `hundreds of thousands`, `عشرات الآلاف`.
    fn vague(&self, value: u32) -> (Sense, usize) {
        let joined = usize::from(self.sense(1) == Sense::From);
        match self.sense(1 + joined) {
            Sense::Vague(times) | Sense::Number(Numeral::Times(times)) if times >= 1000 && times > value => {
                (Sense::Count(Count::vague(value.saturating_mul(times))), 2 + joined)
            }
            _ => (Sense::Count(Count::vague(value)), 1),
        }
    }

    /// `a dozen`, `a hundred`, `a soldier`.
    fn article(&self) -> Option<(Sense, usize)> {
        match self.sense(1) {
            Sense::About(value) => Some((Sense::Count(Count::about(value)), 2)),
            Sense::Number(Numeral::Times(value)) => Some((Sense::Count(Count::exact(value)), 2)),
            _ => self.one_person(false).then_some((Sense::Count(Count::exact(1)), 1)),
        }
    }

    /// Whether one person follows an article or `one`: at once, or behind adjectives. English may put two words of
    /// any kind between (`a Red Cross worker`), French those of a short list.
    fn one_person(&self, numeral: bool) -> bool {
        let french = numeral && self.tokens.folded(&self.tokens.words()[self.units[self.at].first]) != "one";
        for ahead in 1..=4 {
            match self.sense(ahead) {
                Sense::Person(Persons::One) | Sense::Other => return true,
                Sense::Trigger(trigger) if !numeral => return ahead == 1 && trigger.is_noun(),
                Sense::Trigger(_) => return ahead == 1 || french,
                Sense::From if ahead == 1 => return numeral && !french,
                Sense::Adjective => {}
                // `a 40-year-old farmer`.
                Sense::Digits(_) | Sense::Number(_) if self.hyphenated(ahead + 1) => {}
                Sense::Thing if self.hyphenated(ahead) => {}
                Sense::Plain if !french && self.units.len() > self.at + ahead => {}
                _ => return false,
            }
        }
        false
    }

    /// Whether a measure is joined to the word before by a hyphen.
    fn hyphenated(&self, ahead: usize) -> bool {
        self.units.get(self.at + ahead).is_some_and(|unit| unit.gap == Gap::Hyphen && unit.sense == Sense::Thing)
    }

    /// `another`, `آخر`: one when it stands for a person itself.
    fn other(&self, previous: Option<&Unit>) -> (Sense, usize) {
        let behind_event = previous.is_some_and(|unit| unit.trigger().is_some());
        let stands_alone = match self.sense(1) {
            Sense::Trigger(_) | Sense::Person(Persons::One) => true,
            Sense::Digits(_) | Sense::Number(_) | Sense::Vague(_) | Sense::About(_) => false,
            _ => behind_event,
        };
        (if stands_alone { Sense::Count(Count::exact(1)) } else { Sense::Plain }, 1)
    }

    /// `several`; but `several dozen` is vague, and behind a number (`12 many`) it means nothing.
    fn indefinite(&self, previous: Option<&Unit>) -> (Sense, usize) {
        match self.sense(1) {
            Sense::About(value) => (Sense::Count(Count::vague(value)), 2),
            Sense::Vague(value) => {
                let (sense, len) = Parser { at: self.at + 1, ..*self }.vague(value);
                (sense, len + 1)
            }
            Sense::Number(Numeral::Times(value)) => (Sense::Count(Count::vague(value)), 2),
            Sense::Digits(_) | Sense::Number(_) => (Sense::Plain, 1),
            _ if previous.is_some_and(|unit| matches!(unit.sense, Sense::Count(_))) => (Sense::Plain, 1),
            _ => (Sense::Count(Count::blank()), 1),
        }
    }

    /// An Arabic dual is two, unless a number stands before it already; `اثنين` behind it says nothing new.
    fn dual(&self, previous: Option<&Unit>) -> (Sense, usize) {
        if previous.is_some_and(|unit| matches!(unit.sense, Sense::Count(_))) && self.units[self.at].gap == Gap::Space {
            return (Sense::Person(Persons::Many), 1);
        }
        let repeated = self.sense(1) == Sense::Number(Numeral::Unit(2));
        (Sense::Count(Count::exact(2)), 1 + usize::from(repeated))
    }
}

/// A whole number of people out of thousandths. None for decimals and for more than any toll.
fn whole(thousandths: u64) -> Option<u32> {
    /// More than the people of the Sahel: a telephone number, or money.
    const MOST: u64 = 200_000_000;
    let value = thousandths / 1000;
    (thousandths.is_multiple_of(1000) && value <= MOST).then(|| u32::try_from(value).ok()).flatten()
}

/// What joins two number words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    None,
    /// English, behind hundreds.
    And,
    /// French, before `un` and `onze`.
    Et,
    /// Hausa.
    Da,
    /// Arabic, glued to the word.
    Waw,
}

#[derive(Clone, Copy)]
enum Operand {
    Word(Numeral),
    Value(u32),
}

/// A number being summed up.
#[derive(Default)]
struct Sum {
    /// Thousands and millions that are done.
    total: u32,
    current: u32,
    /// Factor of a Hausa multiplier still waiting for what it multiplies.
    factor: Option<u32>,
    started: bool,
}

impl Sum {
    fn awaits_factor(&self) -> bool {
        self.factor.is_some()
    }

    fn value(&self) -> u32 {
        self.total.saturating_add(self.current).saturating_add(self.factor.unwrap_or(0))
    }

    /// Adds a number word if the language would; false when the number ended before it.
    fn take(&mut self, operand: Operand, joint: Joint) -> bool {
        if let Some(factor) = self.factor.take() {
            if let Some(value) = simple(operand).filter(|_| joint == Joint::None) {
                self.current = self.current.saturating_add(factor.saturating_mul(value));
                return true;
            }
            self.current = self.current.saturating_add(factor);
        }
        let Operand::Word(numeral) = operand else { return false };
        let first = !std::mem::replace(&mut self.started, true);
        match numeral {
            Numeral::One => self.add(1, first, joint),
            Numeral::Unit(value) | Numeral::Teen(value) | Numeral::Tens(value) => self.add(value, first, joint),
            Numeral::Score if self.current % 100 == 4 && joint == Joint::None => {
                self.current = self.current.saturating_add(76);
                true
            }
            Numeral::Score => self.add(20, first, joint),
            Numeral::ArabicTen if first => self.add(10, first, joint),
            Numeral::ArabicTen if joint == Joint::None && (1..10).contains(&(self.current % 100)) => {
                self.current = self.current.saturating_add(10);
                true
            }
            Numeral::ArabicTen => self.add(10, first, joint),
            Numeral::Hundreds(value) => self.add_hundreds(value, first, joint),
            Numeral::Times(times) => self.multiply(times, first, joint),
            Numeral::TimesNext(times) => {
                let fits = first || (joint == Joint::Da && self.current >= times);
                self.factor = fits.then_some(times);
                fits
            }
        }
    }

    /// Adds 1 to 99 behind nothing, behind hundreds, or behind tens.
    fn add(&mut self, value: u32, first: bool, joint: Joint) -> bool {
        let (rest, tens) = (self.current % 100, self.current.is_multiple_of(10));
        let fits = match joint {
            _ if first => true,
            Joint::None if rest == 0 => true,
            Joint::None => (tens && rest >= 20 && value < 10) || (matches!(rest, 60 | 80) && (10..20).contains(&value)),
            Joint::And => rest == 0 && self.current > 0,
            Joint::Et => rest >= 20 && tens && matches!(value, 1 | 11),
            Joint::Da => rest == 0 || (rest >= 20 && tens && value < 10),
            // Units stand before tens: `خمسة وعشرين`.
            Joint::Waw => rest == 0 || (rest < 10 && value >= 20),
        };
        if fits {
            self.current = self.current.saturating_add(value);
        }
        fits
    }

    fn add_hundreds(&mut self, value: u32, first: bool, joint: Joint) -> bool {
        let fits = first || (self.current == 0 && joint != Joint::And) || (joint == Joint::Waw && self.current >= 1000);
        if fits {
            self.current = self.current.saturating_add(value);
        }
        fits
    }

    fn multiply(&mut self, times: u32, first: bool, joint: Joint) -> bool {
        if joint == Joint::Waw && times == 100 {
            return self.add_hundreds(100, first, joint);
        }
        if joint != Joint::None || self.current >= times {
            return false;
        }
        let value = self.current.max(1).saturating_mul(times);
        if times == 100 {
            self.current = value;
        } else {
            self.total = self.total.saturating_add(value);
            self.current = 0;
        }
        true
    }
}

/// The value of a number that a Hausa multiplier may take.
fn simple(operand: Operand) -> Option<u32> {
    match operand {
        Operand::Value(value) => Some(value),
        Operand::Word(Numeral::Unit(value) | Numeral::Teen(value) | Numeral::Tens(value)) => Some(value),
        Operand::Word(_) => None,
    }
}
