//! Reads fields as servers write them: a number may come as text, text as a number, and `null` is nothing.

use serde::{Deserialize, Deserializer, de::IgnoredAny};

#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    Other(IgnoredAny),
}

/// Text; empty where there is none.
pub(super) fn text<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    Ok(match Any::deserialize(field)? {
        Any::Text(text) => text,
        Any::Bool(yes) => yes.to_string(),
        Any::Unsigned(number) => number.to_string(),
        Any::Signed(number) => number.to_string(),
        Any::Float(number) => number.to_string(),
        Any::Other(_) => String::new(),
    })
}

/// A number that is not negative.
pub(super) fn number<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    Ok(match Any::deserialize(field)? {
        Any::Unsigned(number) => Some(number),
        // Cut to what a number of seconds or entries can be.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Any::Float(number) => Some(number as u64),
        Any::Text(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Yes or no; no where there is nothing.
pub(super) fn yes<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    Ok(match Any::deserialize(field)? {
        Any::Bool(yes) => yes,
        Any::Unsigned(number) => number != 0,
        Any::Text(text) => text.trim().eq_ignore_ascii_case("true") || text.trim() == "1",
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Read {
        #[serde(default, deserialize_with = "text")]
        text: String,
        #[serde(default, deserialize_with = "number")]
        number: Option<u64>,
        #[serde(default, deserialize_with = "yes")]
        yes: bool,
    }

    fn read(json: &str) -> (String, Option<u64>, bool) {
        let read: Read = serde_json::from_str(json).unwrap();
        (read.text, read.number, read.yes)
    }

    #[test]
    fn fields_are_read_in_the_forms_that_servers_give_them() {
        assert_eq!(
            read(r#"{"text":"a","number":7,"yes":true,"new":[1]}"#),
            ("a".into(), Some(7), true)
        );
        assert_eq!(
            read(r#"{"text":12345678901234567890,"number":" 7 ","yes":"True"}"#),
            ("12345678901234567890".into(), Some(7), true)
        );
        assert_eq!(
            read(r#"{"text":null,"number":null,"yes":null}"#),
            (String::new(), None, false)
        );
        assert_eq!(
            read(r#"{"text":{"a":1},"number":-7,"yes":[]}"#),
            (String::new(), None, false)
        );
        assert_eq!(
            read(r#"{"text":-1,"number":7.9,"yes":1}"#),
            ("-1".into(), Some(7), true)
        );
        assert_eq!(read("{}"), (String::new(), None, false));
    }
}
