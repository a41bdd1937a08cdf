//! French. Two-part signs take a no-break space before them, as French typography has it.

use super::{Affair, State, Words};

pub(super) const FRENCH: Words = Words {
    subject: "Sahelwatch\u{a0}: {title}",
    dated: "{title} · {date}",
    neutral: "Sahelwatch\u{a0}: note à l’exploitant, {date}",
    kinds: ["POUR L’EXPLOITANT", "SIGNE DE VIE"],
    states: [
        State { word: "en ordre", one: "la source {source} est en ordre", many: &["{n} en ordre"] },
        State {
            word: "déplacée",
            one: "la source {source} a changé d’adresse",
            many: &["{n} déplacée", "{n} déplacées"],
        },
        State {
            word: "débordée", one: "la source {source} est débordée", many: &["{n} débordée", "{n} débordées"]
        },
        State { word: "muette", one: "la source {source} est muette", many: &["{n} muette", "{n} muettes"] },
        State {
            word: "dégradée", one: "la source {source} est dégradée", many: &["{n} dégradée", "{n} dégradées"]
        },
        State { word: "bloquée", one: "la source {source} est bloquée", many: &["{n} bloquée", "{n} bloquées"] },
        State { word: "en échec", one: "la source {source} est en échec", many: &["{n} en échec"] },
    ],
    affairs: [
        Affair {
            title: "Notre propre réseau",
            word: "en panne",
            begun: "notre réseau est en panne depuis {since}",
            ended: "notre réseau a été en panne ({from}–{until})",
        },
        Affair {
            title: "Courrier sortant",
            word: "en panne",
            begun: "aucun courriel ne part depuis {since}",
            ended: "aucun courriel n’est parti ({from}–{until})",
        },
        Affair {
            title: "Configuration sur le disque",
            word: "refusée",
            begun: "la configuration sur le disque est refusée",
            ended: "la configuration sur le disque est de nouveau en service",
        },
        Affair {
            title: "Seuil de couverture {name}",
            word: "non atteint",
            begun: "trop peu de sources pour {name}",
            ended: "de nouveau assez de sources pour {name}",
        },
        Affair {
            title: "Articles retenus de {name}",
            word: "déferlement",
            begun: "{name} submerge ses lecteurs",
            ended: "{name} ne submerge plus ses lecteurs",
        },
        Affair {
            title: "Espace disque",
            word: "faible",
            begun: "le disque est presque plein",
            ended: "le disque a de nouveau de la place",
        },
        Affair {
            title: "Taille du stockage",
            word: "à sa limite",
            begun: "des textes anciens sont effacés plus tôt, pour limiter la taille",
            ended: "la taille est de nouveau sous sa limite",
        },
        Affair {
            title: "Courriel à {name}",
            word: "non accepté",
            begun: "un courriel à {name} n’a pas été accepté",
            ended: "les courriels à {name} sont de nouveau acceptés",
        },
        Affair {
            title: "Les données du programme",
            word: "endommagées",
            begun: "les données du programme ont été endommagées puis refaites",
            ended: "les données du programme ont été endommagées puis refaites",
        },
    ],
    since_day: "le {time}",

    dark: &["{n} source hors service", "{n} sources hors service"],
    troubled: &["{n} source à vérifier", "{n} sources à vérifier"],
    well: &["{n} source est rétablie", "{n} sources sont rétablies"],
    gapped: &["articles de {n} source peut-être manqués", "articles de {n} sources peut-être manqués"],
    all_well: "tout est rétabli",
    one_well: "la source {source} est rétablie",
    named: "{title} ({names})",
    and_more: &["{title}, et {n} de plus"],
    and_over: &["{title}\u{a0}; {n} point réglé", "{title}\u{a0}; {n} points réglés"],

    tally: ["nouveau\u{a0}: {n}", "changé\u{a0}: {n}", "réglé\u{a0}: {n}", "comme déjà signalé\u{a0}: {n}"],
    headings: ["Nouveau", "Changé", "Réglé", "Articles peut-être manqués", "Comme déjà signalé"],
    source: "{name} ({id})",
    since: "depuis le {time} ({delay})",
    before: "Auparavant\u{a0}: {state} depuis le {time}",
    was: "{state} du {from} au {until} ({delay})",
    missed: "Des articles ont pu être manqués entre le {from} et le {until}.",
    answered: "Réponse reçue",
    advice: "Ce que vous pouvez faire",
    brief: "{name}\u{a0}: {state} depuis le {time}",
    rest: &["Et {n} autre point non affiché.", "Et {n} autres points non affichés."],

    watched: &["{n} source suivie", "{n} sources suivies"],
    matches: &["{n} résultat", "{n} résultats"],
    not_live: &["{n} inactive", "{n} inactives"],
    all_live: "toutes actives",
    live: "Sources actives\u{a0}: {n} sur {total}.",
    not_live_named: "Inactives\u{a0}: {names}.",
    name_state: "{name} ({state})",
    day: "Ces dernières 24 heures\u{a0}: {items}, {alerts}, {sent}.",
    items: &["{n} nouvel article", "{n} nouveaux articles"],
    alerts: &["{n} alerte", "{n} alertes"],
    sent: &["{n} courriel envoyé", "{n} courriels envoyés"],
    queued: &["{n} courriel attend d’être envoyé.", "{n} courriels attendent d’être envoyés."],
    gaps: "Articles peut-être manqués\u{a0}: {gaps}.",
    gap: "{name} entre le {from} et le {until}",
    no_gaps: "Aucun intervalle où des articles ont pu être manqués.",

    see_all: "L’état de toutes les sources",
    why: "Envoyé à vous parce que mail.ops_to vous nomme. Les lecteurs ne reçoivent rien de tout cela.",
    why_sign_of_life: "Envoyé à vous chaque jour parce que operator.sign_of_life le demande. S’il ne vient pas, \
                       vérifiez que le programme tourne. Les lecteurs ne reçoivent rien de tout cela.",
    origin: "{program} sur {host} · en marche depuis le {time}",
};
