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
complete -c ecsctl -n "__fish_ecsctl_needs_command" -f -a "explain" -d 'Say what a rule asks of manifests, with an example; without a code, all rules as Markdown'
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
