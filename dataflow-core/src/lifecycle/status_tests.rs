#![allow(clippy::unwrap_used)]

use super::*;
use crate::prerequisites::State as Stands;

fn status(verdict: Verdict) -> Status {
    Status {
        server: "local".to_owned(),
        docker: "28.3.0".to_owned(),
        verdict,
        problems: Vec::new(),
        containers: Vec::new(),
        clickhouse: None,
        prerequisites: Vec::new(),
    }
}

fn item(state: Stands) -> Prerequisite {
    Prerequisite {
        id: "whitelist.private",
        title: "Private IP on the PBX's whitelist",
        state,
        seen: "the PBX throttles 172.31.16.158".to_owned(),
        remedy: Vec::new(),
    }
}

#[test]
fn only_what_is_missing_or_wrong_degrades_and_only_a_service_at_work() {
    use Stands::{Expiring, Missing, NotChecked, Ok, Wrong};
    use Verdict::{Degraded, NotDeployed, Running, Stopped};
    for (was, state, is, problems) in [
        (Running, Ok, Running, 0),
        (Running, Expiring, Running, 0),
        (Running, NotChecked, Running, 0),
        (Running, Missing, Degraded, 1),
        (Running, Wrong, Degraded, 1),
        (Degraded, Missing, Degraded, 1),
        (Stopped, Missing, Stopped, 0),
        (NotDeployed, Missing, NotDeployed, 0),
    ] {
        let status = status(was).with_prerequisites(vec![item(state)]);
        assert_eq!(
            (status.verdict, status.problems.len()),
            (is, problems),
            "{was} {state:?}"
        );
        assert_eq!(status.prerequisites.len(), 1);
    }
}

#[test]
fn a_pbx_at_another_address_is_a_cause_to_make_the_service_anew() {
    let spec = |pbx: &str| {
        let address = "172.31.16.158".parse().ok();
        Spec::new(pbx.parse().unwrap(), address, None).unwrap()
    };
    let deployed = Settings {
        pbx: "172.31.16.133".parse().ok(),
        ..Settings::default()
    };
    assert_eq!(moved(&spec("172.31.16.133"), &deployed), None);
    assert_eq!(moved(&spec("172.31.16.134"), &Settings::default()), None);
    assert_eq!(
        moved(&spec("172.31.16.134"), &deployed).as_deref(),
        Some(
            "the service was made for the PBX at 172.31.16.133, and the settings say 172.31.16.134; dataflow run makes it anew"
        )
    );
}
