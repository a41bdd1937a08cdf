//! A store that is lost is made anew by itself (P11): the program goes through damages of every kind, one after the
//! other, and at the end everyone was told of everything, at most in one roundup each time, and the operator of each
//! loss.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bed::{Bed, Ended, attack, entry, everyday, headline};
use crate::copies::text;
use crate::newsroom::Newsroom;
use crate::trials;

/// Damages one file of a store as disks and people do, and says how.
pub fn damage(store: &Path, random: &mut fastrand::Rng) -> String {
    let engine = store.join("engine");
    let names: Vec<String> =
        fs::read_dir(&engine).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let snapshot = names.iter().find(|name| name.starts_with("snap.")).map_or("conf", String::as_str);
    let name = ["db", "db", "db", "db", "db", snapshot, "conf", "../format", "../tip"][random.usize(..9)];
    let path = engine.join(name);
    let mut bytes = fs::read(&path).unwrap();
    let place = random.usize(..bytes.len().max(1));
    let what = match random.u8(..9) {
        0..=3 if !bytes.is_empty() => {
            bytes[place] ^= 1 << random.u8(..8);
            "flipped bit"
        }
        4 => {
            let page = place / 4096 * 4096;
            let end = bytes.len().min(page + 4096);
            bytes[page..end].fill(0);
            "zeroed page"
        }
        5 => {
            bytes.truncate(place);
            "cut off"
        }
        6 => {
            fs::remove_file(&path).unwrap();
            return format!("{name} removed");
        }
        7 => {
            // What the engine leaves when it dies while it writes a snapshot.
            fs::write(engine.join("snap.0000000000000001.generating"), &bytes[..place]).unwrap();
            return "a snapshot half made".to_owned();
        }
        _ => {
            bytes.fill(0xff);
            "overwritten"
        }
    };
    fs::write(&path, bytes).unwrap();
    format!("{name} {what} at {place}")
}

fn set_aside(state: &Path) -> usize {
    let entries = fs::read_dir(state).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_string_lossy().starts_with("store.damaged-")).count()
}

/// Row A7. With an export and its journal a damage costs nobody anything, so that the oracle of the tests that kill judges
/// this as well: nothing lost, nothing repeated, nothing of which nobody should have been told (a roundup would be that).
#[test]
fn a_damage_of_any_kind_costs_nobody_an_alert_and_repeats_none() {
    let trial = trials::of("A7");
    let damages = trials::count(10, 100);
    let mut newsroom = Newsroom::new(Bed::new());
    let (mut loud, mut unaffected) = (0, 0);
    for seed in 0..damages {
        newsroom = newsroom.or_another(Bed::new);
        let state = newsroom.bed.state().to_owned();
        newsroom.publish();
        newsroom.deliver("before");
        let what = damage(&state.join("store"), &mut fastrand::Rng::with_seed(seed as u64));
        newsroom.publish();
        let before = set_aside(&state);
        let first = newsroom.deliver_in_spite(&format!("{seed}: {what}"));
        let (found, told) = (set_aside(&state) - before, first.stderr.contains("damaged"));
        assert_eq!(found, usize::from(told), "{seed}: {what}: {first:?}");
        loud += found;
        unaffected += 1 - found;
        assert!(found == 0 || first.stderr.contains("made anew from"), "{seed}: {what}: {first:?}");
        let again = newsroom.bed.once();
        assert!(!again.stderr.contains("damaged"), "{seed}: {what}: it does not come to rest: {again:?}");
        if loud % 8 == 7 {
            clear(&state);
        }
    }
    assert!(loud > damages / 3 && unaffected > 0, "{loud} loud, {unaffected} unaffected");
    trial.passed(damages);
}

/// Nobody keeps a hundred of them on a disk in memory.
fn clear(state: &Path) {
    for entry in fs::read_dir(state).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("store.damaged-") {
            fs::remove_dir_all(entry.path()).unwrap();
        }
    }
}

/// What is spoilt of exports and journals, how, and what is said then.
type Case<'a> = (&'static str, &'a dyn Fn(&Path), &'static str);

