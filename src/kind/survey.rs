//! One observation of a live account: what kinds read once and share.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::erased::{AnyKind, DesiredRow, LiveRow};
use super::marks::{DIGEST_TAG, Marks, Scope, Tags, read_tags};
use crate::aws::{Aws, AwsError, TagFilter};
use crate::facts::Facts;
use crate::value::Resolvable;

/// The rows of a kind, once they are asked for.
type Cell = OnceCell<Arc<Vec<LiveRow>>>;

/// Rows of each kind and the owned ARNs, each read at most once however many kinds ask.
pub struct Survey<'a> {
    pub aws: &'a Aws,
    pub scope: &'a Scope,
    pub facts: &'a Facts,
    /// Reads all that can be read, digests or not.
    pub is_deep: bool,
    desired: &'a [DesiredRow],
    cells: BTreeMap<&'static str, (&'static dyn AnyKind, Cell)>,
    owned: OnceCell<Arc<BTreeMap<String, Tags>>>,
}

impl<'a> Survey<'a> {
    pub fn new(
        aws: &'a Aws,
        scope: &'a Scope,
        facts: &'a Facts,
        kinds: &[&'static dyn AnyKind],
        desired: &'a [DesiredRow],
        is_deep: bool,
    ) -> Self {
        let cells = kinds.iter().map(|kind| (kind.name(), (*kind, OnceCell::new()))).collect();
        Self { aws, scope, facts, is_deep, desired, cells, owned: OnceCell::new() }
    }

    /// The live rows of a kind. A kind may ask for those that its own resources belong to: a
    /// listener for load balancers, never the other way round.
    pub fn rows<'s>(&'s self, kind: &str) -> BoxFuture<'s, Result<Arc<Vec<LiveRow>>, AwsError>> {
        let (kind, cell) = self.cells.get(kind).expect("kinds ask for registered kinds");
        Box::pin(async move {
            let rows = cell.get_or_try_init(|| async {
                let wanted: Vec<_> =
                    self.desired.iter().filter(|row| row.address.kind == kind.name()).collect();
                kind.observe(self, &wanted).await.map(Arc::new)
            });
            rows.await.cloned()
        })
    }

    /// Whether the scope has a resource of this kind whose name in its address begins so. What comes
    /// and goes with it need not be looked for where it is not.
    pub async fn has(&self, kind: &str, prefix: &str) -> Result<bool, AwsError> {
        let rows = self.rows(kind).await?;
        let is_it = |row: &LiveRow| {
            let resource = row.marks.resource.as_ref();
            self.scope.owns(&row.marks)
                && resource.is_some_and(|address| address.name.starts_with(prefix))
        };
        Ok(rows.iter().any(is_it))
    }

    /// Every ARN that the scope's tags are on, as the tagging API lists them. It lags behind writes
    /// by up to minutes: what is not listed may still be owned.
    pub async fn owned(&self) -> Result<Arc<BTreeMap<String, Tags>>, AwsError> {
        let read = || async {
            let filters = self.scope.filters().map(|(key, value)| TagFilter::equals(key, value));
            let found = self.aws.tagged(&filters).await?;
            Ok(Arc::new(found.into_iter().map(|it| (it.arn, read_tags(it.tags))).collect()))
        };
        self.owned.get_or_try_init(read).await.cloned()
    }

    /// The tags of a resource that is wanted with `wanted`, from the tagging API. `None` where that
    /// may lag behind, for it shows other tags or none: then they must be read from the service.
    pub async fn tags(&self, arn: &str, wanted: Option<&Tags>) -> Result<Option<Tags>, AwsError> {
        let listed = self.owned().await?.get(arn).cloned();
        Ok(listed.filter(|listed| {
            wanted.is_none_or(|wanted| without_digest(listed).eq(without_digest(wanted)))
        }))
    }

    /// Whether tags that were read are those of a resource of this scope.
    pub fn owns(&self, tags: &Tags) -> bool {
        self.scope.owns(&Marks::of(tags))
    }
}

fn without_digest(tags: &Tags) -> impl Iterator<Item = (&String, &Resolvable)> {
    tags.iter().filter(|(key, _)| *key != DIGEST_TAG)
}
