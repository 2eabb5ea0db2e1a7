#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use proptest::prelude::*;

use super::super::keys::{INNER, SERVER};
use super::*;
use crate::Explain;

impl Settings {
    /// What a file without names says.
    pub(crate) fn from_toml(text: &str, path: &Path) -> Result<Self, SpecError> {
        Ok(SettingsFile::from_toml(text, path)?.top)
    }
}

fn errors(texts: &[&str]) -> String {
    let said = |text: &&str| {
        let error = Settings::from_toml(text, Path::new("dataflow.toml")).unwrap_err();
        assert_eq!(error.kind(), crate::Kind::Usage);
        format!("{error}\n  {}", error.next_step())
    };
    texts.iter().map(said).collect::<Vec<_>>().join("\n")
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_place() {
    assert_snapshot!(errors(&["pbx = ", "pbx '10.0.0.1'", "a = 1\n\n[ssh\n", "pbx = '10.0.0.1'\npbx = '10.0.0.2'", "pbx = \"\\q\""]), @r#"
    dataflow.toml:1:7: this is not valid TOML: string values must be quoted, expected literal string
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:5: this is not valid TOML: key with no value, expected `=`
      Correct line 1 of dataflow.toml.
    dataflow.toml:3:5: this is not valid TOML: unclosed table, expected `]`
      Correct line 3 of dataflow.toml.
    dataflow.toml:2:1: this is not valid TOML: duplicate key
      Correct line 2 of dataflow.toml.
    dataflow.toml:1:9: this is not valid TOML: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\`, `"`, `x`, `u`, `U`
      Correct line 1 of dataflow.toml.
    "#);
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    assert_snapshot!(errors(&[
        "pxb = '10.0.0.1'",
        "# one\ndata_path = '/data'",
        "[ssh]\nagnet = true",
        "[registry]\n'ü' = 1",
        "identities = []",
        "colour = 1",
        "[docker]\nx = 1",
        "ssh.identity = 'x'",
    ]), @"
    dataflow.toml:1:1: unknown key pxb, did you mean pbx?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Write pbx in line 1 of dataflow.toml, or remove the key.
    dataflow.toml:2:1: unknown key data_path, did you mean data-path?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Write data-path in line 2 of dataflow.toml, or remove the key.
    dataflow.toml:2:1: unknown key ssh.agnet, did you mean ssh.agent?; allowed here: config, jump, identities, agent, known-hosts, host-key, connect-timeout, password-file, passphrase-file, sudo-password-file
      Write ssh.agent in line 2 of dataflow.toml, or remove the key.
    dataflow.toml:2:1: unknown key registry.ü; allowed here: server, user, token-file
      Remove the key in line 2 of dataflow.toml.
    dataflow.toml:1:1: unknown key identities, did you mean ssh.identities?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Write ssh.identities in line 1 of dataflow.toml, or remove the key.
    dataflow.toml:1:1: unknown key colour; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Remove the key in line 1 of dataflow.toml.
    dataflow.toml:1:2: unknown key docker; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Remove the key in line 1 of dataflow.toml.
    dataflow.toml:1:5: unknown key ssh.identity, did you mean ssh.identities?; allowed here: config, jump, identities, agent, known-hosts, host-key, connect-timeout, password-file, passphrase-file, sudo-password-file
      Write ssh.identities in line 1 of dataflow.toml, or remove the key.
    ");
}

#[test]
fn secrets_in_clear_are_refused_and_not_repeated() {
    let said = errors(&[
        "[ssh]\npassword = 'canary'",
        "[ssh]\nsudo-password = 'canary'",
        "ssh = { passphrase = 'canary' }",
        "[registry]\ntoken = 'canary'",
        "registry.password = 'canary'",
        "[api]\npassword = 'canary'",
        "[token]\ntoken = 'canary'",
    ]);
    assert!(!said.contains("canary"));
    assert_snapshot!(said, @"
    dataflow.toml:2:1: ssh.password would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with ssh.password-file.
    dataflow.toml:2:1: ssh.sudo-password would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with ssh.sudo-password-file.
    dataflow.toml:1:9: ssh.passphrase would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with ssh.passphrase-file.
    dataflow.toml:2:1: registry.token would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with registry.token-file.
    dataflow.toml:1:10: registry.password would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with registry.token-file.
    dataflow.toml:2:1: api.password would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with api.password-file.
    dataflow.toml:2:1: token.token would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with token.file.
    ");
}

#[test]
fn values_that_are_not_allowed_are_refused_with_key_and_place() {
    assert_snapshot!(errors(&[
        "pbx = '172.31.16.300'",
        "\n\n  private-ip = '127.0.0.1'",
        "public-ip = 'pbx.example.com'",
        "pbx = 5",
        "data-path = 'portsip'",
        "data-path = '/etc/portsip'",
        "data-path = '/var/lib'",
        "data-path = '/srv/a:b'",
        "data-path = '/srv/../x'",
        "image = 'portsip/PBX:22'",
        "clickhouse-image = 'portsip/clickhouse:'",
        "image = 'portsip/pbx@sha256:12'",
        "start-grace = 0",
        "start-grace = -5",
        "nofile = 12",
        "nofile = 'many'",
        "pull = 'sometimes'",
        "ssh = 5",
        "[[registry]]",
        "[ssh]\nagent = 'yes'",
        "[ssh]\nidentities = 'id'",
        "[ssh]\nidentities = ['a', 5]",
        "[ssh]\nconnect-timeout = 601",
        "[registry]\nserver = 'https://docker.io'",
        "[api]\nurl = 'http://172.31.16.133:8887/api'",
        "[api]\nurl = 'https://admin:x@172.31.16.133/api'",
        "[api]\nuser = ''",
        "[api]\ncertificate = 'AA:BB'",
        "[api]\ntimeout = 0",
        "[prerequisites]\nmode = 'by-hand'",
        "[prerequisites]\nto-pbx = 8887",
        "[prerequisites]\nto-pbx = [8887, 0]",
        "[prerequisites]\nfrom-pbx = [70000]",
        "[token]\ndeliver-as = '../token'",
        "[token]\ndeliver-as = 'system.ini'",
        "[token]\ngenerate-path = 'https://evil.example.com/token'",
        "[token]\ngenerate-path = '/token?x=1'",
        "[aws]\nmetadata-endpoint = '169.254.169.254'",
    ]), @r#"
    dataflow.toml:1:7: pbx: "172.31.16.300" cannot be the address of a machine: it is neither an IPv4 nor an IPv6 address
      Correct line 1 of dataflow.toml. Give an IPv4 or IPv6 address such as 172.31.16.158.
    dataflow.toml:3:16: private-ip: "127.0.0.1" cannot be the address of a machine: it is a loopback address, which other machines cannot reach
      Correct line 3 of dataflow.toml. Give an IPv4 or IPv6 address such as 172.31.16.158.
    dataflow.toml:1:13: public-ip: "pbx.example.com" cannot be the address of a machine: it is neither an IPv4 nor an IPv6 address
      Correct line 1 of dataflow.toml. Give an IPv4 or IPv6 address such as 172.31.16.158.
    dataflow.toml:1:7: pbx: invalid type: integer `5`, expected a string
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:13: data-path: "portsip" cannot be the data path: it is not absolute (it must begin with /)
      Correct line 1 of dataflow.toml. Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.
    dataflow.toml:1:13: data-path: "/etc/portsip" cannot be the data path: /etc belongs to the system
      Correct line 1 of dataflow.toml. Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.
    dataflow.toml:1:13: data-path: "/var/lib" cannot be the data path: /var/lib is shared with others; a directory below it is allowed
      Correct line 1 of dataflow.toml. Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.
    dataflow.toml:1:13: data-path: "/srv/a:b" cannot be the data path: it contains a colon, which Docker reads as the end of a mount's source
      Correct line 1 of dataflow.toml. Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.
    dataflow.toml:1:13: data-path: "/srv/../x" cannot be the data path: it contains . or .. as a part
      Correct line 1 of dataflow.toml. Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.
    dataflow.toml:1:9: image: "portsip/PBX:22" is not a reference to an image: the name has upper-case letters, which image names never have
      Correct line 1 of dataflow.toml. Give [registry[:port]/]name[:tag][@digest], such as portsip/pbx:22 or registry.example.com:5000/portsip/pbx:22.
    dataflow.toml:1:20: clickhouse-image: "portsip/clickhouse:" is not a reference to an image: the tag is not made of at most 128 letters, digits, _, . and -, beginning with neither . nor -
      Correct line 1 of dataflow.toml. Give [registry[:port]/]name[:tag][@digest], such as portsip/pbx:22 or registry.example.com:5000/portsip/pbx:22.
    dataflow.toml:1:9: image: "portsip/pbx@sha256:12" is not a reference to an image: what follows @ is not a digest such as sha256: and 64 hexadecimal digits
      Correct line 1 of dataflow.toml. Give [registry[:port]/]name[:tag][@digest], such as portsip/pbx:22 or registry.example.com:5000/portsip/pbx:22.
    dataflow.toml:1:15: start-grace: 0 is out of range for the start grace: allowed are 1 to 3600 seconds
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:15: start-grace: -5 is out of range for the start grace: allowed are 1 to 3600 seconds
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:10: nofile: 12 is out of range for the limit of open files: allowed are 1024 to 2147483584
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:10: nofile: it must be a whole number
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:8: pull: unknown variant `sometimes`, expected one of `missing`, `always`, `never`
      Correct line 1 of dataflow.toml.
    dataflow.toml:1:7: ssh: it must be a table
      Correct line 1 of dataflow.toml. Write [ssh] on a line of its own, and its keys below.
    dataflow.toml:1:1: registry: it must be a table
      Correct line 1 of dataflow.toml. Write [registry] on a line of its own, and its keys below.
    dataflow.toml:2:9: ssh.agent: invalid type: string "yes", expected a boolean
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:14: ssh.identities: invalid type: string "id", expected a sequence
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:20: ssh.identities: invalid type: integer `5`, expected path string
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:19: ssh.connect-timeout: 601 is out of range for the connect timeout: allowed are 1 to 600 seconds
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:10: registry.server: "https://docker.io" is not a registry: it must be a host name or IP address with an optional port, without https:// and path
      Correct line 2 of dataflow.toml. Give host[:port], such as docker.io or registry.example.com:5000.
    dataflow.toml:2:7: api.url: "http://172.31.16.133:8887/api" cannot be the address of the PBX's API: it does not begin with https://
      Correct line 2 of dataflow.toml. Give https://HOST[:PORT]/PATH, such as https://172.31.16.133:8887/api.
    dataflow.toml:2:7: api.url: "..." cannot be the address of the PBX's API: it has a user or a password in it
      Correct line 2 of dataflow.toml. Give https://HOST[:PORT]/PATH, such as https://172.31.16.133:8887/api.
    dataflow.toml:2:8: api.user: this is no name of a user
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:15: api.certificate: "AA:BB" cannot be the fingerprint of a certificate: it is not SHA256: and 43 characters of base64
      Correct line 2 of dataflow.toml. On the PBX: openssl x509 -in CERTIFICATE -outform DER | openssl dgst -sha256 -binary | base64, with SHA256: before it.
    dataflow.toml:2:11: api.timeout: 0 is out of range for the time for a request to the PBX: allowed are 1 to 300 seconds
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:8: prerequisites.mode: unknown variant `by-hand`, expected `api` or `manual`
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:10: prerequisites.to-pbx: invalid type: integer `8887`, expected a sequence
      Correct line 2 of dataflow.toml.
    dataflow.toml:2:10: prerequisites.to-pbx: 0 is not a port
      Correct line 2 of dataflow.toml. Ports are numbers from 1 to 65535.
    dataflow.toml:2:12: prerequisites.from-pbx: 70000 is not a port
      Correct line 2 of dataflow.toml. Ports are numbers from 1 to 65535.
    dataflow.toml:2:14: token.deliver-as: "../token" cannot be the name of the token's file: it is a path, and the file is in the service's data directory
      Correct line 2 of dataflow.toml. Give the name that the service looks for, such as token.
    dataflow.toml:2:14: token.deliver-as: "system.ini" cannot be the name of the token's file: the service keeps its settings in that file
      Correct line 2 of dataflow.toml. Give the name that the service looks for, such as token.
    dataflow.toml:2:17: token.generate-path: "https://evil.example.com/token" cannot be a path of the PBX's API: it does not begin with a slash and go on
      Correct line 2 of dataflow.toml. Give the path below the API's address, as the documentation of the PBX has it.
    dataflow.toml:2:17: token.generate-path: "/token?x=1" cannot be a path of the PBX's API: it has more than a path
      Correct line 2 of dataflow.toml. Give the path below the API's address, as the documentation of the PBX has it.
    dataflow.toml:2:21: aws.metadata-endpoint: "169.254.169.254" cannot be the address of AWS's instance metadata: it does not begin with http:// or https://
      Correct line 2 of dataflow.toml. Give http://HOST[:PORT], such as http://169.254.169.254.
    "#);
}

#[test]
fn every_key_of_the_lists_is_a_field_and_every_field_is_in_the_lists() {
    // Serde says which keys it expects when it meets one that it does not know.
    let fields = |text: &str| {
        let message = toml::from_str::<Settings>(text)
            .unwrap_err()
            .message()
            .to_owned();
        let (_, names) = message
            .split_once("expected one of ")
            .or_else(|| message.split_once("expected "))
            .unwrap();
        let names = names.replace(" or ", ", ");
        names
            .split(", ")
            .map(|name| name.trim_matches('`').to_owned())
            .collect::<Vec<_>>()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let names = |table: &super::super::keys::Table| table.names().map(str::to_owned).collect();
    let top: Vec<String> = names(&SERVER);
    let inner = INNER.iter().map(|table| table.name.to_owned());
    assert_eq!(
        sorted(fields("zzz = 1")),
        sorted(top.into_iter().chain(inner).collect())
    );
    for table in INNER {
        let unknown = format!("[{}]\nzzz = 1", table.name);
        assert_eq!(sorted(fields(&unknown)), sorted(names(table)));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = Settings::from_toml(&text, Path::new("dataflow.toml"));
    }

    #[test]
    fn any_value_of_any_key_is_read_without_a_panic(
        table in prop_oneof![Just(""), Just("[ssh]\n"), Just("[registry]\n"), Just("ssh."), Just("[servers.a]\n"), Just("[servers.a.ssh]\n"), Just("servers."), Just("[api]\n"), Just("[prerequisites]\n"), Just("[token]\n"), Just("[aws]\n")],
        key in prop::sample::select(INNER.into_iter().chain([&SERVER]).flat_map(|table| table.names()).chain(["ssh", "registry", "servers"]).collect::<Vec<_>>()),
        value in prop_oneof![
            any::<String>().prop_map(|text| toml::Value::from(text).to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            Just("{}".to_owned()),
            Just("[[]]".to_owned()),
            Just("1979-05-27".to_owned()),
            Just("nan".to_owned()),
        ],
    ) {
        if let Err(error) = Settings::from_toml(&format!("{table}{key} = {value}\n"), Path::new("dataflow.toml")) {
            let _ = (error.to_string(), error.next_step());
        }
    }
}
