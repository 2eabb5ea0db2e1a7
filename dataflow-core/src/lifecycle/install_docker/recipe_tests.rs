use std::fmt::Write;

use super::*;

/// What systems say of themselves in /etc/os-release, cut to what is read.
const SYSTEMS: &[(&str, &str)] = &[
    (
        "Debian 12",
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\nHAS=systemd\nHAS=apt-get",
    ),
    (
        "Ubuntu 24.04",
        "PRETTY_NAME=\"Ubuntu 24.04.1 LTS\"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\nHAS=systemd\nHAS=apt-get",
    ),
    (
        "Mint",
        "PRETTY_NAME='Linux Mint 22'\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\nHAS=systemd\nHAS=apt-get",
    ),
    (
        "Rocky 9",
        "PRETTY_NAME=\"Rocky Linux 9.4 (Blue Onyx)\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nHAS=systemd\nHAS=dnf",
    ),
    (
        "RHEL 9",
        "PRETTY_NAME=\"Red Hat Enterprise Linux 9.4 (Plow)\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\nHAS=systemd\nHAS=dnf",
    ),
    (
        "Fedora",
        "PRETTY_NAME=\"Fedora Linux 41\"\nID=fedora\nHAS=systemd\nHAS=dnf",
    ),
    ("Alpine", "PRETTY_NAME=\"Alpine Linux v3.20\"\nID=alpine"),
    (
        "no systemd",
        "PRETTY_NAME=\"Devuan GNU/Linux 5\"\nID=devuan\nID_LIKE=debian\nHAS=apt-get",
    ),
    (
        "a release that is none",
        "PRETTY_NAME=\"x\u{1b}[2J\"\nID=debian\nVERSION_CODENAME=$(reboot)\nHAS=systemd\nHAS=apt-get",
    ),
    ("nothing", ""),
];

#[test]
fn each_system_has_its_own_way_to_docker() {
    let mut told = String::new();
    for (system, answer) in SYSTEMS {
        for source in [DockerSource::Distribution, DockerSource::Docker] {
            let plan = match DockerInstall::plan(answer, source) {
                Ok(install) => format!("{install} {}", install.arguments.join(" ")),
                Err(error) => format!("{error} / {}", error.next_step()),
            };
            let _ = writeln!(told, "{system}: {}", plan.trim_end());
        }
    }
    insta::assert_snapshot!(told);
}
