//! What verbs take that have to do with the PBX: its REST API, the prerequisites there, the token.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dataflow_core::spec::{
    ApiSettings, ApiUrl, CertificateFingerprint, PrerequisiteMode, Secret, TokenSettings,
};

use super::parse;

/// How the PBX's REST API is reached.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "PBX")]
pub(crate) struct ApiArgs {
    /// Address of the PBX's REST API [default: https://PBX:8887/api]
    #[arg(long, value_name = "URL", value_parser = parse::<ApiUrl>)]
    pub(crate) api_url: Option<ApiUrl>,
    /// Administrator who signs in there
    #[arg(long, value_name = "USER")]
    pub(crate) api_user: Option<String>,
    /// File with that user's password [env: DATAFLOW_PBX_PASSWORD, the password itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) api_password_file: Option<PathBuf>,
    /// PEM file of the authority that signed the PBX's certificate
    #[arg(long, value_name = "FILE", conflicts_with = "api_certificate")]
    pub(crate) api_ca_file: Option<PathBuf>,
    /// The only certificate of the PBX to accept, as SHA256:...
    #[arg(long, value_name = "FINGERPRINT", value_parser = parse::<CertificateFingerprint>)]
    pub(crate) api_certificate: Option<CertificateFingerprint>,
}

/// Where the token comes from.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "PBX")]
pub(crate) struct TokenSourceArgs {
    /// File with the PBX's token for the server, readable by you only [env: DATAFLOW_TOKEN, the token itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Open file descriptor to read that token from
    #[arg(long, value_name = "NUMBER", conflicts_with = "token_file")]
    pub(crate) token_fd: Option<u16>,
}

/// How the prerequisites at the PBX are met.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "PBX")]
pub(crate) struct PrerequisiteArgs {
    /// How the prerequisites at the PBX are met: api, or manual (by hand, on record) [default: api]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "MODE")]
    pub(crate) prerequisites: Option<PrerequisiteArg>,
}

/// How the prerequisites at the PBX are met.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PrerequisiteArg {
    /// By this program
    Api,
    /// By hand
    Manual,
}

impl From<PrerequisiteArg> for PrerequisiteMode {
    fn from(mode: PrerequisiteArg) -> Self {
        match mode {
            PrerequisiteArg::Api => Self::Api,
            PrerequisiteArg::Manual => Self::Manual,
        }
    }
}

impl ApiArgs {
    /// As settings, with the password in a file not read yet.
    pub(crate) fn settings(&self) -> ApiSettings {
        ApiSettings {
            url: self.api_url.clone(),
            user: self.api_user.clone(),
            password: self.api_password_file.clone().map(Secret::File),
            ca_file: self.api_ca_file.clone(),
            certificate: self.api_certificate.clone(),
            timeout: None,
        }
    }
}

impl TokenSourceArgs {
    /// As settings, with the token not read yet.
    pub(crate) fn settings(&self) -> TokenSettings {
        let open = self.token_fd.map(|fd| format!("/dev/fd/{fd}").into());
        TokenSettings {
            token: self.token_file.clone().or(open).map(Secret::File),
            ..TokenSettings::default()
        }
    }
}
