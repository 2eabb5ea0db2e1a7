//! What can go wrong between here and the PBX.

use std::time::Duration;

use super::{
    certificate::{Distrust, ShownCertificate},
    session::Challenge,
};

/// A failed conversation with a PBX. `pbx` is the URL of its API.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PbxError {
    /// There is a user but no password.
    #[error("{pbx}: no password for user {user}")]
    PasswordNeeded {
        /// The PBX.
        pbx: String,
        /// The user.
        user: String,
    },

    /// The password was right; the PBX wants a code besides, which it has sent to the user.
    #[error("{}: the PBX demands a one-time code for user {}", .0.pbx, .0.user)]
    CodeNeeded(Challenge),

    /// The PBX did not let the user in.
    #[error("{pbx}: the PBX did not sign in user {user}: {said}")]
    SignIn {
        /// The PBX.
        pbx: String,
        /// The user.
        user: String,
        /// Its words.
        said: String,
    },

    /// The PBX did not take the one-time code.
    #[error("{pbx}: the PBX did not take the one-time code of user {user}: {said}")]
    WrongCode {
        /// The PBX.
        pbx: String,
        /// The user.
        user: String,
        /// Its words.
        said: String,
    },

    /// The PBX could not be reached.
    #[error("{pbx}: could not reach the PBX: {detail}")]
    Unreachable {
        /// The PBX.
        pbx: String,
        /// What happened.
        detail: String,
    },

    /// Who answered could not show that it is the PBX.
    #[error("{pbx}: the PBX's certificate is not trusted: {why}")]
    Certificate {
        /// The PBX.
        pbx: String,
        /// Why.
        why: Distrust,
        /// The certificate.
        certificate: ShownCertificate,
        /// What it says of itself, for people.
        lines: Vec<String>,
    },

    /// The file with the CA that is trusted can't be used.
    #[error("{file}: can't use it as CA file: {detail}")]
    CaFile {
        /// The file.
        file: String,
        /// Why not.
        detail: String,
    },

    /// This machine trusts no CA at all.
    #[error("{pbx}: this machine has no CA certificates to check the PBX's certificate with")]
    NoRoots {
        /// The PBX.
        pbx: String,
    },

    /// No answer in time.
    #[error("{pbx}: the PBX did not answer within {} s when asked to {doing}", after.as_secs_f32().ceil())]
    Slow {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// How long was waited.
        after: Duration,
    },

    /// The answer broke off, or did not begin.
    #[error("{pbx}: the PBX hung up when asked to {doing}: {detail}")]
    BrokeOff {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// How that was noticed.
        detail: String,
    },

    /// An answer that is not one of the PBX's API.
    #[error("{pbx}: the answer to \"{doing}\" is not one of a PBX's API: {detail}")]
    NotApi {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// What it is.
        detail: String,
    },

    /// The PBX refused.
    #[error("{pbx}: the PBX refused to {doing}: {said}")]
    Refused {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// Its words.
        said: String,
    },

    /// The PBX has had too many requests.
    #[error("{pbx}: the PBX takes no more requests for now when asked to {doing}{}", wait(*.after))]
    Throttled {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// How long it wants to be left alone, where it says so.
        after: Option<Duration>,
    },

    /// The PBX is not well.
    #[error("{pbx}: the PBX failed to {doing}: {said}")]
    Failing {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// Its words.
        said: String,
    },

    /// The answer to a change was lost: whether it was made is not known.
    #[error("{pbx}: the PBX was asked to {doing}, and whether it did is not known: {detail}")]
    Lost {
        /// The PBX.
        pbx: String,
        /// What was asked for.
        doing: String,
        /// What happened.
        detail: String,
    },

    /// The answer with a new token was lost: there may be one that nobody knows.
    #[error("{pbx}: the PBX was asked to generate a token, and its answer was lost: {detail}")]
    TokenLost {
        /// The PBX.
        pbx: String,
        /// What happened.
        detail: String,
    },

    /// The list of addresses holds what can't be judged.
    #[error("{pbx}: the PBX's whitelist can't be judged: {detail}")]
    List {
        /// The PBX.
        pbx: String,
        /// What it holds.
        detail: String,
    },

    /// The PBX no longer knows who this is, and a new sign-in needs the operator.
    #[error("{pbx}: the sign-in of user {user} has ended: {detail}")]
    Ended {
        /// The PBX.
        pbx: String,
        /// The user.
        user: String,
        /// Why it was not renewed.
        detail: String,
    },
}

fn wait(after: Option<Duration>) -> String {
    after.map_or_else(String::new, |after| {
        format!("; it asks to wait {} s", after.as_secs())
    })
}
