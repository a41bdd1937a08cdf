//! The subject of a mail to the operator: what happened, in a line that needs no mail to be opened. Every such mail is
//! a conversation of its own, so its subject ends with its date.

use jiff::Timestamp;

use super::Setting;
use super::labels::Words;
use super::order::Ordered;
use crate::alert::gathering::times::{clock, clock_or_day, day_month};
use crate::alert::labels::Counted;
use crate::alert::line::Line;
use crate::alert::subject::MAX_SUBJECT;
use crate::model::{Bulletin, Health, Matter, Recovery, SignOfLife, SourceId, Subject};
use crate::text::display;

/// Longest name of a coverage floor, address of a recipient or id of a source in a subject, in characters.
const MAX_NAME: usize = 32;
/// Longest heading of the body, in characters: some three lines of a phone.
const MAX_HEADING: usize = 160;
/// States counted one by one in the title of a sign of life.
const MAX_STATES: usize = 2;

/// What a mail is called.
pub(super) struct Title {
    /// As it opens the body.
    pub(super) heading: Line,
    /// The subject as it would be if it could be seen.
    pub(super) whole: String,
    /// The subject as it stands on the envelope.
    pub(super) subject: String,
}

impl Title {
    pub(super) fn of_bulletin(bulletin: &Bulletin, setting: &Setting<'_>) -> Self {
        let ordered = Ordered::of(bulletin);
        Self::new(setting, |room| Phrases { setting, room }.bulletin(&ordered))
    }

    pub(super) fn of_sign_of_life(sign: &SignOfLife, setting: &Setting<'_>) -> Self {
        Self::new(setting, |room| Phrases { setting, room }.sign_of_life(sign))
    }

    /// A title for which there are so many characters.
    fn new(setting: &Setting<'_>, write: impl Fn(usize) -> Line) -> Self {
        let (labels, words) = (setting.labels(), setting.words());
        let local = setting.zone.to_datetime(setting.now);
        let date = format!("{} {}", day_month(local, labels), clock(local));
        let around = words.subject.replace("{title}", words.dated).replace("{date}", &date);
        let room = MAX_SUBJECT.saturating_sub(around.replace("{title}", "").chars().count());
        let title = display::cut(&display::line(&write(room).bare()), room);
        let whole = display::line(&around.replace("{title}", &title));
        let subject = match setting.is_discreet {
            true => display::line(&words.neutral.replace("{date}", &date)),
            false => whole.clone(),
        };
        Self { heading: opened(write(MAX_HEADING), setting), whole, subject }
    }
}

/// A title as a sentence of its own. One that begins with the id of a source keeps it as it is typed.
fn opened(title: Line, setting: &Setting<'_>) -> Line {
    let words = title.bare();
    let first = words.split(' ').next().unwrap_or_default();
    if setting.sources.iter().any(|source| source.id.as_str() == first) { title } else { title.capital() }
}

struct Phrases<'a> {
    setting: &'a Setting<'a>,
    /// Characters there are.
    room: usize,
}

