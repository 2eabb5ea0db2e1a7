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
