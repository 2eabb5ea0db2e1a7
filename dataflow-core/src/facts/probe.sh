# Reads what a machine is. Changes nothing, needs nothing installed, and asks nothing of the network beyond the name of
# the machine itself, and, on EC2, of the metadata service of AWS. $1: the data path. $2: an ERE of package names. $3: the units to
# ask for. $4: yes, to count updates. $5: how AWS is asked. It stands behind instance.sh, which has a part of it.
#
# What costs is starting processes, so nearly everything that is a file is read by one grep, which writes PATH:LINE.
data=$1 packages=$2 units=$3 count_updates=$4 metadata=$5
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# A command with at most three seconds; how it ended comes after what it said.
ask() {
    timeout 3 "$@" </dev/null 2>&1
    printf '\n#ended %s\n' "$?"
}
# One that may say more than a few lines, with at most 128 KiB.
ask_much() { ask "$@" | head -c 131072; }
# Names of what is there, one a line.
there() { for path; do [ -e "$path" ] && printf '%s\n' "$path"; done; }

section began
uid=$(id -u)
printf 'uid %s\nsoft %s\nhard %s\n' "$uid" "$(ulimit -Sn)" "$(ulimit -Hn)"
[ -n "$SUDO_USER" ] && printf 'sudo_user %s\n' "$SUDO_USER"
date -u +%s.%N

# The three parts run at the same time; what one says waits in the pipe for the end of the next. Docker is apart because it
# takes its time to answer.
engine() {
    section docker
    have dockerd && echo '#dockerd'
    have docker && echo '#docker'
    section docker-api
    socket=/var/run/docker.sock
    if [ -S "$socket" ] && [ -w "$socket" ]; then
        if have curl; then
            ask_much curl -s --max-time 3 --unix-socket "$socket" http://docker/info
            section docker-containers
            ask_much curl -s --max-time 3 --unix-socket "$socket" 'http://docker/containers/json?all=1'
        elif have docker; then
            ask_much docker info --format '{{json .}}'
            section docker-containers
            ask_much docker ps --all --no-trunc --format '{{json .}}'
        fi
    fi
}

programs() {
    section units
    # The patterns among the names are for systemd.
    set -f
    [ -d /run/systemd/system ] && ask_much systemctl show --property=Id,LoadState,ActiveState,UnitFileState $units
    set +f
    section listeners
    if have ss; then ask_much ss -H -l -n -t -u -p; fi
    section sockets
    have ss || grep -s '' /dev/null /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 | head -c 262144
    section packages
    if [ -r /var/lib/dpkg/status ]; then
        echo '#dpkg'
        ask_much awk -v fits="$packages" '
            /^Package: / { name = $2 } /^Status: / { state = $NF }
            /^Version: / { if (state == "installed" && name ~ fits) print name, $2 }' /var/lib/dpkg/status
    elif have rpm; then
        echo '#rpm'
        { timeout 5 rpm -qa --qf '%{NAME} %{VERSION}\n' 2>/dev/null; printf '#ended %s\n' "$?"; } |
            grep -E "^#ended|$packages" | head -c 131072
    fi
    section updates
    [ "$count_updates" = yes ] && have apt-get &&
        { timeout 20 apt-get -s -q -o Debug::NoLocking=1 dist-upgrade 2>&1 </dev/null; printf '\n#ended %s\n' "$?"; } |
        grep -E '^(Inst |#ended)' | head -c 131072
    section iptables
    # Only where the kernel has the module already: asking would load it. Without nft, iptables may know its rules.
    if [ "$uid" = 0 ] && have iptables; then
        if [ -s /proc/net/ip_tables_names ] || { [ -d /sys/module/nf_tables ] && ! have nft; }; then
            ask_much iptables -w 1 -S INPUT
        fi
    fi
    section nft
    [ "$uid" = 0 ] && [ -d /sys/module/nf_tables ] && have nft && ask_much nft list ruleset
}