impl Phrases<'_> {
    fn words(&self) -> &'static Words {
        self.setting.words()
    }

    fn bulletin(&self, ordered: &Ordered<'_>) -> Line {
        let fresh = ordered.fresh();
        match fresh.as_slice() {
            [] => self.over(ordered),
            [alone] => self.and(self.words().and_over, self.begun(alone), ordered.ended.len()),
            [first, rest @ ..] if !is_source(first) => {
                let title = self.and(self.words().and_more, self.begun(first), rest.len());
                self.and(self.words().and_over, title, ordered.ended.len())
            }
            all => {
                let dark = all.iter().all(|matter| !matter.health.is_live());
                let title = self.counted(if dark { self.words().dark } else { self.words().troubled }, all.len());
                self.named(title, all, ordered.ended.len())
            }
        }
    }

    fn over(&self, ordered: &Ordered<'_>) -> Line {
        let all: Vec<&Matter> = ordered.ended.iter().map(|recovery| &recovery.matter).collect();
        match ordered.ended.as_slice() {
            [] if !ordered.gaps.is_empty() => self.counted(self.words().gapped, ordered.gaps.len()),
            [] => self.counted(self.words().troubled, ordered.standing.len()),
            [alone] => self.ended(alone),
            [first, rest @ ..] if !is_source(&first.matter) => {
                self.and(self.words().and_more, self.ended(first), rest.len())
            }
            _ if ordered.standing.is_empty() => self.named(Line::ours(self.words().all_well), &all, 0),
            _ => self.named(self.counted(self.words().well, all.len()), &all, 0),
        }
    }

    fn begun(&self, matter: &Matter) -> Line {
        let since = self.clock(matter.since, self.words().since_day);
        match (&matter.subject, self.words().affair(&matter.subject)) {
            (Subject::Source(id), _) => Line::fill(self.words().state(matter.health).one, &[("source", self.id(id))]),
            (subject, Some(affair)) => Line::fill(affair.begun, &[("since", since), ("name", self.named_by(subject))]),
            _ => Line::default(),
        }
    }

    fn ended(&self, recovery: &Recovery) -> Line {
        let subject = &recovery.matter.subject;
        let span = [
            ("from", self.clock(recovery.matter.since, "{time}")),
            ("until", self.clock(recovery.at, "{time}")),
            ("name", self.named_by(subject)),
        ];
        match (subject, self.words().affair(subject)) {
            (Subject::Source(id), _) => Line::fill(self.words().one_well, &[("source", self.id(id))]),
            (_, Some(affair)) => Line::fill(affair.ended, &span),
            _ => Line::default(),
        }
    }

    fn sign_of_life(&self, sign: &SignOfLife) -> Line {
        let (labels, words) = (self.setting.labels(), self.words());
        let mut states = states(sign).map(|(health, n)| (words.state(health).many, n)).collect::<Vec<_>>();
        if states.len() > MAX_STATES {
            states = vec![(words.not_live, sign.troubled.len())];
        }
        let mut parts = vec![self.counted(words.watched, sign.sources), self.counted(words.matches, sign.alerts)];
        parts.extend(states.iter().map(|(forms, n)| self.counted(forms, *n)));
        parts.extend(states.is_empty().then(|| Line::ours(words.all_live)));
        Line::join(parts, labels.comma)
    }

    fn counted(&self, forms: Counted, n: usize) -> Line {
        Line::ours(self.setting.labels().count(forms, n))
    }

    /// A title with a count of what it leaves out, if it does and there is room to say so.
    fn and(&self, forms: Counted, title: Line, n: usize) -> Line {
        let labels = self.setting.labels();
        let more = Line::fill(labels.form(forms, n), &[("title", title.clone()), ("n", Line::ours(labels.number(n)))]);
        if n > 0 && self.fits(&more) { more } else { title }
    }

    fn fits(&self, line: &Line) -> bool {
        line.bare().chars().count() <= self.room
    }

    /// A title with as many of its sources as there is room for, and with how many other matters are over.
    fn named(&self, title: Line, matters: &[&Matter], over: usize) -> Line {
        let ids: Vec<_> = matters
            .iter()
            .filter_map(|matter| match &matter.subject {
                Subject::Source(id) => Some(self.id(id)),
                _ => None,
            })
            .collect();
        let shown = |most: usize| {
            let more = (most < ids.len()).then(|| Line::ours("…"));
            let names = Line::join(ids.iter().take(most).cloned().chain(more), self.setting.labels().comma);
            Line::fill(self.words().named, &[("title", title.clone()), ("names", names)])
        };
        // A name takes three characters with its comma at least: no more of them need to be tried.
        let most = ids.len().min(self.room / 3);
        let named = (1..=most).rev().map(shown).find(|line| self.fits(line));
        self.and(self.words().and_over, named.unwrap_or(title), over)
    }

    fn id(&self, id: &SourceId) -> Line {
        self.setting.labels().foreign(id.as_str(), MAX_NAME)
    }

    /// The name of what its owner called so.
    fn named_by(&self, subject: &Subject) -> Line {
        match subject {
            Subject::Floor(name) | Subject::Recipient(name) => self.setting.labels().foreign(name, MAX_NAME),
            Subject::Flood(id) => self.id(id),
            _ => Line::default(),
        }
    }

    fn clock(&self, at: Timestamp, phrase: &str) -> Line {
        Line::ours(clock_or_day(at, self.setting.now, self.setting.zone, self.setting.labels(), phrase))
    }
}

fn is_source(matter: &Matter) -> bool {
    matches!(matter.subject, Subject::Source(_))
}

