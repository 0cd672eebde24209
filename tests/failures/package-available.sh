# SPDX-License-Identifier: MIT
# A package that is not installed has it.
kind=file-not-found
headline='libgone.so.6 was not found in any of the directories that the loader searches'
evidence='* the package libgone6, which is not installed, has it*hint: apt-get install libgone6*'
prepare() {
	installed_package nothing /nothing
	available_package libgone6 /usr/lib/x86_64-linux-gnu/libgone.so.6
}
command=(try_load libgone.so.6)
