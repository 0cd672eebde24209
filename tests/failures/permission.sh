# SPDX-License-Identifier: MIT
# A directory on the way is closed.
kind=permission
headline='libplugin.so cannot be loaded: user 65534 may not enter the directory /tmp/*/closed'
evidence='*/closed has mode 0700 and belongs to user 0*'
prepare() {
	[ "$(id -u)" = 0 ] || skip "needs root, to become somebody else"
	place=$(mktemp -d) && chmod 755 "$place" # the test's own directory is closed to others
	mkdir "$place/closed" && build_library "$place/closed/libplugin.so" && chmod 700 "$place/closed"
	command=(try_load user:65534 "$place/closed/libplugin.so")
}
afterwards() { rm -r "$place"; }
