//! The users file: read at the start, written as a whole at each change, for its owner only.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    secret::{Hash, Secret},
    user::{Invitation, Kept, Role, Token, Used, User, is_name},
};

/// The file's name in the state directory.
const FILE: &str = "users.json";

/// The most users, tokens and invitations, each.
const MOST: usize = 500;

/// How many browsers are remembered of a user.
const BROWSERS: usize = 10;

/// What may go wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// The file can't be read or written.
    #[error("{path} {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// A name that is not allowed.
    #[error("a name has 1 to 40 letters, digits and . _ - @, and begins with a letter or a digit")]
    Name,
    /// A name that is taken.
    #[error("{0} is there already")]
    Taken(String),
    /// Nobody and nothing of that name.
    #[error("there is no {0}")]
    Missing(String),
    /// The one who could let others in again.
    #[error("somebody has to be administrator")]
    LastAdministrator,
    /// Too many.
    #[error("there are {MOST} already")]
    Full,
    /// A link that was followed, or is too old, or was never made.
    #[error("this link was used already, or is too old")]
    Invitation,
}

/// Users, tokens and invitations.
pub(crate) struct Accounts {
    path: PathBuf,
    kept: RwLock<Arc<Kept>>,
    changing: tokio::sync::Mutex<()>,
}

