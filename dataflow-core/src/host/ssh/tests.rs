//! Against a small SSH server in this process. OpenSSH's own ways are tested on a server.
#![allow(clippy::unwrap_used)]
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::keys::{Algorithm, PrivateKey};
use russh::server::{self, Auth, ChannelOpenHandle, Msg as ServerMsg};
use russh::{ChannelId, MethodKind, MethodSet};
use tokio::net::TcpListener;

use super::super::known_hosts::remember;
use super::super::{Address, Command, ConfigFile, Host, Status};
use super::*;

/// Lets in `pbx` with the password `right`, runs commands here, connects onwards to some ports in words only. A connection may
/// have so many sessions.
struct Server {
    sessions: usize,
}

impl server::Handler for Server {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(if (user, password) == ("pbx", "right") {
            Auth::Accept
        } else {
            // By itself the library would not accept a method again.
            let methods = MethodSet::from(&[MethodKind::Password][..]);
            Auth::Reject {
                proceed_with_methods: Some(methods),
                partial_success: false,
            }
        })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<ServerMsg>,
        reply: ChannelOpenHandle,
        _: &mut server::Session,
    ) -> Result<(), russh::Error> {
        if self.sessions == 0 {
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
        } else {
            self.sessions -= 1;
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        _: Channel<ServerMsg>,
        _: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut server::Session,
    ) -> Result<(), russh::Error> {
        let words = match port {
            1 => "Connection refused",
            2 => "No route to host",
            3 => "Connection timed out",
            4 => "open failed",
            5 => {
                reply.accept().await;
                return Ok(());
            }
            _ => {
                let prohibited = ChannelOpenFailure::AdministrativelyProhibited;
                reply.reject(prohibited).await;
                return Ok(());
            }
        };
        // As OpenSSH: the code for a connection that failed, and the error's text.
        let (code, reason) = (2, words.to_owned());
        reply
            .reject(ChannelOpenFailure::Other { code, reason })
            .await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        line: &[u8],
        session: &mut server::Session,
    ) -> Result<(), russh::Error> {
        let line = String::from_utf8_lossy(line).into_owned();
        if line.contains("refuse") {
            return session.channel_failure(channel);
        }
        if line.contains("hang up") {
            return Err(russh::Error::Disconnect);
        }
        let output = tokio::process::Command::new("sh")
            .args(["-c", &line])
            .output()
            .await?;
        session.channel_success(channel)?;
        session.data(channel, output.stdout)?;
        session.extended_data(channel, 1, output.stderr)?;
        if !line.contains("no status") {
            session.exit_status_request(channel, output.status.code().unwrap().unsigned_abs())?;
        }
        session.eof(channel)?;
        session.close(channel)
    }
}

/// A server that runs until the end of the test: its address, and with what to sign in to it.
async fn server() -> (SshAddress, SignIn, tempfile::TempDir) {
    server_with(usize::MAX).await
}

