//! What must not be on the server, really installed from packages: each is found, and nothing else is taken for it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{Lab, Machine, wait_until};

/// Installs packages, starts something, and waits until a check says so.
fn finds(packages: &str, start: &str, id: &str, state: &str, traces: &[&str]) {
    let lab = Lab::open();
    let machine = Machine::start(&lab, &[]);
    machine.install(packages);
    machine.exec(start);
    let mut last = (String::new(), String::new());
    wait_until(
        &format!("{packages}: {id} is {state} by {traces:?}"),
        Duration::from_secs(20),
        || {
            last = machine.finding(id);
            last.0 == state && traces.iter().all(|trace| last.1.contains(trace))
        },
    );
}

/// What a clean machine says; Docker does not run there, and so containers can't be seen.
fn is_clean(packages: &str, ids: &[&str]) {
    let lab = Lab::open();
    let machine = Machine::start(&lab, &[]);
    if !packages.is_empty() {
        machine.install(packages);
    }
    for id in ids {
        let (state, seen) = machine.finding(id);
        assert!(
            state == "pass" || seen == "Docker does not run",
            "{id}: {state}: {seen}"
        );
    }
}

const ALL: [&str; 6] = [
    "forbidden.postgresql",
    "forbidden.remote-access",
    "forbidden.vpn",
    "forbidden.dns-server",
    "forbidden.dhcp-server",
    "forbidden.portsip-roles",
];

#[test]
fn a_clean_machine_raises_no_alarm() {
    is_clean("", &ALL);
}

#[test]
fn clients_and_libraries_raise_no_alarm() {
    is_clean(
        "postgresql-client dnsmasq-base bind9-dnsutils iputils-ping",
        &ALL,
    );
}

#[test]
fn postgresql_is_found() {
    finds(
        "postgresql",
        "pg_ctlcluster 15 main start",
        "forbidden.postgresql",
        "error",
        &["package postgresql-15", "process postgres", ":5432"],
    );
}

#[test]
fn openvpn_is_found() {
    finds(
        "openvpn",
        "true",
        "forbidden.vpn",
        "error",
        &["package openvpn"],
    );
}

#[test]
fn wireguard_is_found() {
    finds(
        "wireguard-tools",
        "true",
        "forbidden.vpn",
        "error",
        &["WireGuard"],
    );
}

#[test]
fn strongswan_is_found() {
    finds(
        "strongswan",
        "true",
        "forbidden.vpn",
        "error",
        &["strongSwan"],
    );
}

#[test]
fn dnsmasq_is_found_in_both_of_its_roles() {
    let start = "dnsmasq --user=root --dhcp-range=172.17.0.50,172.17.0.60";
    finds(
        "dnsmasq",
        start,
        "forbidden.dns-server",
        "error",
        &["process dnsmasq", ":53"],
    );
    finds(
        "dnsmasq",
        start,
        "forbidden.dhcp-server",
        "error",
        &["udp *:67"],
    );
}

#[test]
fn bind_is_found() {
    finds(
        "bind9",
        "named -u bind",
        "forbidden.dns-server",
        "error",
        &["package bind9", "process named"],
    );
}

#[test]
fn a_dhcp_server_that_is_only_installed_is_a_warning() {
    finds(
        "isc-dhcp-server",
        "true",
        "forbidden.dhcp-server",
        "warning",
        &["ISC DHCP", "does nothing now"],
    );
}

#[test]
fn xrdp_is_found() {
    finds(
        "xrdp",
        "xrdp",
        "forbidden.remote-access",
        "error",
        &["package xrdp", "tcp *:3389"],
    );
}

#[test]
fn a_vnc_server_is_found() {
    finds(
        "tigervnc-standalone-server",
        "Xtigervnc :1 -SecurityTypes None >/dev/null 2>&1 &",
        "forbidden.remote-access",
        "error",
        &["process Xtigervnc", ":5901"],
    );
}
