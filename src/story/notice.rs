//! Notices: what an article says of itself before it says anything else, in the words by which agencies mark a
//! correction or take a text back. Only the opening words count, and most only before a colon or in a bracket: the
//! same words tell of prisons, of troops that leave and of meetings called off. What is missed here still shows as an
//! edit or another figure.

use std::sync::LazyLock;

use crate::model::{Item, Notice};
use crate::text::Tokens;

/// Bytes of a text that are looked at.
const HEAD: usize = 240;
/// Brackets of a title that are looked into.
const MOST_BRACKETS: usize = 4;

/// What must be around the words for them to be a notice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing: nobody opens news with them.
    Words,
    /// A colon, a dash or a closing bracket after them.
    Mark,
    /// The same, and capitals in a title that is not all in capitals.
    Capitals,
    /// An opening bracket before them.
    Bracket,
}

/// As AFP, Reuters and AP mark their texts, and outlets of the region theirs.
#[rustfmt::skip]
const TABLE: &[(&str, Needs, Notice)] = &[
    ("correction", Needs::Mark, Notice::Correction),
    ("corrections", Needs::Mark, Notice::Correction),
    ("corrected", Needs::Mark, Notice::Correction),
    ("corrects", Needs::Bracket, Notice::Correction),
    ("clarification", Needs::Mark, Notice::Correction),
    ("erratum", Needs::Mark, Notice::Correction),
    ("errata", Needs::Mark, Notice::Correction),
    ("this story has been corrected", Needs::Words, Notice::Correction),
    ("this article has been corrected", Needs::Words, Notice::Correction),
    ("this story corrects", Needs::Words, Notice::Correction),
    ("rectificatif", Needs::Mark, Notice::Correction),
    ("rectification", Needs::Mark, Notice::Correction),
    ("corrige", Needs::Bracket, Notice::Correction),
    ("annule et remplace", Needs::Words, Notice::Correction),
    ("cet article a été corrigé", Needs::Words, Notice::Correction),
    ("تصحيح", Needs::Mark, Notice::Correction),
    ("تصويب", Needs::Mark, Notice::Correction),
    ("تصحيح خبر", Needs::Words, Notice::Correction),
    ("تنويه وتصحيح", Needs::Words, Notice::Correction),
    ("gyaran kuskure", Needs::Words, Notice::Correction),
    ("gyara", Needs::Bracket, Notice::Correction),
    ("withdrawn", Needs::Mark, Notice::Withdrawal),
    ("withdrawal", Needs::Capitals, Notice::Withdrawal),
    ("story withdrawn", Needs::Words, Notice::Withdrawal),
    ("this story has been withdrawn", Needs::Words, Notice::Withdrawal),
    ("this article has been withdrawn", Needs::Words, Notice::Withdrawal),
    ("retraction", Needs::Mark, Notice::Withdrawal),
    ("retracted", Needs::Mark, Notice::Withdrawal),
    ("kill", Needs::Capitals, Notice::Withdrawal),
    ("bulletin kill", Needs::Words, Notice::Withdrawal),
    ("mandatory kill", Needs::Words, Notice::Withdrawal),
    ("annulation", Needs::Capitals, Notice::Withdrawal),
    ("annulation de dépêche", Needs::Words, Notice::Withdrawal),
    ("dépêche annulée", Needs::Words, Notice::Withdrawal),
    ("article retiré", Needs::Words, Notice::Withdrawal),
    ("cet article a été retiré", Needs::Words, Notice::Withdrawal),
    ("سحب خبر", Needs::Words, Notice::Withdrawal),
    ("سحب الخبر", Needs::Words, Notice::Withdrawal),
    ("حذف الخبر", Needs::Words, Notice::Withdrawal),
    ("إلغاء الخبر", Needs::Words, Notice::Withdrawal),
    ("خبر ملغى", Needs::Words, Notice::Withdrawal),
    ("an janye labarin", Needs::Words, Notice::Withdrawal),
    ("mun janye labarin", Needs::Words, Notice::Withdrawal),
];

