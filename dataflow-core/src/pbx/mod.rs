//! A PBX's REST API: its whitelist, its version, and the token that it gives to its Data Flow server.
//!
//! No field, header or path is used beyond what the vendor documents. What is read may be more or less than that.

mod ask;
mod certificate;
mod cidr;
mod entries;
mod error;
mod explain;
mod failed;
mod filter;
mod lenient;
mod link;
mod retry;
mod said;
mod seen;
mod session;
mod token;
mod trust;
mod verifier;
mod version;
pub mod whitelist;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use reqwest::StatusCode;
use secrecy::SecretString;
use tokio::{sync::Mutex, time::Instant};

use ask::{Answer, Ask};
pub use certificate::{Distrust, ShownCertificate};
pub use cidr::Cidr;
pub use error::PbxError;
use failed::Failed;
pub use filter::{IpFilter, NewFilter, OURS, Target};
use link::Link;
pub use seen::{PbxSeen, Seen};
pub use session::Challenge;
use session::Session;
pub use version::PbxVersion;

use crate::spec::ApiAccess;

/// For how long the PBX is given to end a sign-in.
const GOODBYE: Duration = Duration::from_secs(2);

/// A PBX to which somebody is signed in. Cheap to clone; all clones share the sign-in, which renews itself.
#[derive(Clone)]
pub struct Pbx {
    inner: Arc<Inner>,
}

struct Inner {
    link: Link,
    access: ApiAccess,
    session: Mutex<Session>,
}

/// What there is of a PBX, for those who work on a server.
#[derive(Debug, Clone, Default)]
pub enum PbxLink {
    /// Nobody gave a user for it.
    #[default]
    None,
    /// It can be asked.
    Ready(Pbx),
    /// It can't, and this is why.
    Failed(PbxError),
}

impl Pbx {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// [`PbxError::PasswordNeeded`] where `access` has none, [`PbxError::CodeNeeded`] where the PBX wants a one-time code, which
    /// goes to [`Pbx::verify`]; and whatever else stands between here and the PBX.
    pub async fn sign_in(access: &ApiAccess) -> Result<Self, PbxError> {
        Self::sign_in_at(access, retry::PACE).await
    }

    async fn sign_in_at(access: &ApiAccess, pace: Duration) -> Result<Self, PbxError> {
        let link = Link::new(access, pace).await?;
        let session = session::sign_in(&link, access, 0).await?;
        Ok(Self::new(link, access, session))
    }

    /// Finishes a sign-in with the code that the PBX has sent to the user.
    ///
    /// # Errors
    ///
    /// [`PbxError::WrongCode`] where the PBX does not take it; and what [`Pbx::sign_in`] fails with.
    pub async fn verify(
        access: &ApiAccess,
        challenge: Challenge,
        code: &SecretString,
    ) -> Result<Self, PbxError> {
        let link = Link::new(access, retry::PACE).await?;
        let session = session::verify(&link, &challenge, code).await?;
        Ok(Self::new(link, access, session))
    }

    fn new(link: Link, access: &ApiAccess, session: Session) -> Self {
        Self {
            inner: Arc::new(Inner {
                link,
                access: access.clone(),
                session: Mutex::new(session),
            }),
        }
    }

    /// The URL of its API, as messages name it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.inner.link.pbx
    }

    /// Ends the sign-in, for all clones. A PBX that does not answer at once is left alone: the tokens end by themselves.
    pub async fn sign_out(self) {
        let _ = tokio::time::timeout(GOODBYE, async {
            let access = self.inner.session.lock().await.access.clone();
            let ask = Ask::post("sign out", "auth/sign_out");
            self.inner.link.ask(&ask, Some(&access)).await
        })
        .await;
    }

    /// The PBX's version.
    ///
    /// # Errors
    ///
    /// Where it does not answer as documented.
    pub async fn version(&self) -> Result<PbxVersion, PbxError> {
        let ask = Ask::get("tell its version", "admin/status");
        let answer = self.ask(&ask).await?;
        let read: version::Read = answer.read(self.label(), ask.doing)?;
        Ok(PbxVersion::read(&read.version))
    }

    /// Asks as the user who is signed in. A sign-in that has ended meanwhile is renewed, once.
    async fn ask(&self, ask: &Ask<'_>) -> Result<Answer, Failed> {
        let link = &self.inner.link;
        let (access, serial) = self.access_token(None).await?;
        let mut used = access;
        let mut answer = link.ask(ask, Some(&used)).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            // Who is not known has changed nothing, so that it can be asked again.
            (used, _) = self.access_token(Some(serial)).await?;
            answer = link.ask(ask, Some(&used)).await?;
        }
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(PbxError::Refused {
            pbx: link.pbx.clone(),
            doing: ask.doing.to_owned(),
            status: answer.status.as_u16(),
            said: link.said(ask, Some(&used), &answer),
        }
        .into())
    }

    /// A token that can be used, and which one it is. `refused` is one that the PBX no longer takes.
    async fn access_token(&self, refused: Option<u64>) -> Result<(SecretString, u64), PbxError> {
        let Inner {
            link,
            access,
            session,
        } = &*self.inner;
        let mut session = session.lock().await;
        if let Some(why) = &session.over {
            return Err(why.clone());
        }
        let ends = session.renew_at.is_some_and(|time| time <= Instant::now());
        if ends || refused == Some(session.serial) {
            *session = match session::refresh(link, &session).await? {
                Some(renewed) => renewed,
                None => match self.sign_in_again(access, session.serial).await {
                    Ok(renewed) => renewed,
                    Err(error) => {
                        // A password that was refused once is not tried again and again: that locks the user out.
                        if matches!(error, PbxError::SignIn { .. } | PbxError::Ended { .. }) {
                            session.over = Some(error.clone());
                        }
                        return Err(error);
                    }
                },
            };
        }
        Ok((session.access.clone(), session.serial))
    }

    async fn sign_in_again(&self, access: &ApiAccess, serial: u64) -> Result<Session, PbxError> {
        let link = &self.inner.link;
        match session::sign_in(link, access, serial + 1).await {
            Err(PbxError::CodeNeeded(challenge)) => Err(PbxError::Ended {
                pbx: link.pbx.clone(),
                user: challenge.user,
                detail: "a new one needs a one-time code".to_owned(),
            }),
            signed_in => signed_in,
        }
    }
}

impl fmt::Debug for Pbx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pbx").field(&self.label()).finish()
    }
}
