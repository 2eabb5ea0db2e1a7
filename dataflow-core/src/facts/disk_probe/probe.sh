# Writes 4 KiB again and again, each time by a dd of its own, which waits until the disk has it and says how long that took. Its
# own clock runs from after the file is open until the write is done, so starting the process does not count.
# $1: the directory; $2: the most writes; $3: the seconds after which no other begins.
umask 077
LC_ALL=C
export LC_ALL
own=$1/.dataflow-disk-probe-$$
# This never takes what is there, and never goes through a link.
mkdir "$own" 2>&1 || exit 3
trap 'rm -f "$own/block"; rmdir "$own"' EXIT
trap 'exit 4' HUP INT TERM PIPE
end=$(($(date +%s) + $3))
done=0
while [ "$done" -lt "$2" ]; do
    dd if=/dev/zero of="$own/block" bs=4096 count=1 oflag=dsync conv=notrunc 2>&1 || exit 5
    done=$((done + 1))
    if [ $((done % 10)) -eq 0 ] && [ "$(date +%s)" -ge "$end" ]; then
        break
    fi
done
