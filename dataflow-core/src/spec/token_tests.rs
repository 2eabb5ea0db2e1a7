#![allow(clippy::unwrap_used)]

use super::*;
use crate::Explain;

#[test]
fn a_fingerprint_is_the_beginning_of_what_sha256sum_shows() {
    // printf abc | sha256sum
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let abc = Token::new("abc".into()).unwrap().fingerprint();
    assert_eq!(TokenFingerprint::of_digest(digest), Some(abc));
    for other in ["", "ba7816bf8f01", &digest.to_uppercase()] {
        assert_eq!(TokenFingerprint::of_digest(other), None, "{other}");
    }
}

#[test]
fn what_cannot_be_a_token_is_refused_and_not_repeated() {
    for given in [
        "",
        "canary one",
        "canary\n",
        "canary\u{e4}",
        &"canary".repeat(1000),
    ] {
        let error = Token::new(given.into()).unwrap_err();
        let said = format!("{error} {} {error:?}", error.next_step());
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn a_fingerprint_is_twelve_digits_however_it_comes() {
    for given in [
        "",
        "ba7816bf8f0",
        "ba7816bf8f01c",
        "BA7816BF8F01",
        "ba7816bf8f0\u{e4}",
    ] {
        assert!(given.parse::<TokenFingerprint>().is_err(), "{given}");
        assert!(serde_json::from_str::<TokenFingerprint>(&format!("{given:?}")).is_err());
    }
    let read: TokenFingerprint = serde_json::from_str("\"ba7816bf8f01\"").unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), "\"ba7816bf8f01\"");
}

#[test]
fn a_token_is_no_text_of_any_message() {
    let token = Token::new("canary".into()).unwrap();
    assert!(!format!("{token:?}").contains("canary"));
}

#[test]
fn the_files_name_is_a_name_and_not_that_of_the_services_settings() {
    for given in ["token", "dataflow.token", "t_1-a"] {
        assert_eq!(given.parse::<TokenFile>().unwrap().as_str(), given);
    }
    for given in [
        "",
        ".",
        "..",
        ".token",
        "a/b",
        "/token",
        "a b",
        "to\nken",
        "system.ini",
        &"a".repeat(256),
    ] {
        assert!(given.parse::<TokenFile>().is_err(), "{given:?}");
    }
}
