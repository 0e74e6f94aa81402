# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ecsctl_global_optspecs
    string join \n f/manifests= e/env= mock= region= profile= set= var-file= output= color= v/verbose h/help V/version
end

function __fish_ecsctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ecsctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ecsctl_using_subcommand
    set -l cmd (__fish_ecsctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ecsctl -n "__fish_ecsctl_needs_command" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_needs_command" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_needs_command" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_needs_command" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -s V -l version -d 'Print version'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "init" -d 'Write a small application that runs: an App and a Service behind a load balancer'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "validate" -d 'Check the manifests without an account: every mistake at once, each with its place and its cure'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "render" -d 'Print the manifests as they are for the environment: variables and environment merged in'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "verify" -d 'Check against the account that what the manifests refer to is there and fits, before anything changes'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "plan" -d 'Show what apply would do: every change by field, every API call in order'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "apply" -d 'Make the account what the manifests say, and follow each rollout to its end'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "destroy" -d 'Delete all that the application owns in the environment, and its data'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "run" -d 'Run a task of a job, or one with a service\'s task definition, role, network and secrets'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "logs" -d 'Show what the containers of services wrote, merged by time'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "exec" -d 'Run a command in a container of a service, or a shell'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "status" -d 'Show how services stand: tasks, deployment, images, scaling, alarms'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "events" -d 'Show what services told, oldest first'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "history" -d 'Show the deployments of a service, newest first: what, when, who, and what became of them'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "tasks" -d 'List tasks, or stop some'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "deploy" -d 'Deploy other images to a running service, with everything else as it is live'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "rollback" -d 'Go back to the last revision of a service that was deployed with success'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "abort" -d 'Stop the deployment of a service that is under way, and leave things as they are'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "resume" -d 'Let a deployment that waits for a person at a hook go on'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "scale" -d 'Change how many tasks of a service run'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "restart" -d 'Replace the tasks of running services by new ones of the same revision'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "wait" -d 'Follow the deployments of services that are under way to their true end'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "explain" -d 'Say what a rule asks of manifests, or what a diagnosis of a failed deployment means, with an example; without a code, all rules as Markdown'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "schema" -d 'Print the JSON Schema of the manifests, for editors'
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l image -d 'Image of the service' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l port -d 'Port that the image listens on' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l format -d 'Form of the problems; default: that of --output' -r -f -a "human\t'Text for people'
json\t'As --output json'
github\t'Workflow commands of GitHub Actions'
sarif\t'A SARIF 2.1.0 log'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l adopt -d 'Take over a resource that bears a derived name and is not owned, such as cluster/main' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l out -d 'Save the plan, for `apply FILE`' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l prune -d 'Delete what is owned and in no manifest'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l refresh-instances -d 'Replace instances that run an older version of their launch template'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l deep -d 'Read what the fast plan takes from digests too'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l markdown -d 'Print it as Markdown of at most 60,000 bytes, for a comment on a pull request'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -l detailed-exitcode -d 'Exit with 2 when there is something to do'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l adopt -d 'Take over a resource that bears a derived name and is not owned, such as cluster/main' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l delete-data -d 'Delete the data of this resource if the plan says so, such as file-system/uploads' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l prune -d 'Delete what is owned and in no manifest'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l refresh-instances -d 'Replace instances that run an older version of their launch template'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l deep -d 'Read what the fast plan takes from digests too'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l auto-approve -d 'Do not ask'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -l skip-verify -d 'Do not look first whether images, secrets and certificates are there'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -l auto-approve -d 'Do not ask for the application\'s name'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand destroy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l container -d 'The container that the command is for, and whose exit code counts; default: the first essential one' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l container-env -d 'Set an environment variable of the container; everybody who may describe tasks can read its value' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l count -d 'How many tasks to run, side by side' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l timeout -d 'Stop the tasks after this time, such as 90s, 30m or 2h, and end with 9; default: the job\'s `timeout`' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l cpu -d 'CPU of the task, such as 512 or "0.5 vCPU"' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l memory -d 'Memory of the task, such as 1024 or "1 GB"' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l follow -d 'Follow the tasks and their logs to the end; this is the default'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l detach -d 'Start the tasks, write their ids, and end'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -l stop-on-interrupt -d 'Stop the tasks when a signal ends the run; else they go on'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l since -d 'Begin here: a time ago such as 10m, 2h, 1d, or a time such as 2026-01-01T12:00:00Z; default: 1h' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l until -d 'End here; default: now' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s n -l limit -l tail -d 'Only so many of the newest lines; default: 100, and all with --since' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l filter -d 'Only lines that match a pattern of CloudWatch Logs: \'ERROR\', \'?WARN ?ERROR\', \'{ $.status = 500 }\'' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s c -l container -d 'Only these containers' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l task -d 'Only the tasks whose id begins so' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l timestamps -d 'How the time of a line is written' -r -f -a "time\t'Time of day in UTC: 13:05:22.123Z'
full\t'With the day, in UTC: 2026-01-31T13:05:22.123Z'
local\t'With the day, in the time zone of this machine'
none\t'Not at all'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s F -l follow -d 'Go on with the lines that come'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -l raw -d 'Leave escape sequences and control characters in lines: they can drive the terminal'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l task -d 'Task whose id begins so' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -s c -l container -d 'Container of the task' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l interval -d 'Seconds between two looks' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -s w -l watch -d 'Look again and again: in place on a terminal, elsewhere only what changes, until interrupted'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -l exit-code -d 'End with 1 unless every service is well: its tasks run and are healthy, its newest deployment succeeded, none of its deployment alarms is on'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l since -d 'Only those that are not older: 10m, 2h, 1d, or a time such as 2026-01-01T12:00:00Z' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l limit -d 'Only the newest so many' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -l follow -d 'Go on with each new event, until interrupted'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l limit -d 'Only the newest so many' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -l stopped -d 'Those that stopped, with the reason: ECS keeps them for an hour'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and not __fish_seen_subcommand_from stop" -a "stop" -d 'Stop tasks; their services start others in their place'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l reason -d 'Why; ECS keeps it with the stopped task' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -l auto-approve -d 'Do not ask'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand tasks; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l image -d 'Image of a container, or of the only one' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l force -d 'Deploy even if the service runs these images already'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l auto-approve -d 'Do not ask'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l to -d 'Go to this revision: 41, family:41 or an ARN' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l auto-approve -d 'Do not ask'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l rollback -d 'Go back to the revision before instead'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l force -d 'Change a count that Application Auto Scaling owns'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand scale" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -l no-wait -d 'Do not follow what this starts: `ecsctl wait` does'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l timeout -d 'Give up on a rollout after so many minutes' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -l diagnoses -d 'All diagnoses of failed deployments as Markdown'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -l events -d 'Print that of the events that --output json writes, for programs'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -s f -l manifests -d 'Directory with the application\'s manifests' -r -f -a "(__fish_complete_directories)"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -s e -l env -d 'Environment of the application' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l mock -d 'Work on a mock account in this file, not on AWS' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l region -d 'AWS Region' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l profile -d 'Profile of the AWS configuration' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l set -d 'Set a variable of the manifests' -r
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l var-file -d 'Read variables of the manifests from a file: NAME=value lines, or YAML' -r -F
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l output -d 'Form of the results' -r -f -a "human\t'Text for people'
json\t'One JSON object a line; the first names the schema version'"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t''
never\t''"
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -s v -l verbose -d 'Show more: the fields of what is created, the calls of an observation, the origin of each value'
complete -c ecsctl -n "__fish_ecsctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
