//! What to add to a firewall, so that the server and the PBX reach each other.

use std::net::IpAddr;

/// What AWS knows of the PBX nodes' network, as far as it is known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its identifier, such as `sg-0123456789abcdef0`.
    pub id: Option<String>,
    /// The region, such as `us-west-1`.
    pub region: Option<String>,
}

/// The rule that the guide wants in the security group of the PBX nodes, for people and as a command. `elastic_ip`: the server's.
#[must_use]
pub fn security_group_rule(group: &SecurityGroup, elastic_ip: Option<IpAddr>) -> Vec<String> {
    let id = group.id.as_deref().unwrap_or("GROUP_ID");
    let source = elastic_ip.map_or_else(|| "ELASTIC_IP/32".to_owned(), alone);
    let (ranges, range) = match elastic_ip {
        Some(IpAddr::V6(_)) => ("Ipv6Ranges", "CidrIpv6"),
        _ => ("IpRanges", "CidrIp"),
    };
    let region = match &group.region {
        Some(region) => format!(" --region {region}"),
        None => String::new(),
    };
    vec![
        format!(
            "In the security group of the PBX nodes ({id}), an inbound rule: type All traffic, source {source}, description \"Data Flow Server\"."
        ),
        format!(
            "aws ec2 authorize-security-group-ingress{region} --group-id {id} --ip-permissions '[{{\"IpProtocol\":\"-1\",\"{ranges}\":[{{\"{range}\":\"{source}\",\"Description\":\"Data Flow Server\"}}]}}]'"
        ),
    ]
}

/// What the vendor's guide wants done where firewalld is the firewall, so that it lets in a machine.
#[must_use]
pub fn firewall_rule(from: IpAddr) -> [String; 2] {
    [
        format!("sudo firewall-cmd --permanent --zone=trusted --add-source={from}"),
        "sudo firewall-cmd --reload".to_owned(),
    ]
}

/// An address as a network of its own.
fn alone(address: IpAddr) -> String {
    let bits = if address.is_ipv4() { 32 } else { 128 };
    format!("{address}/{bits}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_rule_has_what_is_known_in_it_and_what_is_not_by_name() {
        let known = SecurityGroup {
            id: Some("sg-0123".to_owned()),
            region: Some("us-west-1".to_owned()),
        };
        let four = "54.215.234.68".parse().ok();
        let six = "2001:db8::158".parse().ok();
        let all = [
            security_group_rule(&known, four),
            security_group_rule(&known, six),
            security_group_rule(&SecurityGroup::default(), None),
            firewall_rule("192.168.1.30".parse().unwrap()).to_vec(),
        ];
        insta::assert_snapshot!(all.map(|rule| rule.join("\n")).join("\n\n"), @r#"
        In the security group of the PBX nodes (sg-0123), an inbound rule: type All traffic, source 54.215.234.68/32, description "Data Flow Server".
        aws ec2 authorize-security-group-ingress --region us-west-1 --group-id sg-0123 --ip-permissions '[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"54.215.234.68/32","Description":"Data Flow Server"}]}]'

        In the security group of the PBX nodes (sg-0123), an inbound rule: type All traffic, source 2001:db8::158/128, description "Data Flow Server".
        aws ec2 authorize-security-group-ingress --region us-west-1 --group-id sg-0123 --ip-permissions '[{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"2001:db8::158/128","Description":"Data Flow Server"}]}]'

        In the security group of the PBX nodes (GROUP_ID), an inbound rule: type All traffic, source ELASTIC_IP/32, description "Data Flow Server".
        aws ec2 authorize-security-group-ingress --group-id GROUP_ID --ip-permissions '[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"ELASTIC_IP/32","Description":"Data Flow Server"}]}]'

        sudo firewall-cmd --permanent --zone=trusted --add-source=192.168.1.30
        sudo firewall-cmd --reload
        "#);
    }
}
