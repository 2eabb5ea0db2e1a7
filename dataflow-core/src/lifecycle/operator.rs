//! Who does something, as lock and journal name them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::lock::short;

/// Who started an operation, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Operator {
    /// The user on the machine where the program runs.
    pub user: String,
    /// The name of that machine.
    pub from: String,
    /// The user on the server.
    pub login: String,
    /// The process there.
    pub pid: u32,
}

impl Operator {
    /// Whoever runs this program, signed in to the server as `login`.
    pub(super) async fn here(login: &str) -> Self {
        let read = |path: &'static str| async move {
            tokio::fs::read_to_string(path).await.unwrap_or_default()
        };
        // Who became root with sudo is still themselves.
        let user = match ["SUDO_USER", "USER", "LOGNAME"]
            .into_iter()
            .find_map(variable)
        {
            Some(user) => user,
            None => {
                let uid = rustix::process::getuid().as_raw();
                name_of(uid, &read("/etc/passwd").await).unwrap_or_else(|| format!("uid {uid}"))
            }
        };
        let from = match read("/proc/sys/kernel/hostname").await {
            name if name.is_empty() => variable("HOSTNAME"),
            name => Some(name),
        };
        Self {
            user,
            from: from.unwrap_or_else(|| "an unnamed machine".to_owned()),
            login: login.to_owned(),
            pid: std::process::id(),
        }
        .shortened()
    }

    /// The same for somebody whom the program serves; the user it runs as is told beside them.
    pub(super) fn on_behalf_of(self, served: Option<&str>) -> Self {
        match served {
            Some(served) => Self {
                user: format!("{served} (by {})", self.user),
                ..self
            }
            .shortened(),
            None => self,
        }
    }

    /// With each name short, and fit to be shown.
    pub(super) fn shortened(self) -> Self {
        Self {
            user: short(&self.user),
            from: short(&self.from),
            login: short(&self.login),
            pid: self.pid,
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The name of a user by number, from a file such as `/etc/passwd`.
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.user, self.from)?;
        if self.login != self.user {
            write!(f, ", signed in as {}", self.login)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_served_is_named_with_the_user_that_the_program_runs_as() {
        let program = Operator {
            user: "dataflow-web".into(),
            from: "node1".into(),
            login: "pbx".into(),
            pid: 1,
        };
        assert_eq!(
            program.clone().on_behalf_of(Some("alice")).to_string(),
            "alice (by dataflow-web) on node1, signed in as pbx"
        );
        assert_eq!(program.clone().on_behalf_of(None), program);
    }

    #[test]
    fn a_user_without_a_name_in_the_environment_has_the_one_of_the_machine() {
        let users =
            "root:x:0:0:root:/root:/bin/bash\nbroken\n\nalice:x:1000:1000::/home/alice:/bin/sh\n";
        assert_eq!(name_of(1000, users).as_deref(), Some("alice"));
        assert_eq!(name_of(1, users), None);
    }
}
