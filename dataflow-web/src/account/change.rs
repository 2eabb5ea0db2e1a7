//! What an administrator does to accounts, each on record before it is done.

use std::time::Duration;

use super::{AccountError, Role, Secret};
use crate::{guard::Caller, panel::Panel, refusal::Refusal};

/// How long a link for a user can be followed.
const LINK: Duration = Duration::from_secs(24 * 60 * 60);

impl Panel {
    /// Makes a link with which somebody of that name chooses a password: a new user, or one who forgot theirs.
    pub(crate) async fn invite(
        &self,
        caller: &Caller,
        name: &str,
        role: Role,
    ) -> Result<Secret, Refusal> {
        self.record(caller, &format!("invited as {}", role.name()), name)
            .await?;
        let invited = self.accounts.invite(Some(name.to_owned()), role, LINK);
        invited.await.map_err(Refusal::from)
    }

    /// Gives a user another role.
    pub(crate) async fn set_role(
        &self,
        caller: &Caller,
        name: &str,
        role: Role,
    ) -> Result<(), Refusal> {
        self.record(caller, &format!("made {}", role.name()), name)
            .await?;
        self.accounts.set_role(name, role).await?;
        Ok(())
    }

    /// Takes a user away, and ends their sessions.
    pub(crate) async fn remove_user(&self, caller: &Caller, name: &str) -> Result<(), Refusal> {
        self.record(caller, "removed the user", name).await?;
        self.accounts.remove_user(name).await?;
        self.sessions.end_of(name, None);
        Ok(())
    }

    /// Makes a token for a program.
    pub(crate) async fn make_token(
        &self,
        caller: &Caller,
        name: &str,
        role: Role,
    ) -> Result<Secret, Refusal> {
        let what = format!("made a token with the role {}", role.name());
        self.record(caller, &what, name).await?;
        let made = self.accounts.make_token(name, role, &caller.name);
        made.await.map_err(Refusal::from)
    }

    /// Takes a token away.
    pub(crate) async fn remove_token(&self, caller: &Caller, name: &str) -> Result<(), Refusal> {
        self.record(caller, "removed the token", name).await?;
        self.accounts.remove_token(name).await?;
        Ok(())
    }

    /// Puts it on record. What can't be recorded is not done.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        what: &str,
        to: &str,
    ) -> Result<(), Refusal> {
        let recorded = self
            .audit
            .record(&caller.name, caller.address, what, Some(to));
        recorded
            .await
            .map_err(|error| Refusal::not_recorded(&error))
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match &error {
            AccountError::File { .. } => Self::Failed(format!("{error}.")),
            AccountError::Name => Self::Invalid(format!("{error}.")),
            AccountError::Missing(name) => Self::Missing(name.clone()),
            AccountError::Taken(_)
            | AccountError::LastAdministrator
            | AccountError::Full
            | AccountError::Invitation => Self::Conflict(format!("{error}.")),
        }
    }
}
