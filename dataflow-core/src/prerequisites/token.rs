//! The token by which the service and the PBX know each other.

use super::{Known, Prerequisite, State, portal};
use crate::{pbx::Seen, spec::Spec};

const ID: &str = "token";
const TITLE: &str = "Token of the Data Flow server";

pub(super) fn item(spec: &Spec, known: &Known) -> Prerequisite {
    let item = |state, seen: String| Prerequisite::new(ID, TITLE, state, seen);
    let by_hand = portal::token;
    if spec.token_file().is_none() {
        return item(
            State::NotChecked,
            "no place is set where the service reads it (token.deliver-as)".to_owned(),
        )
        .remedied(by_hand());
    }
    let used = known
        .service
        .as_ref()
        .and_then(|service| service.token.as_ref());
    let there = match (&known.delivered, used) {
        (Seen::Known(delivered), _) => delivered.as_ref(),
        (Seen::NotAsked, Some(used)) => Some(used),
        (Seen::NotAsked, None) => {
            let why = match known.service {
                Some(_) => "the service does not say with which token it was made",
                None => "the server was not asked",
            };
            return item(State::NotChecked, why.to_owned()).remedied(by_hand());
        }
        (Seen::Unknown(why), _) => {
            return item(State::NotChecked, why.clone()).remedied(by_hand());
        }
    };
    let wanted = spec.token().map(|token| token.fingerprint());
    match (there, wanted, used) {
        (None, Some(wanted), _) => item(
            State::Missing,
            format!("the token {wanted} is not on the server"),
        )
        .remedied(["dataflow run delivers it.".to_owned()]),
        (None, None, _) => item(State::Missing, "no token is on the server".to_owned()).remedied(
            by_hand()
                .into_iter()
                .chain(["Deliver it: dataflow token set.".to_owned()]),
        ),
        (Some(now), Some(wanted), _) if *now != wanted => item(
            State::Wrong,
            format!("the token {now} is on the server, and {wanted} in the settings"),
        )
        .remedied([ANEW.to_owned()]),
        (Some(now), _, Some(used)) if now != used => item(
            State::Wrong,
            format!("the token {now} is on the server, and the service was made with {used}"),
        )
        .remedied([ANEW.to_owned()]),
        (Some(now), ..) => item(State::Ok, format!("the token {now} is on the server")),
    }
}

const ANEW: &str = "dataflow run makes the service anew with it; the data stays.";
