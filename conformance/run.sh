#!/usr/bin/env bash
# Runs the official clients, unmodified, against a live server: four releases through every case about
# API keys, and then the third of the matrix that stands for each dialect.
#
#   CLAVIGER   the server's binary            (default: target/debug/claviger of this project)
#   PYTHON     an interpreter for the clients (default: python3, at least 3.11)
#
# Prints one line per client version and a total. The exit code is 0 if everything passed, 1 if
# something failed, 2 if it could not be tried. What failed is described on standard error.
set -euo pipefail

# shellcheck source=conformance/ground.sh
. "$(dirname "${BASH_SOURCE[0]}")/ground.sh"

python_versions=(8.31.0 8.61.0)
javascript_versions=(1.23.0 1.28.0)

passed=0
failed=0

main() {
    local version
    for version in "${python_versions[@]}"; do install_arize "$version"; done
    for version in "${javascript_versions[@]}"; do install_javascript "$version"; done
    start_server
    for version in "${python_versions[@]}"; do
        report "python arize $version" "$scratch/python-$version.log" run_python "$version"
    done
    for version in "${javascript_versions[@]}"; do
        report "javascript ax-client $version" "$scratch/javascript-$version.log" \
            run_javascript "$version"
    done
    echo "$passed passed, $failed failed"
    local matrix=0
    "$here/matrix.sh" --each-dialect || matrix=$?
    ((matrix == 0)) || return "$matrix"
    ((failed == 0))
}

# -- running ----------------------------------------------------------------------------------------

# Each of these leaves its findings in the log and prints a last line `N passed, M failed`.
run_python() {
    cd "$here/python"
    PYTHONPATH=$cache/arize-$1 PYTHONDONTWRITEBYTECODE=1 "$interpreter" run.py
}

run_javascript() {
    cd "$here/javascript/$1"
    local tap=$scratch/javascript-$1.tap code=0
    DISABLE_PRERELEASE_WARNING=true node --test \
        --test-reporter=spec --test-reporter-destination=stderr \
        --test-reporter=tap --test-reporter-destination="$tap" client.test.js || code=$?
    awk '$1 == "#" && $2 == "pass" { passed = $3 }
         $1 == "#" && ($2 == "fail" || $2 == "cancelled") { failed += $3 }
         END { print passed + 0 " passed, " failed + 0 " failed" }' "$tap"
    return "$code"
}

# Runs one client version, prints its line and adds it to the total. A run that ends without a
# count, or fails while all its cases pass, is one failure more.
report() {
    local client=$1 log=$2 code=0
    shift 2
    local line ok=0 bad=0
    line=$("$@" 2>"$log" | tail -n 1) || code=$?
    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        ok=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
    fi
    if ((bad == 0 && (code != 0 || ok == 0))); then bad=1; fi
    echo "$client: $ok passed, $bad failed"
    if ((bad > 0)); then cat "$log" >&2; fi
    passed=$((passed + ok)) failed=$((failed + bad))
}

main "$@"