files() {
    section user
    ask id ${SUDO_USER:+"$SUDO_USER"}
    section sudo
    [ -n "$SUDO_USER" ] && have sudo && ask sudo -n -l -U "$SUDO_USER"
    section files
    set --
    # The limits of a container are those of its first process's group and of the groups above it.
    while IFS=: read -r _ controllers group; do
        case $controllers in
        '') base=/sys/fs/cgroup ;;
        name=*) continue ;;
        *) base=/sys/fs/cgroup/$controllers ;;
        esac
        while :; do
            set -- "$@" "$base$group/cpu.max" "$base$group/memory.max" "$base$group/cpu.cfs_quota_us" \
                "$base$group/cpu.cfs_period_us" "$base$group/memory.limit_in_bytes"
            case $group in '' | /) break ;; esac
            group=${group%/*}
        done
    done </proc/1/cgroup
    for disk in /sys/class/block/*; do
        case $disk in */ram[0-9]*) continue ;; esac
        set -- "$@" "$disk/dev" "$disk/size" "$disk/partition" "$disk/queue/rotational" "$disk/queue/read_ahead_kb" \
            "$disk/device/model" "$disk/device/vendor" "$disk/device/transport" "$disk/dm/name" "$disk/dm/uuid" \
            "$disk/md/level" "$disk/loop/backing_file"
    done
    for link in /sys/class/net/*; do
        set -- "$@" "$link/uevent" "$link/tun_flags" "$link/operstate"
    done
    # In the place of a missing file stands nothing: a glob that fits nothing stays as it is, and grep passes it over.
    grep -s '' /dev/null /proc/meminfo /proc/swaps /proc/self/mountinfo /proc/self/status /proc/[0-9]*/comm \
        /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max \
        /proc/sys/kernel/task_delayacct /proc/sys/vm/overcommit_memory /proc/sys/vm/swappiness /proc/sys/fs/nr_open \
        /proc/sys/fs/file-max /sys/devices/system/cpu/online /sys/devices/system/cpu/cpufreq/policy*/scaling_governor \
        /sys/kernel/mm/transparent_hugepage/enabled \
        /sys/devices/system/clocksource/clocksource0/current_clocksource \
        /sys/devices/system/clocksource/clocksource0/available_clocksource \
        /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/chassis_type \
        /sys/class/dmi/id/chassis_asset_tag /sys/class/dmi/id/board_vendor /sys/class/dmi/id/bios_vendor \
        /sys/class/dmi/id/bios_version \
        /sys/hypervisor/type /run/systemd/container /etc/os-release /usr/lib/os-release /etc/tuned/active_profile \
        /var/lib/update-notifier/updates-available /run/reboot-required.pkgs /etc/ufw/ufw.conf /etc/default/ufw \
        /etc/ufw/user.rules /etc/docker/daemon.json "$@" | head -c 1048576
    section there
    there /run/reboot-required /run/systemd/system /run/systemd/timesync/synchronized /.dockerenv /run/.containerenv \
        /var/run/docker.sock /sys/module/nf_tables /opt/teamviewer /opt/google/chrome-remote-desktop /var/lib/zerotier-one /snap/*/current \
        /run/systemd/netif/leases/* /run/NetworkManager/devices/* /var/lib/dhcp/dhclient*.leases
    section cpu
    head -n 40 /proc/cpuinfo 2>/dev/null | head -c 16384
    printf '\nmachine '
    uname -m
    section blocks
    for disk in /sys/class/block/*; do
        cd -P "$disk" 2>/dev/null || continue
        printf 'at %s\n' "$PWD"
        for below in slaves/*; do
            [ -e "$below" ] && printf 'slave %s\n' "${below#slaves/}"
        done
    done
    cd /
    section data
    holder=$data
    while [ ! -d "$holder" ] && [ "$holder" ]; do holder=${holder%/*}; done
    printf 'holder %s\n' "${holder:-/}"
    if [ -e "$data" ]; then stat -L -c 'place %f %u %g' "$data"; else echo 'place none'; fi
    ask df -P -k "${holder:-/}"
    section docker-data
    [ -d /var/lib/docker ] && ask df -P -k /var/lib/docker
    section addresses
    have ip && ask_much ip -o addr show
    section network-config
    # Lines that say how an address comes about and nothing else: these files hold passwords too.
    grep -sE '^[[:space:]]*(dhcp4[:=]|DHCP=|method=|iface )' /dev/null /etc/netplan/*.yaml /run/systemd/network/*.network \
        /etc/systemd/network/*.network /etc/NetworkManager/system-connections/* /etc/network/interfaces \
        /etc/network/interfaces.d/* | head -c 32768
    section resolves
    read -r name </proc/sys/kernel/hostname && have getent && ask getent hosts "$name"
    section chrony
    have chronyc && ask chronyc -n tracking
    section ntp
    have ntpq && ask ntpq -n -c 'rv 0 leap,stratum,offset'
    section timedate
    have chronyc || [ -e /run/systemd/timesync/synchronized ] || ! [ -d /run/systemd/system ] || ! have timedatectl ||
        ask timedatectl show --property=NTP --property=NTPSynchronized
}

machine() { engine </dev/null | { programs </dev/null | { files; cat; }; cat; }; }
if asks_aws "$metadata"; then
    instance "$metadata" </dev/null | { machine; cat; }
else
    machine
    instance "$metadata"
fi
section done
date -u +%s.%N
