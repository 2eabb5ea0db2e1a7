//! What filters incoming connections.

use serde::{Deserialize, Serialize};

use super::super::{
    Fact,
    answer::{Answer, MOST, kept},
    software::units,
};

/// What filters incoming connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// The program in charge: `ufw`, `firewalld`, or rules of `nftables` or `iptables`; `None`: nothing.
    pub program: Fact<Option<String>>,
    /// Whether what no rule lets in is kept out.
    pub closed: Fact<bool>,
    /// The rules of ufw that let in, such as `tcp 8123 from 0.0.0.0/0`.
    pub allowed: Vec<String>,
}

impl Firewall {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        if answer.file("/etc/ufw/ufw.conf").is_some_and(|lines| {
            lines
                .iter()
                .any(|line| line.trim().eq_ignore_ascii_case("ENABLED=yes"))
        }) {
            let open = answer.file("/etc/default/ufw").is_some_and(|lines| {
                lines
                    .iter()
                    .any(|line| line.starts_with("DEFAULT_INPUT_POLICY=\"ACCEPT\""))
            });
            return Self {
                program: Fact::Known(Some("ufw".to_owned())),
                closed: Fact::Known(!open),
                allowed: ufw_rules(answer),
            };
        }
        let firewalld = units(answer).known().is_some_and(|units| {
            units
                .iter()
                .any(|unit| unit.name == "firewalld.service" && unit.active)
        });
        if firewalld {
            return Self::plain(Fact::Known(Some("firewalld".to_owned())), Fact::Known(true));
        }
        let as_root = answer.after("began", "uid") == Some("0");
        // Both can hold rules at the same time: the one that keeps out counts.
        let nft = answer.said("nft", "nft");
        if let Fact::Known(said) = nft
            && (nft_closed(said) || !answer.said("iptables", "iptables").is_known())
        {
            let closed = nft_closed(said);
            let program = (closed || said.contains("hook input")).then(|| "nftables".to_owned());
            return Self::plain(Fact::Known(program), Fact::Known(closed));
        }
        if let Fact::Known(said) = answer.said("iptables", "iptables") {
            let closed = said.lines().any(|line| {
                matches!(
                    line.trim(),
                    "-P INPUT DROP" | "-P INPUT REJECT" | "-A INPUT -j DROP" | "-A INPUT -j REJECT"
                ) || line.starts_with("-A INPUT -j REJECT")
            });
            let program = (closed || said.contains("-A INPUT")).then(|| "iptables".to_owned());
            return Self::plain(Fact::Known(program), Fact::Known(closed));
        }
        if answer.there("/sys/module/nf_tables") && as_root {
            let reason = "neither nft nor iptables is there to read the kernel's rules";
            return Self::plain(Fact::unknown(reason), Fact::unknown(reason));
        }
        if as_root {
            return Self::plain(Fact::Known(None), Fact::Known(false));
        }
        let reason = "only root may read the rules";
        Self::plain(Fact::unknown(reason), Fact::unknown(reason))
    }

    fn plain(program: Fact<Option<String>>, closed: Fact<bool>) -> Self {
        Self {
            program,
            closed,
            allowed: Vec::new(),
        }
    }
}

/// Rules of ufw stand in its file as comments: `### tuple ### allow tcp 8123 0.0.0.0/0 any 0.0.0.0/0 in`.
fn ufw_rules(answer: &Answer<'_>) -> Vec<String> {
    let lines = answer.file("/etc/ufw/user.rules").unwrap_or_default();
    let rule = |line: &&str| {
        let mut words = line
            .strip_prefix("### tuple ### allow ")?
            .split_whitespace();
        let (protocol, port) = (words.next()?, words.next()?);
        let from = words.nth(2)?;
        Some(kept(&format!("{protocol} {port} from {from}")))
    };
    lines.iter().filter_map(rule).take(MOST).collect()
}

/// Whether a chain at the hook for input has a policy of drop, or a rule without condition that keeps out.
fn nft_closed(said: &str) -> bool {
    let mut input = false;
    for line in said.lines().map(str::trim) {
        if line.starts_with("chain ") {
            input = false;
        }
        input |= line.contains("hook input");
        let rule = line.trim_end_matches(';');
        if input && (line.contains("policy drop") || rule == "drop" || rule.starts_with("reject")) {
            return true;
        }
    }
    false
}
