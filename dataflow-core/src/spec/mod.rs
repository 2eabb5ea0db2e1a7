//! What is wanted: settings from a file, from flags or from code become one validated [`Spec`] and one [`Target`];
//! the [`Release`] says which containers that makes.
//!
//! Everything here is pure: text and values in, values out.

mod api;
mod container;
mod data_path;
mod error;
mod file;
mod file_check;
mod image;
mod keys;
mod merge;
mod nearest;
mod pbx_settings;
mod pbx_spec;
mod prerequisites;
mod registry;
mod release;
mod server_ip;
mod settings;
mod template;
mod token;
mod version;
mod wanted;

pub use api::{API_PORT, ApiAccess, ApiPath, ApiUrl, CertificateFingerprint, Trust};
pub use container::{
    Bind, ContainerSpec, EnvValue, HealthCheck, MANAGED_LABEL, PBX_VERSION_LABEL, RestartPolicy,
    TOKEN_LABEL,
};
pub use data_path::{DataPath, KEPT_IN};
pub use error::{FileSpot, SpecError};
pub use file::SettingsFile;
pub use image::ImageRef;
pub use pbx_settings::{
    API_TIMEOUT_RANGE, ApiSettings, AwsSettings, PrerequisiteSettings, TokenSettings,
};
pub use prerequisites::{MetadataEndpoint, PrerequisiteMode};
pub use registry::{RegistryLogin, RegistryServer};
pub use release::{Directory, Owner, PasswordFile, Release};
pub use server_ip::ServerIp;
pub use settings::{
    CONNECT_TIMEOUT_RANGE, PreflightSettings, RegistrySettings, Secret, Settings, SshSettings,
};
pub use token::{Token, TokenFile, TokenFingerprint};
pub use version::Version;
pub use wanted::{NOFILE_RANGE, Pull, START_GRACE_RANGE, Spec, Target};

#[cfg(test)]
#[path = "servers_tests.rs"]
mod servers_tests;
