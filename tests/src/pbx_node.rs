use std::process::Command;

use crate::lab::{Lab, done};
use crate::program::Program;

impl Lab {
    /// A program as it would run on the PBX node: in its network, with its addresses.
    ///
    /// # Panics
    /// Where the PBX is not up.
    #[must_use]
    pub fn on_pbx_node(&self, program: Program) -> Program {
        let format = "{{.State.Pid}}";
        let container = &self.lab_pbx.container;
        let inspected = self.docker(&["inspect", "--format", format, container]);
        let process = done(&inspected, "finding the PBX's process");
        program.with_command(|command| {
            let mut entered = if self.uses_sudo() {
                let mut sudo = Command::new("sudo");
                sudo.args(["--non-interactive", "--preserve-env", "nsenter"]);
                sudo
            } else {
                Command::new("nsenter")
            };
            entered.arg(format!("--net=/proc/{}/ns/net", process.trim()));
            entered.arg(command.get_program()).args(command.get_args());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => entered.env(name, value),
                    None => entered.env_remove(name),
                };
            }
            entered
        })
    }
}
