# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The CPythons that a test runs with: those of $PYTHONS (a list of programs), or
# else Debian's python3, what is on PATH as pythonX.Y, and what pyenv has.

# Prints one program a line, each version once.
find_pythons() {
	local python seen=' ' version
	local -a candidates=(/usr/bin/python3 python2.7 python3.{6..15}
		"${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python)
	for python in ${PYTHONS:-"${candidates[@]}"}; do
		version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
		[[ $seen == *" $version "* ]] && continue
		seen+="$version "
		# the program itself, not a wrapper that starts it
		"$python" -c 'import os, sys; print(os.path.realpath(sys.executable))'
	done
}
