//! From a hop to a connection that is signed in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::client::Handle;
use tokio::time::sleep;

use super::auth;
use super::client::{Client, Failure, is_end};
use super::connect::{self, CutOnDrop};
use super::heard::{Heard, Said};
use super::host_key::HostKeyCheck;
use super::link::{Ending, Link};
use super::patience::Patience;
use super::prompt_ack::PromptAck;
use super::refusals::Refusals;
use super::route::Hop;
use super::{HostError, shown};

/// How long to wait before a server that is too busy is tried again, at first; each time twice as long.
const PAUSE: Duration = Duration::from_millis(100);

/// The longest such wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Connects to a server, directly or through another, checks its host key and signs in.
pub(super) async fn connect(hop: &Hop, through: Option<&Link>) -> Result<Link, HostError> {
    let patience = Patience::default();
    let (ending, refusals) = (Ending::default(), Refusals::default());
    let mut stage = "reading known_hosts";
    let connecting = async {
        let check = Arc::new(HostKeyCheck::read(hop).await?);
        let (mut handle, cut) = match through {
            None => direct(hop, &check, (&ending, &refusals), &mut stage).await?,
            Some(link) => (
                onwards(hop, &check, link, (&ending, &refusals), &mut stage).await?,
                None,
            ),
        };
        stage = "signing in";
        let typed = auth::sign_in(&mut handle, hop, &ending, &patience).await?;
        if let Some(cut) = cut {
            cut.defuse();
        }
        Ok((handle, typed))
    };
    match patience.wait(hop.connect_timeout, connecting).await {
        Some(connected) => connected.map(|(handle, typed)| Link {
            label: hop.label.clone(),
            handle,
            ending,
            refusals,
            typed,
        }),
        None => Err(HostError::Timeout {
            host: hop.label.clone(),
            stage,
            after: hop.connect_timeout,
        }),
    }
}

/// From here. A server to which too many are connecting (`MaxStartups`) hangs up before it says who it is: it is tried
/// again while there is time.
async fn direct(
    hop: &Hop,
    check: &Arc<HostKeyCheck>,
    (ending, refusals): (&Ending, &Refusals),
    stage: &mut &'static str,
) -> Result<(Handle<Client>, Option<CutOnDrop>), HostError> {
    let begin = Instant::now();
    let mut pause = PAUSE;
    *stage = "resolving its name";
    let addresses = connect::resolve(&hop.host, hop.port).await?;
    loop {
        *stage = "connecting";
        let socket = connect::tcp(&addresses, hop).await?;
        // Without this, the library's own task would wait on for a server that never answers.
        let cut = CutOnDrop::new(&socket);
        *stage = "SSH handshake";
        let said = Said::default();
        let stream = Heard::new(PromptAck(socket), said.clone());
        let failure = match connect::handshake(stream, hop, check.clone(), ending, refusals).await {
            Ok(handle) => return Ok((handle, Some(cut))),
            Err(failure) => failure,
        };
        // Half of it is left to chance, so that those who were sent away together do not come back together.
        let chance = 0.5 + rand::random::<f64>() / 2.0;
        let time = begin.elapsed() + pause < hop.connect_timeout;
        match &failure {
            Failure::Ssh(error) if is_end(error) && said.was_too_busy() && time => {
                sleep(pause.mul_f64(chance)).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            _ => return Err(connect::failed(failure, hop, ending, &said)),
        }
    }
}

/// Through another server that is signed in to.
async fn onwards(
    hop: &Hop,
    check: &Arc<HostKeyCheck>,
    link: &Link,
    (ending, refusals): (&Ending, &Refusals),
    stage: &mut &'static str,
) -> Result<Handle<Client>, HostError> {
    *stage = "connecting";
    let opening =
        link.handle
            .channel_open_direct_tcpip(hop.host.as_str(), hop.port.into(), "127.0.0.1", 0);
    let channel = opening.await.map_err(|error| HostError::NoWayOn {
        host: hop.label.clone(),
        through: link.label.clone(),
        reason: match error {
            russh::Error::ChannelOpenFailure(failure) => shown(failure.description().as_bytes()),
            _ => link.ending.reason(),
        },
    })?;
    *stage = "SSH handshake";
    let said = Said::default();
    let stream = Heard::new(channel.into_stream(), said.clone());
    let handshake = connect::handshake(stream, hop, check.clone(), ending, refusals).await;
    handshake.map_err(|failure| connect::failed(failure, hop, ending, &said))
}
