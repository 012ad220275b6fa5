# Installs the Debian packages named as arguments, without starting a service. Runs as root.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
options='-o DPkg::Lock::Timeout=900 -o Acquire::Retries=3'
# shellcheck disable=SC2086
apt-get $options update </dev/null
# shellcheck disable=SC2086
apt-get -y --no-install-recommends $options install "$@" </dev/null
