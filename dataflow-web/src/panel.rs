//! The panel: what all requests share.

use std::{path::Path, sync::Arc};

use dataflow_core::Kind;

use crate::{
    account::{Accounts, Audit, Hasher, Sessions, Throttle},
    args::Serve,
    ending::Ending,
    fleet::Fleet,
    live::Live,
    names::Names,
    runs::Runs,
};

/// What all requests share.
pub(crate) struct Panel {
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Sessions,
    pub(crate) throttle: Throttle,
    pub(crate) hasher: Hasher,
    pub(crate) audit: Audit,
    pub(crate) fleet: Fleet,
    pub(crate) live: Live,
    pub(crate) runs: Runs,
    /// Raised when it is to end.
    pub(crate) ending: Ending,
    /// The names under which it may be reached.
    pub(crate) names: Names,
    /// Whether it is reached over TLS.
    pub(crate) secure: bool,
}

/// Cheap to clone.
pub(crate) type Shared = Arc<Panel>;

/// Why the panel can't start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// A file or directory, what could not be done with it, and why.
    #[error("{what} {path}: {reason}")]
    File {
        /// What could not be done.
        what: &'static str,
        /// With which file or directory.
        path: String,
        /// Why.
        reason: String,
    },
    /// The settings file is wrong.
    #[error("{0}")]
    Settings(#[from] dataflow_core::spec::SpecError),
    /// The users file is wrong.
    #[error("{0}")]
    Accounts(#[from] crate::account::AccountError),
    /// TLS can't be set up.
    #[error("TLS: {0}")]
    Tls(String),
    /// The machine lets it down.
    #[error("{0}")]
    Machine(String),
}

impl StartError {
    pub(crate) fn file(what: &'static str, path: &Path, reason: impl ToString) -> Self {
        Self::File {
            what,
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }

    /// The sort of failure, which the exit code tells.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Settings(_) => Kind::Usage,
            _ => Kind::Failed,
        }
    }
}

impl Panel {
    /// Reads what is kept, and begins to look after the servers of the settings file.
    ///
    /// # Errors
    /// Where a file can't be read, or says what makes no sense.
    pub(crate) fn open(serve: &Serve, secure: bool) -> Result<Shared, StartError> {
        let state = &serve.state;
        make_state(state)?;
        let audit = Audit::open(state)
            .map_err(|error| StartError::file("cannot open the audit in", state, error))?;
        Ok(Arc::new(Self {
            accounts: Accounts::open(state)?,
            sessions: Sessions::default(),
            throttle: Throttle::default(),
            hasher: Hasher::new().map_err(StartError::Machine)?,
            audit,
            fleet: Fleet::open(&serve.config)?,
            live: Live::new(),
            runs: Runs::new(),
            ending: Ending::new(),
            names: Names::new(&serve.names),
            secure,
        }))
    }
}

/// Makes the state directory for its owner alone, and refuses one that others can look into.
fn make_state(state: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    let failed = |error| StartError::file("cannot make the state directory", state, error);
    if let Some(parent) = state.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    match std::fs::DirBuilder::new().mode(0o700).create(state) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed(error));
        }
        _ => {}
    }
    let mode = std::fs::metadata(state).map_err(failed)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(StartError::file(
            "others can look into the state directory",
            state,
            format!("its mode is {mode:o}; chmod 700 {}", state.display()),
        ));
    }
    Ok(())
}
