#!/bin/sh
# Sees to it that the browser tests find a Chromium: Debian's, installed where this machine lets us.
# Without one the tests skip; under CI=true that is an error.

has_chromium() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! has_chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get update -qq
    apt-get install -qq --yes --no-install-recommends chromium libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  } >/dev/null 2>&1
fi

if [ "${CI:-}" = true ] && ! has_chromium >/dev/null; then
  echo "There is no Chromium, and it could not be installed: the browser tests cannot run." >&2
  exit 1
fi
exit 0
