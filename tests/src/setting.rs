use crate::lab::Lab;

/// While it lives the server has another setting.
pub struct Setting<'lab> {
    lab: &'lab Lab,
    undo: String,
}

impl Lab {
    /// Gives the server's sshd a setting, such as `MaxSessions 1`, until the result is dropped.
    ///
    /// # Panics
    /// Where sshd does not take it.
    #[must_use]
    pub fn sshd_setting(&self, line: &str) -> Setting<'_> {
        // The first value counts, and the files are read by name. A reload would close the port for a moment that nobody can
        // wait for, and systemd stops a unit that is restarted often.
        let file = "/etc/ssh/sshd_config.d/00-test.conf";
        self.setting(
            &format!("echo '{line}' >{file} && sshd -t && systemctl reset-failed ssh && systemctl restart ssh"),
            "rm -f /etc/ssh/sshd_config.d/00-test.conf && systemctl reset-failed ssh && systemctl restart ssh",
        )
    }

    /// Has the server's engine give up at the first failure of a download until the result is dropped. Without this it tries for
    /// more than a minute. The engine is restarted for it, and so are all containers.
    ///
    /// # Panics
    /// Where the engine does not take it.
    #[must_use]
    pub fn impatient_engine(&self) -> Setting<'_> {
        self.setting(
            r#"cd /etc/docker && cp -p daemon.json daemon.json.kept
            sed -i '1s/{/{ "max-download-attempts": 1,/' daemon.json && systemctl restart docker"#,
            "mv /etc/docker/daemon.json.kept /etc/docker/daemon.json && systemctl restart docker",
        )
    }

    /// Has the server's network refuse every connection to the registry, those that are open too, until the result is dropped.
    ///
    /// # Panics
    /// Where the server's firewall does not take it.
    #[must_use]
    pub fn refused_registry(&self) -> Setting<'_> {
        let (address, _port) = self
            .registry
            .open
            .split_once(':')
            .expect("an address and a port");
        let rule = format!("OUTPUT -p tcp -d {address} -j REJECT --reject-with tcp-reset");
        self.setting(
            &format!("iptables -I {rule}"),
            &format!("iptables -D {rule}"),
        )
    }

    /// Lets nothing through any more on the SSH connections that are open now, as when a network goes away, until the result is
    /// dropped. Others can be opened.
    ///
    /// # Panics
    /// Where none is open, or the server's firewall does not take it.
    #[must_use]
    pub fn cut_ssh_connections(&self) -> Setting<'_> {
        let peers = self.exec("ss -Htn state established '( sport = :22 )' | awk '{ print $4 }'");
        let rules: Vec<String> = peers
            .lines()
            .filter_map(|peer| peer.trim().rsplit_once(':'))
            .flat_map(|(_, port)| {
                [
                    format!("INPUT -p tcp --dport 22 --sport {port} -j DROP"),
                    format!("OUTPUT -p tcp --sport 22 --dport {port} -j DROP"),
                ]
            })
            .collect();
        assert!(!rules.is_empty(), "no SSH connection is open");
        let all = |what: &str| {
            let lines = rules.iter().map(|rule| format!("iptables {what} {rule}"));
            lines.collect::<Vec<_>>().join(" && ")
        };
        self.setting(&all("-I"), &all("-D"))
    }

    /// Listens on a port of the server until the result is dropped.
    ///
    /// # Panics
    /// Where the port is taken already.
    #[must_use]
    pub fn listener_on(&self, port: u16) -> Setting<'_> {
        self.setting(
            &format!(
                "systemd-run --quiet --unit test-listener perl -MIO::Socket::INET -e '
                    $0 = \"listener\"; my $s = IO::Socket::INET->new(LocalPort => {port}, Listen => 1, ReuseAddr => 1) or die; sleep'
                until ss -Hltn 'sport = :{port}' | grep -q .; do systemctl is-active --quiet test-listener; sleep 0.05; done"
            ),
            "systemctl stop test-listener; systemctl reset-failed test-listener || true",
        )
    }

    /// Has a program run that goes by the name of OpenVPN until the result is dropped.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn openvpn(&self) -> Setting<'_> {
        self.setting(
            "cp /usr/bin/sleep /usr/local/bin/openvpn && systemd-run --quiet --unit test-vpn /usr/local/bin/openvpn infinity
            until grep -qsx openvpn /proc/[0-9]*/comm; do systemctl is-active --quiet test-vpn; sleep 0.05; done",
            "systemctl stop test-vpn; systemctl reset-failed test-vpn; rm -f /usr/local/bin/openvpn",
        )
    }

    /// Does something on the server that is undone when the result is dropped; both are scripts.
    ///
    /// # Panics
    /// Where it does not work.
    #[must_use]
    pub fn setting(&self, apply: &str, undo: &str) -> Setting<'_> {
        let undo = undo.to_owned();
        let setting = Setting { lab: self, undo };
        self.exec(&format!("set -e\n{apply}"));
        setting
    }
}

impl Drop for Setting<'_> {
    fn drop(&mut self) {
        let undone = self.lab.holds(&self.undo);
        // A second panic while one is on its way would hide the first.
        assert!(
            undone || std::thread::panicking(),
            "could not undo: {}",
            self.undo
        );
    }
}
