//! Several servers in one file.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use insta::assert_snapshot;

use super::SettingsFile;
use crate::Explain;

fn read(text: &str) -> Result<SettingsFile, super::SpecError> {
    SettingsFile::from_toml(text, Path::new("/etc/flow/dataflow.toml"))
}

fn errors(texts: &[&str]) -> String {
    let said = |text: &&str| {
        let error = read(text).unwrap_err();
        format!("{error}\n  {}", error.next_step())
    };
    texts.iter().map(said).collect::<Vec<_>>().join("\n")
}

const THREE: &str = r#"
    pbx = "172.31.16.133"
    image = "portsip/pbx:22"
    [ssh]
    identities = ["keys/all"]
    connect-timeout = 20
    [servers.paris]
    private-ip = "172.31.16.158"
    [servers.lima]
    private-ip = "10.1.0.2"
    image = "portsip/pbx:22.4"
    [servers.lima.ssh]
    identities = ["keys/lima"]
    [servers.oslo]
    host = "local"
    private-ip = "10.2.0.2"
    registry = { server = "registry.example.com", user = "alice", token-file = "token" }
"#;

#[test]
fn servers_keep_the_order_of_the_file() {
    let file = read(THREE).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["paris", "lima", "oslo"]);
}

#[test]
fn the_top_is_what_counts_where_a_server_says_nothing() {
    let file = read(THREE).unwrap();
    let paris = file.server("paris").unwrap();
    let lima = file.server("lima").unwrap();
    for settings in [&paris, &lima] {
        assert_eq!(settings.pbx.unwrap().to_string(), "172.31.16.133");
        assert_eq!(settings.ssh.connect_timeout, Some(20));
    }
    assert_eq!(paris.image.unwrap().to_string(), "portsip/pbx:22");
    assert_eq!(
        paris.ssh.identities.unwrap(),
        [Path::new("/etc/flow/keys/all")]
    );
    assert_eq!(lima.image.unwrap().to_string(), "portsip/pbx:22.4");
    assert_eq!(
        lima.ssh.identities.unwrap(),
        [Path::new("/etc/flow/keys/lima")]
    );
    let oslo = file.server("oslo").unwrap();
    assert_eq!(oslo.host.unwrap().to_string(), "local");
    assert_eq!(oslo.registry.user.unwrap(), "alice");
}

#[test]
fn a_file_without_names_describes_one_server() {
    let file = read("pbx = '172.31.16.133'").unwrap();
    assert_eq!(file.names().count(), 0);
    assert_eq!(file.top().pbx.unwrap().to_string(), "172.31.16.133");
    assert_eq!(
        read("[servers]").unwrap().names().count(),
        0,
        "an empty table names none"
    );
}

