use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::lab::Lab;
use crate::wait::wait_until;

/// A key pair that a user of the server takes until this is dropped, beside the lab's own.
pub struct Key<'lab> {
    lab: &'lab Lab,
    user: String,
    directory: tempfile::TempDir,
}

impl Lab {
    /// Makes a key by `ssh-keygen` with these arguments and has the user take it.
    ///
    /// # Panics
    /// Where `ssh-keygen` does not make one.
    #[must_use]
    pub fn key_for(&self, user: &str, arguments: &[&str]) -> Key<'_> {
        let directory = tempfile::tempdir().expect("a directory");
        let key = Key {
            lab: self,
            user: user.to_owned(),
            directory,
        };
        make_key(&key.path(), arguments);
        let public = std::fs::read_to_string(key.public()).expect("a public key");
        self.exec(&format!(
            "cd ~{user}/.ssh && cp -p authorized_keys authorized_keys.kept && echo '{}' >>authorized_keys",
            public.trim()
        ));
        key
    }
}

impl Key<'_> {
    /// The private key.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("key")
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PathBuf {
        self.directory.path().join("key.pub")
    }
}

impl Drop for Key<'_> {
    fn drop(&mut self) {
        let user = &self.user;
        let undo = format!("cd ~{user}/.ssh && mv authorized_keys.kept authorized_keys");
        let undone = self.lab.holds(&undo);
        // A second panic while one is on its way would hide the first.
        assert!(undone || std::thread::panicking(), "could not undo: {undo}");
    }
}

/// Makes a key by `ssh-keygen` (of the package openssh-client, which the tests need).
///
/// # Panics
/// Where it does not make one.
pub fn make_key(path: &Path, arguments: &[&str]) {
    let mut command = Command::new("ssh-keygen");
    command.arg("-q").arg("-f").arg(path).args(arguments);
    assert!(command.status().expect("ssh-keygen").success());
}

/// An ssh-agent that ends with the test.
pub struct Agent {
    process: Child,
    /// What `SSH_AUTH_SOCK` is to say.
    pub socket: PathBuf,
    // A socket's path has at most some hundred characters, so it lies in the system's directory.
    _directory: tempfile::TempDir,
}

impl Agent {
    /// Starts one that holds these keys, in this order.
    ///
    /// # Panics
    /// Where there is none, or it does not take a key.
    #[must_use]
    pub fn with<P: AsRef<Path>>(keys: impl IntoIterator<Item = P>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("agent");
        let mut command = Command::new("ssh-agent");
        command.arg("-D").arg("-a").arg(&socket);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let agent = Self {
            process: command.spawn().expect("ssh-agent"),
            socket,
            _directory: directory,
        };
        wait_until("the agent", Duration::from_secs(10), || {
            agent.socket.exists()
        });
        for key in keys {
            let mut add = Command::new("ssh-add");
            add.arg("-q").arg(key.as_ref());
            add.env("SSH_AUTH_SOCK", &agent.socket);
            assert!(add.status().expect("ssh-add").success());
        }
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = (self.process.kill(), self.process.wait());
    }
}
