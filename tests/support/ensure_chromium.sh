#!/bin/sh
# The browser tests need a system Chromium: Playwright's own download is not used. Debian's headless shell is the same
# browser without its window, and a page costs it about half the processor time; any other will do where there is none.
have() {
    for name in "$@"; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}
any() {
    have chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"
}
have "$PLUMBLINE_CHROMIUM" chromium-headless-shell && exit 0

# Another package manager may be at work, as on a machine that has just started. By itself apt-get waits for some of
# its locks without a word (DPkg::Lock::Timeout), and never for that of the lists.
MOST=600 PAUSE=5 waited=0
apt() {
    until said=$(LC_ALL=C $as apt-get "$@" 2>&1); do
        case $said in *"Could not get lock"*) ;; *) waited=$MOST ;; esac
        [ "$waited" -ge "$MOST" ] && return 1
        [ "$waited" -gt 0 ] || echo "Another package manager is at work: waiting for it, up to $((MOST / 60)) minutes." >&2
        sleep "$PAUSE"
        waited=$((waited + PAUSE))
    done
}

if command -v apt-get >/dev/null 2>&1; then
    as=
    [ "$(id -u)" = 0 ] || as="sudo -n"
    if $as true 2>/dev/null && apt update -qq; then
        # Ubuntu has no package of this name: any browser that is there will do then, or its own package.
        apt install -qq -y chromium-headless-shell && exit 0
        waited=0
        any || { apt install -qq -y chromium && exit 0; }
    fi
fi
any && exit 0
[ -z "$said" ] || echo "$said" >&2
echo "The browser tests need Chromium or Chrome: install it (Debian: sudo apt-get install chromium-headless-shell;" \
    "Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium), or name its program in" \
    "PLUMBLINE_CHROMIUM, then run make test again." >&2
exit 1
