//! Values as the PBX may write them: numbers and times as text or as numbers, nothing as null, as "" or not at all.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::analytics::model::Moment;

/// Text, borrowed where it has no escapes. Numbers are taken as text too.
#[derive(Debug, Clone, Default)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// At most that many bytes of it, ended at a character.
    pub(super) fn cut(&self, limit: usize) -> Box<str> {
        self.0
            .get(..self.0.floor_char_boundary(limit))
            .unwrap_or_default()
            .into()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_bool<E>(self, yes: bool) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(if yes { "true" } else { "false" })))
            }
            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Makes a value that is read from text, of which a number is one too.
macro_rules! from_text {
    ($name:ident, $read:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Any;
                impl<'de> Visitor<'de> for Any {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a number or text")
                    }
                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        let read: fn(&str) -> Result<$name, &'static str> = $read;
                        read(text.trim()).map_err(|reason| {
                            let end = text.floor_char_boundary(80);
                            let shown = text.get(..end).unwrap_or_default();
                            E::custom(format_args!("{reason}: {shown:?}"))
                        })
                    }
                    fn visit_u64<E: Error>(self, number: u64) -> Result<$name, E> {
                        let mut digits = Digits::default();
                        self.visit_str(digits.of(number))
                    }
                    fn visit_i64<E: Error>(self, number: i64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_f64<E: Error>(self, number: f64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_unit<E>(self) -> Result<$name, E> {
                        Ok($name::default())
                    }
                }
                deserializer.deserialize_any(Any)
            }
        }
    };
}

/// A number's digits without an allocation.
#[derive(Default)]
struct Digits([u8; 20]);

impl Digits {
    fn of(&mut self, mut number: u64) -> &str {
        let mut at = self.0.len();
        for place in self.0.iter_mut().rev() {
            // A digit: below ten.
            *place = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
            at -= 1;
            if number == 0 {
                break;
            }
        }
        let digits = self.0.get(at..).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

/// An identifier; 0 and nothing at all are none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Id(pub(super) Option<u64>);

from_text!(Id, |text| match text {
    "" | "0" => Ok(Id(None)),
    text => match text.parse() {
        Ok(number) => Ok(Id(Some(number))),
        Err(_) => Err("no identifier"),
    },
});

/// A number of seconds, of persons and the like; a fraction is cut off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count(pub(super) Option<u32>);

from_text!(Count, |text| {
    let whole = match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        Some(_) => return Err("no count"),
        None => text,
    };
    match whole {
        "" => Ok(Count(None)),
        whole => match whole.parse() {
            Ok(number) => Ok(Count(Some(number))),
            Err(_) => Err("no count"),
        },
    }
});

/// A time: seconds since 1970 or RFC 3339; 0 and nothing at all are none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct When(pub(super) Option<Moment>);

from_text!(When, |text| {
    if text.is_empty() || text == "0" {
        return Ok(When(None));
    }
    if let Ok(seconds) = text.parse() {
        return match Moment::new(seconds) {
            Some(moment) => Ok(When(Some(moment))),
            None => Err("a time before the year 2000"),
        };
    }
    match text.parse::<Timestamp>().map(Moment::try_from) {
        Ok(Ok(moment)) => Ok(When(Some(moment))),
        Ok(Err(_)) => Err("a time out of range"),
        Err(_) => Err("no time"),
    }
});

/// An amount of money, in millionths, rounded; never negative.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost(pub(super) Option<u64>);

from_text!(Cost, |text| {
    if text.is_empty() {
        return Ok(Cost(None));
    }
    match text.parse::<f64>() {
        // Within 2^53, so that the conversion is exact.
        Ok(amount) if (0.0..9e9).contains(&amount) => {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range is checked"
            )]
            let millionths = (amount * 1e6).round() as u64;
            Ok(Cost(Some(millionths)))
        }
        _ => Err("no amount"),
    }
});

/// Yes or no, as itself, a number or text; no where it is not given.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        match text.0.trim() {
            "true" | "1" => Ok(Self(true)),
            "false" | "0" | "" => Ok(Self(false)),
            _ => Err(D::Error::custom("neither true nor false")),
        }
    }
}

/// A list of at most `MOST` elements; null, "" and a list that is not there are empty ones.
#[derive(Debug, Clone)]
pub(super) struct List<T, const MOST: usize>(pub(super) Vec<T>);

impl<T, const MOST: usize> Default for List<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Elements<T, MOST> {
            type Value = List<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST} elements")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = from.next_element()? {
                    if elements.len() == MOST {
                        return Err(A::Error::invalid_length(MOST + 1, &self));
                    }
                    elements.push(element);
                }
                Ok(List(elements))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                match text.trim() {
                    "" => Ok(List::default()),
                    _ => Err(E::invalid_type(serde::de::Unexpected::Str("text"), &self)),
                }
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(List::default())
            }
        }
        deserializer.deserialize_any(Elements(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn of<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_read_in_each_form() {
        for json in ["7", "\"7\"", "7.0", "\"7.9\"", "\" 7 \""] {
            assert_eq!(of::<Count>(json).unwrap().0, Some(7), "{json}");
        }
        for json in ["null", "\"\""] {
            assert_eq!(of::<Count>(json).unwrap().0, None, "{json}");
        }
        for json in [
            "-1",
            "\"x\"",
            "[]",
            "{}",
            "1e99",
            "4294967296",
            "\"1.x\"",
            "true",
        ] {
            assert!(of::<Count>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_time_is_read_in_each_form() {
        for json in [
            "1676206249",
            "\"1676206249\"",
            "\"2023-02-12T12:50:49Z\"",
            "\"2023-02-12T13:50:49.9+01:00\"",
        ] {
            assert_eq!(
                of::<When>(json).unwrap().0.map(Moment::seconds),
                Some(1_676_206_249),
                "{json}"
            );
        }
        for json in ["0", "\"0\"", "\"\"", "null"] {
            assert_eq!(of::<When>(json).unwrap().0, None, "{json}");
        }
        for json in [
            "17",
            "\"yesterday\"",
            "1676206249000",
            "\"1969-01-01T00:00:00Z\"",
            "-5",
        ] {
            assert!(of::<When>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn money_is_kept_in_millionths() {
        for (json, millionths) in [("0.015", 15_000), ("\"1.25\"", 1_250_000), ("2", 2_000_000)] {
            assert_eq!(of::<Cost>(json).unwrap().0, Some(millionths), "{json}");
        }
        for json in ["-1", "\"NaN\"", "1e300"] {
            assert!(of::<Cost>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_list_has_its_limit() {
        assert_eq!(of::<List<u8, 2>>("[1,2]").unwrap().0, [1, 2]);
        assert!(
            of::<List<u8, 2>>("[1,2,3]")
                .unwrap_err()
                .contains("at most 2")
        );
        assert!(of::<List<u8, 2>>("\"\"").unwrap().0.is_empty());
        assert!(of::<List<u8, 2>>("\"1\"").is_err());
    }

    #[test]
    fn the_largest_number_has_its_digits() {
        assert_eq!(Digits::default().of(u64::MAX), u64::MAX.to_string());
        assert_eq!(Digits::default().of(0), "0");
        assert_eq!(of::<Id>("18446744073709551615").unwrap().0, Some(u64::MAX));
    }
}
