//! Something that pages listen to: its last events are kept once, and each listener has a place in them and nothing else.
//!
//! However many listen, an event is made and held once. A listener that is too slow for what is kept is told so (`reset`) and loads
//! its page anew; no event is left out unsaid.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Bytes;
use tokio::sync::watch;

/// The most bytes of events that a topic keeps, whatever their number.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Events that pages listen to. Clones are the same topic.
#[derive(Clone)]
pub(crate) struct Topic(Arc<Inner>);

struct Inner {
    /// Told apart from a topic of before a restart: its numbers mean nothing in this one.
    epoch: String,
    /// How many events are kept.
    most: usize,
    ring: Mutex<Ring>,
    /// The number of the next event, and whether there will be one.
    news: watch::Sender<(u64, bool)>,
}

#[derive(Default)]
struct Ring {
    /// The number of the first event that is kept.
    first: u64,
    events: VecDeque<Bytes>,
    bytes: usize,
}

/// A listener's place in a topic.
pub(crate) struct Listener {
    inner: Arc<Inner>,
    next: u64,
    lost: bool,
    news: watch::Receiver<(u64, bool)>,
}

impl Topic {
    /// One that keeps its last `most` events.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Inner {
            epoch: format!("{:08x}", rand::random::<u32>()),
            most,
            ring: Mutex::default(),
            news: watch::Sender::new((0, true)),
        }))
    }

    /// Tells an event. `data` is one line.
    pub(crate) fn tell(&self, name: &str, data: &str) {
        let inner = &self.0;
        let mut ring = inner.ring();
        let number = ring.next();
        let event = Bytes::from(format!(
            "id: {}-{number}\nevent: {name}\ndata: {data}\n\n",
            inner.epoch
        ));
        ring.bytes += event.len();
        ring.events.push_back(event);
        while ring.events.len() > inner.most || (ring.bytes > MOST_BYTES && ring.events.len() > 1) {
            let gone = ring.events.pop_front();
            ring.bytes -= gone.map_or(0, |event| event.len());
            ring.first += 1;
        }
        // With the ring still held: the numbers come in order.
        inner.news.send_replace((number + 1, true));
    }

    /// No event comes after this one.
    pub(crate) fn end(&self) {
        self.0.news.send_modify(|(_, lasts)| *lasts = false);
    }

    /// The place after the last event: what a page says that shows all up to it.
    pub(crate) fn place(&self) -> String {
        format!("{}-{}", self.0.epoch, self.0.ring().next())
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.0.news.receiver_count()
    }

    /// Listens. `after`: the number of the last event that was heard, as `Last-Event-ID` has it; `from`: a place. Without either,
    /// from the first that is kept.
    pub(crate) fn listen(&self, after: Option<&str>, from: Option<&str>) -> Listener {
        let inner = &self.0;
        let news = inner.news.subscribe();
        let number = |text: &str| -> Option<u64> {
            let (epoch, number) = text.rsplit_once('-')?;
            (epoch == inner.epoch).then(|| number.parse().ok())?
        };
        let ring = inner.ring();
        let asked = match (after, from) {
            (Some(after), _) => number(after).and_then(|number| number.checked_add(1)),
            (None, Some(from)) => number(from),
            (None, None) => Some(ring.first),
        };
        let there = asked.filter(|asked| (ring.first..=ring.next()).contains(asked));
        Listener {
            inner: Arc::clone(inner),
            next: there.unwrap_or(ring.next()),
            lost: there.is_none(),
            news,
        }
    }
}

