//! What the operator does about each error.

use super::HostError::{self, *};
use super::error::{ForwardingReason, KeyProblem};
use crate::{Explain, Kind};

impl Explain for HostError {
    fn kind(&self) -> Kind {
        match self {
            BadAddress { .. }
            | BadFingerprint { .. }
            | BadCommand { .. }
            | BadPath { .. }
            | NoSsh { .. }
            | TooManyJumps { .. }
            | SshConfig { .. } => Kind::Usage,
            Resolve { .. }
            | Refused { .. }
            | NoRoute { .. }
            | NoWayOn { .. }
            | Timeout { .. }
            | Handshake { .. }
            | UnknownHostKey { .. }
            | ChangedHostKey { .. }
            | RevokedHostKey { .. }
            | PinMismatch { .. }
            | BadHostCertificate { .. }
            | KnownHosts { .. }
            | AuthFailed { .. }
            | KeyFile { .. } => Kind::Unreachable,
            SudoPasswordNeeded { .. }
            | SudoPasswordWrong { .. }
            | SudoDenied { .. }
            | SudoMissing { .. }
            | SudoNeedsTty { .. }
            | SudoFailed { .. }
            | ForwardingRefused { .. } => Kind::Precondition,
            ChannelRefused { .. }
            | ConnectionLost { .. }
            | Deadline { .. }
            | TooMuchOutput { .. }
            | Start { .. }
            | NoStatus { .. }
            | Ended { .. }
            | WriteFile { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            BadAddress { .. } => "Give the machine as local or as ssh://user@host:port.".into(),
            BadFingerprint { .. } => {
                "Give it as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows it \
                    on the server: SHA256:..."
                    .into()
            }
            BadCommand { .. } => "Remove the NUL character from the value that was given.".into(),
            BadPath { .. } => "Give an absolute path of plain characters.".into(),
            NoSsh { .. } => {
                "Use a build with the feature `ssh`, or run this program on the machine \
                    itself with `local`."
                    .into()
            }
            Resolve { name, .. } => {
                format!("Check the spelling, and the name service with `getent hosts {name}`.")
            }
            Refused { port, .. } => format!(
                "Check that an SSH server runs there and listens on port {port}; give \
                    another port with ssh://user@host:port."
            ),
            NoRoute { .. } => {
                "Check the address, and the network between here and the server.".into()
            }
            Timeout { .. } => {
                "Check that the server is up and that no firewall is between here and its \
                    SSH port."
                    .into()
            }
            Handshake { .. } => {
                "Check that the port is that of an SSH server, and look into its log \
                    (journalctl -u ssh). The server needs an Ed25519 or ECDSA host key \
                    (`ssh-keygen -A` makes missing ones)."
                    .into()
            }
            UnknownHostKey {
                fingerprint,
                algorithm,
                other,
                ..
            } => {
                let file = if algorithm.starts_with("ecdsa") {
                    "ecdsa"
                } else {
                    "ed25519"
                };
                let caution = if other.is_empty() {
                    ""
                } else {
                    " Another kind of key is known for this host: make sure that nobody \
                    stands in between."
                };
                format!(
                    "Compare it with the server's own: `ssh-keygen -lf \
                    /etc/ssh/ssh_host_{file}_key.pub` on its console. If it is the same, \
                    connect once with `ssh` and accept it, or give --host-key \
                    {fingerprint}.{caution}"
                )
            }
            ChangedHostKey { known, host, .. } => format!(
                "If the server was installed anew, remove line {} of {} (`ssh-keygen -R`) \
                    and connect again. If not, somebody may be posing as {host}: do not \
                    connect.",
                known.line,
                known.file.display()
            ),
            RevokedHostKey { .. } => {
                "Do not connect: this key was withdrawn. Ask who revoked it.".into()
            }
            PinMismatch { .. } => {
                "Compare with `for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \
                    $k; done` on the server's console: if the pin belongs to another type of \
                    key, pin the one shown above; if it belongs to none, do not connect."
                    .into()
            }
            KnownHosts { path, .. } => format!(
                "Make {} readable, or give the host key with --host-key SHA256:...",
                path.display()
            ),
            BadHostCertificate { fingerprint, .. } => format!(
                "Have the authority sign the host key for this name (`ssh-keygen -s CA -h -n NAME`), or, if the key on the \
                server's console is the same, give --host-key {fingerprint}."
            ),
            NoWayOn { through, .. } => format!(
                "Check the address as seen from {through}, and that AllowTcpForwarding is on in its sshd_config."
            ),
            TooManyJumps { .. } => {
                "Look for ProxyJump settings in ssh_config that send in a circle.".into()
            }
            SshConfig { path, .. } => format!(
                "Mend {}, or give another with --ssh-config FILE, or none with --ssh-config none.",
                path.display()
            ),
            AuthFailed { tried, .. } if tried.iter().any(|tried| tried.contains("not tried:")) => {
                "Name the right key with --identity, or with IdentityFile in ssh_config.".into()
            }
            AuthFailed { tried, .. } if tried.is_empty() => {
                "Give a key with --identity, load one into ssh-agent, or give a password.".into()
            }
            AuthFailed { user, .. } => format!(
                "Check the user name and the password; or put a public key into \
                    ~{user}/.ssh/authorized_keys on the server, with `ssh-copy-id`."
            ),
            KeyFile { path, problem } => match problem {
                KeyProblem::Unreadable(_) => "Check the path and who may read it.".into(),
                KeyProblem::Malformed => {
                    "Give a private key in OpenSSH, PEM or PKCS#8 format (not the .pub file), or load it into the agent with `ssh-add`.".into()
                }
                KeyProblem::Encrypted => format!(
                    "Load it with `ssh-add {}`, or give its passphrase with --passphrase-file.",
                    path.display()
                ),
                KeyProblem::WrongPassphrase => {
                    "Give the right passphrase, or load the key into the agent with `ssh-add`.".into()
                }
                KeyProblem::Rejected(_) | KeyProblem::AgentOnly(_) => format!(
                    "Load it into the agent with `ssh-add {}`, or use an Ed25519 key.",
                    path.display()
                ),
            },
            SudoPasswordNeeded { .. } => "Give the sudo password, or sign in as root.".into(),
            SudoPasswordWrong { .. } => {
                "Give the right sudo password; it is the one of the login user.".into()
            }
            SudoDenied { user, .. } => format!(
                "On the server, as root: `usermod -aG sudo {user}`; or sign in as another \
                    user."
            ),
            SudoMissing { .. } => "Install sudo on the server, or sign in as root.".into(),
            SudoNeedsTty { .. } => {
                "Install the program `script` on the server (util-linux or bsdutils), or remove \
                    `requiretty` from its sudoers (`visudo`), or sign in as root."
                    .into()
            }
            SudoFailed { .. } => "Try `sudo -v` on the server, and mend what it says.".into(),
            ForwardingRefused {
                reason: ForwardingReason::Prohibited,
                ..
            } => "Set AllowTcpForwarding and AllowStreamLocalForwarding to yes (or local) \
                    in the server's sshd_config."
                .into(),
            ForwardingRefused {
                reason:
                    ForwardingReason::Refused | ForwardingReason::Other(_),
                ..
            } => "Check that the service runs and that the login user may open it.".into(),
            ForwardingRefused {
                reason: ForwardingReason::TimedOut | ForwardingReason::NoRoute,
                ..
            } => "Check the firewalls and routes between the two machines.".into(),
            ForwardingRefused { .. } => {
                "Check that the service runs, that the login user may open it, and that \
                    sshd_config has AllowStreamLocalForwarding yes."
                    .into()
            }
            ChannelRefused { .. } => {
                "Check MaxSessions in the server's sshd_config and its log (journalctl -u \
                    ssh)."
                    .into()
            }
            ConnectionLost { .. } => {
                "Run the same command again when the server can be reached: it sees how far this \
                    one came, and finishes the job."
                    .into()
            }
            Deadline { .. } => {
                "Look at what keeps the server busy, then run the same command again.".into()
            }
            TooMuchOutput { .. } | NoStatus { .. } | Ended { .. } | Start { .. } => {
                "Run the command on the server by hand to see what is wrong with it.".into()
            }
            WriteFile { reason, .. } if is_disk_full(reason) => {
                "The disk is full: free space on it (df -h and df -i on the server show it), \
                    then run the same command again."
                    .into()
            }
            WriteFile { .. } => {
                "Check the directory, its owner and the free space on the server.".into()
            }
        }
    }
}

/// Whether a program on a machine complains of a disk that has no room, or no room for more files.
pub(crate) fn is_disk_full(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("no space left on device") || said.contains("disk quota exceeded")
}
