//! Copies against the store itself, row by row.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::changes::Changes;
use super::super::codec::{Compressor, Row};
use super::super::folder::Folder;
use super::super::scan::Scan;
use super::super::tables::{Key, Table, Tables, item_key};
use super::super::{Opened, PATIENCE, Settings};
use super::file::CopyFile;
use super::rebuild::import;
use super::*;
use crate::store::Store;

/// What a transaction of these tests does to one row: the number of bytes in it, or nothing any more.
type Step = (u8, u8, Option<u16>);

struct Bed {
    folder: tempfile::TempDir,
    store: Store,
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).store;
        Self { folder, store }
    }

    /// One transaction.
    fn commit(&self, steps: &[Step]) {
        let mut zstd = Compressor::new().unwrap();
        let mut changes = Changes::default();
        for (table, key, length) in steps {
            let tables = [Table::Items, Table::Texts, Table::Entries, Table::DueAlerts, Table::Outbox, Table::Told];
            let (table, key) =
                (tables[usize::from(*table) % tables.len()], item_key(crate::model::ItemId(u64::from(*key))));
            match length {
                None => changes.remove(table, key),
                Some(length) => {
                    let noise: Vec<u8> =
                        std::iter::repeat_with(|| fastrand::u8(..)).take(usize::from(*length)).collect();
                    changes.put(table, key.clone(), Row::text(table, &key, &noise, &mut zstd));
                }
            }
        }
        self.store
            .write(|writer, engine, durable| {
                writer.apply(engine, &changes)?;
                writer.sync_all(engine, durable)
            })
            .unwrap();
    }

    fn copy(&self, kind: Kind, go_on: impl Fn() -> bool) -> PathBuf {
        let path = self.folder.path().join(format!("{}.copy", kind.as_str()));
        self.store.copy(kind, fs::File::create(&path).unwrap(), go_on).unwrap();
        path
    }

    fn rows(&self) -> Rows {
        self.store.read(|tables| Ok(rows(tables))).unwrap()
    }
}

fn open(folder: &tempfile::TempDir) -> Opened {
    Store::open(&Settings { path: folder.path().to_owned(), cache: 8 << 20, patience: PATIENCE }).unwrap()
}

type Rows = BTreeMap<(u8, Key), Vec<u8>>;

/// Every row but the head.
fn rows(tables: &Tables) -> Rows {
    let all = Table::ALL.into_iter().filter(|table| *table != Table::Meta).flat_map(|table| {
        let rows = tables.tree(table).iter().map(Result::unwrap);
        rows.map(move |(key, value)| ((table as u8, key.to_vec()), value.to_vec()))
    });
    all.collect()
}

/// What a copy holds, put into a store of its own and read through there.
fn imported(path: &Path) -> Result<Rows, CopyError> {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Rows::new();
    let mut copy = CopyFile::open(path)?;
    Folder::new(folder.path()).build(8 << 20, |tables| {
        let head = import(tables, &mut copy, &mut |_| ())?;
        let end = std::time::Instant::now() + std::time::Duration::from_secs(600);
        assert!(Scan::default().go_on(tables, &head, end)?, "the head counts other rows than there are");
        found = rows(tables);
        Ok::<_, CopyError>((head, None))
    })?;
    Ok(found)
}

