//! The server's addresses on the PBX's whitelist, without which the PBX throttles the service.

use std::net::IpAddr;

use super::{Known, Prerequisite, State, portal};
use crate::{
    pbx::{
        NewFilter, Seen,
        whitelist::{Standing, judge},
    },
    spec::ServerIp,
};

/// The command of ours that does it.
const ENSURE: &str = "dataflow whitelist ensure does it. By hand:";

/// The server's addresses on the PBX's whitelist alone, an item for each.
#[must_use]
pub fn whitelist(
    private_ip: Option<ServerIp>,
    public_ip: Option<ServerIp>,
    known: &Known,
) -> Vec<Prerequisite> {
    let private = (
        "whitelist.private",
        "Private IP on the PBX's whitelist",
        private_ip,
    );
    let public = (
        "whitelist.public",
        "Public IP on the PBX's whitelist",
        public_ip,
    );
    [private, public]
        .into_iter()
        .filter_map(|(id, title, address)| Some(item(id, title, address?.get(), known)))
        .collect()
}

fn item(id: &'static str, title: &'static str, address: IpAddr, known: &Known) -> Prerequisite {
    let item = |state, seen: String| Prerequisite::new(id, title, state, seen);
    let until = NewFilter::accept(address, known.now, "").expire_at();
    let by_hand = || portal::whitelist(address, until);
    let ours = || std::iter::once(ENSURE.to_owned()).chain(by_hand());
    let unseen = |why: &str| item(State::NotChecked, why.to_owned()).remedied(by_hand());
    let entries = match &known.pbx.whitelist {
        Seen::Known(entries) => entries,
        Seen::NotAsked => return unseen("the PBX was not asked"),
        Seen::Unknown(why) => return unseen(why),
    };
    let standing = judge(entries, address, known.now);
    match &standing {
        Standing::Accepted(_) => item(State::Ok, format!("{address}: {standing}")),
        Standing::Expiring(_) => {
            item(State::Expiring, format!("{address}: {standing}")).remedied(ours())
        }
        Standing::Missing(None) => item(
            State::Missing,
            format!("the PBX throttles {address}: it is not on its whitelist"),
        )
        .remedied(ours()),
        Standing::Missing(Some(_)) => item(
            State::Missing,
            format!("the PBX throttles {address}: {standing}"),
        )
        .remedied(ours()),
        Standing::Denied { by, accepted } => {
            let told = item(
                State::Wrong,
                format!("the PBX may keep {address} out: {standing}"),
            )
            .remedied(portal::allow(by));
            match accepted {
                Some(_) => told,
                None => told.remedied(ours()),
            }
        }
    }
}