struct Opening {
    words: Vec<String>,
    needs: Needs,
    notice: Notice,
}

static OPENINGS: LazyLock<Vec<Opening>> = LazyLock::new(|| {
    let folded = |words: &str| Tokens::of(words).folded_words().map(str::to_owned).collect();
    TABLE
        .iter()
        .map(|(words, needs, notice)| Opening { words: folded(words), needs: *needs, notice: *notice })
        .collect()
});

/// What an item says of itself, in its title or else at the beginning of its text.
pub(super) fn notice(item: &Item) -> Option<Notice> {
    let text = if item.summary.is_empty() { &item.body } else { &item.summary };
    in_title(&item.title).or_else(|| opening(text, &[0]))
}

/// A title may also end with the notice, in a bracket.
fn in_title(title: &str) -> Option<Notice> {
    let brackets = title.match_indices(['(', '[']).map(|(at, _)| at).take(MOST_BRACKETS);
    opening(title, &std::iter::once(0).chain(brackets).collect::<Vec<_>>())
}

/// The notice that begins at one of these places of a text; a withdrawal before a correction.
fn opening(text: &str, at: &[usize]) -> Option<Notice> {
    let shouted = !text.chars().any(char::is_lowercase);
    let found = at.iter().filter_map(|at| text.get(*at..)).flat_map(|rest| {
        let head = &rest[..rest.floor_char_boundary(HEAD)];
        let bracketed = head.trim_start().starts_with(['(', '[']);
        let tokens = Tokens::of(head);
        let agrees = move |opening: &&Opening| {
            let words = tokens.words();
            let same = words.len() >= opening.words.len()
                && words.iter().zip(&opening.words).all(|(token, word)| tokens.folded(token) == word);
            let printed = words.get(..opening.words.len()).and_then(|run| Some((run.first()?.start, run.last()?.end)));
            same && printed.is_some_and(|(start, end)| {
                let capitals = !head[start as usize..end as usize].chars().any(char::is_lowercase);
                let marked = bracketed && closes(&head[end as usize..]) || marks(&head[end as usize..], capitals);
                match opening.needs {
                    Needs::Words => true,
                    Needs::Mark => marked,
                    Needs::Capitals => marked && capitals && !shouted,
                    Needs::Bracket => bracketed,
                }
            })
        };
        OPENINGS.iter().filter(agrees).map(|opening| opening.notice).collect::<Vec<_>>()
    });
    found.max_by_key(|notice| *notice == Notice::Withdrawal)
}

fn closes(after: &str) -> bool {
    after.trim_start().starts_with([')', ']'])
}

