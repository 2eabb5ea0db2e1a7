#![allow(clippy::unwrap_used)]

use dataflow_core::lifecycle::StepSummary;

use super::*;

fn planned(steps: usize) -> Planned {
    let step = |number| StepSummary {
        what: format!("do thing {number}"),
        why: "it is needed".to_owned(),
        changes: Vec::new(),
        risk: None,
        undo: None,
        settles: None,
    };
    Planned {
        server: "pbx@172.31.16.158".to_owned(),
        pending: steps > 0,
        plan: PlanSummary {
            steps: (1..=steps).map(step).collect(),
            ..PlanSummary::default()
        },
    }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_plan_begins_with_how_much_there_is_to_do() {
    insta::assert_snapshot!(plain(&human(&planned(2), None)), @"
    Data Flow on pbx@172.31.16.158: 2 steps

    1. do thing 1
         why:  it is needed
    2. do thing 2
         why:  it is needed
    ");
    insta::assert_snapshot!(plain(&human(&planned(0), None)), @"Data Flow on pbx@172.31.16.158 is as wanted: nothing to do");
}

#[test]
fn several_plans_stand_below_the_names_of_their_servers() {
    let unreachable = dataflow_core::host::HostError::Refused {
        host: "10.2.0.2".to_owned(),
        port: 22,
    };
    let answers = [
        ("paris", Ok(planned(1))),
        ("lima", Ok(planned(0))),
        ("oslo", Err(unreachable.into())),
    ]
    .map(|(name, result)| Answer {
        name: name.to_owned(),
        result,
    });
    insta::assert_snapshot!(plain(&overview(&answers, None)), @"
    paris
    Data Flow on pbx@172.31.16.158: 1 step

    1. do thing 1
         why:  it is needed

    lima
    Data Flow on pbx@172.31.16.158 is as wanted: nothing to do

    oslo
    unreachable
    ");
}

#[test]
fn programs_get_the_plan_beside_the_server() {
    insta::assert_snapshot!(serde_json::to_string(&planned(1)).unwrap(), @r#"{"server":"pbx@172.31.16.158","pending":true,"steps":[{"what":"do thing 1","why":"it is needed"}]}"#);
}
