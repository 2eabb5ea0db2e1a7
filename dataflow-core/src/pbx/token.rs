//! The token by which a Data Flow server is known to its PBX.

use secrecy::SecretString;
use serde::Deserialize;

use super::{Pbx, PbxError, ask::Ask, lenient};
use crate::spec::{ApiPath, Token};

#[derive(Deserialize)]
struct Read {
    #[serde(default, deserialize_with = "lenient::text")]
    token: String,
}

impl Pbx {
    /// Has the PBX draw a new token, which the one before it is no good after. `path` is below the API's URL; the vendor documents
    /// none.
    ///
    /// # Errors
    ///
    /// Where the PBX refuses, or its answer has no token. [`PbxError::TokenLost`] where the PBX may have drawn one that did not come
    /// through: another one has to be drawn then.
    pub async fn generate_token(&self, path: &ApiPath) -> Result<Token, PbxError> {
        let ask = Ask::post("generate a token", path.as_str().trim_start_matches('/'));
        let answer = match self.ask(&ask).await {
            Err(failed) if failed.maybe_done => {
                return Err(PbxError::TokenLost {
                    pbx: self.label().to_owned(),
                    detail: failed.detail(),
                });
            }
            answer => answer?,
        };
        let read: Read = answer.read(self.label(), ask.doing)?;
        Token::new(SecretString::from(read.token)).map_err(|_| PbxError::NotApi {
            pbx: self.label().to_owned(),
            doing: ask.doing.to_owned(),
            detail: "it has no token that can be used".to_owned(),
        })
    }
}