/// Whether what follows ends the notice: a colon or a bar, a dash between blanks, or the hyphen by which Reuters joins
/// `CORRECTED-` to the headline.
fn marks(after: &str, capitals: bool) -> bool {
    let trimmed = after.trim_start();
    let dash = trimmed.starts_with(['-', '–', '—']) && trimmed.len() < after.len();
    trimmed.starts_with([':', '|', '：']) || dash || (capitals && after.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, text: &str, expected: Option<Notice>) {
        let item = Item { title: title.to_owned(), body: text.to_owned(), ..Item::default() };
        assert_eq!(notice(&item), expected, "{title:?} {text:?}");
    }

    #[test]
    fn a_correction_says_so_at_its_beginning() {
        for title in [
            "CORRECTION: Twelve soldiers killed in Djibo",
            "Correction: Mali-Attack story",
            "CORRECTED-Gunmen kill twelve in northern Burkina Faso",
            "CORRECTED-UPDATE 1-Gunmen kill twelve",
            "[CORRECTED] Gunmen kill twelve",
            "Gunmen kill twelve in Djibo (Corrected)",
            "RECTIFICATIF - Mali : douze soldats tués",
            "Rectificatif : le bilan de Djibo est de douze morts",
            "Mali : douze soldats tués (RECTIFICATIF)",
            "(Erratum) Douze soldats tués à Djibo",
            "Erratum : douze morts et non vingt",
            "تصحيح: مقتل اثني عشر جنديا في جيبو",
            "تصحيح | مقتل اثني عشر جنديا",
            "(تصحيح) مقتل اثني عشر جنديا",
            "تصحيح خبر مقتل الجنود",
            "Gyaran kuskure: sojoji 12 ne suka mutu",
        ] {
            check(title, "", Some(Notice::Correction));
        }
        for text in [
            "(Corrects death toll in headline to 12)",
            "(Corrige le bilan au 2e paragraphe)",
            "This story has been corrected to say that twelve soldiers died.",
            "Annule et remplace la précédente dépêche.",
            "  Correction : le nombre de morts est de douze.",
        ] {
            check("Attaque à Djibo", text, Some(Notice::Correction));
        }
    }

    #[test]
    fn a_withdrawal_says_so_at_its_beginning() {
        for title in [
            "WITHDRAWN: Gunmen kill twelve in Djibo",
            "RETRACTION: Gunmen kill twelve",
            "KILL: Mali-Attack story",
            "MANDATORY KILL Mali-Attack",
            "ANNULATION - Mali : attaque de Djibo",
            "(ANNULATION) Mali : attaque de Djibo",
            "Annulation de dépêche",
            "Dépêche annulée : attaque de Djibo",
            "Attaque de Djibo [DÉPÊCHE ANNULÉE]",
            "سحب خبر الهجوم على جيبو",
            "حذف الخبر",
            "An janye labarin harin Djibo",
        ] {
            check(title, "", Some(Notice::Withdrawal));
        }
        check("Attaque à Djibo", "This article has been withdrawn.", Some(Notice::Withdrawal));
        check("CORRECTION: story withdrawn (WITHDRAWN)", "", Some(Notice::Withdrawal));
    }

    #[test]
    fn the_same_words_in_news_are_no_notice() {
        for title in [
            "",
            "Correctional officers killed in Niamey",
            "Corrections officers attacked in Niamey prison",
            "Correction centre attacked in Kano",
            "Retrait de l’armée de Ménaka",
            "Retrait de la force Barkhane : dernier convoi parti de Gao",
            "Withdrawal of UN troops from Kidal",
            "Withdrawal: last UN troops leave Kidal",
            "Withdrawn troops attacked near Gao",
            "Kill or capture: the hunt for a JNIM commander",
            "KILL ZONE: DJIBO UNDER SIEGE",
            "Annulation : le sommet de Bamako n’aura pas lieu",
            "ANNULATION : LE SOMMET N’AURA PAS LIEU",
            "Annulation du sommet de l’AES",
            "سحب القوات من كيدال",
            "سحب: القوات تغادر كيدال",
            "تصحيح المسار في مالي",
            "Gyara: an gyara gadar Niamey",
            "L’armée corrige le bilan de l’attaque",
            "Army issues correction: twelve soldiers died",
            "Le ministre demande un rectificatif (Jeune Afrique)",
            "Erratum historique",
        ] {
            check(title, "", None);
        }
        for text in [
            "Correctional officers said (correction) that twelve died.",
            "Twelve soldiers died. Correction: thirteen.",
            "Retrait de la force Barkhane.",
        ] {
            check("Attaque à Djibo", text, None);
        }
    }

    #[test]
    fn no_row_of_the_table_is_twice_or_empty() {
        let mut words: Vec<_> = OPENINGS.iter().map(|opening| &opening.words).collect();
        assert!(words.iter().all(|words| !words.is_empty()));
        words.sort();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(title in "[\\[(]{0,3}(CORRECTED|تصحيح|é|\\PC){0,60}", text in "\\PC{0,400}") {
            let item = Item { title, body: text, ..Item::default() };
            let _notice = notice(&item);
        }
    }
}
