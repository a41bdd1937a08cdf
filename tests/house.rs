//! The plan of the house, kept by a test: imports run one way, and each outside crate has its own room.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms from the ground up; a room may use those on floors below its own, and those it names as neighbours.
const FLOORS: [(&str, u8); 17] = [
    ("model", 0),
    ("text", 1),
    ("query", 1),
    ("lexicon", 1),
    ("extract", 1),
    ("identity", 1),
    ("story", 1),
    ("alert", 1),
    ("health", 1),
    ("schedule", 1),
    ("fetch", 2),
    ("program", 2),
    ("store", 2),
    ("mail", 2),
    ("config", 3),
    ("daemon", 4),
    ("cli", 5),
];
/// The floor of the pure rooms, which may use each other, and of the edges, which may not.
const PURE: u8 = 1;
const EDGES: u8 = 2;

/// Outside crates that one room alone may name.
const OWNERS: [(&str, &str); 10] = [
    ("sled", "store"),
    ("reqwest", "fetch"),
    ("robotxt", "fetch"),
    ("lettre", "mail"),
    ("pgp", "mail"),
    ("scraper", "extract"),
    ("feed_rs", "extract"),
    ("serde_json_path", "extract"),
    ("hyper", "daemon"),
    ("prometheus_client", "daemon"),
];

/// Every source file, with the room it is in.
fn files() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((room, path, text));
            }
        }
    }
    found
}

/// The rooms a text names by `crate::`, tests at the foot of a file left out: they may reach for samples elsewhere.
fn named_rooms(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.match_indices("crate::").map(|(at, _)| &line[at + "crate::".len()..])).flat_map(|rest| {
        let group = rest.strip_prefix('{').map(|inner| inner.split('}').next().unwrap_or_default());
        let names: Vec<&str> = group.map_or_else(|| vec![rest], |inner| inner.split(',').map(str::trim).collect());
        names
            .into_iter()
            .map(|name| name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default())
    })
}

#[test]
fn imports_run_one_way() {
    let floors: BTreeMap<&str, u8> = FLOORS.into();
    let mut wrong = Vec::new();
    for (room, path, text) in files() {
        let Some(&floor) = floors.get(room.as_str()) else { continue };
        for other in named_rooms(&text) {
            let Some(&below) = floors.get(other) else { continue };
            let allowed = other == room || below < floor || (below == floor && floor == PURE);
            if !allowed {
                wrong.push(format!("{} ({room}) uses {other}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that run the wrong way (edges, floor {EDGES}, do not even import each other):\n{}",
        wrong.join("\n")
    );
}

#[test]
fn an_outside_crate_is_named_in_its_own_room_only() {
    let mut wrong = Vec::new();
    for (room, path, text) in files() {
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for (name, owner) in OWNERS {
            if room != owner && code.contains(&format!("{name}::")) {
                wrong.push(format!("{} names {name}, which is {owner}'s", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files and functions stay small enough to be read at one sitting.
#[test]
fn no_file_grows_beyond_four_hundred_lines() {
    let long: Vec<String> = files()
        .into_iter()
        .map(|(_, path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > 400)
        .map(|(lines, path)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
