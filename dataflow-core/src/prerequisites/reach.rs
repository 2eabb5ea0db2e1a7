//! The ports that the server and the PBX must reach of each other.

use std::net::IpAddr;

use super::{Known, Prerequisite, State};
use crate::{
    pbx::Seen,
    reach::{Outcome, Reach, firewall_rule},
    spec::{ServerIp, Spec},
};

pub(super) fn items(spec: &Spec, known: &Known) -> Vec<Prerequisite> {
    let pbx = spec.pbx().get();
    let Some(server) = spec.private_ip().or(spec.public_ip()).map(ServerIp::get) else {
        return Vec::new();
    };
    let to_pbx = Way {
        id: "reach.to-pbx",
        title: "From the server to the PBX",
        ports: spec.ports_to_pbx(),
        from: server,
        to: pbx,
    };
    let from_pbx = Way {
        id: "reach.from-pbx",
        title: "From the PBX to the server",
        ports: spec.ports_from_pbx(),
        from: pbx,
        to: server,
    };
    [(to_pbx, &known.to_pbx), (from_pbx, &known.from_pbx)]
        .into_iter()
        .filter(|(way, _)| !way.ports.is_empty())
        .map(|(way, reached)| way.item(reached))
        .collect()
}

/// One of the two directions.
struct Way<'a> {
    id: &'static str,
    title: &'static str,
    /// Those that must be reached.
    ports: &'a [u16],
    from: IpAddr,
    to: IpAddr,
}

impl Way<'_> {
    fn item(&self, reached: &Seen<Vec<Reach>>) -> Prerequisite {
        let item = |state, seen: String| Prerequisite::new(self.id, self.title, state, seen);
        let reached = match reached {
            Seen::Known(reached) => reached,
            Seen::NotAsked => {
                return item(State::NotChecked, "it was not tried".to_owned())
                    .remedied(self.open());
            }
            Seen::Unknown(why) => {
                return item(State::NotChecked, why.clone()).remedied(self.open());
            }
        };
        let told = |is: fn(&Outcome) -> bool| -> Vec<String> {
            let those = reached.iter().filter(|one| is(&one.outcome));
            those
                .map(|one| format!("port {}: {}", one.port, one.outcome))
                .collect()
        };
        let closed = told(|outcome| !matches!(outcome, Outcome::Open | Outcome::Unknown(_)));
        let not_tried = told(|outcome| matches!(outcome, Outcome::Unknown(_)));
        let (from, to) = (self.from, self.to);
        if !closed.is_empty() {
            let seen = format!("{from} does not reach {to}: {}", closed.join("; "));
            return item(State::Wrong, seen).remedied(self.open());
        }
        if !not_tried.is_empty() {
            return item(State::NotChecked, not_tried.join("; ")).remedied(self.open());
        }
        item(
            State::Ok,
            format!("{from} reaches {to} on {}", ports(self.ports)),
        )
    }

    /// How the vendor has the machines let each other through.
    fn open(&self) -> Vec<String> {
        let (from, to, ports) = (self.from, self.to, ports(self.ports));
        vec![
            format!("Let {from} through to {ports} (TCP) of {to}."),
            format!(
                "On {to}, where firewalld runs: {}",
                firewall_rule(from).join(" && ")
            ),
            format!(
                "In a cloud: an inbound rule of the security group of {to} that allows TCP {ports} from {from}."
            ),
        ]
    }
}

/// `port 8887`, or `ports 80 and 8887`.
fn ports(ports: &[u16]) -> String {
    match ports {
        [one] => format!("port {one}"),
        many => {
            let many: Vec<String> = many.iter().map(ToString::to_string).collect();
            format!("ports {}", many.join(", "))
        }
    }
}
