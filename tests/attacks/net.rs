//! A network of a test's own, in which every address of the internet is this machine: whoever dials one, private or public,
//! reaches the listener here and is counted. Names come from a hosts file, or from a scripted name server. Needs root.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::trials;

/// Set for the test that runs again inside.
const INSIDE: &str = "SAHELWATCH_NET";

/// All addresses are local (`ip route add local`, the kernel's "any IP"); names are looked up in the files given.
const SET_UP: &str = "ip link set lo up && ip -4 route add local default dev lo && ip -6 route add local default dev lo && \
                      mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && shift 2 && exec \"$@\"";

/// The address that stands for the public internet.
pub const PUBLIC: &str = "8.8.8.8";

/// Whether this is the inside of such a network. Outside, the test of this name is run again inside, where it has these names;
/// where there can be no such network, its rows are skipped.
pub fn inside(test: &str, rows: &[&'static str], hosts: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let (names, servers) = (folder.path().join("hosts"), folder.path().join("resolv.conf"));
    std::fs::write(&names, hosts).unwrap();
    std::fs::write(&servers, "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n").unwrap();
    let within = |program: &std::path::Path, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "sh", "-c", SET_UP, "sh"]).arg(&names).arg(&servers);
        command.arg(program).args(arguments).env(INSIDE, "1").output()
    };
    let why = match within(std::path::Path::new("true"), &[]) {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(why) = why {
        let why = format!("no network of its own on this machine: {why}");
        rows.iter().for_each(|row| trials::of(row).skipped(&why));
        return false;
    }
    let output = within(&std::env::current_exe().unwrap(), &["--exact", test, "--nocapture"]).unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// A connection that was made, and to which address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialled {
    pub to: IpAddr,
    /// The path asked for.
    pub path: String,
}

/// Listens on port 80 of every address.
pub struct World {
    dialled: Arc<Mutex<Vec<Dialled>>>,
}

impl World {
    /// What answers a path; connections are closed after each answer.
    pub fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("[::]:80").unwrap();
        let (dialled, answer) = (Arc::<Mutex<Vec<Dialled>>>::default(), Arc::new(answer));
        let seen = dialled.clone();
        // Ends with the process, which is this test's own.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, answer) = (seen.clone(), answer.clone());
                thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        Self { dialled }
    }

    /// Every connection so far.
    pub fn dialled(&self) -> Vec<Dialled> {
        self.dialled.lock().unwrap().clone()
    }

    /// The connections to other addresses than the public one.
    pub fn breaches(&self) -> Vec<Dialled> {
        let public: IpAddr = PUBLIC.parse().unwrap();
        self.dialled().into_iter().filter(|dialled| dialled.to != public).collect()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Dialled>>, answer: &dyn Fn(&str) -> String) {
    let to = stream.local_addr().unwrap().ip().to_canonical();
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(Dialled { to, path: String::new() });
        seen.len() - 1
    };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(length) => head.extend_from_slice(&buffer[..length]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap()[number].path.clone_from(&path);
    stream.write_all(answer(&path).as_bytes()).ok();
}

/// A whole answer.
pub fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub fn redirect(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

pub fn not_found() -> String {
    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned()
}

/// A name server: the addresses to answer with, for a name, an address family (true for IPv6) and how often it was asked so.
pub fn name_server(answers: impl Fn(&str, bool, usize) -> Vec<IpAddr> + Send + 'static) {
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    thread::spawn(move || {
        let mut asked = std::collections::HashMap::new();
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let Some((name, v6, end)) = question(&buffer[..length]) else { continue };
            let times: &mut usize = asked.entry((name.clone(), v6)).or_default();
            let found = answers(&name, v6, *times);
            *times += 1;
            reply(&socket, from, &buffer[..end], &found);
        }
    });
}

/// The name asked for, whether for IPv6, and where the question ends (RFC 1035 §4.1).
fn question(packet: &[u8]) -> Option<(String, bool, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    while *packet.get(at)? != 0 {
        let length = usize::from(packet[at]);
        labels.push(String::from_utf8_lossy(packet.get(at + 1..at + 1 + length)?).into_owned());
        at += 1 + length;
    }
    let v6 = packet.get(at + 1..at + 3)? == [0, 28];
    Some((labels.join("."), v6, at + 5))
}

/// Answers that may not be kept: their time to live is 0.
fn reply(socket: &UdpSocket, to: SocketAddr, question: &[u8], found: &[IpAddr]) {
    let mut packet = question.to_vec();
    packet[2] = 0x84;
    packet[3] = 0x80;
    packet[6..12].copy_from_slice(&[0, u8::try_from(found.len()).unwrap(), 0, 0, 0, 0]);
    for address in found {
        let (kind, octets) = match address {
            IpAddr::V4(v4) => (1, v4.octets().to_vec()),
            IpAddr::V6(v6) => (28, v6.octets().to_vec()),
        };
        packet.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, u8::try_from(octets.len()).unwrap()]);
        packet.extend(octets);
    }
    socket.send_to(&packet, to).unwrap();
}
