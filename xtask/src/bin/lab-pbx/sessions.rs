//! Who is signed in, and who has given a password but no code yet.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

/// How long a session can be refreshed after its last token: the lab's choice.
const REFRESHABLE: SignedDuration = SignedDuration::from_hours(24);

/// How long a code can be given after the password, and how often it may be wrong: the lab's choice.
const CODE_TIME: SignedDuration = SignedDuration::from_mins(5);
const CODE_TRIES: u32 = 5;

#[derive(Default)]
pub(crate) struct Sessions {
    open: Vec<Session>,
    half_open: Vec<HalfOpen>,
}

#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access: String,
    pub(crate) refresh: String,
    access_until: Timestamp,
    refresh_until: Timestamp,
}

struct HalfOpen {
    token: String,
    until: Timestamp,
    tries: u32,
}

impl Sessions {
    pub(crate) fn open(&mut self, now: Timestamp, expires_in: i64) -> Session {
        let after = |time| now.checked_add(time).unwrap_or(now);
        let session = Session {
            access: random(48),
            refresh: random(48),
            access_until: after(SignedDuration::from_secs(expires_in)),
            refresh_until: after(REFRESHABLE),
        };
        self.open.push(session.clone());
        session
    }

    /// A new session in the place of the one with this refresh token.
    pub(crate) fn refresh(
        &mut self,
        refresh: &str,
        now: Timestamp,
        expires_in: i64,
    ) -> Option<Session> {
        let index = self
            .open
            .iter()
            .position(|session| session.refresh == refresh && session.refresh_until > now)?;
        self.open.swap_remove(index);
        Some(self.open(now, expires_in))
    }

    pub(crate) fn is_open(&self, access: &str, now: Timestamp) -> bool {
        self.open
            .iter()
            .any(|session| session.access == access && session.access_until > now)
    }

    pub(crate) fn close(&mut self, access: &str) {
        self.open.retain(|session| session.access != access);
    }

    /// After the password, where a code is demanded: the token to give it with.
    pub(crate) fn half_open(&mut self, now: Timestamp) -> String {
        let token = random(32);
        self.half_open.push(HalfOpen {
            token: token.clone(),
            until: now.checked_add(CODE_TIME).unwrap_or(now),
            tries: 0,
        });
        token
    }

    /// Whether this is the code for that token. A right one uses the token up, and so do too many wrong ones.
    pub(crate) fn take_code(&mut self, token: &str, is_right: bool, now: Timestamp) -> bool {
        let Some(index) = self
            .half_open
            .iter()
            .position(|half| half.token == token && half.until > now)
        else {
            return false;
        };
        self.half_open[index].tries += 1;
        if is_right || self.half_open[index].tries == CODE_TRIES {
            self.half_open.swap_remove(index);
        }
        is_right
    }
}

/// Letters and digits that nobody can guess.
pub(crate) fn random(length: usize) -> String {
    const SET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(SET[rng.random_range(0..SET.len())]))
        .collect()
}
