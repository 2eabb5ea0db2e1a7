//! Static address: not by DHCP; on EC2 it is fixed by the instance.

use super::own;
use crate::{
    facts::{Address, Fact, Facts, Sort, Source, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.static-ip",
    group: Group::Network,
    title: "Static address",
    required: "not by DHCP; on EC2 it is fixed by the instance",
    source: "guide: Deployment Requirements",
    why: "The guide supports no addresses from DHCP, since they may change. EC2 serves an instance its private address by DHCP and it stays the same for the life of the instance, so there it passes.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let addresses = facts.network.addresses.get()?;
    let address = match wanted.private_ip {
        Some(private) => addresses.iter().find(|found| found.address == private),
        None => own(addresses).find(|found| found.address.is_ipv4()),
    };
    let Some(address) = address else {
        return Ok(Outcome::skipped("the address is not there"));
    };
    let sort = facts.system.platform.known().map(|platform| platform.sort);
    Ok(match address.source.get()? {
        Source::Static(how) => Outcome::pass(format!("{}: {how}", address.address)),
        Source::Dynamic(_) if sort == Some(Sort::Ec2) => Outcome::pass(format!(
            "{} comes by DHCP and is fixed by the EC2 instance",
            address.address
        )),
        Source::Dynamic(how) => Outcome::error(format!("{} comes by DHCP: {how}", address.address))
            .mend(configure(address, facts)),
    })
}

fn configure(address: &Address, facts: &Facts) -> String {
    let (interface, at) = (
        &address.interface,
        format!("{}/{}", address.address, address.prefix),
    );
    match &facts.system.os {
        Fact::Known(os) if os.id == "ubuntu" => format!(
            "sudo netplan set --origin-hint 60-dataflow ethernets.{interface}.dhcp4=false ethernets.{interface}.addresses='[{at}]' && sudo netplan try  # set the gateway and name servers too"
        ),
        Fact::Known(os) if os.has_dnf() => format!(
            "sudo nmcli connection modify {interface} ipv4.method manual ipv4.addresses {at} ipv4.gateway GATEWAY && sudo nmcli connection up {interface}"
        ),
        _ => format!(
            "In /etc/network/interfaces: iface {interface} inet static, address {at}, gateway GATEWAY; or fix it in the DHCP server."
        ),
    }
}
