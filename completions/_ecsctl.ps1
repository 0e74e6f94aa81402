
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'ecsctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'ecsctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'ecsctl' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a small application that runs: an App and a Service behind a load balancer')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the manifests without an account: every mistake at once, each with its place and its cure')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Print the manifests as they are for the environment: variables and environment merged in')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check against the account that what the manifests refer to is there and fits, before anything changes')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show what apply would do: every change by field, every API call in order')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Make the account what the manifests say, and follow each rollout to its end')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete all that the application owns in the environment, and its data')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say what a rule asks of manifests, with an example; without a code, all rules as Markdown')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of the manifests, for editors')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            break
        }
        'ecsctl;init' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Image of the service')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port that the image listens on')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;validate' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Form of the problems; default: that of --output')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;render' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;verify' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;plan' {
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Take over a resource that bears a derived name and is not owned, such as cluster/main')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Save the plan, for `apply FILE`')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete what is owned and in no manifest')
            [CompletionResult]::new('--refresh-instances', '--refresh-instances', [CompletionResultType]::ParameterName, 'Replace instances that run an older version of their launch template')
            [CompletionResult]::new('--deep', '--deep', [CompletionResultType]::ParameterName, 'Read what the fast plan takes from digests too')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Print it as Markdown of at most 60,000 bytes, for a comment on a pull request')
            [CompletionResult]::new('--detailed-exitcode', '--detailed-exitcode', [CompletionResultType]::ParameterName, 'Exit with 2 when there is something to do')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;apply' {
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Take over a resource that bears a derived name and is not owned, such as cluster/main')
            [CompletionResult]::new('--delete-data', '--delete-data', [CompletionResultType]::ParameterName, 'Delete the data of this resource if the plan says so, such as file-system/uploads')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a rollout after so many minutes')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete what is owned and in no manifest')
            [CompletionResult]::new('--refresh-instances', '--refresh-instances', [CompletionResultType]::ParameterName, 'Replace instances that run an older version of their launch template')
            [CompletionResult]::new('--deep', '--deep', [CompletionResultType]::ParameterName, 'Read what the fast plan takes from digests too')
            [CompletionResult]::new('--auto-approve', '--auto-approve', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Do not look first whether images, secrets and certificates are there')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;destroy' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('--auto-approve', '--auto-approve', [CompletionResultType]::ParameterName, 'Do not ask for the application''s name')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;explain' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;schema' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Print that of the events that --output json writes, for programs')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ecsctl;completions' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('--manifests', '--manifests', [CompletionResultType]::ParameterName, 'Directory with the application''s manifests')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment of the application')
            [CompletionResult]::new('--mock', '--mock', [CompletionResultType]::ParameterName, 'Work on a mock account in this file, not on AWS')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS Region')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the AWS configuration')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a variable of the manifests')
            [CompletionResult]::new('--var-file', '--var-file', [CompletionResultType]::ParameterName, 'Read variables of the manifests from a file: NAME=value lines, or YAML')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the results')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: the fields of what is created, the calls of an observation, the origin of each value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
