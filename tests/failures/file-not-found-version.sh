# SPDX-License-Identifier: MIT
# Another version of it is installed, in a directory that is searched.
kind=file-not-found
headline='libplugin.so.2 was not found in any of the directories that the loader searches'
evidence="* a near name: libplugin.so.3 in $PWD/lib*searched $PWD/lib (LD_LIBRARY_PATH): not there*"
prepare() { mkdir lib && build_library lib/libplugin.so.3; export LD_LIBRARY_PATH=$PWD/lib; }
command=(try_load libplugin.so.2)