/// How many of the troubled sources stand how, the worst first.
fn states(sign: &SignOfLife) -> impl Iterator<Item = (Health, usize)> + '_ {
    use Health::{Blocked, Degraded, Failing, Moved, Ok, Overflowing, Silent};
    let count = |health| sign.troubled.iter().filter(|(_, other)| *other == health).count();
    let all = [Failing, Blocked, Degraded, Silent, Overflowing, Moved, Ok];
    all.into_iter().map(move |health| (health, count(health))).filter(|(_, n)| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Desk, matter, over, source};
    use super::*;
    use crate::model::Health::{Blocked, Failing, Overflowing, Silent};
    use crate::model::Tongue;

    const THEN: &str = "2026-11-22T13:05:00Z";

    fn subject(bulletin: &Bulletin, tongue: Tongue) -> String {
        Title::of_bulletin(bulletin, &Desk::new(tongue).setting()).subject
    }

    fn begun(begun: Vec<Matter>) -> Bulletin {
        Bulletin { begun, ..Bulletin::default() }
    }

    fn ended(ended: Vec<Recovery>) -> Bulletin {
        Bulletin { ended, ..Bulletin::default() }
    }

    fn dark(ids: &[&str]) -> Vec<Matter> {
        ids.iter().map(|id| source(id, Failing, THEN)).collect()
    }

    #[test]
    fn a_subject_says_what_happened() {
        let well = |ids: &[&str]| dark(ids).into_iter().map(|matter| over(matter, "2026-11-22T15:20:00Z")).collect();
        let mut among_others = ended(well(&["sidwaya", "anp"]));
        among_others.standing = dark(&["cridem"]);
        let mut mixed = begun(dark(&["sidwaya"]));
        mixed.changed = vec![(source("anp", Silent, THEN), source("anp", Blocked, THEN))];
        mixed.ended = well(&["cridem"]);
        let network = || matter(Subject::Network, THEN);
        let table = [
            (begun(dark(&["sidwaya", "anp", "cridem"])), "3 sources went dark (anp, cridem, sidwaya)"),
            (begun(vec![source("sidwaya", Blocked, THEN)]), "sidwaya is blocked"),
            (
                begun(vec![source("sidwaya", Blocked, THEN), source("anp", Overflowing, THEN)]),
                "2 sources need attention (sidwaya, anp)",
            ),
            (begun(vec![network()]), "our network has been down since 14:05"),
            (begun(vec![matter(Subject::Mail, "2026-11-21T13:05:00Z")]), "no mail has left since 21 Nov 14:05"),
            (
                begun(vec![matter(Subject::Recipient("amina@example.org".into()), THEN), source("anp", Silent, THEN)]),
                "mail to amina@example.org was not taken, and 1 more",
            ),
            (
                begun(vec![source("anp", Silent, THEN), matter(Subject::Floor("Arabic for Mali".into()), THEN)]),
                "too few sources for Arabic for Mali, and 1 more",
            ),
            (begun(vec![matter(Subject::Flood(SourceId::new("anp").unwrap()), THEN)]), "anp floods its readers"),
            (mixed, "2 sources went dark (sidwaya, anp); 1 is over"),
            (ended(vec![over(network(), "2026-11-22T15:20:00Z")]), "our network was down 14:05–16:20"),
            (ended(well(&["sidwaya"])), "sidwaya is well again"),
            (ended(well(&["sidwaya", "anp"])), "all well again (anp, sidwaya)"),
            (among_others, "2 sources are well again (anp, sidwaya)"),
        ];
        for (bulletin, title) in table {
            assert_eq!(subject(&bulletin, Tongue::En), format!("Sahelwatch: {title} · 22 Nov 16:30"));
        }
    }

    #[test]
    fn a_subject_names_as_many_sources_as_fit() {
        let ids = ["l-observateur-paalga", "sidwaya", "anp", "cridem", "burkina24"];
        assert_eq!(
            subject(&begun(dark(&ids)), Tongue::En),
            "Sahelwatch: 5 sources went dark (anp, burkina24, cridem, …) · 22 Nov 16:30"
        );
    }

    #[test]
    fn a_sign_of_life_counts() {
        let troubled = |of: &[Health]| SignOfLife {
            sources: 63,
            troubled: of.iter().map(|health| (SourceId::new("anp").unwrap(), *health)).collect(),
            ..SignOfLife::default()
        };
        let table = [
            (&[][..], "63 sources watched, 0 matches, all live"),
            (&[Silent, Silent], "63 sources watched, 0 matches, 2 silent"),
            (&[Silent, Failing], "63 sources watched, 0 matches, 1 failing, 1 silent"),
            (&[Silent, Failing, Blocked], "63 sources watched, 0 matches, 3 not live"),
        ];
        for (of, title) in table {
            let shown = Title::of_sign_of_life(&troubled(of), &Desk::new(Tongue::En).setting()).subject;
            assert_eq!(shown, format!("Sahelwatch: {title} · 22 Nov 16:30"));
        }
    }

    #[test]
    fn an_encrypted_mail_says_nothing_on_its_envelope() {
        let mut desk = Desk::new(Tongue::En);
        desk.is_discreet = true;
        let title = Title::of_bulletin(&begun(dark(&["sidwaya"])), &desk.setting());
        assert_eq!(title.subject, "Sahelwatch: note to the operator, 22 Nov 16:30");
        assert_eq!(title.whole, "Sahelwatch: sidwaya is failing · 22 Nov 16:30");
    }
}
