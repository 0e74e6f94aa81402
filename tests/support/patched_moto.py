"""moto_server with our own patch, and a record of the operations that it was asked for.

Not bare moto: CreateService of moto 5.2.5 drops fields that UpdateService keeps. Here they are kept,
so that a first apply can be followed by an empty plan. A test on this server says nothing about what
CreateService accepts; `live/shop.rs` proves on bare moto that the comparison looks at these fields.

The file that ECSCTL_RECORD names gets a line `<access key> <service>:<operation>`
per request. The address is told on stderr as moto_server does. The server ends when stdin does.
"""

import io
import os
import re
import sys
import threading
from urllib.parse import parse_qs

from moto.core.utils import camelcase_to_underscores
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
    threading.Thread(target=end_with_stdin, daemon=True).start()
    application = Recorded(DomainDispatcherApplication(create_backend_app), os.environ["ECSCTL_RECORD"])
    run_simple("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
