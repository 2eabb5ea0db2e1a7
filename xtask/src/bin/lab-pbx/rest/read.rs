//! Reads what a client sent: a JSON body, or query options.

use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::answer::Refused;

/// The body, which has to be JSON and to say so.
pub(super) fn body<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refused> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next());
    if kind.map(str::trim) != Some("application/json") {
        return Err(Refused::unknown(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is not application/json",
        ));
    }
    // Fields in a list, without their names, would be read too.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refused::invalid("body", "is no object"));
    }
    serde_json::from_slice(body).map_err(|error| Refused::invalid("body", error.to_string()))
}

/// The query options, of which each may be given once.
pub(super) fn query(text: Option<&str>, known: &[&str]) -> Result<Vec<(String, String)>, Refused> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(
        &format!("/?{}", text.unwrap_or_default())
            .parse()
            .map_err(|_| Refused::invalid("query", "no query"))?,
    )
    .map_err(|error| Refused::invalid("query", error.to_string()))?
    .0;
    for (index, (name, _)) in pairs.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            return Err(Refused::invalid(name, "no such query option"));
        }
        if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(Refused::invalid(name, "given twice"));
        }
    }
    Ok(pairs)
}

/// A text of so many characters.
pub(super) fn text(field: &str, text: &str, least: usize, most: usize) -> Result<(), Refused> {
    let length = text.chars().count();
    if (least..=most).contains(&length) {
        Ok(())
    } else {
        Err(Refused::invalid(
            field,
            format!("has {length} characters, of {least} to {most}"),
        ))
    }
}
