//! One round through all verbs, each beside the incumbent's figure.

use std::time::Duration;

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

/// One time through all verbs.
pub(super) struct Round<'a> {
    pub(super) program: &'a Program,
    pub(super) report: &'a mut Report,
    /// How long after a row what is watched begins. Rows come one a second: an outage shorter than that would go unnoticed if it
    /// always began right after one.
    pub(super) phase: Duration,
}

impl Round<'_> {
    pub(super) fn measure(&mut self) -> Result<()> {
        server::reset(true)?;
        let pulling = self.program.succeed(&["run"])?;
        self.report.compared(script::RUN_PULLING, pulling.seconds());

        server::reset(false)?;
        let deploy = self.program.succeed(&["run"])?;
        self.report.compared(script::RUN_EMPTY, deploy.seconds());
        self.report.limited(limits::MEMORY_DEPLOY, deploy.megabytes);
        self.looks()?;
        self.run_again()?;
        self.operation(&["restart"], script::RESTART)?;
        self.upgrades_of_service()?;
        self.stop_and_start()?;
        self.removed()?;
        self.upgrades_of_both()?;

        let noticed = self.noticed(|| {
            server::sh("systemctl restart docker")?;
            Ok(())
        })?;
        self.report.compared(script::DOCKERD_RESTART, noticed.1.gap);

        let own = own_start::measure()?;
        self.report
            .limited(limits::beside("deploy, images present"), deploy.seconds());
        self.report
            .limited(limits::beside("the containers' own start-up"), own);
        self.report.limited(limits::DEPLOY, deploy.seconds() - own);
        Ok(())
    }

    fn looks(&mut self) -> Result<()> {
        let status = self.program.dataflow(&["status"])?;
        self.report
            .compared(script::STATUS_RUNNING, status.seconds());
        self.report
            .compared(script::STATUS_RUNNING_CODE, status.exit_code());
        // Every run here starts in `/`, with its settings file elsewhere.
        self.report
            .compared(script::OTHER_DIRECTORY_CODE, status.exit_code());
        let unknown = self.program.dataflow(&["frobnicate"])?;
        self.report
            .compared(script::UNKNOWN_VERB, unknown.seconds());
        self.report
            .compared(script::UNKNOWN_VERB_CODE, unknown.exit_code());
        self.report.compared(
            script::NO_VERB_CODE,
            self.program.dataflow(&[])?.exit_code(),
        );
        Ok(())
    }

    fn run_again(&mut self) -> Result<()> {
        let before = server::containers()?;
        let (run, noticed) = self.noticed(|| self.program.succeed(&["run"]))?;
        self.report.compared(script::RUN_AGAIN, run.seconds());
        self.report.compared(script::RUN_AGAIN_DOWN, noticed.down);
        let touched = server::touched(&before, &server::containers()?);
        self.report.compared(script::RUN_AGAIN_TOUCHED, touched);
        Ok(())
    }

    fn upgrades_of_service(&mut self) -> Result<()> {
        let arguments = ["upgrade", "-i", NEW_SERVICE];
        let upgrade = self.operation(&arguments, script::UPGRADE_SERVICE)?;
        self.report
            .limited(limits::MEMORY_UPGRADE, upgrade.megabytes);
        let kept = server::sh("docker image ls --quiet portsip/pbx:22 | wc -l")?;
        let deleted = if kept.trim() == "0" { 1.0 } else { 0.0 };
        self.report.compared(script::UPGRADE_OLD_IMAGE, deleted);

        let before = server::containers()?;
        self.operation(&["upgrade"], script::UPGRADE_BARE)?;
        let changed = server::other_images(&before, &server::containers()?);
        self.report.compared(script::UPGRADE_BARE_IMAGES, changed);

        let arguments = ["upgrade", "-i", BIG_SERVICE];
        self.operation(&arguments, script::UPGRADE_BIG).map(drop)
    }

    fn stop_and_start(&mut self) -> Result<()> {
        self.report
            .compared(script::STOP, self.program.succeed(&["stop"])?.seconds());
        let again = self.program.dataflow(&["stop"])?;
        self.report
            .compared(script::STOP_AGAIN_CODE, again.exit_code());
        let status = self.program.dataflow(&["status"])?;
        self.report
            .compared(script::STATUS_STOPPED, status.seconds());
        self.report
            .compared(script::STATUS_STOPPED_CODE, status.exit_code());
        self.report
            .compared(script::START, self.program.succeed(&["start"])?.seconds());
        Ok(())
    }

    fn removed(&mut self) -> Result<()> {
        self.report
            .compared(script::RM, self.program.succeed(&["rm"])?.seconds());
        let again = self.program.dataflow(&["rm"])?;
        self.report
            .compared(script::RM_AGAIN_CODE, again.exit_code());
        let status = self.program.dataflow(&["status"])?;
        self.report
            .compared(script::STATUS_REMOVED_CODE, status.exit_code());
        let start = self.program.dataflow(&["start"])?;
        self.report
            .compared(script::START_AFTER_RM, start.seconds());
        self.report
            .compared(script::START_AFTER_RM_CODE, start.exit_code());
        let upgrade = self.program.dataflow(&["upgrade", "-i", NEW_SERVICE])?;
        self.report
            .compared(script::UPGRADE_AFTER_RM, upgrade.seconds());
        self.report
            .compared(script::UPGRADE_AFTER_RM_CODE, upgrade.exit_code());
        let run = self.program.succeed(&["run"])?;
        self.report.compared(script::RUN_AFTER_RM, run.seconds());
        Ok(())
    }

    fn upgrades_of_both(&mut self) -> Result<()> {
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
                // With the data kept, going back to the older ClickHouse would be refused.
                server::reset(false)?;
                self.program.succeed(&["run"])?;
            }
            server::sh(&format!(
                "for image in {NEW_SERVICE} {NEW_CLICKHOUSE}; do docker image rm $image >/dev/null 2>&1 || :; done"
            ))?;
            let before = server::containers()?;
            self.operation(&arguments, rows)?;
            let changed = server::other_images(&before, &server::containers()?);
            self.report.compared(images, changed);
        }
        Ok(())
    }

    fn operation(&mut self, arguments: &[&str], rows: Operation) -> Result<Run> {
        let (run, noticed) = self.noticed(|| self.program.succeed(arguments))?;
        self.report.compared(rows.time, run.seconds());
        self.report.compared(rows.gap, noticed.gap);
        self.report.compared(rows.down, noticed.down);
        Ok(run)
    }

    /// What `act` gives, and what was noticed of it.
    fn noticed<T>(&self, act: impl FnOnce() -> Result<T>) -> Result<(T, Noticed)> {
        let watch = Watch::begin(self.phase)?;
        let done = act()?;
        Ok((done, watch.end()?))
    }
}
