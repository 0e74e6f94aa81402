//! Order along dependencies, and the way round a circle.

use std::collections::{BTreeMap, BTreeSet};

/// Which nodes each node needs, by index.
pub(super) type Needs = Vec<BTreeSet<usize>>;

/// Every index after all that it needs, lowest first among those that could come next.
/// `Err` is one circle, its first node repeated at the end.
pub(super) fn sort(needs: &Needs) -> Result<Vec<usize>, Vec<usize>> {
    let mut missing: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    let mut needed_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, needed) in needs.iter().enumerate() {
        for other in needed {
            needed_by.entry(*other).or_default().push(node);
        }
    }
    let mut ready: BTreeSet<usize> = (0..needs.len()).filter(|node| missing[*node] == 0).collect();
    let mut sorted = Vec::with_capacity(needs.len());
    while let Some(node) = ready.pop_first() {
        sorted.push(node);
        for waiting in needed_by.get(&node).into_iter().flatten() {
            missing[*waiting] -= 1;
            if missing[*waiting] == 0 {
                ready.insert(*waiting);
            }
        }
    }
    if sorted.len() == needs.len() { Ok(sorted) } else { Err(circle(needs, &sorted)) }
}

fn circle(needs: &Needs, sorted: &[usize]) -> Vec<usize> {
    let sorted: BTreeSet<usize> = sorted.iter().copied().collect();
    let stuck = |node: &usize| !sorted.contains(node);
    let mut path: Vec<usize> = (0..needs.len()).filter(stuck).take(1).collect();
    loop {
        let last = path[path.len() - 1];
        let next =
            *needs[last].iter().find(|node| stuck(node)).expect("a stuck node needs a stuck node");
        if let Some(start) = path.iter().position(|node| *node == next) {
            path.push(next);
            return path.split_off(start);
        }
        path.push(next);
    }
}

/// Whether `from` needs `to`, directly or through others.
pub(super) fn reaches(needs: &Needs, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        if seen.insert(node) {
            open.extend(&needs[node]);
        }
    }
    false
}

/// Which nodes need each node.
pub(super) fn needed_by(needs: &Needs) -> Needs {
    let mut needed_by = vec![BTreeSet::new(); needs.len()];
    for (node, needed) in needs.iter().enumerate() {
        for other in needed {
            needed_by[*other].insert(node);
        }
    }
    needed_by
}

/// `nodes`, and all that edges lead to from there.
pub(super) fn closure(edges: &Needs, nodes: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut open: Vec<usize> = nodes.iter().copied().collect();
    let mut found = nodes;
    while let Some(node) = open.pop() {
        open.extend(edges[node].iter().filter(|next| found.insert(**next)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(edges: &[(usize, usize)], nodes: usize) -> Needs {
        let mut needs = vec![BTreeSet::new(); nodes];
        for (node, needed) in edges {
            needs[*node].insert(*needed);
        }
        needs
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(sort(&needs(&[(0, 2), (1, 0), (3, 1)], 4)), Ok(vec![2, 0, 1, 3]));
    }

    #[test]
    fn a_circle_is_named_from_end_to_end() {
        assert_eq!(sort(&needs(&[(0, 1), (1, 2), (2, 3), (3, 1)], 5)), Err(vec![1, 2, 3, 1]));
    }

    #[test]
    fn reaching_goes_through_others() {
        let needs = needs(&[(0, 1), (1, 2)], 4);
        assert!(reaches(&needs, 0, 2));
        assert!(!reaches(&needs, 2, 0));
        assert_eq!(closure(&needed_by(&needs), BTreeSet::from([1])), BTreeSet::from([0, 1]));
    }
}
