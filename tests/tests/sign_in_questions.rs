//! Signing in by password and by what a server asks.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{Ended, Lab, Program, Sshd};

/// The program as pbx, with the password where one is given, on another sshd of the server.
fn status(lab: &Lab, sshd: &Sshd<'_>, password: bool) -> Program {
    let address = format!("ssh://pbx@{}:{}", lab.server.address, sshd.port);
    let program = lab.dataflow_at(&address, ["status"]);
    match password {
        true => program.env("DATAFLOW_SSH_PASSWORD", lab.password("pbx")),
        false => program,
    }
}

/// Signed in: what comes of Docker then needs sudo, and its password.
fn is_in(ended: &Ended) -> bool {
    ended.stdout.contains("Data Flow on pbx@[")
}

const BY_QUESTIONS: &str = "PasswordAuthentication no\nKbdInteractiveAuthentication yes";

#[test]
fn given_a_server_that_asks_for_the_password_when_it_is_given_then_it_signs_in() {
    let lab = Lab::open();
    let sshd = lab.sshd(2301, BY_QUESTIONS);
    let ended = status(&lab, &sshd, true).run();
    assert!(is_in(&ended), "{ended:?}");
    let without = status(&lab, &sshd, false).run();
    insta::assert_snapshot!("questions_without_a_password", without.snapshot());
    let password = lab.password("pbx");
    // What the server asks for, sudo has too.
    let asked = status(&lab, &sshd, false).run_on_terminal(&[&password]);
    assert!(is_in(&asked), "{asked:?}");
}

#[test]
fn given_a_password_server_when_it_is_asked_on_a_terminal_then_sudo_has_it_too() {
    let lab = Lab::open();
    let sshd = lab.sshd(2302, "PasswordAuthentication yes");
    let password = lab.password("pbx");
    let asked = status(&lab, &sshd, false).run_on_terminal(&[&password]);
    assert!(is_in(&asked), "{asked:?}");
    assert_eq!(
        asked.stdout.matches("Password of pbx on ").count(),
        1,
        "{asked:?}"
    );
}

/// A PAM service of an sshd that asks for the password and then for a one-time code.
struct Codes<'lab>(&'lab Lab, u16);

impl<'lab> Codes<'lab> {
    fn on(lab: &'lab Lab, port: u16) -> Self {
        lab.exec(&format!(
            r#"cat >/etc/pam.d/sshd-{port} <<'END'
auth required pam_unix.so
auth required pam_google_authenticator.so secret=/root/codes-{port} user=root
account required pam_permit.so
session required pam_permit.so
END
printf '%s\n' JBSWY3DPEHPK3PXP '" DISALLOW_REUSE' 11112222 33334444 55556666 77778888 >/root/codes-{port}
chmod 400 /root/codes-{port}"#
        ));
        Self(lab, port)
    }
}

impl Drop for Codes<'_> {
    fn drop(&mut self) {
        let port = self.1;
        let removed = self
            .0
            .holds(&format!("rm -f /etc/pam.d/sshd-{port} /root/codes-{port}"));
        assert!(removed || std::thread::panicking());
    }
}

#[test]
fn given_a_server_that_asks_for_a_password_and_a_code_then_the_code_is_asked_for_on_a_terminal() {
    let lab = Lab::open();
    let _codes = Codes::on(&lab, 2303);
    let sshd = lab.sshd(2303, BY_QUESTIONS);
    let ended = status(&lab, &sshd, true).run();
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(
        ended.stderr.contains("nobody answered: Verification code:"),
        "{ended:?}"
    );
    let asked = status(&lab, &sshd, true).run_on_terminal(&["11112222"]);
    assert!(is_in(&asked), "{asked:?}");
    assert!(!asked.stdout.contains("Password"), "{asked:?}");
    let password = lab.password("pbx");
    let both = status(&lab, &sshd, false).run_on_terminal(&[&password, "33334444"]);
    assert!(is_in(&both), "{both:?}");
    let wrong = status(&lab, &sshd, true).run_on_terminal(&["00000000"]);
    assert_eq!(wrong.code, Some(6), "{wrong:?}");
}

#[test]
fn given_a_server_that_wants_a_key_and_an_answer_then_both_are_given() {
    let lab = Lab::open();
    let wants = "AuthenticationMethods publickey,keyboard-interactive";
    let sshd = lab.sshd(2304, &format!("{BY_QUESTIONS}\n{wants}"));
    let address = format!("ssh://pbx@{}:{}", lab.server.address, sshd.port);
    let with_key = || {
        let key = lab.key.to_str().expect("UTF-8");
        lab.dataflow_at(&address, ["--identity", key, "status"])
    };
    let ended = with_key()
        .env("DATAFLOW_SSH_PASSWORD", lab.password("pbx"))
        .run();
    assert!(is_in(&ended), "{ended:?}");
    let only_key = with_key().run();
    assert_eq!(only_key.code, Some(6), "{only_key:?}");
    assert!(
        only_key
            .stderr
            .contains("accepted, but the server wants more"),
        "{only_key:?}"
    );
}
