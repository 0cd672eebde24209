# SPDX-License-Identifier: MIT
# The same library by three names: one entry.
kind=file-not-found
headline='libnowhere.so.9 was not found in any of the directories that the loader searches (4 times)'
evidence='* also tried: libnowhere.so*'
command=(try_load keep libnowhere.so.9 libnowhere.so libnowhere.so.9.1 fails libnowhere.so.9)
