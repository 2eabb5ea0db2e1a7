//! The examples at the end of each help text.

pub(crate) const PROGRAM: &str = "\
Settings come from flags, then from the environment, then from the settings file.

Examples:
  dataflow run -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133
  dataflow status -a 172.31.16.158
  dataflow --config flow.toml upgrade -i portsip/pbx:22.4

Exit codes:
  0  done; for status: the service runs as it should
  1  something failed; for status: the service does not run as it should
  2  a flag, a setting or a file is wrong; nothing was tried
  3  the server, the image or the PBX is not as it must be; nothing was changed
  6  the server cannot be reached or signed in to; nothing was changed
  130  ended with Ctrl-C";

pub(crate) const RUN: &str = "\
Examples:
  dataflow run -a 172.31.16.158 -x 172.31.16.133
  dataflow run -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133 --host ssh://pbx@flow.example.com
  dataflow run --host local -a 172.31.16.158 -x 172.31.16.133 -p /data/portsip
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
  dataflow status -a 172.31.16.158 --output json";

pub(crate) const LOGS: &str = "\
Ctrl-C ends --follow with exit code 130.

Examples:
  dataflow logs -a 172.31.16.158
  dataflow logs -f service -a 172.31.16.158
  dataflow logs --since 2h --grep 'error|warn' -a 172.31.16.158 --output json";
