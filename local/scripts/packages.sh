#!/bin/sh
# To be read by other scripts, which say things with `say` and end with `fail`.

# Installs system packages: `install_packages WHAT APT DNF APK BREW`.
install_packages() {
    what=$1
    as_root=
    if [ "$(id -u)" -ne 0 ] && ! command -v brew >/dev/null 2>&1; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root='sudo -n'
        else
            fail "$what is missing and installing it needs root. Install it yourself (Debian and Ubuntu: sudo apt-get install $2; Fedora: sudo dnf install $3), then run this again."
        fi
    fi
    if command -v apt-get >/dev/null 2>&1; then
        say "$what is missing: installing $2 with apt-get"
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null >&2 || true
        # shellcheck disable=SC2086  # several package names
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 </dev/null >&2 ||
            fail "apt-get could not install $2 (see above). Install it, then run this again."
    elif command -v dnf >/dev/null 2>&1; then
        say "$what is missing: installing $3 with dnf"
        # shellcheck disable=SC2086
        $as_root dnf install -y -q $3 </dev/null >&2 || fail "dnf could not install $3 (see above)."
    elif command -v apk >/dev/null 2>&1; then
        say "$what is missing: installing $4 with apk"
        # shellcheck disable=SC2086
        $as_root apk add --quiet $4 </dev/null >&2 || fail "apk could not install $4 (see above)."
    elif command -v brew >/dev/null 2>&1; then
        say "$what is missing: installing $5 with brew"
        # shellcheck disable=SC2086
        brew install --quiet $5 </dev/null >&2 || fail "brew could not install $5 (see above)."
    else
        fail "$what is missing and no known package manager (apt-get, dnf, apk, brew) was found. Install it, then run this again."
    fi
}
