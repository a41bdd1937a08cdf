//! In which order matters are told: the worst first.

use std::cmp::Reverse;

use crate::model::{Bulletin, Gap, Matter, Recovery, SourceId, Subject};

/// The store, the network, mail, the disk, the configuration, readers who are not told and floors first, since they are about more than
/// one source; then floods, which keep readers from being told one by one; then sources, those that fail before those that are silent,
/// and those in trouble for longest first.
fn rank(matter: &Matter) -> impl Ord + '_ {
    let kind = match matter.subject {
        Subject::Store(_) => 0,
        Subject::Network => 1,
        Subject::Mail => 2,
        Subject::Disk => 3,
        Subject::Configuration => 4,
        Subject::Recipient(_) => 5,
        Subject::Size => 6,
        Subject::Floor(_) => 7,
        Subject::Flood(_) => 8,
        Subject::Source(_) => 9,
    };
    (kind, Reverse(matter.health), matter.since, &matter.subject)
}

/// A bulletin in the order in which it is told.
pub(super) struct Ordered<'a> {
    pub(super) begun: Vec<&'a Matter>,
    pub(super) changed: Vec<&'a (Matter, Matter)>,
    pub(super) ended: Vec<&'a Recovery>,
    pub(super) standing: Vec<&'a Matter>,
    /// By source.
    pub(super) gaps: Vec<&'a (SourceId, Gap)>,
}

impl<'a> Ordered<'a> {
    pub(super) fn of(bulletin: &'a Bulletin) -> Self {
        let mut gaps: Vec<_> = bulletin.gaps.iter().collect();
        gaps.sort_by_key(|(source, gap)| (source, gap.from));
        Self {
            begun: sorted(&bulletin.begun, |matter| matter),
            changed: sorted(&bulletin.changed, |(_, now)| now),
            ended: sorted(&bulletin.ended, |recovery| &recovery.matter),
            standing: sorted(&bulletin.standing, |matter| matter),
            gaps,
        }
    }

    /// What is new or different, as it stands now.
    pub(super) fn fresh(&self) -> Vec<&'a Matter> {
        let mut fresh: Vec<&Matter> = self.begun.clone();
        fresh.extend(self.changed.iter().map(|(_, now)| now));
        fresh.sort_by(|one, other| rank(one).cmp(&rank(other)));
        fresh
    }
}

fn sorted<T>(of: &[T], matter: impl Fn(&T) -> &Matter) -> Vec<&T> {
    let mut sorted: Vec<&T> = of.iter().collect();
    sorted.sort_by(|one, other| rank(matter(one)).cmp(&rank(matter(other))));
    sorted
}

#[cfg(test)]
mod tests {
    use super::super::cases::{matter, source};
    use super::*;
    use crate::model::Health::{Blocked, Failing, Silent};

    #[test]
    fn the_worst_comes_first() {
        let at = "2026-11-22T06:00:00Z";
        let bulletin = Bulletin {
            begun: vec![
                source("kibaru", Silent, at),
                source("sidwaya", Blocked, at),
                source("anp", Failing, "2026-11-22T07:00:00Z"),
                source("cridem", Failing, at),
                matter(Subject::Floor("Mali".into()), at),
                matter(Subject::Network, at),
            ],
            ..Bulletin::default()
        };
        let order: Vec<_> = Ordered::of(&bulletin).begun.iter().map(|matter| format!("{:?}", matter.subject)).collect();
        let expected = ["Network", "Floor(\"Mali\")", "cridem", "anp", "sidwaya", "kibaru"];
        for (shown, expected) in order.iter().zip(expected) {
            assert!(shown.contains(expected), "{shown}: {expected}");
        }
    }
}
