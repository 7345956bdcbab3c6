#!/usr/bin/env bash
# Makes up requests from the server's OpenAPI document, all checks and the stateful phase included, and says where an answer and the
# document differ.
#
#   schemathesis.sh [SECONDS [SEED]]    for that long (default: 120), from that seed (default: 1)
#
# CLAVIGER and PYTHON as in run.sh. The exit code is 0 if it found nothing, 1 if it found something, 2 if it could not be tried.
set -euo pipefail

# shellcheck source=conformance/ground.sh
. "$(dirname "${BASH_SOURCE[0]}")/ground.sh"

main() {
    local list=$here/schemathesis/requirements.txt venv=$cache/schemathesis
    if ! cmp -s "$list" "$venv/installed-from.txt"; then
        echo "installing schemathesis" >&2
        rm -rf "$venv"
        mkdir -p "$cache"
        "$python" -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list" >&2
        cp "$list" "$venv/installed-from.txt"
    fi
    start_server
    cd "$scratch"
    local findings=0 found
    # Reporting a leak ends the key that it is asked with: it is tried by itself, with a key made for it.
    found=$(call --header "Content-Type: application/json" --data '{"key_type":"USER","name":"found"}' |
        "$python" -c 'import json, sys; print(json.load(sys.stdin)["key"])')
    try "$found" 10 "${2:-1}" --phases coverage,fuzzing --include-operation-id reportLeakedKey || findings=$?
    try "$ARIZE_API_KEY" "${1:-120}" "${2:-1}" --phases examples,coverage,fuzzing,stateful --exclude-operation-id reportLeakedKey || findings=$?
    # A run whose key died on the way has tried nothing since.
    call --output /dev/null || give_up "the key of the run did not outlive it"
    return "$findings"
}

# Tries what the rest of the arguments select, with a key, for some seconds, from a seed.
try() {
    PYTHONPATH=$here/schemathesis SCHEMATHESIS_HOOKS=hooks NO_PROXY='*' \
        "$venv/bin/schemathesis" run "$ARIZE_BASE_URL/openapi.json" \
        --header "Authorization: Bearer $1" --checks all --continue-on-failure \
        --max-time "$2" --seed "$3" --no-color "${@:4}"
}

# The keys, or a new one.
call() {
    curl --silent --fail --noproxy '*' --header "Authorization: Bearer $ARIZE_API_KEY" "$@" "$ARIZE_BASE_URL/v2/api-keys"
}

main "$@"
