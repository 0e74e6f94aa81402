#!/usr/bin/env python3
"""Measures ecsctl at fleet size, on applications made of services like manifests/shop's.

    cargo build --release && python3 benches/fleet.py [SIZES...]

ECSCTL names another binary than target/release/ecsctl.

For each number of services: CPU seconds and peak memory of a no-change `plan` on a mock account,
and on moto_server (installed by tests/run) the API calls of a no-change plan by operation.
Times are CPU times of the child process: compare them with each other, not across machines.
"""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ECSCTL = pathlib.Path(os.environ.get("ECSCTL") or ROOT / "target" / "release" / "ecsctl")
MOTO = os.environ.get("ECSCTL_MOTO_SERVER", ROOT / "target" / "tools" / "moto" / "bin" / "moto_server")
# The fewest calls that a plan of so many services can do with: what is aimed at is a quarter more.
FLOORS = {10: 22, 50: 39, 100: 63}
# moto answers one call at a time: larger fleets are measured on the mock account only.
LARGEST_ON_MOTO = 100

PLATFORM = """
kind: Cluster
name: main
capacityProviders: [FARGATE, FARGATE_SPOT]
---
kind: FileSystem
name: uploads
accessPoints: { web: { path: /web, uid: 1000, gid: 1000 } }
---
kind: TaskRole
name: web
statements: [{ sid: Read, actions: [dynamodb:GetItem], resources: ["*"] }]
"""

# A listener may have 100 rules; two of three services have one.
SERVICES_PER_BALANCER = 150

BALANCER = """
kind: LoadBalancer
name: public-%d
listeners: [{ name: http, protocol: HTTP }]
"""

WEB = """
kind: Service
name: web-%(n)d
cpu: 512
memory: 1024
taskRole: web
containers:
  - name: app
    image: shop-web:%(tag)s
    ports: [8080]
    environment: { LOG_LEVEL: info, INDEX: %(n)d }
    secrets: { DB_PASSWORD: ssm:/shop/db-password }
    mounts: [{ volume: uploads, path: /var/uploads }]
  - { name: metrics, image: otel:1, essential: false }
volumes: { uploads: { efs: { fileSystem: uploads, accessPoint: web } } }
loadBalancers:
  - { loadBalancer: public-%(balancer)d, listener: http, container: app, port: 8080, paths: [/web-%(n)d/*] }
deployment: { circuitBreaker: { rollback: true } }
scaling:
  min: 2
  max: 4
  targetTracking: [{ metric: cpu, target: 60 }, { metric: memory, target: 75 }, { metric: albRequests, target: 1000 }]
"""

API = """
kind: Service
name: api-%(n)d
image: shop-api:%(tag)s
port: 9000
loadBalancers:
  - { loadBalancer: public-%(balancer)d, listener: http, port: 9000, paths: [/api-%(n)d/*] }
"""

WORKER = """
kind: Service
name: worker-%(n)d
image: shop-worker:%(tag)s
capacity: [{ provider: FARGATE_SPOT, weight: 3 }, { provider: FARGATE, weight: 1 }]
command: [worker]
logging: { retention: 14 }
"""


def write_manifests(folder, services):
    (folder / "platform.yaml").write_text(PLATFORM)
    for balancer in range(1 + (services - 1) // SERVICES_PER_BALANCER):
        (folder / f"balancer-{balancer}.yaml").write_text(BALANCER % balancer)
    for n in range(services):
        values = {"n": n, "tag": "1.0", "balancer": n // SERVICES_PER_BALANCER}
        text = (WEB, API, WORKER)[n % 3] % values
        (folder / f"service-{n}.yaml").write_text(text)


def ecsctl(*arguments, env=None):
    """Runs ecsctl; returns its output, CPU seconds and peak memory in MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([ECSCTL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    output, errors = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f"ecsctl {' '.join(map(str, arguments))} ended with {process.returncode}\n{output}{errors}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return output, cpu, after.ru_maxrss / 1024


def on_mock(services):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        manifests = folder / "fleet"
        manifests.mkdir()
        write_manifests(manifests, services)
        where = ("-f", manifests, "--mock", folder / "account.json")
        ecsctl("apply", *where, "--auto-approve")
        output, cpu, memory = ecsctl("plan", *where)
        if "Nothing to change" not in output:
            sys.exit(f"the plan after apply is not empty:\n{output}")
        return cpu, memory


class Moto:
    """A moto_server on a free loopback port."""

    def __enter__(self):
        env = dict(os.environ, MOTO_ECS_SERVICE_RUNNING="50", MOTO_IAM_LOAD_MANAGED_POLICIES="true")
        self.process = subprocess.Popen(
            [MOTO, "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env
        )
        for line in self.process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found.group()
                break
        # The server's log is not wanted, but must not fill the pipe.
        subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def on_moto(services):
    with tempfile.TemporaryDirectory() as folder, Moto() as moto:
        manifests = pathlib.Path(folder) / "fleet"
        manifests.mkdir()
        write_manifests(manifests, services)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "AWS_ENDPOINT_URL": moto.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        # The second time is for the fields that moto forgets when a service is created.
        for _ in range(2):
            ecsctl("apply", "-f", manifests, "--auto-approve", env=env)
        output, _, _ = ecsctl("plan", "-f", manifests, "--output", "json", env=env)
        events = [json.loads(line) for line in output.splitlines()]
        if any(event["type"] == "action" for event in events):
            sys.exit(f"the plan after apply is not empty:\n{output}")
        return events[0]["calls"], events[0]["callsByOperation"]


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [1, 10, 50, 100, 500]
    print(f"{'services':>8} {'CPU s':>8} {'ms/service':>11} {'peak MiB':>9}   no-change plan on the mock account")
    for services in sizes:
        cpu, memory = on_mock(services)
        print(f"{services:>8} {cpu:>8.3f} {1000 * cpu / services:>11.2f} {memory:>9.1f}")
    print("\nAPI calls of a no-change plan on moto_server")
    for services in (size for size in sizes if size <= LARGEST_ON_MOTO):
        total, by_operation = on_moto(services)
        floor = f"  floor {FLOORS[services]}, ratio {total / FLOORS[services]:.2f}" if services in FLOORS else ""
        print(f"{services:>8} services {total:>4} calls{floor}")
        for operation, count in sorted(by_operation.items()):
            print(f"{'':>10}{count:>4} {operation}")
    _, cpu, _ = ecsctl("--help")
    print(f"\necsctl --help: {1000 * cpu:.1f} ms of CPU")


if __name__ == "__main__":
    main()
