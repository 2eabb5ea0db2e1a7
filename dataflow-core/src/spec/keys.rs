//! The keys of a settings file: one list, from which files are checked and new ones are written.

/// A key, as an operator is told of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, what is allowed, and what counts where it is not given.
    pub(super) about: &'static str,
    /// A value in TOML: the default where there is a fixed one, else an example.
    pub(super) sample: &'static str,
}

/// Keys that belong together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The table's name, or nothing for the keys of a server itself.
    pub(super) name: &'static str,
    /// What it is about.
    pub(super) about: &'static str,
    /// Its keys.
    pub(super) keys: &'static [Key],
}

impl Table {
    /// The names of its keys.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

/// The table of all servers of a file that has several.
pub(super) const SERVERS: &str = "servers";

/// What is said of a server itself.
pub(super) const SERVER: Table = Table {
    name: "",
    about: "The server",
    keys: &[
        Key {
            name: "host",
            about: "The machine to work on: local, or ssh://[user@]host[:port]. Without it: SSH to the private IP.",
            sample: "\"ssh://pbx@flow.example.com\"",
        },
        Key {
            name: "private-ip",
            about: "Private IP of the server. It or the public IP is needed.",
            sample: "\"172.31.16.158\"",
        },
        Key {
            name: "public-ip",
            about: "Public IP of the server.",
            sample: "\"54.215.234.68\"",
        },
        Key {
            name: "pbx",
            about: "IP of the PBX. Needed.",
            sample: "\"172.31.16.133\"",
        },
        Key {
            name: "data-path",
            about: "Directory on the server that holds all data: absolute, and nobody else's.",
            sample: "\"/var/lib/portsip\"",
        },
        Key {
            name: "image",
            about: "Image of the service, which is the PBX image: [registry/]name[:tag][@digest].",
            sample: "\"portsip/pbx:22\"",
        },
        Key {
            name: "clickhouse-image",
            about: "Image of the database.",
            sample: "\"portsip/clickhouse:25.8\"",
        },
        Key {
            name: "start-grace",
            about: "Seconds after the database's start in which failed health checks do not count: 1 to 3600.",
            sample: "90",
        },
        Key {
            name: "nofile",
            about: "The database's limit of open files: 1024 to 2147483584.",
            sample: "655360",
        },
        Key {
            name: "pull",
            about: "When images are fetched: missing (where the server does not have them), always or never.",
            sample: "\"missing\"",
        },
    ],
};

/// What is said of the preflight.
pub(super) const PREFLIGHT: Table = Table {
    name: "preflight",
    about: "What the server must be before anything is changed on it: dataflow preflight shows it.",
    keys: &[
        Key {
            name: "ignore",
            about: "Checks whose errors are not to count; it is put on record.",
            sample: "[\"cpu.count\"]",
        },
        Key {
            name: "profile",
            about: "The size of deployment: standard or large-scale.",
            sample: "\"standard\"",
        },
    ],
};

/// What is said of signing in to the server.
pub(super) const SSH: Table = Table {
    name: "ssh",
    about: "How to sign in to the server. Secrets are in files of their own; each holds one line and nothing else.",
    keys: &[
        Key {
            name: "config",
            about: "The ssh_config to read in place of ~/.ssh/config and /etc/ssh/ssh_config, or none.",
            sample: "\"~/.ssh/config\"",
        },
        Key {
            name: "jump",
            about: "The servers to go through: [user@]host[:port], several with commas between.",
            sample: "\"ops@bastion.example.com\"",
        },
        Key {
            name: "identities",
            about: "Private key files, tried in this order, before the agent's keys.",
            sample: "[\"~/.ssh/id_ed25519\"]",
        },
        Key {
            name: "agent",
            about: "Whether the SSH agent is asked for keys: true or false.",
            sample: "true",
        },
        Key {
            name: "known-hosts",
            about: "Files of known host keys; a new one that is accepted is written to the first.",
            sample: "[\"~/.ssh/known_hosts\"]",
        },
        Key {
            name: "host-key",
            about: "The only host key to accept, as ssh-keygen -l shows it. Without it: those that are known.",
            sample: "\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"",
        },
        Key {
            name: "connect-timeout",
            about: "Seconds that connecting may take: 1 to 600.",
            sample: "15",
        },
        Key {
            name: "password-file",
            about: "File with the login password.",
            sample: "\"~/.config/dataflow/login\"",
        },
        Key {
            name: "passphrase-file",
            about: "File with the passphrase of the private keys.",
            sample: "\"~/.config/dataflow/passphrase\"",
        },
        Key {
            name: "sudo-password-file",
            about: "File with the password for sudo, where it is not the login password.",
            sample: "\"~/.config/dataflow/sudo\"",
        },
    ],
};

/// What is said of signing in to the registry.
pub(super) const REGISTRY: Table = Table {
    name: "registry",
    about: "How to sign in to the images' registry, where it asks for that.",
    keys: &[
        Key {
            name: "server",
            about: "The registry: host[:port].",
            sample: "\"docker.io\"",
        },
        Key {
            name: "user",
            about: "Its user.",
            sample: "\"operator\"",
        },
        Key {
            name: "token-file",
            about: "File with that user's token or password.",
            sample: "\"~/.config/dataflow/token\"",
        },
    ],
};

/// What is said of the PBX's REST API.
pub(super) const API: Table = Table {
    name: "api",
    about: "How to sign in to the PBX's REST API, so that the server is put on its whitelist.",
    keys: &[
        Key {
            name: "url",
            about: "Where it is, with https. Without it: https://PBX:8887/api.",
            sample: "\"https://pbx.example.com:8887/api\"",
        },
        Key {
            name: "user",
            about: "An administrator of the system.",
            sample: "\"admin\"",
        },
        Key {
            name: "password-file",
            about: "File with that user's password. Without it, it is asked for.",
            sample: "\"~/.config/dataflow/pbx\"",
        },
        Key {
            name: "ca-file",
            about: "PEM file of the authority that signed the PBX's certificate. Without it: those that this machine trusts.",
            sample: "\"~/.config/dataflow/pbx-ca.pem\"",
        },
        Key {
            name: "certificate",
            about: "The only certificate to accept, in place of ca-file: SHA256: and base64 of the SHA-256 of its DER form.",
            sample: "\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"",
        },
        Key {
            name: "timeout",
            about: "Seconds that a request may take: 1 to 300.",
            sample: "10",
        },
    ],
};

/// What is said of the prerequisites.
pub(super) const PREREQUISITES: Table = Table {
    name: "prerequisites",
    about: "What Data Flow needs of the PBX and of the network between them.",
    keys: &[
        Key {
            name: "mode",
            about: "How they are met at the PBX: api (by this program, as api.user) or manual (by hand; it is put on record).",
            sample: "\"manual\"",
        },
        Key {
            name: "to-pbx",
            about: "Ports of the PBX that the server must reach.",
            sample: "[8887]",
        },
        Key {
            name: "from-pbx",
            about: "Ports of the server that the PBX must reach.",
            sample: "[]",
        },
    ],
};

/// What is said of the token.
pub(super) const TOKEN: Table = Table {
    name: "token",
    about: "The token that the PBX generates for its Data Flow server.",
    keys: &[
        Key {
            name: "file",
            about: "File with the token; only you may read it (mode 600). Without it, the one that is deployed stays.",
            sample: "\"~/.config/dataflow/pbx-token\"",
        },
        Key {
            name: "deliver-as",
            about: "Name of the file in the service's data directory in which the service looks for its token.",
            sample: "\"token\"",
        },
        Key {
            name: "generate-path",
            about: "Path below the API's address that generates a token, where the PBX has one.",
            sample: "\"/path/of/the/call\"",
        },
    ],
};

/// What is said of AWS.
pub(super) const AWS: Table = Table {
    name: "aws",
    about: "Where AWS is asked what the servers are.",
    keys: &[Key {
        name: "metadata-endpoint",
        about: "The instance metadata service, as each server reaches it.",
        sample: "\"http://169.254.169.254\"",
    }],
};

/// The tables inside a server's.
pub(super) const INNER: [&Table; 7] = [
    &PREFLIGHT,
    &SSH,
    &REGISTRY,
    &API,
    &PREREQUISITES,
    &TOKEN,
    &AWS,
];

/// Keys that would keep a secret in the file, and what to use instead.
pub(super) const IN_CLEAR: [(&str, &str); 8] = [
    ("ssh.password", "ssh.password-file"),
    ("ssh.passphrase", "ssh.passphrase-file"),
    ("ssh.sudo-password", "ssh.sudo-password-file"),
    ("registry.token", "registry.token-file"),
    ("registry.password", "registry.token-file"),
    ("api.password", "api.password-file"),
    ("token.token", "token.file"),
    ("token.value", "token.file"),
];
