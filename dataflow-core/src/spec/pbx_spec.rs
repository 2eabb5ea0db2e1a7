//! What a [`Spec`] says of the PBX and of the network between it and the server.

use super::{API_PORT, ApiAccess, ApiPath, PrerequisiteMode, Release, Spec, Token, TokenFile};
use crate::facts::Metadata;

/// What is said of the PBX, beside its address.
#[derive(Debug, Clone)]
pub(super) struct PbxSpec {
    api: Option<ApiAccess>,
    mode: PrerequisiteMode,
    to_pbx: Vec<u16>,
    from_pbx: Vec<u16>,
    token: Option<Token>,
    token_file: Option<TokenFile>,
    generate_path: Option<ApiPath>,
    metadata: Metadata,
    mismatch: bool,
}

impl Default for PbxSpec {
    fn default() -> Self {
        Self {
            api: None,
            mode: PrerequisiteMode::default(),
            to_pbx: vec![API_PORT],
            from_pbx: Vec::new(),
            token: None,
            token_file: None,
            generate_path: None,
            metadata: Metadata::default(),
            mismatch: false,
        }
    }
}

impl Spec {
    /// Sets who signs in to the PBX's REST API.
    #[must_use]
    pub fn with_api(mut self, access: ApiAccess) -> Self {
        self.at_pbx.api = Some(access);
        self
    }

    /// Sets how the prerequisites at the PBX are met.
    #[must_use]
    pub fn with_prerequisites(mut self, mode: PrerequisiteMode) -> Self {
        self.at_pbx.mode = mode;
        self
    }

    /// Sets the ports of the PBX that the server must reach.
    #[must_use]
    pub fn with_ports_to_pbx(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.at_pbx.to_pbx = ports.into_iter().collect();
        self
    }

    /// Sets the ports of the server that the PBX must reach.
    #[must_use]
    pub fn with_ports_from_pbx(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.at_pbx.from_pbx = ports.into_iter().collect();
        self
    }

    /// Sets the token by which the PBX knows the server.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.at_pbx.token = Some(token);
        self
    }

    /// Sets the file in which the service finds the token.
    #[must_use]
    pub fn with_token_file(mut self, name: TokenFile) -> Self {
        self.at_pbx.token_file = Some(name);
        self
    }

    /// Sets the path of the PBX's REST API that generates a token.
    #[must_use]
    pub fn with_generate_path(mut self, path: ApiPath) -> Self {
        self.at_pbx.generate_path = Some(path);
        self
    }

    /// Sets how AWS is asked what the server is.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Metadata) -> Self {
        self.at_pbx.metadata = metadata;
        self
    }

    /// Sets whether the service's version may be another than the PBX's.
    #[must_use]
    pub fn with_mismatch(mut self, mismatch: bool) -> Self {
        self.at_pbx.mismatch = mismatch;
        self
    }

    /// Who signs in to the PBX's REST API, if somebody does.
    #[must_use]
    pub fn api(&self) -> Option<&ApiAccess> {
        self.at_pbx.api.as_ref()
    }

    /// How the prerequisites at the PBX are met.
    #[must_use]
    pub fn prerequisites(&self) -> PrerequisiteMode {
        self.at_pbx.mode
    }

    /// The ports of the PBX that the server must reach.
    #[must_use]
    pub fn ports_to_pbx(&self) -> &[u16] {
        &self.at_pbx.to_pbx
    }

    /// The ports of the server that the PBX must reach.
    #[must_use]
    pub fn ports_from_pbx(&self) -> &[u16] {
        &self.at_pbx.from_pbx
    }

    /// The token by which the PBX knows the server, where one is given.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        self.at_pbx.token.as_ref()
    }

    /// The absolute path, on the server, of the file in which the service finds the token, where that is known.
    #[must_use]
    pub fn token_file(&self) -> Option<String> {
        let name = self.at_pbx.token_file.as_ref()?;
        let directory = Release::portsip().service_directory;
        Some(self.data_path().join(&format!("{directory}/{name}")))
    }

    /// The path of the PBX's REST API that generates a token, where it is known.
    #[must_use]
    pub fn generate_path(&self) -> Option<&ApiPath> {
        self.at_pbx.generate_path.as_ref()
    }

    /// How AWS is asked what the server is.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.at_pbx.metadata
    }

    /// Whether the service's version may be another than the PBX's.
    #[must_use]
    pub fn allows_mismatch(&self) -> bool {
        self.at_pbx.mismatch
    }
}
