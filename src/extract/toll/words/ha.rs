//! Hausa words of casualty reports. The noun stands before its number (`mutum 20`), and `da` is both *and* and *with*.

use super::super::lexicon::{Numbers, Words};
use super::super::sense::{FREED, NOTHING, Numeral, Persons, Sense, after, both, total};
use crate::model::TollKind::{Casualties, Displaced, Kidnapped, Killed, Wounded};
use crate::model::TollQualifier::{Approx, AtLeast, MoreThan, UpTo};

/// Words and numbers.
pub(crate) const ALL: (Words, Numbers) = (WORDS, NUMBERS);

const NUMBERS: Numbers = &[
    (1, "ɗaya|guda ɗaya|wani guda"),
    (2, "biyu"),
    (3, "uku"),
    (4, "huɗu"),
    (5, "biyar"),
    (6, "shida"),
    (7, "bakwai"),
    (8, "takwas"),
    (9, "tara"),
    (10, "goma"),
    (11, "goma sha ɗaya|sha ɗaya"),
    (12, "goma sha biyu|sha biyu"),
    (13, "goma sha uku|sha uku"),
    (14, "goma sha huɗu|sha huɗu"),
    (15, "goma sha biyar|sha biyar"),
    (16, "goma sha shida|sha shida"),
    (17, "goma sha bakwai|sha bakwai"),
    (18, "goma sha takwas|sha takwas"),
    (19, "goma sha tara|sha tara"),
    (20, "ashirin"),
    (30, "talatin"),
    (40, "arba'in|arbain"),
    (50, "hamsin"),
    (60, "sittin"),
    (70, "saba'in|sabain"),
    (80, "tamanin"),
    (90, "casa'in|tis'in|casain"),
    (200, "metan"),
];

