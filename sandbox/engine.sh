#!/usr/bin/env bash
# Sees to it that a Docker engine answers here, for CI and for machines without one: installs Debian's and starts it.
# Usage: engine.sh. Needs root only when there is something to do. Exit code 0 once `docker info` answers.
set -euo pipefail

answers() { docker info >/dev/null 2>&1; }

if answers; then exit 0; fi

if ! command -v dockerd >/dev/null; then
  echo "installing Docker" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io >/dev/null
fi

# No sandbox container has a network, so the engine needs neither a bridge nor a firewall, and asks for no right to make them.
log=${TMPDIR:-/tmp}/dockerd.$$.log
setsid dockerd --bridge=none --iptables=false --ip6tables=false --log-level=warn >"$log" 2>&1 </dev/null &

for _ in {1..120}; do
  if answers; then exit 0; fi
  sleep 0.25
done

echo "the engine did not answer within 30 seconds; the end of $log:" >&2
tail -n 20 "$log" >&2
exit 1
