# SPDX-License-Identifier: MIT
# A clone without git-lfs.
kind=not-elf
headline='libplugin.so cannot be loaded: it is a Git LFS pointer, not the file itself'
evidence='* hint: git lfs pull*'
prepare() { printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n' >libplugin.so; }
command=(try_load ./libplugin.so)
