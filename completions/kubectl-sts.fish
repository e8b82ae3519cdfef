# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_sts_global_optspecs
    string join \n kubeconfig= context= cluster= user= n/namespace= s/server= token= as= as-uid= as-group= as-user-extra= client-certificate= client-key= certificate-authority= insecure-skip-tls-verify= tls-server-name= request-timeout= disable-compression= cache-dir= v/v= warnings-as-errors= color= progress= q/quiet h/help V/version
end

function __fish_kubectl_sts_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_sts_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_sts_using_subcommand
    set -l cmd (__fish_kubectl_sts_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "status" -d 'Say where sets stand: pods, revisions, claims, what is in the way, and what to do next'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "tree" -d 'Show a set with its revisions, pods, claims, volumes and nodes, and where else pods could run'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "rollout" -d 'Staged rollouts over the update partition'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "scale" -d 'Change the number of pods of a set, and wait until it is so'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "recreate" -d 'Change the fields of a set that Kubernetes never changes in place'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "failover" -d 'Move a pod off a machine that is off, or clear up once the machine is back'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "pvc" -d 'The claims of sets: what could still want them, and what to do about the others'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "exec" -d 'Run a command in all pods of a set, and show the same answers once'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "version" -d 'Print the versions of this program and of the server'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "options" -d 'List the flags every command takes'
complete -c kubectl-sts -n "__fish_kubectl_sts_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s l -l selector -d 'Look at the sets with these labels' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l sort-by -d 'Order of many sets' -r -f -a "phase\t'Those that need somebody first'
name\t'By namespace and name'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s o -l output -d 'Print a document, or more columns' -r -f -a "json\t'JSON, indented as kubectl does; one line for each change with --watch'
yaml\t'YAML'
wide\t'More columns: every pod with its node, every set with its revisions'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s A -l all-namespaces -d 'Look at the sets of all namespaces'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s w -l watch -d 'Go on watching, and show every change'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -l no-headers -d 'Leave the first line of tables out'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s o -l output -d 'Print a document, or a graph' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'
mermaid\t'A flowchart for Mermaid'
dot\t'A graph for Graphviz'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand tree" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "plan" -d 'Show what stage would do, and whether anything forbids it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "stage" -d 'Begin a staged rollout: hold, change the template, then release one pod at a time'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "continue" -d 'Go on with a held rollout: approve the step that passed, or take up where it was left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "resume" -d 'Go on with a held rollout: approve the step that passed, or take up where it was left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "promote" -d 'Approve the step that passed, or with --full all that are left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "hold" -d 'Hold a set: whatever is applied to it next moves no pod'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "release" -d 'End a hold: the controller rolls out what waits behind it, by itself and without gates'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "pause" -d 'Stop a rollout that is under way, without arming a downgrade'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "abort" -d 'Go back to the revision a staged rollout came from'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "undo" -d 'Go back to an earlier template: the last one that was fully deployed, or one that is named'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "unstick" -d 'Delete the one pod that blocks a set, where it would come back on another revision'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "restart" -d 'Restart pods one at a time, each after those before it have passed every gate'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "status" -d 'Say where a set stands, and end with a code that tells'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "history" -d 'Show the revisions a set remembers, their pods, and which are current and updated to'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and not __fish_seen_subcommand_from plan stage continue resume promote hold release pause abort undo unstick restart status history help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l steps -d 'Stop after these numbers of updated pods, counted from the top and cumulative' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s o -l output -d 'Print a document instead of text' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l image -d 'Set a container\'s image (repeatable)' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s f -l filename -d 'Take the pod template from this manifest of the set; - reads standard input. Anything else in it that differs from the set is refused' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l patch -d 'Merge this into the set, as JSON or YAML; only spec.template may be in it' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l restart -d 'Restart the pods, as kubectl rollout restart does'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l ignore-managers -d 'Go on although another manager, such as a GitOps tool, has the fields'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -l switch-strategy -d 'Turn an OnDelete set into RollingUpdate for the length of the rollout'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l steps -d 'Stop after these numbers of updated pods, counted from the top and cumulative' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l image -d 'Set a container\'s image (repeatable)' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s f -l filename -d 'Take the pod template from this manifest of the set; - reads standard input. Anything else in it that differs from the set is refused' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l patch -d 'Merge this into the set, as JSON or YAML; only spec.template may be in it' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s l -l selector -d 'Roll out every set of the namespace that this label selector matches, all of them as one: each is held first, then pods are released one at a time over all of them. It stops after the first pod, and after each set or value of --group-by' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l group-by -d 'Roll out one value of this label after the other, such as zones; it is looked for on the set, in its node selector, and on the nodes of its pods' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l budget -d 'Let this many pods of all sets be down, unavailable or not yet passed at a time, whatever the reason [default: 1]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l restart -d 'Restart the pods, as kubectl rollout restart does'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l ignore-managers -d 'Go on although another manager, such as a GitOps tool, has the fields'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -l switch-strategy -d 'Turn an OnDelete set into RollingUpdate for the length of the rollout'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from stage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s l -l selector -d 'Go on with the group of sets that this label selector matches' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l steps -d 'Stop at these numbers of updated pods from here on, instead of those the rollout was begun with' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l takeover -d 'Take the rollout over from whoever drives it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -l change-gates -d 'Go on with other gates than the rollout was begun with'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from continue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s l -l selector -d 'Go on with the group of sets that this label selector matches' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l steps -d 'Stop at these numbers of updated pods from here on, instead of those the rollout was begun with' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l takeover -d 'Take the rollout over from whoever drives it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -l change-gates -d 'Go on with other gates than the rollout was begun with'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s l -l selector -d 'Go on with the group of sets that this label selector matches' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l steps -d 'Stop at these numbers of updated pods from here on, instead of those the rollout was begun with' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l full -d 'Roll out all remaining steps, without approvals and extra gates'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l takeover -d 'Take the rollout over from whoever drives it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -l change-gates -d 'Go on with other gates than the rollout was begun with'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from hold" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -l takeover -d 'Release although somebody is driving a rollout of the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s l -l selector -d 'Take back the group of sets that this label selector matches, one pod at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l mode -d 'How to go back: by the old template, or behind a hold with the new one left in place' -r -f -a "template\t''
park\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -l takeover -d 'Take the rollout over from whoever drives it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from abort" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l to-revision -d 'Go back to this revision: a number or a name that rollout history shows' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l steps -d 'With --staged: stop after these numbers of updated pods, counted from the top and cumulative' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l staged -d 'Roll it out one pod at a time, past gates'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l ignore-managers -d 'Go on although another manager, such as a GitOps tool, has the fields'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l accept-changes -d 'Accept the partition, size or first ordinal that somebody else gave the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -l switch-strategy -d 'Turn an OnDelete set into RollingUpdate for the length of the rollout'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l unready-for -d 'Take a pod for stuck when it has not been ready for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l grace -d 'End with code 3 when an error of the pod that comes back has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l timeout -d 'Stop waiting for the pod after this long; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s y -l yes -d 'Do not ask before deleting'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -l ignore-pdb -d 'Delete the pod whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from unstick" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l ordinals -d 'Restart only the pods with these ordinals, such as 3,1-2' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l via -d 'Take pods down by evicting them, by deleting them, or by a staged rollout of a template with a new annotation' -r -f -a "evict\t''
delete\t''
template\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l order -d 'Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l leader -d 'Ask this before every pod, and take the one it names last: \'label:KEY=VALUE\' is the pod that has the label, \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS\' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l approve -d 'Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]' -r -f -a "prompt\t''
auto\t''
stop\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l batch -d 'Release this many pods at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l soak -d 'Watch every updated pod for this long after it is ready; minReadySeconds if that is longer' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l grace -d 'Hold when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l unschedulable-grace -d 'Hold when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l step-timeout -d 'Hold when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l timeout -d 'Hold when the whole rollout takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l tolerate-unready -d 'Go on although this many of the other pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l max-restarts -d 'Put up with this many container restarts of an updated pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l on-failure -d 'What follows a failure: stay held, ask on the terminal, or go back' -r -f -a "hold\t''
ask\t''
abort\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l gate -d 'Ask this about every updated pod (repeatable; all must pass): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod, \'http:[@all|@ORDINAL] PORT/PATH\' asks the pod, \'http:\' or \'https:\' and \'//HOST/PATH\' another server, \'promql:QUERY expect=COMPARISON\' a Prometheus; docs/gates.md has them all' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l gates -d 'Ask the gates in this file too (repeatable); docs/gates.md describes it' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l gate-timeout -d 'Give up on one question of a gate after this long; it then could not tell' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l prom-url -d 'Ask promql gates of the Prometheus at this address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l prom-ca -d 'Trust the certificate authorities in this file, and no others, for --prom-url' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l prom-service -d 'Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l ignore-pdb -d 'Release pods whatever PodDisruptionBudgets say'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -l allow-revision-change -d 'Restart pods that come back on another revision than they run'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l for -d 'What to wait for; implies --wait' -r -f -a "complete\t'Every pod runs the template and is available'
partition\t'Every pod from the partition on runs the template and is available'
step\t'The step of a staged rollout that is under way has passed'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l timeout -d 'Stop waiting after this long, with exit code 5; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l grace -d 'Put up with a blocking pod for this long while waiting' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s o -l output -d 'Print a document instead of a table' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l wait -d 'Wait until the set is complete, held or blocked'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -l no-headers -d 'Leave the first line of the table out'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l diff -d 'Show the difference between the templates of two revisions, each a number, a name, current, update, or template for what the set has now' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l revision -d 'Show the whole template of one revision: a number, a name, current or update' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s o -l output -d 'Print a document instead of a table' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -l no-headers -d 'Leave the first line of the table out'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "plan" -d 'Show what stage would do, and whether anything forbids it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "stage" -d 'Begin a staged rollout: hold, change the template, then release one pod at a time'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "continue" -d 'Go on with a held rollout: approve the step that passed, or take up where it was left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Approve the step that passed, or with --full all that are left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "hold" -d 'Hold a set: whatever is applied to it next moves no pod'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "release" -d 'End a hold: the controller rolls out what waits behind it, by itself and without gates'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "pause" -d 'Stop a rollout that is under way, without arming a downgrade'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "abort" -d 'Go back to the revision a staged rollout came from'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "undo" -d 'Go back to an earlier template: the last one that was fully deployed, or one that is named'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "unstick" -d 'Delete the one pod that blocks a set, where it would come back on another revision'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "restart" -d 'Restart pods one at a time, each after those before it have passed every gate'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say where a set stands, and end with a code that tells'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "history" -d 'Show the revisions a set remembers, their pods, and which are current and updated to'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l replicas -d 'How many pods there shall be' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l by -d 'How many pods more or fewer there shall be, such as +2 or -1' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l current-replicas -d 'Refuse unless there are this many replicas now' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l timeout -d 'End with exit code 5 when it takes longer than this; 0 means no limit' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l step-timeout -d 'End with exit code 5 when no pod has come or gone for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l grace -d 'End with exit code 3 when a pod\'s error has lasted this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l unschedulable-grace -d 'End with exit code 3 when no node would have a pod for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l step -d 'Add or take away this many pods with each write, and wait in between [default: all at once, 1 with --before]' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l before -d 'Run this before each pod is taken away, from the top (repeatable, in order): \'cmd:PROGRAM ARGS\' runs here, \'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS\' in the pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l before-timeout -d 'Give up on one run of a hook after this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l min-replicas -d 'Never ask for fewer pods than this' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l quorum -d 'Take no pod away unless this many of those that stay are available' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l no-wait -d 'Do not wait for the pods to come or go'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l ignore-pdb -d 'Take pods away whatever PodDisruptionBudgets want'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l accept-pvc-deletion -d 'Delete the claims of the pods that go, as whenScaled: Delete says'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l accept-pvc-reuse -d 'Let new pods use whatever claims there are, although they cannot be read'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l accept-promotion -d 'Go down to no pod although all would come back on the newest revision'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l ignore-autoscaler -d 'Go on although an autoscaler scales the set, or none may be read'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -l ignore-managers -d 'Go on although another manager, such as a GitOps tool, has the number of replicas'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand scale" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s f -l filename -d 'Make the new set from this manifest, in YAML or JSON; - reads standard input' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l timeout -d 'How long the old set may take to go, the new one to come, and its pods to be adopted' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l soak -d 'With --restart, watch every restarted pod for this long after it is ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l step-timeout -d 'With --restart, stop when nothing has passed for this long' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l tolerate-unready -d 'Go on although this many pods are not ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l resume -d 'Finish what an earlier run, from any machine, has not finished'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l restart -d 'Restart pods that differ from those the new set makes, one at a time, the lowest first'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l keep-template -d 'Keep the pod template of the live set, whatever the file says'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -l i-own-this -d 'Go on although a GitOps tool, Helm or another manager has the set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand recreate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l clear -d 'Remove the taint of an earlier failover from this node, once its machine is back' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l confirm-node-is-off -d 'Vouch that the machine of this node is off; asked for on a terminal' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l timeout -d 'How long to wait for the pod to be ready on another node' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l grace -d 'How long the new pod may say that it cannot start' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s y -l yes -d 'Do not ask before --clear; never enough to declare a node to be off'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand failover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "adopt" -d 'Give the data of a claim to an ordinal of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "list" -d 'Show claims with what they are, and whether anybody could still want them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "mark" -d 'Remember on claims since when they are left behind, and forget it where they no longer are'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "modify" -d 'Give the volumes of a set the attributes of a VolumeAttributesClass'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "rescue" -d 'Save the data of a claim that is going, or that will go without anybody wanting it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "resize" -d 'Grow the claims of a set, and its claim template with them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "snapshot" -d 'Take a snapshot of every claim of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "prune" -d 'Delete claims nobody wants any more, so that it can be undone with the data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "restore" -d 'Bring deleted claims back, with their data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "trash" -d 'The volumes of deleted claims: what is there, and giving it back for good'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "why" -d 'Say everything that is known about one claim, and what would become of it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and not __fish_seen_subcommand_from adopt list mark modify rescue resize snapshot prune restore trash why help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l set -d 'The StatefulSet that is to have it, as NAME or sts/NAME' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l template -d 'The claim template of the set; not needed where there is one' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l ordinal -d 'The ordinal' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l target-namespace -d 'The namespace of the set, where it is another than the claim\'s' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l from-snapshot -d 'Fill a new claim from this VolumeSnapshot instead' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l timeout -d 'How long the whole may take' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -l apply -d 'Do it, instead of showing what would be done'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from adopt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l deep-scan -d 'Search the texts of all objects for the names of what could go; without it nothing is more than medium sure. On by default but for -A' -r -f -a "true\t''
false\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l cost -d 'Prices of a GiB by storage class, to sum up what could go; * is every other class' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s o -l output -d 'Print a document, the names of what could go, or more columns' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'
name\t'The names of the claims that could go, as kubectl takes them'
wide\t'More columns: set, template, storage class, volume'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l class -d 'The classes of claims that may go; may be repeated or separated by commas' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l min-confidence -d 'The least confidence with which a claim may go' -r -f -a "high\t'Proven'
medium\t'Nothing speaks against it, and something is not proven'
low\t'Something that could tell was not read, or speaks against it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l idle -d 'For how long a claim must have been unused; 0 for any time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'Look at the claims of all namespaces'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l all -d 'Show claims that are used as they should be, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l left-behind -l orphans -d 'Show only claims that no ordinal wants now'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l exit-code -d 'End with code 3 when a claim could go'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the first line of the table out'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-parked -d 'Claims of sets that are scaled to 0, and may be parked, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-autoscaled -d 'Claims of ordinals an autoscaler may come back for, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-below-start -d 'Claims below the first ordinal, whose data may be moving between sets, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-reserved -d 'Claims of ordinals that are left out on purpose, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-handmade -d 'Claims that no controller made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-gitops -d 'Claims of a release or an application that is still there, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -l include-static -d 'Claims whose volume others could use, or that no provisioner made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s A -l all-namespaces -d 'Mark the claims of all namespaces'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from mark" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l vac -d 'The VolumeAttributesClass' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l template -d 'The claim template; needed where the set has several' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l dry-run -d 'Show what would be done: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l canary -d 'How many claims have to be done before the others begin' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l max-parallel -d 'How many claims are changed at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l timeout -d 'How long one claim may take; after that nothing more is changed, and the exit code is 5' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l apply -d 'Do it; without this it is only shown what would be done'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s y -l yes -d 'Do not ask before --apply writes'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l pvcs-only -d 'Change the claims and leave the claim template'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l template-only -d 'Change the claim template and leave the claims'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l include-left-behind -d 'Change the claims that a scale-down has left behind, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l accept-unknown -d 'Go on although the storage class or quotas may not be read: the API server checks each claim'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -l i-own-this -d 'Create the set again although a GitOps tool, Helm or another manager has it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from modify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l timeout -d 'How long the whole may take' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -l retain-only -d 'Retain the volume and stop there; the claim still goes'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from rescue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l size -d 'The size each claim shall have, such as 20Gi' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l restart -d 'Restart a pod whose file system does not grow while it runs; budgets are heeded' -r -f -a "never\t'Stop, and say so'
if-needed\t'Restart that pod alone'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l template -d 'The claim template; needed where the set has several' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l dry-run -d 'Show what would be done: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l canary -d 'How many claims have to be done before the others begin' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l max-parallel -d 'How many claims are changed at a time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l timeout -d 'How long one claim may take; after that nothing more is changed, and the exit code is 5' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l apply -d 'Do it; without this it is only shown what would be done'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s y -l yes -d 'Do not ask before --apply writes'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l pvcs-only -d 'Change the claims and leave the claim template'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l template-only -d 'Change the claim template and leave the claims'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l include-left-behind -d 'Change the claims that a scale-down has left behind, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l accept-unknown -d 'Go on although the storage class or quotas may not be read: the API server checks each claim'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -l i-own-this -d 'Create the set again although a GitOps tool, Helm or another manager has it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from resize" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l ordinals -d 'Only these ordinals, such as 0-2,4; also those the set does not want any more' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l template -d 'Only the claims of this template' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l class -d 'The VolumeSnapshotClass; the default one of the driver when not given' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l wait -d 'Wait until volumes can be made from all of them' -r -f -a "true\t''
false\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l timeout -d 'How long to wait for that' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l keep -d 'Delete the oldest that are more than this many of a claim, once the new ones are ready' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s o -l output -d 'Print a document instead of a table' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l plan-out -d 'Write what would go to this file, to be looked at and applied with --plan' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l plan -d 'Delete what this file says and nothing else; each claim must be as it was then' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print a document: the plan, or with --apply what became of it' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l class -d 'The classes of claims that may go; may be repeated or separated by commas' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l min-confidence -d 'The least confidence with which a claim may go' -r -f -a "high\t'Proven'
medium\t'Nothing speaks against it, and something is not proven'
low\t'Something that could tell was not read, or speaks against it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l idle -d 'For how long a claim must have been unused; 0 for any time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l max -d 'So many claims at once' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l max-percent -d 'So many of a hundred claims of a namespace' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l keep-last -d 'Leave so many of the lowest left-behind ordinals of each set and template' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l deep-scan -d 'Search every kind there is for the names of claims; on by default' -r -f -a "true\t''
false\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l backup -d 'What becomes of the data' -r -f -a "retain\t'The volume stays, and the claim can be brought back with it'
none\t'Whatever the volume\'s reclaim policy says; needs --permanent'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l batch -d 'Judge so many claims anew at a time, just before they go' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l timeout -d 'How long to wait for a claim to be gone' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s A -l all-namespaces -d 'Claims of all namespaces, but for those that begin with kube-'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l apply -d 'Do it; otherwise what would go is shown, and nothing is changed'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l yes-all-namespaces -d 'With --all-namespaces and --yes: yes, in all of them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-parked -d 'Claims of sets that are scaled to 0, and may be parked, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-autoscaled -d 'Claims of ordinals an autoscaler may come back for, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-below-start -d 'Claims below the first ordinal, whose data may be moving between sets, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-reserved -d 'Claims of ordinals that are left out on purpose, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-handmade -d 'Claims that no controller made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-gitops -d 'Claims of a release or an application that is still there, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l include-static -d 'Claims whose volume others could use, or that no provisioner made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -l permanent -d 'With --backup none: the data is gone for good'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l as-name -d 'Give the claim this name; only for one claim' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l timeout -d 'How long to wait for a claim to have its volume' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l dry-run -d 'Show what would happen: client sends no write at all, server has the API server check it' -r -f -a "none\t'Yes'
client\t'No, and send nothing that could'
server\t'No, but have the server check it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -l swap -d 'Put a claim that has taken the name into the trash first; only one that no ordinal wants'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Do not ask before writing'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -f -a "list" -d 'List the volumes of deleted claims, with what each is and since when'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -f -a "empty" -d 'Free the storage of deleted claims, for good'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from trash" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l class -d 'The classes of claims that may go; may be repeated or separated by commas' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l min-confidence -d 'The least confidence with which a claim may go' -r -f -a "high\t'Proven'
medium\t'Nothing speaks against it, and something is not proven'
low\t'Something that could tell was not read, or speaks against it'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l idle -d 'For how long a claim must have been unused; 0 for any time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-parked -d 'Claims of sets that are scaled to 0, and may be parked, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-autoscaled -d 'Claims of ordinals an autoscaler may come back for, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-below-start -d 'Claims below the first ordinal, whose data may be moving between sets, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-reserved -d 'Claims of ordinals that are left out on purpose, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-handmade -d 'Claims that no controller made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-gitops -d 'Claims of a release or an application that is still there, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -l include-static -d 'Claims whose volume others could use, or that no provisioner made, too'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "adopt" -d 'Give the data of a claim to an ordinal of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show claims with what they are, and whether anybody could still want them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "mark" -d 'Remember on claims since when they are left behind, and forget it where they no longer are'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "modify" -d 'Give the volumes of a set the attributes of a VolumeAttributesClass'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "rescue" -d 'Save the data of a claim that is going, or that will go without anybody wanting it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "resize" -d 'Grow the claims of a set, and its claim template with them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "snapshot" -d 'Take a snapshot of every claim of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Delete claims nobody wants any more, so that it can be undone with the data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Bring deleted claims back, with their data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "trash" -d 'The volumes of deleted claims: what is there, and giving it back for good'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "why" -d 'Say everything that is known about one claim, and what would become of it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand pvc; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l ordinals -d 'In these pods only, such as 0,2-4' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s c -l container -d 'The container; by default the one kubectl would take' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l timeout -d 'How long the command may take in each pod' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l parallel -d 'In how many pods at the same time' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s o -l output -d 'Print a document instead of text' -r -f -a "json\t'JSON, indented as kubectl does'
yaml\t'YAML'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l all -d 'In all pods'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -l no-fold -d 'Show every line as it comes, with the name of its pod'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s o -l output -d 'Print JSON' -r -f -a "json\t''"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -l client -d 'Ask no server'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l kubeconfig -d 'Path to the kubeconfig file to use for requests' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l context -d 'The name of the kubeconfig context to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l cluster -d 'The name of the kubeconfig cluster to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l user -d 'The name of the kubeconfig user to use' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -s n -l namespace -d 'The namespace to work in' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -s s -l server -d 'The address and port of the Kubernetes API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l token -d 'Bearer token for authentication to the API server' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l as -d 'Username to impersonate; a regular user or a service account' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l as-group -d 'Group to impersonate; can be repeated' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l as-user-extra -d 'User extra to impersonate; can be repeated, also for several values of one key' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l client-certificate -d 'Path to a client certificate file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l client-key -d 'Path to a client key file for TLS' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l certificate-authority -d 'Path to a cert file for the certificate authority' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; this makes HTTPS connections insecure' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l tls-server-name -d 'Server name to use for server certificate validation, instead of the one in its address' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l request-timeout -d 'How long a single request may take, such as 1s, 2m, 3h; 0 means without end' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l disable-compression -d 'Do not ask the server to compress its answers' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l cache-dir -d 'Default cache directory; accepted for kubectl\'s sake, nothing is cached' -r -F
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -s v -l v -d 'How much to tell: 4 for decisions, 6 for requests' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l warnings-as-errors -d 'Treat warnings received from the server as errors and exit with a non-zero exit code' -r
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a pipe'
never\t'Not at all'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -l progress -d 'How progress is shown: bars on a terminal, lines otherwise' -r -f -a "auto\t'Bars on a terminal, lines elsewhere'
bar\t'Bars, redrawn in place; lines where that is not possible'
line\t'A line with the time for each change'
json\t'A JSON object for each event'
none\t'Nothing'"
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -s q -l quiet -d 'Say nothing but results, warnings and errors'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "status" -d 'Say where sets stand: pods, revisions, claims, what is in the way, and what to do next'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "tree" -d 'Show a set with its revisions, pods, claims, volumes and nodes, and where else pods could run'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "rollout" -d 'Staged rollouts over the update partition'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "scale" -d 'Change the number of pods of a set, and wait until it is so'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "recreate" -d 'Change the fields of a set that Kubernetes never changes in place'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "failover" -d 'Move a pod off a machine that is off, or clear up once the machine is back'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "pvc" -d 'The claims of sets: what could still want them, and what to do about the others'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "exec" -d 'Run a command in all pods of a set, and show the same answers once'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "version" -d 'Print the versions of this program and of the server'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "options" -d 'List the flags every command takes'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and not __fish_seen_subcommand_from status tree rollout scale recreate failover pvc exec version options help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "plan" -d 'Show what stage would do, and whether anything forbids it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "stage" -d 'Begin a staged rollout: hold, change the template, then release one pod at a time'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "continue" -d 'Go on with a held rollout: approve the step that passed, or take up where it was left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "promote" -d 'Approve the step that passed, or with --full all that are left'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "hold" -d 'Hold a set: whatever is applied to it next moves no pod'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "release" -d 'End a hold: the controller rolls out what waits behind it, by itself and without gates'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "pause" -d 'Stop a rollout that is under way, without arming a downgrade'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "abort" -d 'Go back to the revision a staged rollout came from'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "undo" -d 'Go back to an earlier template: the last one that was fully deployed, or one that is named'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "unstick" -d 'Delete the one pod that blocks a set, where it would come back on another revision'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "restart" -d 'Restart pods one at a time, each after those before it have passed every gate'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "status" -d 'Say where a set stands, and end with a code that tells'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "history" -d 'Show the revisions a set remembers, their pods, and which are current and updated to'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "adopt" -d 'Give the data of a claim to an ordinal of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "list" -d 'Show claims with what they are, and whether anybody could still want them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "mark" -d 'Remember on claims since when they are left behind, and forget it where they no longer are'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "modify" -d 'Give the volumes of a set the attributes of a VolumeAttributesClass'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "rescue" -d 'Save the data of a claim that is going, or that will go without anybody wanting it'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "resize" -d 'Grow the claims of a set, and its claim template with them'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "snapshot" -d 'Take a snapshot of every claim of a set'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "prune" -d 'Delete claims nobody wants any more, so that it can be undone with the data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "restore" -d 'Bring deleted claims back, with their data'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "trash" -d 'The volumes of deleted claims: what is there, and giving it back for good'
complete -c kubectl-sts -n "__fish_kubectl_sts_using_subcommand help; and __fish_seen_subcommand_from pvc" -f -a "why" -d 'Say everything that is known about one claim, and what would become of it'
