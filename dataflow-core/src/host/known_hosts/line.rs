//! One line of a known_hosts file, in the format of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::super::pattern::{fits_any_case, list_includes};

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a line says of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// It is that of the hosts named.
    Host,
    /// It must never be accepted for the hosts named.
    Revoked,
    /// It is that of an authority whose certificates are good for the hosts named.
    Authority,
}

/// A line that says something of a host key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) marker: Marker,
    pub(super) hosts: Hosts<'a>,
    pub(super) key_type: &'a str,
    pub(super) key: Vec<u8>,
}

/// The hosts that a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hosts<'a> {
    Patterns(&'a str),
    Hashed { salt: Vec<u8>, hash: Vec<u8> },
}

/// Reads a line; `None` for comments, blank and malformed lines.
pub(super) fn parse(text: &str) -> Option<Line<'_>> {
    let text = text.trim();
    if text.starts_with('#') {
        return None;
    }
    let mut words = text.split_ascii_whitespace();
    let mut first = words.next()?;
    let marker = match first {
        "@revoked" => Marker::Revoked,
        "@cert-authority" => Marker::Authority,
        marker if marker.starts_with('@') => return None,
        _ => Marker::Host,
    };
    if marker != Marker::Host {
        first = words.next()?;
    }
    let hosts = match first.strip_prefix('|') {
        None => Hosts::Patterns(first),
        Some(hashed) => {
            let (salt, hash) = hashed.strip_prefix("1|")?.split_once('|')?;
            Hosts::Hashed {
                salt: BASE64.decode(salt).ok()?,
                hash: BASE64.decode(hash).ok()?,
            }
        }
    };
    let (key_type, key) = parse_key(words.next()?, words.next()?)?;
    Some(Line {
        marker,
        hosts,
        key_type,
        key,
    })
}

/// A key from its type and its base64; `None` where the two do not agree.
pub(super) fn parse_key<'a>(key_type: &'a str, base64: &str) -> Option<(&'a str, Vec<u8>)> {
    let key = BASE64.decode(base64).ok()?;
    // The key begins with its type as a string with a length of four bytes in front (RFC 4253,
    // 6.6).
    let (length, rest) = key.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    (rest.get(..length)? == key_type.as_bytes()).then_some((key_type, key))
}

/// A name hashed as `HashKnownHosts` does, with a salt.
pub(super) fn hashed(name: &str, salt: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(salt).ok()?;
    mac.update(name.as_bytes());
    let hash = mac.finalize().into_bytes();
    Some(format!(
        "|1|{}|{}",
        STANDARD.encode(salt),
        STANDARD.encode(hash)
    ))
}

impl Hosts<'_> {
    /// Whether the line is about the host of this name (see
    /// [`known_hosts_name`](crate::host::SshAddress::known_hosts_name)).
    pub(super) fn include(&self, name: &str) -> bool {
        match self {
            Self::Hashed { salt, hash } => {
                Hmac::<Sha1>::new_from_slice(salt).is_ok_and(|mut mac| {
                    mac.update(name.as_bytes());
                    mac.verify_slice(hash).is_ok()
                })
            }
            Self::Patterns(patterns) => list_includes(patterns, name, fits_any_case),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    pub(crate) const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    fn includes(hosts: &str, name: &str) -> bool {
        parse(&format!("{hosts} {ED25519}"))
            .unwrap()
            .hosts
            .include(name)
    }

    #[test]
    fn patterns_match_as_openssh_says() {
        for (hosts, name, wanted) in [
            ("host", "host", true),
            ("host", "hosts", false),
            ("HOST", "host", true),
            ("a,host,b", "host", true),
            ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false),
            ("10.0.0.?", "10.0.0.7", true),
            ("10.0.0.?", "10.0.0.77", false),
            ("*", "anything", true),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "xaxxbx", false),
            ("*,!bad.example.org", "bad.example.org", false),
            ("!bad.example.org,*", "good.example.org", true),
            ("!bad.example.org", "good.example.org", false),
            ("[host]:2222", "[host]:2222", true),
            ("[host]:2222", "host", false),
            ("host", "[host]:2222", false),
            ("[2001:db8::1]:2222", "[2001:db8::1]:2222", true),
            ("2001:db8::1", "2001:db8::1", true),
            // `ssh-keygen -H` made this from `example.org`.
            (
                "|1|kRjDUwmAGdlbtfyMNgNcKhNGABc=|DGDsEKuPBEnMLEDJPDiKxwiSVfk=",
                "other.org",
                false,
            ),
        ] {
            assert_eq!(includes(hosts, name), wanted, "{hosts} / {name}");
        }
    }

    #[test]
    fn lines_that_say_nothing_of_a_host_key_are_passed_over() {
        let key = ED25519.split_once(' ').unwrap().1;
        for text in [
            String::new(),
            "# host ssh-ed25519 AAAA".into(),
            "host".into(),
            "host ssh-ed25519".into(),
            "host ssh-ed25519 !!!".into(),
            "host ssh-ed25519 AAAA".into(),
            format!("host ssh-rsa {key}"),
            format!("@something host {ED25519}"),
            format!("|2|AAAA|AAAA {ED25519}"),
            format!("|1|AAAA {ED25519}"),
        ] {
            assert_eq!(parse(&text), None, "{text}");
        }
    }

    #[test]
    fn an_authority_is_known_as_such() {
        let line = format!("@cert-authority *.example.org {ED25519}");
        assert_eq!(parse(&line).unwrap().marker, Marker::Authority);
    }

    #[test]
    fn a_revoked_key_is_known_as_such() {
        assert_eq!(
            parse(&format!("\t@revoked  * {ED25519} gone\r"))
                .unwrap()
                .marker,
            Marker::Revoked
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".{0,200}", name in ".{0,20}") {
            if let Some(line) = parse(&text) {
                line.hosts.include(&name);
            }
            parse(&format!("{text} {ED25519}")).map(|line| line.hosts.include(&name));
        }

        #[test]
        fn a_hashed_name_matches_that_name_only(name in "[a-z0-9.-]{1,20}", other in "[a-z0-9.-]{1,20}", salt in proptest::collection::vec(any::<u8>(), 20)) {
            let line = hashed(&name, &salt).unwrap();
            prop_assert!(includes(&line, &name));
            prop_assert_eq!(includes(&line, &other), name == other);
        }
    }
}
