//! A machine to work on: this one, or one reached over a single SSH session.

mod address;
mod command;
mod error;
mod exec;
mod explain;
mod file;
pub mod known_hosts;
mod local;
mod output;
mod process;
mod sign_in;
#[cfg(feature = "ssh")]
mod ssh;
mod stream;
mod sudo;

use std::sync::Arc;

pub use address::{Address, SshAddress};
pub use command::{Command, Input, quote};
pub use error::{ForwardingReason, HostError, KeyProblem};
pub use file::FileWrite;
pub use output::{Output, Status, shown};
use process::{Names, Process};
use secrecy::SecretString;
pub use sign_in::{Fingerprint, SignIn};
pub use stream::{AsyncReadWrite, Endpoint, Stream};

/// A machine that can be worked on. Cheap to clone; all clones share one session, which ends with
/// the last of them.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    address: Address,
    label: String,
    /// The login user, and whether it is root.
    user: String,
    root: bool,
    sudo_password: Option<SecretString>,
    reach: Reach,
}

enum Reach {
    Local,
    #[cfg(feature = "ssh")]
    Ssh(ssh::Session),
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Host").field(&self.inner.label).finish()
    }
}

impl Host {
    /// Makes a machine ready to work on: over SSH, connects, checks the host key and signs in. No
    /// channel is opened.
    ///
    /// # Errors
    /// All of [`HostError`] that concern reaching a machine, its host key and signing in.
    pub async fn connect(address: &Address, sign_in: &SignIn) -> Result<Self, HostError> {
        let (user, label, reach) = match address {
            Address::Local => {
                let user = if rustix::process::geteuid().is_root() {
                    "root".to_owned()
                } else {
                    own_name()
                };
                (user, "local".to_owned(), Reach::Local)
            }
            Address::Ssh(ssh) => {
                let user = ssh.login()?;
                let label = format!("{user}@{}", ssh.known_hosts_name());
                let reach = reach_ssh(ssh, &user, &label, sign_in).await?;
                (user, label, reach)
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                address: address.clone(),
                label,
                root: user == "root",
                user,
                sudo_password: sign_in.for_sudo().cloned(),
                reach,
            }),
        })
    }

    /// Its address, as it was given.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    /// Its name in messages: `local`, or `user@host` (with port other than 22 `user@[host]:port`).
    #[must_use]
    pub fn label(&self) -> String {
        self.inner.label.clone()
    }

    /// Whether it is the machine this program runs on.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self.inner.reach, Reach::Local)
    }

    /// Whether the login user is root; sudo is then not used.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.inner.root
    }

    /// Opens a connection to a socket or port of the machine, as the login user.
    ///
    /// # Errors
    /// [`HostError::ForwardingRefused`] with what is known of the reason;
    /// [`HostError::ConnectionLost`].
    pub async fn dial(&self, to: &Endpoint) -> Result<Stream, HostError> {
        match &self.inner.reach {
            Reach::Local => local::dial(to)
                .await
                .map_err(|error| HostError::ForwardingRefused {
                    host: self.label(),
                    what: to.clone(),
                    reason: ForwardingReason::Other(error.to_string()),
                }),
            #[cfg(feature = "ssh")]
            Reach::Ssh(session) => session.dial(to, &self.inner.label).await,
        }
    }

    /// Ends the session in good order. Without it, it ends with the last clone all the same.
    pub async fn close(self) {
        if let Ok(Inner { reach, .. }) = Arc::try_unwrap(self.inner).map_err(drop) {
            match reach {
                Reach::Local => {}
                #[cfg(feature = "ssh")]
                Reach::Ssh(session) => session.close().await,
            }
        }
    }

    async fn start(&self, argv: &[String], command: &Command) -> Result<Process, HostError> {
        let names = Names {
            host: self.label(),
            command: command.shown(),
        };
        match &self.inner.reach {
            Reach::Local => local::start(argv, names),
            #[cfg(feature = "ssh")]
            Reach::Ssh(session) => session.start(argv, names).await,
        }
    }
}

#[cfg(feature = "ssh")]
async fn reach_ssh(
    address: &SshAddress,
    user: &str,
    label: &str,
    sign_in: &SignIn,
) -> Result<Reach, HostError> {
    ssh::Session::connect(address, user, label, sign_in)
        .await
        .map(Reach::Ssh)
}

#[cfg(not(feature = "ssh"))]
async fn reach_ssh(_: &SshAddress, _: &str, label: &str, _: &SignIn) -> Result<Reach, HostError> {
    Err(HostError::NoSsh {
        host: label.to_owned(),
    })
}

/// The name of the user this program runs as, for messages.
fn own_name() -> String {
    std::env::var("USER").unwrap_or_else(|_| format!("uid {}", rustix::process::geteuid().as_raw()))
}
