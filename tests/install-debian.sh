#!/bin/sh
# Installs the Debian packages named as arguments, those that are missing; where it can't, says in one line what to do.
set -eu

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install() {
    # shellcheck disable=SC2086  # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $missing >/dev/null 2>&1
}

# A new machine has no package lists, an old one outdated ones: they are fetched only where the first try fails.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && { install || { apt-get update -qq && install; }; }; then
    exit 0
fi
echo "missing packages; as root: apt-get install$missing" >&2
exit 1
