# For scripts/guest and scripts/kernel-module: packages of Debian that are not installed but unpacked under
# target/guest, so that neither root nor a change of the system is needed. To be sourced by bash, with `here` set to
# the repository. Defines `cache`, and the functions below.
# shellcheck shell=bash disable=SC2154

cache=${CARGO_TARGET_DIR:-$here/target}/guest
tools=$cache/tools
script=$(basename "$0")

fail() { echo "$script: $*" >&2; exit 1; }

# Two of these at a time would fetch into the same folders.
lock_cache() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    command -v flock >/dev/null && flock 9
}
unlock_cache() { exec 9>&-; }

# A second view for apt, on the mirror that the machine's own sources name: the backports of this release and
# of the next have newer kernels, and QEMU 10. The system's sources stay as they are. Elsewhere than on Debian,
# DEBIAN_MIRROR names a mirror, and the package debian-archive-keyring has to be there.
apt_view() {
    [ -n "${apt_options+x}" ] && return
    command -v apt-get >/dev/null || fail "kernels are fetched with apt, which is not here"
    local mirror=${DEBIAN_MIRROR:-} key=/usr/share/keyrings/debian-archive-keyring.gpg suite codename
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release; [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || codename=
    if [ -z "$mirror" ]; then
        [ -n "$codename" ] || fail "kernels come from Debian, and this is another system:" \
            "install debian-archive-keyring, and name a mirror in DEBIAN_MIRROR (http://HOST/debian)"
        mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
            awk -v codename="$codename" '$2 == codename { print $1; exit }')
        [ -n "$mirror" ] || fail "the machine's package sources name no mirror for $codename (run apt-get update)"
    fi
    [ -e "$key" ] || fail "$key is missing: install debian-archive-keyring"
    codename=${codename:-bookworm}
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
    for suite in $(printf '%s\n' bookworm bookworm-backports trixie-backports "$codename" | sort -u); do
        echo "deb [signed-by=$key] $mirror $suite main"
    done >"$cache/apt/sources"
    apt_options=(-qq -o "Dir::Etc::sourcelist=$cache/apt/sources" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$cache/apt/lists" -o "Dir::Cache::archives=$cache/apt/archives"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    # Hooks of the system may complain without root.
    apt-get "${apt_options[@]}" -o APT::Update::Error-Mode=any update 2>"$cache/apt/errors" || {
        cat "$cache/apt/errors" >&2
        fail "Debian's mirror does not answer, and what is asked for is not in $cache yet: this needs a network once"
    }
}

# fetch FOLDER PACKAGE...: downloads packages, and unpacks them into the folder.
fetch() {
    local folder=$1 downloads
    shift
    apt_view
    echo "$script: fetching $*" >&2
    downloads=$(mktemp -d "$cache/fetch.XXXXXX")
    (cd "$downloads" && apt-get "${apt_options[@]}" download "$@") || fail "cannot download $*"
    mkdir -p "$folder"
    for package in "$downloads"/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
    rm -rf "$downloads"
}

# Unpacks programs with all that they need and that is not installed, into `tools`.
fetch_tools() { # [-t SUITE] PACKAGE...
    apt_view
    local packages
    # The second column is NAME_VERSION_ARCHITECTURE.deb, with % codes.
    packages=$(apt-get "${apt_options[@]}" install --print-uris --no-install-recommends "$@" | awk '{ print $2 }' |
        sed -E -n 's/%3a/:/g; s/^([^_]+)_([^_]+)_[^_]+\.deb$/\1=\2/p')
    [ -n "$packages" ] || fail "apt has no way to $*"
    # shellcheck disable=SC2086 # a list
    fetch "$tools" $packages
}

# Where a program is: among the tools, or in the system.
tool_path() {
    PATH=$tools/usr/bin:$tools/bin:$PATH type -P "$1"
}

# Runs a program with the libraries of the tools.
tool() {
    local program
    program=$(tool_path "$1") || fail "$1 is not there"
    shift
    LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu \
        ${tool_seconds:+timeout --foreground "$tool_seconds"} "$program" "$@"
}

# Sets `kernel` to the folder of a kernel, which has vmlinuz, config and release. VERSION is the beginning of
# a version: the newest of these is taken. From 6.19 on the image is in a package of another name.
find_kernel() { # VERSION
    local version=$1 release work
    kernel=$cache/$version
    [ -e "$kernel/release" ] && return
    apt_view
    release=$(apt-cache "${apt_options[@]}" pkgnames linux- |
        sed -E -n "s/^linux-(image|binary)-(${version//./\\.}[.+-].*-cloud-amd64)\$/\\2/p" | sort -V | tail -n 1) || true
    [ -n "$release" ] || fail "Debian offers no cloud kernel whose version begins with $version"
    work=$kernel.new
    rm -rf "$work" "$kernel"
    if apt-cache "${apt_options[@]}" show "linux-binary-$release" >/dev/null 2>&1; then
        fetch "$work/tree" "linux-binary-$release" "linux-base-$release"
        mv "$work/tree/usr/lib/modules/$release/"{vmlinuz,config} "$work/"
    else
        fetch "$work/tree" "linux-image-$release"
        mv "$work/tree/boot/vmlinuz-$release" "$work/vmlinuz"
        mv "$work/tree/boot/config-$release" "$work/config"
    fi
    rm -rf "$work/tree"
    echo "$release" >"$work/release"
    mv "$work" "$kernel"
}
