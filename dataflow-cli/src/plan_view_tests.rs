use super::*;

fn change(setting: &str, now: Option<&str>, wanted: Option<&str>) -> Change {
    Change {
        setting: setting.to_owned(),
        now: now.map(str::to_owned),
        wanted: wanted.map(str::to_owned),
    }
}

fn step(what: &str, why: &str) -> StepSummary {
    StepSummary {
        what: what.to_owned(),
        why: why.to_owned(),
        changes: Vec::new(),
        risk: None,
        undo: None,
        settles: None,
    }
}

fn shown(plan: &PlanSummary, limit: Option<usize>) -> String {
    let text = text(plan, limit);
    anstream::adapter::strip_str(&text).to_string()
}

fn replacement() -> PlanSummary {
    let mut stop = step("stop portsip.dataflow", "its ClickHouse is replaced");
    stop.risk = Some("no analytics until it is started again; calls are not affected");
    stop.undo = Some("start portsip.dataflow".to_owned());
    let mut create = step(
        "create container portsip.clickhouse from portsip/clickhouse:26.3",
        "the image and the limits differ",
    );
    create.undo = Some("remove container portsip.clickhouse".to_owned());
    create.changes = vec![
        change(
            "image",
            Some("portsip/clickhouse:25.8"),
            Some("portsip/clickhouse:26.3"),
        ),
        change("nofile", Some("20000"), Some("655360")),
        change("capability", None, Some("SYS_NICE")),
        change("restart policy", Some("no"), None),
        change("password", None, None),
    ];
    PlanSummary {
        steps: vec![stop, create],
        ..PlanSummary::default()
    }
}

#[test]
fn every_step_has_its_cause_its_risk_its_undo_and_what_changes() {
    insta::assert_snapshot!(shown(&replacement(), None), @"
    1. stop portsip.dataflow
         why:  its ClickHouse is replaced
         risk: no analytics until it is started again; calls are not affected
         undo: start portsip.dataflow
    2. create container portsip.clickhouse from portsip/clickhouse:26.3
         why:  the image and the limits differ
         undo: remove container portsip.clickhouse
         ~ image           portsip/clickhouse:25.8 → portsip/clickhouse:26.3
         ~ nofile          20000                   → 655360
         + capability      SYS_NICE
         - restart policy  no
         ~ password        (differs; not shown)
    ");
}

#[test]
fn on_a_narrow_terminal_a_change_takes_two_lines() {
    insta::assert_snapshot!(shown(&replacement(), Some(60)), @"
    1. stop portsip.dataflow
         why:  its ClickHouse is replaced
         risk: no analytics until it is started again; calls are
               not affected
         undo: start portsip.dataflow
    2. create container portsip.clickhouse from portsip/clickhouse:26.3
         why:  the image and the limits differ
         undo: remove container portsip.clickhouse
         ~ image           portsip/clickhouse:25.8
                         → portsip/clickhouse:26.3
         ~ nofile          20000                   → 655360
         + capability      SYS_NICE
         - restart policy  no
         ~ password        (differs; not shown)
    ");
}

#[test]
fn what_follows_the_fetches_stands_apart_and_what_the_operator_changed_comes_first() {
    let mut steps: Vec<StepSummary> = (1..=9)
        .map(|number| step(&format!("do thing {number}"), "it is needed"))
        .collect();
    let forecast = steps.split_off(1);
    let mut plan = PlanSummary {
        steps,
        forecast,
        outage: None,
        changed_settings: vec![change("pbx", Some("172.31.16.133"), Some("172.31.16.134"))],
    };
    plan.forecast.push(step("do thing 10", "it is the tenth"));
    plan.forecast[8].settles = Some("portsip.clickhouse".to_owned());
    plan.outage = Some("no analytics from step 2 to step 10".to_owned());
    insta::assert_snapshot!(shown(&plan, None), @"
    changed since the last deployment:
      ~ pbx  172.31.16.133 → 172.31.16.134

     1. do thing 1
          why:  it is needed

    then, when the images are there:
     2. do thing 2
          why:  it is needed
     3. do thing 3
          why:  it is needed
     4. do thing 4
          why:  it is needed
     5. do thing 5
          why:  it is needed
     6. do thing 6
          why:  it is needed
     7. do thing 7
          why:  it is needed
     8. do thing 8
          why:  it is needed
     9. do thing 9
          why:  it is needed
    10. do thing 10
          why:  it is the tenth
          undo: none: from here on there is no way back to the portsip.clickhouse of before

    outage: no analytics from step 2 to step 10
    ");
    assert_eq!(count(&plan), "1 step, and then 9 more");
}

#[test]
fn an_empty_plan_is_nothing_to_do() {
    assert_eq!(text(&PlanSummary::default(), None), "");
    assert_eq!(count(&PlanSummary::default()), "nothing to do");
}
