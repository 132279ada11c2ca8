# shellcheck shell=bash
# Shared by the scripts here: saying what happens, and having what is needed.

say() {
    printf '==> %s\n' "$*"
}

# Says what went wrong, in one line, and ends the script.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Makes sure that these Debian packages are there. Root and CI install what is missing; a person is
# asked first. On a system without dpkg it says what is needed and goes on.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian or Ubuntu; what is needed is what they call: $*"
        return
    fi
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        say "System packages: all $# are installed"
        return
    fi
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    if ((EUID != 0)) && [[ ${CI:-} != true ]]; then
        [[ -t 0 && -t 1 ]] || fail "run first: sudo apt-get install ${missing[*]}"
        local answer
        read -r -p "Install ${missing[*]} with sudo apt-get? [y/N] " answer
        [[ $answer == [yY]* ]] || fail "cannot go on without: ${missing[*]}"
    fi
    say "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update --quiet
    "${as_root[@]}" apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
}

# Makes sure that there is a Swift compiler, recent enough.
need_swift() {
    local advice="Swift 6.1 or later is needed: https://www.swift.org/install/"
    command -v swift >/dev/null || fail "there is no swift in PATH; $advice"
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p')
    [[ -n $version ]] || fail "swift --version does not say its version; $advice"
    if ((${version%%.*} < 6 || (${version%%.*} == 6 && ${version#*.} < 1))); then
        fail "this is Swift $version; $advice"
    fi
    say "Swift $version"
}

# What building needs, besides Swift.
export BUILD_PACKAGES=(libssl-dev libsqlite3-dev libedit-dev pkg-config git)

# What the trait DHT needs besides: the table across the internet, and the router's port.
export DHT_PACKAGES=(libopendht-dev libminiupnpc-dev libnatpmp-dev)

# What the trait Desktop needs to build and to be used, and what testing it needs besides.
export DESKTOP_PACKAGES=(libgtk-4-dev libqrencode-dev adwaita-icon-theme librsvg2-common)
export DESKTOP_TEST_PACKAGES=(xvfb xdotool openbox dbus at-spi2-core libglib2.0-bin python3-gi
    gir1.2-gtk-4.0 desktop-file-utils appstream)
