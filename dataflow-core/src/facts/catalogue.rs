//! The software that must not be on a Data Flow server, and what gives it away.

/// What software is for, as far as the vendor's guide forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A PostgreSQL server.
    PostgreSql,
    /// Somebody else's hand on the screen or keyboard.
    RemoteAccess,
    /// A virtual private network.
    Vpn,
    /// Answering names for others.
    DnsServer,
    /// Giving addresses to others.
    DhcpServer,
}

/// One piece of software and its traces. In patterns, `*` stands for anything.
#[derive(Debug)]
pub struct Trace {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// Its packages.
    pub packages: &'static [&'static str],
    /// Its units.
    pub units: &'static [&'static str],
    /// Its processes; the kernel cuts their names after 15 characters.
    pub processes: &'static [&'static str],
    /// Its network interfaces, by name or by the kernel's word for their sort.
    pub interfaces: &'static [&'static str],
    /// Where it is when it came without a package manager.
    pub places: &'static [&'static str],
}

/// Units that checks ask for beside those of the catalogue.
const UNITS: [&str; 14] = [
    "chrony.service",
    "chronyd.service",
    "systemd-timesyncd.service",
    "ntp.service",
    "ntpd.service",
    "ntpsec.service",
    "docker.service",
    "firewalld.service",
    "tuned.service",
    "gdm.service",
    "sleep.target",
    "suspend.target",
    "hibernate.target",
    "hybrid-sleep.target",
];

macro_rules! traces {
    ($($purpose:ident $name:literal: packages $packages:tt units $units:tt processes $processes:tt interfaces $interfaces:tt places $places:tt;)*) => {
        &[$(Trace {
            name: $name,
            purpose: Purpose::$purpose,
            packages: &$packages,
            units: &$units,
            processes: &$processes,
            interfaces: &$interfaces,
            places: &$places,
        }),*]
    };
}

/// The software that must not be there.
///
/// Left out on purpose: clients of PostgreSQL, `dnsmasq-base` (which other programs bring along and start when they need
/// it), the stub of systemd-resolved, Amazon's SSM agent (part of every Ubuntu image of EC2), and OpenSSH.
pub static CATALOGUE: &[Trace] = traces! {
    PostgreSql "PostgreSQL":
        packages ["postgresql", "postgresql-[0-9]*", "postgresql*-server"] units ["postgresql*.service"]
        processes ["postgres", "postmaster"] interfaces [] places ["/snap/postgresql*"];
    RemoteAccess "TeamViewer":
        packages ["teamviewer*"] units ["teamviewerd.service"] processes ["teamviewerd", "TeamViewer"]
        interfaces [] places ["/opt/teamviewer"];
    RemoteAccess "AnyDesk":
        packages ["anydesk"] units ["anydesk.service"] processes ["anydesk"] interfaces [] places [];
    RemoteAccess "RustDesk":
        packages ["rustdesk"] units ["rustdesk.service"] processes ["rustdesk"] interfaces [] places ["/snap/rustdesk*"];
    RemoteAccess "Chrome Remote Desktop":
        packages ["chrome-remote-desktop"] units ["chrome-remote-desktop*.service"] processes ["chrome-remote-d"]
        interfaces [] places ["/opt/google/chrome-remote-desktop"];
    RemoteAccess "xrdp":
        packages ["xrdp"] units ["xrdp*.service"] processes ["xrdp", "xrdp-sesman"] interfaces [] places [];
    RemoteAccess "a VNC server":
        packages ["tigervnc-*server*", "tightvncserver", "x11vnc", "realvnc-vnc-server", "tigervnc-server*", "vino", "turbovnc"]
        units ["x11vnc.service", "vncserver*.service", "tigervncserver*.service"]
        processes ["Xvnc", "Xtigervnc", "Xtightvnc", "Xvnc-core", "x11vnc", "vncserver-x11", "vino-server"]
        interfaces [] places [];
    RemoteAccess "GNOME Remote Desktop":
        packages [] units ["gnome-remote-desktop.service"] processes ["gnome-remote-de"] interfaces [] places [];
    RemoteAccess "NoMachine":
        packages ["nomachine"] units ["nxserver.service"] processes ["nxserver.bin", "nxnode.bin"] interfaces [] places [];
    RemoteAccess "Splashtop":
        packages ["splashtop*"] units ["SRStreamer.service"] processes ["SRStreamer"] interfaces [] places [];
    RemoteAccess "DWService":
        packages [] units ["dwagent.service"] processes ["dwagsvc"] interfaces [] places [];
    RemoteAccess "MeshCentral":
        packages [] units ["meshagent.service"] processes ["meshagent"] interfaces [] places [];
    RemoteAccess "X2Go":
        packages ["x2goserver"] units ["x2gocleansessions.service"] processes ["x2gocleansessio"] interfaces [] places [];
    Vpn "OpenVPN":
        packages ["openvpn", "openvpn-as", "openvpn3*"] units ["openvpn*.service"] processes ["openvpn"]
        interfaces [] places [];
    Vpn "WireGuard":
        packages ["wireguard", "wireguard-tools", "wireguard-go"] units ["wg-quick@*.service"] processes ["wireguard-go"]
        interfaces ["wireguard", "wg[0-9]*"] places [];
    Vpn "Tailscale":
        packages ["tailscale"] units ["tailscaled.service"] processes ["tailscaled"] interfaces ["tailscale[0-9]*"]
        places ["/snap/tailscale*"];
    Vpn "ZeroTier":
        packages ["zerotier-one"] units ["zerotier-one.service"] processes ["zerotier-one"] interfaces ["zt*"]
        places ["/snap/zerotier*"];
    Vpn "strongSwan":
        packages ["strongswan", "strongswan-starter", "strongswan-swanctl", "charon-systemd"]
        units ["strongswan*.service", "ipsec.service"] processes ["charon", "charon-systemd"] interfaces ["ipsec[0-9]*"] places [];
    Vpn "Libreswan":
        packages ["libreswan", "openswan"] units [] processes ["pluto"] interfaces [] places [];
    Vpn "SoftEther":
        packages ["softether-*"] units ["softether-*.service", "vpnserver.service"] processes ["vpnserver", "vpnclient", "vpnbridge"]
        interfaces ["vpn_*", "tap_soft*"] places [];
    Vpn "Nebula":
        packages ["nebula"] units ["nebula*.service"] processes ["nebula"] interfaces ["nebula*"] places [];
    Vpn "NetBird":
        packages ["netbird"] units ["netbird.service"] processes ["netbird"] interfaces ["wt[0-9]*"] places [];
    Vpn "OpenConnect":
        packages ["ocserv", "openconnect"] units ["ocserv.service"] processes ["ocserv-main", "openconnect"] interfaces [] places [];
    Vpn "tinc":
        packages ["tinc"] units ["tinc*.service"] processes ["tincd"] interfaces [] places [];
    Vpn "PPTP or L2TP":
        packages ["pptpd", "xl2tpd", "accel-ppp"] units ["pptpd.service", "xl2tpd.service"]
        processes ["pptpd", "xl2tpd", "accel-pppd"] interfaces ["ppp[0-9]*"] places [];
    Vpn "Cloudflare WARP":
        packages ["cloudflare-warp"] units ["warp-svc.service"] processes ["warp-svc"] interfaces ["CloudflareWARP"] places [];
    DnsServer "BIND":
        packages ["bind9", "bind"] units ["named.service", "bind9.service"] processes ["named"] interfaces [] places [];
    DnsServer "dnsmasq":
        packages ["dnsmasq"] units ["dnsmasq.service"] processes ["dnsmasq"] interfaces [] places [];
    DnsServer "Unbound":
        packages ["unbound"] units ["unbound.service"] processes ["unbound"] interfaces [] places [];
    DnsServer "PowerDNS":
        packages ["pdns-server", "pdns-recursor", "pdns"] units ["pdns*.service"] processes ["pdns_server", "pdns_recursor"]
        interfaces [] places [];
    DnsServer "Knot":
        packages ["knot", "knot-resolver*"] units ["knot.service", "kresd@*.service"] processes ["knotd", "kresd"] interfaces [] places [];
    DnsServer "NSD":
        packages ["nsd"] units ["nsd.service"] processes ["nsd"] interfaces [] places [];
    DnsServer "CoreDNS":
        packages ["coredns"] units ["coredns.service"] processes ["coredns"] interfaces [] places [];
    DnsServer "Pi-hole or AdGuard Home":
        packages [] units ["pihole-FTL.service", "AdGuardHome.service"] processes ["pihole-FTL", "AdGuardHome"]
        interfaces [] places ["/snap/adguard-home*"];
    DhcpServer "ISC DHCP":
        packages ["isc-dhcp-server", "dhcp-server"] units ["isc-dhcp-server*.service", "dhcpd*.service"] processes ["dhcpd"]
        interfaces [] places [];
    DhcpServer "Kea":
        packages ["kea", "kea-dhcp4-server", "kea-dhcp6-server"] units ["kea-dhcp*.service"] processes ["kea-dhcp4", "kea-dhcp6"]
        interfaces [] places [];
    DhcpServer "udhcpd":
        packages ["udhcpd"] units ["udhcpd.service"] processes ["udhcpd"] interfaces [] places [];
};

