//! French words of casualty reports.

use super::super::lexicon::{Numbers, Words};
use super::super::sense::{FREED, NOTHING, Numeral, Persons, Sense, after, before, both, total};
use crate::model::TollKind::{Casualties, Displaced, Kidnapped, Killed, Wounded};
use crate::model::TollQualifier::{Approx, AtLeast, MoreThan, UpTo};

/// Words and numbers.
pub(crate) const ALL: (Words, Numbers) = (WORDS, NUMBERS);

const NUMBERS: Numbers = &[
    (2, "deux"),
    (3, "trois"),
    (4, "quatre"),
    (5, "cinq"),
    (6, "six"),
    (7, "sept"),
    (8, "huit"),
    (9, "neuf"),
    (10, "dix"),
    (11, "onze"),
    (12, "douze"),
    (13, "treize"),
    (14, "quatorze"),
    (15, "quinze"),
    (16, "seize"),
    (17, "dix-sept"),
    (18, "dix-huit"),
    (19, "dix-neuf"),
    (30, "trente"),
    (40, "quarante"),
    (50, "cinquante"),
    (60, "soixante"),
    (70, "septante"),
    (90, "nonante"),
];

const WORDS: Words = &[
    // §8.4: what happened
    (
        after(Killed),
        "tuent|tuer|tuant|tuait|mort de|mort d'|décès de|décès d'|assassinat de|assassinat d'|\
         exécution de|exécution d'|massacre de|massacre d'",
    ),
    (
        after(Killed),
        "assassinent|exécutent|massacrent|égorgent|abattent|neutralisent|neutraliser|neutralisation de|\
         élimination de|coûté la vie à|coûtant la vie à",
    ),
    (
        both(Killed),
        "tué|tués|tuée|tuées|assassiné|assassinés|assassinée|assassinées|abattu|abattus|abattue|abattues|\
         exécuté|exécutés|exécutée|exécutées|massacré|massacrés|massacrées|égorgé|égorgés|décapité|\
         décapités|neutralisé|neutralisés|éliminé|éliminés|mis hors d'état de nuire",
    ),
    (
        before(Killed),
        "mort|morts|succombe|succombent|succombé|morte|mortes|décès|décédé|décédés|décédée|décédées|meurent|meurt|péri|périssent|\
         perdu la vie|perdent la vie|trouvé la mort|trouvent la mort|cadavres|corps sans vie|noyés|\
         noyées|perte en vie humaine|pertes en vies humaines",
    ),
    (total(Killed), "nombre de morts|nombre de tués|nombre des morts|nombre des tués|nombre de décès"),
    (after(Wounded), "blessent|blessant|blesser|blessait"),
    (both(Wounded), "blessé|blessés|blessée|blessées"),
    (total(Wounded), "nombre de blessés|nombre des blessés"),
    (
        after(Kidnapped),
        "enlèvent|enlever|enlevant|enlèvement de|enlèvement d'|enlèvements de|kidnappent|kidnapping de|\
         kidnapping d'|rapt de|rapt d'",
    ),
    (
        both(Kidnapped),
        "enlevé|enlevés|enlevée|enlevées|kidnappé|kidnappés|kidnappée|kidnappées|pris en otage|\
         prises en otage|prise en otage|retenus en otage",
    ),
    (before(Kidnapped), "otages|otage|captifs"),
    (
        after(Displaced),
        "déplacement de|déplacement d'|déplacements de|fait fuir|font fuir|faisant fuir|chassent|\
         déplacent|contraint|contraignent",
    ),
    (both(Displaced), "déplacé|déplacés|déplacée|déplacées"),
    (before(Displaced), "fuient|fui|fuit|fuyant|fuir|sans abri|sans-abris"),
    (both(Casualties), "victimes|victime"),
    (
        FREED,
        "recouvrent la liberté|retrouvent la liberté|recouvré la liberté|retrouvé la liberté|libéré|libérés|libérée|libérées|libèrent|libération de|libération d'|libération|libérer|\
         libérant|relâché|relâchés|relâchées|relaxés|secourus|sauvés|délivrés",
    ),
    (
        NOTHING,
        "arrêté|arrêtés|arrêtée|arrêtées|arrêtent|arrestation de|arrestation d'|arrestations|interpellé|\
         interpellés|interpellation de|condamné|condamnés|capturé|capturés|détenus|incarcérés|disparu|\
         disparus|disparue|disparues|rescapés|survivants|indemnes|rendus|déployés|saisi|saisis|saisie|\
         saisies|invités|recrutés|formés|écroués|inculpés|portés disparus|évadés",
    ),
    // §8.2 and 8.3: how many, how sure
    (Sense::Number(Numeral::One), "un|une"),
    (Sense::Number(Numeral::Score), "vingt|vingts"),
    (Sense::Number(Numeral::Times(100)), "cent|cents"),
    (Sense::Number(Numeral::Times(1000)), "mille"),
    (Sense::Number(Numeral::Times(1_000_000)), "million|millions"),
    (Sense::Vague(10), "dizaines"),
    (Sense::Vague(12), "douzaines"),
    (Sense::Vague(20), "vingtaines"),
    (Sense::Vague(100), "centaines"),
    (Sense::Vague(1000), "milliers"),
    (Sense::About(8), "huitaine"),
    (Sense::About(6), "demi-douzaine"),
    (Sense::About(10), "dizaine"),
    (Sense::About(12), "douzaine"),
    (Sense::About(15), "quinzaine"),
    (Sense::About(20), "vingtaine"),
    (Sense::About(30), "trentaine"),
    (Sense::About(40), "quarantaine"),
    (Sense::About(50), "cinquantaine"),
    (Sense::About(60), "soixantaine"),
    (Sense::About(100), "centaine"),
    (Sense::About(1000), "millier"),
    (Sense::Other, "un autre|une autre"),
    (Sense::Indefinite, "plusieurs|quelques|de nombreux|de nombreuses|nombreux|nombreuses|divers|d'autres|certains"),
    (Sense::Qualifier(AtLeast), "au moins|au minimum|pas moins de|pas moins d'|minimum|au bas mot|ou plus"),
    (Sense::Qualifier(MoreThan), "plus de|plus d'|au-delà de|supérieur à"),
    (
        Sense::Qualifier(Approx),
        "environ|près de|près d'|quelque|autour de|autour d'|presque|approximativement|à peu près|\
         aux alentours de|une estimation de|à peine",
    ),
    (Sense::Qualifier(UpTo), "jusqu'à|moins de|moins d'"),
    (Sense::Between, "entre"),
    (Sense::From, "de|d'|du"),
    (Sense::To, "à"),
    (Sense::Excludes, "le|par|contre|âgé de|âgée de|âgés de|âgées de|âgé d'environ"),
    (Sense::Relative, "qui|qui ont|qui avaient|qui a|qui avait"),
    (Sense::Place, "dans|près du|sur|vers"),
    (Sense::And, "et"),
    (Sense::But, "mais|tandis que|alors que|puis|après|avant"),
    (Sense::Or, "ou"),
    (
        Sense::Rise,
        "passe|passent|passant|passer|passait|grimpe|monte|porté|portant|s'élève|s'élevait|s'alourdit|\
         alourdit|alourdi|atteint|atteignant|augmente|bondit|revu à la hausse|établi|s'établit",
    ),
    (
        Sense::Sub,
        "dont|parmi lesquels|parmi lesquelles|parmi eux|parmi elles|y compris|notamment|\
         au nombre desquels|parmi les victimes|parmi les morts",
    ),
    (Sense::SubAfter, "d'entre eux|d'entre elles|des leurs"),
    (Sense::Not, "aucun|aucune|sans|pas|ni|pas de|pas d'|zéro|nul|jamais"),
    // who is counted, and what is not
    (
        Sense::Person(Persons::One),
        "personne|soldat|militaire|civil|civile|policier|gendarme|enseignant|enseignante|élève|étudiant|\
         étudiante|enfant|garçon|fille|fillette|homme|femme|villageois|villageoise|paysan|éleveur|berger|\
         commerçant|chauffeur|conducteur|guide|travailleur|humanitaire|casque bleu|journaliste|prêtre|\
         curé|pasteur|imam|évêque|religieuse|chef|maire|préfet|gouverneur|député|commandant|général|\
         colonel|capitaine|lieutenant|adjudant|sergent|officier|sous-officier|combattant|jihadiste|\
         djihadiste|terroriste|insurgé|rebelle|assaillant|bandit|milicien|volontaire|gardien|garde|\
         médecin|infirmier|infirmière|habitant|habitante|passager|migrant|touriste|ressortissant|\
         ingénieur|chasseur|motard|ouvrier|orpailleur|manifestant|bébé|nourrisson|adolescent|agent|\
         responsable|fonctionnaire|cultivateur|agriculteur|kamikaze|douanier|employé|écolier|lycéen|\
         lycéenne|vieillard|notable|marabout|sénateur|ambassadeur|ministre|magistrat|transporteur|\
         pêcheur|cadre|leader",
    ),
    (
        Sense::Person(Persons::Many),
        "personnes|soldats|militaires|civils|civiles|policiers|gendarmes|enseignants|enseignantes|élèves|\
         étudiants|étudiantes|enfants|garçons|filles|fillettes|hommes|femmes|paysans|éleveurs|bergers|\
         commerçants|chauffeurs|conducteurs|guides|travailleurs|humanitaires|casques bleus|journalistes|\
         prêtres|pasteurs|imams|religieuses|chefs|combattants|jihadistes|djihadistes|terroristes|\
         insurgés|rebelles|assaillants|bandits|miliciens|volontaires|gardes|médecins|habitants|passagers|\
         migrants|touristes|ressortissants|ingénieurs|chasseurs|motards|ouvriers|orpailleurs|\
         manifestants|bébés|agents|ménages|familles|écoliers|lycéens|lycéennes|douaniers|officiers|\
         éléments|membres|cultivateurs|agriculteurs|kamikazes|fidèles|pêcheurs|âmes|supplétifs|\
         forestiers|hommes armés|autres|vdp|fds|dozos|koglweogo|fils|frères|sœurs|citoyens|employés|\
         occupants|moines",
    ),
    (
        Sense::Thing,
        "jour|jours|semaine|semaines|mois|an|ans|années|heure|heures|h|minute|minutes|secondes|km|\
         kilomètres|mètres|pour cent|euros|dollars|francs|fcfa|milliards|tonnes|kg|véhicule|véhicules|\
         motos|moto|camions|camion|voiture|voitures|pick-up|pickups|villages|village|maisons|maison|\
         cases|boutiques|école|écoles|églises|mosquées|ville|villes|camps|bases|attaque|attaques|raid|\
         raids|affrontements|incidents|incident|explosion|explosions|bombe|bombes|frappe|frappes|\
         embuscade|embuscades|drone|drones|roquettes|obus|mine|mines|armes|arme|fusils|bœufs|bœuf|vaches|\
         moutons|têtes|têtes de bétail|pays|état|états|région|régions|provinces|sites|site|points|fois|\
         communes|commune|convoi|convois|bus|cars|pirogues|hélicoptère|hélicoptères|avion|avions|\
         opérations|groupes|localités|localité|hectares|degrés|sièges|voix|postes|poste|marché|position|\
         positions|prison|engins|engin|patrouille|patrouilles|unité|unités|bâtiments|sacs|litres|\
         milliard|édition|date|ligne|accident",
    ),
    (
        Sense::Label,
        "saison|épisode|route|routes|rn|nationale|axe|boeing|airbus|vol|base|canal|chaîne|résolution|régiment|bataillon|\
         brigade|division|compagnie|zone|article|section|page|kilomètre|pk|numéro|secteur|groupe|camp|\
         point|classe|phase|opération|covid|type|rue|bloc|chapitre|cercle",
    ),
    (
        Sense::Calendar,
        "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|janv|févr|\
         juil|oct|nov|déc|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|depuis|en|courant|fin|\
         début|année|mi",
    ),
    (
        Sense::Adjective,
        "jeune|haut|ancien|ancienne|ex|vieux|vieil|second|seconde|deuxième|troisième|grand|petit|petite|\
         seul|seule|important|simple",
    ),
];
