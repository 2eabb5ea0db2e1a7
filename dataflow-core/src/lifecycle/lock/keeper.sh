# Keeps the lock of one operation, and writes its journal: each line of the input is one thing to do, and is answered by one line.
# $1: the directory of all that is kept; $2: the operation's run; $3: seconds after which a silent owner is gone; $4: how many
# runs the journal holds at most.
dir=$1 run=$2 expiry=$3 runs=$4
lease=$dir/lease.json
# The lease as this operation wrote it last.
mine=
# What goes before the next record: the one before it may have been cut short.
begin=
umask 077

say() { printf '%s\n' "$1"; }
failed() { say "failed $(printf '%s' "$1" | tr '\n' ' ')"; }
# Bounded, whatever is in it.
written() { head -c 4096 "$lease" 2>/dev/null | tr -d '\000' | head -n 1; }
is_mine() { test -n "$mine" && test "$(written)" = "$mine"; }

# Whether there is a lease whose owner was heard of lately. A time to come counts as long ago: the clock was set back.
is_live() {
    heard=$(stat -c %Y "$lease" 2>/dev/null) || return 1
    silent=$(($(date +%s) - heard))
    test "$silent" -le "$expiry" && test "$silent" -ge "-$expiry"
}

# Replaces a file ($1) of the directory as a whole with a line ($2). $3: what is done before it takes its place, if anything.
# Through cat, which says why a write failed; the shell's own printf doesn't.
put() { printf '%s\n' "$2" | cat >"$dir/$1.new" && ${3:-:} "$dir/$1.new" && mv -f "$dir/$1.new" "$dir/$1"; }

prepare() {
    mkdir -p -m 700 "$dir" && chmod 700 "$dir" && mkdir -p "$dir/journal" || return
    test -O "$dir" || { echo "$dir belongs to somebody else"; return 1; }
    test ! -d "$lease" || { echo "$lease is a directory"; return 1; }
    command -v flock >/dev/null || { echo 'there is no flock; the package util-linux has it'; return 1; }
}

# Changes the lease to $2, if this is allowed by $1, while nobody else changes it.
change() {
    {
        flock -w 10 9 || { failed 'another operation did not let go of the lock file'; return; }
        case $1 in
        take) if is_live && ! is_mine; then say "held $(written)"; return; fi ;;
        step) if ! is_mine; then say "lost $(written)"; return; fi ;;
        esac
        taken=
        if test "$1" = seize && is_live; then taken=$(written); fi
        # Ours before it is written: whoever ends this script right after that has the lease freed.
        before=$mine mine=$2
        if why=$(put lease.json "$2" 2>&1); then say "ok $taken"; else mine=$before; failed "$why"; fi
    } 9>"$dir/lock"
}

let_go() {
    test -n "$mine" || return 0
    { flock -w 10 9; ! is_mine || rm -f "$lease"; } 9>"$dir/lock"
    mine=
}

# The newest runs stay.
prune() {
    ls "$dir/journal" | grep '^[0-9].*[.]jsonl$' | sort -r | tail -n "+$((runs + 1))" | while IFS= read -r old; do
        test "$old" = "$run.jsonl" || rm -f "$dir/journal/$old"
    done
}

trap let_go EXIT
trap 'exit 1' HUP INT TERM PIPE
pruned=
while IFS= read -r line; do
    text=${line#* }
    case ${line%% *} in
    look) if is_live; then say "held $(written)"; else say ok; fi ;;
    take | seize) if why=$(prepare 2>&1); then change "${line%% *}" "$text"; else failed "$why"; fi ;;
    step) change step "$text" ;;
    beat) if is_mine; then touch -c "$lease"; say ok; else say "lost $(written)"; fi ;;
    record)
        # Written even where the lock is lost: it tells so.
        if why=$({ printf '%s%s\n' "$begin" "$text" | cat >>"$dir/journal/$run.jsonl"; } 2>&1); then
            begin=
            test -n "$pruned" || { prune; pruned=1; }
            if is_mine; then say ok; else say "lost $(written)"; fi
        else
            begin='
'
            failed "$why"
        fi
        ;;
    recall) say "ok $(head -c 65536 "$dir/deployment.json" 2>/dev/null | tr -d '\000' | head -n 1)" ;;
    remember) if is_mine; then if why=$(put deployment.json "$text" sync 2>&1); then say ok; else failed "$why"; fi; else say "lost $(written)"; fi ;;
    end) let_go; say ok; exit 0 ;;
    *) failed "the keeper does not know: ${line%% *}" ;;
    esac
done
