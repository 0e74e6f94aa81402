//! Disks of instances: sizes and speeds that EBS has for a type of volume.

use super::instances::{View, each};
use super::table::{Entry, instances};
use super::{Bounds, Scope, escape, within};
use crate::manifest::node::Span;
use crate::manifest::problem::Problem;
use crate::model::documents::instances::{BlockDevice, VolumeType};

const GUIDE: &str = "Amazon EBS User Guide, \"Amazon EBS volume types\"";

/// The root devices of the images that we know.
const ROOTS: [&str; 2] = ["/dev/xvda", "/dev/sda1"];

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "out-of-range",
        rule: "the `size` of a disk is one that its type has: `gp2` and `gp3` 1 to 16384 GiB, `io1` and `io2` 4 to 16384, `st1` and `sc1` 125 to 16384",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvdb: { type: st1, size: 100 } }"),
        right: instances!("volumes: { /dev/xvdb: { type: st1, size: 125 } }"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `iops` of a disk are as many as its type has: `gp3` 3000 to 16000, `io1` 100 to 64000, `io2` 100 to 256000",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { size: 100, iops: 2000 } }"),
        right: instances!("volumes: { /dev/xvda: { size: 100, iops: 3000 } }"),
    },
    Entry {
        code: "out-of-range",
        rule: "the `throughput` of a disk is 125 to 1000 MiB per second",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { size: 100, throughput: 1001 } }"),
        right: instances!("volumes: { /dev/xvda: { size: 100, iops: 4000, throughput: 1000 } }"),
    },
    Entry {
        code: "volume-iops",
        rule: "`io1` and `io2` disks say how many `iops` they have; `gp2`, `st1` and `sc1` do not",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { type: io2, size: 100 } }"),
        right: instances!("volumes: { /dev/xvda: { type: io2, size: 100, iops: 5000 } }"),
    },
    Entry {
        code: "volume-iops",
        rule: "a disk has at most 500 `iops` per GiB with `gp3`, 50 with `io1`, 1000 with `io2`",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { size: 7, iops: 4000 } }"),
        right: instances!("volumes: { /dev/xvda: { size: 8, iops: 4000 } }"),
    },
    Entry {
        code: "volume-throughput",
        rule: "only `gp3` disks have a `throughput` of their own, of at most 0.25 MiB per second for each of their `iops`",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { type: gp2, size: 100, throughput: 125 } }"),
        right: instances!("volumes: { /dev/xvda: { size: 100, throughput: 125 } }"),
    },
    Entry {
        code: "volume-boot",
        rule: "instances do not boot from `st1` and `sc1` disks",
        source: GUIDE,
        wrong: instances!("volumes: { /dev/xvda: { type: sc1, size: 125 } }"),
        right: instances!("volumes: { /dev/xvdb: { type: sc1, size: 125 } }"),
    },
];

/// What EBS has for a type of volume.
struct Offer {
    word: &'static str,
    /// GiB.
    size: (u32, u32),
    /// None where they follow from the size.
    iops: Option<(u32, u32)>,
    iops_per_gib: u32,
    boots: bool,
}

fn offer(volume_type: VolumeType) -> Offer {
    let ssd = |word, least, iops, iops_per_gib| Offer {
        word,
        size: (least, 16384),
        iops,
        iops_per_gib,
        boots: true,
    };
    let hdd = |word| Offer { word, size: (125, 16384), iops: None, iops_per_gib: 0, boots: false };
    match volume_type {
        VolumeType::Gp3 => ssd("gp3", 1, Some((3000, 16000)), 500),
        VolumeType::Gp2 => ssd("gp2", 1, None, 0),
        VolumeType::Io1 => ssd("io1", 4, Some((100, 64000)), 50),
        VolumeType::Io2 => ssd("io2", 4, Some((100, 256_000)), 1000),
        VolumeType::St1 => hdd("st1"),
        VolumeType::Sc1 => hdd("sc1"),
    }
}

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    each(scope).flat_map(|view| volumes(&view)).collect()
}

fn volumes(view: &View<'_>) -> Vec<Problem> {
    let volumes = view.document.volumes.iter();
    volumes.flat_map(|(device, written)| Disk { view, device, written }.problems()).collect()
}

struct Disk<'a> {
    view: &'a View<'a>,
    device: &'a str,
    written: &'a BlockDevice,
}

