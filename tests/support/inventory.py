"""Prints what is in an account of services that the tests have no Rust SDK for, a line each."""

import sys

import boto3


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1])


def names(service, operation, items, name):
    pages = client(service).get_paginator(operation).paginate()
    return [f"{operation} {item[name]}" for page in pages for item in page[items]]


found = [
    *names("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    *names("iam", "list_instance_profiles", "InstanceProfiles", "Arn"),
    *names("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    *names("autoscaling", "describe_policies", "ScalingPolicies", "PolicyARN"),
    *names("elb", "describe_load_balancers", "LoadBalancerDescriptions", "LoadBalancerName"),
    *names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
]
# Those that are terminated are listed for some time.
states = {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}
for page in client("ec2").get_paginator("describe_instances").paginate(Filters=[states]):
    found += [instance["InstanceId"] for group in page["Reservations"] for instance in group["Instances"]]
scaling = client("application-autoscaling").get_paginator("describe_scheduled_actions")
for page in scaling.paginate(ServiceNamespace="ecs"):
    found += [action["ScheduledActionARN"] for action in page["ScheduledActions"]]
# Target tracking makes alarms of its own, which go with its policy.
for line in found:
    if "TargetTracking-" not in line:
        print(line)
