//! A network apart: a test runs itself again in a namespace with nothing but loopback, where it may drop packets and answer for
//! names, and where nobody outside is asked for anything. Nothing of it is left when that run ends.

use std::collections::HashMap;
use std::net::{IpAddr, UdpSocket};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::trials;

/// Set inside.
const INSIDE: &str = "SAHELWATCH_APART";
/// Whoever asks is patient, so that a silent name server is waited for longer than a connection.
const RESOLVER: &str = "nameserver 127.0.0.1\noptions timeout:5 attempts:2\n";
const SET_UP: &str = "ip link set lo up && mount --bind \"$RESOLVER\" /etc/resolv.conf && exec \"$@\"";

/// Whether this is the run inside. If not, makes that run of `test`, which must pass, or says that none of `row` can be made.
#[track_caller]
pub fn is_inside(test: &str, row: &'static str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let tools = ["unshare --net --mount true", "ip -V", "nft -v"];
    if let Some(missing) = tools.into_iter().find(|tool| !works(tool)) {
        trials::of(row).skipped(&format!("a network apart needs root, iproute2 and nftables: `{missing}` fails"));
        return false;
    }
    let folder = tempfile::tempdir().unwrap();
    let resolver = folder.path().join("resolv.conf");
    std::fs::write(&resolver, RESOLVER).unwrap();
    let mut again = Command::new("unshare");
    again.args(["--net", "--mount", "sh", "-c", SET_UP, "sh"]).arg(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env(INSIDE, test).env("RESOLVER", &resolver);
    let output = again.output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

fn works(tool: &str) -> bool {
    let words: Vec<&str> = tool.split(' ').collect();
    Command::new(words[0]).args(&words[1..]).output().is_ok_and(|output| output.status.success())
}

/// Runs commands that set the network up; each must work.
#[track_caller]
pub fn set_up(commands: &[&str]) {
    for command in commands {
        let done = Command::new("sh").args(["-c", command]).output().unwrap();
        assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Drops what is sent to these addresses, such as `ip daddr 127.0.9.0/24`.
pub fn drop_packets(to: &str) {
    set_up(&[
        "nft add table inet trial",
        "nft add chain inet trial out '{ type filter hook output priority 0; }'",
        &format!("nft add rule inet trial out {to} drop"),
    ]);
}

/// How a name is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Are(Vec<IpAddr>),
    ServerFails,
    NoSuchName,
    Silence,
    /// One name that stands for the other, which stands for the one.
    Circle,
}

/// A name server on 127.0.0.1, for the one test of this process.
pub struct Names(Arc<Mutex<HashMap<String, Answer>>>);

impl Names {
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
        let names = Self(Arc::default());
        let answers = names.0.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                if let Some(reply) = reply(&question[..length], &answers.lock().unwrap()) {
                    socket.send_to(&reply, from).ok();
                }
            }
        });
        names
    }

    /// Answers for a name from now on.
    pub fn set(&self, name: &str, answer: Answer) {
        self.0.lock().unwrap().insert(name.to_owned(), answer);
    }

    /// A name with these addresses.
    pub fn are(&self, name: &str, addresses: &[&str]) {
        self.set(name, Answer::Are(addresses.iter().map(|address| address.parse().unwrap()).collect()));
    }
}

/// The answer to a question (RFC 1035 §4.1). Every record is of the name asked for, or of one label more.
fn reply(question: &[u8], answers: &HashMap<String, Answer>) -> Option<Vec<u8>> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).into_owned());
        at = end;
    }
    let kind = question[at + 2];
    let record = |owner: &[u8], kind: u8, data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap();
        [owner, &[0, kind, 0, 1, 0, 0, 0, 0, 0, length], data].concat()
    };
    let (asked, below) = ([0xC0, 12], [1, b'b', 0xC0, 12]);
    let (code, records) = match answers.get(&labels.join(".")).unwrap_or(&Answer::NoSuchName) {
        Answer::Silence => return None,
        Answer::ServerFails => (2, Vec::new()),
        Answer::NoSuchName => (3, Vec::new()),
        Answer::Circle => (0, vec![record(&asked, 5, &below), record(&below, 5, &asked)]),
        Answer::Are(addresses) => {
            let of_kind = addresses.iter().filter_map(|address| match address {
                IpAddr::V4(four) if kind == 1 => Some(record(&asked, 1, &four.octets())),
                IpAddr::V6(six) if kind == 28 => Some(record(&asked, 28, &six.octets())),
                _ => None,
            });
            (0, of_kind.collect())
        }
    };
    let count = u8::try_from(records.len()).unwrap();
    let head = [question[0], question[1], 0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0];
    Some([&head[..], &question[12..at + 5], &records.concat()].concat())
}
