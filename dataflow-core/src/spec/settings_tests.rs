#![allow(clippy::unwrap_used)]

use std::path::Path;

use insta::assert_snapshot;
use secrecy::ExposeSecret;

use super::*;
use crate::facts::Metadata;
use crate::spec::Trust;

fn settings(toml: &str) -> Settings {
    Settings::from_toml(toml, Path::new("/etc/flow/dataflow.toml")).unwrap()
}

const LEAST: &str = "pbx = '172.31.16.133'\nprivate-ip = '172.31.16.158'\n";

#[test]
fn the_least_that_must_be_said_brings_the_vendors_defaults() {
    let settings = settings(LEAST);
    let spec = settings.spec().unwrap();
    assert_eq!(spec.data_path().as_str(), "/var/lib/portsip");
    assert_eq!(spec.image().to_string(), "portsip/pbx:22");
    assert_eq!(
        spec.clickhouse_image().to_string(),
        "portsip/clickhouse:25.8"
    );
    assert_eq!(spec.start_grace(), Duration::from_secs(90));
    assert_eq!(spec.nofile(), 655_360);
    assert_eq!(spec.pull(), Pull::Missing);
    assert!(spec.registry().is_none());
    assert_eq!(
        settings.target().unwrap().address.to_string(),
        "ssh://172.31.16.158"
    );
}

#[test]
fn every_key_reaches_its_field() {
    let mut settings = settings(
        r#"
        host = "ssh://pbx@flow.example.com:2222"
        data-path = "/data/"
        private-ip = "172.31.16.158"
        public-ip = "54.215.234.68"
        pbx = "172.31.16.133"
        image = "registry.example.com/portsip/pbx:22.4"
        clickhouse-image = "registry.example.com/portsip/clickhouse:26.3"
        start-grace = 30
        nofile = 20000
        pull = "always"
        [ssh]
        identities = ["id", "~/.ssh/id", "/root/id"]
        agent = false
        known-hosts = ["known"]
        host-key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        connect-timeout = 5
        password-file = "password"
        passphrase-file = "passphrase"
        sudo-password-file = "~/sudo"
        [registry]
        server = "registry.example.com"
        user = "alice"
        token-file = "token"
        "#,
    );
    let files: Vec<String> = settings
        .secrets_mut()
        .map(
            |secret| match std::mem::replace(secret, Secret::Value("read".into())) {
                Secret::File(path) => path.display().to_string(),
                Secret::Value(_) => "not a file".to_owned(),
            },
        )
        .collect();
    assert_eq!(
        files,
        [
            "/etc/flow/password",
            "/etc/flow/passphrase",
            "~/sudo",
            "/etc/flow/token"
        ]
    );

    let Target { address, sign_in } = settings.target().unwrap();
    assert_eq!(address.to_string(), "ssh://pbx@flow.example.com:2222");
    assert_eq!(
        sign_in.identities,
        ["/etc/flow/id", "~/.ssh/id", "/root/id"].map(PathBuf::from)
    );
    assert!(!sign_in.agent);
    assert_eq!(
        sign_in.known_hosts,
        Some(vec![PathBuf::from("/etc/flow/known")])
    );
    assert!(sign_in.host_key.is_some());
    assert_eq!(sign_in.connect_timeout, Some(Duration::from_secs(5)));
    for secret in [sign_in.password, sign_in.passphrase, sign_in.sudo_password] {
        assert_eq!(secret.unwrap().expose_secret(), "read");
    }

    let spec = settings.spec().unwrap();
    assert_eq!(spec.data_path().as_str(), "/data");
    assert_eq!(spec.private_ip().unwrap().to_string(), "172.31.16.158");
    assert_eq!(spec.public_ip().unwrap().to_string(), "54.215.234.68");
    assert_eq!(spec.pbx().to_string(), "172.31.16.133");
    assert_eq!(
        spec.image().to_string(),
        "registry.example.com/portsip/pbx:22.4"
    );
    assert_eq!(
        spec.clickhouse_image().to_string(),
        "registry.example.com/portsip/clickhouse:26.3"
    );
    assert_eq!(
        (spec.start_grace().as_secs(), spec.nofile(), spec.pull()),
        (30, 20_000, Pull::Always)
    );
    let login = spec.registry().unwrap();
    assert_eq!(
        (login.server.as_str(), login.user.as_str()),
        ("registry.example.com", "alice")
    );
    assert_eq!(login.token.expose_secret(), "read");
}

