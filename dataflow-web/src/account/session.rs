//! Sessions of browsers: an identifier in a cookie, everything else here. A restart of the panel signs everybody out.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::secret::{Hash, Secret};

/// The cookie. With this prefix browsers take it over a secure connection (or from this machine) and for this host only.
pub(crate) const COOKIE: &str = "__Host-session";

/// A session that nobody uses ends after this time.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// Any session ends after this time.
const ABSOLUTE: Duration = Duration::from_secs(12 * 60 * 60);

/// The most sessions of one user; the one that was not used for longest makes room.
const OF_ONE_USER: usize = 20;

/// A session, as a request sees it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Who signed in.
    pub(crate) user: String,
    /// What a form of this session has to say.
    pub(crate) csrf: String,
    /// What names it here.
    pub(crate) id: Hash,
}

struct Held {
    session: Session,
    began: Instant,
    used: Instant,
}

impl Held {
    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.began) >= ABSOLUTE || now.duration_since(self.used) >= IDLE
    }
}

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Hash, Held>>);

impl Sessions {
    /// Begins a session; gives what its cookie says.
    pub(crate) fn begin(&self, user: &str) -> Secret {
        let (secret, now) = (Secret::new(), Instant::now());
        let id = secret.hash();
        let session = Session {
            user: user.to_owned(),
            csrf: Secret::new().text().to_owned(),
            id: id.clone(),
        };
        let mut all = self.all();
        all.retain(|_, held| !held.is_over(now));
        let mut of_user: Vec<(Instant, Hash)> = all
            .iter()
            .filter(|(_, held)| held.session.user == user)
            .map(|(id, held)| (held.used, id.clone()))
            .collect();
        of_user.sort();
        let too_many = (of_user.len() + 1).saturating_sub(OF_ONE_USER);
        for (_, oldest) in of_user.iter().take(too_many) {
            all.remove(oldest);
        }
        let held = Held {
            session,
            began: now,
            used: now,
        };
        all.insert(id, held);
        secret
    }

    /// The session of this cookie, if it is not over. `used`: whether somebody did something with it, which keeps it from ending;
    /// a page that only listens does not.
    pub(crate) fn find(&self, presented: &str, used: bool) -> Option<Session> {
        let (id, now) = (Hash::of(presented), Instant::now());
        let mut all = self.all();
        let held = all.get_mut(&id)?;
        if held.is_over(now) {
            all.remove(&id);
            return None;
        }
        if used {
            held.used = now;
        }
        Some(held.session.clone())
    }

    /// Whether the session is there still. `used`: whether that counts as using it.
    pub(crate) fn lasts(&self, id: &Hash, used: bool) -> bool {
        let now = Instant::now();
        let mut all = self.all();
        let Some(held) = all.get_mut(id).filter(|held| !held.is_over(now)) else {
            return false;
        };
        if used {
            held.used = now;
        }
        true
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &Hash) {
        self.all().remove(id);
    }

    /// Ends the sessions of a user, all but one if that is given.
    pub(crate) fn end_of(&self, user: &str, but: Option<&Hash>) {
        self.all()
            .retain(|id, held| held.session.user != user || Some(id) == but);
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<Hash, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn pass(minutes: u64) {
        tokio::time::advance(Duration::from_secs(minutes * 60)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn given_a_session_when_nobody_uses_it_then_it_ends_after_half_an_hour() {
        let sessions = Sessions::default();
        let secret = sessions.begin("alice");
        pass(29).await;
        assert!(sessions.find(secret.text(), true).is_some());
        pass(29).await;
        assert!(sessions.find(secret.text(), false).is_some());
        pass(2).await;
        assert!(sessions.find(secret.text(), true).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn given_a_session_when_used_all_day_then_it_ends_after_twelve_hours() {
        let sessions = Sessions::default();
        let secret = sessions.begin("alice");
        for _ in 0..(12 * 60 / 20) - 1 {
            pass(20).await;
            assert!(sessions.find(secret.text(), true).is_some());
        }
        pass(20).await;
        assert!(sessions.find(secret.text(), true).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn given_a_session_that_listens_when_that_counts_as_use_then_it_lasts() {
        let sessions = Sessions::default();
        let secret = sessions.begin("wall");
        let id = sessions.find(secret.text(), false).unwrap().id;
        for _ in 0..3 {
            pass(20).await;
            assert!(sessions.lasts(&id, true));
        }
        pass(20).await;
        assert!(sessions.lasts(&id, false));
        pass(20).await;
        assert!(!sessions.lasts(&id, true));
    }

    #[tokio::test(start_paused = true)]
    async fn given_many_sessions_of_a_user_then_the_oldest_makes_room_and_others_are_left_alone() {
        let sessions = Sessions::default();
        let other = sessions.begin("bob");
        let mut mine = Vec::new();
        for _ in 0..=OF_ONE_USER {
            mine.push(sessions.begin("alice"));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(sessions.find(mine[0].text(), false).is_none());
        assert!(sessions.find(mine[1].text(), false).is_some());
        assert!(sessions.find(other.text(), false).is_some());
    }

    #[tokio::test]
    async fn given_a_changed_password_then_all_other_sessions_of_the_user_end() {
        let sessions = Sessions::default();
        let (here, there, other) = (
            sessions.begin("alice"),
            sessions.begin("alice"),
            sessions.begin("bob"),
        );
        let id = sessions.find(here.text(), false).unwrap().id;
        sessions.end_of("alice", Some(&id));
        assert!(sessions.find(here.text(), false).is_some());
        assert!(sessions.find(there.text(), false).is_none());
        assert!(sessions.find(other.text(), false).is_some());
    }
}
