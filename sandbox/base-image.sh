#!/usr/bin/env bash
# Makes a base image for the sandbox where no registry can be reached: Debian 12 with Python 3.11 and pip, from Debian's
# own packages. Usage: base-image.sh [TAG]. Needs root, a running engine and a Debian mirror; does nothing if TAG is there.
set -euo pipefail

tag=${1:-python-base:debian12}
if docker image inspect "$tag" >/dev/null 2>&1; then
  echo "$tag is there"
  exit 0
fi

if ! command -v debootstrap >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
echo "making $tag from Debian packages"
debootstrap --variant=minbase --include=python3,python3-pip,python3-venv bookworm "$tree" >/dev/null

# What a package manager leaves behind is of no use in a file system that nobody can write to.
find "$tree/var/cache/apt/archives" "$tree/var/lib/apt/lists" -type f -delete
rm -rf "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/share/locale"

tar --create --directory "$tree" . | docker import --change 'CMD ["python3"]' - "$tag" >/dev/null
echo "$tag is ready"
