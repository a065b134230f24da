# What the scripts share. Sourced with the repository's root as the working directory.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$(basename "$0"): $*"
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: as it is, or by sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    fail "\"$1\" needs root, and there is no sudo here: run scripts/setup once as root"
  fi
}

# apt_install WHAT-FOR PACKAGE...: Debian's packages; brings the package lists up to date where needed.
apt_install() {
  local what=$1
  shift
  has apt-get || fail "$what is missing, and this is not Debian: install it yourself ($*)"
  say "setup: installing $what ($*)"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@")
  local log
  log=$(mktemp)
  if ! as_root "${install[@]}" </dev/null >"$log" 2>&1; then
    as_root apt-get -qq update </dev/null >>"$log" 2>&1 || true
    if ! as_root "${install[@]}" </dev/null >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      fail "$what can't be installed from Debian's packages ($*); what apt said is above"
    fi
  fi
  rm -f "$log"
}

# The newest PostgreSQL of at least version 15 that has its contributed extensions: prints its program folder.
postgres_bin() {
  local folder best="" best_version=0 version
  for folder in /usr/lib/postgresql/*/bin $(has pg_config && pg_config --bindir 2>/dev/null); do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ] || continue
    case $folder in
      /usr/lib/postgresql/*) version=${folder#/usr/lib/postgresql/} version=${version%%/*} ;;
      *) version=$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/') ;;
    esac
    [ "$version" -ge 15 ] 2>/dev/null || continue
    case $folder in
      /usr/lib/postgresql/*) [ -e "/usr/share/postgresql/$version/extension/unaccent.control" ] || continue ;;
    esac
    if [ "$version" -gt "$best_version" ]; then best=$folder best_version=$version; fi
  done
  [ -n "$best" ] && printf '%s\n' "$best"
}

chromium_path() {
  if [ -n "${CHROMIUM:-}" ]; then
    printf '%s\n' "$CHROMIUM"
  else
    command -v chromium || command -v chromium-browser || command -v google-chrome
  fi
}

# is_answering HOST PORT: something listens there.
is_answering() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# http_status HOST PORT PATH: the status of a GET, or nothing.
http_status() {
  (
    exec 3<>"/dev/tcp/$1/$2" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: %s:%s\r\n\r\n' "$3" "$1" "$2" >&3
    IFS=' ' read -r -t 10 _ status _ <&3 && printf '%s\n' "$status"
  ) 2>/dev/null
}
