//! The release profile: the containers that make a Data Flow server, as data in one place.
//!
//! Names, users, capabilities, limits, mounts, arguments and the label are those that the vendor's own script gives its
//! containers, so that an installation made by it is recognised and a container made here fits its images.

use std::{fmt, time::Duration};

use secrecy::SecretString;

use super::{
    Bind, ContainerSpec, EnvValue, HealthCheck, ImageRef, MANAGED_LABEL, RestartPolicy, Spec,
    SpecError, Version,
};

/// Where the service's data is inside its container.
const SERVICE_DATA: &str = "/var/lib/portsip/dataflow";

/// The service's program that prepares the database.
const INIT_PROGRAM: &str = "/usr/local/bin/initdt_dataflow.sh";

/// Runs [`INIT_PROGRAM`] (`$0`) for a directory (`$1`), with the password from standard input.
///
/// The program takes the password as an argument only, and the arguments of a process are seen by everybody on the
/// server. A shell script is therefore read into the shell that runs already, whose own arguments are these. Only a program
/// of another kind gets the argument as its interface demands.
const INIT_SCRIPT: &str = r#"
IFS= read -r first < "$0"
case "$first" in
'#!'*bash*) shell=bash ;;
'#!'*sh*) shell=sh ;;
*) IFS= read -r password || exit; exec "$0" initdt -D "$1" --password "$password" ;;
esac
exec "$shell" -c 'IFS= read -r password || exit; set -- initdt -D "$1" --password "$password"; . "$0"' "$0" "$1"
"#;

/// Time between two health checks.
const HEALTH_INTERVAL: Duration = Duration::from_secs(10);

/// Failed health checks in a row after which a container counts as unhealthy.
const HEALTH_RETRIES: u32 = 3;

/// Names, paths, users and arguments of one kind of Data Flow server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Name of the container of the database.
    pub clickhouse_name: &'static str,
    /// Name of the container of the service.
    pub service_name: &'static str,
    /// Name of the container that prepares the database and then ends. One that is found running is the rest of an
    /// interrupted `run` or `upgrade` of the vendor's script.
    pub init_name: &'static str,
    /// The label of the service's image that tells its version.
    pub version_label: &'static str,
    /// The oldest version that has the service.
    pub minimum_version: (u64, u64, u64),
    /// The port on which the database speaks HTTP.
    pub clickhouse_http_port: u16,
    /// The port on which the database speaks its own protocol.
    pub clickhouse_native_port: u16,
    /// The database user that the service signs in as.
    pub clickhouse_user: &'static str,
    /// The database that the service's tables are in.
    pub clickhouse_database: &'static str,
    /// The directory of the service's data, relative to the data path.
    pub service_directory: &'static str,
    /// The user that the service runs as, by numbers.
    pub service_owner: Owner,
    /// Where the database password is kept.
    pub password_file: PasswordFile,
    /// How long a stop waits: ClickHouse needs long to write out what it holds.
    pub stop_timeout: Duration,
}

/// Where the database password is kept on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordFile {
    /// Path of the INI file, relative to the data path.
    pub relative_path: &'static str,
    /// The section.
    pub section: &'static str,
    /// The key.
    pub key: &'static str,
}

/// A directory that must exist on the server before the containers start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Absolute path on the server.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Its owner. `None`: made as root, and an existing owner is left alone, since the image sets it to its own user.
    pub owner: Option<Owner>,
}

