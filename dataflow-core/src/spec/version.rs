//! Versions of the vendor's images, as their `version` label has them.

use std::{cmp::Ordering, fmt, str::FromStr};

use semver::Prerelease;

use super::SpecError;

/// A version such as `22.3.5`: one to four numbers and, after a hyphen, an optional pre-release tag.
///
/// Missing numbers count as zero (`22.3` equals `22.3.0`), numbers compare as numbers (`22.10` is newer than `22.9`),
/// and a pre-release is older than its release, as semantic versioning has it. Build metadata after `+` is shown but
/// not compared.
#[derive(Debug, Clone)]
pub struct Version {
    numbers: [u64; 4],
    pre: Prerelease,
    text: String,
}

impl Version {
    /// The version `major.minor.patch`.
    #[must_use]
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self {
            numbers: [major, minor, patch, 0],
            pre: Prerelease::EMPTY,
            text: format!("{major}.{minor}.{patch}"),
        }
    }

    /// Its first three numbers, by which the service and its PBX must agree.
    #[must_use]
    pub fn release(&self) -> [u64; 3] {
        let [major, minor, patch, _] = self.numbers;
        [major, minor, patch]
    }

    /// When it was released, as months since the year 2000, where its first two numbers are a year and a month, as ClickHouse has
    /// it since 18.1.
    #[cfg(feature = "docker")]
    pub(crate) fn month(&self) -> Option<u64> {
        let [year, month, ..] = self.numbers;
        ((18..100).contains(&year) && (1..=12).contains(&month)).then(|| year * 12 + month - 1)
    }
}

impl FromStr for Version {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let refuse = || SpecError::Version {
            given: given.to_owned(),
        };
        let text = given.trim();
        let compared = text
            .split_once('+')
            .map_or(text, |(compared, _build)| compared);
        let (release, pre) = match compared.split_once('-') {
            Some((release, pre)) if !pre.is_empty() => {
                (release, Prerelease::new(pre).map_err(|_| refuse())?)
            }
            Some(_) => return Err(refuse()),
            None => (compared, Prerelease::EMPTY),
        };
        let mut numbers = [0; 4];
        for (place, part) in release.split('.').enumerate() {
            // `parse` alone would accept a leading plus sign.
            if !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(refuse());
            }
            *numbers.get_mut(place).ok_or_else(refuse)? = part.parse().map_err(|_| refuse())?;
        }
        Ok(Self {
            numbers,
            pre,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| self.pre.cmp(&other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_compare_as_numbers_in_order() {
        let ascending = [
            "16.2.0",
            "21.99.99",
            "22",
            "22.2.9",
            "22.3-beta.1",
            "22.3",
            "22.3.0.1234",
            "22.3.1",
            "22.9",
            "22.10.1",
            "23",
            "100.0",
        ];
        for pair in ascending.windows(2) {
            assert!(
                version(pair[0]) < version(pair[1]),
                "{} is not older than {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn missing_numbers_are_zero_and_the_text_is_kept() {
        assert_eq!(version("22.3"), Version::new(22, 3, 0));
        assert_eq!(version(" 22.3.0.0+build7\n"), version("22.3"));
        assert_eq!(version("22.3.0.1234").to_string(), "22.3.0.1234");
    }

    #[test]
    fn other_text_is_refused() {
        for given in [
            "",
            " ",
            "latest",
            "v22.3",
            "22.",
            ".3",
            "22..3",
            "22.3.1.2.3",
            "22.+3",
            "22.-3",
            "22.3-",
            "22.3 beta",
            "99999999999999999999",
        ] {
            assert!(given.parse::<Version>().is_err(), "{given:?} was accepted");
        }
    }
}
