//! Signing in as ssh_config says: aliases, servers on the way, host keys that are not known.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::path::{Path, PathBuf};

use dataflow_tests::{Ended, Lab, Program};

/// A home directory with this ssh_config.
struct Home {
    directory: tempfile::TempDir,
}

impl Home {
    fn with(config: &str) -> Self {
        let directory = tempfile::tempdir().expect("a home");
        let home = Self { directory };
        std::fs::create_dir(home.path(".ssh")).expect(".ssh");
        home.write("config", config);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(".ssh").join(name), text).expect("a file below .ssh");
    }

    /// The program with nothing to sign in with but this home.
    fn status(&self, address: &str, more: &[&str]) -> Program {
        let arguments = [&["--host", address], more, &["status"]].concat();
        Program::new(arguments).env("HOME", self.directory.path())
    }
}

fn is_in(ended: &Ended, label: &str) -> bool {
    ended.stdout.contains(&format!("Data Flow on {label}"))
}

/// The lab's known_hosts, with its key for these names too.
fn known_hosts(lab: &Lab, names: &str) -> String {
    let text = std::fs::read_to_string(&lab.known_hosts).expect("known_hosts");
    text.replace(&lab.server.address, names)
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn given_an_alias_in_ssh_config_then_all_that_it_says_holds() {
    let lab = Lab::open();
    let home =
        Home::with("Include conf.d/*\n\nHost *\n    User nobody\n    IdentityFile ~/.ssh/none\n");
    std::fs::create_dir(home.path(".ssh/conf.d")).expect("conf.d");
    home.write(
        "conf.d/lab",
        &format!(
            "Host flow !other\n  HostName {}\n  User ubuntu\n  Port {}\n  IdentityFile {}\n  UserKnownHostsFile ~/.ssh/hosts_of_%n\n",
            lab.server.address,
            lab.server.port,
            shown(&lab.key)
        ),
    );
    home.write("hosts_of_flow", &known_hosts(&lab, &lab.server.address));
    let ended = home.status("ssh://flow", &[]).run();
    assert!(is_in(&ended, "ubuntu@flow"), "{ended:?}");

    // What is given goes before what the file says, and no file is read where none is wanted.
    let given = home.status("ssh://plain@flow", &[]).run();
    assert!(given.stderr.contains("plain@flow"), "{given:?}");
    let none = home.status("ssh://flow", &["--ssh-config", "none"]).run();
    assert!(
        none.stderr.contains("\"flow\" can't be resolved"),
        "{none:?}"
    );

    // Others could have written it.
    lab_mode(&home.path(".ssh/config"), 0o666);
    let open = home.status("ssh://flow", &[]).run();
    assert_eq!(open.code, Some(2), "{open:?}");
    assert!(open.stderr.contains("others can write it"), "{open:?}");
}

fn lab_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn given_servers_on_the_way_then_each_is_checked_and_signed_in_to() {
    let lab = Lab::open();
    let one = lab.sshd(2305, "PasswordAuthentication no");
    let two = lab.sshd(2306, "PasswordAuthentication no\nListenAddress 127.0.0.1");
    // From here, nothing answers at the two inner addresses.
    let home = Home::with(&format!(
        "Host flow
  HostName 127.0.0.1
  User ubuntu
  HostKeyAlias flow-key
  ProxyJump pbx@one,two
Host one
  HostName {}
  Port {}
Host two
  HostName localhost
  Port {}
  User root
Host behind-one
  HostName 127.0.0.1
  HostKeyAlias flow-key
Host *
  IdentityFile {}
",
        lab.server.address,
        one.port,
        two.port,
        shown(&lab.key)
    ));
    let known = known_hosts(
        &lab,
        &format!("flow-key,[{}]:2305,[localhost]:2306", lab.server.address),
    );
    home.write("known_hosts", &known);
    let ended = home.status("ssh://flow", &[]).run();
    assert!(is_in(&ended, "ubuntu@flow"), "{ended:?}");

    let jump = format!("pbx@{}:2305", lab.server.address);
    let by_flag = home
        .status("ssh://ubuntu@behind-one", &["--jump", &jump])
        .run();
    assert!(is_in(&by_flag, "ubuntu@behind-one"), "{by_flag:?}");
    let direct = home.status("ssh://flow", &["--jump", "none"]).run();
    assert_eq!(direct.code, Some(6), "{direct:?}");

    // Each error names the server that it is about.
    let wrong_user = home.status("ssh://flow", &["--jump", "nobody@one"]).run();
    assert!(
        wrong_user
            .stderr
            .contains("nobody@[one]:2305 does not let nobody in"),
        "{wrong_user:?}"
    );
    let closed = home
        .status("ssh://ubuntu@behind-one:9", &["--jump", &jump])
        .run();
    assert_eq!(closed.code, Some(6), "{closed:?}");
    assert!(
        closed
            .stderr
            .contains("gives no connection to ubuntu@[behind-one]:9"),
        "{closed:?}"
    );
    home.write(
        "known_hosts",
        &known.replace("[localhost]:2306", "elsewhere"),
    );
    let unknown = home.status("ssh://flow", &[]).run();
    assert!(
        unknown
            .stderr
            .contains("the host key of root@[two]:2306 is not known"),
        "{unknown:?}"
    );
    home.write("config", "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
    let circle = home.status("ssh://a", &[]).run();
    assert_eq!(circle.code, Some(2), "{circle:?}");
    assert!(circle.stderr.contains("more than 8 servers"), "{circle:?}");
}

#[test]
fn given_a_host_key_that_is_not_known_then_ssh_config_says_what_is_done_and_nothing_is_silent() {
    let lab = Lab::open();
    let config = |strict: &str| {
        format!(
            "StrictHostKeyChecking {strict}\nHashKnownHosts yes\nUser ubuntu\nIdentityFile {}\n",
            shown(&lab.key)
        )
    };
    let address = format!("ssh://{}", lab.server.address);
    let home = Home::with(&config("no"));
    let known = || std::fs::read_to_string(home.path(".ssh/known_hosts")).unwrap_or_default();
    let asked = home.status(&address, &[]).run();
    assert_eq!(asked.code, Some(6), "{asked:?}");
    assert!(
        asked
            .stderr
            .contains("StrictHostKeyChecking no is taken as ask"),
        "{asked:?}"
    );
    assert_eq!(known(), "");

    home.write("config", &config("yes"));
    let strict = home.status(&address, &[]).run_on_terminal(&["yes"]);
    assert_eq!(strict.code, Some(6), "{strict:?}");
    assert_eq!(known(), "");

    home.write("config", &config("ask"));
    let no = home.status(&address, &[]).run_on_terminal(&["no"]);
    assert_eq!((no.code, known().as_str()), (Some(6), ""), "{no:?}");
    let yes = home.status(&address, &[]).run_on_terminal(&["yes"]);
    assert!(is_in(&yes, "ubuntu@"), "{yes:?}");
    assert!(known().starts_with("|1|"), "hashed: {}", known());
    let again = home.status(&address, &[]).run();
    assert!(is_in(&again, "ubuntu@"), "{again:?}");
    assert_eq!(known().lines().count(), 1);

    std::fs::remove_file(home.path(".ssh/known_hosts")).expect("known_hosts");
    home.write("config", &config("accept-new"));
    let new = home.status(&address, &[]).run();
    assert!(is_in(&new, "ubuntu@"), "{new:?}");
    assert!(
        new.stderr.contains("was not known and is remembered"),
        "{new:?}"
    );
    let quiet = home.status(&address, &[]).run();
    assert!(is_in(&quiet, "ubuntu@"), "{quiet:?}");
    assert_eq!(quiet.stderr, "");
    // One that has changed is refused all the same.
    let (hashed, _) = known()
        .split_once(' ')
        .map(|(name, key)| (name.to_owned(), key.to_owned()))
        .expect("a line");
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";
    home.write("known_hosts", &format!("{hashed} {other}\n"));
    let changed = home.status(&address, &[]).run();
    assert_eq!(changed.code, Some(6), "{changed:?}");
    assert!(
        changed.stderr.contains("is not the one that line 1 of"),
        "{changed:?}"
    );
}

#[test]
fn given_settings_that_are_not_followed_then_they_are_told() {
    let lab = Lab::open();
    let home = Home::with(&format!(
        "Match exec \"touch %d/ran\"\n  Port 1\nHost *\n  User ubuntu\n  IdentityFile {}\n  UserKnownHostsFile {}\n",
        shown(&lab.key),
        shown(&lab.known_hosts)
    ));
    let ended = home
        .status(&format!("ssh://{}", lab.server.address), &[])
        .run();
    assert!(is_in(&ended, "ubuntu@"), "{ended:?}");
    assert!(
        ended.stderr.contains("is passed over: Match exec"),
        "{ended:?}"
    );
    assert!(!home.path("ran").exists());
}
