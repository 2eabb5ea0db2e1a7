//! Whether a settings file has keys that mean something, and where in it something is wrong.

use std::{borrow::Cow, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    FileSpot, SpecError,
    keys::{IN_CLEAR, INNER, SERVER, SERVERS},
    nearest::nearest,
};

/// The text of a settings file.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    /// Its name, for messages.
    pub(super) path: &'a Path,
}

impl Text<'_> {
    /// Refuses keys that mean nothing, and what should be a table and is not.
    pub(super) fn check(self, top: &DeTable<'_>) -> Result<(), SpecError> {
        self.check_server(top, "", true)?;
        let Some(servers) = top.get(SERVERS) else {
            return Ok(());
        };
        for (name, value) in self.table(servers, SERVERS)? {
            let shown = format!("{SERVERS}.{}", name.get_ref().escape_debug());
            if !is_name(name.get_ref()) {
                return Err(SpecError::BadValue {
                    spot: self.spot(Some(name.span())),
                    key: shown,
                    reason: "this cannot be the name of a server".to_owned(),
                    allowed: "Give it letters, digits, -, _ and ., and a letter or digit first."
                        .to_owned(),
                });
            }
            self.check_server(self.table(value, &shown)?, &format!("{shown}."), false)?;
        }
        Ok(())
    }

    /// The keys of one server, or of the top. `place` is the table with a dot after it.
    fn check_server(self, table: &DeTable<'_>, place: &str, at_top: bool) -> Result<(), SpecError> {
        let allowed: Vec<&'static str> = SERVER
            .names()
            .chain(INNER.iter().map(|inner| inner.name))
            .chain(at_top.then_some(SERVERS))
            .collect();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if !allowed.contains(&name) {
                return Err(self.unknown(key, place, "", allowed));
            }
            let Some(inner) = INNER.iter().find(|inner| inner.name == name) else {
                continue;
            };
            let keys = self.table(value, &format!("{place}{name}"))?;
            if let Some((key, _)) = keys
                .iter()
                .find(|(key, _)| !inner.names().any(|known| key.get_ref() == known))
            {
                return Err(self.unknown(key, place, &format!("{name}."), inner.names().collect()));
            }
        }
        Ok(())
    }

    fn table<'v, 'i>(
        self,
        value: &'v Spanned<DeValue<'i>>,
        key: &str,
    ) -> Result<&'v DeTable<'i>, SpecError> {
        value.get_ref().as_table().ok_or_else(|| {
            let header = if key == SERVERS {
                format!("{SERVERS}.NAME")
            } else {
                key.to_owned()
            };
            SpecError::BadValue {
                spot: self.spot(Some(value.span())),
                key: key.to_owned(),
                reason: "it must be a table".to_owned(),
                allowed: format!("Write [{header}] on a line of its own, and its keys below."),
            }
        })
    }

    /// `place` is the server's table and `inner` the one in it, each with a dot after it.
    fn unknown(
        self,
        key: &Spanned<Cow<'_, str>>,
        place: &str,
        inner: &str,
        allowed: Vec<&'static str>,
    ) -> SpecError {
        let spot = self.spot(Some(key.span()));
        let name = key.get_ref();
        let within = format!("{inner}{}", name.escape_debug());
        let key = format!("{place}{within}");
        if let Some((_, instead)) = IN_CLEAR.iter().find(|(clear, _)| *clear == within) {
            return SpecError::SecretInFile { spot, key, instead };
        }
        let elsewhere = || {
            let table = INNER
                .iter()
                .find(|table| table.names().any(|known| known == name))?;
            Some(format!("{}.{name}", table.name))
        };
        let suggestion = nearest(name, allowed.iter().copied())
            .map(|near| format!("{inner}{near}"))
            .or_else(elsewhere)
            .map(|suggestion| format!("{place}{suggestion}"));
        SpecError::UnknownKey {
            spot,
            key,
            suggestion,
            allowed,
        }
    }

    /// A value that its type refused.
    pub(super) fn bad_value(self, error: &toml::de::Error) -> SpecError {
        // The types' own errors put what is allowed on a second line.
        let (reason, allowed) = error
            .message()
            .split_once('\n')
            .unwrap_or((error.message(), ""));
        SpecError::BadValue {
            spot: self.spot(error.span()),
            key: self.key_at(error.span()),
            reason: reason.to_owned(),
            allowed: one_line(allowed),
        }
    }

    /// The key, with its table, whose value holds the place.
    fn key_at(self, span: Option<Range<usize>>) -> String {
        let parsed = DeTable::parse(self.text).ok();
        parsed
            .zip(span)
            .and_then(|(top, span)| deepest(top.get_ref(), &span))
            .unwrap_or_else(|| "the file".to_owned())
    }

    /// The line and column at which something begins.
    pub(super) fn spot(self, span: Option<Range<usize>>) -> FileSpot {
        let before = self
            .text
            .get(..span.map_or(0, |span| span.start))
            .unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        FileSpot {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

fn deepest(table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let name = name.get_ref();
        match value.get_ref().as_table() {
            Some(inner) => deepest(inner, span).map(|key| format!("{name}.{key}")),
            None => (value.span().start <= span.start && span.end <= value.span().end)
                .then(|| name.to_string()),
        }
    })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

pub(super) fn one_line(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("; ")
}