/// The rows an export of these holds.
fn exported(rows: &Rows) -> Rows {
    let waits = |key: &Key| rows.contains_key(&(Table::DueAlerts as u8, key.clone()));
    let is_held = |table: u8, key: &Key| table != Table::Texts as u8 || waits(key);
    let of_piece = |key: &Key| (key[0], key[1..key.len() - 2].to_vec());
    let rows = rows.iter().filter(|((table, key), _)| match *table {
        table if table == Table::Pieces as u8 => is_held(of_piece(key).0, &of_piece(key).1),
        table => is_held(table, key),
    });
    rows.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_text(table: u8, key: &Key) -> bool {
    table == Table::Texts as u8 || (table == Table::Pieces as u8 && key[0] == Table::Texts as u8)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let length = prop_oneof![Just(None), (0_u16..200).prop_map(Some), (4_000_u16..20_000).prop_map(Some)];
    prop::collection::vec((any::<u8>(), 0_u8..40, length), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Seen failing with the rows that are touched while the walk goes on not written again: then the head counts other
    /// rows.
    #[test]
    fn a_copy_taken_beside_the_work_is_the_store_of_one_moment(
        before in prop::collection::vec(steps(), 0..20),
        meanwhile in prop::collection::vec(steps(), 0..24),
    ) {
        for kind in [Kind::Backup, Kind::Export] {
            let bed = Bed::new();
            before.iter().for_each(|steps| bed.commit(steps));
            // Asked before each table, and each time what was touched is written again.
            let rest = std::cell::RefCell::new(meanwhile.iter());
            let path = bed.copy(kind, || {
                rest.borrow_mut().next().into_iter().for_each(|steps| bed.commit(steps));
                true
            });
            let (copied, there) = (imported(&path).unwrap(), bed.rows());
            match kind {
                Kind::Backup => prop_assert!(copied == there),
                // The text of what waited when the walk came by may be there as well.
                Kind::Export => {
                    let texts = |rows: Rows| -> Rows {
                        rows.into_iter().filter(|((table, key), _)| !is_text(*table, key)).collect()
                    };
                    prop_assert!(exported(&there).iter().all(|(name, value)| copied.get(name) == Some(value)));
                    prop_assert!(texts(copied) == texts(there));
                }
            }
        }
    }

    /// Seen failing with removals left out of the journal.
    #[test]
    fn an_export_and_its_journal_are_the_store_but_for_texts(
        before in prop::collection::vec(steps(), 0..10),
        after in prop::collection::vec(steps(), 0..10),
    ) {
        let bed = Bed::new();
        before.iter().for_each(|steps| bed.commit(steps));
        bed.store.export(|| true).unwrap();
        after.iter().for_each(|steps| bed.commit(steps));
        let there = exported(&bed.rows());
        let Bed { folder, store } = bed;
        drop(store);
        fs::write(folder.path().join("store/format"), "").unwrap();
        let opened = open(&folder);
        let recovery = opened.recovery.expect("it was damaged");
        prop_assert!(recovery.is_whole, "{recovery:?}");
        let anew = Bed { folder, store: opened.store }.rows();
        let without = |rows: &Rows| -> Rows {
            rows.clone().into_iter().filter(|((table, key), _)| !is_text(*table, key)).collect()
        };
        prop_assert!(without(&anew) == without(&there));
    }
}

/// Seen failing with the sum not compared.
#[test]
fn any_flipped_byte_and_any_cut_is_refused() {
    let bed = Bed::new();
    bed.commit(&[(0, 1, Some(30)), (1, 1, Some(4_200)), (3, 1, Some(10))]);
    for kind in [Kind::Backup, Kind::Export] {
        let path = bed.copy(kind, || true);
        let whole = fs::read(&path).unwrap();
        assert_eq!(verify_copy(&path).unwrap().rows, imported(&path).unwrap().len() as u64 + 1, "and the head");
        let refused = |bytes: &[u8], what: &str| {
            fs::write(&path, bytes).unwrap();
            let error = verify_copy(&path).expect_err(what);
            assert!(matches!(error, CopyError::Damaged { .. } | CopyError::Newer { .. }), "{what}: {error}");
        };
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << fastrand::u8(..8);
            refused(&bytes, &format!("flipped at {place}"));
        }
        for place in (0..whole.len()).step_by(7).chain(whole.len() - 9..whole.len()) {
            refused(&whole[..place], &format!("cut off at {place}"));
        }
        refused(&[&whole[..], b"!"].concat(), "longer");
    }
}

#[test]
fn a_copy_of_a_newer_version_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    for text in
        ["sahelwatch copy 2: anything\n", "sahelwatch copy 99: backup of store 5, 2027-01-15T08:00:00Z\n......."]
    {
        fs::write(&path, text).unwrap();
        assert!(matches!(verify_copy(&path), Err(CopyError::Newer { .. })), "{text}");
    }
}

