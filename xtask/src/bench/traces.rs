//! What an operation leaves on the host, and where secrets show.

use std::collections::{BTreeMap, BTreeSet};

use super::incumbent as script;
use super::limits;
use super::program::Program;
use super::report::Report;
use super::{secrets, server};
use crate::failure::Result;

/// One line for each thing: its kind, its name, and after a tab what it is like. Passed over: what Docker, the data directory
/// and the lab's own directory hold, what a running system writes by itself, and what is counted in a row of its own ([`KEPT`]).
const LOOK: &str = r#"
set -u
dpkg-query --show --showformat 'package ${Package}\t${Status} ${Version}\n'
systemctl list-unit-files --no-legend --plain | awk '{ print "unit " $1 "\t" $2 }'
docker volume ls --quiet | sed 's/.*/volume &\t/'
docker network ls --format 'network {{.Name}}	{{.Driver}}'
iptables-save 2>/dev/null | sed -n 's/^-A.*/rule &\t/p'
find /etc -xdev -type f -exec md5sum {} + | awk '{ print "etc " $2 "\t" $1 }'
find /etc -xdev -printf 'etc %p:mode\t%y %m %U:%G %l\n'
find / -xdev \( -path /etc -o -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log \
    -o -path /var/cache -o -path /var/lib/docker -o -path /var/lib/containerd -o -path /var/lib/systemd -o -path /var/lib/chrony \
    -o -path /var/lib/dataflow -o -path /var/lib/dataflow-lab -o -path "$0" \) -prune -o \( -type f -printf 'file %p\t%m %U:%G %s\n' \) -o -printf 'file %p\t%y %m %U:%G %l\n'
"#;

/// What the program keeps on purpose, so that the history outlives the deployment: journal and what is remembered.
const KEPT: &str = "find /var/lib/dataflow -type f | wc -l";

const KINDS: [&str; 7] = [
    "package ", "unit ", "etc ", "file ", "volume ", "network ", "rule ",
];

type Host = BTreeMap<String, String>;

/// Deploys onto an empty server, looks at what has changed, removes, looks again; then does it once more with a watch on secrets.
pub(super) fn measure(program: &Program, report: &mut Report) -> Result<()> {
    server::reset(false)?;
    let empty = look()?;
    program.succeed(&["run"])?;
    let deployed = look()?;
    let changed = changes(&empty, &deployed);
    for (kind, row) in [
        ("package ", script::HOST_PACKAGES),
        ("unit ", script::HOST_UNITS),
        ("etc ", script::HOST_ETC),
        ("file ", script::HOST_FILES),
        ("volume ", script::HOST_VOLUMES),
    ] {
        report.compared(row, count(&changed, &[kind]));
    }
    program.succeed(&["status"])?;
    let looked_at = look()?;
    report.compared(
        script::HOST_STATUS,
        count(&changes(&deployed, &looked_at), &KINDS),
    );
    program.succeed(&["rm"])?;
    report.limited(limits::KEPT, server::counted(KEPT)?);
    let left = changes(&empty, &look()?);
    report.compared(script::HOST_LEFT, count(&left, &KINDS));
    for name in changed.union(&left) {
        crate::say::line(format!("changed on the host: {name}"));
    }
    secrets::measure(program, report)
}

fn look() -> Result<Host> {
    Ok(parse(&server::sh(LOOK)?))
}

fn parse(lines: &str) -> Host {
    let pairs = lines.lines().filter_map(|line| line.split_once('\t'));
    pairs
        .map(|(name, like)| (name.to_owned(), like.to_owned()))
        .collect()
}

/// What is there in one only, or is not the same in both.
fn changes(before: &Host, after: &Host) -> BTreeSet<String> {
    let names = before.keys().chain(after.keys());
    names
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| name.trim_end_matches(":mode").to_owned())
        .collect()
}

fn count(changes: &BTreeSet<String>, kinds: &[&str]) -> f64 {
    let of_kind = |name: &&String| kinds.iter().any(|kind| name.starts_with(kind));
    changes.iter().filter(of_kind).count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_things_added_removed_and_changed_then_each_counts_once() {
        let before =
            parse("unit a\tenabled\nunit b\tenabled\netc /etc/x\t11\netc /etc/x:mode\tf 644");
        let after =
            parse("unit a\tmasked\nunit c\tenabled\netc /etc/x\t22\netc /etc/x:mode\tf 600");
        let changed = changes(&before, &after);
        assert_eq!(count(&changed, &["unit "]).to_string(), "3");
        assert_eq!(count(&changed, &["etc "]).to_string(), "1");
        assert_eq!(count(&changed, &["file "]).to_string(), "0");
    }
}