/// The same, with so many sessions for each connection.
async fn server_with(sessions: usize) -> (SshAddress, SignIn, tempfile::TempDir) {
    let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
    let config = Arc::new(server::Config {
        keys: vec![key],
        methods: MethodSet::from(&[MethodKind::Password][..]),
        auth_rejection_time: Duration::ZERO,
        ..server::Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let config = config.clone();
            tokio::spawn(async move {
                server::run_stream(config, socket, Server { sessions })
                    .await?
                    .await
            });
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let sign_in = SignIn {
        agent: false,
        password: Some("right".into()),
        config: ConfigFile::None,
        known_hosts: Some(vec![directory.path().join("known_hosts")]),
        connect_timeout: Some(Duration::from_secs(10)),
        ..SignIn::default()
    };
    let address = SshAddress {
        user: Some("pbx".into()),
        host: "127.0.0.1".into(),
        port: Some(port),
    };
    (address, sign_in, directory)
}

/// With nothing of whoever runs the tests.
fn plain() -> SignIn {
    SignIn {
        config: ConfigFile::None,
        agent: false,
        ..SignIn::default()
    }
}

async fn connect(address: &SshAddress, sign_in: &SignIn) -> Result<Host, HostError> {
    Host::connect(&Address::Ssh(address.clone()), sign_in).await
}

/// A session with a server whose key has been remembered.
async fn session() -> Host {
    session_with(usize::MAX).await.0
}

/// The same, and the directory with the file that remembers the key.
async fn session_with(sessions: usize) -> (Host, tempfile::TempDir) {
    let (address, sign_in, directory) = server_with(sessions).await;
    let HostError::UnknownHostKey { new, .. } = connect(&address, &sign_in).await.unwrap_err()
    else {
        unreachable!("the server's key is new");
    };
    remember(&new).unwrap();
    (connect(&address, &sign_in).await.unwrap(), directory)
}

async fn exec(script: &str) -> Result<super::super::Output, HostError> {
    session().await.exec(&Command::shell(script)).await
}

#[tokio::test]
async fn a_remembered_key_lets_one_in_and_commands_run() {
    let output = exec("printf out; echo err >&2; exit 3").await.unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (&b"out"[..], &b"err\n"[..])
    );
    assert_eq!(output.status, Status::Exited(3));
}

#[tokio::test]
async fn a_key_that_differs_from_the_pin_is_refused() {
    let (address, mut sign_in, _directory) = server().await;
    sign_in.host_key = Some(
        "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM"
            .parse()
            .unwrap(),
    );
    let error = connect(&address, &sign_in).await.unwrap_err();
    let HostError::PinMismatch { fingerprint, .. } = error else {
        unreachable!("{error}")
    };
    sign_in.host_key = Some(fingerprint);
    connect(&address, &sign_in).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_told_with_what_was_tried_and_is_accepted() {
    let (address, mut sign_in, directory) = server().await;
    let HostError::UnknownHostKey { fingerprint, .. } =
        connect(&address, &sign_in).await.unwrap_err()
    else {
        unreachable!("the server's key is new");
    };
    sign_in.host_key = Some(fingerprint);
    sign_in.password = Some("wrong".into());
    // A key of its own, so that those of whoever runs the tests stay out of it.
    let key = directory.path().join("key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    assert!(made.unwrap().success());
    sign_in.identities = vec![key.clone()];
    let error = connect(&address, &sign_in).await.unwrap_err();
    let HostError::AuthFailed {
        user,
        tried,
        accepted,
        ..
    } = &error
    else {
        unreachable!("{error}")
    };
    assert_eq!(
        (user.as_str(), accepted.as_slice()),
        ("pbx", &["password".to_owned()][..])
    );
    assert_eq!(tried.len(), 2, "{tried:?}");
    assert!(tried[0].starts_with(key.to_str().unwrap()), "{tried:?}");
    assert_eq!(tried[1], "password");
    assert!(!error.to_string().contains("wrong"));
}

#[tokio::test]
async fn a_connection_that_breaks_names_the_command_that_ran() {
    let error = exec("echo hang up").await.unwrap_err();
    assert!(
        matches!(&error, HostError::ConnectionLost { during, .. } if during == "echo hang up"),
        "{error}"
    );
}

#[tokio::test]
async fn given_few_sessions_for_a_connection_when_more_are_needed_then_further_connections_give_them()
 {
    let (host, _directory) = session_with(2).await;
    for _ in 0..2 * (1 + MORE) {
        let output = host.exec(&Command::shell("echo done")).await.unwrap();
        assert_eq!(output.stdout, b"done\n");
    }
    let error = host.exec(&Command::shell("echo more")).await.unwrap_err();
    assert!(
        matches!(&error, HostError::ChannelRefused { reason, .. } if reason.ends_with("6 connections are busy")),
        "{error}"
    );
}

#[tokio::test]
async fn given_commands_at_once_and_one_session_for_a_connection_then_each_has_its_own() {
    let (host, _directory) = session_with(1).await;
    let commands = ["1", "2", "3"].map(|text| Command::new("echo").arg(text));
    let [one, two, three] = &commands;
    let outputs = tokio::join!(host.exec(one), host.exec(two), host.exec(three));
    for output in [outputs.0, outputs.1, outputs.2] {
        assert!(output.unwrap().success());
    }
}

#[tokio::test]
async fn given_a_server_without_sessions_when_a_command_is_to_run_then_it_is_told() {
    let (host, _directory) = session_with(0).await;
    let error = host.exec(&Command::shell("true")).await.unwrap_err();
    assert!(matches!(error, HostError::ChannelRefused { .. }), "{error}");
}

#[tokio::test]
async fn a_refused_command_and_a_missing_status_are_told() {
    assert!(matches!(
        exec("echo refuse").await,
        Err(HostError::Start { .. })
    ));
    assert!(matches!(
        exec("echo no status").await,
        Err(HostError::NoStatus { .. })
    ));
}

#[tokio::test]
async fn forbidden_forwarding_is_told() {
    let host = session().await;
    for to in [
        Endpoint::Tcp(80),
        Endpoint::Unix("/var/run/docker.sock".into()),
    ] {
        let error = host.dial(&to).await.err().unwrap();
        assert!(
            matches!(
                &error,
                HostError::ForwardingRefused {
                    reason: ForwardingReason::Prohibited,
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[tokio::test]
async fn why_a_server_does_not_connect_onwards_is_told_of_each_port_tried_at_the_same_time() {
    use crate::reach::{self, Outcome};
    let host = session().await;
    let to = "192.0.2.133".parse().unwrap();
    for _ in 0..20 {
        let ports: Vec<u16> = (1..=6).collect();
        let reached = reach::from(&host, to, &ports).await;
        let outcomes: Vec<Outcome> = reached.into_iter().map(|reach| reach.outcome).collect();
        let Outcome::Unknown(prohibited) = &outcomes[5] else {
            unreachable!("it forwards nothing to port 6")
        };
        assert!(prohibited.contains("AllowTcpForwarding"), "{prohibited}");
        let known = [
            Outcome::Refused,
            Outcome::NoRoute,
            Outcome::TimedOut,
            Outcome::Failed,
            Outcome::Open,
        ];
        assert_eq!(outcomes[..5], known);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_on() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = SshAddress {
        user: Some("pbx".into()),
        host: "127.0.0.1".into(),
        port: Some(silent.local_addr().unwrap().port()),
    };
    let sign_in = SignIn {
        connect_timeout: Some(Duration::from_millis(200)),
        config: ConfigFile::None,
        ..SignIn::default()
    };
    let begin = Instant::now();
    let error = connect(&address, &sign_in).await.unwrap_err();
    assert!(
        matches!(
            error,
            HostError::Timeout {
                stage: "SSH handshake",
                ..
            }
        ),
        "{error}"
    );
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_told() {
    // Bound and not listening: nobody else can come to listen there meanwhile.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = closed.local_addr().unwrap().port();
    let address = SshAddress {
        user: Some("pbx".into()),
        host: "127.0.0.1".into(),
        port: Some(port),
    };
    let error = connect(&address, &plain()).await.unwrap_err();
    assert!(
        matches!(error, HostError::Refused { port: refused, .. } if refused == port),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told() {
    let address = SshAddress {
        user: Some("pbx".into()),
        host: "no-such-host.invalid".into(),
        port: None,
    };
    let error = connect(&address, &plain()).await.unwrap_err();
    assert!(
        matches!(&error, HostError::Resolve { name, .. } if name == "no-such-host.invalid"),
        "{error}"
    );
}
