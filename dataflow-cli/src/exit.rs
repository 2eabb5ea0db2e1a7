//! The exit codes: the one place that says what they are and what they mean.

use std::process::ExitCode;

use dataflow_core::Kind;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    Success = 0,
    Failed = 1,
    Usage = 2,
    Precondition = 3,
    Pending = 4,
    Locked = 5,
    Unreachable = 6,
    /// As shells have it: 128 and the number of the signal.
    Interrupted = 130,
}

impl ExitStatus {
    /// All of them, by number.
    pub(crate) const ALL: [Self; 8] = [
        Self::Success,
        Self::Failed,
        Self::Usage,
        Self::Precondition,
        Self::Pending,
        Self::Locked,
        Self::Unreachable,
        Self::Interrupted,
    ];

    /// What it means, as the help, the manual and the README have it.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Success => {
                "done; for status: the service runs as it should; for preflight: the server is fit"
            }
            Self::Failed => {
                "something failed; for status: the service does not run as it should; for preflight: the server is not fit"
            }
            Self::Usage => "a flag, a setting or a file is wrong; nothing was tried",
            Self::Precondition => {
                "the server, the image or the PBX is not as it must be; nothing was changed"
            }
            Self::Pending => {
                "changes are pending: for plan --exit-code, or the plan was declined; for preflight --strict: there are warnings"
            }
            Self::Locked => "another operation is at work on the server; nothing was changed",
            Self::Unreachable => {
                "the server or the PBX cannot be reached or signed in to; nothing was changed"
            }
            Self::Interrupted => {
                "left at once: by Ctrl-C before the first step, when nothing was changed, or by a second one"
            }
        }
    }

    /// The worse of two, where several servers were asked: what is furthest from an answer.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |status| match status {
            Self::Success => 0,
            Self::Pending => 1,
            Self::Failed => 2,
            Self::Precondition => 3,
            Self::Locked => 4,
            Self::Unreachable => 5,
            Self::Usage => 6,
            Self::Interrupted => 7,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

impl From<Kind> for ExitStatus {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Failed => Self::Failed,
            Kind::Usage => Self::Usage,
            Kind::Precondition => Self::Precondition,
            Kind::Pending => Self::Pending,
            Kind::Locked => Self::Locked,
            Kind::Unreachable => Self::Unreachable,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_every_code_with_its_meaning() {
        let readme = include_str!("../../README.md");
        for status in ExitStatus::ALL {
            let row = format!("| {} | {} |", status as u8, status.meaning());
            assert!(readme.contains(&row), "README.md lacks: {row}");
        }
    }

    #[test]
    fn a_failure_is_worse_than_a_pending_change_though_its_number_is_smaller() {
        let worst = |all: &[ExitStatus]| {
            all.iter()
                .fold(ExitStatus::Success, |worst, status| worst.worse(*status))
        };
        assert_eq!(worst(&[]), ExitStatus::Success);
        assert_eq!(
            worst(&[ExitStatus::Pending, ExitStatus::Failed, ExitStatus::Success]),
            ExitStatus::Failed
        );
        assert_eq!(
            worst(&[ExitStatus::Unreachable, ExitStatus::Failed]),
            ExitStatus::Unreachable
        );
    }
}
