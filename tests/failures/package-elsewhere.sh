# SPDX-License-Identifier: MIT
# It is installed, in a directory of its own.
kind=file-not-found
headline='libhidden.so.6 was not found in any of the directories that the loader searches'
evidence="* the package hidden has it as $PWD/hidden/libhidden.so.6, where the loader does not look*"
prepare() {
	mkdir hidden && build_library hidden/libhidden.so.6
	installed_package hidden "$PWD/hidden/libhidden.so.6"
}
command=(try_load libhidden.so.6)
