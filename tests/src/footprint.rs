use crate::lab::Lab;

/// One line for everything on the server that a deploy may change or must leave alone.
const LOOK: &str = r#"
cd /
find etc opt root home usr/local srv tmp -xdev \
    \( -type f -printf 'file /%p %M %U:%G %s bytes %T@\n' -o -type l -printf 'link /%p %l\n' -o -printf 'directory /%p %M %U:%G\n' \)
find var/lib -xdev -mindepth 1 -maxdepth 1 -printf 'directory /%p %M %U:%G\n'
test ! -d var/lib/portsip || find var/lib/portsip -mindepth 1 -maxdepth 2 -printf '%Y /%p %M %U:%G\n'
test ! -d var/lib/dataflow || find var/lib/dataflow -mindepth 1 -printf '%Y /%p %M %U:%G\n'
dpkg-query --show --showformat 'package ${Package} ${Version} ${db:Status-Abbrev}\n'
systemctl list-unit-files --no-legend --plain | awk '{ print "unit", $1, $2 }'
iptables-save | grep -v '^[#:]' | sed 's/^/firewall /'
sysctl --all 2>/dev/null | grep -E '^(net.ipv4.ip_unprivileged_port_start|net.core.somaxconn|vm\.|fs.file-max)' | sed 's/^/kernel /'
docker ps --all --quiet | xargs --no-run-if-empty docker inspect --format 'container {{.Name}} {{.Id}} {{.Config.Image}} {{.State.Status}} {{.State.StartedAt}}'
docker image ls --no-trunc --format 'image {{.Repository}}:{{.Tag}} {{.ID}}'
docker volume ls --format 'volume {{.Name}}'
docker network ls --format 'network {{.Name}}'
"#;

/// What was on the server at one moment: files, packages, units, firewall, kernel settings, and all that Docker has.
#[derive(Debug)]
pub struct Footprint(Vec<String>);

impl Lab {
    /// Looks at the server.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        let mut lines: Vec<String> = self.exec(LOOK).lines().map(str::to_owned).collect();
        lines.sort();
        Footprint(lines)
    }
}

impl Footprint {
    /// What is different now: lines that are gone, with a minus, and lines that are new, with a plus.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let only_in = |these: &[String], those: &[String], sign: char| -> Vec<String> {
            these
                .iter()
                .filter(|line| those.binary_search(line).is_err())
                .map(|line| format!("{sign} {line}"))
                .collect()
        };
        let mut changes = only_in(&self.0, &now.0, '-');
        changes.extend(only_in(&now.0, &self.0, '+'));
        changes
    }

    /// That nothing is different now.
    ///
    /// # Panics
    /// With what is.
    pub fn assert_unchanged(&self, lab: &Lab) {
        self.assert_none_but(lab, |_| false);
    }

    /// That nothing is different now but for the journal, in which what was tried is on record.
    ///
    /// # Panics
    /// With what is.
    pub fn assert_only_recorded(&self, lab: &Lab) {
        self.assert_none_but(lab, |change| change.contains(" /var/lib/dataflow"));
    }

    fn assert_none_but(&self, lab: &Lab, allowed: impl Fn(&str) -> bool) {
        let mut changes = self.changes(&lab.footprint());
        changes.retain(|change| !allowed(change));
        assert!(
            changes.is_empty(),
            "the server was touched:\n{}",
            changes.join("\n")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_two_moments_when_compared_then_what_went_and_what_came_is_told() {
        let lines = |text: &str| Footprint(text.split(' ').map(str::to_owned).collect());
        assert_eq!(lines("a b d").changes(&lines("a c d")), ["- b", "+ c"]);
    }
}
