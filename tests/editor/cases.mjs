// What is expected of the editor for each kind, below its `kind` and `name`.
// `|` is the cursor, or the place where a mistake is marked.

export const KINDS = {
  App: {
    structures: [{ at: "environments:\n  prod:\n    |", is: "Environment" }],
    choices: [],
    hovers: [
      { at: "default|Environment: dev\n", says: "Environment to use without" },
      { at: "environments:\n  prod: { re|gion: eu-west-1 }\n", says: "The AWS Region" },
    ],
    mistakes: [
      { at: "|enviroments: {}\n", says: "enviroments is not allowed" },
      { at: 'environments:\n  prod:\n    account: |"4444"\n', says: "expected an account id" },
    ],
  },

  Network: {
    structures: [{ at: "lifecycle:\n  |", is: "Lifecycle" }],
    choices: [
      { at: "vpc: |", are: ["default"] },
      { at: "subnets: |", are: ["all", "public", "private"] },
      { at: "assignPublicIp: |", are: ["ENABLED", "DISABLED"] },
    ],
    hovers: [
      { at: "sub|nets: public\n", says: "Subnets for tasks" },
      { at: "vpc: { i|d: vpc-0123456789abcdef0 }\n", says: "The VPC with this id" },
    ],
    mistakes: [
      { at: "|subnet: all\n", says: "subnet is not allowed" },
      { at: "assignPublicIp: |enabled\n", says: 'Valid values: "ENABLED", "DISABLED"' },
      { at: "vpc: { id: |main }\n", says: "expected the id of a VPC" },
    ],
  },

  Cluster: {
    structures: [
      {
        at: "defaultCapacityProviderStrategy:\n  - |",
        is: "CapacityProviderStrategyItem",
      },
      { at: "executeCommand:\n  |", is: "ExecuteCommand" },
    ],
    choices: [
      { at: "containerInsights: |", are: ["disabled", "enabled", "enhanced"] },
      { at: "capacityProviders:\n  - |", are: ["FARGATE", "FARGATE_SPOT"] },
      {
        at: "executeCommand:\n  logging: |",
        are: ["DEFAULT", "NONE", "OVERRIDE"],
      },
    ],
    hovers: [
      { at: "container|Insights: enabled\n", says: "CloudWatch Container Insights" },
      { at: "capacityProviders: [FARGATE_|SPOT]\n", says: "Fargate Spot: cheaper" },
    ],
    mistakes: [
      { at: "|insights: enabled\n", says: "insights is not allowed" },
      { at: "containerInsights: |on\n", says: 'Valid values: "disabled", "enabled"' },
      { at: "containerInsights: |on\n", says: 'Valid values: "disabled"' },
    ],
  },

  LoadBalancer: {
    structures: [
      { at: "listeners:\n  - |", is: "Listener" },
      {
        at: "listeners:\n  - name: http\n    redirect:\n      |",
        is: "Redirect",
      },
      {
        at: "listeners:\n  - name: http\n    fixedResponse:\n      |",
        is: "FixedResponse",
      },
      {
        at: "environments:\n  prod:\n    listeners:\n      - |",
        is: "ListenerOverlay",
      },
    ],
    choices: [
      { at: "scheme: |", are: ["internet-facing", "internal"] },
      { at: "type: |", are: ["application", "classic", "network"] },
      { at: "listeners:\n  - protocol: |", are: ["HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"] },
    ],
    hovers: [
      { at: "sch|eme: internal\n", says: "Who reaches it" },
      {
        at: "listeners:\n  - { name: http, proto|col: HTTP }\n",
        says: "for a Network Load Balancer",
      },
    ],
    mistakes: [
      { at: "|listener: []\n", says: "listener is not allowed" },
      { at: "scheme: |public\n", says: 'Valid values: "internet-facing", "internal"' },
      {
        at: "listeners:\n  - name: http\n    protocol: HTTP\n    |ports: 80\n",
        says: "ports is not allowed",
      },
    ],
  },

  FileSystem: {
    structures: [
      { at: "lifecycleRules:\n  |", is: "LifecycleRules" },
      { at: "accessPoints:\n  web:\n    |", is: "AccessPoint" },
    ],
    choices: [
      { at: "performanceMode: |", are: ["generalPurpose", "maxIO"] },
      {
        at: "throughputMode: |",
        are: ["elastic", "bursting", "provisioned"],
      },
    ],
    hovers: [
      { at: "back|up: true\n", says: "Back up daily" },
      { at: "throughputMode: elas|tic\n", says: "It follows the load" },
    ],
    mistakes: [
      { at: "|accessPoint: {}\n", says: "accessPoint is not allowed" },
      { at: "throughputMode: |fast\n", says: 'Valid values: "elastic", "bursting"' },
      {
        at: "accessPoints:\n  web:\n    path: |web\n",
        says: "expected an absolute path",
      },
    ],
  },

  TaskRole: {
    structures: [{ at: "statements:\n  - |", is: "Statement" }],
    choices: [{ at: "statements:\n  - effect: |", are: ["Allow", "Deny"] }],
    hovers: [
      { at: "state|ments: []\n", says: "What the containers may do" },
      {
        at: "statements:\n  - { eff|ect: Deny, actions: [a], resources: [b] }\n",
        says: "Allow or Deny",
      },
    ],
    mistakes: [
      { at: "|policies: []\n", says: "policies is not allowed" },
      {
        at: "statements:\n  - { effect: |allow, actions: [a], resources: [b] }\n",
        says: 'Valid values: "Allow", "Deny"',
      },
      { at: "statements:\n  - |actions: [a]\n", says: 'Missing property "resources"' },
    ],
  },

  Service: {
    structures: [
      { at: "containers:\n  - |", is: "Container" },
      { at: "containers:\n  - name: app\n    ports:\n      - |", is: "PortMapping" },
      { at: "healthCheck:\n  |", is: "HealthCheck" },
      { at: "mounts:\n  - |", is: "Mount" },
      { at: "capacity:\n  - |", is: "CapacityProviderStrategyItem" },
      { at: "volumes:\n  uploads:\n    efs:\n      |", is: "EfsVolume" },
      { at: "loadBalancers:\n  - |", is: "ServiceLoadBalancer" },
      {
        at: "loadBalancers:\n  - loadBalancer: public\n    healthCheck:\n      |",
        is: "TargetHealthCheck",
      },
      { at: "deployment:\n  |", is: "Deployment" },
      { at: "deployment:\n  circuitBreaker:\n    |", is: "CircuitBreaker" },
      { at: "logging:\n  |", is: "Logging" },
      { at: "scaling:\n  |", is: "Scaling" },
      { at: "scaling:\n  targetTracking:\n    - |", is: "TargetTracking" },
      { at: "environments:\n  prod:\n    containers:\n      - |", is: "ContainerOverlay" },
    ],
    choices: [
      { at: "launchType: |", are: ["EC2", "EXTERNAL", "FARGATE"] },
      { at: "propagateTags: |", are: ["SERVICE", "TASK_DEFINITION", "NONE"] },
      { at: "runtimePlatform:\n  cpuArchitecture: |", are: ["X86_64", "ARM64"] },
      { at: "ports:\n  - container: 80\n    protocol: |", are: ["tcp", "udp"] },
      {
        at: "containers:\n  - name: app\n    dependsOn:\n      metrics: |",
        are: ["START", "COMPLETE", "SUCCESS", "HEALTHY"],
      },
      {
        at: "scaling:\n  targetTracking:\n    - metric: |",
        are: ["cpu", "memory", "albRequests"],
      },
      { at: "capacity:\n  - provider: |", are: ["FARGATE", "FARGATE_SPOT"] },
    ],
    hovers: [
      { at: "desired|Count: 2\n", says: "Number of tasks" },
      { at: "launchType: FAR|GATE\n", says: "no instances to look after" },
      {
        at: "containers:\n  - name: app\n    ima|ge: nginx\n",
        says: "Image with its tag or digest",
      },
      {
        at: "environments:\n  prod:\n    scaling: { ma|x: 9 }\n",
        says: "Most tasks",
      },
    ],
    mistakes: [
      { at: "|desiredCounts: 2\n", says: "desiredCounts is not allowed" },
      { at: "launchType: |EC3\n", says: 'Valid values: "FARGATE"' },
      { at: "desiredCount: |two\n", says: "expected a whole number, or a variable" },
      { at: "port: |70000\n", says: "above the maximum of 65535" },
      {
        at: "containers:\n  - name: app\n    image: nginx\n    |port: 80\n",
        says: "port is not allowed",
      },
      {
        at: "scaling:\n  min: 1\n  max: 2\n  targetTracking:\n    - metric: |cpus\n      target: 60\n",
        says: 'Valid values: "cpu", "memory", "albRequests"',
      },
      {
        at: "environments:\n  prod:\n    |desiredCounts: 6\n",
        says: "desiredCounts is not allowed",
      },
    ],
  },

  Job: {
    structures: [
      { at: "containers:\n  - |", is: "Container" },
      { at: "network:\n  |", is: "ServiceNetwork" },
      { at: "volumes:\n  files:\n    efs:\n      |", is: "EfsVolume" },
      { at: "environments:\n  prod:\n    containers:\n      - |", is: "ContainerOverlay" },
    ],
    choices: [
      { at: "launchType: |", are: ["EC2", "EXTERNAL", "FARGATE"] },
      { at: "propagateTags: |", are: ["TASK_DEFINITION", "NONE"] },
      { at: "capacity:\n  - provider: |", are: ["FARGATE", "FARGATE_SPOT"] },
    ],
    hovers: [
      { at: "time|out: 30m\n", says: "a run that has not ended is stopped" },
      { at: "im|age: nginx\n", says: "Image of the only container" },
    ],
    mistakes: [
      { at: "|desiredCount: 2\n", says: "desiredCount is not allowed" },
      { at: "propagateTags: |SERVICE\n", says: 'Valid values: "TASK_DEFINITION", "NONE"' },
      { at: "timeout: |soon\n", says: "expected seconds such as" },
    ],
  },
};
