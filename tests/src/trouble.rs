//! What goes wrong with a server, brought about for real and put right again.

use crate::lab::Lab;
use crate::setting::Setting;

/// An address that no machine has (it is reserved for documentation).
pub const ELSEWHERE: &str = "203.0.113.1";

/// A public key that has the name of Docker's.
const IMPOSTORS_KEY: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawWF8hYJKwYBBAHaRw8BAQdABcnNImhMVi+Wq4YoJvwc2UFppl1QKU3cVyIR
nZw1I4C0K0RvY2tlciBSZWxlYXNlIChDRSBkZWIpIDxkb2NrZXJAZG9ja2VyLmNv
bT6IkAQTFggAOBYhBGLHooU7QHvmSznBfl1b8v7r4ZItBQJrBYXyAhsDBQsJCAcC
BhUKCQgLAgQWAgMBAh4BAheAAAoJEF1b8v7r4ZItkGABAMgdxqnLn9iqrhWmziYc
pBGNEd2051Ewx/WbswE1LdjtAP9fI72T8GqqzmZUpQasm+83dpaW7KZxLxYhYbuI
uwWMCA==
=38jh
-----END PGP PUBLIC KEY BLOCK-----";

impl Lab {
    /// The server without Docker until the result is dropped; what Docker keeps stays where it is.
    ///
    /// # Panics
    /// Where it can't be taken away.
    #[must_use]
    pub fn without_docker(&self) -> Setting<'_> {
        self.setting(
            "apt-get -q -q --yes remove docker.io containerd runc tini >/dev/null
            systemctl stop docker.socket docker 2>/dev/null || true
            rm -f /run/docker.sock; ! command -v docker",
            // The first start of an engine that was installed anew may be under way.
            "test -x /usr/bin/docker && test -x /usr/sbin/dockerd && systemctl is-active --quiet docker && docker version >/dev/null && exit 0
            export DEBIAN_FRONTEND=noninteractive
            apt-get -q -q update >/dev/null && apt-get -q -q --yes install --no-install-recommends docker.io >/dev/null \
                && systemctl enable --now docker && docker version >/dev/null",
        )
    }

    /// Docker's daemon stopped until the result is dropped.
    ///
    /// # Panics
    /// Where it can't be stopped.
    #[must_use]
    pub fn stopped_docker(&self) -> Setting<'_> {
        self.setting(
            "systemctl stop docker.socket docker",
            "systemctl reset-failed docker; systemctl start docker.socket docker && docker version >/dev/null",
        )
    }

    /// Docker's daemon with settings that it cannot read until the result is dropped.
    ///
    /// # Panics
    /// Where it starts all the same.
    #[must_use]
    pub fn broken_docker(&self) -> Setting<'_> {
        self.setting(
            "cp -p /etc/docker/daemon.json /etc/docker/daemon.json.kept
            echo '{ \"debug\": maybe }' >/etc/docker/daemon.json
            ! systemctl restart docker 2>/dev/null
            until systemctl is-failed --quiet docker; do sleep 0.05; done",
            "test ! -e /etc/docker/daemon.json.kept || mv /etc/docker/daemon.json.kept /etc/docker/daemon.json
            systemctl reset-failed docker.socket docker; systemctl start docker.socket docker && docker version >/dev/null",
        )
    }

    /// One program of the server taken away until the result is dropped.
    ///
    /// # Panics
    /// Where it is not there.
    #[must_use]
    pub fn without_program(&self, path: &str) -> Setting<'_> {
        self.setting(
            &format!("mv {path} {path}.kept"),
            &format!("test ! -e {path}.kept || mv {path}.kept {path}"),
        )
    }

    /// A line more in the server's sudoers until the result is dropped.
    ///
    /// # Panics
    /// Where sudo does not take it.
    #[must_use]
    pub fn sudo_setting(&self, line: &str) -> Setting<'_> {
        self.setting(
            &format!("echo '{line}' >/etc/sudoers.d/zz-test && chmod 440 /etc/sudoers.d/zz-test && visudo --check --quiet"),
            "rm -f /etc/sudoers.d/zz-test",
        )
    }

    /// A file system without room for one more file over a directory of the server until the result is dropped.
    ///
    /// # Panics
    /// Where it can't be mounted.
    #[must_use]
    pub fn full_disk_on(&self, directory: &str) -> Setting<'_> {
        self.setting(
            &format!(
                "test -d {directory} || touch /run/made-for-full-disk
                mkdir -p {directory} && mount -t tmpfs -o size=64k,nr_inodes=16,mode=755 full {directory}
                cd {directory} && dd if=/dev/zero of=filler bs=4k 2>/dev/null || true
                for file in $(seq 20); do touch $file 2>/dev/null || break; done
                ! touch one-more 2>/dev/null"
            ),
            &format!(
                "umount --lazy {directory} && if test -e /run/made-for-full-disk; then rm /run/made-for-full-disk; rmdir {directory}; fi"
            ),
        )
    }

    /// A rule of the server's firewall, as iptables takes it after `-I`, until the result is dropped.
    ///
    /// # Panics
    /// Where the firewall does not take it.
    #[must_use]
    pub fn firewall(&self, rule: &str) -> Setting<'_> {
        self.setting(
            &format!("iptables -I {rule}"),
            &format!("iptables -D {rule}"),
        )
    }

    /// A registry's address that leads elsewhere until the result is dropped. It is none of those with which the server's engine
    /// is content without TLS.
    ///
    /// # Panics
    /// Where the firewall does not take it.
    #[must_use]
    pub fn registry_elsewhere(&self, address: &str) -> Setting<'_> {
        self.firewall(&format!(
            "OUTPUT -t nat -p tcp -d {ELSEWHERE} -j DNAT --to {address}"
        ))
    }

    /// Something on port 443 of the server that speaks TLS, with a certificate that is valid for so many days from so many days
    /// on, until the result is dropped.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn tls_registry(&self, from_day: i32, days: u32) -> Setting<'_> {
        self.setting(
            &format!(
                r#"work=/run/test-tls; rm -rf $work; mkdir $work; cd $work
                day() {{ date --utc --date "$1 days" +%Y%m%d%H%M%SZ; }}
                openssl req -new -newkey rsa:2048 -nodes -keyout key -out request -subj /CN=registry 2>/dev/null
                : >index; echo 01 >serial
                printf '[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\nx509_extensions=names\n[any]\ncommonName=supplied\n[names]\nsubjectAltName=IP:{ELSEWHERE}\n' >config
                openssl ca -batch -config config -selfsign -keyfile key -in request -out certificate \
                    -startdate $(day {from_day}) -enddate $(day $(({from_day} + {days}))) 2>/dev/null
                systemd-run --quiet --unit test-tls openssl s_server -accept 443 -cert $work/certificate -key $work/key -quiet -www
                until ss -Hltn 'sport = :443' | grep -q .; do systemctl is-active --quiet test-tls; sleep 0.05; done"#
            ),
            "systemctl stop test-tls; systemctl reset-failed test-tls || true; rm -rf /run/test-tls",
        )
    }

    /// Somebody who stands in for the place of Docker's packages, with a certificate that the server trusts and a key of its own,
    /// until the result is dropped.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn impostor_of_docker(&self) -> Setting<'_> {
        self.setting(
            &r"work=/run/test-impostor; rm -rf $work; mkdir -p $work/linux/debian; cd $work
            openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate -days 2 -subj /CN=impostor \
                -addext subjectAltName=DNS:download.docker.com 2>/dev/null
            cp -p /etc/ssl/certs/ca-certificates.crt kept; cat certificate >>/etc/ssl/certs/ca-certificates.crt
            cat >linux/debian/gpg <<'END'
{KEY}
END
            cp /etc/hosts hosts; echo 127.0.0.1 download.docker.com >>/etc/hosts
            systemd-run --quiet --unit test-impostor --working-directory $work openssl s_server -accept 443 -cert certificate -key key -WWW
            until ss -Hltn 'sport = :443' | grep -q .; do systemctl is-active --quiet test-impostor; sleep 0.05; done".replace("{KEY}", IMPOSTORS_KEY),
            "cd /run/test-impostor
            test ! -s hosts || cat hosts >/etc/hosts
            test ! -s kept || cat kept >/etc/ssl/certs/ca-certificates.crt
            systemctl stop test-impostor; systemctl reset-failed test-impostor || true
            cd / && rm -rf /run/test-impostor",
        )
    }

    /// No source of packages until the result is dropped.
    ///
    /// # Panics
    /// Where the list of sources can't be taken away.
    #[must_use]
    pub fn no_packages(&self) -> Setting<'_> {
        self.setting(
            "mv /etc/apt/sources.list /etc/apt/sources.list.kept; apt-get -qq update",
            "test ! -e /etc/apt/sources.list.kept || mv /etc/apt/sources.list.kept /etc/apt/sources.list; apt-get -qq update",
        )
    }
}
