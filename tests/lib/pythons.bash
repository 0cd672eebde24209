# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The CPythons that a test runs with: those of $PYTHONS (a list of programs), or
# else Debian's python3, what is on PATH as pythonX.Y, and what pyenv has.  A debug
# build (pythonX.Yd) is another one: its assertions watch the counts of references, the
# error indicator and who has the GIL.

# Prints one program a line, each version once.
find_pythons() {
	local python seen=' ' version
	local -a candidates=(/usr/bin/python3 python2.7 python3.{6..15} python3.{11..15}d
		"${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python)
	for python in ${PYTHONS:-"${candidates[@]}"}; do
		version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3] + getattr(sys, "abiflags", ""))' 2>/dev/null) || continue
		[[ $seen == *" $version "* ]] && continue
		seen+="$version "
		# the program itself, not a wrapper that starts it
		"$python" -c 'import os, sys; print(os.path.realpath(sys.executable))'
	done
}
