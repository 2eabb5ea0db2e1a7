//! Servers to sign in to, all on this machine: an sshd for each on a loopback address of its own, with keys and settings of its
//! own. The machine's sshd and the operator's SSH set-up have no part in it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::program::SignIn;
use crate::failure::{Context, Result};
use crate::{process, wait};

/// Where sshd locks itself in when it runs as root; the machine's own makes it where it is started.
const EMPTY: &str = "/run/sshd";

/// How long all of them may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// They run until this is dropped, or until this program ends in whatever way.
pub(super) struct Servers {
    directory: PathBuf,
    addresses: Vec<SocketAddr>,
    /// Who signs in: who runs this program.
    user: String,
    running: Vec<Child>,
    made_empty: bool,
}

impl Servers {
    /// Starts `count` of them, with their files in `target/bench/NAME`. Further lines of their settings may have `{}` for that.
    pub(super) fn start(name: &str, count: u8, lines: &str) -> Result<Self> {
        let directory = process::target().join("bench").join(name);
        // Left there where the last time was cut short.
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).context(directory.display())?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("a free port")?;
        let port = port.local_addr().context("a free port")?.port();
        let user = process::capture(Command::new("id").arg("-un"))?;
        let address = |number| SocketAddr::from((Ipv4Addr::new(127, 0, 16, number), port));
        let mut servers = Self {
            addresses: (1..=count).map(address).collect(),
            user: user.trim().to_owned(),
            running: Vec::new(),
            made_empty: process::is_root() && fs::create_dir(EMPTY).is_ok(),
            directory,
        };
        servers.write(port, lines)?;
        for number in 0..servers.addresses.len() {
            let server = servers.sshd(number)?;
            servers.running.push(server);
        }
        wait::until("sshd to listen on loopback", PATIENCE, || {
            let mut all = servers.addresses.iter();
            all.all(|at| TcpStream::connect(at).is_ok()).then_some(())
        })?;
        Ok(servers)
    }

    /// Keys, settings, and what those who sign in need.
    fn write(&self, port: u16, lines: &str) -> Result<()> {
        for name in ["host", "identity"] {
            process::capture(
                Command::new("ssh-keygen")
                    .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
                    .arg(self.path(name)),
            )?;
        }
        // What the operator's shell does when it starts, and what is kept in a home, is not to be measured, nor touched.
        let home = self.path("home");
        fs::create_dir(&home).context(home.display())?;
        let directory = self.directory.display();
        let lines = lines.replace("{}", &directory.to_string());
        self.file(
            "sshd_config",
            &format!(
                "Port {port}\nHostKey {directory}/host\nAuthorizedKeysFile {directory}/identity.pub\nStrictModes no\nUsePAM no\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\nPrintMotd no\nLogLevel VERBOSE\nSetEnv HOME={directory}/home\n{lines}\n"
            ),
        )?;
        let public = fs::read_to_string(self.path("host.pub")).context("the host key")?;
        let all = self.addresses.iter();
        let known: String = all
            .map(|at| format!("[{}]:{port} {public}", at.ip()))
            .collect();
        self.file("known_hosts", &known)?;
        let host = |at| format!("host = \"ssh://{}@{at}\"\n", self.user);
        let rest = format!(
            "data-path = \"/var/lib/portsip\"\n[ssh]\nidentities = [\"{directory}/identity\"]\nknown-hosts = [\"{directory}/known_hosts\"]\n"
        );
        let all = self.addresses.iter().enumerate();
        let all: String = all
            .map(|(number, at)| format!("[servers.s{number}]\n{}", host(at)))
            .collect();
        self.file("all.toml", &format!("{rest}{all}"))?;
        let first: String = self.addresses.iter().take(1).map(host).collect();
        self.file("first.toml", &format!("{first}{rest}"))
    }

    /// Starts one, with its words in a file.
    fn sshd(&self, number: usize) -> Result<Child> {
        let log = self.log(number);
        let log = File::create(&log).context(log.display())?;
        // It insists on being started by its whole path.
        let sshd = process::find("sshd").context("sshd is not installed")?;
        let listen = self.addresses[number].ip();
        Command::new("setpriv")
            .args(["--pdeathsig", "TERM"])
            .arg(sshd)
            .args(["-D", "-e", "-f"])
            .arg(self.path("sshd_config"))
            .args(["-o", &format!("ListenAddress={listen}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("sshd")
    }

    /// How to sign in to each.
    pub(super) fn sign_ins(&self) -> impl Iterator<Item = SignIn> {
        self.addresses.iter().map(|at| SignIn {
            user: self.user.clone(),
            host: at.ip().to_string(),
            port: at.port(),
            key: self.path("identity"),
            known_hosts: self.path("known_hosts"),
        })
    }

    /// One of the files: `first.toml` and `all.toml` are settings of the program.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// How often the first one has written a line with these words.
    pub(super) fn count(&self, words: &str) -> Result<usize> {
        let log = self.log(0);
        let text = fs::read_to_string(&log).context(log.display())?;
        Ok(text.lines().filter(|line| line.contains(words)).count())
    }

    fn log(&self, number: usize) -> PathBuf {
        self.path(&format!("{number}.log"))
    }

    fn file(&self, name: &str, text: &str) -> Result<()> {
        let file = self.path(name);
        fs::write(&file, text).context(file.display())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for server in &mut self.running {
            // Fails where it has ended by itself.
            let _ = server.kill();
            let _ = server.wait();
        }
        // What can't be removed is removed the next time.
        let _ = fs::remove_dir_all(&self.directory);
        if self.made_empty {
            let _ = fs::remove_dir(Path::new(EMPTY));
        }
    }
}
