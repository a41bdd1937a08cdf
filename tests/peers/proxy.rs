//! A proxy on loopback that speaks SOCKS5 (RFC 1928), HTTP and CONNECT, told apart by the first byte. It records what it was
//! handed, a name or an address, and takes every name for 127.0.0.1 (and every port for one, if told to); names that begin with `gone.` it cannot reach.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use url::Url;

/// The proxy. Dropping it closes every connection.
pub struct ProxyPeer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Target>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a client wants to be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Name(String, u16),
    Address(IpAddr, u16),
}

impl ProxyPeer {
    /// Starts on a free port of 127.0.0.1.
    pub fn start() -> Self {
        Self::launch(None)
    }

    /// The same; whatever port of a name is asked for, this one is dialled.
    pub fn towards(port: u16) -> Self {
        Self::launch(Some(port))
    }

    fn launch(towards: Option<u16>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, address) = mpsc::channel();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = asked.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    () = accept(listener, towards, record) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address: address.recv().unwrap(), asked, stop: Some(stop), thread: Some(thread) }
    }

    /// Its address in this scheme.
    pub fn url(&self, scheme: &str) -> Url {
        Url::parse(&format!("{scheme}://{}", self.address)).unwrap()
    }

    /// What it was handed so far, in order.
    pub fn asked(&self) -> Vec<Target> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for ProxyPeer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Target {
    /// Of `host:port`.
    fn of(authority: &str) -> Self {
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        let port = port.parse().unwrap();
        host.trim_matches(['[', ']'])
            .parse()
            .map_or_else(|_| Self::Name(host.to_owned(), port), |ip| Self::Address(ip, port))
    }

    async fn connect(&self, towards: Option<u16>) -> io::Result<TcpStream> {
        match self {
            Self::Name(name, _) if name.starts_with("gone.") => Err(io::ErrorKind::HostUnreachable.into()),
            Self::Name(_, port) => TcpStream::connect(("127.0.0.1", towards.unwrap_or(*port))).await,
            Self::Address(ip, port) => TcpStream::connect((*ip, *port)).await,
        }
    }
}

async fn accept(listener: TcpListener, towards: Option<u16>, asked: Arc<Mutex<Vec<Target>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let asked = asked.clone();
        // A client that goes away in the middle is its own business.
        tokio::spawn(async move { serve(stream, towards, &asked).await.ok() });
    }
}

async fn serve(mut client: TcpStream, towards: Option<u16>, asked: &Mutex<Vec<Target>>) -> io::Result<()> {
    let first = client.read_u8().await?;
    if first == 5 { socks(client, towards, asked).await } else { http(client, first, towards, asked).await }
}

async fn socks(mut client: TcpStream, towards: Option<u16>, asked: &Mutex<Vec<Target>>) -> io::Result<()> {
    let methods = client.read_u8().await?;
    client.read_exact(&mut vec![0; methods.into()]).await?;
    client.write_all(&[5, 0]).await?;
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    let target = match head[3] {
        1 => {
            let ip = client.read_u32().await?;
            Target::Address(IpAddr::V4(ip.into()), client.read_u16().await?)
        }
        3 => {
            let mut name = vec![0; client.read_u8().await?.into()];
            client.read_exact(&mut name).await?;
            Target::Name(String::from_utf8(name).unwrap(), client.read_u16().await?)
        }
        _ => {
            let ip = client.read_u128().await?;
            Target::Address(IpAddr::V6(ip.into()), client.read_u16().await?)
        }
    };
    asked.lock().unwrap().push(target.clone());
    let server = target.connect(towards).await;
    // 4: host unreachable.
    let reply = if server.is_ok() { 0 } else { 4 };
    client.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut client, &mut server?).await.map(drop)
}

async fn http(mut client: TcpStream, first: u8, towards: Option<u16>, asked: &Mutex<Vec<Target>>) -> io::Result<()> {
    let mut head = vec![first];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let (line, rest) = head.split_once("\r\n").unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let tunnel = words[0] == "CONNECT";
    // A request names its whole URL, a tunnel the authority alone (RFC 9112 §3.2).
    let (authority, path) = match words[1].strip_prefix("http://") {
        Some(url) => url.split_once('/').unwrap(),
        None => (words[1], ""),
    };
    let target = Target::of(authority);
    asked.lock().unwrap().push(target.clone());
    let Ok(mut server) = target.connect(towards).await else {
        return client.write_all(b"HTTP/1.1 502 Unreachable\r\nContent-Length: 0\r\n\r\n").await;
    };
    if tunnel {
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    } else {
        // One request a connection is all it knows.
        let rest = rest.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        server.write_all(format!("{} /{path} HTTP/1.1\r\n{rest}", words[0]).as_bytes()).await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
