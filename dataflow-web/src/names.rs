//! Under which names the panel may be reached, and whether a request comes from its own pages.
//!
//! A foreign page that has its own name point to this machine (DNS rebinding) is refused by the name; one that sends a form here is
//! refused by where it comes from.

use axum::http::{HeaderMap, Uri, header};

/// The names under which the panel may be reached, beside addresses and localhost.
pub(crate) struct Names(Vec<String>);

impl Names {
    /// These, and the machine's own.
    pub(crate) fn new(given: &[String]) -> Self {
        let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let own = own.trim();
        let all = given.iter().map(String::as_str).chain([own, "localhost"]);
        Self(
            all.filter(|name| !name.is_empty())
                .map(str::to_ascii_lowercase)
                .collect(),
        )
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }

    /// Whether what a request calls this machine is one of its names. An address is none that could be pointed elsewhere.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(host) = host(headers) else {
            return false;
        };
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        bare.unwrap_or(name).parse::<std::net::IpAddr>().is_ok()
            || self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Whether a request that changes something comes from a page of this panel, by what browsers say of that.
pub(crate) fn from_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => {
            let origin = origin
                .to_str()
                .ok()
                .and_then(|text| text.parse::<Uri>().ok());
            let origin = origin.as_ref().and_then(Uri::authority);
            origin.is_some_and(|origin| host(headers) == Some(origin.as_str()))
        }
        None => site.is_some(),
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::HOST).iter();
    let host = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_addresses_and_own_names_are_allowed() {
        let names = Names::new(&["panel.example.com".to_owned()]);
        for (host, allowed) in [
            ("localhost:8780", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8780", true),
            ("[::1]:8780", true),
            ("192.0.2.7", true),
            ("Panel.Example.com:443", true),
            ("evil.example.com", false),
            ("localhost.evil.example.com", false),
            ("", false),
        ] {
            assert_eq!(names.allow(&headers(&[("host", host)])), allowed, "{host}");
        }
        assert!(!names.allow(&headers(&[])));
        let two = headers(&[("host", "localhost"), ("host", "localhost")]);
        assert!(!names.allow(&two));
    }

    #[test]
    fn a_change_comes_from_a_page_of_the_panel_or_not() {
        let host = ("host", "localhost:8780");
        for (more, here) in [
            (vec![("origin", "http://localhost:8780")], true),
            (vec![("sec-fetch-site", "same-origin")], true),
            (
                vec![
                    ("origin", "http://localhost:8780"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (vec![], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "http://localhost")], false),
            (vec![("origin", "http://localhost:8781")], false),
            (vec![("origin", "https://evil.example.com")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "none")], false),
            (
                vec![
                    ("origin", "http://localhost:8780"),
                    ("sec-fetch-site", "same-site"),
                ],
                false,
            ),
        ] {
            let all: Vec<_> = std::iter::once(host).chain(more.clone()).collect();
            assert_eq!(from_here(&headers(&all)), here, "{more:?}");
        }
    }
}
