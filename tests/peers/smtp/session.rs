//! One session of the scripted SMTP server: the dialogue, and where the rules come in.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use xxhash_rust::xxh3::xxh3_64;

use super::rule::{Action, Step};
use super::{Accepted, Heard, Shared};

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

struct Session<'a> {
    shared: &'a Shared,
    tcp: TcpStream,
    wire: BufReader<Box<dyn Wire>>,
    encrypted: bool,
    logged_in: bool,
    connection: usize,
    from: String,
    to: Vec<String>,
}

/// Serves one connection until either side has had enough.
pub(super) fn serve(tcp: TcpStream, shared: &Shared) {
    let mut connection = 0;
    shared.seen.send_modify(|seen| {
        seen.connections += 1;
        seen.open += 1;
        connection = seen.connections;
    });
    tcp.set_nodelay(true).unwrap();
    let wire = BufReader::new(Box::new(tcp.try_clone().unwrap()) as Box<dyn Wire>);
    let (from, to) = (String::new(), Vec::new());
    let mut session = Session { shared, tcp, wire, encrypted: false, logged_in: false, connection, from, to };
    // Ends in an error when a rule or the client closes; both are as intended.
    let ended = session.run();
    if ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset) {
        session.reset();
    } else {
        drop(session.tcp.shutdown(std::net::Shutdown::Both));
    }
    shared.seen.send_modify(|seen| seen.open -= 1);
}

