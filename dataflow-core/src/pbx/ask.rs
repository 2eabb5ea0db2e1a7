//! What is asked of the PBX, and what it answers.

use reqwest::StatusCode;
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};

use super::{error::PbxError, said};

/// One thing that is asked.
pub(super) struct Ask<'a> {
    /// What it is, as in "the PBX refused to ...".
    pub(super) doing: &'static str,
    /// Below the API's URL.
    pub(super) path: Vec<&'a str>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) post: bool,
    pub(super) body: Option<Vec<u8>>,
    /// Whether to ask it twice comes to the same as to ask it once.
    pub(super) repeatable: bool,
    /// What may not be seen where the PBX repeats it.
    pub(super) secrets: Vec<&'a SecretString>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(doing: &'static str, path: &'a str) -> Self {
        Self {
            doing,
            path: path.split('/').collect(),
            query: Vec::new(),
            post: false,
            body: None,
            repeatable: true,
            secrets: Vec::new(),
        }
    }

    /// A change. Not repeated where it may have been made.
    pub(super) fn post(doing: &'static str, path: &'a str) -> Self {
        Self {
            post: true,
            repeatable: false,
            ..Self::get(doing, path)
        }
    }

    pub(super) fn body(mut self, body: &impl Serialize) -> Self {
        // Plain structs of ours: nothing in them can fail to be written.
        self.body = serde_json::to_vec(body).ok();
        self
    }

    pub(super) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(super) fn hiding(mut self, secret: &'a SecretString) -> Self {
        self.secrets.push(secret);
        self
    }
}

/// One answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// What is in it. What it says is never quoted: it may hold a secret.
    pub(super) fn read<T: DeserializeOwned>(&self, pbx: &str, doing: &str) -> Result<T, PbxError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let detail = if self.body.is_empty() {
                "it is empty".to_owned()
            } else if said::is_page(&self.body) {
                "it is a web page (HTML)".to_owned()
            } else if error.is_data() {
                format!(
                    "it is JSON, but not as documented (line {}, column {})",
                    error.line(),
                    error.column()
                )
            } else if error.is_eof() {
                "it breaks off".to_owned()
            } else {
                "it is no JSON".to_owned()
            };
            PbxError::NotApi {
                pbx: pbx.to_owned(),
                doing: doing.to_owned(),
                detail,
            }
        })
    }
}
