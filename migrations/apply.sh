#!/bin/sh
# Brings a database to the newest schema, or to an older one, by the sqlite3 shell alone.
#
#   migrations/apply.sh DATABASE [VERSION]
#
# It leaves what the program leaves, one transaction a step. Make a copy first: sqlite3 DATABASE ".backup COPY".
set -eu

folder=$(dirname "$0")
[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
database=$1
last=${2:-9999}

version=$(sqlite3 "$database" 'PRAGMA user_version')
for step in "$folder"/[0-9]*.sql; do
  number=${step##*/}
  number=${number%%_*}
  [ "$number" -gt "$version" ] || continue
  [ "$number" -le "$last" ] || break
  # A step that lets foreign keys wait for the end of its transaction counts on them; all others
  # make tables anew, which must not delete what refers to them.
  if grep -q '^PRAGMA defer_foreign_keys = ON;' "$step"; then keys=ON; else keys=OFF; fi
  {
    echo "PRAGMA foreign_keys = $keys;"
    echo "BEGIN IMMEDIATE;"
    cat "$step"
    echo "CREATE TEMP TABLE dangling (name TEXT CHECK (name IS NULL));"
    echo "INSERT INTO dangling SELECT \"table\" FROM pragma_foreign_key_check;"
    echo "COMMIT;"
  } | sqlite3 -bail "$database"
done