impl Accounts {
    /// Reads them from the state directory. Where there is no file yet, there are none.
    ///
    /// # Errors
    /// Where the file is there and can't be read.
    pub(crate) fn open(state: &Path) -> Result<Self, AccountError> {
        let path = state.join(FILE);
        let failed = |reason: String| AccountError::File {
            path: path.display().to_string(),
            reason: format!("cannot be read: {reason}"),
        };
        let kept = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(failed(error.to_string())),
        };
        Ok(Self {
            path,
            kept: RwLock::new(Arc::new(kept)),
            changing: tokio::sync::Mutex::default(),
        })
    }

    /// All that is kept, as it is now.
    pub(crate) fn kept(&self) -> Arc<Kept> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&kept)
    }

    /// Makes a link with which somebody chooses a password.
    pub(crate) async fn invite(
        &self,
        name: Option<String>,
        role: Role,
        lasts: Duration,
    ) -> Result<Secret, AccountError> {
        if name.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(AccountError::Name);
        }
        let secret = Secret::new();
        let hash = secret.hash();
        self.change(move |kept| {
            let now = Timestamp::now();
            kept.invitations.retain(|_, invitation| {
                invitation.until > now && (name.is_none() || invitation.name != name)
            });
            full(kept.invitations.len())?;
            let until = now + lasts;
            kept.invitations
                .insert(hash, Invitation { name, role, until });
            Ok(())
        })
        .await?;
        Ok(secret)
    }

    /// Follows a link: the user of that name has this password from now on. Gives their name.
    pub(crate) async fn accept(
        &self,
        presented: &str,
        name: &str,
        password: String,
    ) -> Result<String, AccountError> {
        let (hash, name) = (Hash::of(presented), name.to_owned());
        self.change(move |kept| {
            let invitation = kept.invitations.remove(&hash);
            let invitation = invitation
                .filter(|invitation| invitation.until > Timestamp::now())
                .ok_or(AccountError::Invitation)?;
            let name = match invitation.name {
                Some(name) => name,
                None if kept.users.contains_key(&name) => return Err(AccountError::Taken(name)),
                None => name,
            };
            if !is_name(&name) {
                return Err(AccountError::Name);
            }
            full(kept.users.len())?;
            let created = kept.users.get(&name).map(|user| user.created);
            let user = User {
                role: invitation.role,
                password,
                created: created.unwrap_or_else(Timestamp::now),
                browsers: Vec::new(),
            };
            kept.users.insert(name.clone(), user);
            if kept.administrators() == 0 {
                return Err(AccountError::LastAdministrator);
            }
            Ok(name)
        })
        .await
    }

    /// Gives a user another password. The browsers they are known in are forgotten.
    pub(crate) async fn set_password(
        &self,
        name: &str,
        password: String,
    ) -> Result<(), AccountError> {
        self.change_user(name, move |user| {
            user.password = password;
            user.browsers.clear();
        })
        .await
    }

    /// Gives a user another role.
    pub(crate) async fn set_role(&self, name: &str, role: Role) -> Result<(), AccountError> {
        self.change_user(name, move |user| user.role = role).await
    }

    /// Remembers a browser in which a user has signed in.
    pub(crate) async fn know_browser(&self, name: &str, browser: Hash) -> Result<(), AccountError> {
        self.change_user(name, move |user| {
            user.browsers.push(browser);
            let too_many = user.browsers.len().saturating_sub(BROWSERS);
            user.browsers.drain(..too_many);
        })
        .await
    }

    /// Takes a user away.
    pub(crate) async fn remove_user(&self, name: &str) -> Result<(), AccountError> {
        let name = name.to_owned();
        self.change(move |kept| {
            let removed = kept.users.remove(&name);
            removed.ok_or(AccountError::Missing(name))?;
            administered(kept)
        })
        .await
    }

    /// Makes a token for a program; it is shown this once.
    pub(crate) async fn make_token(
        &self,
        name: &str,
        role: Role,
        made_by: &str,
    ) -> Result<Secret, AccountError> {
        if !is_name(name) {
            return Err(AccountError::Name);
        }
        let secret = Secret::new();
        let hash = secret.hash();
        let token = Token {
            name: name.to_owned(),
            role,
            made_by: made_by.to_owned(),
            created: Timestamp::now(),
            used: Used::default(),
        };
        self.change(move |kept| {
            full(kept.tokens.len())?;
            if kept.tokens.values().any(|known| known.name == token.name) {
                return Err(AccountError::Taken(token.name));
            }
            kept.tokens.insert(hash, token);
            Ok(())
        })
        .await?;
        Ok(secret)
    }

    /// Takes a token away.
    pub(crate) async fn remove_token(&self, name: &str) -> Result<(), AccountError> {
        let name = name.to_owned();
        self.change(move |kept| {
            let before = kept.tokens.len();
            kept.tokens.retain(|_, token| token.name != name);
            if kept.tokens.len() == before {
                return Err(AccountError::Missing(name));
            }
            Ok(())
        })
        .await
    }

    async fn change_user(
        &self,
        name: &str,
        change: impl FnOnce(&mut User),
    ) -> Result<(), AccountError> {
        self.change(|kept| {
            let user = kept.users.get_mut(name);
            change(user.ok_or_else(|| AccountError::Missing(name.to_owned()))?);
            administered(kept)
        })
        .await
    }

    /// Changes a copy, writes that, and only then is it so.
    async fn change<T>(
        &self,
        change: impl FnOnce(&mut Kept) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let _turn = self.changing.lock().await;
        let mut kept = Kept::clone(&self.kept());
        kept.v = Kept::VERSION;
        let result = change(&mut kept)?;
        let kept = Arc::new(kept);
        let (path, written) = (self.path.clone(), Arc::clone(&kept));
        let write = tokio::task::spawn_blocking(move || write(&path, &written)).await;
        let failed = |reason: String| AccountError::File {
            path: self.path.display().to_string(),
            reason: format!("cannot be written: {reason}"),
        };
        write
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| failed(error.to_string()))?;
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(result)
    }
}

fn full(number: usize) -> Result<(), AccountError> {
    if number < MOST {
        Ok(())
    } else {
        Err(AccountError::Full)
    }
}

fn administered(kept: &Kept) -> Result<(), AccountError> {
    if kept.administrators() > 0 {
        Ok(())
    } else {
        Err(AccountError::LastAdministrator)
    }
}

/// Puts the file in the place of the one before: at any instant one of them is there, whole. A new temporary file is its owner's alone.
fn write(path: &Path, kept: &Kept) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    serde_json::to_writer_pretty(&mut file, kept)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(directory)?.sync_all()
}
