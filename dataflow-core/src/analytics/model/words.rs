//! Words of the PBX that mean one of a few things, in all their spellings.

/// Makes an enumeration of a word that the PBX sends. `read` takes every listed spelling, in capitals or not and with spaces or hyphens
/// for underscores; what is not listed becomes `Other` with its text. `name` is the first spelling; `code` is what is stored,
/// 0 standing for `Other`, so the order of the variants stays as it is.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal: $first:literal $(| $other:literal)*;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that the documentation does not list, as it came.
            Other(Box<str>),
        }

        impl $name {
            /// Reads the PBX's word.
            pub fn read(text: &str) -> Self {
                let mut plain = [0; 40];
                match $crate::analytics::model::words::plain_word(text, &mut plain) {
                    $($first $(| $other)* => Self::$variant,)*
                    _ => Self::Other(text.into()),
                }
            }

            /// The word that this program writes.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $first,)*
                    Self::Other(text) => text,
                }
            }

            /// The number that stands for it in the tables; 0 for what is not known, whose text is kept beside it.
            pub fn code(&self) -> u8 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(_) => 0,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Ok(Self::read(&text))
            }
        }
    };
}

pub(super) use words;

/// The word in small letters, with underscores; a hyphen, which is no word, where it is too long for one.
pub(in crate::analytics) fn plain_word<'a>(text: &str, buffer: &'a mut [u8; 40]) -> &'a str {
    let text = text.trim().as_bytes();
    let Some(place) = buffer.get_mut(..text.len()) else {
        return "-";
    };
    for (to, from) in place.iter_mut().zip(text) {
        *to = match from {
            b' ' | b'-' => b'_',
            other => other.to_ascii_lowercase(),
        };
    }
    // ASCII letters were made small in place: it is UTF-8 still.
    std::str::from_utf8(place).unwrap_or("-")
}
