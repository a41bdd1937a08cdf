//! Broken plurals of Arabic: the singulars a word may be the plural of, by the pattern of its letters.
//!
//! The patterns are those of the grammars (W. Wright, A Grammar of the Arabic Language, §§ 304-305), the ones news
//! texts use. Short vowels are not written, so one written pattern may have several singulars; each is given, and a
//! wrong one seldom is a word.

use super::arabic::{Class, Emit};

/// Calls `emit` for each singular.
pub(super) fn singulars(word: &[char], emit: &mut Emit<'_>) {
    clear_singulars(word, emit);
    let mut noun = |letters: &[char]| emit(Class::Noun, &[letters]);
    match *word {
        // فعول: ملوك
        [a, b, 'و', c] => noun(&[a, b, c]),
        // فعال: جبال; with a doubled letter the plural of فاعل: طلاب
        [a, b, 'ا', c] => {
            noun(&[a, b, c]);
            noun(&[a, 'ا', b, c]);
        }
        // فعلى: قتلى, جرحى, and the feminine of an elative: كبرى
        [a, b, c, 'ي'] => {
            noun(&[a, b, 'ي', c]);
            noun(&['ا', a, b, c]);
        }
        _ => {}
    }
}

/// Calls `emit` for each singular, where the pattern is that of a plural and hardly of anything else.
pub(super) fn clear_singulars(word: &[char], emit: &mut Emit<'_>) {
    irregular(word, emit);
    let mut noun = |letters: &[char]| emit(Class::Noun, &[letters]);
    match *word {
        // أفعال: أطفال, أموال (of مال)
        ['ا', a, b, 'ا', c] => {
            noun(&[a, b, c]);
            if matches!(b, 'و' | 'ي') {
                noun(&[a, 'ا', c]);
            }
            if c == 'ء' {
                noun(&[a, b, 'و']);
            }
        }
        // مفاعل, فعالل, فواعل, فعائل: مدارس, جداول, هواتف, رسائل
        [a, b, 'ا', c, d] => {
            noun(&[a, b, c, d]);
            if b == 'و' {
                noun(&[a, 'ا', c, d]);
            }
            if c == 'ي' {
                noun(&[a, b, 'ا', d]);
                noun(&[a, b, 'و', d]);
            }
        }
        // مفاعيل, فعاليل, فواعيل: مشاريع, أسابيع, قوانين
        [a, b, 'ا', c, 'ي', d] => {
            noun(&[a, b, c, 'و', d]);
            noun(&[a, b, c, 'ا', d]);
            noun(&[a, b, c, 'ي', d]);
            if b == 'و' {
                noun(&[a, 'ا', c, 'و', d]);
            }
        }
        // فعلاء: علماء, زعماء; رؤساء
        [a, b, c, 'ا', 'ء'] => {
            noun(&[a, 'ا', b, c]);
            noun(&[a, b, 'ي', c]);
        }
        // أفعلاء: أقرباء
        ['ا', a, b, c, 'ا', 'ء'] => noun(&[a, b, 'ي', c]),
        // أفعلة: أجهزة, أسلحة
        ['ا', a, b, c, 'ة' | 'ه'] => noun(&[a, b, 'ا', c]),
        _ => {}
    }
}

/// Plurals outside the patterns, or whose singular has lost or gained a letter, and the feminines of two elatives: the
/// common ones.
const IRREGULAR: [(&str, &str); 38] = [
    ("جنود", "جندي"),
    ("قادة", "قايد"),
    ("ضحايا", "ضحي"),
    ("قضايا", "قضي"),
    ("نساء", "امرا"),
    ("مدن", "مدين"),
    ("سفن", "سفين"),
    ("طرق", "طريق"),
    ("كتب", "كتاب"),
    ("ايام", "يوم"),
    ("اشهر", "شهر"),
    ("سنوات", "سن"),
    ("سنين", "سن"),
    ("اسماء", "اسم"),
    ("ابناء", "ابن"),
    ("بنات", "بنت"),
    ("اباء", "اب"),
    ("اخوة", "اخ"),
    ("فتيات", "فتا"),
    ("اطباء", "طبيب"),
    ("طلبة", "طالب"),
    ("روساء", "رييس"),
    ("اهالي", "اهل"),
    ("اراضي", "ارض"),
    ("اراء", "راي"),
    ("ادلة", "دليل"),
    ("مواد", "ماد"),
    ("دماء", "دم"),
    ("مياه", "ماء"),
    ("ابار", "بير"),
    ("حدود", "حد"),
    ("اخري", "اخر"),
    ("عليا", "اعلي"),
    ("افارقة", "افريقي"),
    ("عرب", "عربي"),
    ("نواب", "نايب"),
    ("ثوار", "ثاير"),
    ("اوامر", "امر"),
];

fn irregular(word: &[char], emit: &mut Emit<'_>) {
    let found =
        IRREGULAR.iter().find(|(plural, _)| plural.len() == 2 * word.len() && plural.chars().eq(word.iter().copied()));
    let Some((_, singular)) = found else { return };
    let mut letters = ['\0'; 8];
    let mut len = 0;
    for (place, letter) in letters.iter_mut().zip(singular.chars()) {
        *place = letter;
        len += 1;
    }
    emit(Class::Noun, &[&letters[..len]]);
}
