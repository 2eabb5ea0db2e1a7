//! Takes connections and answers requests, within bounds: of connections, of headers, of time.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tower::Service;

use crate::{guard::Peer, panel::Shared};

/// The most connections at the same time.
const CONNECTIONS: usize = 8192;

/// The most of them from one address.
const OF_ONE_ADDRESS: usize = 2048;

/// How long a client may take to say what it wants, and how long it may say nothing.
const HEADERS: Duration = Duration::from_secs(10);

/// The most bytes of a request's headers.
const HEADER_BYTES: usize = 16 * 1024;

/// The most headers.
const HEADER_COUNT: usize = 64;

/// How long answers that are under way have to end when the panel ends.
const FAREWELL: Duration = Duration::from_secs(10);

/// Time to wait where no connection can be taken, for one because too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// How many connections each address has.
#[derive(Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; when it is dropped, it counts no more.
struct Counted {
    addresses: Addresses,
    address: IpAddr,
}

/// Serves until the panel is to end, and then lets the answers that are under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Router,
    panel: Shared,
) {
    let (room, addresses) = (Arc::new(Semaphore::new(CONNECTIONS)), Addresses::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ended = connections.join_next(), if !connections.is_empty() => continue,
            () = panel.ending.wait() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(_) => {
                sleep(PAUSE).await;
                continue;
            }
        };
        // What is too much is closed at once: it must not wait in front of others.
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            continue;
        };
        let Some(counted) = addresses.count(peer.ip()) else {
            continue;
        };
        let (tls, app, panel) = (tls.clone(), app.clone(), Shared::clone(&panel));
        connections.spawn(async move {
            let _counts = (place, counted);
            connection(stream, peer, tls, app, panel).await;
        });
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    let _late = timeout(FAREWELL, all_ended).await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    app: Router,
    panel: Shared,
) {
    // Without it, small answers may wait for an acknowledgement.
    let _as_it_is = stream.set_nodelay(true);
    match tls {
        None => talk(stream, peer, app, panel).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HEADERS, tls.accept(stream)).await {
                talk(stream, peer, app, panel).await;
            }
        }
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    app: Router,
    panel: Shared,
) {
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let mut app = app.clone();
        async move {
            let response = app.call(request).await;
            Ok::<_, Infallible>(match response {
                Ok(response) => response,
                Err(never) => match never {},
            })
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADER_COUNT)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // What goes wrong between a browser and here is told to it, or it is gone.
        _ended = &mut connection => return,
        () = panel.ending.wait() => connection.as_mut().graceful_shutdown(),
    }
    let _ended = connection.await;
}

impl Addresses {
    fn count(&self, address: IpAddr) -> Option<Counted> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = all.entry(address).or_default();
        if *number >= OF_ONE_ADDRESS {
            return None;
        }
        *number += 1;
        Some(Counted {
            addresses: self.clone(),
            address,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self
            .addresses
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.get_mut(&self.address) {
            *number -= 1;
            if *number == 0 {
                all.remove(&self.address);
            }
        }
    }
}

/// As many open files as the machine lets this program have; each connection is one.
pub(crate) fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where it may not, there are as many as there are.
    let _as_it_is = setrlimit(Resource::Nofile, most);
}
