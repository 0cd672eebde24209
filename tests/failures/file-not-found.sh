# SPDX-License-Identifier: MIT
# A name that is nowhere.
kind=file-not-found
headline='libnowhere.so.9 was not found in any of the directories that the loader searches'
evidence='* searched /etc/ld.so.cache (the loader'\''s cache): not listed*'
command=(try_load libnowhere.so.9)
