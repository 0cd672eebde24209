# SPDX-License-Identifier: MIT
# A constructor that waits for what does not come, until somebody kills it.
kind=hang status=143
headline='the load of libplugin.so hung: it had not returned after *s'
report_options=(--hang-after 1us)
prepare() { build_library libplugin.so '-DCONSTRUCTOR=kill(getpid(), SIGTERM)'; }
command=(try_load ./libplugin.so)