/// An extended regular expression for the packages of the catalogue, for a name that a blank or nothing follows.
pub(crate) fn packages() -> String {
    let names: Vec<String> = CATALOGUE
        .iter()
        .flat_map(|trace| trace.packages)
        .map(|name| {
            name.replace('+', "[+]")
                .replace('.', "[.]")
                .replace('*', "[^ ]*")
        })
        .collect();
    format!("^({})( |$)", names.join("|"))
}

/// The units to ask systemd for, with a blank between.
pub(crate) fn units() -> String {
    let names = CATALOGUE.iter().flat_map(|trace| trace.units).copied();
    names.chain(UNITS).collect::<Vec<_>>().join(" ")
}

/// Whether a name fits a pattern, in which `*` stands for anything and `[0-9]` for a digit.
#[must_use]
pub fn fits(name: &str, pattern: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix('*') {
        return name
            .char_indices()
            .map(|(at, _)| &name[at..])
            .chain([""])
            .any(|end| fits(end, rest));
    }
    if let Some(rest) = pattern.strip_prefix("[0-9]") {
        return name
            .strip_prefix(|c: char| c.is_ascii_digit())
            .is_some_and(|name| fits(name, rest));
    }
    match (name.chars().next(), pattern.chars().next()) {
        (None, None) => true,
        (Some(one), Some(other)) if one == other => {
            fits(&name[one.len_utf8()..], &pattern[other.len_utf8()..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_their_patterns() {
        for (name, pattern, want) in [
            ("postgresql", "postgresql", true),
            ("postgresql-16", "postgresql-[0-9]*", true),
            ("postgresql-client", "postgresql-[0-9]*", false),
            ("postgresql16-server", "postgresql*-server", true),
            ("wg-quick@wg0.service", "wg-quick@*.service", true),
            ("wg", "wg[0-9]*", false),
            ("wg0", "wg[0-9]*", true),
            ("", "*", true),
            ("dnsmasq-base", "dnsmasq", false),
        ] {
            assert_eq!(fits(name, pattern), want, "{name} {pattern}");
        }
    }
}
