#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const RUN: &str = "20261124T114500Z-4f2a";

const LINES: &str = r#"{"v":1,"at":"2026-11-24T11:45:00Z","record":"begun","run":"20261124T114500Z-4f2a","verb":"upgrade","user":"alice","from":"node1","login":"pbx","pid":7,"server":"pbx@172.31.16.158","program":"0.1.0","settings":{"data-path":"/var/lib/portsip","pbx":"172.31.16.133","image":"portsip/pbx:22.4","clickhouse-image":"portsip/clickhouse:25.8","nofile":655360,"start-grace":90}}
{"v":1,"at":"2026-11-24T11:45:00Z","record":"planned","plan":{"steps":[],"changed_settings":[{"setting":"image","now":"portsip/pbx:22","wanted":"portsip/pbx:22.4"}]}}
{"v":1,"at":"2026-11-24T11:45:00Z","record":"step-started","number":1,"of":1,"what":"fetch image portsip/pbx:22.4","why":"it is not on the server"}
{"v":1,"at":"2026-11-24T11:45:09Z","record":"step-done","number":1,"elapsed_ms":9000}
{"v":1,"at":"2026-11-24T11:45:10Z","record":"step-started","number":1,"of":2,"what":"stop portsip.dataflow","why":"another image is wanted"}
{"v":1,"at":"2026-11-24T11:45:11Z","record":"step-done","number":1,"elapsed_ms":1000}
{"v":1,"at":"2026-11-24T11:45:11Z","record":"step-started","number":2,"of":2,"what":"see portsip.dataflow keep running","why":"another image is wanted"}
{"v":1,"at":"2026-11-24T11:45:12Z","record":"step-failed","number":2,"error":"portsip.dataflow ended with exit code 1","elapsed_ms":500}
{"v":1,"at":"2026-11-24T11:45:12Z","record":"put-back","what":"start portsip.dataflow"}
{"v":1,"at":"2026-11-24T11:45:13Z","record":"ended","outcome":"failed","error":"could not see portsip.dataflow keep running","elapsed_ms":13000}
"#;

fn short_form(run: &PastRun) -> String {
    let mut text = format!(
        "{} {} by {}: {} {:?} {:?}\n",
        run.run,
        run.verb,
        run.operator,
        run.outcome.word(),
        run.elapsed_ms,
        run.error
    );
    for step in &run.steps {
        let PastStep {
            number,
            of,
            what,
            outcome,
            error,
            ..
        } = step;
        text.push_str(&format!(
            "[{number}/{of}] {what}: {} {error:?}\n",
            outcome.word()
        ));
    }
    text
}

#[test]
fn a_run_that_failed_is_told_step_by_step() {
    let run = parse(RUN, LINES, false);
    insta::assert_snapshot!(short_form(&run), @r#"
    20261124T114500Z-4f2a upgrade by alice on node1, signed in as pbx: failed Some(13000) Some("could not see portsip.dataflow keep running")
    [1/1] fetch image portsip/pbx:22.4: done None
    [1/2] stop portsip.dataflow: done None
    [2/2] see portsip.dataflow keep running: failed Some("portsip.dataflow ended with exit code 1")
    "#);
    let changed = &run.changed_settings[0];
    assert_eq!(
        (
            changed.setting.as_str(),
            changed.now.as_deref(),
            changed.wanted.as_deref()
        ),
        ("image", Some("portsip/pbx:22"), Some("portsip/pbx:22.4"))
    );
    assert_eq!(run.put_back, ["start portsip.dataflow"]);
    assert_eq!(run.settings.unwrap().image, "portsip/pbx:22.4");
}

#[test]
fn a_run_that_was_cut_off_at_any_byte_is_read_up_to_there() {
    for end in 0..LINES.len() {
        let Some(cut) = LINES.get(..end) else {
            continue;
        };
        let run = parse(RUN, cut, false);
        // The last record counts only when its line is whole; it may lack the line's end.
        assert_eq!(
            run.outcome == Outcome::NotFinished,
            end < LINES.len() - 1,
            "{end}"
        );
        assert!(run.steps.len() <= 3);
    }
    let cut = LINES
        .split_once("{\"v\":1,\"at\":\"2026-11-24T11:45:12Z\"")
        .unwrap()
        .0;
    let torn = format!("{cut}{{\"v\":1,\"at\":\"2026-1");
    insta::assert_snapshot!(short_form(&parse(RUN, &torn, false)), @"
    20261124T114500Z-4f2a upgrade by alice on node1, signed in as pbx: not finished None None
    [1/1] fetch image portsip/pbx:22.4: done None
    [1/2] stop portsip.dataflow: done None
    [2/2] see portsip.dataflow keep running: not finished None
    ");
    insta::assert_snapshot!(short_form(&parse(RUN, &torn, true)), @"
    20261124T114500Z-4f2a upgrade by alice on node1, signed in as pbx: at work None None
    [1/1] fetch image portsip/pbx:22.4: done None
    [1/2] stop portsip.dataflow: done None
    [2/2] see portsip.dataflow keep running: at work None
    ");
}

#[test]
fn what_makes_no_sense_is_passed_over() {
    let with_rubbish = LINES.replace('\n', "\n\0\u{1b}[2J{\"v\":9}\n[]\n{\"record\":\"unheard-of\",\"v\":2,\"at\":\"2026-11-24T11:45:13Z\"}\n");
    assert_eq!(parse(RUN, &with_rubbish, false), parse(RUN, LINES, false));
}

#[test]
fn a_step_that_never_began_does_not_end_another_one() {
    let lines = r#"{"v":1,"at":"2026-11-24T11:45:00Z","record":"step-started","number":1,"of":2,"what":"a","why":"b"}
{"v":1,"at":"2026-11-24T11:45:00Z","record":"step-done","number":2,"elapsed_ms":1}"#;
    assert_eq!(
        parse(RUN, lines, false).steps[0].outcome,
        Outcome::NotFinished
    );
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "(?s).{0,500}") {
        let run = parse(RUN, &text, false);
        prop_assert_eq!(run.outcome, Outcome::NotFinished);
    }

    #[test]
    fn hostile_texts_are_fit_to_be_shown(text in "(?s).{0,300}") {
        let at: Timestamp = "2026-11-24T11:45:00Z".parse().unwrap();
        let record = |what| Record { v: 1, at, what }.line();
        let lines = [
            record(What::StepStarted { number: 1, of: 1, what: text.clone(), why: text.clone() }),
            record(What::StepFailed { number: 1, error: text.clone(), elapsed_ms: 1 }),
            record(What::PutBack { what: text.clone(), error: Some(text.clone()) }),
            record(What::Ended { outcome: Ending::Failed, error: Some(text), elapsed_ms: 1 }),
        ];
        prop_assert!(lines.iter().all(|line| !line.contains('\n')));
        let run = parse(RUN, &lines.join("\n"), false);
        prop_assert_eq!(run.steps.len(), 1);
        let step = &run.steps[0];
        let shown = [&step.what, &step.why, step.error.as_ref().unwrap(), run.error.as_ref().unwrap(), &run.put_back[0]];
        prop_assert!(shown.iter().all(|text| !text.chars().any(char::is_control)));
    }
}
