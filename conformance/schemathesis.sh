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
    local findings=0
    PYTHONPATH=$here/schemathesis SCHEMATHESIS_HOOKS=hooks NO_PROXY='*' \
        "$venv/bin/schemathesis" run "$ARIZE_BASE_URL/openapi.json" \
        --header "Authorization: Bearer $ARIZE_API_KEY" --checks all --phases examples,coverage,fuzzing,stateful \
        --continue-on-failure --max-time "${1:-120}" --seed "${2:-1}" --no-color ||
        findings=$?
    # A run whose key died on the way has tried nothing since.
    curl --silent --fail --output /dev/null --noproxy '*' --header "Authorization: Bearer $ARIZE_API_KEY" \
        "$ARIZE_BASE_URL/v2/api-keys" || give_up "the key of the run did not outlive it"
    return "$findings"
}

main "$@"
