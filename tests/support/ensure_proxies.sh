#!/bin/sh
# The tests of a login behind a reverse proxy need nginx and Caddy. Where they are not installed, Debian's packages are
# unpacked into .venv/proxies and nothing is installed: an installed one would begin to serve this machine.
here=.venv/proxies
mkdir -p "$here"
as=
[ "$(id -u)" = 0 ] || as="sudo -n"

fetch() { (cd "$here" && apt-get download -qq "$1" >/dev/null 2>&1); }

for name in nginx caddy; do
    PATH="$PATH:/usr/sbin:$here/usr/sbin:$here/usr/bin" command -v "$name" >/dev/null 2>&1 && continue
    if command -v apt-get >/dev/null 2>&1; then
        fetch "$name" || { $as apt-get update -qq >/dev/null 2>&1; fetch "$name"; }
        for package in "$here/${name}"_*.deb; do
            [ -f "$package" ] && dpkg-deb -x "$package" "$here" && rm "$package" && continue 2
        done
    fi
    echo "The tests need $name: install it (Debian and Ubuntu: apt-get install $name; macOS: brew install $name), then" \
        "run make test again." >&2
    exit 1
done
