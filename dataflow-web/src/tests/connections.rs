//! The listener: what it takes from clients that mean no good.

use std::time::Duration;

use clap::Parser;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::*;
use crate::{args::Cli, names::Names, serve, tls};

struct Served {
    tested: Tested,
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

async fn served() -> Served {
    served_with(None).await
}

async fn served_with(tls: Option<TlsAcceptor>) -> Served {
    let tested = Tested::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = serve::serve(
        listener,
        tls,
        tested.app.clone(),
        Shared::clone(&tested.panel),
    );
    Served {
        address,
        task: tokio::spawn(serving),
        tested,
    }
}

impl Served {
    async fn say(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn answer(&self, text: &str) -> String {
        let mut stream = self.say(text).await;
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await;
        // A connection that is reset was closed as well.
        let _closed = read.expect("the connection stays open");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

const CLOSE: &str = "Host: localhost\r\nConnection: close\r\n";

#[tokio::test]
async fn given_headers_without_end_or_too_many_then_the_connection_is_closed_with_a_word() {
    let served = served().await;
    let huge = format!(
        "GET /healthz HTTP/1.1\r\n{CLOSE}X: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let answer = served.answer(&huge).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    let many = "X-Y: z\r\n".repeat(200);
    let many = format!("GET /healthz HTTP/1.1\r\n{CLOSE}{many}\r\n");
    let answer = served.answer(&many).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let fine = served
        .answer(&format!("GET /healthz HTTP/1.1\r\n{CLOSE}\r\n"))
        .await;
    assert!(fine.starts_with("HTTP/1.1 200"), "{fine}");
}

#[tokio::test]
async fn given_clients_that_never_finish_a_request_then_others_are_served_and_they_are_closed() {
    let served = served().await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        slow.push(served.say("GET / HTTP/1.1\r\nHost: local").await);
    }
    let fine = served
        .answer(&format!("GET /healthz HTTP/1.1\r\n{CLOSE}\r\n"))
        .await;
    assert!(fine.starts_with("HTTP/1.1 200"), "{fine}");
    let mut first = slow.swap_remove(0);
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(15), first.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "still open after 15 s");
}

#[tokio::test]
async fn given_the_end_then_listening_pages_are_let_go_and_the_listener_ends() {
    let served = served().await;
    let session = served.tested.session(Role::Viewer);
    let asked = format!(
        "GET /live/overview HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\r\n",
        session.cookie
    );
    let mut stream = served.say(&asked).await;
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    served.tested.panel.ending.raise();
    let ended = tokio::time::timeout(Duration::from_secs(5), served.task).await;
    assert!(ended.is_ok(), "it does not end");
}

/// An own certificate in this state directory.
fn acceptor(state: &Path) -> TlsAcceptor {
    let args = [
        "dataflow-web".as_ref(),
        "--state".as_ref(),
        state.as_os_str(),
    ];
    let cli = Cli::try_parse_from(args).unwrap();
    tls::acceptor(&cli.serve, &Names::new(&[])).unwrap()
}

#[tokio::test]
async fn given_no_certificate_then_an_own_one_is_made_once_and_only_tls_is_spoken() {
    use std::os::unix::fs::MetadataExt;
    let state = tempfile::tempdir().unwrap();
    let _first = acceptor(state.path());
    let file = |name: &str| state.path().join(name);
    let made = std::fs::read(file("tls-cert.pem")).unwrap();
    let mode = file("tls-key.pem").metadata().unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
    let served = served_with(Some(acceptor(state.path()))).await;
    assert_eq!(std::fs::read(file("tls-cert.pem")).unwrap(), made);
    let plain = served
        .answer(&format!("GET /healthz HTTP/1.1\r\n{CLOSE}\r\n"))
        .await;
    assert!(!plain.contains("200 OK"), "{plain}");
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&made).unwrap())
        .unwrap();
    let client = ClientConfig::builder_with_provider(std::sync::Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = TlsConnector::from(std::sync::Arc::new(client));
    for name in ["localhost", "127.0.0.1"] {
        let stream = TcpStream::connect(served.address).await.unwrap();
        let name = ServerName::try_from(name).unwrap();
        let mut stream = client.connect(name, stream).await.unwrap();
        let asked = format!("GET /healthz HTTP/1.1\r\n{CLOSE}\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _read = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
