//! What words mean to the grammar of casualty figures. The tables in `words` say which words mean it, per language.

use crate::model::{TollKind, TollQualifier};

/// What a word, or a fixed run of words, means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sense {
    /// Nothing to the grammar.
    Plain,
    /// A number in digits.
    Digits(Digits),
    /// A number word, or part of one.
    Number(Numeral),
    /// `dozens`: this many at least, the end open.
    Vague(u32),
    /// `dizaine`: about this many.
    About(u32),
    /// `a`, `an`: one, when a person follows.
    Article,
    /// `another`: one, when no number follows.
    Other,
    /// `several`, `plusieurs`: takes what happened for itself, and says no figure.
    Indefinite,
    /// A word for people.
    Person(Persons),
    /// A noun that counts no people: units, vehicles, places. Its number is no toll.
    Thing,
    /// A noun that names by number: route 7, Boeing 737.
    Label,
    /// The name of a month or weekday, or what stands before a year.
    Calendar,
    /// `who`: what follows at once was done by those before.
    Relative,
    /// `at`, `near`: a place follows.
    Place,
    /// `by`, `aged`: whoever or whatever follows is not the counted.
    Excludes,
    /// `jeune`, `haut`: may stand between a French article and its person.
    Adjective,
    /// What happened to the counted.
    Trigger(Trigger),
    /// What stands before, or behind, an uncertain number.
    Qualifier(TollQualifier),
    /// `between`, `entre`, `بين`.
    Between,
    /// `from`, `de`, `من`; also joins a measure and what it measures.
    From,
    /// `to`, `à`, `إلى`.
    To,
    /// `and`; ends a clause.
    And,
    /// `but`, `while`: ends a clause, and joins no list.
    But,
    /// `or`.
    Or,
    /// `rises`, `passe`: what follows `from` is the old figure.
    Rise,
    /// `including`, `dont`: what follows is part of a figure already told.
    Sub,
    /// `of them`: what stands before is part of a figure already told.
    SubAfter,
    /// `no`, `aucun`, `دون`.
    Not,
    /// A finished number.
    Count(Count),
}

impl Sense {
    /// The meaning of a word that two languages share. It stays the first one's, except that one event is then looked
    /// for on either side: without accents `exécutés` is also `executes`.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Trigger(one), Self::Trigger(two)) if one.event == two.event && one.reach != two.reach => {
                Self::Trigger(Trigger { reach: Reach::Both, ..one })
            }
            _ => self,
        }
    }
}

/// A number written in digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Digits {
    /// Its value in thousandths, so that `2.5 million` can be told.
    pub(super) thousandths: u64,
    /// Whether four bare digits could name a year.
    pub(super) year: bool,
    /// Whether a `+` follows.
    pub(super) open: bool,
}

/// Parts of number words. How they combine is in `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numeral {
    /// 1, in a language where it is also the article.
    One,
    /// 1 to 9.
    Unit(u32),
    /// 10 to 19.
    Teen(u32),
    /// 20 to 90 by tens.
    Tens(u32),
    /// French `vingt`: 20, or 80 behind `quatre`.
    Score,
    /// Arabic `عشر` behind a unit.
    ArabicTen,
    /// 200 to 900 as one word.
    Hundreds(u32),
    /// Multiplies what stands before it.
    Times(u32),
    /// Hausa `ɗari`, `dubu`: multiplies what stands behind it.
    TimesNext(u32),
}

impl Numeral {
    /// The numeral of a simple value.
    pub(super) fn of(value: u32) -> Self {
        match value {
            0..=9 => Self::Unit(value),
            10..=19 => Self::Teen(value),
            20..=99 => Self::Tens(value),
            _ => Self::Hundreds(value),
        }
    }
}

/// How many a word for people means by its form alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Persons {
    /// Singular.
    One,
    /// The Arabic dual, where it cannot be read as a plural.
    Two,
    /// Plural.
    Many,
}

/// Where a trigger looks for its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// `12 dead`.
    Before,
    /// `kills 12`.
    After,
    /// `killed`.
    Both,
}

/// What a trigger tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A toll.
    Toll(TollKind),
    /// Hostages go free: their number is no kidnapping.
    Freed,
    /// Arrests, the missing: takes its number away from the others.
    Nothing,
}