#[test]
fn one_copy_is_taken_at_a_time_and_none_leaves_a_trace() {
    let bed = Bed::new();
    bed.commit(&[(0, 1, Some(30))]);
    let again = || bed.store.copy(Kind::Backup, std::io::sink(), || true);
    let inner = std::cell::Cell::new(None);
    bed.copy(Kind::Backup, || {
        inner.set(Some(matches!(again(), Err(CopyError::Busy))));
        true
    });
    assert_eq!(inner.get(), Some(true));
    assert!(matches!(bed.store.copy(Kind::Backup, std::io::sink(), || false), Err(CopyError::GivenUp)));
    again().unwrap();
}

/// The last export is damaged: the one before it, and both journals, give the same. Then the journal is cut off, and it
/// is known that not everything is.
#[test]
fn a_damaged_export_is_made_up_for_by_the_one_before_it() {
    for (cut, is_whole) in [(false, true), (true, false)] {
        let bed = Bed::new();
        for n in 0..3 {
            bed.commit(&[(0, n, Some(30)), (2, n, Some(10))]);
            bed.store.export(|| true).unwrap();
        }
        bed.commit(&[(0, 9, Some(30))]);
        let there = bed.rows();
        let Bed { folder, store } = bed;
        drop(store);
        let shelf = shelf::Shelf::new(folder.path());
        fs::write(&shelf.exports()[0].path, "?").unwrap();
        if cut {
            let (_, path) = shelf.journals().pop().unwrap();
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        }
        fs::write(folder.path().join("store/format"), "").unwrap();
        let opened = open(&folder);
        let recovery = opened.recovery.unwrap();
        assert_eq!((recovery.is_whole, recovery.skipped.len()), (is_whole, 1), "{recovery:?}");
        assert_eq!(Bed { folder, store: opened.store }.rows() == there, is_whole);
    }
}

#[test]
fn few_exports_are_kept_and_the_journals_they_need() {
    let bed = Bed::new();
    for n in 0..6 {
        bed.commit(&[(0, n, Some(30))]);
        bed.store.export(|| true).unwrap();
    }
    let shelf = shelf::Shelf::new(bed.folder.path());
    let bases: Vec<u64> = shelf.exports().iter().rev().map(|export| export.commits).collect();
    assert_eq!(bases, [4, 5, 6]);
    assert_eq!(shelf.journals().into_iter().map(|(base, _)| base).collect::<Vec<_>>(), bases);
}

/// One made under a clock that was years ahead is neither the newest for ever nor keeps a later one from being made. Seen failing with
/// exports sorted by their time.
#[test]
fn an_export_from_the_future_is_followed_by_one_of_today() {
    let bed = Bed::new();
    bed.commit(&[(0, 1, Some(30))]);
    bed.store.export(|| true).unwrap();
    let shelf = shelf::Shelf::new(bed.folder.path());
    let [made] = shelf.exports().try_into().unwrap();
    let ahead = made.path.file_name().unwrap().to_str().unwrap().replacen("20", "21", 1);
    fs::rename(&made.path, made.path.with_file_name(ahead)).unwrap();
    let is_due = |after| bed.store.is_export_due(Timestamp::now() + jiff::SignedDuration::from_hours(after)).unwrap();
    assert!(!is_due(0), "nothing is new");
    bed.commit(&[(0, 2, Some(30))]);
    assert!(is_due(0));
    bed.store.export(|| true).unwrap();
    assert_eq!(shelf.exports().first().map(|export| export.commits), Some(2));
    bed.commit(&[(0, 3, Some(30))]);
    assert_eq!((is_due(0), is_due(23), is_due(25)), (false, false, true));
}

/// A journal goes on over a restart, also when the store had lost its end.
#[test]
fn a_journal_goes_on_after_a_restart() {
    let bed = Bed::new();
    bed.store.export(|| true).unwrap();
    bed.commit(&[(0, 1, Some(30))]);
    let Bed { folder, store } = bed;
    drop(store);
    let store = open(&folder).store;
    assert!(!store.is_export_due(Timestamp::now()).unwrap());
    let bed = Bed { folder, store };
    bed.commit(&[(0, 2, Some(30))]);
    let there = bed.rows();
    let Bed { folder, store } = bed;
    drop(store);
    fs::write(folder.path().join("store/format"), "").unwrap();
    let opened = open(&folder);
    assert!(opened.recovery.unwrap().is_whole);
    assert!(Bed { folder, store: opened.store }.rows() == there);
}
