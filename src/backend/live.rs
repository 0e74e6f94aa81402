//! Observation of a live account.

use std::collections::BTreeMap;

use futures::future::{try_join_all, try_join3};

use super::{Observed, Query, group, load_balancer, network};
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::kind::{AnyKind, LiveRow, Survey};
use crate::model::stack::Stack;
use crate::plan::Shallow;

pub(super) async fn facts(aws: &Aws, stack: &Stack) -> Result<Facts, AwsError> {
    let lookups = stack.networks.iter().map(|(name, network)| async move {
        let found = network::look_up(aws, &network.value).await?;
        Ok::<_, AwsError>((name.clone(), found))
    });
    let balancers = stack.existing_load_balancers.iter().map(|(name, balancer)| async move {
        let found = load_balancer::look_up(aws, name, &balancer.value).await?;
        Ok::<_, AwsError>((name.clone(), found))
    });
    let (networks, auto_scaling_groups, load_balancers) = try_join3(
        try_join_all(lookups),
        group::look_up(aws, &stack.auto_scaling_groups()),
        try_join_all(balancers),
    )
    .await?;
    Ok(Facts {
        account: aws.account.to_string(),
        region: aws.region.to_string(),
        partition: aws.partition.to_string(),
        networks: networks.into_iter().collect(),
        auto_scaling_groups,
        load_balancers: load_balancers.into_iter().collect(),
    })
}

pub(super) async fn observe(aws: &Aws, query: Query<'_>) -> Result<Observed, AwsError> {
    let survey = survey(aws, query);
    let tables = try_join_all(query.kinds.iter().map(|kind| survey.rows(kind.name()))).await?;
    let rows = tables.iter().flat_map(|rows| rows.iter().cloned()).collect();
    Ok(Observed { rows, calls: Some(aws.calls.by_operation()) })
}

/// Reads the rows of each kind that are asked for in full, all kinds side by side.
pub(super) async fn deepen(
    aws: &Aws,
    query: Query<'_>,
    shallow: Vec<Shallow>,
    observed: &mut Observed,
) -> Result<(), AwsError> {
    let survey = survey(aws, query);
    let mut by_kind: BTreeMap<&str, Vec<Shallow>> = BTreeMap::new();
    for row in shallow {
        by_kind.entry(row.kind).or_default().push(row);
    }
    let survey = &survey;
    let reads = query.kinds.iter().filter_map(|kind| {
        let asked = by_kind.remove(kind.name())?;
        let rows = taken(&mut observed.rows, *kind, &asked);
        Some(async move {
            let wanted: Vec<_> = asked.into_iter().filter_map(|row| row.wanted).collect();
            kind.deepen(survey, &wanted, rows).await
        })
    });
    let deepened = try_join_all(reads.collect::<Vec<_>>()).await?;
    observed.rows.extend(deepened.into_iter().flatten());
    observed.calls = Some(aws.calls.by_operation());
    Ok(())
}

fn taken(rows: &mut Vec<LiveRow>, kind: &dyn AnyKind, asked: &[Shallow]) -> Vec<LiveRow> {
    let is_asked = |row: &mut LiveRow| {
        row.kind == kind.name() && asked.iter().any(|shallow| shallow.key == row.key)
    };
    rows.extract_if(.., is_asked).collect()
}

fn survey<'a>(aws: &'a Aws, query: Query<'a>) -> Survey<'a> {
    Survey::new(aws, query.scope, query.facts, query.kinds, query.desired, query.is_deep)
}
