#!/bin/sh
# Starts the ClickHouse server as uid 101 with the account that CLICKHOUSE_USER, CLICKHOUSE_PASSWORD and CLICKHOUSE_DB ask for.
set -eu

user=${CLICKHOUSE_USER:-default}
database=${CLICKHOUSE_DB:-default}
for name in "$user" "$database"; do
    case $name in
        *[!A-Za-z0-9_]*) echo "entrypoint: '$name' is not a plain name (letters, digits, underscore)" >&2; exit 2 ;;
    esac
done

# Only the hash is stored: no quoting to get wrong, and no password in a file.
hash=$(printf %s "${CLICKHOUSE_PASSWORD-}" | sha256sum)
hash=${hash%% *}
default_user=
[ "$user" = default ] || default_user='<default remove="remove"/>'

mkdir -p /etc/clickhouse-server/users.d
cat > /etc/clickhouse-server/users.d/account.xml <<XML
<?xml version="1.0"?>
<yandex>
    <users>
        <readonly remove="remove"/>
        $default_user
        <$user replace="replace">
            <password_sha256_hex>$hash</password_sha256_hex>
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </$user>
    </users>
</yandex>
XML

data=/var/lib/clickhouse
if [ "$database" != default ] && [ ! -e "$data/metadata/$database.sql" ]; then
    mkdir -p "$data/metadata/$database" "$data/data/$database"
    printf 'ATTACH DATABASE %s\nENGINE = Ordinary\n' "$database" > "$data/metadata/$database.sql"
fi

# The directories are often bind mounts that were made by root.
chown -R 101:101 "$data" /var/log/clickhouse-server
exec setpriv --reuid=101 --regid=101 --clear-groups /usr/sbin/clickhouse-server --config-file=/etc/clickhouse-server/config.xml
