//! `status` and a `run` without changes, in turns with a bare `ssh HOST true`.

use super::limits;
use super::program::Program;
use super::report::Report;
use super::server;
use crate::failure::Result;

/// Takes `count` samples of each, and a ratio from each pair: what slows the machine for a moment slows both.
pub(super) fn measure(program: &Program, count: u32, report: &mut Report) -> Result<()> {
    server::reset(false)?;
    program.succeed(&["run"])?;
    for turn in 0..count {
        // Which one goes first changes, so that none always follows the same.
        let (ssh, status, run);
        if turn % 2 == 0 {
            ssh = program.ssh_true()?;
            status = program.succeed(&["status"])?;
            run = program.succeed(&["run"])?;
        } else {
            run = program.succeed(&["run"])?;
            status = program.succeed(&["status"])?;
            ssh = program.ssh_true()?;
        }
        report.limited(limits::beside("ssh HOST true"), ssh.seconds());
        report.limited(limits::beside("status"), status.seconds());
        report.limited(limits::beside("run without changes"), run.seconds());
        report.limited(limits::STATUS, status.seconds() / ssh.seconds());
        report.limited(limits::RUN_WITHOUT_CHANGES, run.seconds() / ssh.seconds());
        report.limited(limits::RUN_WITH_CHECKS, run.seconds() / ssh.seconds());
        report.limited(limits::MEMORY_STATUS, status.megabytes);
        report.limited(limits::MEMORY_RUN, run.megabytes);
    }
    Ok(())
}
