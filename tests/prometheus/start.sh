#!/usr/bin/env bash
# Debian's Prometheus without its service: the programs are unpacked into a folder. Usage: start.sh fetch FOLDER
# prints where prometheus and promtool are; those already on the path are taken as they are.
set -euo pipefail

fetch() {
  if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
    dirname "$(command -v prometheus)"
    return
  fi
  if [ ! -x "$1/usr/bin/prometheus" ]; then
    mkdir -p "$1"
    cd "$1"
    apt-get download -qq prometheus 2>/dev/null || { apt-get update -qq && apt-get download -qq prometheus; } >&2
    dpkg-deb -x prometheus_*.deb .
    rm -f prometheus_*.deb
  fi
  echo "$1/usr/bin"
}

"$@"
