//! Reading and changing the PBX's list of addresses.

use std::collections::HashSet;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Deserialize;
use tokio::time::timeout;

use super::{
    Pbx, PbxError,
    ask::Ask,
    cidr::Cidr,
    failed::Failed,
    filter::{IpFilter, NewFilter, Target},
    lenient,
    whitelist::WhitelistChange,
};
use crate::host::{escaped, shown};

/// The largest page that the PBX gives.
const PAGE: usize = 100;
/// The most entries that are read.
const MOST: usize = 10_000;
/// How often the list is read from its beginning where it changes meanwhile.
const READINGS: usize = 3;
/// The longest name of an entry that is taken, in bytes.
const LONGEST_ID: usize = 256;
/// The longest description that is kept, in characters: what the PBX allows.
const LONGEST_DESCRIPTION: usize = 255;
/// How many times the deadline of one request all of the list may take.
const PATIENCE: u32 = 6;

const LIST: &str = "list its whitelist";

#[derive(Deserialize)]
struct Page {
    #[serde(default, deserialize_with = "lenient::number")]
    count: Option<u64>,
    #[serde(default)]
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default, deserialize_with = "lenient::text")]
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    cidr: String,
    #[serde(default, deserialize_with = "lenient::text")]
    target: String,
    #[serde(default, deserialize_with = "lenient::text")]
    expire_at: String,
    #[serde(default, deserialize_with = "lenient::text")]
    description: String,
}

#[derive(Deserialize)]
struct Added {
    #[serde(default, deserialize_with = "lenient::text")]
    id: String,
}

impl Pbx {
    /// All entries of the list, ACCEPT and DENY.
    ///
    /// # Errors
    ///
    /// Where the PBX does not answer as documented, has more than 10,000 entries, or takes too long for all of them.
    pub async fn whitelist(&self) -> Result<Vec<IpFilter>, PbxError> {
        let patience = self.inner.link.timeout * PATIENCE;
        match timeout(patience, self.read_list()).await {
            Ok(read) => read,
            Err(_) => Err(PbxError::Slow {
                pbx: self.label().to_owned(),
                doing: LIST.to_owned(),
                after: patience,
            }),
        }
    }

    /// Somebody may change the list between two pages, so that an entry moves to one that was read already: then it is read anew,
    /// and in the end what was seen is taken.
    async fn read_list(&self) -> Result<Vec<IpFilter>, PbxError> {
        let mut entries = Vec::new();
        for _ in 0..READINGS {
            let unchanged;
            (entries, unchanged) = self.read_once().await?;
            if unchanged {
                break;
            }
        }
        Ok(entries)
    }

    /// The entries, and whether the list stayed as it was while it was read.
    async fn read_once(&self) -> Result<(Vec<IpFilter>, bool), PbxError> {
        let (mut entries, mut known) = (Vec::new(), HashSet::new());
        let (mut skip, mut first_count, mut unchanged) = (0, None, true);
        loop {
            let (count, items) = self.page(skip).await?;
            let got = items.len();
            skip += got;
            for item in items {
                let entry = self.entry(item)?;
                if known.insert(entry.id.clone()) {
                    entries.push(entry);
                } else {
                    unchanged = false;
                }
            }
            unchanged &= *first_count.get_or_insert(count) == count;
            // Without a count, a page that is not full is the last.
            let more = count.map_or(got == PAGE, |count| (skip as u64) < count);
            if got == 0 || !more {
                return Ok((entries, unchanged));
            }
            if skip >= MOST {
                return Err(self.odd(format!("it has more than {MOST} entries")));
            }
        }
    }

    async fn page(&self, skip: usize) -> Result<(Option<u64>, Vec<Item>), PbxError> {
        let mut ask = Ask::get(LIST, "ip_filters");
        ask.query = vec![("skip", skip.to_string()), ("top", PAGE.to_string())];
        let answer = self.ask(&ask).await?;
        let page: Page = answer.read(self.label(), LIST)?;
        let Some(items) = page.items else {
            // An empty list may come as none; anything else is not the PBX's.
            return match page.count {
                Some(0) => Ok((Some(0), Vec::new())),
                _ => Err(PbxError::NotApi {
                    pbx: self.label().to_owned(),
                    doing: LIST.to_owned(),
                    detail: "it has no items".to_owned(),
                }),
            };
        };
        Ok((page.count, items))
    }

