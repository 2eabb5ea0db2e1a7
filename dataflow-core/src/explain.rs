//! What every error of this library can say of itself, so that a program renders all of them in one way.

/// What sort of failure an error is. Programs turn it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something was tried and failed.
    Failed,
    /// What was asked for makes no sense; nothing was tried.
    Usage,
    /// The server, the image or the PBX is not as it must be; nothing was changed.
    Precondition,
    /// Changes are pending: nothing was changed, since nobody said yes.
    Pending,
    /// Another operation is at work on the server; nothing was changed.
    Locked,
    /// The server could not be reached or signed in to; nothing was changed.
    Unreachable,
}

/// An error that an operator can act on: its `Display` says what failed, where and why.
pub trait Explain: std::error::Error {
    /// The sort of failure.
    fn kind(&self) -> Kind;

    /// What the operator does next, as one or two sentences or a command.
    fn next_step(&self) -> String;

    /// Lines that show the cause more closely, such as the end of a container's log.
    fn details(&self) -> &[String] {
        &[]
    }
}