const WORDS: Words = &[
    // §8.4: what happened
    (
        after(Killed),
        "kashe|sun kashe|an kashe|ya kashe|ta kashe|suka kashe|ya halaka|sun halaka|an halaka|\
         suka halaka|ta halaka|kisan|mutuwar|hallaka|sun hallaka|ya hallaka|an hallaka|kashe wasu|\
         halakar da|hallakar da|salwantar rayukan|rayukan|lakume rayukan",
    ),
    (
        both(Killed),
        "aka kashe|da aka kashe|da suka mutu|da suka rasu|ne aka kashe|aka halaka|ne suka mutu|suka mutu|sun mutu|ya mutu|ta mutu|mutu|rasu|\
         suka rasu|sun rasu|ya rasu|sun halaka a|mace|mace-mace|gawarwaki|gawawwaki|gawar|gawa",
    ),
    (
        both(Killed),
        "rasa rayuka|rasa rayukansu|sun rasa rayukansu|suka rasa rayukansu|rasa ransa|rasa ranta|\
         asarar rayuka|asarar rayukan",
    ),
    (
        total(Killed),
        "adadin waɗanda suka mutu|yawan waɗanda suka mutu|adadin mamata|adadin wadanda aka kashe|\
         yawan mamata|adadin mutanen da suka mutu|yawan mutanen da suka mutu",
    ),
    (
        both(Wounded),
        "jikkata|sun jikkata|suka jikkata|da suka jikkata|da aka jikkata|da suka ji rauni|an jikkata|ya jikkata|raunata|sun raunata|an raunata|\
         aka raunata|aka jikkata|jikkatar|raunana",
    ),
    (
        both(Wounded),
        "ji rauni|jin rauni|ji raunuka|samu rauni|samu raunuka|sami rauni|sami raunuka|raunuka|rauni|\
         jin raunuka",
    ),
    (
        after(Kidnapped),
        "sace|sun sace|an sace|ya sace|yi garkuwa da|yin garkuwa da|garkuwa da|kama mutane domin garkuwa|\
         satar",
    ),
    (both(Kidnapped), "aka sace|da aka sace|suka sace|aka yi garkuwa da|aka yi garkuwa da su|garkuwa da su|sace su"),
    (
        both(Displaced),
        "gudun hijira|bar gidajensu|bar muhallansu|'yan gudun hijira|yan gudun hijirar|rasa muhallansu|rasa matsugunansu|\
         raba da muhallansu|tserewa|tsere|sun tsere|suka tsere|tarwatsa|gudu|ɗaiɗaita",
    ),
    (both(Casualties), "hasarar rai|asarar rai"),
    (
        FREED,
        "sako|an sako|sun sako|sakin|saki|aka sako|ceto|an ceto|sun ceto|kuɓutar da|kubutar|ƴanto|kuɓuta|\
         an saki|sun saki|aka saki",
    ),
    (NOTHING, "kama|an kama|sun kama|ya kama|aka kama|cafke|tsare|ɗaure|bace|ƙwato|damke"),
    // §8.2 and 8.3: how many, how sure
    (Sense::Number(Numeral::TimesNext(100)), "ɗari"),
    (Sense::Number(Numeral::TimesNext(1000)), "dubu"),
    (Sense::Number(Numeral::TimesNext(1_000_000)), "miliyan"),
    (Sense::Vague(10), "gommai|gwammai|goman|gomman"),
    (Sense::Vague(100), "ɗaruruwa|ɗaruruwan"),
    (Sense::Vague(1000), "dubbai|dubban"),
    (Sense::Other, "wani daban"),
    (Sense::Indefinite, "da dama|da yawa|wasu da dama"),
    (Sense::Qualifier(AtLeast), "aƙalla|a kalla|ba ƙasa da|bai gaza ba|ƙalla|mafi ƙaranci"),
    (Sense::Qualifier(MoreThan), "fiye da|sama da|haura|ya haura|sun haura|suka haura"),
    (Sense::Qualifier(Approx), "kusan|kimanin|wajen|kamar|misalin"),
    (Sense::Qualifier(UpTo), "har zuwa"),
    (Sense::Between, "tsakanin"),
    (Sense::From, "daga"),
    (Sense::To, "zuwa"),
    (Sense::Excludes, "mai shekaru|mai shekara|masu shekaru|'yar shekara|ɗan shekara"),
    (Sense::And, "da|kuma|tare da|sannan"),
    (Sense::But, "yayin da|sai|amma"),
    (Sense::Or, "ko"),
    (Sense::Rise, "ya kai|ya ƙaru|ƙaru|tashi|ya tashi|kai|sun kai|ya ƙaru zuwa"),
    (Sense::Sub, "ciki har da|daga ciki har da|cikinsu|daga cikinsu|cikinsu har da|ciki akwai"),
    (Sense::Not, "babu|ba a|ba tare da|ba su|bai|babu wanda|ba wanda|babu wani"),
    // who is counted, and what is not
    (
        Sense::Person(Persons::One),
        "mutum|soja|farar hula|ɗan sanda|malami|ɗalibi|yaro|yarinya|mace guda|namiji|manomi|makiyayi|\
         direba|ɗan jarida|fasto|limami|sarki|hakimi|kwamanda|ɗan bindiga|ɗan ta'adda|basarake|mutumin",
    ),
    (
        Sense::Person(Persons::Many),
        "mutane|mutanen|sojoji|sojojin|fararen hula|'yan sanda|malamai|ɗalibai|ɗaliban|yara|'yan mata|\
         mata|maza|manoma|makiyaya|direbobi|'yan jarida|'yan bindiga|'yan ta'adda|'yan ta'addan|mayaƙa|\
         mayaƙan|fasinjoji|matafiya|ma'aikata|mazauna|iyalai|jama'a|masu ibada|'yan banga|jami'an tsaro|\
         jami'ai|barayi|masu haƙar ma'adinai",
    ),
    (
        Sense::Thing,
        "kwana|kwanaki|mako|makonni|wata guda|watanni|shekara|shekaru|sa'o'i|awanni|awa|mintuna|naira|\
         dala|babura|babur|motoci|mota|ƙauyuka|ƙauye|gidaje|gida|makarantu|makaranta|ƙasashe|jihohi|\
         hare-hare|hari|shanu|tumaki|bindigogi|garuruwa|maki",
    ),
    (Sense::Label, "hanya|karfe|lamba|ranar|shekarar|watan|kashi|kilomita|bataliya|runduna ta|rundunar"),
    (
        Sense::Calendar,
        "janairu|fabrairu|afrilu|mayu|yuni|yuli|agusta|satumba|oktoba|nuwamba|disamba|litinin|talata|\
         laraba|alhamis|jumma'a|asabar|lahadi|tun",
    ),
];
