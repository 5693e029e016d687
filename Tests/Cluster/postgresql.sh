#!/usr/bin/env bash
# A PostgreSQL server for tests, on a Unix socket in its directory: postgresql://assay@/postgres?host=DIR
#
#   postgresql.sh start DIR [PID]   makes and starts one; with PID it ends with that process, and DIR goes
#   postgresql.sh restart DIR       ends it as a crash does, and starts it again
#   postgresql.sh stop DIR          ends it
#
# ASSAY_PG_FSYNC=on has it sync to the disk, as a server that is no test does.
set -euo pipefail
directory=$(realpath -m "$2")
script=$(realpath "$0")

# Debian keeps the programs beside the search path.
programs=$(pg_config --bindir 2> /dev/null || true)
for found in /usr/lib/postgresql/*/bin; do
  if [ ! -x "$programs/initdb" ] && [ -x "$found/initdb" ]; then programs=$found; fi
done
if [ ! -x "$programs/initdb" ]; then
  echo "postgresql.sh: there is no PostgreSQL server here: apt-get install postgresql" >&2
  exit 1
fi

# initdb refuses to work as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

control() {
  # The server must not keep what this script writes to open, or whoever reads it waits.
  as_owner "$programs/pg_ctl" -D "$directory/data" -w -s "$@" < /dev/null > "$directory/control.log" 2>&1 \
    || { cat "$directory/control.log" "$directory/server.log" >&2; exit 1; }
}

start() {
  control -l "$directory/server.log" -o "-k $directory -c listen_addresses= -c max_connections=200 \
    -c fsync=${ASSAY_PG_FSYNC:-off} -c shared_buffers=32MB" start
}

case $1 in
  start)
    install -d "$directory"
    if [ "$(id -u)" = 0 ]; then chown postgres: "$directory"; fi
    cd "$directory"
    as_owner "$programs/initdb" -D data -U assay -A trust --no-sync -E UTF8 --locale=C > init.log 2>&1 \
      || { cat init.log >&2; exit 1; }
    start
    if [ $# -gt 2 ]; then
      (
        tail --pid="$3" -f /dev/null
        if [ -e "$directory/data/postmaster.pid" ]; then
          "$script" stop "$directory"
          rm -rf "$directory"
        fi
      ) < /dev/null > /dev/null 2>&1 &
    fi
    ;;
  restart)
    cd "$directory"
    control -m immediate stop
    start
    ;;
  stop)
    cd "$directory"
    control -m immediate stop
    ;;
  *)
    echo "usage: postgresql.sh start DIR [PID] | restart DIR | stop DIR" >&2
    exit 64
    ;;
esac
