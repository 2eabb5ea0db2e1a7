//! An answer that is made once for all who ask, until what it tells has changed.

use std::sync::{Mutex, PoisonError};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// An answer in JSON, and the version of what it tells.
#[derive(Default)]
pub(crate) struct Cached(Mutex<Option<Held>>);

#[derive(Clone)]
struct Held {
    version: u64,
    text: Bytes,
    tag: HeaderValue,
}

impl Cached {
    /// The answer for this version: the one that is there, or one that is made now. Who has it already is told that nothing changed.
    pub(crate) fn answer(
        &self,
        version: u64,
        headers: &HeaderMap,
        make: impl FnOnce() -> Vec<u8>,
    ) -> Response {
        let held = self.held(version, make);
        let is_known = headers.get(header::IF_NONE_MATCH) == Some(&held.tag);
        let tag = [
            (header::ETAG, held.tag),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        if is_known {
            return (StatusCode::NOT_MODIFIED, tag).into_response();
        }
        (tag, super::json_text(held.text)).into_response()
    }

    fn held(&self, version: u64, make: impl FnOnce() -> Vec<u8>) -> Held {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = slot.as_ref().filter(|held| held.version == version) {
            return held.clone();
        }
        let text = make();
        let digest: String = Sha256::digest(&text)
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let held = Held {
            version,
            text: text.into(),
            tag: HeaderValue::from_str(&format!("\"{digest}\""))
                .unwrap_or(HeaderValue::from_static("\"\"")),
        };
        *slot = Some(held.clone());
        held
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn given_the_same_version_then_the_answer_is_made_once_and_who_has_it_is_told_so() {
        let (cached, nothing) = (Cached::default(), HeaderMap::new());
        let first = cached.answer(1, &nothing, || b"{}".to_vec());
        let again = cached.answer(1, &nothing, again_made);
        assert_eq!(first.headers()[header::ETAG], again.headers()[header::ETAG]);
        let mut knows = HeaderMap::new();
        knows.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        let known = cached.answer(1, &knows, again_made);
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let changed = cached.answer(2, &knows, || b"[]".to_vec());
        assert_eq!(changed.status(), StatusCode::OK);
        assert_ne!(
            first.headers()[header::ETAG],
            changed.headers()[header::ETAG]
        );
    }

    fn again_made() -> Vec<u8> {
        b"made again".to_vec()
    }
}
