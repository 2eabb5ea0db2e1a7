//! What comes in on a channel.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};

use super::super::Status;
use super::super::process::{Event, Lost};
use super::{Ending, shown};

/// The output and the end of what runs on a channel. Closes the channel when dropped.
pub(in super::super) struct Events {
    read: ChannelReadHalf,
    write: Option<ChannelWriteHalf<Msg>>,
    ending: Ending,
    program: bool,
    status: Option<Status>,
    closed: bool,
}

impl Events {
    /// Of a channel on which a program is to run.
    pub(super) fn program(channel: Channel<Msg>, ending: Ending) -> Self {
        let mut events = Self::connection(channel, ending);
        events.program = true;
        events
    }

    /// Of a forwarded connection.
    pub(super) fn connection(channel: Channel<Msg>, ending: Ending) -> Self {
        let (read, write) = channel.split();
        Self {
            read,
            write: Some(write),
            ending,
            program: false,
            status: None,
            closed: false,
        }
    }

    /// Asks the server to run this line.
    pub(super) async fn exec(&self, line: String) {
        if let Some(write) = &self.write {
            let _ = write.exec(true, line).await;
        }
    }

    pub(in super::super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Event, Lost>> {
        loop {
            // The future holds no state of its own: the waker stays registered with the queue it
            // reads.
            let message = ready!(pin!(self.read.wait()).poll(cx));
            return Poll::Ready(match message {
                Some(ChannelMsg::Data { data }) => Ok(Event::Stdout(data.to_vec())),
                Some(ChannelMsg::ExtendedData { data, .. }) => Ok(Event::Stderr(data.to_vec())),
                Some(ChannelMsg::ExitStatus { exit_status }) => {
                    self.status = Some(Status::Exited(exit_status));
                    continue;
                }
                Some(ChannelMsg::ExitSignal { signal_name, .. }) => {
                    self.status = Some(Status::Signaled(match signal_name {
                        Sig::Custom(name) => shown(name.as_bytes()),
                        known => format!("{known:?}"),
                    }));
                    continue;
                }
                Some(ChannelMsg::Eof) => Ok(Event::EndOfOutput),
                // Once closed from this side, a channel gives no more messages: nothing to wait
                // for.
                Some(ChannelMsg::Failure) => {
                    self.program = false;
                    Err(Lost::Refused("the server refuses to run commands".into()))
                }
                Some(ChannelMsg::Close) => {
                    self.closed = true;
                    continue;
                }
                // The queue ends after the channel is closed, or with the session. A status may
                // come before the last of the output: it counts once the channel is closed.
                None if self.closed => self.status.take().map(Event::Ended).ok_or(Lost::Status),
                None => Err(Lost::Connection(self.ending.reason())),
                Some(_) => continue,
            });
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let (false, Some(write)) = (self.closed, self.write.take()) {
            // A server only cuts the streams of a program when its channel is closed: one that does
            // not use them would run on.
            close(write, self.program.then_some(Sig::TERM));
        }
    }
}

/// Closes a channel without waiting for it, where there still is a runtime to do so.
fn close(write: ChannelWriteHalf<Msg>, signal: Option<Sig>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Some(signal) = signal {
                let _ = write.signal(signal).await;
            }
            let _ = write.close().await;
        });
    }
}
