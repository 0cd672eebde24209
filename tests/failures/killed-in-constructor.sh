# SPDX-License-Identifier: MIT
# By the out-of-memory killer, or by somebody who got tired of waiting.
kind=other status=137
headline='the process was killed (SIGKILL) while loading libplugin.so, most likely in its constructor'
prepare() { build_library libplugin.so '-DCONSTRUCTOR=kill(getpid(), SIGKILL)'; }
command=(try_load ./libplugin.so)
