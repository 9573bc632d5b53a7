#!/usr/bin/env bash
# A PostgreSQL of one's own: a cluster in a folder, on a port of loopback, run by an unprivileged user. Installs Debian's
# where there is none. Usage: start.sh install | make FOLDER | start FOLDER PORT | stop FOLDER
set -euo pipefail

programs() { find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1; }

install() {
  if [ -n "$(programs)" ]; then return; fi
  apt-get update -qq
  # No cluster is made and no service started: the tests make their own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
}

as_owner() {  # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi
}

make() {
  local folder=$1
  mkdir -p "$folder"
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
  cd /
  as_owner "$(programs)/initdb" -D "$folder/data" -U argosy --auth=trust -E UTF8 --locale=C --no-sync >/dev/null
}

start() {
  local folder=$1 port=$2
  cd /
  # Nothing here outlives the test, so nothing waits for the disk.
  as_owner "$(programs)/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" start >/dev/null -o \
    "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c max_connections=200"
}

stop() {
  cd /
  as_owner "$(programs)/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null
}

"$@"