/// What is left beside the damaged store, and what then is told.
#[test]
fn what_is_unknown_comes_in_one_roundup_and_status_says_so() {
    let trial = trials::of("A7");
    let without_journal = |export: &Path| remove(export, ".journal");
    let damaged_export = |export: &Path| {
        for path in files(export, ".export") {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(path, bytes).unwrap();
        }
    };
    let without_any = |export: &Path| fs::remove_dir_all(export).unwrap();
    let cases: [Case<'_>; 3] = [
        ("no journal", &without_journal, "is unknown"),
        ("no sound export", &damaged_export, "made anew without an export"),
        ("neither", &without_any, "made anew without an export"),
    ];
    for (what, spoil, said) in cases {
        let bed = Bed::new();
        bed.serve(&[everyday(1)]);
        bed.once();
        // Told after the export, by a source that prints dates and by one of another day.
        let old = entry(
            "old",
            "Attaque ancienne à Gao",
            "texte</description><pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate><description>",
        );
        let known = [attack(1), attack(2), attack(3), attack(4), attack(5), everyday(1)];
        bed.serve(&known);
        bed.once();
        assert_eq!(bed.headlines().len(), 5);
        let state = bed.state();
        spoil(&state.join("export"));
        fs::write(state.join("store/format"), "").unwrap();
        bed.serve(&[vec![attack(6), old], known.to_vec()].concat());
        let first = bed.once();
        assert!(first.stderr.contains(said), "{what}: {first:?}");
        let mails = bed.smtp.accepted();
        assert_eq!(mails.len(), 6, "{what}: one roundup, and no mail of its own for anything: {:?}", bed.headlines());
        let roundup = text(&mails[5]);
        assert!(roundup.contains(&headline(6)), "{what}: what is new is not lost: {roundup}");
        assert!(roundup.contains("You may have had these stories before"), "{what}: {roundup}");
        assert_eq!(roundup.contains("Attaque ancienne"), what == "no journal", "{what}: {roundup}");
        let status = bed.run(&["status"]);
        assert_eq!(status.code, Some(1), "{what}: {status:?}");
        assert!(status.stdout.contains("DAMAGED") && status.stdout.contains(said), "{what}: {status:?}");
        // From now on as always.
        bed.serve(&[vec![attack(7), attack(6)], known.to_vec()].concat());
        bed.once();
        assert_eq!(bed.headlines().last(), Some(&headline(7)), "{what}");
        assert_eq!(bed.smtp.accepted().len(), 7, "{what}: {:?}", bed.headlines());
    }
    trial.passed(3);
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().ends_with(end)).collect()
}

fn remove(folder: &Path, end: &str) {
    files(folder, end).into_iter().for_each(|path| fs::remove_file(path).unwrap());
}

/// The daemon makes an export by itself, and after a damage starts once, tells, and goes on.
#[tokio::test]
async fn the_daemon_recovers_alone() {
    let mut newsroom = Newsroom::new(Bed::new());
    newsroom = newsroom.publish_for_the_daemon();
    let daemon = newsroom.start_daemon();
    newsroom.deliver_by(daemon, "undisturbed").await;
    let state = newsroom.bed.state();
    assert!(!files(&state.join("export"), ".export").is_empty());
    fs::write(state.join("store/format"), "").unwrap();
    newsroom = newsroom.publish_for_the_daemon();
    let daemon = newsroom.start_daemon();
    newsroom.deliver_by(daemon, "damaged").await;
    let log = fs::read_to_string(newsroom.bed.folder().join("log")).unwrap();
    assert_eq!(log.matches("the store was made anew from").count(), 1, "{log}");
}

/// A state folder without its store, but with exports, has lost it.
#[test]
fn a_store_that_is_gone_is_made_anew_as_well() {
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    fs::remove_dir_all(bed.state().join("store")).unwrap();
    let first: Ended = bed.once();
    assert!(first.stderr.contains("made anew from"), "{first:?}");
    assert_eq!(bed.headlines(), [headline(1)], "all of it was in the journal");
}
