# SPDX-License-Identifier: MIT
# A download that ended in an error page.
kind=not-elf
headline='libplugin.so cannot be loaded: it is an HTML page, as a failed download leaves it'
evidence='* it begins with "<!DOCTYPE html><"*'
prepare() { { echo '<!DOCTYPE html><title>404</title>' && head -c 2000 /dev/zero | tr '\0' ' '; } >libplugin.so; }
command=(try_load ./libplugin.so)
