# Installs Docker with apt-get, as root. For Docker's own packages: $1 the repository, $2 its suite, $3 the fingerprint of its key.
set -u
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
get() { apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"; }
refresh() { get update || echo 'not all package lists could be renewed; going on with those that are there'; }

refresh
if [ $# -eq 0 ]; then
    get install --no-install-recommends docker.io ca-certificates || exit 1
else
    command -v curl >/dev/null && command -v gpg >/dev/null && test -d /etc/ssl/certs ||
        get install --no-install-recommends ca-certificates curl gpg || exit 1
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    echo "fetching the key of $1"
    curl --fail --silent --show-error --location --proto =https --retry 3 --max-time 120 --max-filesize 100000 \
        --output "$work/key" "$1/gpg" || exit 71
    found=$(GNUPGHOME=$work gpg --batch --quiet --with-colons --show-keys "$work/key" 2>/dev/null |
        awk -F: '$1 == "pub" { keys++ } $1 == "fpr" && !first { first = $10 } END { print keys ":" first }')
    if [ "$found" != "1:$3" ]; then
        echo "the key at $1/gpg is ${found#*:}, not $3"
        exit 70
    fi
    install -d -m 755 /etc/apt/keyrings &&
        install -m 644 "$work/key" /etc/apt/keyrings/docker.asc &&
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker.asc\n' "$1" "$2" \
            >/etc/apt/sources.list.d/docker.sources || exit 1
    refresh
    get install --no-install-recommends docker-ce docker-ce-cli containerd.io || exit 1
fi
systemctl enable --now docker || exit 72
