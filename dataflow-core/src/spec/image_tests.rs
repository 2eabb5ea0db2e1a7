#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn references_fall_into_their_parts() {
    for (given, registry, path, tag, shown) in [
        (
            "portsip/pbx:22",
            "docker.io",
            "portsip/pbx",
            Some("22"),
            "portsip/pbx:22",
        ),
        (
            "portsip/pbx",
            "docker.io",
            "portsip/pbx",
            Some("latest"),
            "portsip/pbx:latest",
        ),
        (
            "docker.io/portsip/pbx:22",
            "docker.io",
            "portsip/pbx",
            Some("22"),
            "portsip/pbx:22",
        ),
        (
            "index.docker.io/debian",
            "docker.io",
            "library/debian",
            Some("latest"),
            "debian:latest",
        ),
        (
            "localhost/pbx:1",
            "localhost",
            "pbx",
            Some("1"),
            "localhost/pbx:1",
        ),
        (
            "127.0.0.1:5000/portsip/pbx:22.4",
            "127.0.0.1:5000",
            "portsip/pbx",
            Some("22.4"),
            "127.0.0.1:5000/portsip/pbx:22.4",
        ),
        (
            "r.example.com:5000/a/b__c/d--e.f",
            "r.example.com:5000",
            "a/b__c/d--e.f",
            Some("latest"),
            "r.example.com:5000/a/b__c/d--e.f:latest",
        ),
        (
            "[2001:db8::1]:5000/pbx:1",
            "[2001:db8::1]:5000",
            "pbx",
            Some("1"),
            "[2001:db8::1]:5000/pbx:1",
        ),
        (
            "[2001:db8::1]/pbx:1",
            "[2001:db8::1]",
            "pbx",
            Some("1"),
            "[2001:db8::1]/pbx:1",
        ),
    ] {
        let image: ImageRef = given.parse().unwrap();
        assert_eq!(
            (image.registry(), image.path(), image.tag()),
            (registry, path, tag),
            "{given}"
        );
        assert_eq!(image.to_string(), shown);
    }
}

#[test]
fn a_digest_alone_gets_no_tag() {
    let image: ImageRef = format!("portsip/pbx@{DIGEST}").parse().unwrap();
    assert_eq!((image.tag(), image.digest()), (None, Some(DIGEST)));
    let both: ImageRef = format!("portsip/pbx:22@{DIGEST}").parse().unwrap();
    assert_eq!(both.to_string(), format!("portsip/pbx:22@{DIGEST}"));
}

#[test]
fn other_text_is_refused() {
    let long_tag = format!("portsip/pbx:{}", "a".repeat(129));
    let long_name = "a".repeat(256);
    for given in [
        "",
        ":22",
        "portsip/",
        "/pbx",
        "portsip//pbx",
        "portsip/pbx:",
        "portsip/PBX:22",
        "portsip/pbx:-1",
        "portsip/pbx:a b",
        "portsip/pbx@sha256:12",
        "portsip/pbx@",
        "portsip/-pbx",
        "portsip/pbx_",
        "portsip/a..b",
        "portsip/a___b",
        "portsip/a._b",
        "r.example.com:port/pbx",
        "-r.example.com/pbx",
        "r..example.com/pbx",
        "[::1/pbx",
        "r.example.com:70000/pbx",
        "https://r.example.com/pbx",
        "portsip/pbx:22 ",
        "portsip/pbx:22\n",
        "pörtsip/pbx",
        &long_tag,
        &long_name,
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ] {
        assert!(given.parse::<ImageRef>().is_err(), "{given:?} was accepted");
    }
}

proptest! {
    #[test]
    fn any_text_is_parsed_without_a_panic(text in ".*") {
        let _ = text.parse::<ImageRef>();
    }

    #[test]
    fn what_is_shown_is_read_back_as_the_same(text in "([a-z]{1,5}(\\.[a-z]{1,3})?(:[0-9]{1,4})?/)?[a-z0-9._/-]{1,12}(:[a-zA-Z0-9._-]{1,6})?") {
        if let Ok(image) = text.parse::<ImageRef>() {
            prop_assert_eq!(image.to_string().parse::<ImageRef>().unwrap(), image);
        }
    }
}
