//! Being signed in: tokens, and how new ones are had.

use std::{fmt, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    ask::{Answer, Ask},
    error::PbxError,
    failed::Failed,
    lenient,
    link::Link,
};
use crate::spec::ApiAccess;

/// How long before its end an access token is renewed, where it lasts much longer than that.
const AHEAD: Duration = Duration::from_secs(60);

/// A sign-in that lacks a one-time code.
#[derive(Clone)]
pub struct Challenge {
    pub(super) pbx: String,
    pub(super) user: String,
    token: SecretString,
}

impl Challenge {
    /// The URL of the PBX's API.
    #[must_use]
    pub fn pbx(&self) -> &str {
        &self.pbx
    }

    /// The user to whom the PBX has sent a code.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("pbx", &self.pbx)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// What a signed-in user has.
pub(super) struct Session {
    pub(super) access: SecretString,
    refresh: Option<SecretString>,
    /// When the access token is renewed, where the PBX said how long it lasts.
    pub(super) renew_at: Option<Instant>,
    /// Which one it is, so that it is told apart from the one before.
    pub(super) serial: u64,
    /// Why there can be no new one.
    pub(super) over: Option<PbxError>,
}

#[derive(Serialize)]
struct SignIn<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Verify<'a> {
    token: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Refresh<'a> {
    refresh_token: &'a str,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default, deserialize_with = "lenient::yes")]
    two_factor_enabled: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    token: String,
    #[serde(default, deserialize_with = "lenient::text")]
    access_token: String,
    #[serde(default, deserialize_with = "lenient::text")]
    refresh_token: String,
    #[serde(default, deserialize_with = "lenient::number")]
    expires_in: Option<u64>,
}

const SIGN_IN: &str = "sign in";

/// As a system administrator: without a domain.
pub(super) async fn sign_in(
    link: &Link,
    access: &ApiAccess,
    serial: u64,
) -> Result<Session, PbxError> {
    let Some(password) = &access.password else {
        return Err(PbxError::PasswordNeeded {
            pbx: link.pbx.clone(),
            user: access.user.clone(),
        });
    };
    // Another session is no harm, and a wrong password is not asked again.
    let ask = Ask::post(SIGN_IN, "auth/sign_in")
        .body(&SignIn {
            username: &access.user,
            password: password.expose_secret(),
        })
        .hiding(password)
        .repeatable();
    let answer = link.ask(&ask, None).await?;
    if !answer.status.is_success() {
        let said = link.said(&ask, None, &answer);
        return Err(if answer.status == reqwest::StatusCode::NOT_FOUND {
            not_api(link, &said)
        } else {
            PbxError::SignIn {
                pbx: link.pbx.clone(),
                user: access.user.clone(),
                said,
            }
        });
    }
    let given: Given = answer.read(&link.pbx, SIGN_IN)?;
    if given.two_factor_enabled {
        return Err(PbxError::CodeNeeded(Challenge {
            pbx: link.pbx.clone(),
            user: access.user.clone(),
            token: given.token.into(),
        }));
    }
    session(link, given, None, serial)
}

/// The second half of a sign-in. A code is good for once, so this is not repeated.
pub(super) async fn verify(
    link: &Link,
    challenge: &Challenge,
    code: &SecretString,
) -> Result<Session, PbxError> {
    let code: SecretString = code.expose_secret().trim().into();
    let ask = Ask::post("take the one-time code", "auth/verify_otp")
        .body(&Verify {
            token: challenge.token.expose_secret(),
            code: code.expose_secret(),
        })
        .hiding(&challenge.token)
        .hiding(&code);
    let answer = link.ask(&ask, None).await?;
    if !answer.status.is_success() {
        return Err(PbxError::WrongCode {
            pbx: link.pbx.clone(),
            user: challenge.user.clone(),
            said: link.said(&ask, None, &answer),
        });
    }
    session(link, answer.read(&link.pbx, ask.doing)?, None, 0)
}

/// A new access token, for which the PBX takes a token rather than the password.
pub(super) async fn refresh(link: &Link, old: &Session) -> Result<Option<Session>, Failed> {
    let Some(token) = &old.refresh else {
        return Ok(None);
    };
    let ask = Ask::post("renew the sign-in", "auth/refresh_token")
        .body(&Refresh {
            refresh_token: token.expose_secret(),
        })
        .hiding(token);
    let answer: Answer = link.ask(&ask, None).await?;
    if !answer.status.is_success() {
        return Ok(None);
    }
    let given = answer.read(&link.pbx, ask.doing)?;
    // A PBX that gives no new refresh token lets the old one be used on.
    Ok(Some(session(link, given, Some(token), old.serial + 1)?))
}

fn session(
    link: &Link,
    given: Given,
    refresh: Option<&SecretString>,
    serial: u64,
) -> Result<Session, PbxError> {
    let usable =
        |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !usable(&given.access_token) {
        return Err(not_api(link, "it has no access token"));
    }
    let renew_at = given
        .expires_in
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        // A token that is to last for centuries is not renewed ahead of its end.
        .and_then(|lasts| Instant::now().checked_add(lasts - AHEAD.min(lasts / 4)));
    Ok(Session {
        access: given.access_token.into(),
        refresh: if usable(&given.refresh_token) {
            Some(given.refresh_token.into())
        } else {
            refresh.cloned()
        },
        renew_at,
        serial,
        over: None,
    })
}

fn not_api(link: &Link, detail: &str) -> PbxError {
    PbxError::NotApi {
        pbx: link.pbx.clone(),
        doing: SIGN_IN.to_owned(),
        detail: detail.to_owned(),
    }
}
