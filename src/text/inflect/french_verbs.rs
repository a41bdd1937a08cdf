//! French verbs of the third group: which forms belong to which verb.
//!
//! They change their stem (`tenir`, `tiennent`, `tiendra`), so no stripping of endings brings their forms together.
//! Written by hand from the conjugation tables every school grammar has: for each family its prefixes, and its stems
//! with the endings each takes. Folded, as [`crate::text::Tokens`] folds words. Forms that are far commoner as
//! something else are left out (`vin`, `du`, `ne`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// The verb a folded word is a form of, as prefix and family (`main` + `tenir`).
pub(super) fn verb_of(folded: &str) -> Option<&'static str> {
    static FORMS: LazyLock<HashMap<String, String>> = LazyLock::new(all_forms);
    FORMS.get(folded).map(String::as_str)
}

fn all_forms() -> HashMap<String, String> {
    let mut forms = HashMap::new();
    for (infinitive, prefixes, stems) in FAMILIES {
        for prefix in prefixes.split(' ') {
            let prefix = prefix.trim_start_matches('-');
            let verb = format!("{prefix}{infinitive}");
            for entry in stems.split(' ') {
                let (stem, endings) = entry.split_once(':').unwrap_or((entry, "B"));
                for ending in endings.split(',').flat_map(endings_of) {
                    forms.entry(format!("{prefix}{stem}{ending}")).or_insert_with(|| verb.clone());
                }
            }
            forms.insert(verb.clone(), verb);
        }
    }
    forms
}

/// Endings that go together, by a capital letter; anything else is an ending itself.
fn endings_of(class: &str) -> std::str::Split<'_, char> {
    match class {
        // bare
        "B" => "",
        // singular of the present
        "X" => "s,t",
        // plural of the present, imperfect, present participle
        "P" => "ons,ez,ais,ait,ions,iez,aient,ant",
        // subjunctive, and third person plural of the present
        "E" => "e,es,ent",
        // future and conditional
        "F" => "rai,ras,ra,rons,rez,ront,rais,rait,rions,riez,raient",
        // past participle
        "T" => ",s,e,es",
        "U" => "u,us,ue,ues",
        // simple past
        "S" => "is,it,irent",
        "W" => "us,ut,urent",
        ending => ending,
    }
    .split(',')
}

