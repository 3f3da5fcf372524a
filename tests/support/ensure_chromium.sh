#!/bin/sh
# The browser tests need a system Chromium: Playwright's own download is not used.
for name in "$PLUMBLINE_CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && exit 0
done

# Another package manager may be at work, as on a machine that has just started. By itself apt-get waits for some of
# its locks without a word (DPkg::Lock::Timeout), and never for that of the lists.
MOST=600 PAUSE=5 waited=0
apt() {
    until said=$(LC_ALL=C $as apt-get "$@" 2>&1); do
        case $said in *"Could not get lock"*) ;; *) waited=$MOST ;; esac
        if [ "$waited" -ge "$MOST" ]; then
            echo "$said" >&2
            return 1
        fi
        [ "$waited" -gt 0 ] || echo "Another package manager is at work: waiting for it, up to $((MOST / 60)) minutes." >&2
        sleep "$PAUSE"
        waited=$((waited + PAUSE))
    done
}

if command -v apt-get >/dev/null 2>&1; then
    as=
    [ "$(id -u)" = 0 ] || as="sudo -n"
    if $as true 2>/dev/null && apt update -qq && apt install -qq -y chromium; then
        exit 0
    fi
fi
echo "The browser tests need Chromium or Chrome: install it (Debian, Ubuntu: sudo apt-get install chromium;" \
    "macOS: brew install --cask chromium), or name its program in PLUMBLINE_CHROMIUM, then run make test again." >&2
exit 1
