#![allow(clippy::unwrap_used)]

use tokio::net::{TcpListener, TcpSocket};

use super::*;

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

async fn local() -> Host {
    Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap()
}

fn of(reached: &[Reach], port: u16) -> &Outcome {
    &reached
        .iter()
        .find(|reach| reach.port == port)
        .unwrap()
        .outcome
}

#[tokio::test]
async fn a_port_is_open_or_refused_and_all_are_tried_at_the_same_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = listener.local_addr().unwrap().port();
    // Bound and not listening: nobody else can come to listen there meanwhile.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = socket.local_addr().unwrap().port();

    let reached = from(&local().await, LOOPBACK, &[open, closed]).await;
    assert_eq!(*of(&reached, open), Outcome::Open);
    assert_eq!(*of(&reached, closed), Outcome::Refused);

    let from_pbx = from_pbx(LOOPBACK, LOOPBACK, &[open, closed]).await.unwrap();
    assert_eq!(from_pbx, reached);
}

#[tokio::test]
async fn from_the_pbx_it_is_tried_only_where_this_program_runs_there() {
    let pbx = "192.0.2.133".parse().unwrap();
    let error = from_pbx(pbx, LOOPBACK, &[80]).await.unwrap_err();
    assert!(error.contains("192.0.2.133 is no address of this machine"));
}

#[test]
fn each_reason_is_an_outcome() {
    let outcomes = [
        ForwardingReason::Refused,
        ForwardingReason::TimedOut,
        ForwardingReason::NoRoute,
        ForwardingReason::NotConnected,
        ForwardingReason::Prohibited,
        ForwardingReason::Other("a word of the server's".to_owned()),
    ]
    .map(|reason| {
        outcome(HostError::ForwardingRefused {
            host: "pbx@server".to_owned(),
            what: Endpoint::Remote("192.0.2.133:8887".parse().unwrap()),
            reason,
        })
        .to_string()
    });
    insta::assert_snapshot!(outcomes.join("\n"), @"
    refused
    no answer: a firewall drops it, or the machine is off
    no route, or a firewall says so
    no connection
    the SSH server forwards no connections (AllowTcpForwarding, PermitOpen)
    a word of the server's
    ");
}
