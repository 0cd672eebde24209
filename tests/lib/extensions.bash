# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Extension modules for the Python at hand, built by tests from tests/extensions.

# Calls FUNCTION with each Python that tests run with, and says with which.  Not
# followed by `||`: within that a command of the function that fails would not end it.
for_each_python() {
	local python
	for python in $(find_pythons); do
		echo "# with $python" >&3
		"$1" "$python"
	done
}

# build_extension PYTHON SOURCE OUTPUT [FLAG...]: built once for all tests of a file
build_extension() {
	local python=$1 source=$2 output=$3 built
	shift 3
	built=$BATS_FILE_TMPDIR/$(printf '%s' "$python $source $*" | tr -c 'A-Za-z0-9.' _).so
	[ -f "$built" ] || compile_extension "$python" "$source" "$built" "$@"
	cp "$built" "$output"
}

compile_extension() {
	local python=$1 source=$2 output=$3 include
	shift 3
	include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
	[ -f "$include/Python.h" ] || skip "the headers of $python are not installed (make test ALL=1 installs Debian's)"
	"${CC:-cc}" -O1 -g -shared -fPIC -I"$include" "$@" -o "$output" "$DLSCOPE_SOURCE/tests/extensions/$source"
}

# in_python_2 PYTHON
is_python_2() {
	[ "$("$1" -c 'import sys; print(sys.version_info[0])')" = 2 ]
}
