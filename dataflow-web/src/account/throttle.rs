//! Slows down who guesses passwords: by the name that is tried, and by the address it is tried from.
//!
//! Each try counts as failed before it is made, so that many at the same time gain nothing. A browser in which that user has
//! signed in before is not held up, so that nobody can lock somebody else out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How many tries a name has before it has to wait.
const FREE_FOR_NAME: u32 = 5;

/// How many an address has; several people may share one.
const FREE_FOR_ADDRESS: u32 = 20;

/// The first wait; each one after it is twice as long.
const FIRST: Duration = Duration::from_secs(2);

/// The longest wait, and the time after which failed tries are forgotten.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The most names and addresses that are kept in mind.
const MOST: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Name(String),
    Address(IpAddr),
}

struct Tries {
    failed: u32,
    last: Instant,
    /// Until when no further try is taken.
    until: Instant,
}

/// It has to wait so long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) Duration);

/// Keeps in mind who failed.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Who, Tries>>);

impl Throttle {
    /// Takes a try of `name` from `address` to be made, or says how long it has to wait.
    pub(crate) fn admit(&self, name: &str, address: IpAddr) -> Result<(), Refused> {
        let now = Instant::now();
        let both = both(name, address);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = both.iter().filter_map(|(who, _)| {
            let until = all.get(who)?.until;
            (until > now).then(|| until - now)
        });
        if let Some(wait) = waits.max() {
            return Err(Refused(wait));
        }
        for (who, free) in both {
            make_room(&mut all, now);
            let tries = all.entry(who).or_insert(Tries {
                failed: 0,
                last: now,
                until: now,
            });
            if now.duration_since(tries.last) >= LONGEST {
                tries.failed = 0;
            }
            tries.failed = tries.failed.saturating_add(1);
            tries.last = now;
            if let Some(beyond) = tries.failed.checked_sub(free) {
                let wait = FIRST.saturating_mul(1 << beyond.min(16));
                tries.until = now + wait.min(LONGEST);
            }
        }
        Ok(())
    }

    /// The try was the right one: what was held against that name is forgotten, and against the address this try.
    pub(crate) fn forgive(&self, name: &str, address: IpAddr) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [(name, _), (address, _)] = both(name, address);
        all.remove(&name);
        if let Some(tries) = all.get_mut(&address) {
            tries.failed = tries.failed.saturating_sub(1);
        }
    }
}

fn both(name: &str, address: IpAddr) -> [(Who, u32); 2] {
    // Nobody has a name longer than that; it is not kept as long as it comes.
    let name = name.chars().take(64).collect();
    [
        (Who::Name(name), FREE_FOR_NAME),
        (Who::Address(network(address)), FREE_FOR_ADDRESS),
    ]
}

/// Whoever has an IPv6 address has the 2^64 beside it, too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

fn make_room(all: &mut HashMap<Who, Tries>, now: Instant) {
    if all.len() < MOST {
        return;
    }
    all.retain(|_, tries| now.duration_since(tries.last) < LONGEST);
    if all.len() >= MOST {
        // What has to wait stays in mind; of the rest the older half goes.
        let mut last: Vec<_> = all.values().map(|tries| tries.last).collect();
        let middle = last.len() / 2;
        let (_, middle, _) = last.select_nth_unstable(middle);
        let middle = *middle;
        all.retain(|_, tries| tries.until > now || tries.last > middle);
    }
    if all.len() >= MOST {
        all.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    async fn pass(time: Duration) {
        tokio::time::advance(time).await;
    }

    #[tokio::test(start_paused = true)]
    async fn given_failed_tries_of_a_name_then_each_further_one_waits_twice_as_long() {
        let throttle = Throttle::default();
        for try_ in 0..FREE_FOR_NAME {
            // From elsewhere each time.
            let from = address(u8::try_from(try_).unwrap());
            throttle.admit("alice", from).unwrap();
        }
        assert_eq!(throttle.admit("alice", address(99)), Err(Refused(FIRST)));
        assert_eq!(throttle.admit("bob", address(99)), Ok(()));
        pass(FIRST).await;
        throttle.admit("alice", address(98)).unwrap();
        assert_eq!(
            throttle.admit("alice", address(97)),
            Err(Refused(FIRST * 2))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn given_an_address_that_tries_many_names_then_it_waits_and_others_do_not() {
        let throttle = Throttle::default();
        for try_ in 0..FREE_FOR_ADDRESS {
            throttle.admit(&format!("user{try_}"), address(1)).unwrap();
        }
        assert!(throttle.admit("alice", address(1)).is_err());
        assert_eq!(throttle.admit("alice", address(2)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn given_waits_then_none_is_longer_than_the_longest_and_all_is_forgotten_after_it() {
        let throttle = Throttle::default();
        let mut longest = Duration::ZERO;
        for _ in 0..40 {
            if let Err(Refused(wait)) = throttle.admit("alice", address(1)) {
                longest = longest.max(wait);
                pass(wait).await;
            }
        }
        assert_eq!(longest, LONGEST);
        pass(LONGEST * 2).await;
        for _ in 0..FREE_FOR_NAME {
            throttle.admit("alice", address(2)).unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn given_the_right_password_then_what_was_held_against_the_name_is_forgotten() {
        let throttle = Throttle::default();
        for _ in 0..3 {
            for _ in 0..FREE_FOR_NAME - 1 {
                throttle.admit("alice", address(1)).unwrap();
            }
            throttle.forgive("alice", address(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn given_more_names_than_are_kept_then_the_table_stays_bounded_and_who_waits_stays_in_it()
    {
        let throttle = Throttle::default();
        for _ in 0..FREE_FOR_NAME {
            throttle.admit("alice", address(1)).unwrap();
        }
        for number in 0..2 * MOST {
            let [a, b] = u16::try_from(number).unwrap().to_be_bytes();
            let from = IpAddr::from([10, 0, a, b]);
            throttle.admit(&format!("user{number}"), from).unwrap();
        }
        assert!(throttle.0.lock().unwrap().len() <= MOST);
        assert!(throttle.admit("alice", address(9)).is_err());
    }

    #[test]
    fn given_addresses_of_one_ipv6_network_then_they_count_as_one() {
        let one = network("2001:db8::1".parse().unwrap());
        assert_eq!(one, network("2001:db8::ffff:1:2:3".parse().unwrap()));
        assert_ne!(one, network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), address(1));
    }
}
