#!/bin/sh
# initdt_dataflow.sh initdt -D DIR --password PW: makes the database and its table, keeps the rows that are there, writes DIR/system.ini.
# Reads its positional parameters only, so that it may also be sourced: then the password is on no command line.
set -eu

fail() { echo "initdt_dataflow: $1" >&2; exit "${2:-2}"; }

[ "${1-}" = initdt ] || fail "expected 'initdt', got '${1-}'"
shift
dir= password=
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 needs a value"
    case $1 in
        -D) dir=$2 ;;
        --password) password=$2 ;;
        *) fail "unknown argument: $1" ;;
    esac
    shift 2
done
[ -n "$dir" ] || fail "-D is missing"
[ -n "$password" ] || fail "--password is missing"
[ -d "$dir" ] || fail "$dir is not a directory"
[ "$(cat /usr/local/share/dataflow/fails)" != init ] || fail "cannot migrate the database: schema is locked" 3

# The account goes in as curl's configuration on standard input, never as an argument.
query() {
    printf 'user = "default:%s"\n' "$password" \
        | curl --silent --show-error --fail --max-time 30 --config - --data-binary "$1" http://127.0.0.1:8123/ \
        || fail "ClickHouse refused: $1" 4
}
query 'CREATE DATABASE IF NOT EXISTS dataflow'
query 'CREATE TABLE IF NOT EXISTS dataflow.cdr (at DateTime, n UInt64, version String) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (at, n)'

umask 077
printf '[dataflow]\npassword = %s\n' "$password" > "$dir/system.ini.new"
chown 888:888 "$dir/system.ini.new"
mv "$dir/system.ini.new" "$dir/system.ini"
echo "initdt_dataflow: database dataflow is ready"
