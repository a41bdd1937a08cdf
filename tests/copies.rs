//! Copies as people make and use them: beside a running daemon, into an empty folder, in place of another store.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::bed::{Bed, attack, everyday, headline};

/// A bed that told of one attack.
fn told() -> Bed {
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed.once();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(1)]);
    bed
}

fn path(bed: &Bed, name: &str) -> String {
    bed.folder().join(name).to_str().unwrap().to_owned()
}

/// Beside a daemon and without one: the same file, for its owner alone, and nothing beside it.
#[test]
fn a_backup_is_made_beside_a_daemon_and_put_in_its_place_whole() {
    let bed = told();
    let copy = path(&bed, "sahelwatch.copy");
    fs::write(&copy, "an old one").unwrap();
    for command in ["backup", "export"] {
        let at_rest = bed.run(&["db", command, &copy, "--json"]);
        let daemon = bed.daemon();
        let beside = bed.run(&["db", command, &copy, "--json"]);
        assert_eq!((at_rest.code, beside.code), (Some(0), Some(0)), "{at_rest:?} {beside:?}");
        let rows = |ended: &crate::bed::Ended| {
            let said: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
            assert_eq!(said["kind"], command);
            said["rows"].as_u64().unwrap()
        };
        assert!(rows(&at_rest) > 10 && rows(&beside) > 10);
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read(&copy).unwrap().starts_with(format!("sahelwatch copy 1: {command} of store ").as_bytes()));
    }
    let said = bed.run(&["db", "backup", &copy]);
    assert!(said.stdout.contains("read through and sound"), "{said:?}");
    assert!(!fs::exists(path(&bed, "sahelwatch.copy.part")).unwrap());
    let nowhere = bed.run(&["db", "backup", &path(&bed, "no/such/folder")]);
    assert_eq!(nowhere.code, Some(74), "{nowhere:?}");
}

/// Whatever is wrong, the store that is there stays as it is.
#[test]
fn a_restore_that_cannot_be_changes_nothing() {
    let bed = told();
    let copy = path(&bed, "copy");
    bed.run(&["db", "backup", &copy]);
    let state = bed.folder().join("state");
    let folders = || {
        let mut names: Vec<_> = fs::read_dir(&state).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = folders();
    let there = bed.run(&["db", "restore", &copy]);
    assert_eq!(there.code, Some(1), "{there:?}");
    assert!(there.stderr.contains("--replace"), "{there:?}");
    let mut bytes = fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(path(&bed, "bad"), bytes).unwrap();
    let newer = String::from_utf8_lossy(&fs::read(&copy).unwrap()[..120]).replace("copy 1", "copy 7");
    fs::write(path(&bed, "newer"), newer).unwrap();
    for (file, said) in [("bad", "nothing was changed"), ("newer", "newer version"), ("none", "No such file")] {
        let ended = bed.run(&["db", "restore", &path(&bed, file), "--replace"]);
        assert_eq!(ended.code, Some(74), "{ended:?}");
        assert!(ended.stderr.contains(said), "{file}: {ended:?}");
    }
    assert_eq!(folders(), before);
    let daemon = bed.daemon();
    let held = bed.run(&["db", "restore", &copy, "--replace"]);
    assert_eq!(held.code, Some(75), "{held:?}");
    assert_eq!(daemon.stop(), Some(0));
    bed.once();
    assert_eq!(bed.headlines(), [headline(1)]);
}

/// What was told after the backup comes once more, in one mail that says so, and what is new as always.
#[test]
fn after_a_restore_what_may_have_been_told_comes_in_one_mail() {
    let bed = told();
    let copy = path(&bed, "copy");
    assert_eq!(bed.run(&["db", "backup", &copy]).code, Some(0));
    let since: Vec<String> = (2..8).map(attack).collect();
    bed.serve(&[since.clone(), vec![attack(1), everyday(1)]].concat());
    bed.once();
    assert_eq!(bed.headlines().len(), 7);
    let restored = bed.run(&["db", "restore", &copy, "--replace"]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.stdout.contains("may have been told before"), "{restored:?}");
    assert!(restored.stdout.contains("store.replaced-"), "{restored:?}");
    bed.once();
    let mails = bed.smtp.accepted();
    assert_eq!(mails.len(), 8, "{:?}", bed.headlines());
    let roundup = text(&mails[7]);
    for n in 2..8 {
        assert!(roundup.contains(&headline(n)), "{n}: {roundup}");
    }
    assert!(!roundup.contains(&headline(1)), "the backup knew of it: {roundup}");
    assert!(roundup.contains("You may have had these stories before"), "{roundup}");
    bed.serve(&[vec![attack(9)], since].concat());
    bed.once();
    assert_eq!(bed.headlines().last(), Some(&headline(9)));
    assert_eq!(bed.smtp.accepted().len(), 9);
}

/// To another machine: an empty state folder.
#[test]
fn a_backup_is_restored_where_there_is_no_store() {
    let bed = told();
    let copy = path(&bed, "copy");
    bed.run(&["db", "backup", &copy]);
    let bed = bed.state_in(&tempfile::tempdir().unwrap().keep());
    let restored = bed.run(&["db", "restore", &copy]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    let sources = bed.stands("outlet");
    assert_eq!(sources["state"], "ok", "{sources}");
    bed.once();
    assert_eq!(bed.headlines(), [headline(1)], "nothing is told again");
    fs::remove_dir_all(bed.state()).unwrap();
}

/// The decoded text part of a mail.
pub fn text(mail: &crate::peers::smtp::Accepted) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    parsed.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}
