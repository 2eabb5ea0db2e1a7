#!/bin/sh
# Serves at two addresses, so that a deployment can be moved from one to the other. /lab holds the administrator's password, which is
# put there before the first start, and the authority of the certificates.
set -eu
ip address add "$SECOND_ADDRESS/24" dev eth0 2>/dev/null || ip address show to "$SECOND_ADDRESS" | grep -q inet
exec /usr/local/bin/lab-pbx --directory /lab --address "$ADDRESS" --address "$SECOND_ADDRESS" --server "$SERVER"
