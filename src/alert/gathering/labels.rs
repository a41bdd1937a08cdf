//! Our own words that only a mail on several stories needs, in three languages; `alert::labels` has the others.
//! `{name}` marks what is filled in; a translation may move it.

use crate::alert::labels::Counted;
use crate::model::Tongue;

/// One language's words.
pub(super) struct Words {
    /// The kinds of mail: digest, roundup, held, backlog.
    pub(super) kinds: [&'static str; 4],
    /// A digest that has no name.
    pub(super) digest_name: &'static str,
    pub(super) stories: Counted,
    /// `{name}`, `{date}`, `{what}`.
    pub(super) digest_subject: &'static str,
    /// `{countries}`, after it.
    pub(super) subject_countries: &'static str,
    pub(super) no_matches: &'static str,
    /// `{watch}`, `{since}`.
    pub(super) more_on_watch: Counted,
    pub(super) more: Counted,
    pub(super) held: Counted,
    /// A `{time}` on another day, after "since".
    pub(super) since_day: &'static str,
    /// `{from}`, `{until}`.
    pub(super) waited: Counted,
    /// `{kind}`, one of `neutral_kinds`, and `{date}`.
    pub(super) neutral_subject: &'static str,
    pub(super) neutral_kinds: [&'static str; 4],
    /// `{from}`, `{until}`.
    pub(super) period: &'static str,
    /// `{watch}`.
    pub(super) throttled: &'static str,
    pub(super) throttled_unnamed: &'static str,
    pub(super) source_throttled: &'static str,
    /// `{every}`.
    pub(super) overload: &'static str,
    pub(super) quiet_hours: &'static str,
    pub(super) recovered: &'static str,
    /// `{from}`, `{until}`.
    pub(super) outage: &'static str,

    pub(super) by_country: &'static str,
    /// `{country}`, `{n}`.
    pub(super) country_count: &'static str,
    /// `{mean}`.
    pub(super) mean: &'static str,
    /// Between the whole of a number and its tenths.
    pub(super) decimal: &'static str,
    /// Over stories of which no country is known.
    pub(super) no_country: &'static str,

    /// `{time}`.
    pub(super) first_seen: &'static str,
    /// `{n}` sources, by `{names}`.
    pub(super) sources_named: &'static str,
    pub(super) copies: Counted,

    pub(super) also_matched: &'static str,
    pub(super) counted_only: Counted,
    pub(super) ailing: &'static str,
    /// `{name}`, `{time}`.
    pub(super) failing: &'static str,
    pub(super) silent: &'static str,
    /// `{n}` of `{total}`.
    pub(super) healthy: &'static str,
    pub(super) ailing_more: &'static str,
    pub(super) already_sent: &'static str,
    /// `{time}`.
    pub(super) sent: &'static str,
    pub(super) sent_more: &'static str,

    /// `{watches}`.
    pub(super) watches_matched: &'static str,
    /// `{name}`.
    pub(super) from_digest: &'static str,
    /// Followed by a command.
    pub(super) mute: &'static str,
    pub(super) unsubscribe_digest: &'static str,
    /// From what the mail tells of, where there is no room to say it.
    pub(super) unsubscribe: &'static str,
    /// `{version}`, `{host}`, `{mail}`.
    pub(super) origin: &'static str,
    /// From Monday on.
    pub(super) weekdays: [&'static str; 7],
}

impl Words {
    /// The words of a language.
    pub(super) fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::En => &ENGLISH,
            Tongue::Fr => &FRENCH,
            Tongue::Ar => &ARABIC,
        }
    }
}

const ENGLISH: Words = Words {
    kinds: ["DIGEST", "ROUNDUP", "HELD OVER", "BACKLOG"],
    digest_name: "Sahel digest",
    stories: &["{n} story", "{n} stories"],
    digest_subject: "{name}, {date}: {what}",
    subject_countries: " ({countries})",
    no_matches: "no matches",
    more_on_watch: &["{n} more story on {watch} since {since}", "{n} more stories on {watch} since {since}"],
    more: &["{n} more story since {since}", "{n} more stories since {since}"],
    held: &["{n} story held since {since}", "{n} stories held since {since}"],
    since_day: "{time}",
    waited: &[
        "{n} story that waited while mail was down ({from}–{until})",
        "{n} stories that waited while mail was down ({from}–{until})",
    ],
    neutral_subject: "Sahelwatch: {kind}, {date}",
    neutral_kinds: ["digest", "roundup", "held over", "backlog"],
    period: "{from} to {until}",
    throttled: "Watch {watch} has sent you as many mails as its limit allows. What came over the limit is gathered \
                here.",
    throttled_unnamed: "A watch has sent you as many mails as its limit allows. What came over the limit is gathered \
                        here.",
    source_throttled: "One source has caused as many mails to you as its limit allows. What came over the limit is \
                       gathered here.",
    overload: "This is a busy day: far more is reported than usual. Stories below high severity are gathered and \
               mailed every {every}; those of high severity come at once, as always.",
    quiet_hours: "These came during your quiet hours.",
    recovered: "The data of this program were damaged and made anew, and what it had mailed you by then is not known for \
                certain. You may have had these stories before.",
    outage: "Mail could not be sent from {from} to {until}. These stories waited; the oldest comes first.",
    by_country: "By country",
    country_count: "{country}: {n}",
    mean: "28-day mean {mean}",
    decimal: ".",
    no_country: "No country known",
    first_seen: "first seen {time}",
    sources_named: "{n}: {names}",
    copies: &["{n} copy", "{n} copies"],
    also_matched: "Also matched",
    counted_only: &["And {n} more story that is not shown.", "And {n} more stories that are not shown."],
    ailing: "Sources that fail or are silent",
    failing: "{name}: failing since {time}",
    silent: "{name}: nothing new since {time}",
    healthy: "{n} of {total} sources healthy.",
    ailing_more: "{n} more",
    already_sent: "Already sent to you",
    sent: "mailed {time}",
    sent_more: "{n} more",
    watches_matched: "Watches that matched: {watches}.",
    from_digest: "This is digest {name}.",
    mute: "Mute a story for 7 days (IDs: sahelwatch stories)",
    unsubscribe_digest: "Unsubscribe from digest {name}",
    unsubscribe: "Unsubscribe:",
    origin: "sahelwatch {version} on {host} · mail {mail}",
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

const FRENCH: Words = Words {
    kinds: ["SYNTHÈSE", "RÉCAPITULATIF", "DIFFÉRÉ", "EN ATTENTE"],
    digest_name: "Synthèse Sahel",
    stories: &["{n} affaire", "{n} affaires"],
    digest_subject: "{name}, {date}\u{a0}: {what}",
    subject_countries: " ({countries})",
    no_matches: "aucun résultat",
    more_on_watch: &[
        "{n} autre affaire pour {watch} depuis {since}",
        "{n} autres affaires pour {watch} depuis {since}",
    ],
    more: &["{n} autre affaire depuis {since}", "{n} autres affaires depuis {since}"],
    held: &["{n} affaire retenue depuis {since}", "{n} affaires retenues depuis {since}"],
    since_day: "le {time}",
    waited: &[
        "{n} affaire en attente pendant la panne du courrier ({from}–{until})",
        "{n} affaires en attente pendant la panne du courrier ({from}–{until})",
    ],
    neutral_subject: "Sahelwatch\u{a0}: {kind}, {date}",
    neutral_kinds: ["synthèse", "récapitulatif", "différé", "en attente"],
    period: "du {from} au {until}",
    throttled: "La veille {watch} vous a envoyé autant de messages que sa limite le permet. Ce qui la dépasse est \
                réuni ici.",
    throttled_unnamed: "Une veille vous a envoyé autant de messages que sa limite le permet. Ce qui la dépasse est \
                        réuni ici.",
    source_throttled: "Une source a déclenché autant de messages que sa limite le permet. Ce qui la dépasse est réuni \
                       ici.",
    overload: "La journée est chargée\u{a0}: bien plus de faits sont signalés que d’habitude. Les affaires de gravité \
               inférieure à «\u{a0}élevé\u{a0}» sont réunies et envoyées toutes les {every}\u{a0}; les autres partent \
               aussitôt, comme toujours.",
    quiet_hours: "Reçu pendant vos heures calmes.",
    recovered: "Les données de ce programme ont été endommagées puis refaites, et l’on ne sait pas avec certitude ce qui \
                vous avait déjà été envoyé. Vous avez peut-être déjà reçu ces affaires.",
    outage: "L’envoi de courriels a été impossible du {from} au {until}. Ces affaires ont attendu\u{a0}; la plus \
             ancienne vient en premier.",
    by_country: "Par pays",
    country_count: "{country}\u{a0}: {n}",
    mean: "moyenne sur 28 jours {mean}",
    decimal: ",",
    no_country: "Pays non précisé",
    first_seen: "vu d’abord le {time}",
    sources_named: "{n}\u{a0}: {names}",
    copies: &["{n} reprise", "{n} reprises"],
    also_matched: "Également retenu",
    counted_only: &["Et {n} autre affaire non affichée.", "Et {n} autres affaires non affichées."],
    ailing: "Sources en échec ou muettes",
    failing: "{name}\u{a0}: en échec depuis le {time}",
    silent: "{name}\u{a0}: rien de nouveau depuis le {time}",
    healthy: "{n} sources sur {total} fonctionnent.",
    ailing_more: "{n} de plus",
    already_sent: "Déjà envoyé",
    sent: "envoyé le {time}",
    sent_more: "{n} de plus",
    watches_matched: "Veilles concernées\u{a0}: {watches}.",
    from_digest: "Ceci est la synthèse {name}.",
    mute: "Mettre une affaire en sourdine 7 jours (ID\u{a0}: sahelwatch stories)",
    unsubscribe_digest: "Se désabonner de la synthèse {name}",
    unsubscribe: "Se désabonner\u{a0}:",
    origin: "sahelwatch {version} sur {host} · message {mail}",
    weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
};

const ARABIC: Words = Words {
    kinds: ["موجز", "تجميع", "مؤجل", "متأخر"],
    digest_name: "موجز الساحل",
    stories: &["خبر واحد", "خبران", "{n} أخبار", "{n} خبرا", "{n} خبر"],
    digest_subject: "{name}، {date}: {what}",
    subject_countries: " ({countries})",
    no_matches: "لا نتائج",
    more_on_watch: &[
        "خبر آخر ضمن {watch} منذ {since}",
        "خبران آخران ضمن {watch} منذ {since}",
        "{n} أخبار أخرى ضمن {watch} منذ {since}",
        "{n} خبرا آخر ضمن {watch} منذ {since}",
        "{n} خبر آخر ضمن {watch} منذ {since}",
    ],
    more: &[
        "خبر آخر منذ {since}",
        "خبران آخران منذ {since}",
        "{n} أخبار أخرى منذ {since}",
        "{n} خبرا آخر منذ {since}",
        "{n} خبر آخر منذ {since}",
    ],
    held: &[
        "خبر واحد مؤجل منذ {since}",
        "خبران مؤجلان منذ {since}",
        "{n} أخبار مؤجلة منذ {since}",
        "{n} خبرا مؤجلا منذ {since}",
        "{n} خبر مؤجل منذ {since}",
    ],
    since_day: "{time}",
    waited: &[
        "خبر واحد انتظر خلال تعطل البريد ({from}–{until})",
        "خبران انتظرا خلال تعطل البريد ({from}–{until})",
        "{n} أخبار انتظرت خلال تعطل البريد ({from}–{until})",
        "{n} خبرا انتظر خلال تعطل البريد ({from}–{until})",
        "{n} خبر انتظر خلال تعطل البريد ({from}–{until})",
    ],
    neutral_subject: "Sahelwatch: {kind}، {date}",
    neutral_kinds: ["موجز", "تجميع", "مؤجل", "متأخر"],
    period: "من {from} إلى {until}",
    throttled: "بلغ الرصد {watch} حد الرسائل المسموح به، وجُمع هنا ما زاد عليه.",
    throttled_unnamed: "بلغ أحد عمليات الرصد حد الرسائل المسموح به، وجُمع هنا ما زاد عليه.",
    source_throttled: "بلغ أحد المصادر حد الرسائل المسموح به، وجُمع هنا ما زاد عليه.",
    overload: "هذا يوم حافل، وما يُنشر فيه أكثر من المعتاد بكثير. تُجمع الأخبار التي تقل درجتها عن «مرتفع» وتُرسل كل \
               {every}، أما غيرها فيُرسل فورا كالمعتاد.",
    quiet_hours: "وردت هذه الأخبار خلال ساعات الهدوء التي اخترتها.",
    recovered: "تلفت بيانات هذا البرنامج وأُنشئت من جديد، ولا يُعرف على وجه اليقين ما أُرسل إليك من قبل. ربما وصلتك هذه \
                الأخبار سابقا.",
    outage: "تعذّر إرسال البريد من {from} إلى {until}. انتظرت هذه الأخبار، والأقدم أولا.",
    by_country: "حسب البلد",
    country_count: "{country}: {n}",
    mean: "متوسط 28 يوما {mean}",
    decimal: ",",
    no_country: "بلد غير محدد",
    first_seen: "رُصد أولا في {time}",
    sources_named: "{n}: {names}",
    copies: &["نسخة واحدة", "نسختان", "{n} نسخ", "{n} نسخة", "{n} نسخة"],
    also_matched: "أخبار أخرى مطابقة",
    counted_only: &[
        "وخبر آخر غير معروض.",
        "وخبران آخران غير معروضين.",
        "و{n} أخبار أخرى غير معروضة.",
        "و{n} خبرا آخر غير معروض.",
        "و{n} خبر آخر غير معروض.",
    ],
    ailing: "مصادر متعطلة أو صامتة",
    failing: "{name}: تعذّر الوصول إليه منذ {time}",
    silent: "{name}: لا جديد منذ {time}",
    healthy: "المصادر السليمة: {n} من {total}.",
    ailing_more: "+{n}",
    already_sent: "أُرسل إليك من قبل",
    sent: "أُرسل في {time}",
    sent_more: "+{n}",
    watches_matched: "عمليات الرصد المطابقة: {watches}.",
    from_digest: "هذا هو الموجز {name}.",
    mute: "كتم خبر لمدة 7 أيام (الأرقام ID: sahelwatch stories)",
    unsubscribe_digest: "إلغاء الاشتراك في الموجز {name}",
    unsubscribe: "إلغاء الاشتراك:",
    origin: "sahelwatch {version} · {host} · الرسالة {mail}",
    weekdays: ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The values a label asks for, in alphabetical order.
    fn values(label: &str) -> Vec<&str> {
        let mut values: Vec<_> = label.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        values.sort_unstable();
        values
    }

    #[test]
    fn a_translation_asks_for_the_same_values() {
        let labels = |w: &'static Words| {
            [
                w.digest_subject,
                w.since_day,
                w.subject_countries,
                w.neutral_subject,
                w.period,
                w.throttled,
                w.throttled_unnamed,
                w.source_throttled,
                w.overload,
                w.quiet_hours,
                w.recovered,
                w.outage,
                w.country_count,
                w.mean,
                w.first_seen,
                w.sources_named,
                w.failing,
                w.silent,
                w.healthy,
                w.ailing_more,
                w.sent,
                w.sent_more,
                w.watches_matched,
                w.from_digest,
                w.unsubscribe_digest,
                w.origin,
            ]
        };
        let counted =
            |w: &'static Words| [w.stories, w.more_on_watch, w.more, w.held, w.waited, w.copies, w.counted_only];
        for (tongue, forms) in [(Tongue::Fr, 2), (Tongue::Ar, 5)] {
            let other = Words::of(tongue);
            for (ours, theirs) in labels(&ENGLISH).into_iter().zip(labels(other)) {
                assert_eq!(values(ours), values(theirs), "{ours} / {theirs}");
            }
            for (ours, theirs) in counted(&ENGLISH).into_iter().zip(counted(other)) {
                assert_eq!(theirs.len(), forms, "{theirs:?}");
                let last = theirs.last().copied().unwrap_or_default();
                assert_eq!(values(ours[1]), values(last), "{ours:?} / {theirs:?}");
                for form in theirs {
                    let missing = values(last).into_iter().find(|value| *value != "n" && !values(form).contains(value));
                    assert_eq!(missing, None, "{form}");
                }
            }
        }
    }
}
