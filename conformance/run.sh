#!/usr/bin/env bash
# Runs the official Python and JavaScript clients, unmodified, against a live server.
#
#   CLAVIGER   the server's binary            (default: target/debug/claviger of this project)
#   PYTHON     an interpreter for the clients (default: python3, at least 3.11)
#
# Prints one line per client version and a total. The exit code is 0 if everything passed, 1 if
# something failed, 2 if it could not be tried. What failed is described on standard error.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$here/.cache
claviger=${CLAVIGER:-$here/../target/debug/claviger}
python=${PYTHON:-python3}

python_versions=(8.31.0 8.61.0)
javascript_versions=(1.23.0 1.28.0)

scratch=$(mktemp -d)
server=
passed=0
failed=0

main() {
    trap stop_everything EXIT
    [[ -x $claviger ]] || give_up "there is no server at $claviger; build it, or set CLAVIGER"
    local version
    for version in "${python_versions[@]}"; do install_python "$version"; done
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
    ((failed == 0))
}

give_up() {
    echo "conformance: $1" >&2
    exit 2
}

stop_everything() {
    if [[ -n $server ]]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$scratch"
}

# -- clients ----------------------------------------------------------------------------------------

# A client is installed again when its list of pinned versions is not the one it was installed from.
install_python() {
    local list=$here/python/requirements-$1.txt venv=$cache/python-$1
    if cmp -s "$list" "$venv/installed-from.txt"; then return; fi
    echo "installing python arize $1" >&2
    rm -rf "$venv"
    mkdir -p "$cache"
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$list" >&2
    "$venv/bin/pip" check >&2
    cp "$list" "$venv/installed-from.txt"
}

install_javascript() {
    local source=$here/javascript/$1 folder=$cache/javascript-$1
    if ! cmp -s "$source/package-lock.json" "$folder/installed-from.json"; then
        echo "installing javascript ax-client $1" >&2
        rm -rf "$folder"
        mkdir -p "$folder"
        cp "$source"/{package.json,package-lock.json,.npmrc} "$folder"
        (cd "$folder" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
        cp "$folder/package-lock.json" "$folder/installed-from.json"
    fi
    # Imports are looked up beside the file that has them, so the folder has to seem to be there.
    ln -sfn "$folder/node_modules" "$source/node_modules"
}

# -- server -----------------------------------------------------------------------------------------

# The limits on failures and on new keys are off: provoking both is what the cases are for.
start_server() {
    local data=$scratch/data
    "$claviger" dev --data-dir "$data" --listen 127.0.0.1:0 --mint-rate 0 --failure-rate 0 \
        >/dev/null 2>"$scratch/server.log" &
    server=$!
    wait_for_server test -s "$data/dev.env"
    # Settings for a real account must not reach the clients.
    unset "${!ARIZE_@}"
    set -a
    # shellcheck source=/dev/null
    . "$data/dev.env"
    set +a
    wait_for_server curl --silent --fail --output /dev/null --noproxy '*' "$ARIZE_BASE_URL/healthz"
}

wait_for_server() {
    local deadline=$((SECONDS + 30))
    until "$@"; do
        if ! kill -0 "$server" 2>/dev/null || ((SECONDS >= deadline)); then
            cat "$scratch/server.log" >&2
            give_up "the server did not start"
        fi
        sleep 0.1
    done
}

# -- running ----------------------------------------------------------------------------------------

# Each of these leaves its findings in the log and prints a last line `N passed, M failed`.
run_python() {
    cd "$here/python"
    PYTHONDONTWRITEBYTECODE=1 "$cache/python-$1/bin/python" run.py
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
