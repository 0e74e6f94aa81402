"""Makes what others have in an account: a load balancer with a listener, and a group of instances."""

import sys

import boto3


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1])


ec2, elbv2, autoscaling = client("ec2"), client("elbv2"), client("autoscaling")
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
tags = [{"Key": "house", "Value": "yes"}]
balancer = elbv2.create_load_balancer(Name="house", Subnets=subnets, Tags=tags)["LoadBalancers"][0]
answer = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "?"}
elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
)
template = ec2.create_launch_template(
    LaunchTemplateName="machines", LaunchTemplateData={"InstanceType": "m6i.large", "ImageId": "ami-1"}
)["LaunchTemplate"]["LaunchTemplateId"]
autoscaling.create_auto_scaling_group(
    AutoScalingGroupName="machines",
    MinSize=0,
    MaxSize=4,
    VPCZoneIdentifier=",".join(subnets),
    LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
)
print(balancer["LoadBalancerArn"])
