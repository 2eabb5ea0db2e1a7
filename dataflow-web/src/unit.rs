//! The systemd unit.

use std::path::Path;

use crate::args::Serve;

/// A unit that serves as these flags say.
pub(crate) fn text(serve: &Serve) -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "/usr/local/bin/dataflow-web".into());
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
# The user needs a key with which it may sign in to the servers, and their host keys in its known_hosts.
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
        program = quoted(&program),
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
