//! As many requests as there can be, on connections that are kept, each after the answer to the one before.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::http;
use crate::failure::{Context, Failure, Result};

/// Connections at the same time.
const CONNECTIONS: usize = 64;

/// How long one measurement lasts, and how long is not counted before it.
const LASTS: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_millis(300);

/// Requests a second that are answered with 200; another answer is a failure.
pub(super) fn per_second(address: SocketAddr, request: &[u8]) -> Result<f64> {
    // One thread: the other processor is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("a runtime")?;
    runtime.block_on(async {
        let from = Instant::now() + WARM_UP;
        let mut all = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(address).await.context("a connection")?;
            stream.set_nodelay(true).context("a connection")?;
            all.spawn(ask(stream, request.to_vec(), from));
        }
        let mut answered = 0;
        for count in all.join_all().await {
            answered += count?;
        }
        Ok(f64::from(answered) / LASTS.as_secs_f64())
    })
}

async fn ask(mut stream: TcpStream, request: Vec<u8>, from: Instant) -> Result<u32> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut answered = 0;
    loop {
        let answer = http::ask(&mut stream, &request, &mut buffer).await;
        let status = answer.context("a request")?;
        if status != 200 {
            return Err(Failure::new(format!("answered with {status}")));
        }
        let now = Instant::now();
        if now >= from + LASTS {
            return Ok(answered);
        }
        answered += u32::from(now >= from);
    }
}

/// What nothing can be faster than that is made of the same parts: axum with one route, which says hello.
pub(super) struct Hello {
    pub(super) address: SocketAddr,
    /// Ends with this.
    _runtime: tokio::runtime::Runtime,
}

impl Hello {
    pub(super) fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("a runtime")?;
        let address = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            let app = axum::Router::new().route("/", axum::routing::get(async || "hello"));
            tokio::spawn(async { axum::serve(listener, app).await });
            Ok::<_, std::io::Error>(address)
        });
        Ok(Self {
            address: address.context("a server that says hello")?,
            _runtime: runtime,
        })
    }
}
