//! The PBX's own words about what it does not do.

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::lenient;
use crate::host::shown;

/// How many of the errors in an answer are told.
const TOLD: usize = 3;
/// The most characters of each.
const LONGEST: usize = 300;

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "lenient::text")]
    code: String,
    #[serde(default, deserialize_with = "lenient::text")]
    message: String,
    #[serde(default, deserialize_with = "lenient::text")]
    detail: String,
}

/// The errors in an answer, for people: bounded, escaped, without the secrets that were sent; else the status.
pub(super) fn said(status: StatusCode, body: &[u8], secrets: &[&SecretString]) -> String {
    let status = format!("HTTP {}", status.as_u16());
    if is_page(body) {
        return format!("{status} with a web page (HTML)");
    }
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        return status;
    };
    let told: Vec<String> = errors
        .iter()
        .take(TOLD)
        .map(|entry| entry.told(secrets))
        .filter(|told| !told.is_empty())
        .collect();
    if told.is_empty() {
        status
    } else {
        format!("{} ({status})", told.join("; "))
    }
}

impl Entry {
    fn told(&self, secrets: &[&SecretString]) -> String {
        let clean = |text: &str| clean(text, secrets);
        let (message, detail, code) =
            (clean(&self.message), clean(&self.detail), clean(&self.code));
        let mut told = message;
        if !detail.is_empty() && detail != told {
            told = if told.is_empty() {
                detail
            } else {
                format!("{told}: {detail}")
            };
        }
        match (told.is_empty(), code.is_empty()) {
            (_, true) => told,
            (true, false) => code,
            (false, false) => format!("{told} [{code}]"),
        }
    }
}

/// Without secrets before it is cut, so that no half of one is left.
fn clean(text: &str, secrets: &[&SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(|secret| secret.expose_secret()) {
        if !secret.is_empty() {
            text = text.replace(secret, "[hidden]");
        }
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("...");
    }
    shown(text.as_bytes())
}

/// Whether an answer is a page for people.
pub(super) fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(body: &str) -> String {
        said(
            StatusCode::BAD_REQUEST,
            body.as_bytes(),
            &[&"s3cret".into()],
        )
    }

    #[test]
    fn errors_are_told_in_the_pbxs_words() {
        let all = [
            r#"{"errors":[{"code":"E1","message":"No.","detail":"Really no."}]}"#,
            r#"{"errors":[{"code":17,"message":"No.","detail":"No."}]}"#,
            r#"{"errors":[{"code":"E1"},{"message":"x s3cret y"},{"detail":null,"more":1}]}"#,
            r#"{"errors":[{"message":"\u001b[2Jred\nnext"}]}"#,
            r#"{"errors":[]}"#,
            r#"{"errors":"none"}"#,
            r#"{"error":"s3cret"}"#,
            "<html>s3cret",
            "",
        ]
        .map(of);
        insta::assert_snapshot!(all.join("\n"), @r"
        No.: Really no. [E1] (HTTP 400)
        No. [17] (HTTP 400)
        E1; x [hidden] y (HTTP 400)
        \u{1b}[2Jred | next (HTTP 400)
        HTTP 400
        HTTP 400
        HTTP 400
        HTTP 400 with a web page (HTML)
        HTTP 400
        ");
    }

    #[test]
    fn a_secret_at_the_place_of_the_cut_is_not_left_in_halves() {
        let long = format!(
            r#"{{"errors":[{{"message":"{}s3cret"}}]}}"#,
            "x".repeat(LONGEST - 3)
        );
        assert!(!of(&long).contains("s3c"), "{}", of(&long));
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_short_clean_and_without_the_secret(
            before in "\\PC{0,400}",
            after in "\\PC{0,400}",
            status in 100_u16..1000,
        ) {
            let secret: SecretString = "s3cret".into();
            let message = format!("{before}s3cret{after}");
            let body = serde_json::json!({"errors": [{"code": message, "message": message, "detail": message}]});
            let told = said(StatusCode::from_u16(status).unwrap(), body.to_string().as_bytes(), &[&secret]);
            prop_assert!(!told.contains("s3cret"));
            prop_assert!(!told.chars().any(char::is_control));
            prop_assert!(told.chars().count() < 5000);
        }

        #[test]
        fn any_bytes_are_an_answer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = said(StatusCode::BAD_REQUEST, &body, &[]);
        }
    }
}
