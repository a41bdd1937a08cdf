use super::*;
use crate::config::{self, Environment};
use crate::model::{Item, Reason, StoredItem};

struct Bed {
    live: Live,
    store: Store,
    standings: Standings,
    source: Source,
    _folder: tempfile::TempDir,
}

fn url(path: &str) -> Url {
    format!("https://outlet.example/{path}").parse().expect("a test address")
}

fn id(name: &str) -> SourceId {
    SourceId::new(name).expect("a test id")
}

/// A source that failed three times, with this `heal`.
fn bed(heal: &str) -> Bed {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (path, state) = (folder.path().join("sahelwatch.toml"), folder.path().join("state"));
    let toml = format!(
        "version = 1\nstorage = {{ path = {state:?} }}\nhttp = {{ contact = \"ops@example.org\" }}\n\
         [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
         [[source]]\nid = \"outlet\"\nkind = \"feed\"\nurl = {:?}\nheal = {heal:?}\n",
        url("feed").as_str()
    );
    std::fs::write(&path, toml).expect("it can be written");
    let loaded = config::load(&path, &Environment::default());
    let report = loaded.report.render(false);
    let live = Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")));
    let store = Store::open(&live.config.storage).expect("a new store").store;
    let source = live.source(&id("outlet")).expect("it is configured").clone();
    let mut standings = Standings::default();
    standings.set(&source.id, Standing { health: Health::Failing, polls: LOST_AFTER, ..Standing::default() });
    Bed { live, store, standings, source, _folder: folder }
}

impl Bed {
    fn found(&self, is_kin: bool) -> Found {
        let proposal = Proposal {
            url: url("new"),
            found: Timestamp::UNIX_EPOCH,
            how: "its page declares".to_owned(),
            is_kin,
            applied: false,
        };
        Found { source: self.source.id.clone(), lost: self.source.url.clone(), proposal }
    }

    /// Where the source is polled at once, if anywhere else; and whether a proposal stands.
    fn propose(&mut self, found: Found) -> (Option<Url>, bool) {
        let used = propose(&self.store, &self.live, &mut self.standings, found).expect("the store takes it");
        let moved = used.and_then(|(_, state)| state.moved).map(|moved| moved.url);
        (moved, self.proposal().is_some())
    }

    fn proposal(&self) -> Option<Proposal> {
        self.standings.of(&self.source.id).proposal.map(|proposal| *proposal)
    }
}

#[test]
fn what_is_found_is_used_where_that_is_wished_and_it_is_the_same_feed() {
    for (heal, is_kin, used) in [("propose", true, false), ("apply", false, false), ("apply", true, true)] {
        let mut bed = bed(heal);
        let found = bed.found(is_kin);
        assert_eq!(bed.propose(found), (used.then(|| url("new")), true), "{heal} {is_kin}");
        assert_eq!(bed.proposal().map(|proposal| proposal.applied), Some(used));
    }
}

#[test]
fn what_came_back_or_was_edited_during_the_search_is_left_alone() {
    let mut bed = bed("apply");
    let elsewhere = Found { lost: url("before"), ..bed.found(true) };
    assert_eq!(bed.propose(elsewhere), (None, false));
    let stranger = Found { source: id("gone"), ..bed.found(true) };
    assert_eq!(bed.propose(stranger), (None, false));
    bed.standings.set(&bed.source.id, Standing::default());
    let found = bed.found(true);
    assert_eq!(bed.propose(found), (None, false));
}

#[test]
fn a_proposal_ends_when_its_source_is_well_and_is_used_when_that_is_wished_later() {
    let failed = SourceState { failures: 1, ..SourceState::default() };
    let gone = |applied, is_kin| Proposal { applied, ..bed("propose").found(is_kin).proposal };
    for (heal, proposal, state, had_moved, stands, used) in [
        ("propose", gone(false, true), SourceState::default(), false, false, false),
        ("propose", gone(false, true), failed.clone(), false, true, false),
        ("apply", gone(false, true), failed.clone(), false, true, true),
        ("apply", gone(false, false), failed.clone(), false, true, false),
        // A poll was under way when it was found.
        ("apply", gone(true, true), failed.clone(), false, true, true),
        // It was polled there, and is gone there as well.
        ("apply", gone(true, true), failed, true, false, false),
    ] {
        let mut standing = Standing { proposal: Some(Box::new(proposal.clone())), ..Standing::default() };
        let mut after = state;
        settle(&mut standing, &bed(heal).source, &mut after, had_moved);
        let outcome = (standing.proposal.is_some(), after.moved.is_some());
        assert_eq!(outcome, (stands, used), "{heal} {proposal:?} {had_moved}");
    }
}

#[test]
fn articles_that_only_others_had_shown_make_no_kin() {
    let bed = bed("apply");
    let item = |path: &str, title: &str| Item { title: title.to_owned(), link: Some(url(path)), ..Item::default() };
    let show = |source: &str, item: Item| {
        let now = Timestamp::now();
        let (face, _) = face(&item);
        let stored = StoredItem {
            id: bed.store.next_item_id(now),
            source: id(source),
            first_seen: now,
            revision: 0,
            reason: Reason::New,
            item,
        };
        let commit = PollCommit { new_items: vec![(stored, face)], ..PollCommit::new(id(source)) };
        bed.store.commit(vec![commit]).expect("the store takes it");
    };
    show("outlet", item("mine", "Twelve people were killed in an attack near Djibo"));
    show("other", item("theirs", "The market of Gao opens again after two years"));
    let is_kin = |items: &[Item]| {
        let parsed = Parsed { items: items.to_vec(), ..Parsed::default() };
        super::is_kin(&bed.store, &bed.source.id, &parsed).expect("the store answers")
    };
    let unknown = item("never-seen", "Rain is expected over the whole of the river bend");
    assert!(!is_kin(std::slice::from_ref(&unknown)));
    assert!(!is_kin(&[item("theirs", "Gao's market is open")]));
    assert!(is_kin(&[unknown, item("mine", "Twelve dead near Djibo")]));
}

#[test]
fn a_source_is_looked_for_after_three_failures_unless_our_own_line_is_dead() {
    let mut bed = bed("apply");
    let mut others = bed.live.config.clone();
    let plan = others.sources[0].clone();
    for name in ["second", "third"] {
        let source = Source { id: id(name), ..plan.source.clone() };
        others.sources.push(std::sync::Arc::new(config::SourcePlan { source, reader: Reader::Feed }));
    }
    let live = Live::new(others);
    let standing = |health, polls, local| Standing {
        health,
        polls,
        local,
        since: Some(Timestamp::UNIX_EPOCH),
        ..Standing::default()
    };
    for (first, others, expected) in [
        (standing(Health::Failing, LOST_AFTER, false), Health::Ok, true),
        (standing(Health::Blocked, LOST_AFTER, false), Health::Ok, true),
        (standing(Health::Failing, LOST_AFTER - 1, false), Health::Ok, false),
        (standing(Health::Degraded, 0, false), Health::Ok, false),
        (standing(Health::Failing, LOST_AFTER, true), Health::Ok, true),
        (standing(Health::Failing, LOST_AFTER, true), Health::Failing, false),
    ] {
        bed.standings.set(&bed.source.id, first.clone());
        for name in ["second", "third"] {
            bed.standings.set(&id(name), standing(others, 1, others == Health::Failing));
        }
        let lost = Lost::of(&bed.source.id, &first).into_iter().collect();
        let found = to_look_for(lost, &bed.standings, &live);
        assert_eq!(!found.is_empty(), expected, "{first:?} beside {others:?}");
    }
}
