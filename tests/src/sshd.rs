use std::time::Duration;

use crate::lab::Lab;
use crate::wait::wait_until;

/// A second sshd on the server, at a port and with settings of its own, until it is dropped. What it is given does not
/// concern other connections.
pub struct Sshd<'lab> {
    lab: &'lab Lab,
    /// Where it listens.
    pub port: u16,
}

impl Lab {
    /// Starts one with these lines before the usual settings; the first value of a setting counts. It has the server's host
    /// keys, unless the lines name others, and its PAM service is `sshd-PORT` where there is such a file.
    ///
    /// # Panics
    /// Where sshd does not take the settings or does not come to listen.
    #[must_use]
    pub fn sshd(&self, port: u16, lines: &str) -> Sshd<'_> {
        let sshd = Sshd { lab: self, port };
        self.exec(&format!(
            "set -e
            mkdir -p /run/sshd /run/test-sshd-{port} && cd /run/test-sshd-{port}
            cat >config <<'END'
{lines}
UsePAM yes
PermitRootLogin prohibit-password
KbdInteractiveAuthentication no
PidFile none
END
            sshd=/usr/sbin/sshd
            if [ -e /etc/pam.d/sshd-{port} ]; then ln -sf $sshd sshd-{port}; sshd=$PWD/sshd-{port}; fi
            $sshd -t -f $PWD/config
            systemctl reset-failed test-sshd-{port} 2>/dev/null || true
            systemd-run --quiet --unit test-sshd-{port} $sshd -D -e -f $PWD/config -p {port}"
        ));
        let listens = format!("ss -Hltn 'sport = :{port}' | grep -q .");
        wait_until("the second sshd", Duration::from_secs(10), || {
            self.holds(&listens)
        });
        sshd
    }
}

impl Drop for Sshd<'_> {
    fn drop(&mut self) {
        let port = self.port;
        let stopped = self.lab.holds(&format!(
            "systemctl stop test-sshd-{port}; rm -rf /run/test-sshd-{port}"
        ));
        // A second panic while one is on its way would hide the first.
        assert!(stopped || std::thread::panicking(), "the second sshd ends");
    }
}
