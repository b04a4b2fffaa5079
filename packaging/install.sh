#!/bin/sh
# Installs cruddur and cruddur-ops from this folder, or takes them away again:
#
#     ./install.sh [--prefix DIR]                  into DIR/bin and DIR/share; DIR is /usr/local if not given
#     ./install.sh [--prefix DIR] --uninstall      what an installation there has put down, and nothing else
set -eu

prefix=/usr/local action=install
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) prefix=${2:?--prefix wants a folder}; shift 2 ;;
        --uninstall) action=uninstall; shift ;;
        --help) sed -n 's/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "install.sh: $1 is no option; --prefix DIR, --uninstall" >&2; exit 64 ;;
    esac
done
list=$prefix/share/cruddur/installed-files

uninstall() {
    [ -f "$list" ] || return 0
    while read -r file; do rm -f "$prefix/$file"; done <"$list"
    rm -f "$list"
    # Folders that are empty now; others have something in the rest.
    for folder in bin share/applications share/icons/hicolor/scalable/apps share/icons/hicolor/scalable share/icons/hicolor \
        share/icons share/man/man1 share/man/man5 share/man share/bash-completion/completions share/bash-completion \
        share/zsh/site-functions share/zsh share/fish/vendor_completions.d share/fish share/doc/cruddur share/doc \
        share/cruddur share; do
        rmdir "$prefix/$folder" 2>/dev/null || true
    done
}

if [ $action = uninstall ]; then
    [ -f "$list" ] || { echo "install.sh: nothing of cruddur was installed into $prefix by this script" >&2; exit 1; }
    uninstall
    echo "cruddur is gone from $prefix. What it kept of you is still in your home: man cruddur, FILES."
    exit 0
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$prefix"
prefix=$(CDPATH='' cd -- "$prefix" && pwd)
list=$prefix/share/cruddur/installed-files
# What an earlier version had and this one has not goes as well.
uninstall
cd "$here"
mkdir -p "$prefix/share/cruddur"
cp install.sh "$prefix/share/cruddur/"
find bin share -type f >"$list"
while read -r file; do
    mkdir -p "$prefix/$(dirname "$file")"
    # Beside the old one and then in its place: a program that runs is not written into.
    cp "$file" "$prefix/$file.new"
    mv "$prefix/$file.new" "$prefix/$file"
done <"$list"
echo share/cruddur/install.sh >>"$list"
echo "cruddur $(cat VERSION) is in $prefix/bin. To take it away: $prefix/share/cruddur/install.sh --prefix $prefix --uninstall"