#[test]
fn the_stronger_source_wins_and_the_weaker_fills_in() {
    let flags = settings("pbx = '10.0.0.2'\nimage = 'portsip/pbx:22.4'\n[ssh]\nagent = false");
    let file = settings(
        "pbx = '10.0.0.1'\nprivate-ip = '10.0.0.9'\n[ssh]\nagent = true\nidentities = ['/id']",
    );
    let both = flags.or(file);
    let spec = both.spec().unwrap();
    assert_eq!(
        (spec.pbx().to_string(), spec.image().to_string()),
        ("10.0.0.2".into(), "portsip/pbx:22.4".into())
    );
    assert_eq!(spec.private_ip().unwrap().to_string(), "10.0.0.9");
    let sign_in = both.target().unwrap().sign_in;
    assert_eq!(
        (sign_in.agent, sign_in.identities),
        (false, vec![PathBuf::from("/id")])
    );
}

#[test]
fn a_token_is_never_merged_into_another_registry() {
    let file = || {
        let mut file = settings(&format!(
            "{LEAST}[registry]\nserver = 'a.example.com'\nuser = 'alice'"
        ));
        file.registry.token = Some(Secret::Value("canary".into()));
        file
    };
    let other = settings("[registry]\nserver = 'b.example.com'").or(file());
    assert!(other.spec().unwrap().registry().is_none());
    let same = settings("[registry]\nserver = 'a.example.com'\nuser = 'bob'").or(file());
    let login = same.spec().unwrap().registry().cloned().unwrap();
    assert_eq!(
        (
            login.server.as_str(),
            login.user.as_str(),
            login.token.expose_secret()
        ),
        ("a.example.com", "bob", "canary")
    );
}

#[test]
fn what_either_source_ignores_is_ignored_and_the_profile_is_the_stronger_ones() {
    let file = settings(&format!(
        "{LEAST}[preflight]\nignore = ['os.release', 'cpu.count']\nprofile = 'large-scale'"
    ));
    let flags = settings("[preflight]\nignore = ['cpu.count', 'kernel.swap']");
    let expected = flags.or(file).spec().unwrap().expectations();
    let ignored: Vec<&str> = expected.ignored.iter().map(String::as_str).collect();
    assert_eq!(ignored, ["cpu.count", "kernel.swap", "os.release"]);
    assert_eq!(expected.profile, Profile::LargeScale);
    assert_eq!(expected.private_ip, Some("172.31.16.158".parse().unwrap()));
}

#[test]
fn a_check_that_does_not_exist_is_refused_with_its_place_and_the_one_that_is_meant() {
    let path = Path::new("/etc/flow/dataflow.toml");
    let error = Settings::from_toml("[preflight]\nignore = ['cpu.cout']", path).unwrap_err();
    let text = format!("{error}; {}", error.next_step());
    assert!(
        text.contains("dataflow.toml:2:") && text.contains("cpu.count"),
        "{text}"
    );
}

#[test]
fn this_machine_can_be_worked_on_without_an_address() {
    assert_eq!(
        settings("host = 'local'").target().unwrap().address,
        Address::Local
    );
}