/// A word that says what happened to the counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) event: Event,
    pub(super) reach: Reach,
    /// At most so many words may stand between it and its number.
    pub(super) within: u32,
    /// How many it means by its form alone: `قتيلين` are two. 0 where the form says nothing.
    pub(super) implied: u32,
    /// Whether it names the whole (`death toll`), so that the number may stand behind a verb of rising.
    pub(super) total: bool,
}

/// Words between a number and its trigger, at most (§8.4 of the matching design).
const WINDOW: u32 = 8;

impl Trigger {
    const fn new(event: Event, reach: Reach) -> Self {
        Self { event, reach, within: WINDOW, implied: 0, total: false }
    }

    /// Whether it may be what an article stands before: `a death`, `a hostage`.
    pub(super) fn is_noun(&self) -> bool {
        self.reach != Reach::After && self.within == WINDOW
    }

    /// The same, meaning so many by its form alone.
    pub(super) const fn implying(self, implied: u32) -> Self {
        Self { implied, ..self }
    }
}

/// `12 dead`: the number stands before.
pub(super) const fn before(kind: TollKind) -> Sense {
    Sense::Trigger(Trigger::new(Event::Toll(kind), Reach::Before))
}

/// `kills 12`: the number stands behind.
pub(super) const fn after(kind: TollKind) -> Sense {
    Sense::Trigger(Trigger::new(Event::Toll(kind), Reach::After))
}

/// `killed`: on either side.
pub(super) const fn both(kind: TollKind) -> Sense {
    Sense::Trigger(Trigger::new(Event::Toll(kind), Reach::Both))
}

/// A noun that means one or two by its form, when no number says otherwise.
pub(super) const fn implied(kind: TollKind, count: u32) -> Sense {
    Sense::Trigger(Trigger::new(Event::Toll(kind), Reach::Before).implying(count))
}

/// `12 lives`, `12 people die`: at most so many words behind its number, because the word means other things as well.
pub(super) const fn near(kind: TollKind, within: u32) -> Sense {
    Sense::Trigger(Trigger { within, ..Trigger::new(Event::Toll(kind), Reach::Before) })
}

/// `death toll`.
pub(super) const fn total(kind: TollKind) -> Sense {
    Sense::Trigger(Trigger { total: true, ..Trigger::new(Event::Toll(kind), Reach::After) })
}

/// Freed, rescued.
pub(super) const FREED: Sense = Sense::Trigger(Trigger::new(Event::Freed, Reach::Both));
/// Arrested, missing, jailed.
pub(super) const NOTHING: Sense = Sense::Trigger(Trigger::new(Event::Nothing, Reach::Both));

/// A finished number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Count {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) qualifier: TollQualifier,
    pub(super) role: Role,
}

/// What a number does in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It may be a toll.
    Figure,
    /// Four bare digits: a toll only when people or what happened to them stand right behind.
    Year,
    /// Part of a figure already told; stands in nobody's way.
    Sub,
    /// No figure, but takes a trigger: `several`, `0`.
    Blank,
}

impl Count {
    pub(super) fn exact(value: u32) -> Self {
        Self { min: value, max: Some(value), qualifier: TollQualifier::Exact, role: Role::Figure }
    }

    pub(super) fn about(value: u32) -> Self {
        Self { qualifier: TollQualifier::Approx, ..Self::exact(value) }
    }

    pub(super) fn vague(value: u32) -> Self {
        Self { max: None, qualifier: TollQualifier::Vague, ..Self::exact(value) }
    }

    pub(super) fn blank() -> Self {
        Self { role: Role::Blank, ..Self::exact(0) }
    }

    /// The same figure under a qualifier. Ranges and vague numbers keep their own, except for an open end said
    /// outright.
    pub(super) fn qualified(self, qualifier: TollQualifier) -> Self {
        let open = matches!(qualifier, TollQualifier::AtLeast | TollQualifier::MoreThan);
        match self.qualifier {
            TollQualifier::Range => self,
            TollQualifier::Vague if !open => self,
            _ => Self { qualifier, max: if open { None } else { self.max }, ..self },
        }
    }
}
