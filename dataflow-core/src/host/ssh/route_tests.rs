#![allow(clippy::unwrap_used)]
use super::super::super::{Address, ConfigFile};
use super::*;

/// The way to an address, by the settings and an ssh_config of this text.
fn way(address: &str, sign_in: &SignIn, config: &str) -> Result<Vec<Hop>, HostError> {
    let Ok(Address::Ssh(address)) = address.parse() else {
        unreachable!("an SSH address")
    };
    route(&address, sign_in, &SshConfig::of(config))
}

fn plain() -> SignIn {
    SignIn {
        config: ConfigFile::None,
        ..SignIn::default()
    }
}

/// Label, and where to connect to, of each server on the way.
fn shown(hops: &[Hop]) -> Vec<String> {
    hops.iter()
        .map(|hop| format!("{} at {}:{}", hop.label, hop.host, hop.port))
        .collect()
}

#[test]
fn the_way_is_the_one_that_ssh_takes() {
    let config = "Host flow\n HostName 10.0.0.7\n User pbx\n ProxyJump a@one:2200,two\n\
                  Host one\n HostName one.example.org\n ProxyJump gate\n\
                  Host two\n User b\n Port 2201\n ProxyJump never\n\
                  Host gate\n User g\n";
    for (address, jump, wanted) in [
        (
            "ssh://flow",
            None,
            &[
                "g@gate at gate:22",
                "a@[one]:2200 at one.example.org:2200",
                "b@[two]:2201 at two:2201",
                "pbx@flow at 10.0.0.7:22",
            ][..],
        ),
        ("ssh://flow", Some("none"), &["pbx@flow at 10.0.0.7:22"]),
        (
            "ssh://c@flow:2222",
            Some("d@gate"),
            &["d@gate at gate:22", "c@[flow]:2222 at 10.0.0.7:2222"],
        ),
        ("ssh://d@10.0.0.8", None, &["d@10.0.0.8 at 10.0.0.8:22"]),
    ] {
        let sign_in = SignIn {
            jump: jump.map(|jump| jump.parse().unwrap()),
            ..plain()
        };
        let hops = way(address, &sign_in, config).unwrap();
        assert_eq!(shown(&hops), wanted, "{address} by {jump:?}");
    }
    let circle = way(
        "ssh://a@b",
        &plain(),
        "Host b\nProxyJump c@d\nHost d\nProxyJump a@b",
    );
    assert!(matches!(circle, Err(HostError::TooManyJumps { .. })));
}

#[test]
fn the_password_and_the_pin_are_for_the_server_itself_and_keys_for_all() {
    let mut sign_in = SignIn {
        jump: Some("a@gate".parse().unwrap()),
        password: Some("secret".into()),
        host_key: Some(
            "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM"
                .parse()
                .unwrap(),
        ),
        identities: vec!["key".into()],
        ..plain()
    };
    let hops = way("ssh://b@flow", &sign_in, "").unwrap();
    let [gate, flow] = hops.as_slice() else {
        unreachable!("two servers")
    };
    assert!(gate.password.is_none() && gate.key_check.pin.is_none());
    assert!(flow.password.is_some() && flow.key_check.pin.is_some());
    assert_eq!(gate.keys.files, flow.keys.files);
    // What the operator said for a server is for that one.
    let said = [("a@gate".to_owned(), SecretString::from("other"))];
    sign_in.answers.passwords.extend(said);
    let hops = way("ssh://b@flow", &sign_in, "").unwrap();
    assert!(hops[0].password.is_some());
}

#[test]
fn settings_go_before_ssh_config_and_that_before_what_is_usual() {
    let config = "ConnectTimeout 5\nServerAliveInterval 0\nServerAliveCountMax 7\nHostKeyAlias Known\n\
                  UserKnownHostsFile /u /v\nGlobalKnownHostsFile none\nIdentityFile /keys/%r@%h-%n\nIdentityFile none\n\
                  IdentityFile /keys/%x\nStrictHostKeyChecking accept-new\nHostName flow.example.org\n";
    let by_config = &way("ssh://a@flow:2222", &plain(), config).unwrap()[0];
    assert_eq!(by_config.connect_timeout, Duration::from_secs(5));
    assert_eq!(by_config.alive, (None, 7));
    let check = &by_config.key_check;
    assert_eq!((check.name.as_str(), &check.without_port), ("known", &None));
    assert_eq!(check.files, [PathBuf::from("/u"), PathBuf::from("/v")]);
    assert_eq!(check.strict, Strict::AcceptNew);
    assert_eq!(check.remember_in, Some(PathBuf::from("/u")));
    for nowhere in ["none", "/dev/null"] {
        let config = format!("UserKnownHostsFile {nowhere}");
        let hop = &way("ssh://a@flow", &plain(), &config).unwrap()[0];
        assert_eq!(hop.key_check.remember_in, None, "{nowhere}");
    }
    let named = KeyFile {
        path: "/keys/a@flow.example.org-flow".into(),
        origin: Origin::Config,
    };
    assert_eq!(by_config.keys.files, [named]);

    let sign_in = SignIn {
        identities: vec!["key".into()],
        known_hosts: Some(vec!["/w".into()]),
        connect_timeout: Some(Duration::from_secs(9)),
        agent: false,
        ..plain()
    };
    let by_flags = &way("ssh://a@flow", &sign_in, config).unwrap()[0];
    assert_eq!(by_flags.connect_timeout, Duration::from_secs(9));
    assert_eq!(by_flags.key_check.files, [PathBuf::from("/w")]);
    assert_eq!(by_flags.keys.files[0].origin, Origin::Given);
    assert_eq!(by_flags.keys.agent, None);

    let usual = &way("ssh://a@flow:2222", &plain(), "").unwrap()[0];
    assert_eq!(usual.alive, (Some(ALIVE_INTERVAL), ALIVE_COUNT));
    assert_eq!(usual.connect_timeout, CONNECT_TIMEOUT);
    let check = &usual.key_check;
    assert_eq!(check.name, "[flow]:2222");
    assert_eq!(check.without_port.as_deref(), Some("flow"));
    assert!(
        usual
            .keys
            .files
            .iter()
            .all(|file| file.origin == Origin::Usual)
    );
}
