//! Docker Engine: installed and running.

use crate::{
    facts::{Fact, Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, remedy},
};

pub(super) const CHECK: Check = Check {
    id: "docker.engine",
    group: Group::Docker,
    title: "Docker Engine",
    required: "installed and running",
    source: "the vendor's containers",
    why: "Data Flow runs in two containers. On a new server Docker may still be missing, which is a warning only. Compose is not needed.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    if !facts.docker.installed {
        return Ok(Outcome::warning("not installed").mend(install(facts)));
    }
    match &facts.docker.engine {
        Fact::Known(engine) => Ok(Outcome::pass(format!("{} runs", engine.version))),
        Fact::Unknown(_) if !facts.docker.socket => {
            Ok(Outcome::error("installed and not running")
                .mend("sudo systemctl enable --now docker"))
        }
        Fact::Unknown(reason) => Err(Unseen(reason.clone())),
    }
}

fn install(facts: &Facts) -> String {
    match &facts.system.os {
        Fact::Known(os) if os.has_dnf() => "sudo dnf config-manager --add-repo https://download.docker.com/linux/rhel/docker-ce.repo && sudo dnf install -y docker-ce && sudo systemctl enable --now docker".to_owned(),
        _ => remedy::install(facts, "docker.io"),
    }
}
