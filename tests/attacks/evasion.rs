//! S19: words written so that people read them and programs do not find them.

use mail_parser::MessageParser;

use crate::bed::{Bed, entry};
use crate::trials;

/// How a word is disguised, whether by letters of another alphabet, and how it stands in the title.
const PAIRS: [(&str, bool); 50] = [
    // Cyrillic.
    ("аttаque", true),
    ("аttaque", true),
    ("АTTAQUE", true),
    ("ATTAQUЕ", true),
    ("attаquе", true),
    ("аttаquеs", true),
    ("еmbuscаdе", true),
    ("ЕМВUSCADE", true),
    ("embusсade", true),
    ("embuѕcade", true),
    ("Меnaka", true),
    ("Ménаka", true),
    ("Кidal", true),
    ("Kіdal", true),
    ("jіhadistes", true),
    ("јihadistes", true),
    ("jihadiѕtеѕ", true),
    ("kіdnаpping", true),
    // Greek.
    ("αttaque", true),
    ("attaqυe", true),
    ("ΑTTAQUE", true),
    ("ΕMBUSCADE", true),
    ("Κidal", true),
    ("Μenaka", true),
    // Armenian, Cherokee, small capitals.
    ("attaqսe", true),
    ("embսscade", true),
    ("ᎪTTAQUE", true),
    ("ᴀᴛᴛᴀqᴜᴇ", true),
    ("ɑttɑque", true),
    ("ᴋɪᴅᴀʟ", true),
    // Forms that are the same letters (NFKC).
    ("ａｔｔａｑｕｅ", false),
    ("𝐚𝐭𝐭𝐚𝐪𝐮𝐞", false),
    ("𝔞𝔱𝔱𝔞𝔮𝔲𝔢", false),
    ("ⓐⓣⓣⓐⓠⓤⓔ", false),
    ("ﻫﺠﻮﻡ", false),
    // Invisible.
    ("at\u{ad}taque", false),
    ("at\u{200b}taque", false),
    ("a\u{2060}t\u{2060}taque", false),
    ("at\u{200d}taque", false),
    ("at\u{202e}\u{202c}taque", false),
    ("at\u{feff}taque", false),
    ("\u{200e}attaque\u{200f}", false),
    // Marks and lengthening.
    ("a\u{301}tta\u{308}que", false),
    ("a\u{336}t\u{336}t\u{336}a\u{336}q\u{336}u\u{336}e\u{336}", false),
    ("هـــجــوم", false),
    ("هُجُومٌ", false),
    ("هجـ\u{200c}ـوم", false),
    ("ھجوم", false),
    // Case and accents.
    ("ATTAQUE", false),
    ("Àttàque", false),
];

/// Fails where `cut::unmask` is not called.
#[test]
fn a_disguised_word_is_found() {
    let trial = trials::of("S19");
    let bed = Bed::new().alerting_at_once();
    let any = "any = [\"attaque*\", \"هجوم\", \"embuscade\"]";
    let words = "any = [\"attaque*\", \"هجوم\", \"embuscade\", \"menaka\", \"kidal\", \"jihadiste*\", \"kidnapping*\"]";
    assert!(bed.configured().contains(any));
    bed.rewrite(&bed.configured().replace(any, words));
    let plain = ["Le marché rouvre", "Атака далеко", "Αθήνα σήμερα", "Attente à la gare", "تهنئة"];
    let titles = PAIRS.iter().map(|(word, _)| *word).chain(plain);
    let items: Vec<String> = titles
        .enumerate()
        .map(|(n, title)| {
            // Nothing else of one item is like another: each is a story.
            let rest: String = (0..6).map(|k| format!("mot{}x{k} ", n * 7 + k)).collect();
            entry(&n.to_string(), &format!("numéro {n} : {title} {rest}"), &rest)
        })
        .collect();
    bed.serve(&items);
    bed.once();
    let accepted = bed.smtp.accepted();
    let texts: Vec<String> = accepted
        .iter()
        .map(|mail| {
            let text = MessageParser::default().parse(&mail.message).unwrap().body_text(0).unwrap().replace('*', "");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    for (n, (word, other_letters)) in PAIRS.iter().enumerate() {
        let text = texts.iter().find(|text| text.contains(&format!("numéro {n} :")));
        let Some(text) = text else { panic!("{word} was not found") };
        assert_eq!(text.contains("in unusual letters"), *other_letters, "{word}: {text}");
    }
    assert_eq!(texts.len(), PAIRS.len(), "nothing else was found");
    trial.passed(PAIRS.len());
}
