//! The systemd unit.

use std::path::Path;

use crate::args::Serve;

/// A unit that serves as these flags say.
pub(crate) fn text(serve: &Serve) -> String {
    let program = std::env::current_exe();
    unit(
        serve,
        &program.unwrap_or_else(|_| "/usr/local/bin/dataflow-web".into()),
    )
}

fn unit(serve: &Serve, program: &Path) -> String {
    let mut flags = vec![
        format!("--listen {}", serve.listen),
        format!("--config {}", quoted(&whole(&serve.config))),
        format!("--state {}", quoted(&serve.state)),
    ];
    if let (Some(cert), Some(key)) = (&serve.tls_cert, &serve.tls_key) {
        flags.push(format!("--tls-cert {}", quoted(&whole(cert))));
        flags.push(format!("--tls-key {}", quoted(&whole(key))));
    }
    flags.extend(serve.names.iter().map(|name| format!("--name {name}")));
    let state = match serve.state.strip_prefix("/var/lib") {
        Ok(name) => format!("StateDirectory={}\nStateDirectoryMode=0700", name.display()),
        Err(_) => format!("ReadWritePaths={}", serve.state.display()),
    };
    format!(
        "\
# As /etc/systemd/system/dataflow-web.service; then: systemctl daemon-reload && systemctl enable --now dataflow-web
# Before that: useradd --system --create-home dataflow-web. That user needs a key with which it may sign in to the servers, and their
# host keys in its known_hosts. A server that is `local` needs sudo: take out what keeps that from working, from NoNewPrivileges on.
[Unit]
Description=Control panel for Data Flow servers
After=network-online.target
Wants=network-online.target

[Service]
User=dataflow-web
ExecStart={program} {flags}
Restart=on-failure
# A run that is at work when the panel is stopped is waited for.
TimeoutStopSec=20min
{state}
CapabilityBoundingSet=
NoNewPrivileges=true
PrivateDevices=true
PrivateTmp=true
ProtectControlGroups=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
SystemCallArchitectures=native
UMask=0077
LimitNOFILE=16384

[Install]
WantedBy=multi-user.target
",
        program = quoted(program),
        flags = flags.join(" "),
    )
}

fn whole(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A path as a unit file has it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string().replace('%', "%%");
    if text.contains([' ', '"', '\\', '\'']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    fn of(flags: &[&str]) -> String {
        let all = ["dataflow-web"].iter().chain(flags);
        let cli = Cli::try_parse_from(all).unwrap();
        unit(&cli.serve, Path::new("/opt/data flow/dataflow-web"))
    }

    #[test]
    fn a_unit_serves_as_the_flags_say() {
        insta::assert_snapshot!(of(&[
            "--config",
            "/etc/dataflow/dataflow.toml",
            "--listen",
            "0.0.0.0:443",
            "--name",
            "panel.example.com",
        ]));
    }

    #[test]
    fn a_state_directory_elsewhere_may_be_written_to() {
        let unit = of(&["--config", "/a/50%.toml", "--state", "/srv/panel"]);
        assert!(unit.contains("\nReadWritePaths=/srv/panel\n"), "{unit}");
        assert!(unit.contains("--config /a/50%%.toml"), "{unit}");
    }
}
