# shellcheck shell=bash
# What run.sh and matrix.sh stand on: installed clients, and a server that lives as long as the script.
#
#   CLAVIGER   the server's binary            (default: target/debug/claviger of this project)
#   PYTHON     an interpreter for the clients (default: python3, at least 3.11)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$here/.cache
claviger=${CLAVIGER:-$here/../target/debug/claviger}
python=${PYTHON:-python3}
interpreter=$cache/python/bin/python
scratch=$(mktemp -d)
server=
mail_sink=

trap stop_everything EXIT

give_up() {
    echo "conformance: $1" >&2
    exit 2
}

stop_everything() {
    local process
    for process in $server $mail_sink; do
        kill -TERM "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$scratch"
}

# -- clients ----------------------------------------------------------------------------------------

# What all versions share is installed once, and again when the list of pinned versions is not the one
# it was installed from.
install_shared() {
    local list=$here/python/requirements.txt venv=$cache/python
    if cmp -s "$list" "$venv/installed-from.txt"; then return; fi
    echo "installing what the Python clients stand on" >&2
    rm -rf "$venv"
    mkdir -p "$cache"
    "$python" -m venv "$venv"
    "$interpreter" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list" >&2
    cp "$list" "$venv/installed-from.txt"
}

# A package of one version goes into a folder of its own, which the path of a run then begins with.
install_package() {
    local package=$1 version=$2 beside=${3:-} folder=$cache/$1-$2
    if [[ -d $folder ]]; then return; fi
    echo "installing $package $version" >&2
    rm -rf "$folder.part"
    "$interpreter" -m pip install --quiet --disable-pip-version-check --no-deps \
        --target "$folder.part" "$package==$version" >&2
    PYTHONPATH=$folder.part:$beside "$interpreter" -m pip --disable-pip-version-check check >&2
    mv "$folder.part" "$folder"
}

install_arize() {
    install_shared
    install_package arize "$1"
}

install_ax() {
    install_arize "$2"
    install_package arize-ax-cli "$1" "$cache/arize-$2"
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

# The limits on failures, new keys and letters are off: provoking them is what the cases are for.
start_server() {
    local data=$scratch/data
    [[ -x $claviger ]] || give_up "there is no server at $claviger; build it, or set CLAVIGER"
    "$python" "$here/mail_sink.py" >"$scratch/mail_port" &
    mail_sink=$!
    server=$mail_sink wait_for_server test -s "$scratch/mail_port"
    "$claviger" dev --data-dir "$data" --listen 127.0.0.1:0 --mint-rate 0 --failure-rate 0 \
        --smtp-host "127.0.0.1:$(cat "$scratch/mail_port")" --smtp-security none \
        --mail-from keys@example.com --public-url http://127.0.0.1 \
        --letters-per-recipient 0 --letters-per-account 0 \
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

# Only a server that hangs takes ten minutes to start, on whatever machine.
wait_for_server() {
    local deadline=$((SECONDS + 600)) failure=
    until "$@"; do
        kill -0 "$server" 2>/dev/null || failure="the server ended while it started"
        ((SECONDS < deadline)) || failure="the server hangs while it starts"
        if [[ -n $failure ]]; then
            cat "$scratch/server.log" >&2
            give_up "$failure"
        fi
        sleep 0.1
    done
}
