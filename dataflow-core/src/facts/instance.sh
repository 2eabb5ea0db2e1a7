# What the probe has for itself and for asking AWS alone.
section() { printf '\n#### %s\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1; }
newline='
'

# Whether this is an instance of EC2. Nothing is started for it.
on_ec2() {
    for file in /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/chassis_asset_tag /sys/class/dmi/id/bios_version \
        /sys/hypervisor/uuid; do
        line=
        [ -r "$file" ] && read -r line <"$file"
        case $file:$line in *:'Amazon EC2' | *bios_version:*amazon* | *uuid:[eE][cC]2*) return 0 ;; esac
    done
    return 1
}

# Whether AWS is to be asked. $1: the address of its metadata service; empty: the usual one, on EC2; off: never.
asks_aws() { [ "$1" != off ] && { [ "$1" ] || on_ec2; }; }

# curl as it is for all questions, whatever is set for it on this machine.
metadata() {
    timeout 4 curl -q --silent --noproxy '*' --proto =http,https --globoff --connect-timeout 1 --max-time 2 \
        --max-filesize 16384 "$@" | head -c 65536
}

# Asks for parts of the metadata; the status and the name come after what is said. The token is no argument of any process.
parts() {
    {
        printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token"
        for part; do printf 'url = "%s/latest/meta-data/%s"\n' "$base" "$part"; done
    } | metadata --write-out '\n#got %{http_code} %{url_effective}\n' --config -
}

# Asks what this instance is (IMDSv2). $1: as for asks_aws.
instance() {
    section aws
    if [ "$1" = off ]; then
        echo '#off'
        return
    elif ! asks_aws "$1"; then
        echo '#elsewhere'
        return
    elif ! have curl; then
        echo '#no-curl'
        return
    fi
    base=${1:-http://169.254.169.254}
    said=$(metadata --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' --write-out '\n%{http_code}' \
        "$base/latest/api/token" </dev/null)
    token=${said%"$newline"*}
    status=${said##*"$newline"}
    case $status:$token in
    200:) echo '#token none' && return ;;
    200:*[!A-Za-z0-9_=+/.-]*) echo '#token none' && return ;;
    200:*) ;;
    *) printf '#token %s\n' "$status" && return ;;
    esac
    said=$(parts mac instance-id instance-type local-ipv4 public-ipv4 placement/region placement/availability-zone)
    printf '%s\n' "$said"
    mac=${said%%"$newline"*}
    case $mac in '' | *[!0-9A-Fa-f:]*) return ;; esac
    interface=network/interfaces/macs/$mac
    parts "$interface/vpc-id" "$interface/subnet-id" "$interface/security-group-ids"
}
