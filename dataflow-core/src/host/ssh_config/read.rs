//! Reading the files, and those that they include.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::super::pattern::fits;
use super::super::{ConfigFile, HostError};
use super::SshConfig;
use super::text::{Item, Text};

/// How deep files may include each other, as OpenSSH has it.
const DEEPEST: usize = 16;

/// No file of settings is longer than this many bytes.
const LONGEST: u64 = 1024 * 1024;

/// How many files may be read in all.
const MOST: usize = 256;

/// Where the system's settings are.
const SYSTEM: &str = "/etc/ssh";

impl SshConfig {
    /// Reads the files. One that is not there is passed over, unless it was asked for by name. Blocks.
    ///
    /// # Errors
    /// [`HostError::SshConfig`]: a file can't be read, or others could have written it.
    pub(in super::super) fn read(which: &ConfigFile) -> Result<Self, HostError> {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let user = home.as_ref().map(|home| home.join(".ssh"));
        let mut reader = Reader {
            home: home.as_deref(),
            left: MOST,
        };
        let mut files = Vec::new();
        let mut add = |path: &Path, base: Option<&Path>, own: bool| {
            let text = reader.file(path, base, own, DEEPEST)?;
            let found = text.is_some();
            files.extend(text.map(|text| (path.display().to_string(), text)));
            Ok::<_, HostError>(found)
        };
        match which {
            ConfigFile::None => {}
            ConfigFile::Usual => {
                if let Some(user) = &user {
                    add(&user.join("config"), Some(user), true)?;
                }
                add(
                    &Path::new(SYSTEM).join("ssh_config"),
                    Some(Path::new(SYSTEM)),
                    false,
                )?;
            }
            ConfigFile::File(path) => {
                if !add(path, user.as_deref(), false)? {
                    return Err(failed(path, "it is not there".to_owned()));
                }
            }
        }
        Ok(Self { files })
    }
}

fn failed(path: &Path, reason: String) -> HostError {
    HostError::SshConfig {
        path: path.to_owned(),
        reason,
    }
}

struct Reader<'a> {
    home: Option<&'a Path>,
    left: usize,
}

impl Reader<'_> {
    /// A file with all that it includes; `None` where it is not there. `base`: where relative names are looked for; `own`:
    /// whether nobody else may be able to write it.
    fn file(
        &mut self,
        path: &Path,
        base: Option<&Path>,
        own: bool,
        depth: usize,
    ) -> Result<Option<Text>, HostError> {
        let Some(bytes) = bytes(path, own).map_err(|reason| failed(path, reason))? else {
            return Ok(None);
        };
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| failed(path, format!("more than {MOST} files are included")))?;
        let mut text = Text::read(&String::from_utf8_lossy(&bytes));
        for item in &mut text.items {
            let Item::Include { names, texts } = item else {
                continue;
            };
            let depth = depth
                .checked_sub(1)
                .ok_or_else(|| failed(path, "files include each other too deeply".to_owned()))?;
            for name in names {
                for path in self.named(name, base) {
                    let included = self.file(&path, base, own, depth)?;
                    texts.extend(included.map(|text| (path.display().to_string(), text)));
                }
            }
        }
        Ok(Some(text))
    }

    /// The files of a name with `*` and `?` in it, in order.
    fn named(&self, name: &str, base: Option<&Path>) -> Vec<PathBuf> {
        let path = match (name.strip_prefix("~/"), self.home, base) {
            (Some(rest), Some(home), _) => home.join(rest),
            (None, _, Some(base)) => base.join(name),
            (None, _, None) if name.starts_with('/') => PathBuf::from(name),
            _ => return Vec::new(),
        };
        let mut found = vec![PathBuf::new()];
        for part in &path {
            let pattern = part.to_string_lossy();
            if pattern.contains(['*', '?']) {
                found = found
                    .iter()
                    .flat_map(|directory| entries(directory, &pattern))
                    .collect();
            } else {
                for path in &mut found {
                    path.push(part);
                }
            }
        }
        found
    }
}

/// What is in a directory and fits a pattern, in order.
fn entries(directory: &Path, pattern: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| fits(pattern, name) && (pattern.starts_with('.') || !name.starts_with('.')))
        .collect();
    names.sort();
    names.into_iter().map(|name| directory.join(name)).collect()
}

/// The bytes of a file; `None` where it is not there; the error is the reason.
fn bytes(path: &Path, own: bool) -> Result<Option<Vec<u8>>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    let owners = [0, rustix::process::getuid().as_raw()];
    if own && (!owners.contains(&metadata.uid()) || metadata.mode() & 0o022 != 0) {
        return Err("others can write it (chmod go-w)".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LONGEST {
        return Err("it is longer than 1 MiB".to_owned());
    }
    Ok(Some(bytes))
}
