//! What `load-test` tells the shell.

/// A documented exit code, which scripts can rely on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExitCode(u8);

impl ExitCode {
    /// The run ended as asked. Failed requests are results, and no errors.
    pub const PASSED: Self = Self(0);
    /// A threshold or a comparison's limit was crossed.
    pub const CROSSED: Self = Self(1);
    /// The configuration or the command line is not valid. Nothing was started.
    pub const INVALID: Self = Self(2);
    /// Something failed: an API under test is not healthy, so that nothing was started; a
    /// generator, so that load or results are missing; or the machine.
    pub const GENERATOR: Self = Self(3);
    /// A debug run or a check found failures.
    pub const DEBUG: Self = Self(4);
    /// The run was interrupted, as by Ctrl-C.
    pub const INTERRUPTED: Self = Self(130);

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
