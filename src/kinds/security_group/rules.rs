//! The rules of a security group: one peer each, as they are compared, and permissions, as AWS has them.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::aws::ec2::{GroupPair, IpRange, Ipv6Range, Permission, PrefixList, SecurityGroup};
use crate::value::{Resolvable, Set};

const ANY_IPV4: &str = "0.0.0.0/0";
const ANY_IPV6: &str = "::/0";

/// What one peer may send, or be sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub protocol: String,
    /// First port, or the ICMP type; none with protocol `-1`.
    pub from_port: Option<i32>,
    /// Last port, or the ICMP code; none with protocol `-1`.
    pub to_port: Option<i32>,
    /// A CIDR block, or the id of a security group (`<account>/<id>` in another one) or prefix list.
    pub peer: Resolvable,
    pub description: Option<String>,
}

impl Rule {
    /// Everything to everywhere: the one egress rule that AWS gives a new group.
    pub fn all_traffic() -> Self {
        Self {
            protocol: "-1".to_owned(),
            from_port: None,
            to_port: None,
            peer: ANY_IPV4.into(),
            description: None,
        }
    }

    pub(super) fn tcp(port: u16, peer: Resolvable, description: String) -> Self {
        Self::tcp_range(port..=port, peer, description)
    }

    pub(super) fn tcp_range(
        ports: RangeInclusive<u16>,
        peer: Resolvable,
        description: String,
    ) -> Self {
        Self::ports("tcp", ports, peer, description)
    }

    /// Ports over `tcp` or `udp`.
    pub(super) fn ports(
        protocol: &str,
        ports: RangeInclusive<u16>,
        peer: Resolvable,
        description: String,
    ) -> Self {
        Self {
            protocol: protocol.to_owned(),
            from_port: Some((*ports.start()).into()),
            to_port: Some((*ports.end()).into()),
            peer,
            description: Some(description),
        }
    }

    /// Whether AWS takes the two for the same rule, which can be in a group once.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let identity = |rule: &Self| Self { description: None, ..rule.clone() };
        identity(self) == identity(other)
    }

    /// The rule as AWS takes it.
    pub(super) fn permission(&self) -> Permission {
        let permission = Permission {
            ip_protocol: self.protocol.clone(),
            from_port: self.from_port,
            to_port: self.to_port,
            ..Permission::default()
        };
        let (peer, description) = (self.peer.text(), self.description.clone());
        let (account, id) = match peer.split_once('/') {
            Some((account, id)) if id.starts_with("sg-") => (Some(account.to_owned()), id),
            _ => (None, peer),
        };
        if id.starts_with("sg-") {
            let group = GroupPair { group_id: id.to_owned(), user_id: account, description };
            Permission { groups: vec![group], ..permission }
        } else if id.starts_with("pl-") {
            let list = PrefixList { prefix_list_id: id.to_owned(), description };
            Permission { prefix_lists: vec![list], ..permission }
        } else if id.contains(':') {
            let range = Ipv6Range { cidr_ipv6: id.to_owned(), description };
            Permission { ipv6_ranges: vec![range], ..permission }
        } else {
            let range = IpRange { cidr_ip: id.to_owned(), description };
            Permission { ip_ranges: vec![range], ..permission }
        }
    }
}

/// The rules that let traffic into a group.
pub(super) fn ingress(group: &SecurityGroup) -> Set<Rule> {
    flattened(group, &group.ingress).collect()
}

/// The rules that let traffic out of a group.
///
/// In a VPC with IPv6 AWS gives new groups a second rule, for IPv6, which belongs to the first.
pub(super) fn egress(group: &SecurityGroup) -> Set<Rule> {
    let mut rules: Set<Rule> = flattened(group, &group.egress).collect();
    if rules.0.contains(&Rule::all_traffic()) {
        rules.0.remove(&Rule { peer: ANY_IPV6.into(), ..Rule::all_traffic() });
    }
    rules
}

fn flattened<'a>(
    group: &'a SecurityGroup,
    permissions: &'a [Permission],
) -> impl Iterator<Item = Rule> + 'a {
    permissions.iter().flat_map(|permission| {
        peers(group, permission).map(|(peer, description)| {
            let has_ports = permission.ip_protocol != "-1";
            Rule {
                protocol: protocol(&permission.ip_protocol).to_owned(),
                from_port: permission.from_port.filter(|_| has_ports),
                to_port: permission.to_port.filter(|_| has_ports),
                peer: peer.into(),
                description: description.clone(),
            }
        })
    })
}

fn peers<'a>(
    group: &'a SecurityGroup,
    permission: &'a Permission,
) -> impl Iterator<Item = (String, &'a Option<String>)> {
    let ipv4 = permission.ip_ranges.iter().map(|it| (cidr(&it.cidr_ip), &it.description));
    let ipv6 = permission.ipv6_ranges.iter().map(|it| (cidr(&it.cidr_ipv6), &it.description));
    let lists =
        permission.prefix_lists.iter().map(|it| (it.prefix_list_id.clone(), &it.description));
    let groups = permission.groups.iter().map(|pair| {
        let account = pair.user_id.as_ref().filter(|account| **account != group.owner_id);
        let peer = match account {
            Some(account) => format!("{account}/{}", pair.group_id),
            None => pair.group_id.clone(),
        };
        (peer, &pair.description)
    });
    ipv4.chain(ipv6).chain(lists).chain(groups)
}

/// AWS keeps numbers of protocols that have names only where it was given numbers.
fn protocol(protocol: &str) -> &str {
    match protocol {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => other,
    }
}

/// A CIDR block as AWS stores it: without host bits, IPv6 in its short form.
pub(super) fn cidr(text: &str) -> String {
    let network = || -> Option<String> {
        let (address, length) = text.split_once('/')?;
        let length: u32 = length.parse().ok()?;
        Some(match address.parse().ok()? {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
                format!("{}/{length}", std::net::Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
                format!("{}/{length}", std::net::Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        })
    };
    network().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cidr_blocks_are_written_as_aws_stores_them() {
        assert_eq!(cidr("10.1.2.3/8"), "10.0.0.0/8");
        assert_eq!(cidr("0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(cidr("10.1.2.3/32"), "10.1.2.3/32");
        assert_eq!(cidr("2001:DB8:0:0::1/32"), "2001:db8::/32");
        assert_eq!(cidr("::/0"), "::/0");
        assert_eq!(cidr("10.0.0.0/33"), "10.0.0.0/33");
    }

    #[test]
    fn a_rule_and_its_permission_are_the_same() {
        for peer in ["10.0.0.0/8", "2001:db8::/32", "sg-1", "111122223333/sg-1", "pl-1"] {
            let rule = Rule::tcp(80, peer.into(), "why".to_owned());
            let group = SecurityGroup {
                group_id: "sg-0".to_owned(),
                group_name: String::new(),
                description: String::new(),
                vpc_id: String::new(),
                owner_id: "444455556666".to_owned(),
                ingress: vec![rule.permission()],
                egress: vec![],
                tags: std::collections::BTreeMap::new(),
            };
            assert_eq!(ingress(&group), Set::from_iter([rule]));
        }
    }
}