impl Session<'_> {
    fn run(&mut self) -> Result<()> {
        if let Some(config) = self.shared.implicit_tls.clone() {
            self.encrypt(config)?;
        }
        if !self.at(Step::Greeting, "220 peer.example.org ESMTP")? {
            return Ok(());
        }
        loop {
            let line = self.line()?;
            let encrypted = self.encrypted;
            self.shared.seen.send_modify(|seen| seen.heard.push(Heard { encrypted, line: line.clone() }));
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => drop(self.at(Step::Ehlo, &self.offer())?),
                "STARTTLS" => self.starttls()?,
                "AUTH" => self.auth(&line)?,
                "MAIL" => self.mail(&line)?,
                "RCPT" => self.rcpt(&line)?,
                "DATA" => self.data()?,
                "RSET" => {
                    self.to.clear();
                    self.write("250 2.0.0 Ok")?;
                }
                "NOOP" => self.write("250 2.0.0 Ok")?,
                "QUIT" => return self.write("221 2.0.0 Bye"),
                _ => self.write("502 5.5.2 command not recognized")?,
            }
        }
    }

    fn offer(&self) -> String {
        let offer = &self.shared.offer;
        let mut lines = vec!["peer.example.org".to_owned()];
        lines.extend(offer.extensions.iter().map(ToString::to_string));
        if self.shared.starttls.is_some() && !self.encrypted {
            lines.push("STARTTLS".to_owned());
        }
        if offer.login.is_some() && (self.encrypted || self.shared.starttls.is_none()) {
            lines.push(format!("AUTH {}", offer.mechanisms));
        }
        let last = lines.pop().unwrap();
        lines.iter().map(|line| format!("250-{line}\n")).collect::<String>() + "250 " + &last
    }

    fn starttls(&mut self) -> Result<()> {
        match self.shared.starttls.clone() {
            Some(config) if self.at(Step::Starttls, "220 2.0.0 ready for TLS")? => self.encrypt(config),
            Some(_) => Ok(()),
            None => self.write("502 5.5.1 not offered"),
        }
    }

    fn encrypt(&mut self, config: Arc<ServerConfig>) -> Result<()> {
        let server = ServerConnection::new(config).map_err(Error::other)?;
        self.wire = BufReader::new(Box::new(StreamOwned::new(server, self.tcp.try_clone()?)));
        self.encrypted = true;
        Ok(())
    }

    fn auth(&mut self, line: &str) -> Result<()> {
        let given = if line.eq_ignore_ascii_case("AUTH LOGIN") {
            self.write("334 VXNlcm5hbWU6")?;
            let user = self.line()?;
            self.write("334 UGFzc3dvcmQ6")?;
            format!("{user} {}", self.line()?)
        } else {
            line.split(' ').nth(2).unwrap_or_default().to_owned()
        };
        let expected = self.shared.offer.login.as_ref().is_some_and(|(user, password)| {
            let plain = base64(format!("\0{user}\0{password}").as_bytes());
            given == plain || given == format!("{} {}", base64(user.as_bytes()), base64(password.as_bytes()))
        });
        let usual = if expected { "235 2.7.0 welcome" } else { "535 5.7.8 authentication failed" };
        self.logged_in = self.at(Step::Auth, usual)?;
        Ok(())
    }

    fn mail(&mut self, line: &str) -> Result<()> {
        self.from = path(line);
        self.to.clear();
        let must_log_in = self.shared.offer.login.is_some() && !self.logged_in;
        let usual = if must_log_in { "530 5.7.0 authentication required" } else { "250 2.1.0 Ok" };
        self.at(Step::Mail, usual).map(drop)
    }

    fn rcpt(&mut self, line: &str) -> Result<()> {
        self.to.push(path(line));
        if !self.at(Step::Rcpt, "250 2.1.5 Ok")? {
            self.to.pop();
        }
        Ok(())
    }

    fn data(&mut self) -> Result<()> {
        let usual = if self.to.is_empty() { "503 5.5.1 no recipient" } else { "354 go ahead" };
        if !self.at(Step::Data, usual)? {
            return Ok(());
        }
        let message = self.message()?;
        let judged = self.shared.judge.lock().unwrap().as_ref().and_then(|judge| judge(&message));
        if let Some(refusal) = judged {
            return self.write(refusal);
        }
        if !self.at(Step::Dot, "")? {
            return Ok(());
        }
        let accepted = Accepted {
            from: self.from.clone(),
            to: std::mem::take(&mut self.to),
            message_id: message_id(&message),
            message,
            connection: self.connection,
            at: Instant::now(),
        };
        if let Some(mut log) = self.shared.offer.log.as_deref() {
            writeln!(log, "{} {:016x}", accepted.message_id, xxh3_64(&accepted.message))?;
            log.sync_data()?;
        }
        self.shared.seen.send_modify(|seen| seen.accepted.push(accepted));
        self.at(Step::Accepted, &format!("250 2.0.0 Ok: queued as {}", self.connection))?;

        self.at(Step::Answered, "").map(drop)
    }

    /// Reads up to the final dot, which must stand between two CRLF, and takes back dot-stuffing (RFC 5321 §4.5.2).
    fn message(&mut self) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.wire.read_until(b'\n', &mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let begins_line = message.is_empty() || message.ends_with(b"\r\n");
            if begins_line && line == b".\r\n" {
                return Ok(message);
            }
            message.extend(if begins_line && line.starts_with(b".") { &line[1..] } else { &line });
        }
    }

    /// Comes to a step: does what the rules say, or the usual. True when the client may go on.
    fn at(&mut self, step: Step, usual: &str) -> Result<bool> {
        let mut answer = (usual.to_owned(), false);
        let mut stall = false;
        for rule in self.shared.rules.lock().unwrap().iter_mut() {
            if rule.applies(step, self.to.last().map_or("", String::as_str)) {
                match &mut rule.action {
                    Action::Reply { text, dribble } => answer = (text.clone(), *dribble),
                    Action::Close => return Err(ErrorKind::ConnectionAborted.into()),
                    Action::Reset => return Err(ErrorKind::ConnectionReset.into()),
                    Action::Stall => stall = true,
                    Action::Run(action) => action(),
                }
            }
        }
        if stall {
            self.shared.seen.send_modify(|seen| seen.stalled += 1);
            let gate = self.shared.gate.lock().unwrap();
            drop(self.shared.opened.wait_while(gate, |open| !*open).unwrap());
        }
        let (text, dribble) = answer;
        if text.is_empty() {
            return Ok(true);
        }
        if dribble {
            for byte in text.replace('\n', "\r\n").into_bytes() {
                self.wire.get_mut().write_all(&[byte])?;
                self.wire.get_mut().flush()?;
            }
            self.write("")?;
        } else {
            self.write(&text)?;
        }
        // RFC 5321 §3.8: after 421 the server closes.
        if text.starts_with("421") {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        Ok(text.starts_with(['2', '3']))
    }

    /// Waits until the client has said more and lets go of the connection with that unread, which Linux answers with RST.
    fn reset(self) {
        drop(self.tcp.peek(&mut [0]));
        let client = self.tcp.peer_addr().ok();
        self.shared.streams.lock().unwrap().retain(|stream| stream.peer_addr().ok() != client);
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.wire.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// In one write, so that several lines arrive together.
    fn write(&mut self, text: &str) -> Result<()> {
        let text = text.replace('\n', "\r\n") + "\r\n";
        self.wire.get_mut().write_all(text.as_bytes())?;
        self.wire.get_mut().flush()
    }
}

/// The address in `MAIL FROM:<…>` or `RCPT TO:<…>`.
fn path(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

fn message_id(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let headers = text.split("\r\n\r\n").next().unwrap_or_default();
    let line = headers.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
    line.map(path).unwrap_or_default()
}

/// RFC 4648 §4, for comparing logins.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_usize, |number, byte| number << 8 | *byte as usize) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = ALPHABET[number >> (18 - 6 * place) & 63];
            text.push(if place <= chunk.len() { digit as char } else { '=' });
        }
    }
    text
}