    fn entry(&self, item: Item) -> Result<IpFilter, PbxError> {
        let expire_at = match item.expire_at.trim() {
            "" => None,
            // To guess would be to call safe what is not.
            text => Some(time(text).ok_or_else(|| {
                self.odd(format!(
                    "entry {} ends at \"{}\", which is no time",
                    shown(item.cidr.as_bytes()),
                    shown(text.as_bytes())
                ))
            })?),
        };
        if !is_usable(&item.id) {
            return Err(self.odd("an entry has no id that can be used".to_owned()));
        }
        Ok(IpFilter {
            id: item.id,
            cidr: Cidr::read(&item.cidr),
            target: match item.target.trim() {
                "ACCEPT" => Target::Accept,
                "DENY" => Target::Deny,
                "" => Target::Other("(no target)".to_owned()),
                other => Target::Other(shown(other.as_bytes())),
            },
            expire_at,
            description: escaped(
                &item
                    .description
                    .chars()
                    .take(LONGEST_DESCRIPTION)
                    .collect::<String>(),
            ),
        })
    }

    fn odd(&self, detail: String) -> PbxError {
        PbxError::List {
            pbx: self.label().to_owned(),
            detail,
        }
    }

    /// Makes an entry and returns its name. Where the answer is lost, the list tells whether it was made.
    ///
    /// # Errors
    ///
    /// Where the PBX refuses, or it stays unknown whether it was made.
    pub async fn add(&self, filter: &NewFilter) -> Result<String, PbxError> {
        let ask = Ask::post("add an entry to its whitelist", "ip_filters").body(filter);
        let mut failed = match self.added(&ask).await {
            Err(failed) if failed.maybe_done => failed,
            done => return Ok(done?),
        };
        // Once more where the list shows that it was not made.
        for last in [false, true] {
            let Ok(entries) = self.whitelist().await else {
                break;
            };
            if let Some(made) = entries.iter().find(|entry| filter.is_like(entry)) {
                return Ok(made.id.clone());
            }
            if last {
                return Err(failed.error);
            }
            failed = match self.added(&ask).await {
                Err(failed) if failed.maybe_done => failed,
                done => return Ok(done?),
            };
        }
        Err(PbxError::Lost {
            pbx: self.label().to_owned(),
            doing: ask.doing.to_owned(),
            detail: failed.detail(),
        })
    }

    async fn added(&self, ask: &Ask<'_>) -> Result<String, Failed> {
        let answer = self.ask(ask).await?;
        let added: Added = answer.read(self.label(), ask.doing)?;
        Ok(added.id)
    }

    /// Gives an entry new values.
    ///
    /// # Errors
    ///
    /// Where the PBX refuses, as it does where there is no such entry any more.
    pub async fn update(&self, id: &str, filter: &NewFilter) -> Result<(), PbxError> {
        let mut ask = Ask::post("renew an entry of its whitelist", "ip_filters").body(filter);
        ask.path.push(id);
        self.ask(&ask.repeatable()).await?;
        Ok(())
    }

    /// Removes an entry. One that is not there any more is no error.
    ///
    /// # Errors
    ///
    /// Where the PBX refuses and still has it.
    pub async fn destroy(&self, id: &str) -> Result<(), PbxError> {
        let mut ask = Ask::post("remove an entry of its whitelist", "ip_filters");
        ask.path.extend([id, "destroy"]);
        let refused = match self.ask(&ask.repeatable()).await {
            Ok(_) => return Ok(()),
            Err(failed) => failed.error,
        };
        if matches!(refused, PbxError::Refused { .. })
            && self.whitelist().await?.iter().all(|entry| entry.id != id)
        {
            return Ok(());
        }
        Err(refused)
    }

    /// Makes one change.
    ///
    /// # Errors
    ///
    /// Those of [`Pbx::add`] and [`Pbx::update`].
    pub async fn apply(&self, change: &WhitelistChange) -> Result<(), PbxError> {
        match change {
            WhitelistChange::Add { filter, .. } => self.add(filter).await.map(|_| ()),
            WhitelistChange::Renew { id, filter, .. } => self.update(id, filter).await,
        }
    }
}

/// Whether an id can be part of a path.
fn is_usable(id: &str) -> bool {
    !matches!(id, "" | "." | "..") && id.len() <= LONGEST_ID && !id.chars().any(char::is_control)
}

/// RFC 3339; and where the zone is missing, UTC, as all of the PBX's times are.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let time: civil::DateTime = text.parse().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_utc() {
        for (text, read) in [
            ("2030-01-10T15:18:37+08:00", Some("2030-01-10T07:18:37Z")),
            ("2030-01-10T07:18:37Z", Some("2030-01-10T07:18:37Z")),
            ("2030-01-10 07:18:37", Some("2030-01-10T07:18:37Z")),
            (
                "2030-01-10T07:18:37.123456789Z",
                Some("2030-01-10T07:18:37.123456789Z"),
            ),
            ("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00Z")),
            ("soon", None),
            ("2030-13-10T07:18:37Z", None),
        ] {
            assert_eq!(
                time(text).map(|time| time.to_string()).as_deref(),
                read,
                "{text}"
            );
        }
    }
}
