#!/bin/sh
# Serves one storage three ways. /lab holds what was generated for this lab; it is put there before the first start.
set -eu
umask 077
cd /lab

# bcrypt is the only kind of hash the registry takes.
perl -e 'open(F, "<", "registry.password") or die; my $password = <F>; chomp $password;
    my @set = (".", "/", "A".."Z", "a".."z", "0".."9"); my $salt = join "", map { $set[rand @set] } 1..22;
    print "lab:", crypt($password, "\$2b\$05\$$salt"), "\n"' > htpasswd

[ -e hub.crt ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj '/CN=dataflow lab' -addext 'subjectAltName=DNS:registry-1.docker.io,DNS:index.docker.io' \
    -keyout hub.key -out hub.crt 2>/dev/null

serve() { docker-registry serve /etc/docker/registry/config.yml; }
serve &
REGISTRY_HTTP_ADDR=:5001 REGISTRY_AUTH=htpasswd REGISTRY_AUTH_HTPASSWD_REALM=lab REGISTRY_AUTH_HTPASSWD_PATH=/lab/htpasswd serve &
REGISTRY_HTTP_ADDR=:443 REGISTRY_HTTP_TLS_CERTIFICATE=/lab/hub.crt REGISTRY_HTTP_TLS_KEY=/lab/hub.key serve &
trap 'kill 0' TERM INT
wait
