# SPDX-License-Identifier: MIT
# The file system is mounted noexec.
kind=permission
headline="libplugin.so cannot be loaded: $PWD/mounted/libplugin.so is on a file system that is mounted noexec"
prepare() {
	mkdir mounted && mount -t tmpfs -o noexec none mounted 2>/dev/null || skip "may not mount here"
	build_library mounted/libplugin.so
}
afterwards() { umount mounted; }
command=(try_load ./mounted/libplugin.so)
