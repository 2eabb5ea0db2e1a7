//! Whether server and PBX reach each other.

use crate::{
    host::Host,
    pbx::Seen,
    reach::{self, Reach},
    spec::{ServerIp, Spec},
};

/// What became of connecting to the ports that must be open, in both directions.
pub(super) struct Reached {
    /// From the server to the PBX.
    pub(super) to_pbx: Seen<Vec<Reach>>,
    /// From the PBX to the server.
    pub(super) from_pbx: Seen<Vec<Reach>>,
}

/// Tries the ports that must be open, both directions at the same time. It takes no command on the server, and three seconds where
/// somebody does not answer.
pub(super) async fn reached(host: &Host, spec: &Spec) -> Reached {
    let pbx = spec.pbx().get();
    let server = spec.private_ip().or(spec.public_ip()).map(ServerIp::get);
    let from_pbx = async {
        match server {
            _ if spec.ports_from_pbx().is_empty() => Seen::NotAsked,
            None => Seen::NotAsked,
            Some(server) => match reach::from_pbx(pbx, server, spec.ports_from_pbx()).await {
                Ok(reached) => Seen::Known(reached),
                Err(why) => Seen::Unknown(why),
            },
        }
    };
    let to_pbx = reach::from(host, pbx, spec.ports_to_pbx());
    let (to_pbx, from_pbx) = tokio::join!(to_pbx, from_pbx);
    Reached {
        to_pbx: Seen::Known(to_pbx),
        from_pbx,
    }
}
