//! What `load-test` tells the shell.

use crate::{
    report::{How, Report},
    threshold::Judged,
    verdict::Status,
};

/// A documented exit code, which scripts can rely on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExitCode(u8);

impl ExitCode {
    /// The run ended as asked. Failed requests are results, and no errors.
    pub const PASSED: Self = Self(0);
    /// Thresholds were crossed, or nothing was measured of what they are for; or a comparison's limit
    /// was crossed.
    pub const CROSSED: Self = Self(1);
    /// The configuration or the command line is not valid. Nothing was started.
    pub const INVALID: Self = Self(2);
    /// Something failed: an API under test is not healthy, so that nothing was started; a
    /// generator, so that load or results are missing; or the machine. With thresholds, also that
    /// the numbers cannot be trusted: they let nothing out.
    pub const GENERATOR: Self = Self(3);
    /// A debug run or a check found failures.
    pub const DEBUG: Self = Self(4);
    /// The run was interrupted, as by Ctrl-C.
    pub const INTERRUPTED: Self = Self(130);

    /// That of a run. An interrupt says more than a failure, and that more than thresholds.
    pub fn of_run(report: &Report) -> Self {
        let is_gate = !report.thresholds.is_empty();
        match report.end.how {
            How::Interrupted => Self::INTERRUPTED,
            How::Failed | How::Killed => Self::GENERATOR,
            _ if is_gate && report.verdict.status == Status::Invalid => Self::GENERATOR,
            _ if report.thresholds.iter().all(Judged::is_passed) => Self::PASSED,
            _ => Self::CROSSED,
        }
    }

    /// That of a report which was made again: that of its run, if the run had thresholds.
    pub fn of_report(report: &Report) -> Self {
        if report.thresholds.is_empty() { Self::PASSED } else { Self::of_run(report) }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self.0
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.0.into()
    }
}
