#!/bin/sh
# Makes .venv from the hash-pinned lock and installs Argosy into it. uv does the work in seconds; where it cannot (an
# index that only pip is set up for), pip does the same in a minute or two.
set -eu
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "Argosy needs Python 3.11 or newer; name one with PYTHON=…" >&2; exit 2; }
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    # Debian keeps these two in a package of their own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    else
        echo "Python's venv module is missing; on Debian: sudo apt-get install python3-venv" >&2; exit 2
    fi
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
awk '/^uv==/ {on = 1} on {print} on && !/\\$/ {exit}' requirements.lock >.venv/uv.txt
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.txt
if ! .venv/bin/uv pip install -q --compile-bytecode --python .venv/bin/python --require-hashes -r requirements.lock; then
    echo "uv could not install the lock; trying pip" >&2
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
fi
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
