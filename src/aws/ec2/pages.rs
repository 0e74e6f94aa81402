//! Describe operations: filters in, pages out.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::Ec2;
use super::model::{NetworkInterface, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint};
use super::wire::{Query, items};
use crate::aws::error::AwsError;

/// A filter's name, such as `vpc-id` or `tag:ecsctl:app`, and the values of which one must match.
pub type Filter<'a> = (&'a str, Vec<String>);

impl Ec2 {
    /// Reads all pages of a describe operation.
    pub(super) async fn pages<P: Page>(
        &self,
        operation: &'static str,
        filters: &[Filter<'_>],
    ) -> Result<Vec<P::Item>, AwsError> {
        self.pages_of::<P>(with_filters(Query::new(operation), filters)).await
    }

    /// Reads all pages of a query.
    pub(super) async fn pages_of<P: Page>(&self, query: Query) -> Result<Vec<P::Item>, AwsError> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let page: P = self.send(query.clone().set_some("NextToken", token)).await?;
            let (items, next) = page.into_parts();
            found.extend(items);
            token = next.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

pub(super) fn with_filters(query: Query, filters: &[Filter<'_>]) -> Query {
    query.each("Filter", filters, with_filter)
}

fn with_filter(query: Query, at: &str, (name, values): &Filter<'_>) -> Query {
    query.set(format!("{at}.Name"), *name).each(&format!("{at}.Value"), values, Query::set_at)
}

/// One page of a describe operation.
pub(super) trait Page: DeserializeOwned + fmt::Debug + Send + Sync + 'static {
    type Item;

    /// The items, and the token of the next page.
    fn into_parts(self) -> (Vec<Self::Item>, Option<String>);
}

macro_rules! page {
    ($page:ident, $item:ident, $element:literal) => {
        #[derive(Debug, Deserialize)]
        pub(super) struct $page {
            #[serde(rename = $element, default, deserialize_with = "items")]
            items: Vec<$item>,
            #[serde(rename = "nextToken")]
            next_token: Option<String>,
        }

        impl Page for $page {
            type Item = $item;

            fn into_parts(self) -> (Vec<$item>, Option<String>) {
                (self.items, self.next_token)
            }
        }
    };
}

pub(super) use page;

page!(Vpcs, Vpc, "vpcSet");
page!(Subnets, Subnet, "subnetSet");
page!(RouteTables, RouteTable, "routeTableSet");
page!(SecurityGroups, SecurityGroup, "securityGroupInfo");
page!(NetworkInterfaces, NetworkInterface, "networkInterfaceSet");
page!(VpcEndpoints, VpcEndpoint, "vpcEndpointSet");
