//! The requests that came, for tests to count and to look at.

use std::collections::VecDeque;
use std::net::IpAddr;

use serde::Serialize;

/// How many are kept: the last ones.
const KEPT: usize = 10_000;

#[derive(Default)]
pub(crate) struct Seen {
    requests: VecDeque<Request>,
    forgotten: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) from: IpAddr,
    /// Of the answer; none where it was never given.
    pub(crate) status: Option<u16>,
}

impl Seen {
    /// Notes a request; gives what its answer is noted under.
    pub(crate) fn note(&mut self, request: Request) -> usize {
        if self.requests.len() == KEPT {
            self.requests.pop_front();
            self.forgotten += 1;
        }
        self.requests.push_back(request);
        self.forgotten + self.requests.len() - 1
    }

    pub(crate) fn answered(&mut self, noted: usize, status: u16) {
        let kept = noted.checked_sub(self.forgotten);
        if let Some(request) = kept.and_then(|index| self.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.requests.len();
        self.requests.clear();
    }
}