#[test]
fn an_unknown_server_is_an_error_that_names_the_known_ones() {
    let said = |file: &str, name: &str| {
        let error = read(file).unwrap().server(name).unwrap_err();
        assert_eq!(error.kind(), crate::Kind::Usage);
        format!("{error}\n  {}", error.next_step())
    };
    assert_snapshot!([said(THREE, "parsi"), said(THREE, "tokyo"), said("", "paris")].join("\n"), @r"
    the settings file has no server parsi, did you mean paris?; it has paris, lima, oslo
      Give one of these with --server.
    the settings file has no server tokyo; it has paris, lima, oslo
      Give one of these with --server.
    the settings file has no server paris; it names none
      Leave --server out, or describe the server under [servers.NAME] in the settings file.
    ");
}

#[test]
fn what_is_wrong_with_a_server_is_said_with_its_place() {
    assert_snapshot!(errors(&[
        "servers = 5",
        "[[servers]]",
        "[servers]\nparis = 5",
        "[servers.'pa ris']\npbx = '10.0.0.1'",
        "[servers.-x]",
        "[servers.paris]\npxb = '10.0.0.1'",
        "[servers.paris]\npbx = '10.0.0.300'",
        "[servers.paris.ssh]\nagnet = true",
        "[servers.paris.ssh]\nagent = 5",
        "[servers.paris]\nssh = 5",
        "[servers.paris.registry]\ntoken = 'x'",
        "[servers.paris]\nidentities = []",
        "[servers.paris.servers.x]",
        "[servers.paris]\n[servers.paris]",
        "[server.paris]",
    ]), @r#"
    /etc/flow/dataflow.toml:1:11: servers: it must be a table
      Correct line 1 of /etc/flow/dataflow.toml. Write [servers.NAME] on a line of its own, and its keys below.
    /etc/flow/dataflow.toml:1:1: servers: it must be a table
      Correct line 1 of /etc/flow/dataflow.toml. Write [servers.NAME] on a line of its own, and its keys below.
    /etc/flow/dataflow.toml:2:9: servers.paris: it must be a table
      Correct line 2 of /etc/flow/dataflow.toml. Write [servers.paris] on a line of its own, and its keys below.
    /etc/flow/dataflow.toml:1:10: servers.pa ris: this cannot be the name of a server
      Correct line 1 of /etc/flow/dataflow.toml. Give it letters, digits, -, _ and ., and a letter or digit first.
    /etc/flow/dataflow.toml:1:10: servers.-x: this cannot be the name of a server
      Correct line 1 of /etc/flow/dataflow.toml. Give it letters, digits, -, _ and ., and a letter or digit first.
    /etc/flow/dataflow.toml:2:1: unknown key servers.paris.pxb, did you mean servers.paris.pbx?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws
      Write servers.paris.pbx in line 2 of /etc/flow/dataflow.toml, or remove the key.
    /etc/flow/dataflow.toml:2:7: servers.paris.pbx: "10.0.0.300" cannot be the address of a machine: it is neither an IPv4 nor an IPv6 address
      Correct line 2 of /etc/flow/dataflow.toml. Give an IPv4 or IPv6 address such as 172.31.16.158.
    /etc/flow/dataflow.toml:2:1: unknown key servers.paris.ssh.agnet, did you mean servers.paris.ssh.agent?; allowed here: config, jump, identities, agent, known-hosts, host-key, connect-timeout, password-file, passphrase-file, sudo-password-file
      Write servers.paris.ssh.agent in line 2 of /etc/flow/dataflow.toml, or remove the key.
    /etc/flow/dataflow.toml:2:9: servers.paris.ssh.agent: invalid type: integer `5`, expected a boolean
      Correct line 2 of /etc/flow/dataflow.toml.
    /etc/flow/dataflow.toml:2:7: servers.paris.ssh: it must be a table
      Correct line 2 of /etc/flow/dataflow.toml. Write [servers.paris.ssh] on a line of its own, and its keys below.
    /etc/flow/dataflow.toml:2:1: servers.paris.registry.token would keep a secret in this file in clear
      Put the secret into a file that only you can read (mode 600) and name that file with registry.token-file.
    /etc/flow/dataflow.toml:2:1: unknown key servers.paris.identities, did you mean servers.paris.ssh.identities?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws
      Write servers.paris.ssh.identities in line 2 of /etc/flow/dataflow.toml, or remove the key.
    /etc/flow/dataflow.toml:1:16: unknown key servers.paris.servers; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws
      Remove the key in line 1 of /etc/flow/dataflow.toml.
    /etc/flow/dataflow.toml:2:10: this is not valid TOML: duplicate key
      Correct line 2 of /etc/flow/dataflow.toml.
    /etc/flow/dataflow.toml:1:2: unknown key server, did you mean servers?; allowed here: host, private-ip, public-ip, pbx, data-path, image, clickhouse-image, start-grace, nofile, pull, preflight, ssh, registry, api, prerequisites, token, aws, servers
      Write servers in line 1 of /etc/flow/dataflow.toml, or remove the key.
    "#);
}