/// An owner, by numbers: the names need not exist on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// User ID.
    pub uid: u32,
    /// Group ID.
    pub gid: u32,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl Release {
    /// The vendor's release.
    #[must_use]
    pub const fn portsip() -> Self {
        Self {
            clickhouse_name: "portsip.clickhouse",
            service_name: "portsip.dataflow",
            init_name: "portsip.dataflow_initdt",
            version_label: "version",
            minimum_version: (22, 3, 0),
            clickhouse_http_port: 8123,
            clickhouse_native_port: 9000,
            clickhouse_user: "default",
            clickhouse_database: "default",
            service_directory: "dataflow",
            service_owner: Owner { uid: 888, gid: 888 },
            password_file: PasswordFile {
                relative_path: "dataflow/system.ini",
                section: "dataflow",
                key: "password",
            },
            stop_timeout: Duration::from_secs(300),
        }
    }

    /// The directories on the server, each after the one that holds it.
    #[must_use]
    pub fn directories(&self, spec: &Spec) -> Vec<Directory> {
        let directory = |relative: &str, owner| Directory {
            path: spec.data_path().join(relative),
            mode: 0o755,
            owner,
        };
        vec![
            directory("", None),
            directory(self.service_directory, Some(self.service_owner)),
            directory("clickhouse", None),
            directory("clickhouse/data", None),
            directory("clickhouse/log", None),
        ]
    }

    /// Absolute path of the file that keeps the database password.
    #[must_use]
    pub fn password_path(&self, spec: &Spec) -> String {
        spec.data_path().join(self.password_file.relative_path)
    }

    /// The container of the database.
    ///
    /// The vendor's newer scripts set `CLICKHOUSE_ALWAYS_RUN_INITDB_SCRIPTS` while they prepare the database, in a container that they
    /// throw away. Here the container that is prepared is the one that stays, so it is not set: its image's scripts would run at
    /// every start.
    #[must_use]
    pub fn clickhouse(&self, spec: &Spec, password: &SecretString) -> ContainerSpec {
        let plain = |key: &str, value: &str| (key.to_owned(), EnvValue::Plain(value.to_owned()));
        let ping = format!("http://localhost:{}/ping", self.clickhouse_http_port);
        ContainerSpec {
            user: Some("root".to_owned()),
            env: vec![
                plain("CLICKHOUSE_DB", self.clickhouse_database),
                plain("CLICKHOUSE_USER", self.clickhouse_user),
                plain("CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT", "1"),
                (
                    "CLICKHOUSE_PASSWORD".to_owned(),
                    EnvValue::Secret(password.clone()),
                ),
            ],
            binds: vec![
                local_time(),
                bind(
                    spec.data_path().join("clickhouse/data"),
                    "/var/lib/clickhouse",
                ),
                bind(
                    spec.data_path().join("clickhouse/log"),
                    "/var/log/clickhouse-server",
                ),
            ],
            cap_add: words(&["NET_ADMIN", "SYS_NICE", "IPC_LOCK"]),
            nofile: Some(spec.nofile()),
            health: Some(HealthCheck {
                command: words(&["wget", "--spider", "-q", &ping]),
                interval: HEALTH_INTERVAL,
                timeout: Duration::from_secs(3),
                retries: HEALTH_RETRIES,
                start_period: spec.start_grace(),
            }),
            ..self.container(self.clickhouse_name, spec.clickhouse_image())
        }
    }

    /// The container of the service: `… serve -D DIRECTORY -a PBX [-x PRIVATE] [-z PUBLIC]`.
    #[must_use]
    pub fn service(&self, spec: &Spec) -> ContainerSpec {
        let mut command = words(&[
            "/usr/local/bin/dataflow",
            "serve",
            "-D",
            SERVICE_DATA,
            "-a",
            &spec.pbx().to_string(),
        ]);
        for (flag, ip) in [("-x", spec.private_ip()), ("-z", spec.public_ip())] {
            if let Some(ip) = ip {
                command.extend([flag.to_owned(), ip.to_string()]);
            }
        }
        ContainerSpec {
            user: Some("portsip".to_owned()),
            command: Some(command),
            binds: vec![
                bind(spec.data_path().join(self.service_directory), SERVICE_DATA),
                local_time(),
            ],
            ..self.container(self.service_name, spec.image())
        }
    }

    /// The container that prepares the database and then ends, with the exit code of the vendor's own program. It reads the
    /// database password as a line from its standard input.
    #[must_use]
    pub fn init(&self, spec: &Spec) -> ContainerSpec {
        ContainerSpec {
            user: Some("root".to_owned()),
            entrypoint: Some(words(&["/bin/sh", "-c", INIT_SCRIPT])),
            command: Some(words(&[INIT_PROGRAM, SERVICE_DATA])),
            binds: vec![
                bind(spec.data_path().join(self.service_directory), SERVICE_DATA),
                local_time(),
            ],
            restart: RestartPolicy::No,
            ..self.container(self.init_name, spec.image())
        }
    }

    /// The data path of a deployment whose service has its data in this directory.
    #[must_use]
    pub fn data_path_of<'a>(&self, service_data: &'a str) -> Option<&'a str> {
        service_data.strip_suffix("/dataflow")
    }

    /// How long ClickHouse or the service may take until it is ready: until the engine, too, would give up on it.
    #[must_use]
    pub fn patience(&self, spec: &Spec) -> Duration {
        spec.start_grace() + HEALTH_INTERVAL * HEALTH_RETRIES
    }

    /// The version of the service's image, from the value of its label [`Release::version_label`].
    ///
    /// # Errors
    /// [`SpecError::NoImageVersion`], [`SpecError::BadImageVersion`], or [`SpecError::ImageTooOld`] below
    /// [`Release::minimum_version`].
    pub fn image_version(
        &self,
        image: &ImageRef,
        label: Option<&str>,
    ) -> Result<Version, SpecError> {
        let minimum = Version::new(
            self.minimum_version.0,
            self.minimum_version.1,
            self.minimum_version.2,
        );
        let Some(text) = label.map(str::trim).filter(|text| !text.is_empty()) else {
            return Err(SpecError::NoImageVersion {
                image: image.to_string(),
                label: self.version_label,
                minimum: minimum.to_string(),
            });
        };
        let version: Version = text.parse().map_err(|_| SpecError::BadImageVersion {
            image: image.to_string(),
            label: self.version_label,
            given: text.to_owned(),
        })?;
        if version < minimum {
            return Err(SpecError::ImageTooOld {
                image: image.to_string(),
                version: version.to_string(),
                minimum: minimum.to_string(),
            });
        }
        Ok(version)
    }

    /// What all containers have in common.
    fn container(&self, name: &str, image: &ImageRef) -> ContainerSpec {
        ContainerSpec {
            name: name.to_owned(),
            image: image.clone(),
            user: None,
            entrypoint: None,
            command: None,
            env: Vec::new(),
            binds: Vec::new(),
            cap_add: Vec::new(),
            nofile: None,
            restart: RestartPolicy::UnlessStopped,
            network_host: true,
            health: None,
            stop_timeout: self.stop_timeout,
            labels: vec![(MANAGED_LABEL.to_owned(), "1".to_owned())],
        }
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn bind(source: String, target: &str) -> Bind {
    Bind {
        source,
        target: target.to_owned(),
        read_only: false,
    }
}

/// The server's own time zone, so that a container's times are the server's.
fn local_time() -> Bind {
    bind("/etc/localtime".to_owned(), "/etc/localtime")
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
