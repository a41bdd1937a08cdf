//! What words in dates mean, in the languages of the sources. All are written as [`super::token`] folds them: lower case, no
//! diacritics, hamza carriers as bare letters.

/// The number of a month, 1 to 12. `next` is the word after it, since `كانون الثاني` is one name of two words.
///
/// English, French and Hausa, full and abbreviated; Arabic by the Gregorian names of Egypt and the Gulf, of the Levant, of
/// Algeria and Tunisia, of Morocco and of Mauritania (CLDR `ar`, `ar-SY`, `ar-DZ`, `ar-MA`, `ar-MR`).
pub(super) fn month(word: &str, next: Option<&str>) -> Option<i8> {
    Some(match word {
        "january" | "jan" | "janvier" | "janv" | "janairu" | "يناير" | "جانفي" => 1,
        "february" | "feb" | "febr" | "fevrier" | "fevr" | "fev" | "fabrairu" | "fab" | "فبراير" | "فيفري" | "شباط" => {
            2
        }
        "march" | "mar" | "mars" | "maris" | "مارس" | "اذار" => 3,
        "april" | "apr" | "avril" | "avr" | "afrilu" | "afr" | "ابريل" | "افريل" | "نيسان" => 4,
        "may" | "mai" | "mayu" | "مايو" | "ماي" | "ايار" => 5,
        "june" | "jun" | "juin" | "yuni" | "yun" | "يونيو" | "يونيه" | "جوان" | "حزيران" => 6,
        "july" | "jul" | "juillet" | "juil" | "yuli" | "yul" | "يوليو" | "يوليه" | "يوليوز" | "جويلية" | "تموز" => {
            7
        }
        "august" | "aug" | "aout" | "agusta" | "agu" | "اغسطس" | "اغشت" | "غشت" | "اوت" | "اب" => 8,
        "september" | "sept" | "sep" | "septembre" | "satumba" | "sat" | "سبتمبر" | "شتنبر" | "شتمبر" | "ايلول" => {
            9
        }
        "october" | "oct" | "octobre" | "oktoba" | "okt" | "اكتوبر" => 10,
        "november" | "nov" | "novembre" | "nuwamba" | "nuw" | "نوفمبر" | "نونبر" => 11,
        "december" | "dec" | "decembre" | "disamba" | "dis" | "ديسمبر" | "دجنبر" | "دجمبر" => 12,
        "كانون" if next == Some("الثاني") => 1,
        "تشرين" if next == Some("الاول") => 10,
        "تشرين" if next == Some("الثاني") => 11,
        "كانون" if next == Some("الاول") => 12,
        _ => return None,
    })
}

/// Abbreviations that are a month in one language and a weekday in another: `mar.` is *mardi* or March, `Sat` is Saturday or
/// *Satumba*. They name the month only when nothing else does.
pub(super) fn may_be_weekday(word: &str) -> bool {
    matches!(word, "mar" | "sat")
}

/// Words that may stand between the day, the month and the year: `1er mai`, `22nd of April`.
pub(super) fn is_filler(word: &str) -> bool {
    matches!(word, "er" | "e" | "eme" | "st" | "nd" | "rd" | "th" | "of" | "de" | "ga" | "من")
}

/// The unit a word names after a number: `21h35min`.
pub(super) fn is_hour(word: &str) -> bool {
    matches!(word, "h" | "hr" | "hrs" | "heure" | "heures")
}

/// See [`is_hour`].
pub(super) fn is_minute(word: &str) -> bool {
    matches!(word, "m" | "mn" | "min" | "mins" | "minute" | "minutes")
}

/// See [`is_hour`].
pub(super) fn is_second(word: &str) -> bool {
    matches!(word, "s" | "sec" | "seconde" | "secondes" | "seconds")
}

/// Half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meridiem {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// The half of the day a word names.
pub(super) fn meridiem(word: &str) -> Option<Meridiem> {
    match word {
        "am" | "ص" | "صباحا" => Some(Meridiem::Am),
        "pm" | "م" | "مساء" => Some(Meridiem::Pm),
        _ => None,
    }
}

/// Hours east of UTC of a named zone. Single letters are UTC: RFC 822 had the military zones the wrong way round, so RFC 5322
/// §4.3 reads them all so. None for words that name no zone, or several far apart (`IST`).
pub(super) fn zone_hours(word: &str) -> Option<i32> {
    Some(match word {
        "utc" | "gmt" | "ut" | "tu" | "wet" => 0,
        "wat" | "cet" | "west" | "bst" | "met" => 1,
        "cat" | "cest" | "mest" | "eet" | "sast" => 2,
        "eat" | "eest" | "msk" | "trt" => 3,
        "adt" => -3,
        "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        letter if letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase() && b != b'j') => 0,
        _ => return None,
    })
}
