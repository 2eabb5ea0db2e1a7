//! What stands at the end of each help text.

use std::fmt::Write;

use crate::exit::ExitStatus;

const PROGRAM: &str = "\
Settings come from flags, then from the environment, then from the settings file.

Examples:
  dataflow init
  dataflow plan
  dataflow run -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133
  dataflow status -a 172.31.16.158
  dataflow --config flow.toml upgrade -i portsip/pbx:22.4
";

/// Examples, and what the exit codes mean.
pub(crate) fn program() -> String {
    let mut text = format!("{PROGRAM}\nExit codes:\n");
    for status in ExitStatus::ALL {
        let _ = writeln!(text, "  {:<5}{}", status as u8, status.meaning());
    }
    text.trim_end().to_owned()
}

pub(crate) const INIT: &str = "\
On a terminal it asks for what is not given; elsewhere the flags say it all. The file is the one
that --config names, else ./dataflow.toml, and only you can read it.

Examples:
  dataflow init
  dataflow init -a 172.31.16.158 -x 172.31.16.133 --host ssh://pbx@flow.example.com
  dataflow --config flow.toml init -a 172.31.16.158 -x 172.31.16.133 --force";

pub(crate) const PLAN: &str = "\
Examples:
  dataflow plan -a 172.31.16.158 -x 172.31.16.133
  dataflow plan --server paris -i portsip/pbx:22.4
  dataflow plan --exit-code || echo 'changes are pending, or it could not be told'";

pub(crate) const PREFLIGHT: &str = "\
Nothing is changed without --fix; --disk-probe writes a small file and removes it.
Exit code 1: a server is not fit; 4: with --strict, there are warnings or things that could not be
seen. Much can be seen by root only: without sudo it is unknown.
dataflow-preflight does the same on the server itself.

Examples:
  dataflow preflight -a 172.31.16.158
  dataflow preflight --server paris --server lima --profile large-scale
  dataflow preflight -a 172.31.16.158 --ignore memory.per-cpu --output markdown > report.md
  dataflow preflight -a 172.31.16.158 --fix
  dataflow preflight --facts paris.json --facts lima.json
  dataflow preflight --explain memory.per-cpu";

pub(crate) const RUN: &str = "\
Examples:
  dataflow run -a 172.31.16.158 -x 172.31.16.133
  dataflow run -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133 --host ssh://pbx@flow.example.com
  dataflow run --host local -a 172.31.16.158 -x 172.31.16.133 -p /data/portsip
  dataflow run --server paris --yes
  dataflow run --server paris --ignore network.static-ip
  dataflow run -a 172.31.16.158 -x 172.31.16.133 --install-docker";

pub(crate) const START: &str = "\
Example:
  dataflow start -a 172.31.16.158";

pub(crate) const STOP: &str = "\
Example:
  dataflow stop -a 172.31.16.158";

pub(crate) const RESTART: &str = "\
Example:
  dataflow restart -a 172.31.16.158";

pub(crate) const UPGRADE: &str = "\
Examples:
  dataflow upgrade -a 172.31.16.158 -i portsip/pbx:22.4
  dataflow --config flow.toml upgrade -i portsip/pbx:22.4 -d portsip/clickhouse:26.3";

pub(crate) const RM: &str = "\
The data stays where it is; `dataflow run` brings the server back with it.

Example:
  dataflow rm -a 172.31.16.158";

pub(crate) const STATUS: &str = "\
Examples:
  dataflow status -a 172.31.16.158
  dataflow status -a 172.31.16.158 --output json
  dataflow status --server paris --server lima";

pub(crate) const LOGS: &str = "\
Ctrl-C ends --follow with exit code 130.

Examples:
  dataflow logs -a 172.31.16.158
  dataflow logs -f service -a 172.31.16.158
  dataflow logs --since 2h --grep 'error|warn' -a 172.31.16.158 --output json";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  echo 'source <(dataflow completions bash)' >> ~/.bashrc
  echo 'source <(dataflow completions zsh)' >> ~/.zshrc
  dataflow completions fish > ~/.config/fish/completions/dataflow.fish";

pub(crate) const MAN: &str = "\
Example:
  dataflow man --out ~/.local/share/man/man1";

pub(crate) const HISTORY: &str = "\
Examples:
  dataflow history -a 172.31.16.158
  dataflow history -a 172.31.16.158 20261124T114500Z-4f2a";

pub(crate) const UNLOCK: &str = "\
The lock of an operation whose program was killed or cut off ends by itself within half a minute.
Taking it away from one that is at work ends that one before its next step, with nothing put back.
It is on record: see dataflow history.

Examples:
  dataflow unlock -a 172.31.16.158
  dataflow unlock -a 172.31.16.158 --force";

pub(crate) const PREREQUISITES: &str = "\
Nothing is changed. Exit code 3: something is missing or wrong. What could not be looked at does not
count; without a user of the PBX in the settings ([api]) that is most of it, with the steps to do it
by hand.

Examples:
  dataflow prerequisites -a 172.31.16.158 -x 172.31.16.133
  dataflow prerequisites --server paris --server lima
  dataflow prerequisites --output markdown > checklist.md";

pub(crate) const WHITELIST: &str = "\
Only the PBX is asked, not the server. Who signs in to it is said under [api] in the settings file.

Examples:
  dataflow whitelist check
  dataflow whitelist ensure --yes
  dataflow whitelist list --server paris --output json";

pub(crate) const WHITELIST_CHECK: &str = "\
Nothing is changed. Exit code 3: the PBX does not let the server through.

Examples:
  dataflow whitelist check
  dataflow whitelist check -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133";

pub(crate) const WHITELIST_ENSURE: &str = "\
Entries of other people are not touched. Where all is well already, nothing is changed.

Examples:
  dataflow whitelist ensure
  dataflow whitelist ensure --server paris --yes";

pub(crate) const WHITELIST_LIST: &str = "\
Examples:
  dataflow whitelist list
  dataflow whitelist list --output json";

pub(crate) const WHITELIST_REMOVE: &str = "\
Only entries for this server that this program has made are taken away, whose description says so.

Examples:
  dataflow whitelist remove
  dataflow whitelist remove --server paris --yes";

pub(crate) const TOKEN: &str = "\
A token is never shown. It is told by its fingerprint: the first 12 hex digits of its SHA-256.

Examples:
  dataflow token status -a 172.31.16.158
  dataflow token set --token-file token -a 172.31.16.158";

pub(crate) const TOKEN_SET: &str = "\
The token comes from --token-file, --token-fd, DATAFLOW_TOKEN or the settings file; on a terminal it
is asked for where none of them has it. The place where the service reads it is token.deliver-as.

Examples:
  dataflow token set -a 172.31.16.158
  dataflow token set --token-file token --server paris --yes
  pass show portsip/dataflow | dataflow token set --token-fd 0 --yes";

pub(crate) const TOKEN_STATUS: &str = "\
Examples:
  dataflow token status -a 172.31.16.158
  dataflow token status --server paris --output json";

pub(crate) const TOKEN_GENERATE: &str = "\
The service's old token is no good from then on. Where the settings have no token.generate-path, the
steps of the PBX's web portal are shown, and on a terminal the token is asked for.

Examples:
  dataflow token generate
  dataflow token generate --server paris --yes";
