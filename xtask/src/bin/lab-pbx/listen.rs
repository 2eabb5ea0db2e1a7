//! Takes connections and serves them.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::certificates::Certificates;
use crate::world::Shared;
use crate::{rest, service};

/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(10);

/// Between two looks whether it may listen again, or after a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) struct From(pub(crate) IpAddr);

/// The REST API and the service's own path: open while the controls say so, with the certificate that they name.
pub(crate) async fn with_tls(
    address: SocketAddr,
    world: Shared,
    certificates: Arc<Certificates>,
) -> io::Result<()> {
    let router = rest::router(world.clone()).merge(service::router(world.clone()));
    let mut changes = world.changes();
    loop {
        if !world.lock().controls.listening {
            // The world, which is there as long as this, is what tells.
            let _ = changes.changed().await;
            continue;
        }
        let listener = TcpListener::bind(address).await?;
        // Ends with the connections of this round.
        let mut connections = JoinSet::new();
        loop {
            let taken = tokio::select! {
                taken = listener.accept() => taken,
                _ = changes.changed() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            };
            let Ok((stream, from)) = taken else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let (kind, is_denied) = {
                let world = world.lock();
                let is_denied = world.ip_filters.denies(from.ip(), world.now());
                (world.controls.certificate, is_denied)
            };
            // As a firewall does it: not a word.
            if is_denied {
                continue;
            }
            let Some(config) = certificates.get(kind) else {
                continue;
            };
            let (acceptor, router) = (TlsAcceptor::from(config), router.clone());
            connections.spawn(async move {
                let greeting = tokio::time::timeout(GREETING, acceptor.accept(stream));
                if let Ok(Ok(stream)) = greeting.await {
                    serve(stream, from.ip(), router).await;
                }
            });
        }
    }
}

/// Without TLS, always open.
pub(crate) async fn plain(address: SocketAddr, router: Router) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    loop {
        let taken: io::Result<(TcpStream, SocketAddr)> = listener.accept().await;
        match taken {
            Ok((stream, from)) => {
                tokio::spawn(serve(stream, from.ip(), router.clone()));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    from: IpAddr,
    router: Router,
) {
    let service = TowerToHyperService::new(router.layer(Extension(From(from))));
    // The header Date is of this PBX's clock, which a test can put wrong.
    let served = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // A client that goes away is no concern of the server's.
    drop(served);
}
