"""moto_server with our own patch, and a record of the operations that it was asked for.

Not bare moto: CreateService of moto 5.2.5 drops fields that UpdateService keeps. Here they are kept,
so that a first apply can be followed by an empty plan. A test on this server says nothing about what
CreateService accepts; `live/shop.rs` proves on bare moto that the comparison looks at these fields.
Likewise what moto drops of Auto Scaling groups, launch templates and capacity providers is kept here,
see `live/ec2.rs`; and there are instance refreshes, which are over at once.

The file that ECSCTL_RECORD names gets a line `<access key> <service>:<operation>`
per request. The address is told on stderr as moto_server does. The server ends when stdin does.
"""

import io
import os
import re
import sys
import threading
from urllib.parse import parse_qs

from moto.autoscaling.models import InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data
from moto.ecs.models import CapacityProvider
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple

FORGOTTEN = [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
]


def remember_on_create_service():
    create = EC2ContainerServiceResponse.create_service

    def create_service(self):
        result = create(self)
        service = result.result["service"]
        for field in FORGOTTEN:
            if self._get_param(field) is not None:
                setattr(service, camelcase_to_underscores(field), self._get_param(field))
        return result

    EC2ContainerServiceResponse.create_service = create_service


def remember_groups():
    """DefaultInstanceWarmup, a health check grace period of 0, and updates of CapacityRebalance."""

    def remembering(name):
        original = getattr(AutoScalingResponse, name)

        def write(self):
            result = original(self)
            group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
            group.default_instance_warmup = self._get_int_param("DefaultInstanceWarmup")
            group.health_check_grace_period = self._get_int_param("HealthCheckGracePeriod")
            group.capacity_rebalance = self._get_bool_param("CapacityRebalance")
            return result

        setattr(AutoScalingResponse, name, write)

    remembering("create_auto_scaling_group")
    remembering("update_auto_scaling_group")


def remember_providers():
    """Updates of managedDraining."""
    update = CapacityProvider.update

    def remembering(self, asg_details):
        update(self, asg_details)
        self.auto_scaling_group_provider["managedDraining"] = asg_details["managedDraining"]

    CapacityProvider.update = remembering


def remember_launch_templates():
    """User data as instances need it in versions after the first, and tags that are written later."""
    create_version = LaunchTemplate.create_version

    def parsing(self, data, description):
        if self.versions:
            data["UserData"] = parse_user_data(data.get("UserData"))
        return create_version(self, data, description)

    LaunchTemplate.create_version = parsing
    LaunchTemplate.tags = property(lambda self: self.get_tags(), lambda self, tags: None)


def refresh_instances():
    """Instances know the version that they were launched from, and a refresh gives them the group's."""
    init = InstanceState.__init__

    def launching(self, *arguments, **named):
        init(self, *arguments, **named)
        self.launched_from = self.auto_scaling_group.launch_template_version

    def launch_template(self):
        template = self.auto_scaling_group.ec2_launch_template
        return {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "Version": self.launched_from,
        }

    def start(self):
        group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
        for instance in group.instance_states:
            instance.launched_from = group.launch_template_version
        return ActionResult({"InstanceRefreshId": group.name})

    def describe(self):
        name = self._get_param("AutoScalingGroupName")
        refresh = {"InstanceRefreshId": name, "AutoScalingGroupName": name, "Status": "Successful"}
        return ActionResult({"InstanceRefreshes": [{**refresh, "PercentageComplete": 100}]})

    InstanceState.__init__ = launching
    InstanceState.launch_template = property(launch_template)
    AutoScalingResponse.start_instance_refresh = start
    AutoScalingResponse.describe_instance_refreshes = describe


class Recorded:
    """A WSGI application that writes down what another one is asked for."""

    def __init__(self, application, path):
        self.application = application
        self.record = open(path, "a", buffering=1)

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        self.record.write(f"{operation(environ, body)}\n")
        return self.application(environ, start_response)


def operation(environ, body):
    scope = r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/"
    found = re.search(scope, environ.get("HTTP_AUTHORIZATION", ""))
    key, service = found.groups() if found else ("-", "-")
    target = environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
    action = parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return f"{key} {service}:{target or action or request}"


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    remember_on_create_service()
    remember_groups()
    remember_providers()
    remember_launch_templates()
    refresh_instances()
    threading.Thread(target=end_with_stdin, daemon=True).start()
    application = Recorded(DomainDispatcherApplication(create_backend_app), os.environ["ECSCTL_RECORD"])
    run_simple("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
