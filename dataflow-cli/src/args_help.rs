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
  5  another operation has the lock of the server; nothing was changed
  6  the server cannot be reached or signed in to; nothing was changed";

pub(crate) const RUN: &str = "\
Examples:
  dataflow run -a 172.31.16.158 -x 172.31.16.133
  dataflow run -a 172.31.16.158 -A 54.215.234.68 -x 172.31.16.133 --host ssh://pbx@flow.example.com
  dataflow run --host local -a 172.31.16.158 -x 172.31.16.133 -p /data/portsip";

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
