//! Clients that mean no good, each kind by itself. All are on loopback, bounded in number and time.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use super::http;
use super::served::ORIGIN;
use crate::failure::{Context, Failure, Result};

/// How long each kind goes on, but for the bad sign-ins, which are counted.
const LASTS: Duration = Duration::from_secs(5);

/// Clients that never finish their headers, and how often each says a byte.
const DRIBBLING: usize = 500;
const BYTE_EVERY: Duration = Duration::from_millis(200);

/// Clients at the same time that send too much.
const FLOODING: usize = 8;

/// Much more than is taken.
const HUGE: usize = 1024 * 1024;

/// Clients that try passwords, each from an address of its own, and how often each tries.
const GUESSING: u8 = 250;
const GUESSES: u32 = 40;

/// What became of the bad sign-ins.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Guesses {
    pub(super) made: u32,
    /// How many were let in.
    pub(super) let_in: u32,
}

/// Slowloris: a request whose header comes a byte at a time and never ends. One that is closed begins anew.
pub(super) async fn dribble(address: SocketAddr) -> Result<()> {
    many(DRIBBLING, |_| async move {
        let end = Instant::now() + LASTS;
        while Instant::now() < end {
            let mut stream = TcpStream::connect(address).await.context("dribbling")?;
            let start = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ";
            let mut open = stream.write_all(start).await.is_ok();
            let mut turns = interval(BYTE_EVERY);
            while open && Instant::now() < end {
                turns.tick().await;
                open = stream.write_all(b"x").await.is_ok();
            }
        }
        Ok(())
    })
    .await
    .map(drop)
}

/// Headers without end. The panel must close the connection before all of one is sent.
pub(super) async fn huge_headers(address: SocketAddr) -> Result<()> {
    let start = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec();
    flood(address, start).await
}

/// Bodies of a gigabyte, or so they say.
pub(super) async fn huge_bodies(address: SocketAddr) -> Result<()> {
    let start = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\n{ORIGIN}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000000\r\n\r\nname="
    );
    flood(address, start.into_bytes()).await
}

async fn flood(address: SocketAddr, start: Vec<u8>) -> Result<()> {
    many(FLOODING, |_| {
        let mut start = start.clone();
        async move {
            let end = Instant::now() + LASTS;
            start.resize(start.len() + HUGE, b'x');
            while Instant::now() < end {
                let mut stream = TcpStream::connect(address).await.context("flooding")?;
                // It is closed in the middle, which is what is wanted.
                let _closed = stream.write_all(&start).await;
                let mut answer = Vec::new();
                let ended = timeout(LASTS * 2, stream.read_to_end(&mut answer)).await;
                if ended.is_err() {
                    return Err(Failure::new("what is too large is waited for"));
                }
                if !answer.is_empty() && !answer.starts_with(b"HTTP/1.1 4") {
                    let answer = String::from_utf8_lossy(&answer).into_owned();
                    return Err(Failure::new(format!("what is too large: {answer}")));
                }
            }
            Ok(())
        }
    })
    .await
    .map(drop)
}

/// Passwords that are wrong, for a name that is there and for ones that are not.
pub(super) async fn guess(address: SocketAddr) -> Result<Guesses> {
    let all = many(usize::from(GUESSING), |number| async move {
        let last = u8::try_from(number + 1).unwrap_or(u8::MAX);
        let mut guesses = Guesses::default();
        let mut stream = connect_from(Ipv4Addr::new(127, 16, 158, last), address).await?;
        let mut buffer = Vec::new();
        for guess in 0..GUESSES {
            let name = match guess % 2 {
                0 => "alice".to_owned(),
                _ => format!("user{number}-{guess}"),
            };
            let headers = [ORIGIN, "Content-Type: application/x-www-form-urlencoded"];
            let form = format!("name={name}&password=wrong+horse+{guess}");
            let request = http::request("POST", "/sign-in", &headers, &form);
            let status = http::ask(&mut stream, &request, &mut buffer).await;
            guesses.made += 1;
            match status.context("a bad sign-in")? {
                401 | 429 | 503 => {}
                303 => guesses.let_in += 1,
                status => return Err(Failure::new(format!("a bad sign-in: {status}"))),
            }
        }
        Ok(guesses)
    })
    .await?;
    Ok(all.iter().fold(Guesses::default(), |sum, one| Guesses {
        made: sum.made + one.made,
        let_in: sum.let_in + one.let_in,
    }))
}

/// Any address that begins with 127 is this machine's.
async fn connect_from(own: Ipv4Addr, address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4().context("a socket")?;
    socket.bind((own, 0).into()).context(own)?;
    socket.connect(address).await.context(own)
}

async fn many<T: Send + 'static, F>(count: usize, client: impl Fn(usize) -> F) -> Result<Vec<T>>
where
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut all = JoinSet::new();
    for number in 0..count {
        all.spawn(client(number));
    }
    all.join_all().await.into_iter().collect()
}
