#!/bin/sh
# Serves at all of $ADDRESSES, of which the engine gives the first, so that a deployment can be moved from one to another. /lab holds
# the administrator's password, which is put there before the first start, and the authority of the certificates.
set -eu
set -- --directory /lab --server "$SERVER"
for address in $ADDRESSES; do
    ip address show to "$address" | grep --quiet inet || ip address add "$address/24" dev eth0
    set -- "$@" --address "$address"
done
exec /usr/local/bin/lab-pbx "$@"
