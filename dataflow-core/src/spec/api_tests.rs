#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::Explain;

fn said<T: FromStr<Err = SpecError>>(texts: &[&str]) -> String {
    let said = |text: &&str| match text.parse::<T>() {
        Ok(_) => format!("{text:?} is accepted"),
        Err(error) => format!("{error}\n  {}", error.next_step()),
    };
    texts.iter().map(said).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_address_with_https_is_taken_without_the_slash_at_its_end() {
    for (given, taken) in [
        (
            "https://172.31.16.133:8887/api",
            "https://172.31.16.133:8887/api",
        ),
        (
            "https://pbx.example.com/api/",
            "https://pbx.example.com/api",
        ),
        (
            "https://[2001:db8::1]:8887/api",
            "https://[2001:db8::1]:8887/api",
        ),
        ("https://pbx.example.com", "https://pbx.example.com"),
    ] {
        assert_eq!(given.parse::<ApiUrl>().unwrap().as_str(), taken);
    }
}

#[test]
fn without_an_address_the_api_is_at_the_pbx() {
    let at = |ip: &str| ApiUrl::of(ip.parse().unwrap()).to_string();
    assert_eq!(at("172.31.16.133"), "https://172.31.16.133:8887/api");
    assert_eq!(at("2001:db8::1"), "https://[2001:db8::1]:8887/api");
    assert!(at("2001:db8::1").parse::<ApiUrl>().is_ok());
}

#[test]
fn other_addresses_are_refused_and_a_password_in_one_is_not_repeated() {
    let said = said::<ApiUrl>(&[
        "http://172.31.16.133:8887/api",
        "172.31.16.133",
        "https://",
        "https:///api",
        "https://admin:canary@172.31.16.133/api",
        "https://pbx/api?x=1",
        "https://pbx/api#x",
        "https://pbx:0/api",
        "https://pbx:88870/api",
        "https://pbx:/api",
        "https://pbx/../api",
        "ftp://pbx",
        "https://p b x/",
        "",
    ]);
    assert!(!said.contains("canary"));
    assert_snapshot!(said);
}

#[test]
fn a_path_of_the_api_is_a_path_and_nothing_else() {
    assert_snapshot!(said::<ApiPath>(&[
        "/server/token",
        "server/token",
        "/",
        "//evil.example.com/x",
        "/server/token?x=1",
        "/server/../admin",
        "/server/token#x",
        "/server token",
        "https://evil.example.com/x",
    ]));
}

#[test]
fn a_certificate_is_known_by_its_sha256_as_openssh_writes_it() {
    let of_nothing = CertificateFingerprint::of(b"");
    assert_eq!(
        of_nothing.to_string(),
        "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
    );
    let padded = format!("{of_nothing}=");
    assert_eq!(
        padded.parse::<CertificateFingerprint>().unwrap(),
        of_nothing
    );
    for given in [
        "",
        "SHA256:",
        "47DEQpj8HBSa",
        "SHA1:47DEQpj8HBSa",
        "SHA256:e3:b0",
    ] {
        assert!(given.parse::<CertificateFingerprint>().is_err(), "{given}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = text.parse::<ApiUrl>();
        let _ = text.parse::<ApiPath>();
        let _ = text.parse::<CertificateFingerprint>();
        let _ = format!("https://{text}").parse::<ApiUrl>();
    }
}
