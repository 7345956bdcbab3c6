#!/usr/bin/env bash
# Lives the life of every resource through every release in matrix/versions.txt, unmodified, against a
# live server, and writes what passed to docs/compatibility.md.
#
#   matrix.sh                   all of it
#   matrix.sh --each-dialect    a third of it, one release of each dialect; the document is compared and not written
#
# CLAVIGER and PYTHON as in run.sh. The exit code is 0 if nothing failed, 1 if something did, 2 if it
# could not be tried. With --each-dialect a failure that the document already owns up to does not count.
set -euo pipefail

# shellcheck source=conformance/ground.sh
. "$(dirname "${BASH_SOURCE[0]}")/ground.sh"

document=$here/../docs/compatibility.md
results=$scratch/results
logs=$scratch/logs

main() {
    local wanted=all
    [[ ${1:-} == --each-dialect ]] && wanted=each-dialect
    mkdir "$results" "$logs"
    start_server
    local client version arize each_dialect
    while read -r client version arize each_dialect <&3; do
        if [[ $client == '#' ]] || [[ $wanted == each-dialect && $each_dialect != yes ]]; then continue; fi
        case $client in
            python) install_arize "$version" ;;
            ax) install_ax "$version" "$arize" ;;
            javascript) install_javascript "$version" ;;
        esac
        live "$client" "$version" "$arize"
    done 3<"$here/matrix/versions.txt"
    case $wanted in
        all) "$python" "$here/matrix/table.py" write "$results" "$document" ;;
        each-dialect) "$python" "$here/matrix/table.py" compare "$results" "$document" ;;
    esac
}

# A run that ends before its time leaves a file that is not whole, which the table takes for a failure.
live() {
    local client=$1 version=$2 arize=$3
    local result=$results/$client-$version.jsonl log=$logs/$client-$version.log
    case $client in
        python) python_path=$cache/arize-$version run_python lives ;;
        ax) python_path=$cache/arize-ax-cli-$version:$cache/arize-$arize run_python commands ;;
        javascript) run_javascript "$version" ;;
    esac >"$result" 2>"$log" || echo "conformance: $client $version ended with $?" >&2
}

# The command line reads its profile from the home directory.
run_python() {
    local home=$scratch/home
    mkdir -p "$home"
    cd "$here/matrix/python"
    HOME=$home NO_COLOR=1 TERM=dumb PYTHONPATH=$python_path PYTHONDONTWRITEBYTECODE=1 \
        "$interpreter" run.py "$1"
}

run_javascript() {
    DISABLE_PRERELEASE_WARNING=true node "$here/matrix/javascript/run.js" "$here/javascript/$1"
}

main "$@"
