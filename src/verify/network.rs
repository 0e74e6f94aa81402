//! Addresses and the rules of security groups: who is let through.

use std::collections::BTreeSet;

use super::answers::Permission;

/// Somebody who wants through: by the groups they are in, and by where they are.
pub(super) struct Peer<'a> {
    pub(super) groups: BTreeSet<&'a str>,
    /// CIDR blocks, from each of which they may come.
    pub(super) blocks: Vec<&'a str>,
}

/// Whether rules let somebody through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    Open,
    /// What decides was not read.
    Unknown,
    Closed,
}

/// Whether TCP gets through at a port.
pub(super) fn passage(permissions: &[Permission], port: u16, peer: &Peer<'_>) -> Passage {
    let at_port = || permissions.iter().filter(|permission| has_port(permission, port));
    let by_group = |permission: &Permission| {
        permission.groups.iter().any(|group| peer.groups.contains(group.as_str()))
    };
    // Each block may be covered by another rule.
    let is_covered = |block: &&str| {
        at_port().flat_map(|permission| &permission.blocks).any(|outer| covers(outer, block))
    };
    let by_block = !peer.blocks.is_empty() && peer.blocks.iter().all(is_covered);
    if by_block || at_port().any(by_group) {
        Passage::Open
    } else if at_port().any(|permission| permission.has_prefix_lists) {
        Passage::Unknown
    } else {
        Passage::Closed
    }
}

fn has_port(permission: &Permission, port: u16) -> bool {
    let is_tcp = ["tcp", "6", "-1"].contains(&permission.protocol.as_str());
    let port = i32::from(port);
    is_tcp && permission.ports.is_none_or(|(from, to)| (from..=to).contains(&port))
}

/// Whether all addresses of one block of IPv4 are in another.
fn covers(outer: &str, inner: &str) -> bool {
    let (Some((outer, outer_bits)), Some((inner, inner_bits))) = (block(outer), block(inner))
    else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32 - outer_bits).unwrap_or(0);
    outer_bits <= inner_bits && outer & mask == inner & mask
}

fn block(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    Some((address.to_bits(), bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_covers_what_is_inside_it() {
        for (outer, inner, expected) in [
            ("0.0.0.0/0", "10.0.1.0/24", true),
            ("10.0.0.0/16", "10.0.1.0/24", true),
            ("10.0.1.0/24", "10.0.1.0/24", true),
            ("10.0.1.0/25", "10.0.1.0/24", false),
            ("10.1.0.0/16", "10.0.1.0/24", false),
            ("10.0.1.7/32", "10.0.1.7/32", true),
            ("::/0", "10.0.1.0/24", false),
            ("10.0.0.0/33", "10.0.0.0/33", false),
        ] {
            assert_eq!(covers(outer, inner), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn rules_open_a_port_to_groups_and_to_blocks() {
        let rule = |protocol: &str, ports, blocks: &[&str], groups: &[&str]| Permission {
            protocol: protocol.to_owned(),
            ports,
            blocks: blocks.iter().map(ToString::to_string).collect(),
            groups: groups.iter().map(ToString::to_string).collect(),
            has_prefix_lists: false,
        };
        let nfs = Some((2049, 2049));
        let lists = Permission { has_prefix_lists: true, ..rule("tcp", nfs, &[], &[]) };
        for (rules, expected) in [
            (vec![], Passage::Closed),
            (vec![rule("tcp", nfs, &[], &["sg-1"])], Passage::Open),
            (vec![rule("-1", None, &["0.0.0.0/0"], &[])], Passage::Open),
            (vec![rule("udp", nfs, &["0.0.0.0/0"], &[])], Passage::Closed),
            (vec![rule("tcp", Some((80, 90)), &["0.0.0.0/0"], &["sg-1"])], Passage::Closed),
            (vec![rule("tcp", nfs, &["10.0.1.0/24"], &["sg-9"])], Passage::Closed),
            (
                vec![
                    rule("tcp", nfs, &["10.0.1.0/24"], &[]),
                    rule("tcp", nfs, &["10.0.2.0/24"], &[]),
                ],
                Passage::Open,
            ),
            (vec![lists], Passage::Unknown),
        ] {
            let peer = Peer {
                groups: BTreeSet::from(["sg-1", "sg-2"]),
                blocks: vec!["10.0.1.0/24", "10.0.2.0/24"],
            };
            assert_eq!(passage(&rules, 2049, &peer), expected, "{rules:?}");
        }
    }
}
