#!/bin/sh
# The browser tests need a system Chromium: Playwright's own download is not used.
for name in "$PLUMBLINE_CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    as=
    [ "$(id -u)" = 0 ] || as="sudo -n"
    if $as true 2>/dev/null && $as apt-get update -qq && $as apt-get install -qq -y chromium; then
        exit 0
    fi
fi
echo "The browser tests need Chromium or Chrome: install it (Debian, Ubuntu: sudo apt-get install chromium;" \
    "macOS: brew install --cask chromium), or name its program in PLUMBLINE_CHROMIUM, then run make test again." >&2
exit 1