#[test]
fn no_secret_is_shown() {
    let mut settings = settings(&format!("{LEAST}[registry]\nuser = 'alice'"));
    settings.registry.token = Some(Secret::Value("canary".into()));
    settings.ssh.password = Some(Secret::Value("canary".into()));
    let shown = format!(
        "{settings:?} {:?} {:?}",
        settings.spec().unwrap(),
        settings.target().unwrap().sign_in
    );
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn what_is_missing_is_said_with_what_to_give() {
    let spec_of = |toml: &str| settings(toml).spec().map(|_| ()).unwrap_err();
    let mut token_alone = settings(LEAST);
    token_alone.registry.token = Some(Secret::Value("t".into()));
    let errors = [
        spec_of("private-ip = '10.0.0.9'"),
        spec_of("pbx = '10.0.0.1'"),
        spec_of(&format!("{LEAST}[registry]\nuser = 'alice'")),
        token_alone.spec().map(|_| ()).unwrap_err(),
        spec_of(&format!(
            "{LEAST}[registry]\nuser = 'alice'\ntoken-file = '/t'"
        )),
        settings("public-ip = '54.215.234.68'")
            .target()
            .map(|_| ())
            .unwrap_err(),
        Settings {
            start_grace: Some(0),
            ..settings(LEAST)
        }
        .spec()
        .map(|_| ())
        .unwrap_err(),
        Settings {
            nofile: Some(1),
            ..settings(LEAST)
        }
        .spec()
        .map(|_| ())
        .unwrap_err(),
    ];
    let text: Vec<String> = errors
        .iter()
        .map(|error| format!("{error}\n  {}", error.next_step()))
        .collect();
    assert_snapshot!(text.join("\n"), @r#"
        the IP address of the PBX is not given
          Give it with -x PBX_IP, or as pbx = "PBX_IP" in dataflow.toml.
        neither the private nor the public IP address of the server is given; at least one is needed
          Give -a PRIVATE_IP or -A PUBLIC_IP or both, or private-ip or public-ip in dataflow.toml.
        the registry user "alice" is given without a token
          Give the token with --registry-token-file FILE or in DATAFLOW_REGISTRY_TOKEN, or token-file under [registry] in dataflow.toml.
        a registry token is given without the user that it belongs to
          Give the user with -U USER, or user under [registry] in dataflow.toml.
        the secret in /t was not read
          The program that loads the settings must read this file; report this as a bug of that program.
        the server to work on is not given
          Give -a PRIVATE_IP, which is also where SSH goes, or --host ssh://user@host or --host local; or private-ip or host in dataflow.toml.
        0 is out of range for the start grace: allowed are 1 to 3600 seconds
          Give a number in that range.
        1 is out of range for the limit of open files: allowed are 1024 to 2147483584
          Give a number in that range.
        "#);
    assert!(
        errors
            .iter()
            .all(|error| error.kind() == crate::Kind::Usage)
    );
}

#[test]
fn what_is_said_of_the_pbx_reaches_the_spec() {
    let mut settings = settings(&format!(
        "{LEAST}[api]\nuser = 'admin'\nca-file = 'ca.pem'\npassword-file = 'secret'\n\
         [prerequisites]\nto-pbx = [8887, 4222, 8887]\nfrom-pbx = [443]\n\
         [token]\nfile = '/t'\ndeliver-as = 'token'\ngenerate-path = '/server/token'\n\
         [aws]\nmetadata-endpoint = 'http://198.18.16.20/'"
    ));
    for secret in settings.secrets_mut() {
        *secret = Secret::Value("canary".into());
    }
    let spec = settings.spec().unwrap();
    let access = spec.api().unwrap();
    assert_eq!(access.url.as_str(), "https://172.31.16.133:8887/api");
    assert_eq!(access.trust, Trust::CaFile("/etc/flow/ca.pem".into()));
    assert_eq!(access.timeout, Duration::from_secs(10));
    assert_eq!(spec.prerequisites(), PrerequisiteMode::Api);
    assert_eq!(spec.ports_to_pbx(), [4222, 8887]);
    assert_eq!(spec.ports_from_pbx(), [443]);
    assert_eq!(
        spec.token_file().unwrap(),
        "/var/lib/portsip/dataflow/token"
    );
    assert_eq!(spec.generate_path().unwrap().as_str(), "/server/token");
    let endpoint = "http://198.18.16.20".parse().unwrap();
    assert_eq!(*spec.metadata(), Metadata::At(endpoint));
    assert_eq!(spec.token().unwrap().secret().expose_secret(), "canary");
    assert!(!format!("{settings:?}{spec:?}").contains("canary"));
}

#[test]
fn without_a_word_about_the_pbx_its_usual_port_must_be_reached_and_nobody_signs_in() {
    let spec = settings(LEAST).spec().unwrap();
    assert!(spec.api().is_none() && spec.token().is_none() && spec.token_file().is_none());
    assert_eq!(spec.ports_to_pbx(), [8887]);
    assert_eq!(*spec.metadata(), Metadata::OnEc2);
    assert!(!spec.allows_mismatch());
}

#[test]
fn a_user_of_the_pbx_without_a_password_may_be_asked_for_it() {
    let access = settings(&format!("{LEAST}[api]\nuser = 'admin'")).api();
    assert!(access.unwrap().unwrap().password.is_none());
}

#[test]
fn a_sign_in_needs_the_pbx_only_where_nothing_else_says_where_it_is() {
    let api = |toml: &str| settings(toml).api();
    assert!(api("").unwrap().is_none());
    assert_eq!(api("[api]\nuser = 'a'").unwrap_err(), SpecError::NoPbx);
    let elsewhere = api("[api]\nuser = 'a'\nurl = 'https://pbx.example.com/api'");
    assert!(elsewhere.unwrap().is_some());
}

#[test]
fn what_does_not_go_together_about_the_pbx_is_refused() {
    let said = |toml: &str, password: bool| {
        let mut settings = settings(&format!("{LEAST}{toml}"));
        if password {
            settings.api.password = Some(Secret::Value("canary".into()));
        }
        let error = settings.spec().map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), crate::Kind::Usage);
        format!("{error}\n  {}", error.next_step())
    };
    let fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    let two = format!("[api]\nuser = 'a'\nca-file = 'x'\ncertificate = '{fingerprint}'");
    let all = [
        said(&two, false),
        said("", true),
        said("[prerequisites]\nmode = 'api'", false),
    ];
    assert_snapshot!(all.join("\n"), @"
    both a file of authorities and a certificate are given for the PBX's API
      Give one of them: ca-file or certificate under [api], --api-ca-file or --api-certificate.
    the user who signs in to the PBX's API is not given, and a password is
      Give the user with --api-user USER, or user under [api] in dataflow.toml.
    the user who signs in to the PBX's API is not given, and the prerequisites are to be met over it
      Give the user with --api-user USER, or user under [api] in dataflow.toml.
    ");
}

#[test]
fn a_sign_in_to_a_pbx_is_never_merged_into_another_address() {
    let file = format!(
        "{LEAST}[api]\nurl = 'https://a.example.com/api'\nuser = 'admin'\npassword-file = '/p'\nca-file = '/ca'\ntimeout = 5"
    );
    let stronger = |toml: &str| settings(toml).or(settings(&file)).api;
    let other = stronger("[api]\nurl = 'https://b.example.com/api'");
    assert!(other.user.is_none() && other.password.is_none() && other.ca_file.is_none());
    assert_eq!(other.timeout, Some(5));
    let same = stronger("[api]\nurl = 'https://a.example.com/api/'\nuser = 'eve'");
    assert_eq!(same.user.as_deref(), Some("eve"));
    assert!(same.ca_file.is_some());
    let pinned =
        stronger("[api]\ncertificate = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'");
    assert!(pinned.ca_file.is_none() && pinned.certificate.is_some() && pinned.password.is_some());
}
