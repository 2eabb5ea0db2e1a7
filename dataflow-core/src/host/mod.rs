//! A machine to work on: this one, or one reached over a single SSH session.

mod address;
mod clock;
mod command;
mod consult;
mod error;
mod exec;
mod explain;
mod file;
pub mod known_hosts;
mod local;
mod output;
mod pattern;
mod process;
mod sign_in;
#[cfg(feature = "ssh")]
mod ssh;
#[cfg(feature = "ssh")]
mod ssh_config;
mod stream;
mod sudo;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use address::{Address, Jump, SshAddress, without_password};
pub use clock::ClockSkew;
pub use command::{Command, Input, quote};
pub use consult::{Consult, Questions};
pub use error::{ForwardingReason, HostError, KeyProblem};
#[cfg(feature = "docker")]
pub(crate) use explain::is_disk_full;
pub use file::FileWrite;
#[cfg(any(feature = "docker", feature = "pbx"))]
pub(crate) use output::escape as escaped;
pub use output::{Output, Status, shown};
use process::{Names, Process};
use secrecy::SecretString;
pub use sign_in::{Answers, ConfigFile, Fingerprint, SignIn};
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
    /// Whether sudo was found to run from a terminal only.
    sudo_terminal: AtomicBool,
    reach: Reach,
}

enum Reach {
    Local,
    #[cfg(feature = "ssh")]
    Ssh(Box<ssh::Session>),
}

impl Reach {
    /// The login password, where it is known: sudo asks for the same one.
    fn password(&self) -> Option<&SecretString> {
        match self {
            Self::Local => None,
            #[cfg(feature = "ssh")]
            Self::Ssh(session) => session.password(),
        }
    }
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
            Address::Ssh(ssh) => reach_ssh(ssh, sign_in).await?,
        };
        // sudo asks for the login password.
        let login = reach.password().or(sign_in.password.as_ref());
        let sudo_password = sign_in.sudo_password.as_ref().or(login).cloned();
        Ok(Self {
            inner: Arc::new(Inner {
                address: address.clone(),
                root: user == "root",
                user,
                sudo_password,
                sudo_terminal: AtomicBool::new(false),
                label,
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

    /// The user who is signed in.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.inner.user
    }

    /// Whether the login user is root; sudo is then not used.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.inner.root
    }

    /// The user who is signed in.
    #[cfg(feature = "docker")]
    pub(crate) fn user(&self) -> &str {
        &self.inner.user
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
                    reason: ForwardingReason::from(&error),
                }),
            #[cfg(feature = "ssh")]
            Reach::Ssh(session) => session.dial(to, &self.inner.label).await,
        }
    }

    /// The same, to a port of another machine; where there is no connection, with the reason that the server gives. It is told apart from
    /// that of others only while no other connection is opened.
    ///
    /// # Errors
    /// As [`dial`](Self::dial).
    pub(crate) async fn dial_alone(&self, to: &Endpoint) -> Result<Stream, HostError> {
        match &self.inner.reach {
            Reach::Local => self.dial(to).await,
            #[cfg(feature = "ssh")]
            Reach::Ssh(session) => session.dial_alone(to, &self.inner.label).await,
        }
    }

    /// Why the session is over, where it ended though nobody here ended it.
    #[cfg(feature = "docker")]
    pub(crate) fn lost(&self) -> Option<String> {
        match &self.inner.reach {
            Reach::Local => None,
            #[cfg(feature = "ssh")]
            Reach::Ssh(session) => session.lost(),
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

/// The login user, the label and the way.
type Reached = (String, String, Reach);

#[cfg(feature = "ssh")]
async fn reach_ssh(address: &SshAddress, sign_in: &SignIn) -> Result<Reached, HostError> {
    let session = ssh::Session::connect(address, sign_in).await?;
    let (user, label) = session.names();
    Ok((user, label, Reach::Ssh(Box::new(session))))
}

#[cfg(not(feature = "ssh"))]
async fn reach_ssh(address: &SshAddress, _: &SignIn) -> Result<Reached, HostError> {
    Err(HostError::NoSsh {
        host: address.to_string(),
    })
}

/// The name of the user this program runs as, for messages.
fn own_name() -> String {
    std::env::var("USER").unwrap_or_else(|_| format!("uid {}", rustix::process::geteuid().as_raw()))
}
