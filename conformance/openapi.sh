#!/usr/bin/env bash
# Lints the server's OpenAPI document. The exit code is 0 if it is clean, 1 if not, 2 if it could not be tried.
#
# CLAVIGER as in run.sh.
set -euo pipefail

# shellcheck source=conformance/ground.sh
. "$(dirname "${BASH_SOURCE[0]}")/ground.sh"

main() {
    local source=$here/openapi folder=$cache/openapi
    if ! cmp -s "$source/package-lock.json" "$folder/installed-from.json"; then
        echo "installing redocly" >&2
        rm -rf "$folder"
        mkdir -p "$folder"
        cp "$source"/{package.json,package-lock.json,.npmrc} "$folder"
        (cd "$folder" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
        cp "$folder/package-lock.json" "$folder/installed-from.json"
    fi
    start_server
    curl --silent --show-error --fail --output "$scratch/openapi.json" "$ARIZE_BASE_URL/openapi.json"
    cp "$source/redocly.yaml" "$scratch"
    cd "$scratch"
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true "$folder/node_modules/.bin/redocly" lint openapi.json
}

main "$@"
