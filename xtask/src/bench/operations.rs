//! One round through all verbs, each beside the incumbent's figure.

use super::incumbent::{self as script, Operation};
use super::limits;
use super::own_start;
use super::program::{Program, Run};
use super::report::Report;
use super::server;
use super::watch::{Noticed, Watch};
use crate::failure::Result;

/// Images that an upgrade goes to; a round takes them away so that each round fetches them.
const NEW_SERVICE: &str = "portsip/pbx:22.4";
const BIG_SERVICE: &str = "portsip/pbx:big";
const NEW_CLICKHOUSE: &str = "portsip/clickhouse:26.3";

pub(super) fn measure(program: &Program, report: &mut Report) -> Result<()> {
    server::reset(true)?;
    let pulling = program.succeed(&["run"])?;
    report.compared(script::RUN_PULLING, pulling.seconds());

    server::reset(false)?;
    let deploy = program.succeed(&["run"])?;
    report.compared(script::RUN_EMPTY, deploy.seconds());
    report.limited(limits::MEMORY_DEPLOY, deploy.megabytes);
    looks(program, report)?;
    run_again(program, report)?;
    operation(program, &["restart"], script::RESTART, report)?;
    upgrades_of_service(program, report)?;
    stop_and_start(program, report)?;
    removed(program, report)?;
    upgrades_of_both(program, report)?;

    let noticed = noticed(|| {
        server::sh("systemctl restart docker")?;
        Ok(())
    })?;
    report.compared(script::DOCKERD_RESTART, noticed.1.gap);

    let own = own_start::measure()?;
    report.limited(limits::beside("deploy, images present"), deploy.seconds());
    report.limited(limits::beside("the containers' own start-up"), own);
    report.limited(limits::DEPLOY, deploy.seconds() - own);
    Ok(())
}

fn looks(program: &Program, report: &mut Report) -> Result<()> {
    let status = program.dataflow(&["status"])?;
    report.compared(script::STATUS_RUNNING, status.seconds());
    report.compared(script::STATUS_RUNNING_CODE, status.exit_code());
    // Every run here starts in `/`, with its settings file elsewhere.
    report.compared(script::OTHER_DIRECTORY_CODE, status.exit_code());
    let unknown = program.dataflow(&["frobnicate"])?;
    report.compared(script::UNKNOWN_VERB, unknown.seconds());
    report.compared(script::UNKNOWN_VERB_CODE, unknown.exit_code());
    report.compared(script::NO_VERB_CODE, program.dataflow(&[])?.exit_code());
    Ok(())
}

fn run_again(program: &Program, report: &mut Report) -> Result<()> {
    let before = server::containers()?;
    let (run, noticed) = noticed(|| program.succeed(&["run"]))?;
    report.compared(script::RUN_AGAIN, run.seconds());
    report.compared(script::RUN_AGAIN_DOWN, noticed.down);
    let touched = server::touched(&before, &server::containers()?);
    report.compared(script::RUN_AGAIN_TOUCHED, touched);
    Ok(())
}

fn upgrades_of_service(program: &Program, report: &mut Report) -> Result<()> {
    let arguments = ["upgrade", "-i", NEW_SERVICE];
    let upgrade = operation(program, &arguments, script::UPGRADE_SERVICE, report)?;
    report.limited(limits::MEMORY_UPGRADE, upgrade.megabytes);
    let kept = server::sh("docker image ls --quiet portsip/pbx:22 | wc -l")?;
    let deleted = if kept.trim() == "0" { 1.0 } else { 0.0 };
    report.compared(script::UPGRADE_OLD_IMAGE, deleted);

    let before = server::containers()?;
    operation(program, &["upgrade"], script::UPGRADE_BARE, report)?;
    let changed = server::other_images(&before, &server::containers()?);
    report.compared(script::UPGRADE_BARE_IMAGES, changed);

    let arguments = ["upgrade", "-i", BIG_SERVICE];
    operation(program, &arguments, script::UPGRADE_BIG, report).map(drop)
}

fn stop_and_start(program: &Program, report: &mut Report) -> Result<()> {
    report.compared(script::STOP, program.succeed(&["stop"])?.seconds());
    let again = program.dataflow(&["stop"])?;
    report.compared(script::STOP_AGAIN_CODE, again.exit_code());
    let status = program.dataflow(&["status"])?;
    report.compared(script::STATUS_STOPPED, status.seconds());
    report.compared(script::STATUS_STOPPED_CODE, status.exit_code());
    report.compared(script::START, program.succeed(&["start"])?.seconds());
    Ok(())
}

fn removed(program: &Program, report: &mut Report) -> Result<()> {
    report.compared(script::RM, program.succeed(&["rm"])?.seconds());
    let again = program.dataflow(&["rm"])?;
    report.compared(script::RM_AGAIN_CODE, again.exit_code());
    let status = program.dataflow(&["status"])?;
    report.compared(script::STATUS_REMOVED_CODE, status.exit_code());
    let start = program.dataflow(&["start"])?;
    report.compared(script::START_AFTER_RM, start.seconds());
    report.compared(script::START_AFTER_RM_CODE, start.exit_code());
    let upgrade = program.dataflow(&["upgrade", "-i", NEW_SERVICE])?;
    report.compared(script::UPGRADE_AFTER_RM, upgrade.seconds());
    report.compared(script::UPGRADE_AFTER_RM_CODE, upgrade.exit_code());
    let run = program.succeed(&["run"])?;
    report.compared(script::RUN_AFTER_RM, run.seconds());
    Ok(())
}

fn upgrades_of_both(program: &Program, report: &mut Report) -> Result<()> {
    let orders = [
        (
            ["upgrade", "-i", NEW_SERVICE, "-d", NEW_CLICKHOUSE],
            script::UPGRADE_BOTH,
            script::UPGRADE_BOTH_IMAGES,
        ),
        (
            ["upgrade", "-d", NEW_CLICKHOUSE, "-i", NEW_SERVICE],
            script::UPGRADE_BOTH_TURNED,
            script::UPGRADE_BOTH_TURNED_IMAGES,
        ),
    ];
    for (turn, (arguments, rows, images)) in orders.into_iter().enumerate() {
        if turn > 0 {
            program.succeed(&["rm"])?;
            let run = program.succeed(&["run"])?;
            report.compared(script::RUN_AFTER_RM, run.seconds());
        }
        server::sh(&format!(
            "for image in {NEW_SERVICE} {NEW_CLICKHOUSE}; do docker image rm $image >/dev/null 2>&1 || :; done"
        ))?;
        let before = server::containers()?;
        operation(program, &arguments, rows, report)?;
        let changed = server::other_images(&before, &server::containers()?);
        report.compared(images, changed);
    }
    Ok(())
}

fn operation(
    program: &Program,
    arguments: &[&str],
    rows: Operation,
    report: &mut Report,
) -> Result<Run> {
    let (run, noticed) = noticed(|| program.succeed(arguments))?;
    report.compared(rows.time, run.seconds());
    report.compared(rows.gap, noticed.gap);
    report.compared(rows.down, noticed.down);
    Ok(run)
}

/// What `act` gives, and what was noticed of it.
fn noticed<T>(act: impl FnOnce() -> Result<T>) -> Result<(T, Noticed)> {
    let watch = Watch::begin()?;
    let done = act()?;
    Ok((done, watch.end()?))
}