impl Disk<'_> {
    fn at(&self, field: &str) -> Span {
        self.view.value(&format!("/volumes/{}/{field}", escape(self.device)))
    }

    fn key(&self) -> Span {
        self.view.key(&format!("/volumes/{}", escape(self.device)))
    }

    fn problems(&self) -> Vec<Problem> {
        let offer = offer(self.written.volume_type);
        let (least, most) = offer.size;
        let size = Bounds { field: "size", least, most };
        let mut problems: Vec<Problem> =
            within(&size, Some(self.written.size.0), || self.at("size")).into_iter().collect();
        problems.extend(self.iops(&offer));
        problems.extend(self.throughput(&offer));
        if !offer.boots && ROOTS.contains(&self.device) {
            let message = format!("instances can't boot from {} disks", offer.word);
            problems.push(
                Problem::error("volume-boot", message)
                    .at(&self.at("type"), "of the root device")
                    .hint("use `gp3`"),
            );
        }
        problems
    }

    fn iops(&self, offer: &Offer) -> Option<Problem> {
        let Offer { word, iops_per_gib, .. } = offer;
        match (offer.iops, self.written.iops) {
            (None, None) => None,
            (None, Some(_)) => Some(
                Problem::error("volume-iops", format!("{word} disks take no `iops`"))
                    .at(&self.at("iops"), "they follow from its size"),
            ),
            (Some(_), None) if self.written.volume_type == VolumeType::Gp3 => None,
            (Some(_), None) => Some(
                Problem::error("volume-iops", format!("{word} disks need `iops`"))
                    .at(&self.key(), "how many?"),
            ),
            (Some((least, most)), Some(iops)) => {
                let bounds = Bounds { field: "iops", least, most };
                let outside = within(&bounds, Some(iops), || self.at("iops"));
                let possible = self.written.size.0.saturating_mul(*iops_per_gib);
                // A small gp3 has its 3000 all the same.
                outside.or_else(|| (iops > possible.max(least)).then(|| self.too_many(possible)))
            }
        }
    }

    fn too_many(&self, possible: u32) -> Problem {
        let message =
            format!("a disk of this size has at most {possible} I/O operations per second");
        Problem::error("volume-iops", message)
            .at(&self.at("iops"), "too many")
            .at(&self.at("size"), "the size, in GiB")
    }

    fn throughput(&self, offer: &Offer) -> Option<Problem> {
        let throughput = self.written.throughput?;
        if self.written.volume_type != VolumeType::Gp3 {
            let message = format!("{} disks take no `throughput`", offer.word);
            return Some(
                Problem::error("volume-throughput", message)
                    .at(&self.at("throughput"), "only `gp3` has one of its own"),
            );
        }
        let bounds = Bounds { field: "throughput", least: 125, most: 1000 };
        let outside = within(&bounds, Some(throughput), || self.at("throughput"));
        let iops = self.written.iops.unwrap_or(3000);
        outside.or_else(|| {
            let message =
                format!("{throughput} MiB per second need {} I/O operations", throughput * 4);
            let problem = Problem::error("volume-throughput", message)
                .at(&self.at("throughput"), format!("with {iops}, at most {}", iops / 4));
            (throughput > iops / 4).then(|| problem.hint("raise `iops`"))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::testing::report;

    #[test]
    fn disks_are_as_ebs_has_them() {
        let disk = |fields: &str| {
            format!(
                "{{ kind: Cluster, name: main, instances: [{{ name: a, volumes: {{ /dev/xvda: {{ {fields} }} }} }}] }}"
            )
        };
        let cases = [
            ("size: 16385", "size: 16384"),
            ("size: 3, type: io1, iops: 100", "size: 4, type: io1, iops: 100"),
            ("size: 100, type: gp2, iops: 3000", "size: 100, type: gp2"),
            ("size: 100, type: io1", "size: 100, type: io1, iops: 5000"),
            ("size: 100, type: io1, iops: 5001", "size: 100, type: io1, iops: 5000"),
            ("size: 2, iops: 3001", "size: 2, iops: 3000"),
            ("size: 100, throughput: 751", "size: 100, throughput: 750"),
            ("size: 100, type: io2, iops: 100, throughput: 125", "size: 100, type: io2, iops: 100"),
            ("size: 125, type: st1", "size: 125"),
        ];
        let cases = cases.map(|(wrong, right)| (disk(wrong), disk(right)));
        let cases: Vec<_> =
            cases.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str())).collect();
        insta::assert_snapshot!(report(&cases), @"
        out-of-range: `size` must be between 1 and 16384, but is 16385 [16385: expected 1 to 16384]
        out-of-range: `size` must be between 4 and 16384, but is 3 [3: expected 4 to 16384]
        volume-iops: gp2 disks take no `iops` [3000: they follow from its size]
        volume-iops: io1 disks need `iops` [/dev/xvda: how many?]
        volume-iops: a disk of this size has at most 5000 I/O operations per second [5001: too many] [100: the size, in GiB]
        volume-iops: a disk of this size has at most 1000 I/O operations per second [3001: too many] [2: the size, in GiB]
        volume-throughput: 751 MiB per second need 3004 I/O operations [751: with 3000, at most 750] -> raise `iops`
        volume-throughput: io2 disks take no `throughput` [125: only `gp3` has one of its own]
        volume-boot: instances can't boot from st1 disks [st1: of the root device] -> use `gp3`
        ");
    }
}
