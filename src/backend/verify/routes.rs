//! The ways out of subnets: route tables and endpoints of their VPC.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, try_join};

use super::unread;
use crate::aws::ec2::{Route, RouteTable, VpcEndpoint};
use crate::aws::{Aws, AwsError};
use crate::facts::Facts;
use crate::verify::{Answer, SubnetRoutes, Way};

type Routes = BTreeMap<String, Answer<SubnetRoutes>>;

pub(super) async fn read(
    aws: &Aws,
    facts: &Facts,
    subnets: &BTreeMap<String, BTreeSet<String>>,
) -> Routes {
    let reads = subnets.iter().map(|(vpc, subnets)| async move {
        let found = of_vpc(aws, vpc).await;
        let answer = |subnet: &String| match &found {
            Ok((tables, endpoints)) => Ok(routes(facts, subnet, tables, endpoints)),
            Err(error) => Err(unread(error)),
        };
        subnets.iter().map(|subnet| (subnet.clone(), answer(subnet))).collect::<Vec<_>>()
    });
    join_all(reads).await.into_iter().flatten().collect()
}

async fn of_vpc(aws: &Aws, vpc: &str) -> Result<(Vec<RouteTable>, Vec<VpcEndpoint>), AwsError> {
    let filters = [("vpc-id", vec![vpc.to_owned()])];
    let tables = aws.ec2.describe_route_tables(&filters);
    try_join(tables, aws.ec2.describe_vpc_endpoints(&filters)).await
}

fn routes(
    facts: &Facts,
    subnet: &str,
    tables: &[RouteTable],
    endpoints: &[VpcEndpoint],
) -> SubnetRoutes {
    let table = table_of(subnet, tables);
    let default = table.and_then(|table| table.routes.iter().find(|route| is_default(route)));
    let prefix = format!(".{}.", facts.region);
    let reached = endpoints.iter().filter(|endpoint| is_reached(endpoint, table));
    let names = reached.filter_map(|endpoint| endpoint.service_name.split_once(&prefix));
    SubnetRoutes {
        default: default.map_or(Way::Nowhere, way),
        endpoints: names.map(|(_, name)| name.to_owned()).collect(),
    }
}

/// The subnet's own, or the VPC's main one.
fn table_of<'a>(subnet: &str, tables: &'a [RouteTable]) -> Option<&'a RouteTable> {
    let is_own = |table: &&RouteTable| {
        let mut associations = table.associations.iter();
        associations.any(|association| association.subnet_id.as_deref() == Some(subnet))
    };
    tables.iter().find(is_own).or_else(|| tables.iter().find(|table| table.is_main()))
}

fn is_default(route: &Route) -> bool {
    route.destination_cidr_block.as_deref() == Some("0.0.0.0/0")
        // What the route leads to may be gone.
        && route.state.as_deref() != Some("blackhole")
}

fn way(route: &Route) -> Way {
    match &route.gateway_id {
        Some(gateway) if gateway.starts_with("igw-") => Way::InternetGateway,
        Some(_) | None => Way::Other,
    }
}

/// A gateway is in route tables. An interface takes the requests of its whole VPC, if names lead there.
fn is_reached(endpoint: &VpcEndpoint, table: Option<&RouteTable>) -> bool {
    let is_there = endpoint.state.eq_ignore_ascii_case("available");
    let is_reached = if endpoint.vpc_endpoint_type == "Gateway" {
        table.is_some_and(|table| endpoint.route_table_ids.contains(&table.route_table_id))
    } else {
        endpoint.private_dns_enabled
    };
    is_there && is_reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, xml};

    const TABLES: &str = "<R><routeTableSet>\
        <item><routeTableId>rtb-main</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><main>true</main></item></associationSet>\
          <routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item></routeSet></item>\
        <item><routeTableId>rtb-public</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><subnetId>subnet-public</subnetId></item></associationSet>\
          <routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId><state>active</state></item></routeSet></item>\
        <item><routeTableId>rtb-nat</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><subnetId>subnet-nat</subnetId></item></associationSet>\
          <routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>active</state></item></routeSet></item>\
        <item><routeTableId>rtb-gone</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><subnetId>subnet-gone</subnetId></item></associationSet>\
          <routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-2</natGatewayId><state>blackhole</state></item></routeSet></item>\
        </routeTableSet></R>";

    const ENDPOINTS: &str = "<R><vpcEndpointSet>\
        <item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType><serviceName>com.amazonaws.eu-west-1.s3</serviceName>\
          <state>available</state><routeTableIdSet><item>rtb-main</item></routeTableIdSet></item>\
        <item><vpcEndpointId>vpce-2</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><serviceName>com.amazonaws.eu-west-1.ecr.api</serviceName>\
          <state>available</state><privateDnsEnabled>true</privateDnsEnabled></item>\
        <item><vpcEndpointId>vpce-3</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><serviceName>com.amazonaws.eu-west-1.logs</serviceName>\
          <state>available</state><privateDnsEnabled>false</privateDnsEnabled></item>\
        <item><vpcEndpointId>vpce-4</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><serviceName>com.amazonaws.eu-west-1.ssm</serviceName>\
          <state>pending</state><privateDnsEnabled>true</privateDnsEnabled></item>\
        </vpcEndpointSet></R>";

    #[tokio::test]
    async fn each_subnet_has_the_way_of_its_table_and_the_endpoints_that_names_lead_to() {
        let replay = Replay::new([xml(200, TABLES), xml(200, ENDPOINTS)]);
        let ids = ["subnet-public", "subnet-nat", "subnet-gone", "subnet-other"];
        let asked = BTreeMap::from([("vpc-1".to_owned(), ids.map(str::to_owned).into())]);
        let facts = Facts {
            account: "444455556666".to_owned(),
            region: "eu-west-1".to_owned(),
            partition: "aws".to_owned(),
            networks: BTreeMap::new(),
            auto_scaling_groups: BTreeMap::new(),
            load_balancers: BTreeMap::new(),
        };
        let answers = read(&replay.aws(), &facts, &asked).await;
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let routes =
            |default, endpoints: &[&str]| Ok(SubnetRoutes { default, endpoints: set(endpoints) });
        assert_eq!(answers["subnet-public"], routes(Way::InternetGateway, &["ecr.api"]));
        assert_eq!(answers["subnet-nat"], routes(Way::Other, &["ecr.api"]));
        assert_eq!(answers["subnet-gone"], routes(Way::Nowhere, &["ecr.api"]));
        assert_eq!(answers["subnet-other"], routes(Way::Nowhere, &["ecr.api", "s3"]));
        assert_eq!(replay.bodies().len(), 2, "a call for the tables, one for the endpoints");
    }
}
