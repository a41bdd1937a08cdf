//! English words of casualty reports.

use super::super::lexicon::{Numbers, Words};
use super::super::sense::{FREED, NOTHING, Numeral, Persons, Sense, after, before, both, near, total};
use crate::model::TollKind::{Casualties, Displaced, Kidnapped, Killed, Wounded};
use crate::model::TollQualifier::{Approx, AtLeast, MoreThan, UpTo};

/// Words and numbers.
pub(crate) const ALL: (Words, Numbers) = (WORDS, NUMBERS);

const NUMBERS: Numbers = &[
    (2, "two"),
    (3, "three"),
    (4, "four"),
    (5, "five"),
    (6, "six"),
    (7, "seven"),
    (8, "eight"),
    (9, "nine"),
    (10, "ten"),
    (11, "eleven"),
    (12, "twelve"),
    (13, "thirteen"),
    (14, "fourteen"),
    (15, "fifteen"),
    (16, "sixteen"),
    (17, "seventeen"),
    (18, "eighteen"),
    (19, "nineteen"),
    (20, "twenty"),
    (30, "thirty"),
    (40, "forty"),
    (50, "fifty"),
    (60, "sixty"),
    (70, "seventy"),
    (80, "eighty"),
    (90, "ninety"),
];

const WORDS: Words = &[
    // §8.4: what happened
    (after(Killed), "kill|kills|killing|killing of|killings of|death of|deaths of|slay|slays|slaughter|slaughters"),
    (
        after(Killed),
        "claims the lives of|claimed the lives of|claiming the lives of|lives of|murder of|massacre of|\
         execution of",
    ),
    (
        after(Killed),
        "murders|massacres|neutralise|neutralises|neutralize|neutralizes|executes|execute|beheads|behead|executing|massacring|murdering",
    ),
    (
        both(Killed),
        "killed|slain|slaughtered|massacred|murdered|executed|beheaded|gunned down|neutralised|\
         neutralized|eliminated",
    ),
    (
        before(Killed),
        "dead|died|dies|dying|deaths|death|fatalities|fatality|perish|perished|drown|drowned|\
         dead bodies|bodies|corpses",
    ),
    (before(Killed), "lives lost|lose lives|lost lives|lost their lives|lose their lives|lost his life|lost her life"),
    (near(Killed, 0), "lives"),
    // Also the commonest word of German.
    (near(Killed, 3), "die"),
    (total(Killed), "death toll|toll|number of dead|number of deaths|number of people killed|number of those killed"),
    (after(Wounded), "wounds|wound|wounding|injures|injure|injuring|hurts|hurting|maiming|injury of"),
    (both(Wounded), "wounded|injured|maimed"),
    (before(Wounded), "hurt|injuries|number of wounded"),
    (
        after(Kidnapped),
        "kidnap|kidnaps|snatch|snatches|kidnapping|kidnapping of|abduct|abducts|abducting|abduction of|seizes|takes hostage",
    ),
    (both(Kidnapped), "kidnapped|abducted|snatched|taken hostage|held hostage|took hostage"),
    (before(Kidnapped), "hostages|hostage|captives|abductions|kidnappings|abductees"),
    (after(Displaced), "displaces|displace|displacing|displacement of|uproots|uprooting|forcing"),
    (both(Displaced), "displaced|uprooted"),
    (before(Displaced), "flee|fled|flees|fleeing|homeless|forced to flee|forced from their homes|idps"),
    (both(Casualties), "casualties|casualty|victims|victim"),
    (
        FREED,
        "regain freedom|regained freedom|regains freedom|freed|frees|free|freeing|released|releases|releasing|release of|release|rescued|rescues|rescue|\
         rescuing|liberated",
    ),
    (
        NOTHING,
        "arrested|arrests|arrest|detained|detains|jailed|jails|jail|sentenced|sentences|convicted|\
         captured|capture|captures",
    ),
    (
        NOTHING,
        "missing|surrendered|surrender|charged|deployed|trained|recruited|suspected of|escaped|unhurt|\
         unharmed|survived|survive",
    ),
    (NOTHING, "took part|attended|gathered|remanded|invited"),
    // §8.2 and 8.3: how many, how sure
    (Sense::Number(Numeral::One), "one"),
    (Sense::Number(Numeral::Times(100)), "hundred"),
    (Sense::Number(Numeral::Times(1000)), "thousand"),
    (Sense::Number(Numeral::Times(1_000_000)), "million"),
    (Sense::Vague(10), "tens"),
    (Sense::Vague(12), "dozens"),
    (Sense::Vague(20), "scores"),
    (Sense::Vague(100), "hundreds"),
    (Sense::Vague(1000), "thousands"),
    (Sense::Vague(1_000_000), "millions"),
    (Sense::About(12), "dozen"),
    (Sense::About(6), "half a dozen|half dozen"),
    (Sense::Article, "a|an"),
    (Sense::Other, "another"),
    (Sense::Indefinite, "several|many|numerous|multiple|few|a few|a number of"),
    (
        Sense::Qualifier(AtLeast),
        "at least|at the very least|no fewer than|no less than|not less than|not fewer than|a minimum of|\
         minimum of|or more",
    ),
    (Sense::Qualifier(MoreThan), "more than|over|upwards of|in excess of|above|greater than"),
    (
        Sense::Qualifier(Approx),
        "about|around|nearly|almost|some|approximately|roughly|close to|an estimated|estimated|approx|circa",
    ),
    (Sense::Qualifier(UpTo), "up to|as many as|fewer than|less than"),
    (Sense::Between, "between"),
    (Sense::From, "from|of"),
    (Sense::To, "to"),
    (Sense::Excludes, "by|by some|aged|aged between|age|at the hands of|against|despite"),
    (Sense::Relative, "who|that"),
    (Sense::Place, "at|near|on|outside|inside"),
    (Sense::And, "and"),
    (Sense::But, "but|while|whereas|after|before"),
    (Sense::Or, "or"),
    (
        Sense::Rise,
        "rises|rise|rose|risen|rising|climbs|climb|climbed|jumps|jumped|increases|increased|up|passes|\
         passed|reaches|reached|revised|raised|hits|grows|grown|grew|stands at|soars|soared",
    ),
    (
        Sense::Sub,
        "including|among them|among whom|of which|included|includes|includes at least|among those killed|\
         among the dead|up from|including at least",
    ),
    (Sense::SubAfter, "of them|of whom|of those|of these|of the victims|of the dead"),
    (Sense::Not, "no|without|nobody|no one|not|zero|none|without any|neither|nor|never"),
    // who is counted, and what is not
    (
        Sense::Person(Persons::One),
        "person|soldier|civilian|policeman|policewoman|officer|gendarme|teacher|pupil|student|child|boy|\
         girl|man|woman|villager|farmer|herder|trader|driver|guide|worker|peacekeeper|journalist|\
         reporter|priest|pastor|imam|nun|bishop|chief|mayor|leader|commander|general|colonel|fighter|\
         militant|jihadist|terrorist|insurgent|rebel|gunman|attacker|bandit|militiaman|guard|ranger|\
         doctor|nurse|resident|local|passenger|migrant|refugee|tourist|national|engineer|hunter|trooper|\
         baby|infant|bystander|protester|protestor|demonstrator|prisoner|suspect|bomber|missionary|\
         volunteer|contractor|aide|official|politician|minister|ambassador|diplomat|lawmaker|mp|judge|\
         member|other|son|daughter|wife|brother|sister|father|mother|husband|bride|monk|hostage taker",
    ),
    (
        Sense::Person(Persons::Many),
        "people|persons|soldiers|civilians|policemen|police|officers|gendarmes|teachers|pupils|students|\
         children|boys|girls|men|women|villagers|farmers|herders|traders|drivers|guides|workers|\
         peacekeepers|journalists|reporters|priests|pastors|imams|nuns|chiefs|leaders|commanders|\
         fighters|militants|jihadists|terrorists|insurgents|rebels|gunmen|attackers|bandits|militiamen|\
         militia|guards|rangers|doctors|nurses|residents|locals|passengers|migrants|refugees|tourists|\
         nationals|engineers|hunters|troops|troopers|babies|infants|bystanders|protesters|protestors|\
         demonstrators|prisoners|suspects|bombers|missionaries|volunteers|contractors|officials|members|\
         households|families|schoolchildren|schoolgirls|schoolboys|personnel|servicemen|inhabitants|\
         shepherds|miners|worshippers|worshipers|relatives|elders|servants|inmates|crew|others|sons|\
         daughters|wives|brothers|sisters|vdp|monks|marines|paratroopers|citizens|employees",
    ),
    (
        Sense::Thing,
        "reasons|things|ways|day|days|week|weeks|month|months|year|years|hour|hours|minute|minutes|second|seconds|kms|\
         kilometres|kilometer|kilometers|miles|mile|metres|meters|percent|per cent|dollars|euros|francs|\
         cfa|naira|tonnes|tons|kg|year old|year olds|vehicles|vehicle|trucks|truck|cars|car|motorbikes|\
         motorcycles|motorbike|motorcycle|bikes|villages|village|homes|home|houses|house|huts|shops|\
         schools|school|churches|mosques|towns|town|cities|camps|bases|attacks|attack|raids|raid|clashes|\
         incidents|incident|explosions|explosion|blasts|blast|bombs|bomb|strikes|airstrikes|airstrike|\
         strike|ambush|ambushes|drones|drone|rockets|mortars|shells|mines|mine|rifles|weapons|guns|\
         cattle|cows|cow|goats|sheep|camels|countries|country|states|state|regions|region|provinces|\
         sites|site|points|times|rounds|am|pm|convoys|convoy|buses|bus|boats|boat|helicopters|helicopter|\
         planes|plane|operations|separate|nations|groups|communities|districts|localities|places|\
         buildings|bridge|bridges|ambulances|tanks|fronts|prisons|barracks|positions|days of|cases|acres|\
         hectares|degrees|seats|votes|lakes|kilos|litres|rule|law",
    ),
    (
        Sense::Label,
        "season|episode|route|highway|road|boeing|airbus|flight|base|channel|resolution|regiment|battalion|brigade|\
         division|unit|zone|article|section|page|km|kilometre|number|line|sector|gate|block|terminal|\
         chapter|camp|point|class|group|phase|operation|covid|france|type|mark|level|bir|area",
    ),
    (
        Sense::Calendar,
        "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|apr|\
         jun|jul|aug|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|since|in|until|\
         during|early|late|mid",
    ),
];
