# Run on the server: removes what a deploy leaves there, by whomever and under whatever name. `reset.sh images` removes pulled images too.
set -eu
docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
docker volume ls --quiet | xargs --no-run-if-empty docker volume rm --force >/dev/null
rm -rf /var/lib/portsip /var/lib/dataflow /opt/portsip /root/.docker /home/*/.docker /var/lib/dataflow-lab
if [ "${1-}" = images ]; then
    docker image prune --all --force >/dev/null
fi
