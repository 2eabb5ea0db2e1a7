//! A server that proves itself by a certificate, as `@cert-authority` in known_hosts has it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::path::Path;
use std::process::Command;

use dataflow_tests::{Ended, Lab, make_key};

/// An authority, and what it signs.
struct Authority {
    directory: tempfile::TempDir,
}

impl Authority {
    fn new(kind: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        make_key(&directory.path().join("ca"), &[kind, &["-N", ""]].concat());
        Self { directory }
    }

    fn public(&self) -> String {
        let text = std::fs::read_to_string(self.directory.path().join("ca.pub"));
        text.expect("a public key").trim().to_owned()
    }

    /// Has it sign the server's key with these arguments; the certificate lies on the server then.
    fn sign(&self, lab: &Lab, arguments: &[&str]) -> &'static str {
        let key = self.directory.path().join("host.pub");
        std::fs::write(&key, lab.exec("cat /etc/ssh/ssh_host_ed25519_key.pub")).expect("a file");
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-h", "-I", "server"]).args(arguments);
        keygen
            .arg("-s")
            .arg(self.directory.path().join("ca"))
            .arg(&key);
        assert!(keygen.status().expect("ssh-keygen").success());
        let certificate = std::fs::read_to_string(self.directory.path().join("host-cert.pub"));
        let certificate = certificate.expect("a certificate");
        lab.exec(&format!(
            "echo '{}' >/run/test-host-cert.pub",
            certificate.trim()
        ));
        "HostKey /etc/ssh/ssh_host_ed25519_key\nHostCertificate /run/test-host-cert.pub"
    }
}

fn status(lab: &Lab, port: u16, known_hosts: &str) -> Ended {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), known_hosts).expect("known_hosts");
    let address = format!("ssh://ubuntu@{}:{port}", lab.server.address);
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let (identity, file) = (text(&lab.key), text(file.path()));
    let arguments = [
        "--known-hosts",
        &file,
        "--identity",
        &identity,
        "--host",
        &address,
        "status",
    ];
    dataflow_tests::Program::new(arguments).run()
}

fn is_in(ended: &Ended) -> bool {
    ended.stdout.contains("Data Flow on ubuntu@")
}

#[test]
fn given_an_authority_for_the_host_when_it_has_signed_the_servers_key_then_that_is_enough() {
    let lab = Lab::open();
    let address = lab.server.address.as_str();
    for (number, kind) in (0..).zip([
        &["-t", "ed25519"][..],
        &["-t", "rsa", "-b", "3072"],
        &["-t", "ecdsa"],
    ]) {
        let authority = Authority::new(kind);
        let sshd = lab.sshd(2310 + number, authority.sign(&lab, &["-n", address]));
        let line = format!(
            "@cert-authority [{address}]:9999 {0}\n@cert-authority [{address}]:* {0}\n",
            authority.public()
        );
        let ended = status(&lab, sshd.port, &line);
        assert!(is_in(&ended), "{kind:?}: {ended:?}");
    }
}

#[test]
fn given_a_certificate_that_proves_nothing_then_it_is_refused_and_the_reason_told() {
    let lab = Lab::open();
    let address = lab.server.address.as_str();
    let (authority, other) = (
        Authority::new(&["-t", "ed25519"]),
        Authority::new(&["-t", "rsa"]),
    );
    let line = |authority: &Authority| format!("@cert-authority * {}\n", authority.public());
    for (number, (arguments, known, reason)) in (0..).zip([
        (
            &["-n", "flow.example.org"][..],
            line(&authority),
            "made out to flow.example.org and not to",
        ),
        (
            &["-n", address, "-V", "-2d:-1d"],
            line(&authority),
            "it has expired",
        ),
        (
            &["-n", address, "-V", "+1d:+2d"],
            line(&authority),
            "it is not valid yet",
        ),
        (&[], line(&authority), "made out to nobody"),
        (
            &["-n", address],
            line(&other),
            "no authority that known_hosts has for this host",
        ),
        (
            &["-n", address],
            format!("{}@revoked * {}\n", line(&authority), authority.public()),
            "revokes",
        ),
    ]) {
        let sshd = lab.sshd(2320 + number, authority.sign(&lab, arguments));
        let ended = status(&lab, sshd.port, &known);
        assert_eq!(ended.code, Some(6), "{reason}: {ended:?}");
        assert!(ended.stderr.contains(reason), "{reason}: {ended:?}");
    }
    // A key that is known by itself needs no certificate.
    let sshd = lab.sshd(2330, authority.sign(&lab, &["-n", "flow.example.org"]));
    let key = lab.exec("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub");
    let known = format!("{}[{address}]:2330 {key}", line(&authority));
    let ended = status(&lab, sshd.port, &known);
    assert!(is_in(&ended), "{ended:?}");
}