impl Inner {
    fn ring(&self) -> std::sync::MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// The number of the next event.
    fn next(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

impl Listener {
    /// The next event, as it goes over the wire; `None` where there will be none.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.there() {
                return Some(event);
            }
            let next = self.next;
            // An event that came before the end is given before it.
            let heard = self
                .news
                .wait_for(|(number, lasts)| *number > next || !lasts);
            let (number, _) = *heard.await.ok()?;
            if number <= next {
                return None;
            }
        }
    }

    fn there(&mut self) -> Option<Bytes> {
        let ring = self.inner.ring();
        if self.lost || self.next < ring.first {
            self.lost = false;
            self.next = ring.next();
            let reset = format!(
                "id: {}-{}\nevent: reset\ndata: {{}}\n\n",
                self.inner.epoch,
                self.next.wrapping_sub(1)
            );
            return Some(reset.into());
        }
        let index = usize::try_from(self.next - ring.first).ok()?;
        let event = ring.events.get(index)?.clone();
        self.next += 1;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What the next event says, or how the listening goes on.
    async fn heard(listener: &mut Listener) -> String {
        let next = std::pin::pin!(listener.next());
        match futures_util::poll!(next) {
            std::task::Poll::Ready(Some(event)) => {
                let text = String::from_utf8(event.to_vec()).unwrap();
                let line = |start: &str| {
                    let line = text.lines().find_map(|line| line.strip_prefix(start));
                    line.unwrap().to_owned()
                };
                assert!(text.ends_with("\n\n"));
                format!("{} {}", line("event: "), line("data: "))
            }
            std::task::Poll::Ready(None) => "end".to_owned(),
            std::task::Poll::Pending => "nothing yet".to_owned(),
        }
    }

    fn id(topic: &Topic, number: u64) -> String {
        format!("{}-{number}", topic.0.epoch)
    }

    #[tokio::test]
    async fn given_events_when_listened_to_then_each_is_heard_once_and_in_order_and_then_the_end() {
        let topic = Topic::new(10);
        topic.tell("step", "1");
        let mut listener = topic.listen(None, None);
        assert_eq!(heard(&mut listener).await, "step 1");
        assert_eq!(heard(&mut listener).await, "nothing yet");
        topic.tell("step", "2");
        topic.tell("step", "3");
        topic.end();
        assert_eq!(heard(&mut listener).await, "step 2");
        assert_eq!(heard(&mut listener).await, "step 3");
        assert_eq!(heard(&mut listener).await, "end");
    }

    #[tokio::test]
    async fn given_a_reconnect_then_what_was_missed_is_heard() {
        let topic = Topic::new(10);
        for number in 0..5 {
            topic.tell("step", &number.to_string());
        }
        let mut listener = topic.listen(Some(&id(&topic, 2)), None);
        assert_eq!(heard(&mut listener).await, "step 3");
        assert_eq!(heard(&mut listener).await, "step 4");
        assert_eq!(heard(&mut listener).await, "nothing yet");
    }

    #[tokio::test]
    async fn given_a_page_then_it_hears_what_came_after_it_was_made() {
        let topic = Topic::new(10);
        let empty = topic.place();
        topic.tell("step", "1");
        let place = topic.place();
        topic.tell("step", "2");
        assert_eq!(heard(&mut topic.listen(None, Some(&place))).await, "step 2");
        assert_eq!(heard(&mut topic.listen(None, Some(&empty))).await, "step 1");
    }

    #[tokio::test]
    async fn given_a_listener_that_is_too_slow_then_it_is_told_so_and_hears_what_comes_then() {
        let topic = Topic::new(2);
        topic.tell("step", "1");
        let mut listener = topic.listen(None, None);
        assert_eq!(heard(&mut listener).await, "step 1");
        for number in 2..6 {
            topic.tell("step", &number.to_string());
        }
        assert_eq!(heard(&mut listener).await, "reset {}");
        assert_eq!(heard(&mut listener).await, "nothing yet");
        topic.tell("step", "6");
        assert_eq!(heard(&mut listener).await, "step 6");
    }

    #[tokio::test]
    async fn given_a_number_that_means_nothing_here_then_the_page_is_to_be_loaded_anew() {
        let topic = Topic::new(2);
        for number in 0..4 {
            topic.tell("step", &number.to_string());
        }
        let strange = [
            "00000000-1".to_owned(),
            "x".to_owned(),
            String::new(),
            id(&topic, 0),
            id(&topic, 99),
            id(&topic, u64::MAX),
        ];
        for after in strange {
            let mut listener = topic.listen(Some(&after), None);
            assert_eq!(heard(&mut listener).await, "reset {}", "{after}");
            topic.tell("step", "next");
            assert_eq!(heard(&mut listener).await, "step next", "{after}");
        }
    }

    #[test]
    fn however_large_events_are_what_is_kept_is_bounded() {
        let topic = Topic::new(1000);
        let large = "x".repeat(MOST_BYTES / 10);
        for _ in 0..100 {
            topic.tell("step", &large);
        }
        assert!(topic.0.ring().bytes <= MOST_BYTES);
    }
}
