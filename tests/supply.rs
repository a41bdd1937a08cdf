//! What the program is made of: every crate comes from the registry with its checksum, what runs while building is known and asks no
//! network, and our own code holds nothing unsafe. Licences, duplicates and advisories are cargo-deny's (`deny.toml`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use crate::trials;

/// Crates of what is shipped that run a program of their own while building. A new one is read before it is put here.
const BUILD_SCRIPTS: [&str; 36] = [
    "crc24",
    "crc32fast",
    "crossbeam-epoch",
    "crossbeam-utils",
    "curve25519-dalek",
    "encoding_rs",
    "generic-array",
    "getrandom",
    "heapless",
    "htmlize",
    "httparse",
    "icu_normalizer_data",
    "icu_properties_data",
    "libc",
    "libm",
    "num-bigint-dig",
    "num-traits",
    "parking_lot_core",
    "portable-atomic",
    "proc-macro2",
    "prometheus-client",
    "quote",
    "radium",
    "ring",
    "rustix",
    "rustls",
    "rustversion",
    "serde",
    "serde_core",
    "serde_json",
    "thiserror",
    "web_atoms",
    "zerocopy",
    "zmij",
    "zstd-safe",
    "zstd-sys",
];

/// What a script that fetches would hold: sockets, the programs and crates that people fetch with.
const FETCHING: [&str; 8] =
    ["std::net", "TcpStream", "reqwest::", "ureq::", "curl::", "\"curl\"", "\"wget\"", "\"clone\""];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the packages are for.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

fn table(file: &str) -> Table {
    std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap().parse().unwrap()
}

/// What cargo says of the crates as they are locked, without a network.
fn cargo(command: &str, arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    let output = cargo.args([command, "--offline", "--locked"]).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// How many crates the program needs, without itself, along these edges of the tree.
fn needed(edges: &str) -> usize {
    let tree = cargo("tree", &["--prefix", "none", "--target", PLATFORM, "--edges", edges]);
    let crates: BTreeSet<Vec<&str>> = tree.lines().map(|line| line.split(' ').take(2).collect()).collect();
    crates.len() - 1
}

/// The crates of the lock file; panics at one that is not from a registry with a checksum.
fn locked() -> usize {
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    for package in packages {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str);
        let name = text("name").unwrap();
        if name == env!("CARGO_PKG_NAME") {
            continue;
        }
        assert!(text("source").is_some_and(|source| source.starts_with("registry+")), "{name} is not of a registry");
        assert!(text("checksum").is_some_and(|sum| sum.len() == 64), "{name} has no checksum");
    }
    packages.len()
}

/// The build scripts of what is shipped for this machine, by crate, with their text.
fn build_scripts() -> Vec<(String, String)> {
    let metadata: Value =
        serde_json::from_str(&cargo("metadata", &["--format-version", "1", "--filter-platform", PLATFORM])).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let (mut open, mut shipped) = (vec![metadata["resolve"]["root"].as_str().unwrap()], BTreeSet::new());
    while let Some(id) = open.pop() {
        if shipped.insert(id) {
            let node = nodes.iter().find(|node| node["id"] == id).unwrap();
            let is_shipped = |kind: &Value| kind["kind"] != "dev";
            let needed = |dep: &&Value| dep["dep_kinds"].as_array().unwrap().iter().any(is_shipped);
            open.extend(node["deps"].as_array().unwrap().iter().filter(needed).map(|dep| dep["pkg"].as_str().unwrap()));
        }
    }
    let packages = metadata["packages"].as_array().unwrap().iter();
    let scripts = packages.filter(|package| shipped.contains(package["id"].as_str().unwrap())).filter_map(|package| {
        let target =
            package["targets"].as_array().unwrap().iter().find(|target| target["kind"][0] == "custom-build")?;
        let text = std::fs::read_to_string(target["src_path"].as_str().unwrap()).unwrap();
        Some((package["name"].as_str().unwrap().to_owned(), text))
    });
    scripts.collect()
}

/// Seen failing with "ring" taken out of the list.
#[test]
fn what_is_built_in_is_known() {
    let trial = trials::of("S29");
    let manifest = table("Cargo.toml");
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let crates = locked();
    let scripts = build_scripts();
    let known: BTreeSet<&str> = BUILD_SCRIPTS.into();
    let found: BTreeSet<&str> = scripts.iter().map(|(name, _)| name.as_str()).collect();
    let new: Vec<_> = found.difference(&known).collect();
    assert!(new.is_empty(), "these run a program while building; read it, then put them into the list: {new:?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "in the list, and no longer there: {gone:?}");
    for (name, text) in &scripts {
        let fetching: Vec<_> = FETCHING.into_iter().filter(|word| text.contains(word)).collect();
        assert!(fetching.is_empty(), "the build script of {name} holds {fetching:?}");
    }
    trial.passed(crates);
}

/// Seen failing with one crate more in the tree.
#[test]
fn the_document_counts_the_crates() {
    let (used, building) = (needed("normal"), needed("normal,build"));
    let said = format!(
        "- {used} crates from the registry are linked or used by those that are; with what only builds them, {building}."
    );
    assert!(include_str!("../docs/packages.md").contains(&said), "docs/packages.md does not say: {said}");
}