/// Infinitive without prefix, prefixes (`-` is none), stems with endings.
const FAMILIES: [(&str, &str, &str); 52] = [
    (
        "etre",
        "-",
        "suis es est sommes etes sont ete et:ais,ait,ions,iez,aient,ant se:F fus fut furent soi:s,t,ent soyons soyez",
    ),
    (
        "avoir",
        "-",
        "ai as a avons avez ont av:ais,ait,ions,iez,aient eu:T eut eurent au:F aie aies aient ayons ayez ayant",
    ),
    ("aller", "-", "va vas vais vont all:P,e,es,ee,ees,a,erent i:F aill:E"),
    (
        "faire",
        "- re de satis contre",
        "fai:X fais:ons,ais,ait,ions,iez,aient,ant faites font fe:F fi:X,rent fass:E,ions,iez fait:T",
    ),
    ("dire", "- re contre inter pre", "di:X,F,rent dis:P,E dites dit:T"),
    ("prendre", "- ap com re sur entre me desap", "prend:B,s,F pren:P prenn:E pri:t,rent pris:T"),
    ("mettre", "- per pro ad com re sou trans e compro", "met:B,s mett:P,E,F mi:t,rent mis:T"),
    ("voir", "- re entre", "voi:X,E voy:P ver:F vu:T vi:t,rent"),
    ("voir", "pre pour", "voi:X,E,F voy:P vu:T vi:t,rent"),
    ("savoir", "-", "sai:X sav:P,ent sau:F sach:E,ons,ez,ant su sus sut surent"),
    ("pouvoir", "-", "peux peut peuvent pouv:P pour:F puiss:E,ions,iez pu put purent"),
    ("vouloir", "-", "veux veut veulent voul:P,U,W voud:F veuill:E,ez"),
    ("devoir", "-", "doi:X doiv:E dev:P,F due dues dut durent"),
    ("falloir", "-", "faut fall:ait,u faud:ra,rait faille fallut"),
    ("valoir", "- pre equi", "vaux vaut val:P,U,W,ent vaud:F vaill:E"),
    ("cevoir", "re con de per aper", "coi:X coiv:E cev:P,F cu:T,t,rent"),
    ("venir", "- re de par inter pre sur sou con pro sub", "vien:X vienn:E viend:F ven:P,U vin:t,rent"),
    ("tenir", "- re ob main sou con de appar entre abs", "tien:X tienn:E tiend:F ten:P,U tin:t,rent"),
    ("partir", "- re de", "par:s,t part:P,E parti:T,F,t,rent"),
    ("sortir", "- res", "sor:X sort:P,E sorti:T,F,t,rent"),
    ("sentir", "- res con pres", "sen:X sent:P,E senti:T,F,t,rent"),
    ("mentir", "- de", "men:s ment:P,E menti:T,F,t,rent"),
    ("dormir", "- en", "dor:X dorm:P,E dormi:T,F,t,rent"),
    ("servir", "- des res", "ser:X serv:P,E servi:T,F,t,rent"),
    ("courir", "- con par re se ac oc dis", "cour:X,P,E,U,W,F"),
    ("mourir", "-", "meur:X,E mour:P,F mort:T mourut moururent"),
    ("ouvrir", "- re entr c dec rec red", "ouvr:P,E ouvri:F,t,rent ouvert:T"),
    ("ffrir", "o sou", "ffr:P,E ffri:F,t,rent ffert:T"),
    ("cueillir", "- ac re", "cueill:P,E cueille:F cueilli:T,t,rent"),
    ("querir", "ac con re en", "quier:X quier:E quer:P,F quis:T qui:t,rent"),
    ("fuir", "- en", "fui:X,T,F,E,rent fuy:P"),
    ("ecrire", "- re", "ecri:X,F ecriv:P,E,S ecrit:T"),
    ("crire", "ins des sous pres pros trans circons reins", "cri:X,F criv:P,E,S crit:T"),
    ("lire", "- e re ree", "li:X,F lis:P,E lu:T,t,rent"),
    ("duire", "con pro re intro tra de se in repro recon", "dui:X,F duis:P,E,S duit:T"),
    ("truire", "de", "trui:X,F truis:P,E,S truit:T"),
    ("struire", "con de in recon ob", "strui:X,F struis:P,E,S struit:T"),
    ("naitre", "- re con recon me", "nai:X naiss:P,E nait:F nee nees naquit naquirent nu:T,t,rent"),
    ("paraitre", "- ap dis re com trans reap", "parai:X paraiss:P,E parait:F par:U,W"),
    ("vivre", "- sur re", "vi:s,t viv:P,E,F vecu:T,t,rent"),
    ("suivre", "- pour", "sui:t suiv:P,E,F,S suivi:T poursuis"),
    ("battre", "- com a de re e", "bat:B,s batt:P,E,U,S,F"),
    ("croire", "-", "croi:X,E,F croy:P cru:T,t,rent"),
    ("vaincre", "- con", "vainc:B,s,U,F vainqu:P,E,S"),
    ("clure", "con ex in", "clu:X,T,F,ent clu:ons,ez,ait,aient,ant"),
    ("soudre", "re dis ab", "sou:X solv:P,E soud:F solu:T,t,rent"),
    ("joindre", "- re ad dis en", "join:X joign:P,E,S joind:F joint:T"),
    ("eindre", "att et rest p f c astr enfr dep", "ein:X eign:P,E,S eind:F eint:T"),
    ("aindre", "cr pl contr astr", "ain:X aign:P,E,S aind:F aint:T"),
    ("envoyer", "- r", "enver:F"),
    ("plaire", "- de com", "plai:X,F plais:P,E plu:t,rent"),
    ("sseoir", "a", "ssied:B,s ssey:P,E ssi:F,t,rent ssis:T"),
];
